#pragma once

#include "tcp/tcp-dial.h"

/* What a dial knows about itself when it fails. */
typedef struct
{
  const char          *host;
  guint16              port;
  const char          *ca_file; /* nullable */
  guint                timeout_msec;
  SkyTcpStep           step;    /* the last one that was reported */
  char                *proxy;   /* owned, nullable; "http://host:port", the last one that was tried */
  gboolean             direct;  /* the last attempt went past the proxy */
  SkyTcpCertificate   *certificate; /* owned, nullable; the one that was refused */
  GTlsCertificateFlags certificate_errors;
  gboolean             certificate_changed; /* another had been accepted */
  gboolean             asked;               /* the server wanted a certificate of ours, and got none */
} SkyTcpDialState;

/* What a dial leaves on its connection for the facts: how it got there. */
#define SKY_TCP_MARK_PROXY    "sky-tcp-proxy"    /* (type utf8): without credentials */
#define SKY_TCP_MARK_PLAIN    "sky-tcp-plain"    /* TLS, if there is any, is the proxy's */
#define SKY_TCP_MARK_HOST     "sky-tcp-host"     /* (type utf8): on the TLS connection: what was dialled */
#define SKY_TCP_MARK_ASKED    "sky-tcp-asked"    /* on the TLS connection: for a certificate of ours, in vain */
#define SKY_TCP_MARK_ACCEPTED "sky-tcp-accepted" /* on the TLS connection: by its fingerprint */

char    *sky_tcp_format_where (const char *host, guint16 port);
gboolean sky_tcp_is_unreachable (const GError *error);

GError *sky_tcp_dial_explain (const SkyTcpDialState *state, const GError *error);
GError *sky_tcp_dial_explain_timeout (const SkyTcpDialState *state);
GError *sky_tcp_dial_explain_certificate (const SkyTcpDialState *state);
GError *sky_tcp_dial_explain_proxy (const SkyTcpDialState *state, const GError *error);
GError *sky_tcp_dial_explain_proxy_timeout (const SkyTcpDialState *state);

void             sky_tcp_own_check_async (GTlsCertificate *own, GCancellable *cancellable,
                                          GAsyncReadyCallback callback, gpointer user_data);
gboolean         sky_tcp_own_check_finish (GAsyncResult *result, GError **error);

#define SKY_TYPE_TCP_ASK (sky_tcp_ask_get_type ())
G_DECLARE_FINAL_TYPE (SkyTcpAsk, sky_tcp_ask, SKY, TCP_ASK, GTlsInteraction)

GTlsInteraction *sky_tcp_ask_new (gboolean *asked);
void             sky_tcp_ask_forget (GTlsInteraction *self);
