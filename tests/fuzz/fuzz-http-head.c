#include "fuzz.h"

#include "http/http-body.h"
#include "http/http-note.h"
#include "http/http-upgrade.h"

/* A body at once, or in pieces: the same octets, and it ends at the same place. */
static gssize
feed_body (SkyHttpBody body, const guint8 *data, gsize len, FuzzRandom *random, GByteArray *out)
{
  gsize pos = 0;

  while (pos < len && !body.done)
    {
      gsize n = random != NULL ? 1 + fuzz_below (random, MIN (len - pos, 40)) : len - pos;
      g_autofree guint8 *part = fuzz_exact (data + pos, n);
      gssize used = sky_http_body_feed (&body, part, n, out, NULL);

      if (used < 0)
        return -1;
      fuzz_check ((gsize) used <= n);
      fuzz_check ((gsize) used == n || body.done);
      pos += (gsize) used;
    }
  return (gssize) pos;
}

static void
check_body (const SkyHttpHead *head, const guint8 *data, gsize head_len, gsize len, FuzzRandom *random)
{
  g_autoptr(GByteArray) whole = g_byte_array_new ();
  g_autoptr(GByteArray) pieces = g_byte_array_new ();
  SkyHttpBody body;
  gssize end;

  sky_http_body_init (&body, head, data, fuzz_below (random, 8) == 0);
  end = feed_body (body, data + head_len, len - head_len, NULL, whole);
  fuzz_check (feed_body (body, data + head_len, len - head_len, random, pieces) == end);
  fuzz_check (whole->len <= len - head_len);
  fuzz_check (whole->len == pieces->len);
  fuzz_check (whole->len == 0 || memcmp (whole->data, pieces->data, whole->len) == 0);
}

/* Whatever was sent, what goes to a label is UTF-8. */
static gboolean
is_text (const char *string)
{
  return string == NULL || g_utf8_validate (string, -1, NULL);
}

static void
check_strings (const SkyHttpHead *head, const guint8 *data, gsize head_len)
{
  g_autofree char *method = sky_http_head_method (head, data);
  g_autofree char *target = sky_http_head_target (head, data);
  g_autofree char *reason = sky_http_head_reason (head, data), *sid = NULL, *host = NULL;
  g_autoptr(SkyFields) fields = sky_fields_new ();
  guint64 length;

  if (target != NULL)
    sid = sky_http_query_value (target, "sid");
  host = sky_http_head_value (head, data, "host");
  fuzz_check (is_text (method) && is_text (target) && is_text (reason));
  fuzz_check (is_text (sid) && is_text (host));
  sky_http_head_has_token (head, data, "connection", "upgrade");
  sky_http_head_content_length (head, data, &length);
  for (guint i = 0; i < head->n_headers; i++)
    {
      g_autofree char *name = sky_http_header_name (head, data, i);
      g_autofree char *value = sky_http_header_value (head, data, i);

      fuzz_check (head->headers[i].name_start + head->headers[i].name_len <= head_len);
      fuzz_check (head->headers[i].value_start + head->headers[i].value_len <= head_len);
      fuzz_check (is_text (name) && is_text (value));
    }
  sky_http_head_fields (head, data, head_len, fields);
  for (guint i = 0; i < fields->list->len; i++)
    {
      const SkyField *field = g_ptr_array_index (fields->list, i);

      fuzz_check (field->start + field->len <= head_len);
      fuzz_check (is_text (field->value));
    }
  if (head->response)
    sky_http_upgrade_check_response (head, data, head, data);
  else if (sky_http_upgrade_is_request (head, data))
    sky_http_upgrade_check_request (head, data);
}

/* Each cut of a head asks for more; the verdict does not depend on what follows. */
static void
check_head (const guint8 *data, gsize len, gboolean response, FuzzRandom *random)
{
  SkyHttpHead head, again;
  gssize head_len = sky_http_head_decode (data, len, response, &head, NULL);
  g_autofree guint8 *exact = NULL;

  if (head_len <= 0)
    return;
  fuzz_check ((gsize) head_len <= len && head_len <= SKY_HTTP_MAX_HEAD);
  exact = fuzz_exact (data, (gsize) head_len);
  fuzz_check (sky_http_head_decode (exact, (gsize) head_len, response, &again, NULL) == head_len);
  fuzz_check (head.faults == again.faults && head.n_headers == again.n_headers);
  for (guint i = 0; i < 3; i++)
    {
      gsize cut = fuzz_below (random, (gsize) head_len);
      g_autofree guint8 *part = fuzz_exact (data, cut);

      fuzz_check (sky_http_head_decode (part, cut, response, &again, NULL) == 0);
    }
  check_strings (&head, exact, (gsize) head_len);
  check_body (&head, data, (gsize) head_len, len, random);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize len)
{
  FuzzRandom random = fuzz_random (data, len);

  check_head (data, len, FALSE, &random);
  check_head (data, len, TRUE, &random);
  return 0;
}
