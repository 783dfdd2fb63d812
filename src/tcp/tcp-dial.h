#pragma once

#include "tcp/tcp-facts.h"

#define SKY_TCP_ERROR (sky_tcp_error_quark ())
GQuark sky_tcp_error_quark (void);

/* Why a dial failed. The message of the GError is a whole sentence that names the host. */
typedef enum
{
  SKY_TCP_ERROR_NAME,          /* name not found */
  SKY_TCP_ERROR_REFUSED,       /* nobody listens on that port */
  SKY_TCP_ERROR_UNREACHABLE,   /* no route, network down */
  SKY_TCP_ERROR_TIMEOUT,
  SKY_TCP_ERROR_RESET,         /* the peer cut the line during the dial */
  SKY_TCP_ERROR_NOT_TLS,       /* TLS was asked for, the peer does not speak it */
  SKY_TCP_ERROR_TLS,           /* the TLS handshake failed in another way */
  SKY_TCP_ERROR_TLS_UNTRUSTED, /* unknown authority, or self-signed */
  SKY_TCP_ERROR_TLS_NAME,      /* the certificate is for another name */
  SKY_TCP_ERROR_TLS_EXPIRED,   /* expired, or not valid yet */
  SKY_TCP_ERROR_PROXY,         /* the proxy cannot be reached, or is none, or says nothing */
  SKY_TCP_ERROR_IN_USE,        /* listening: the port is taken */
  SKY_TCP_ERROR_NOT_ALLOWED,   /* listening: no right to this port or address */
  SKY_TCP_ERROR_FAILED,
  SKY_TCP_ERROR_PROXY_AUTH,    /* the proxy wants credentials, or others */
  SKY_TCP_ERROR_PROXY_TARGET,  /* the proxy does not let us through to the host, or found no way */
  SKY_TCP_ERROR_FILE,          /* a certificate, key or list of authorities of ours is of no use */
  SKY_TCP_ERROR_TLS_ASKS,      /* the server wants a certificate of ours */
} SkyTcpError;

/* The steps of a dial, in their order; each is reported when it begins or is done. */
typedef enum
{
  SKY_TCP_STEP_RESOLVING,
  SKY_TCP_STEP_RESOLVED,
  SKY_TCP_STEP_CONNECTING,
  SKY_TCP_STEP_CONNECTED,
  SKY_TCP_STEP_PROXY,
  SKY_TCP_STEP_TLS_HANDSHAKE,
  SKY_TCP_STEP_TLS_DONE,
} SkyTcpStep;

/* Where to dial. */
typedef struct
{
  const char *host;
  guint16     port;
  gboolean    tls;
  gboolean    insecure;     /* take any certificate: chosen knowingly, shown in the facts */
  const char *ca_file;      /* nullable: PEM authorities to trust instead of the system's */
  const char *cert_file;    /* nullable: PEM certificate of ours, for a server that asks for one */
  const char *key_file;     /* nullable: its PEM key, if that is not in the same file */
  const char *accepted;     /* nullable: SHA-256 fingerprint of the one certificate to take untrusted */
  const char *proxy;        /* nullable: the system's; "none"; or "http://user:pw@host:port", also
                               https, socks5, socks4a */
  guint       timeout_msec; /* for the whole dial; 0: 20 s */
} SkyTcpTarget;

#define SKY_TYPE_TCP_DIAL (sky_tcp_dial_get_type ())
G_DECLARE_FINAL_TYPE (SkyTcpDial, sky_tcp_dial, SKY, TCP_DIAL, GObject)

/* signal "step" (SkyTcpStep step, gint64 time_usec, const char *detail) */
SkyTcpDial *sky_tcp_dial_new (const SkyTcpTarget *target);
void        sky_tcp_dial_async (SkyTcpDial *self, GCancellable *cancellable, GAsyncReadyCallback callback,
                                gpointer user_data);
GIOStream  *sky_tcp_dial_finish (SkyTcpDial *self, GAsyncResult *result, GError **error);
const char *sky_tcp_error_advice (int code);
const SkyTcpCertificate *sky_tcp_error_get_certificate (const GError *error);

/* A certificate of one's own with its key: of a client that is asked for one, or of a server. */
GTlsCertificate *sky_tcp_own_load (const char *cert_file, const char *key_file, GError **error);
GTlsCertificate *sky_tcp_own_load_checked (const char *cert_file, const char *key_file, GError **error);
