#include "tcp/tcp-dial-private.h"

/**
 * SkyTcpAsk:
 *
 * Notices that a server asks for a certificate when there is none to show. In TLS 1.3 the server
 * complains after the handshake is over (RFC 8446 §4.4.2.4), up to TLS 1.2 by an alert that says
 * nothing (RFC 5246 §7.4.6): only the request itself tells what was missing.
 */
struct _SkyTcpAsk
{
  GTlsInteraction parent_instance;
  gboolean       *asked; /* borrowed; NULL once nobody wants to know */
};

G_DEFINE_FINAL_TYPE (SkyTcpAsk, sky_tcp_ask, G_TYPE_TLS_INTERACTION)

static GTlsInteractionResult
sky_tcp_ask_request_certificate (GTlsInteraction *interaction, GTlsConnection *tls,
                                 GTlsCertificateRequestFlags flags, GCancellable *cancellable,
                                 GError **error)
{
  SkyTcpAsk *self = SKY_TCP_ASK (interaction);

  g_object_set_data (G_OBJECT (tls), SKY_TCP_MARK_ASKED, GINT_TO_POINTER (TRUE));
  if (self->asked != NULL)
    *self->asked = TRUE;
  return G_TLS_INTERACTION_UNHANDLED;
}

static void
sky_tcp_ask_class_init (SkyTcpAskClass *klass)
{
  G_TLS_INTERACTION_CLASS (klass)->request_certificate = sky_tcp_ask_request_certificate;
}

static void
sky_tcp_ask_init (SkyTcpAsk *self)
{
}

/*
 * @asked: set when a server asks, from the thread-default main context of now, until
 *   sky_tcp_ask_forget()
 */
GTlsInteraction *
sky_tcp_ask_new (gboolean *asked)
{
  SkyTcpAsk *self = g_object_new (SKY_TYPE_TCP_ASK, NULL);

  self->asked = asked;
  return G_TLS_INTERACTION (self);
}

/* The connection keeps its interaction for as long as it lives, which may be longer than the dial. */
void
sky_tcp_ask_forget (GTlsInteraction *self)
{
  SKY_TCP_ASK (self)->asked = NULL;
}
