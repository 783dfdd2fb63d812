#include "fuzz.h"

#include "http/http-content.h"

/* The first octet chooses the coding and the limit, the rest is a body. */
int
LLVMFuzzerTestOneInput (const guint8 *data, gsize len)
{
  g_autoptr(GByteArray) whole = g_byte_array_new ();
  g_autoptr(GByteArray) limited = g_byte_array_new ();
  g_autoptr(GError) error = NULL;
  SkyHttpCoding coding;
  gsize limit;
  gboolean sound;

  if (len == 0)
    return 0;
  coding = data[0] % 4;
  limit = (gsize) data[0] * 16;
  sound = sky_http_content_decode (coding, data + 1, len - 1, 1 << 20, whole, &error);
  fuzz_check (sound == (error == NULL));
  fuzz_check (whole->len <= 1 << 20);
  sound = sky_http_content_decode (coding, data + 1, len - 1, limit, limited, NULL) && sound;
  fuzz_check (limited->len <= limit && limited->len <= whole->len);
  fuzz_check (limited->len == 0 || memcmp (limited->data, whole->data, limited->len) == 0);
  if (sound)
    fuzz_check (limited->len == whole->len);
  return 0;
}
