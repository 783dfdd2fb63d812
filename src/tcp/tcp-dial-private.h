#pragma once

#include "tcp/tcp-dial.h"
#include "tcp/tcp-proxy.h"

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

/**
 * SkyTcpDial:
 *
 * One attempt to reach a host over TCP, with TLS if asked, through a proxy if there is one,
 * over whichever of the addresses answers first (RFC 8305). It says what it does by its signal "step".
 */
struct _SkyTcpDial
{
  GObject          parent_instance;
  char            *host, *ca_file, *cert_file, *key_file, *accepted;
  char            *proxy;       /* nullable; as the target has it */
  gboolean         tls, insecure;
  SkyTcpDialState  state;       /* borrows from this object what it does not own */

  GTask           *task;        /* borrowed; NULL unless a dial is under way */
  GCancellable    *inner;
  GTlsDatabase    *authorities; /* nullable */
  GTlsCertificate *own;         /* nullable; to be shown if the server asks */
  GTlsInteraction *ask;         /* notes that a server asks */
  SkyTcpProxy     *proxies;     /* nullable: no proxy is asked for */
  GSource         *timeout;
  gulong           outer_id;
  gboolean         timed_out, refused;
};

/* What a dial leaves on its connection for the facts: how it got there. */
#define SKY_TCP_MARK_PROXY    "sky-tcp-proxy"    /* (type utf8): without credentials */
#define SKY_TCP_MARK_PLAIN    "sky-tcp-plain"    /* TLS, if there is any, is the proxy's */
#define SKY_TCP_MARK_HOST     "sky-tcp-host"     /* (type utf8): on the TLS connection: what was dialled */
#define SKY_TCP_MARK_ASKED    "sky-tcp-asked"    /* on the TLS connection: for a certificate of ours, in vain */
#define SKY_TCP_MARK_ACCEPTED "sky-tcp-accepted" /* on the TLS connection: by its fingerprint */

void sky_tcp_dial_report (SkyTcpDial *self, SkyTcpStep step, const char *detail);
void sky_tcp_dial_watch (SkyTcpDial *self, GSocketClient *client);
void sky_tcp_dial_learn_proxy (SkyTcpDial *self);

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
GError          *sky_tcp_own_explain (const char *cert_file, const char *key_file);

#define SKY_TYPE_TCP_ASK (sky_tcp_ask_get_type ())
G_DECLARE_FINAL_TYPE (SkyTcpAsk, sky_tcp_ask, SKY, TCP_ASK, GTlsInteraction)

GTlsInteraction *sky_tcp_ask_new (gboolean *asked);
void             sky_tcp_ask_forget (GTlsInteraction *self);
