#pragma once

#include <glib.h>
#include <string.h>

/* Returns: (transfer full): what answers the key in a request's head: RFC 6455 §1.3, by hand */
static inline char *
make_accept (const char *head)
{
  const char *key = strstr (head, "Sec-WebSocket-Key: ") + strlen ("Sec-WebSocket-Key: ");
  g_autoptr(GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA1);
  guint8 digest[20];
  gsize len = sizeof digest;

  g_checksum_update (sum, (const guchar *) key, (gssize) strcspn (key, "\r"));
  g_checksum_update (sum, (const guchar *) "258EAFA5-E914-47DA-95CA-C5AB0DC85B11", -1);
  g_checksum_get_digest (sum, digest, &len);
  return g_base64_encode (digest, len);
}
