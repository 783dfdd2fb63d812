#include "ui/parts/json-place.h"

#include <string.h>

/* The cursor is at "^". */
typedef struct
{
  const char *text;
  const char *expected; /* argument, path, siblings, what is typed, whether it is quoted; NULL where no name belongs */
} Vector;

static const Vector vectors[] = {
  { "^", NULL },
  { "\"^\"", NULL },
  { "us^", NULL },
  { "[^", NULL },
  { "[\"^\"]", NULL },
  { "{^", "0||||" },
  { "{ \n ^}", "0||||" },
  { "{\"^", "0||||quoted" },
  { "{\"us^", "0|||us|quoted" },
  { "{us^}", "0|||us|" },
  { "{\"us^er\": 1}", "0|||us|quoted" },
  { "{\"user\"^", NULL },
  { "{\"user\": ^", NULL },
  { "{\"user\": \"^", NULL },
  { "{\"user\": 1^", NULL },
  { "{\"user\": 1 ^", NULL },
  { "{\"user\": 1, ^", "0||user||" },
  { "{\"user\": 1, \"at\": [{}], \"^", "0||user at||quoted" },
  { "1, {\"a\": 1}, {\"^", "2||||quoted" },
  { "\"a,b{\", {^", "1||||" },
  { "{\"a\\\"{\": 1, ^", "0||a\"{||" },
  { "{\"a\": {\"b\": {\"^", "0|a b|||quoted" },
  { "{\"x\": 1, \"a\": [{\"b\": 1}, {\"^", "0|a |||quoted" },
  { "[[{^", "0| |||" },
  { "{\"a\": {}, \"b\": {\"c\": 1, ^", "0|b|c||" },
  { "{\"été\": 1, \"é^", "0||été|é|quoted" },
  { "{\"a\": 1} ^", NULL },
  { "}}], {^", "1||||" },
  { "{\"\\u12\": 1, \"\\q\": 2, \"\\ud83d\": 3, \"^", "0||u12 q \xef\xbf\xbd||quoted" }, /* what is no escape is read as JavaScript would not */
};

static void
test_find (gconstpointer data)
{
  const Vector *v = data;
  const char *mark = strchr (v->text, '^');
  g_autofree char *text = g_strdup_printf ("%.*s%s", (int) (mark - v->text), v->text, mark + 1);
  gsize pos = (gsize) (mark - v->text);
  g_auto(SkyJsonPlace) place = { 0 };
  g_autofree char *path = NULL, *siblings = NULL, *found = NULL;

  g_assert_cmpint (sky_json_place_find (text, pos, &place), ==, v->expected != NULL);
  if (v->expected == NULL)
    return;
  path = g_strjoinv (" ", place.path);
  siblings = g_strjoinv (" ", place.siblings);
  found = g_strdup_printf ("%u|%s|%s|%.*s|%s", place.arg, path, siblings, (int) (pos - place.start), text + place.start,
                           place.quoted ? "quoted" : "");
  g_assert_cmpstr (found, ==, v->expected);
}

/* Anything may stand before the cursor; nothing behind it is read. */
static void
test_cuts (void)
{
  static const char text[] = "{\"a\": [1, {\"\\u1\": 1, \"\\\": 1, \"b\\u00e9\\\"\": \"x\", c: {}}], \"d\":{\"e";

  for (gsize cut = 0; cut < sizeof text; cut++)
    {
      g_autofree char *part = g_memdup2 (text, cut);
      g_auto(SkyJsonPlace) place = { 0 };

      if (cut > 0 && sky_json_place_find (part, cut, &place))
        g_assert_cmpuint (place.start, <=, cut);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autofree char *path = g_strdup_printf ("/json-place/find/%u", i);

      g_test_add_data_func (path, &vectors[i], test_find);
    }
  g_test_add_func ("/json-place/cuts", test_cuts);
  return g_test_run ();
}
