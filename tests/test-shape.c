#include "trace/shape.h"

#include <string.h>

#include "base/json.h"

typedef struct
{
  const char *name;
  const char *samples[4]; /* of arguments */
  const char *line, *skeleton;
} Vector;

static const Vector vectors[] = {
  { "nothing", { NULL }, "()", "" },
  { "none", { "[]" }, "()", "" },
  { "string", { "[\"a\"]" }, "(string)", "\"\"" },
  { "all", { "[\"a\",1.50,true,null,[],{}]" }, "(string, number, boolean, null, [], {})", "\"\",0,false,null,[],{}" },
  { "object", { "[{\"user\":\"a\",\"at\":1}]" }, "({user: string, at: number})", "{\"user\":\"\",\"at\":0}" },
  { "deep", { "[{\"a\":{\"b\":{\"c\":{\"d\":1}}}}]" }, "({a: {b: {c: {…}}}})", "{\"a\":{\"b\":{\"c\":{\"d\":0}}}}" },
  { "binary", { "[{\"$bin\":\"AAEC\"}]" }, "(binary)", "{\"$bin\":\"\"}" },
  { "no-binary", { "[{\"$bin\":1},{\"$bin\":\"\",\"x\":1}]" }, "({$bin: number}, {$bin: string, x: number})",
    "{\"$bin\":0},{\"$bin\":\"\",\"x\":0}" },
  { "strings", { "[[\"a\",\"b\"]]" }, "(string[])", "[\"\"]" },
  { "mixed-items", { "[[\"a\",1]]" }, "((string | number)[])", "[\"\"]" },
  { "objects", { "[[{\"id\":1},{\"id\":2,\"x\":null}]]" }, "({id: number, x?: null}[])", "[{\"id\":0,\"x\":null}]" },
  { "union", { "[\"a\"]", "[1]", "[null]" }, "(string | number | null)", "\"\"" },
  { "nullable-object", { "[{\"a\":1}]", "[null]" }, "({a: number} | null)", "{\"a\":0}" },
  { "optional-argument", { "[1]", "[1,2]", "[1]" }, "(number, number?)", "0" },
  { "usual-argument", { "[1]", "[1,2]" }, "(number, number?)", "0,0" },
  { "optional-key", { "[{\"a\":1}]", "[{\"a\":1,\"b\":\"\"}]", "[{\"a\":2}]" }, "({a: number, b?: string})", "{\"a\":0}" },
  { "other-order", { "[{\"a\":1,\"b\":2}]", "[{\"b\":1,\"a\":\"\"}]" }, "({a: string | number, b: number})",
    "{\"a\":\"\",\"b\":0}" },
  { "names", { "[{\"a b\":1,\"$x_1\":2,\"\\u00e9\":3,\"1\":4}]" }, "({\"a b\": number, $x_1: number, \"é\": number, \"1\": number})",
    "{\"a b\":0,\"$x_1\":0,\"é\":0,\"1\":0}" },
  { "escaped-alike", { "[{\"a\":1}]", "[{\"\\u0061\":1}]" }, "({a: number})", "{\"a\":0}" },
  { "many-keys", { "[{\"a\":1,\"b\":1,\"c\":1,\"d\":1,\"e\":1,\"f\":1,\"g\":1}]" },
    "({a: number, b: number, c: number, d: number, e: number, f: number, …})",
    "{\"a\":0,\"b\":0,\"c\":0,\"d\":0,\"e\":0,\"f\":0,\"g\":0}" },
  { "many-args", { "[1,2,3,4,5,6,7]" }, "(number, number, number, number, number, number, …)", "0,0,0,0,0,0,0" },
  { "white", { " [ \"a\" , { \"b\" : [ 1 ] } ] " }, "(string, {b: number[]})", "\"\",{\"b\":[0]}" },
};

static void
test_samples (gconstpointer data)
{
  const Vector *v = data;
  g_autoptr(SkyShape) shape = sky_shape_new ();
  g_autofree char *line = NULL;
  g_autofree char *skeleton = NULL;
  g_autofree char *array = NULL;
  SkyJsonValue root;

  for (guint i = 0; i < G_N_ELEMENTS (v->samples) && v->samples[i] != NULL; i++)
    {
      gsize len = strlen (v->samples[i]);

      for (gsize cut = 0; cut <= len; cut++) /* an exact copy lets ASan see overreads */
        {
          g_autoptr(SkyShape) other = sky_shape_new ();
          g_autofree char *part = g_memdup2 (v->samples[i], cut);
          gboolean whole = g_str_has_suffix (v->samples[i], "] ") ? cut >= len - 1 : cut == len;

          g_assert_cmpint (sky_shape_add (other, part, cut), ==, whole);
        }
      g_assert_true (sky_shape_add (shape, v->samples[i], len));
    }
  line = sky_shape_format (shape);
  skeleton = sky_shape_skeleton (shape);
  array = g_strdup_printf ("[%s]", skeleton);
  g_assert_cmpstr (line, ==, v->line);
  g_assert_cmpstr (skeleton, ==, v->skeleton);
  g_assert_true (sky_json_parse (array, strlen (array), &root, NULL, NULL));
}

static void
test_no_arguments (void)
{
  static const char *const others[] = { "", "{}", "1", "\"[]\"", "[1", "[1,]", "[1]]" };
  g_autoptr(SkyShape) shape = sky_shape_new ();

  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    g_assert_false (sky_shape_add (shape, others[i], strlen (others[i])));
  g_assert_cmpuint (sky_shape_get_n_args (shape), ==, 0);
}

static void
assert_keys (SkyShape *shape, guint arg, const char *path, const char *expected)
{
  g_auto(GStrv) steps = g_strsplit (path, "/", -1);
  g_auto(GStrv) keys = sky_shape_keys (shape, arg, (const char *const *) (*path == '-' ? steps + 1 : steps));
  g_autofree char *joined = g_strjoinv (" ", keys);

  g_assert_cmpstr (joined, ==, expected);
}

static void
test_keys (void)
{
  static const char args[] = "[{\"a\":{\"b\":1,\"c\":2},\"list\":[{\"id\":1}]},7]";
  g_autoptr(SkyShape) shape = sky_shape_new ();

  g_assert_true (sky_shape_add (shape, args, strlen (args)));
  assert_keys (shape, 0, "-", "a list");
  assert_keys (shape, 0, "a", "b c");
  assert_keys (shape, 0, "list", "");
  assert_keys (shape, 0, "list/", "id");
  assert_keys (shape, 0, "a/b", "");
  assert_keys (shape, 0, "none/at/all", "");
  assert_keys (shape, 1, "-", "");
  assert_keys (shape, 2, "-", "");
}

/* However large and odd the samples, a shape stays small, quick and valid. */
static void
test_bounds (void)
{
  g_autoptr(SkyShape) shape = sky_shape_new ();
  g_autofree char *line = NULL;
  g_autofree char *skeleton = NULL;
  g_autofree char *array = NULL;
  SkyJsonValue root;

  for (guint round = 0; round < 40; round++)
    {
      g_autoptr(GString) args = g_string_new ("[");

      for (guint depth = 0; depth < 200; depth++)
        g_string_append_printf (args, "{\"k%u\":1,\"n%u\":[", round, depth);
      for (guint depth = 0; depth < 200; depth++)
        g_string_append (args, "]}");
      g_string_append (args, ",{\"x\":0");
      for (guint key = 0; key < 300; key++)
        g_string_append_printf (args, ",\"%u-%u\":{\"y\":[%u]}", round, key, key);
      g_string_append (args, "}]");
      g_assert_true (sky_shape_add (shape, args->str, args->len));
    }
  line = sky_shape_format (shape);
  skeleton = sky_shape_skeleton (shape);
  array = g_strdup_printf ("[%s]", skeleton);
  g_assert_cmpuint (strlen (line), <, 1000);
  g_assert_nonnull (strstr (line, "…"));
  g_assert_cmpuint (strlen (skeleton), <, 64 * SKY_SHAPE_MAX_NODES);
  g_assert_true (sky_json_parse (array, strlen (array), &root, NULL, NULL));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autofree char *path = g_strdup_printf ("/shape/samples/%s", vectors[i].name);

      g_test_add_data_func (path, &vectors[i], test_samples);
    }
  g_test_add_func ("/shape/no-arguments", test_no_arguments);
  g_test_add_func ("/shape/keys", test_keys);
  g_test_add_func ("/shape/bounds", test_bounds);
  return g_test_run ();
}
