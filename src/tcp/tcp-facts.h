#pragma once

#include <gio/gio.h>

/* What is known of a connection below the bytes that are shown. */
typedef struct
{
  char    *local;       /* owned; "127.0.0.1:51544", "[::1]:51544" */
  char    *remote;      /* owned */
  gboolean tls;
  char    *tls_version; /* owned, nullable; "TLS 1.3" */
  char    *tls_cipher;  /* owned, nullable; "AES-256-GCM" */
  char    *tls_subject; /* owned, nullable; of the peer's certificate */
  char    *tls_issuer;  /* owned, nullable */
  gint64   tls_expires; /* seconds since 1970-01-01 UTC, 0 if unknown */
  gboolean tls_trusted; /* the certificate was verified, not waved through */
} SkyTcpFacts;

void sky_tcp_facts_read (SkyTcpFacts *facts, GIOStream *connection);
void sky_tcp_facts_clear (SkyTcpFacts *facts);

GSocket *sky_tcp_facts_find_socket (GIOStream *connection);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SkyTcpFacts, sky_tcp_facts_clear)
