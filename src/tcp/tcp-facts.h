#pragma once

#include "tcp/tcp-certificate.h"

/* What is known of a connection below the bytes that are shown. */
typedef struct
{
  char              *local;        /* owned; "127.0.0.1:51544", "[::1]:51544" */
  char              *remote;       /* owned; the proxy's if there is one */
  char              *proxy;        /* owned, nullable; "http://127.0.0.1:3128": no credentials */
  gboolean           tls;
  char              *tls_version;  /* owned, nullable; "TLS 1.3" */
  char              *tls_cipher;   /* owned, nullable; "AES-256-GCM" */
  SkyTcpCertificate *certificate;  /* owned, nullable; the peer's */
  gboolean           tls_trusted;  /* the certificate was verified, not waved through */
  gboolean           tls_accepted; /* it is not trusted; the person accepted this very one */
  gboolean           tls_asked;    /* the server asked for a certificate of ours and got none: an error
                                      of TLS when it is first read from is about that */
} SkyTcpFacts;

void sky_tcp_facts_read (SkyTcpFacts *facts, GIOStream *connection);
void sky_tcp_facts_clear (SkyTcpFacts *facts);
char *sky_tcp_facts_describe_tls (const SkyTcpFacts *facts);

GSocket *sky_tcp_facts_find_socket (GIOStream *connection);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SkyTcpFacts, sky_tcp_facts_clear)
