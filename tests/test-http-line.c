#include "http/http-line.h"

typedef struct
{
  const char *name, *line;
  gsize       name_len;
} Line;

static const Line lines[] = {
  { "header", "X-Key: a", 5 },       { "empty-value", "X-Key:", 5 },      { "tab", "A:\tb", 1 },
  { "no-colon", "X-Key", 0 },        { "no-name", ": a", 0 },             { "space-before-colon", "A : b", 0 },
  { "line-feed", "A: b\nC: d", 0 },  { "return", "A: b\r", 0 },           { "nul-like", "A: b\001", 0 },
  { "delete", "A: \177", 0 },        { "separator", "A(b): c", 0 },       { "not-ascii", "Ä: b", 0 },
  { "value-not-ascii", "A: ä", 1 },  { "empty", "", 0 },
};

static void
test_line (gconstpointer data)
{
  const Line *line = data;
  g_autofree char *name = g_strndup (line->line, line->name_len);
  g_autofree char *other = g_ascii_strup (name, -1);

  g_assert_cmpuint (sky_http_line_name_len (line->line), ==, line->name_len);
  g_assert_cmpint (sky_http_line_is (line->line, other), ==, line->name_len > 0);
  g_assert_false (sky_http_line_is (line->line, "Other"));
}

static void
test_target (void)
{
  static const char *const targets[][2] = { { "", "/" }, { "/a?b=c", "/a?b=c" }, { "/a b\r\nC: d", "/a%20b%0D%0AC:%20d" },
                                            { "/ä", "/%C3%A4" }, { "/%20", "/%20" } };

  for (guint i = 0; i < G_N_ELEMENTS (targets); i++)
    {
      g_autoptr(GString) head = g_string_new ("GET ");
      g_autofree char *expected = g_strconcat ("GET ", targets[i][1], NULL);

      sky_http_line_append_target (head, targets[i][0]);
      g_assert_cmpstr (head->str, ==, expected);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (lines); i++)
    {
      g_autofree char *path = g_strconcat ("/http-line/", lines[i].name, NULL);

      g_test_add_data_func (path, &lines[i], test_line);
    }
  g_test_add_func ("/http-line/target", test_target);
  return g_test_run ();
}
