#include "peer/rules/rules-template.h"

#include <string.h>

#include "peer/rules/rules-reader.h"

/* A template, the arguments that came, and what becomes of it. */
typedef struct
{
  const char *name, *json, *args, *expected;
} Vector;

#define BIN "{\"$bin\":\"AAH/\"}"

static const Vector vectors[] = {
  { "fixed", "[1.50, \"a\\u0041\\/\", {\"b\" : null}]", "", "[1.50,\"a\\u0041\\/\",{\"b\":null}]" },
  { "fixed-number", "12345678901234567890.000", "", "12345678901234567890.000" },
  { "empty", "[[], {}, \"\"]", "", "[[],{},\"\"]" },
  { "value-number", "[\"{{0}}\"]", "1.0e+2", "[1.0e+2]" },
  { "value-string", "[\"{{0}}\"]", "\"q\\u0022\\ud83d\"", "[\"q\\u0022\\ud83d\"]" },
  { "value-object", "\"{{0}}\"", "{\"b\": 1,\"a\":  2,\"b\":3}", "{\"b\": 1,\"a\":  2,\"b\":3}" },
  { "value-binary", "[\"{{1}}\"]", "1," BIN, "[" BIN "]" },
  { "value-null", "[\"{{0}}\"]", "null", "[null]" },
  { "blanks", "\"{{ 0 }}\"", " 7 ", "7" },
  { "step", "\"{{0.name}}\"", "{\"name\":\"ann\"}", "\"ann\"" },
  { "step-last-wins", "\"{{0.a}}\"", "{\"a\":1,\"a\":2}", "2" },
  { "step-escaped-key", "\"{{0.a}}\"", "{\"\\u0061\":1}", "1" },
  { "step-item", "\"{{1.2.x}}\"", "0,[0, 1 , {\"x\":[true]}]", "[true]" },
  { "step-blanks", "\"{{0.a.0}}\"", "{ \"a\" : [ 5 ] }", "5" },
  { "step-utf8", "\"{{0.żółć}}\"", "{\"żółć\":1}", "1" },
  { "missing", "[\"{{5}}\", \"{{0.x}}\", \"{{nope}}\", \"{{0.x.y}}\"]", "{}", "[null,null,null,null]" },
  { "missing-in-text", "\"a{{5}}b\"", "", "\"anullb\"" },
  { "missing-item", "\"{{0.9}}\"", "[1]", "null" },
  { "missing-in-scalar", "[\"{{0.length}}\", \"{{1.0}}\"]", "\"abc\",7", "[null,null]" },
  { "index-beyond", "\"{{99999999999999999999}}\"", "1", "null" },
  { "text-string", "\"<{{0}}>\"", "\"a\\nb\\u0041\"", "\"<a\\nb\\u0041>\"" },
  { "text-number", "\"n={{0}}\"", "1.00", "\"n=1.00\"" },
  { "text-object", "\"o={{0}}\"", "{\"k\":\"v\\n\"}", "\"o={\\\"k\\\":\\\"v\\\\n\\\"}\"" },
  { "text-two", "\"{{0}}-{{1}}\"", "1,2", "\"1-2\"" },
  { "text-adjacent", "\"{{0}}{{1}}\"", "\"a\",\"b\"", "\"ab\"" },
  { "text-null", "\"<{{0}}>\"", "null", "\"<null>\"" },
  { "text-all", "\"all {{*}}\"", "1,\"b\"", "\"all [1,\\\"b\\\"]\"" },
  { "key", "{\"k{{0}}\": 1, \"{{1}}\": 2}", "5,\"x\"", "{\"k5\":1,\"x\":2}" },
  { "no-template-in-data", "[\"{{0}}\", \"{{*}}\"]", "\"{{1}}\",2", "[\"{{1}}\",\"{{1}}\",2]" },
  { "escaped-braces", "\"\\u007b{0}}\"", "1", "\"\\u007b{0}}\"" },
  { "single-brace", "\"{0} }} {\"", "1", "\"{0} }} {\"" },
  { "three-braces", "\"{ {{0}} }\"", "1", "\"{ 1 }\"" },
  { "spread", "[\"{{*}}\"]", "1, \"b\" ," BIN, "[1, \"b\" ," BIN "]" },
  { "spread-none", "[\"{{*}}\"]", "", "[]" },
  { "spread-first", "[\"{{*}}\", 9]", "1,2", "[1,2,9]" },
  { "spread-first-none", "[\"{{*}}\", 9]", "", "[9]" },
  { "spread-last", "[\"e\", \"{{*}}\"]", "1,2", "[\"e\",1,2]" },
  { "spread-last-none", "[\"e\", \"{{*}}\"]", "", "[\"e\"]" },
  { "spread-middle-none", "[1, \"{{*}}\", 2]", "", "[1,2]" },
  { "spread-twice", "[\"{{*}}\", \"{{*}}\"]", "1,2", "[1,2,1,2]" },
  { "spread-twice-none", "[\"{{*}}\", \"{{ * }}\", []]", "", "[[]]" },
  { "spread-after-list", "[[], \"{{*}}\"]", "1", "[[],1]" },
  { "spread-deep", "{\"a\":[\"{{*}}\"]}", "1,2", "{\"a\":[1,2]}" },
  { "spread-argument", "[0, \"{{0.*}}\"]", "[1, 2]", "[0,1, 2]" },
  { "spread-no-list", "[0, \"{{0.*}}\"]", "{}", "[0]" },
  { "all-in-object", "{\"a\":\"{{*}}\"}", "1,2", "{\"a\":[1,2]}" },
  { "all-alone", "\"{{*}}\"", "1,2", "[1,2]" },
  { "acked", "[\"{{acked.0}}\", \"{{acked.*}}\"]", "", "[\"yes\",\"yes\",{\"n\":1}]" },
  { "acked-step", "\"{{acked.1.n}}\"", "", "1" },
  { "variable", "[\"{{var.x}}\", \"{{var.o.k.0}}\", \"{{var.gone}}\"]", "", "[3,4,null]" },
  { "headers-any-case", "\"{{headers.X-Token}}\"", "", "\"t\"" },
  { "handshake-headers", "\"{{handshake.headers.X-Token}}\"", "", "\"h\"" },
  { "room", "\"{{room.a.b.size}}\"", "", "\"size of a.b\"" },
  { "room-without-size", "\"{{room.a}}\"", "", "null" },
  { "data", "\"{{data}}\"", "", "\"{\\\"type\\\":\\\"hi\\\"}\"" },
  { "data-within", "\"{{data.type}}\"", "", "\"hi\"" },
  { "bin", "[{\"$bin\": \"AAEC\"}]", "", "[{\"$bin\":\"AAEC\"}]" },
  { "bin-template", "{\"$bin\": \"{{0}}\"}", "\"AA==\"", "{\"$bin\":\"AA==\"}" },
  { "fill", "{\"$fill\": [\"ab\", 3]}", "", "\"ababab\"" },
  { "fill-none", "[{\"$fill\": [\"ab\", 0]}]", "", "[\"\"]" },
  { "fill-escape", "{\"$fill\": [\"\\n\", 2]}", "", "\"\\n\\n\"" },
  { "fill-template", "{\"$fill\": [\"{{0}}-\", \"{{1}}\"]}", "\"x\",2", "\"x-x-\"" },
  { "fill-wrong-count", "{\"$fill\": [\"x\", \"{{0}}\"]}", "-1", "null" },
  { "fill-wrong-text", "{\"$fill\": [\"{{0}}\", 2]}", "[]", "null" },
  { "fill-key-beside", "{\"$fill\": [\"x\", 2], \"a\": 1}", "", "{\"$fill\":[\"x\",2],\"a\":1}" },
};

static gboolean
lookup (const SkyRulesScope *scope, const SkyRulesPath *path, GString *scratch, SkyRulesText *found)
{
  const char *json = NULL;

  switch ((int) path->root)
    {
    case SKY_RULES_ROOT_ARGS:
      json = scope->owner;
      break;
    case SKY_RULES_ROOT_ACKED:
      json = "\"yes\",{\"n\":1}";
      break;
    case SKY_RULES_ROOT_VAR:
      json = g_str_equal (path->subject, "x") ? "3" : g_str_equal (path->subject, "o") ? "{\"k\":[4]}" : NULL;
      break;
    case SKY_RULES_ROOT_HEADERS:
      json = "{\"x-token\":\"t\"}";
      break;
    case SKY_RULES_ROOT_HANDSHAKE:
      json = "{\"headers\":{\"x-token\":\"h\"}}";
      break;
    case SKY_RULES_ROOT_DATA:
      json = "\"{\\\"type\\\":\\\"hi\\\"}\"";
      break;
    case SKY_RULES_ROOT_ROOM_SIZE:
      g_string_append_printf (scratch, "\"size of %s\"", path->subject);
      json = scratch->str;
      break;
    default:
      break;
    }
  if (json != NULL)
    *found = (SkyRulesText) { json, strlen (json) };
  return json != NULL;
}

static void
test_expand (gconstpointer user_data)
{
  const Vector *v = user_data;
  gsize len = strlen (v->json), args_len = strlen (v->args);
  g_autofree char *exact = g_memdup2 (v->json, len);
  g_autofree char *args = g_memdup2 (v->args, args_len + 1);
  g_autoptr(GError) error = NULL;
  g_autoptr(SkyRulesTemplate) template = sky_rules_template_new (exact, len, &error);
  g_autoptr(GString) out = g_string_new (NULL);
  SkyRulesScope scope = { lookup, args };
  SkyRulesText fixed;

  g_assert_no_error (error);
  memset (exact, 'x', len); /* it keeps nothing of the text */
  g_assert_true (sky_rules_template_expand (template, &scope, out));
  g_assert_cmpstr (out->str, ==, v->expected);
  if (sky_rules_template_is_fixed (template, &fixed))
    {
      g_assert_cmpuint (fixed.len, ==, out->len);
      g_assert_null (strstr (v->json, "{{0"));
    }
  g_assert_true (sky_rules_template_expand (template, &scope, out)); /* it appends */
  g_assert_cmpuint (out->len, ==, 2 * strlen (v->expected));
}

/* Every beginning of a template is refused, and none is read beyond its end. */
static void
test_cuts (gconstpointer user_data)
{
  const Vector *v = user_data;

  for (gsize cut = 0; cut < strlen (v->json); cut++)
    {
      g_autofree char *part = g_memdup2 (v->json, MAX (cut, 1));
      g_autoptr(GError) error = NULL;
      g_autoptr(SkyRulesTemplate) template = sky_rules_template_new (part, cut, &error);

      if (template == NULL)
        g_assert_true (error->domain == SKY_RULES_ERROR);
      else
        g_assert_true (g_ascii_isdigit (v->json[0])); /* the beginning of a number is one */
    }
}

typedef struct
{
  const char   *name, *json;
  SkyRulesError code;
  guint         column;
  const char   *message;
} Wrong;

static const Wrong wrong[] = {
  { "open", "[\"a{{0\"]", SKY_RULES_ERROR_VALUE, 4, "[0]: found {{ that nothing closes, expected }}" },
  { "open-over-strings", "[\"{{0\", \"}}\"]", SKY_RULES_ERROR_VALUE, 3,
    "[0]: found {{ that nothing closes, expected }}" },
  { "empty", "\"{{}}\"", SKY_RULES_ERROR_VALUE, 2,
    "The file: found {{}}, expected a path like {{0}} or {{auth.token}}" },
  { "two-points", "{\"a\":\"{{0..b}}\"}", SKY_RULES_ERROR_VALUE, 7,
    "a: found {{0..b}}, expected a path like {{0}} or {{auth.token}}" },
  { "star-within", "\"{{0.*.b}}\"", SKY_RULES_ERROR_VALUE, 2,
    "The file: found {{0.*.b}}, expected a path like {{0}} or {{auth.token}}" },
  { "nested", "\"{{a{{b}}}}\"", SKY_RULES_ERROR_VALUE, 2,
    "The file: found {{a{{b}}, expected a path like {{0}} or {{auth.token}}" },
  { "key", "{\"{{\": 1}", SKY_RULES_ERROR_VALUE, 3, "{{: found {{ that nothing closes, expected }}" },
  { "fill-number", "{\"$fill\": 7}", SKY_RULES_ERROR_TYPE, 11,
    "$fill: found the number 7, expected a text and how many times, as [\"x\", 1000]" },
  { "fill-three", "{\"$fill\": [\"x\", 1, 2]}", SKY_RULES_ERROR_TYPE, 11,
    "$fill: found a list, expected a text and how many times, as [\"x\", 1000]" },
  { "fill-fraction", "{\"$fill\": [\"x\", 1.5]}", SKY_RULES_ERROR_TYPE, 11,
    "$fill: found a list, expected a text and how many times, as [\"x\", 1000]" },
  { "fill-too-much", "{\"$fill\": [\"xy\", 33554433]}", SKY_RULES_ERROR_VALUE, 18,
    "$fill: found too many times, expected 64 MiB at most" },
  { "bin-wrong", "[{\"$bin\": \"A\"}]", SKY_RULES_ERROR_TYPE, 11,
    "[0].$bin: found the text \"A\", expected base64 with its padding" },
};

static void
test_wrong (gconstpointer user_data)
{
  const Wrong *w = user_data;
  gsize len = strlen (w->json);
  g_autofree char *exact = g_memdup2 (w->json, len);
  g_autoptr(GError) error = NULL;
  g_autoptr(SkyRulesTemplate) template = sky_rules_template_new (exact, len, &error);

  g_assert_null (template);
  g_assert_error (error, SKY_RULES_ERROR, (int) w->code);
  g_assert_cmpstr (error->message, ==, w->message);
  g_assert_cmpuint (sky_rules_error_get_place (error)->line, ==, 1);
  g_assert_cmpuint (sky_rules_error_get_place (error)->column, ==, w->column);
}

static gboolean
expands (const char *json, const char *args)
{
  g_autoptr(SkyRulesTemplate) template = sky_rules_template_new (json, strlen (json), NULL);
  g_autoptr(GString) out = g_string_new (NULL);
  SkyRulesScope scope = { lookup, (gpointer) args };

  g_assert_nonnull (template);
  return sky_rules_template_expand (template, &scope, out);
}

/* 64 MiB with its quotes and brackets are the most that anything becomes. */
static void
test_bound (void)
{
  g_autofree char *letters = g_strnfill (100000, 'x'), *text = g_strdup_printf ("\"%s\"", letters);

  g_assert_false (expands ("{\"$fill\": [\"{{0}}\", 60000000]}", text)); /* before six terabytes are asked for */
  g_assert_true (expands ("{\"$fill\": [\"x\", 67108864]}", ""));
  g_assert_false (expands ("[{\"$fill\": [\"x\", 67108864]}]", ""));
  g_assert_false (expands ("[{\"$fill\": [\"x\", 60000000]}, {\"$fill\": [\"x\", 60000000]}]", ""));
  g_assert_false (expands ("{\"$fill\": [\"{{0}}\", \"{{1}}\"]}", "\"x\",18446744073709551615"));
  g_assert_false (expands ("{\"$fill\": [\"\", \"{{0}}\"]}", "18446744073709551615"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autofree char *name = g_strconcat ("/rules-template/expand/", vectors[i].name, NULL);
      g_autofree char *cuts = g_strconcat ("/rules-template/cuts/", vectors[i].name, NULL);

      g_test_add_data_func (name, &vectors[i], test_expand);
      g_test_add_data_func (cuts, &vectors[i], test_cuts);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      g_autofree char *name = g_strconcat ("/rules-template/wrong/", wrong[i].name, NULL);

      g_test_add_data_func (name, &wrong[i], test_wrong);
    }
  g_test_add_func ("/rules-template/bound", test_bound);
  return g_test_run ();
}
