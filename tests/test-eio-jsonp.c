#include "eio/eio-jsonp.h"

#include <string.h>

typedef struct
{
  const char *name, *wire;
  gboolean    post;
  const char *payload; /* NULL: it is none */
} Vector;

static const Vector vectors[] = { /* PROTOCOL.md 14.6 */
  { "answer", "___eio[0](\"1:6\");", FALSE, "1:6" },
  { "answer-quotes", "___eio[12](\"17:42[\\\"a\\u2028\\\\n\\\"]\");", FALSE, "17:42[\"a\xe2\x80\xa8\\n\"]" },
  { "answer-bare", "___eio[](\"\")", FALSE, "" },
  { "answer-line", "___eio[0](\"6\");\n", FALSE, "6" },
  { "answer-letter", "___eio[a](\"6\");", FALSE, NULL },
  { "answer-number", "___eio[0](6);", FALSE, NULL },
  { "answer-unclosed", "___eio[0](\"6\";", FALSE, NULL },
  { "answer-more", "___eio[0](\"6\");alert(1)", FALSE, NULL },
  { "answer-plain", "1:6", FALSE, NULL },
  { "post", "d=2%3A40", TRUE, "2:40" },
  { "post-second", "x=1&d=2:40&y=", TRUE, "2:40" },
  { "post-plus", "d=a+b%2Bc", TRUE, "a b+c" },
  { "post-newline", "d=a\\nb", TRUE, "a\nb" },
  { "post-kept", "d=a\\\\nb", TRUE, "a\\nb" },
  { "post-three", "d=a\\\\\\nb", TRUE, "a\\\\nb" },
  { "post-backslash", "d=a\\tb\\", TRUE, "a\\tb\\" },
  { "post-percent", "d=%4", TRUE, "%4" },
  { "post-empty", "d=", TRUE, "" },
  { "post-none", "2:40", TRUE, NULL },
  { "post-other", "dd=1&e=2", TRUE, NULL },
};

static void
test_vector (gconstpointer data)
{
  const Vector *v = data;
  gsize whole = strlen (v->wire);

  for (gsize len = 0; len <= whole; len++)
    {
      g_autofree guint8 *exact = g_memdup2 (v->wire, len);
      g_autoptr(GByteArray) payload = g_byte_array_new ();
      gboolean is = v->post ? sky_eio_jsonp_post (exact, len, payload) : sky_eio_jsonp_answer (exact, len, payload);

      if (!is)
        g_assert_cmpuint (payload->len, ==, 0);
      if (len < whole)
        continue;
      g_assert_cmpint (is, ==, v->payload != NULL);
      if (is)
        g_assert_cmpmem (payload->data, payload->len, v->payload, strlen (v->payload));
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autofree char *path = g_strconcat ("/eio-jsonp/", vectors[i].name, NULL);

      g_test_add_data_func (path, &vectors[i], test_vector);
    }
  return g_test_run ();
}
