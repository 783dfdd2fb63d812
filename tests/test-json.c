#include "base/json.h"

#include <string.h>

typedef struct
{
  const char  *name;
  const char  *text;
  SkyJsonType  type;
  const char  *minified; /* NULL: the same as @text */
} Valid;

typedef struct
{
  const char  *name;
  const char  *text;
  gsize        error_pos;
  SkyJsonError code;
} Invalid;

static const Valid valid[] = { /* RFC 8259 §2–§7, then what JSON.parse() takes besides */
  { "null", "null", SKY_JSON_NULL },
  { "true", "true", SKY_JSON_TRUE },
  { "false", "false", SKY_JSON_FALSE },
  { "zero", "0", SKY_JSON_NUMBER },
  { "minus-zero", "-0", SKY_JSON_NUMBER },
  { "fraction", "-0.250", SKY_JSON_NUMBER },
  { "exponent", "1E+2", SKY_JSON_NUMBER },
  { "exponent-leading-zeros", "1e-007", SKY_JSON_NUMBER },
  { "beyond-double",
    "123456789012345678901234567890.000000000000000000001e99999", SKY_JSON_NUMBER },
  { "empty-string", "\"\"", SKY_JSON_STRING },
  { "escapes", "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00Ef\"", SKY_JSON_STRING },
  { "pair", "\"\\ud83d\\uDE00\"", SKY_JSON_STRING },
  { "lone-high", "\"\\ud83d\"", SKY_JSON_STRING },
  { "lone-low", "\"\\ude00x\"", SKY_JSON_STRING },
  { "escaped-nul", "\"a\\u0000b\"", SKY_JSON_STRING },
  { "raw-utf8", "\"zażółć 😀\"", SKY_JSON_STRING },
  { "raw-delete", "\"\x7f\"", SKY_JSON_STRING },
  { "raw-line-separator", "\"\xe2\x80\xa8\"", SKY_JSON_STRING },
  { "raw-not-utf8", "[\"\xff\xc0\"]", SKY_JSON_ARRAY },
  { "brackets-in-string", "[\"]}{[,:\\\"]\"]", SKY_JSON_ARRAY },
  { "spaces", " \t\r\n[ 1 ,\t2\r,\n{ \"a\" : [ ] , \"b\" : { \n} } ] \n", SKY_JSON_ARRAY,
    "[1,2,{\"a\":[],\"b\":{}}]" },
  { "spaces-in-string", "[ \" a , b \" ]", SKY_JSON_ARRAY, "[\" a , b \"]" },
  { "empty-array", "[]", SKY_JSON_ARRAY },
  { "empty-object", "{}", SKY_JSON_OBJECT },
  { "nested", "[[],[[]],{\"a\":{\"b\":[{}]}}]", SKY_JSON_ARRAY },
  { "mixed", "[null,true,false,-1.5e3,\"s\",[],{}]", SKY_JSON_ARRAY },
  { "empty-key", "{\"\":0}", SKY_JSON_OBJECT },
  { "duplicate-keys", "{\"b\":1,\"a\":2,\"b\":3}", SKY_JSON_OBJECT },
  { "spellings", "[1.0,1.00,1e0,10E-1,0.1e+1,-0]", SKY_JSON_ARRAY },
  { "long-string",
    "[\"0123456789abcdef0123456789abcdef0123456\\n789abcdef\",\"01234567\"]", SKY_JSON_ARRAY },
};

#define SYNTAX SKY_JSON_ERROR_SYNTAX
#define TRUNCATED SKY_JSON_ERROR_TRUNCATED

static const Invalid invalid[] = {
  { "empty", "", 0, TRUNCATED },
  { "blank", " \n", 2, TRUNCATED },
  { "open-array", "[1", 2, TRUNCATED },
  { "open-object", "{\"a\"", 4, TRUNCATED },
  { "open-string", "[\"abc", 5, TRUNCATED },
  { "half-escape", "\"\\", 2, TRUNCATED },
  { "half-unicode", "\"\\u12", 5, TRUNCATED },
  { "half-literal", "tru", 3, TRUNCATED },
  { "minus", "-", 1, TRUNCATED },
  { "point", "1.", 2, TRUNCATED },
  { "exponent", "1e", 2, TRUNCATED },
  { "exponent-sign", "1e+", 3, TRUNCATED },
  { "comma-last-in-array", "[1, ]", 2, SYNTAX },
  { "comma-last-in-object", "{\"a\":1 , }", 7, SYNTAX },
  { "comma-first", "[,1]", 1, SYNTAX },
  { "comma-first-in-object", "{,}", 1, SYNTAX },
  { "comma-twice", "[1,,2]", 3, SYNTAX },
  { "comma-missing", "[1 2]", 3, SYNTAX },
  { "comma-missing-in-object", "{\"a\":1 \"b\":2}", 7, SYNTAX },
  { "comma-after-all", "[],", 2, SYNTAX },
  { "colon-missing", "{\"a\" 1}", 5, SYNTAX },
  { "colon-in-array", "[1:2]", 2, SYNTAX },
  { "colon-twice", "{\"a\"::1}", 5, SYNTAX },
  { "value-missing", "{\"a\":}", 5, SYNTAX },
  { "key-bare", "{a:1}", 1, SYNTAX },
  { "key-number", "{1:1}", 1, SYNTAX },
  { "key-single-quoted", "{'a':1}", 1, SYNTAX },
  { "single-quoted", "['a']", 1, SYNTAX },
  { "wrong-bracket", "[1}", 2, SYNTAX },
  { "wrong-brace", "{\"a\":1]", 6, SYNTAX },
  { "closed-only", "]", 0, SYNTAX },
  { "two-values", "1 2", 2, SYNTAX },
  { "literal-glued", "[nullnull]", 5, SYNTAX },
  { "literal-upper", "[True]", 1, SYNTAX },
  { "literal-near", "[nul]", 1, SYNTAX },
  { "nan", "[NaN]", 1, SYNTAX },
  { "minus-infinity", "[-Infinity]", 2, SYNTAX },
  { "undefined", "undefined", 0, SYNTAX },
  { "leading-zero", "[012]", 1, SYNTAX },
  { "leading-zeros", "[-00]", 2, SYNTAX },
  { "plus", "[+1]", 1, SYNTAX },
  { "point-first", "[.5]", 1, SYNTAX },
  { "point-last", "[1.]", 3, SYNTAX },
  { "point-exponent", "[1.e1]", 3, SYNTAX },
  { "exponent-empty", "[1e]", 3, SYNTAX },
  { "hexadecimal", "[0x1]", 2, SYNTAX },
  { "comment", "[1,/* two */2]", 3, SYNTAX },
  { "comment-in-object", "{// x\n}", 1, SYNTAX },
  { "raw-tab", "[\"a\tb\"]", 3, SYNTAX },
  { "raw-line-break", "[\"ab\n\"]", 4, SYNTAX },
  { "unknown-escape", "[\"a\\x41\"]", 3, SYNTAX },
  { "escape-not-hex", "[\"\\u12G4\"]", 2, SYNTAX },
  { "escape-upper", "[\"\\U0041\"]", 2, SYNTAX },
  { "form-feed", "[\f]", 1, SYNTAX },
  { "no-break-space", "[\xc2\xa0]", 1, SYNTAX },
  { "byte-order-mark", "\xef\xbb\xbf[]", 0, SYNTAX },
};

/* An exact copy lets ASan see a read past the end. */
static gboolean
parse_exact (const char *text, gsize len, SkyJsonValue *value, gsize *error_pos, GError **error)
{
  g_autofree char *part = g_memdup2 (text, len);

  return sky_json_parse (part, len, value, error_pos, error);
}

static void
test_valid (gconstpointer data)
{
  const Valid *v = data;
  gsize len = strlen (v->text);
  g_autofree char *minified = sky_json_minify (v->text, len);
  g_autofree char *pretty = sky_json_pretty (v->text, len, 2);
  g_autofree char *again = sky_json_pretty (pretty, strlen (pretty), 2);
  g_autofree char *back = sky_json_minify (pretty, strlen (pretty));
  g_autoptr(GError) error = NULL;
  SkyJsonValue value;

  g_assert_true (parse_exact (v->text, len, &value, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpint (value.type, ==, v->type);
  g_assert_cmpstr (minified, ==, v->minified != NULL ? v->minified : v->text);
  g_assert_cmpstr (again, ==, pretty);
  g_assert_cmpstr (back, ==, minified);
}

static void
test_cuts (gconstpointer data)
{
  const Valid *v = data;
  const char *last = v->text + strlen (v->text);
  gsize whole;

  while (g_ascii_isspace (last[-1]))
    last--;
  whole = (gsize) (last - v->text);
  for (gsize cut = 0; cut < whole; cut++)
    {
      g_autoptr(GError) error = NULL;
      SkyJsonValue value;
      gsize pos = G_MAXSIZE;

      if (v->type == SKY_JSON_NUMBER && parse_exact (v->text, cut, &value, NULL, NULL))
        continue;
      g_assert_false (parse_exact (v->text, cut, &value, &pos, &error));
      g_assert_error (error, SKY_JSON_ERROR, SKY_JSON_ERROR_TRUNCATED);
      g_assert_cmpuint (pos, ==, cut);
    }
}

static void
test_invalid (gconstpointer data)
{
  const Invalid *v = data;
  g_autofree char *pretty = sky_json_pretty (v->text, strlen (v->text), 2);
  g_autofree char *minified = sky_json_minify (v->text, strlen (v->text));
  g_autoptr(GError) error = NULL;
  SkyJsonValue value = { .len = 4711 };
  gsize pos = G_MAXSIZE;

  g_assert_false (parse_exact (v->text, strlen (v->text), &value, &pos, &error));
  g_assert_error (error, SKY_JSON_ERROR, (int) v->code);
  g_assert_cmpuint (pos, ==, v->error_pos);
  g_assert_cmpuint (value.len, ==, 4711);
  g_assert_cmpstr (pretty, ==, v->text);
  g_assert_cmpstr (minified, ==, v->text);
}

static void
test_nul (void)
{
  static const char *const texts[] = { "[\0]", "[\"\0\"]", "[\"\\\0\"]", "\0" };
  static const gsize lens[] = { 3, 5, 6, 1 }, faults[] = { 1, 2, 2, 0 };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr(GError) error = NULL;
      SkyJsonValue value;
      gsize pos;

      g_assert_false (parse_exact (texts[i], lens[i], &value, &pos, &error));
      g_assert_error (error, SKY_JSON_ERROR, SKY_JSON_ERROR_SYNTAX);
      g_assert_cmpuint (pos, ==, faults[i]);
    }
}

static char *
nested (const char *open, const char *inner, char closing, gsize depth)
{
  GString *text = g_string_new (NULL);

  for (gsize i = 0; i < depth; i++)
    g_string_append (text, open);
  g_string_append (text, inner);
  for (gsize i = 0; closing != '\0' && i < depth; i++)
    g_string_append_c (text, closing);
  return g_string_free (text, FALSE);
}

static void
check_depth (const char *open, const char *inner, char closing, gsize depth)
{
  g_autofree char *text = nested (open, inner, closing, depth);
  g_autofree char *pretty = sky_json_pretty (text, strlen (text), 2);
  g_autofree char *back = sky_json_minify (pretty, strlen (pretty));
  g_autoptr(GError) error = NULL;
  SkyJsonValue value;
  gsize pos;
  gboolean ok = sky_json_parse (text, strlen (text), &value, &pos, &error);

  g_assert_cmpstr (back, ==, text);
  if (depth <= SKY_JSON_MAX_DEPTH)
    {
      g_assert_no_error (error);
      g_assert_true (ok);
      return;
    }
  g_assert_error (error, SKY_JSON_ERROR, SKY_JSON_ERROR_DEPTH);
  g_assert_cmpuint (pos, ==, SKY_JSON_MAX_DEPTH * strlen (open));
}

static void
test_depth (void)
{
  static const gsize depths[] = { 3, 63, 64, 65, 2047, 2048, 2049, 100000 };

  for (guint i = 0; i < G_N_ELEMENTS (depths); i++)
    {
      check_depth ("[", "", ']', depths[i]);
      check_depth ("{\"a\":", "0", '}', depths[i]);
    }
  check_depth ("[", "", '\0', 100000);
}

/* Arrays and objects in turn: every bit of the stack must be the one that was pushed. */
static void
test_depth_mixed (void)
{
  g_autofree char *text = nested ("[{\"a\":[[{\"b\":", "1", '\0', 300);
  g_autoptr(GString) whole = g_string_new (text);
  SkyJsonValue value;

  for (guint i = 0; i < 300; i++)
    g_string_append (whole, "}]]}]");
  g_assert_true (sky_json_parse (whole->str, whole->len, &value, NULL, NULL));
  for (gsize i = strlen (text); i < whole->len; i++)
    {
      gsize pos;

      whole->str[i] ^= '}' ^ ']';
      g_assert_false (sky_json_parse (whole->str, whole->len, &value, &pos, NULL));
      g_assert_cmpuint (pos, ==, i);
      whole->str[i] ^= '}' ^ ']';
    }
}

static void
test_scan (void)
{
  const char text[] = " 12[\"a\"] \t{\"b\":null}x";
  static const gsize starts[] = { 1, 3, 10 }, ends[] = { 3, 8, 20 };
  g_autoptr(GError) error = NULL;
  SkyJsonValue value;
  gsize pos = 0;

  for (guint i = 0; i < G_N_ELEMENTS (starts); i++)
    {
      g_assert_true (sky_json_scan (text, strlen (text), &pos, &value, &error));
      g_assert_no_error (error);
      g_assert_cmpuint (value.start, ==, starts[i]);
      g_assert_cmpuint (value.start + value.len, ==, ends[i]);
      g_assert_cmpuint (pos, ==, ends[i]);
    }
  g_assert_false (sky_json_scan (text, strlen (text), &pos, &value, &error));
  g_assert_error (error, SKY_JSON_ERROR, SKY_JSON_ERROR_SYNTAX);
  g_assert_cmpuint (pos, ==, 20);
}

static void
assert_value (const char *text, const SkyJsonValue *value, SkyJsonType type, const char *expected)
{
  g_autofree char *raw = g_strndup (text + value->start, value->len);

  g_assert_cmpint (value->type, ==, type);
  g_assert_cmpstr (raw, ==, expected);
}

static void
test_iter_array (void)
{
  const char text[] = " [ null ,true,false, -1.5e3 ,\"a,\\\"]\" , [1,[\"]\"]],{ \"k\" : [ ] } ] ";
  static const struct
  {
    SkyJsonType type;
    const char *raw;
  } items[] = {
    { SKY_JSON_NULL, "null" },        { SKY_JSON_TRUE, "true" },
    { SKY_JSON_FALSE, "false" },      { SKY_JSON_NUMBER, "-1.5e3" },
    { SKY_JSON_STRING, "\"a,\\\"]\"" }, { SKY_JSON_ARRAY, "[1,[\"]\"]]" },
    { SKY_JSON_OBJECT, "{ \"k\" : [ ] }" },
  };
  SkyJsonValue array, key, value;
  SkyJsonIter iter;

  g_assert_true (sky_json_parse (text, strlen (text), &array, NULL, NULL));
  sky_json_iter_init (&iter, text, &array);
  for (guint i = 0; i < G_N_ELEMENTS (items); i++)
    {
      g_assert_true (sky_json_iter_next (&iter, i % 2 == 0 ? &key : NULL, &value));
      assert_value (text, &value, items[i].type, items[i].raw);
      g_assert_cmpuint (key.len, ==, 0);
      g_assert_cmpuint (iter.n_items, ==, i + 1);
    }
  g_assert_false (sky_json_iter_next (&iter, &key, &value));
  g_assert_false (sky_json_iter_next (&iter, &key, &value));
  sky_json_iter_init (&iter, text, &value); /* the object, which was the last */
  g_assert_true (sky_json_iter_next (&iter, &key, &value));
  assert_value (text, &key, SKY_JSON_STRING, "\"k\"");
}

static void
test_iter_none (void)
{
  static const char *const texts[] = { "[]", "{}", "[ \n]", "{ }", "12", "\"[1]\"", "null" };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      SkyJsonValue whole, key, value;
      SkyJsonIter iter;

      g_assert_true (sky_json_parse (texts[i], strlen (texts[i]), &whole, NULL, NULL));
      sky_json_iter_init (&iter, texts[i], &whole);
      g_assert_false (sky_json_iter_next (&iter, &key, &value));
      g_assert_false (sky_json_member (texts[i], &whole, "a", &value));
    }
}

static void
test_member (void)
{
  const char text[] = "{\"sid\":1,\"\\u0073id\":[2],\"x\":{\"sid\":9},\"s\\u0069\\u0064\" : \"last\","
                      "\"\":0,\"a\\u0000\":1,\"\\ud83d\\ude00\":5}";
  SkyJsonValue object, value;

  g_assert_true (sky_json_parse (text, strlen (text), &object, NULL, NULL));
  g_assert_true (sky_json_member (text, &object, "sid", &value));
  assert_value (text, &value, SKY_JSON_STRING, "\"last\"");
  g_assert_true (sky_json_member (text, &object, "", &value));
  assert_value (text, &value, SKY_JSON_NUMBER, "0");
  g_assert_true (sky_json_member (text, &object, "😀", &value));
  assert_value (text, &value, SKY_JSON_NUMBER, "5");
  g_assert_false (sky_json_member (text, &object, "a", &value));
  g_assert_false (sky_json_member (text, &object, "si", &value));
  g_assert_false (sky_json_member (text, &object, "sids", &value));
}

static void
test_unquote (void)
{
  static const struct
  {
    const char *text, *plain;
    gsize       len;
  } rows[] = {
    { "\"\"", "", 0 },
    { "\"abc\"", "abc", 3 },
    { "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "\"\\/\b\f\n\r\t", 8 },
    { "\"\\u0041\\u00e9\\u20AC\"", "A\xc3\xa9\xe2\x82\xac", 6 },
    { "\"a\\u0000b\"", "a\0b", 3 },
    { "\"\\ud83d\\ude00\"", "\xf0\x9f\x98\x80", 4 },
    { "\"\\udbff\\udfff\"", "\xf4\x8f\xbf\xbf", 4 },
    { "\"\\ud83d\"", "\xef\xbf\xbd", 3 },
    { "\"\\ud83dx\\ude00\"", "\xef\xbf\xbdx\xef\xbf\xbd", 7 },
    { "\"\\ud83d\\ud83d\\ude00\"", "\xef\xbf\xbd\xf0\x9f\x98\x80", 7 },
    { "\"\\ud83d\\u0041\"", "\xef\xbf\xbd" "A", 4 },
    { "\"\\ud83d\\n\"", "\xef\xbf\xbd\n", 4 },
    { "12", "", 0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      gsize n = strlen (rows[i].text), len;
      g_autofree char *exact = g_memdup2 (rows[i].text, n);
      g_autofree char *plain = NULL;
      SkyJsonValue value;

      g_assert_true (sky_json_parse (exact, n, &value, NULL, NULL));
      plain = sky_json_unquote (exact, &value, &len);
      g_assert_cmpmem (plain, len, rows[i].plain, rows[i].len);
      g_assert_cmpint (plain[len], ==, '\0');
      if (value.type == SKY_JSON_STRING && strlen (plain) == len)
        g_assert_true (sky_json_string_equal (exact, &value, plain));
      g_assert_false (sky_json_string_equal (exact, &value, "A"));
    }
}

static void
test_uint (void)
{
  static const struct
  {
    const char *text;
    gboolean    fits;
    guint64     number;
  } rows[] = {
    { "0", TRUE, 0 },
    { "12", TRUE, 12 },
    { "18446744073709551615", TRUE, G_MAXUINT64 },
    { "18446744073709551616", FALSE, 0 },
    { "18446744073709551620", FALSE, 0 },
    { "100000000000000000000", FALSE, 0 },
    { "-1", FALSE, 0 },
    { "-0", FALSE, 0 },
    { "1.0", FALSE, 0 },
    { "1e3", FALSE, 0 },
    { "\"1\"", FALSE, 0 },
    { "[1]", FALSE, 0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      SkyJsonValue value;
      guint64 number = 4711;

      g_assert_true (sky_json_parse (rows[i].text, strlen (rows[i].text), &value, NULL, NULL));
      g_assert_cmpint (sky_json_uint (rows[i].text, &value, &number), ==, rows[i].fits);
      g_assert_cmpuint (number, ==, rows[i].fits ? rows[i].number : 4711);
    }
}

static void
test_quote (void)
{
  const char all[] = "a\"\\/\b\f\n\r\t\x01\x1f\x7f" "é\xe2\x80\xa8😀0123456789abcdef";
  g_autoptr(GString) out = g_string_new ("x:");
  g_autofree char *back = NULL;
  SkyJsonValue value;
  gsize pos = 2, len;

  sky_json_quote (out, all, -1);
  g_assert_cmpstr (out->str, ==,
                   "x:\"a\\\"\\\\/\\b\\f\\n\\r\\t\\u0001\\u001f\x7f"
                   "é\xe2\x80\xa8😀0123456789abcdef\"");
  g_assert_true (sky_json_scan (out->str, out->len, &pos, &value, NULL));
  back = sky_json_unquote (out->str, &value, &len);
  g_assert_cmpmem (back, len, all, strlen (all));

  g_string_truncate (out, 0);
  sky_json_quote (out, "a\0b", 3);
  sky_json_quote (out, NULL, 0);
  g_assert_cmpstr (out->str, ==, "\"a\\u0000b\"\"\"");
}

static void
test_pretty (void)
{
  const char text[] = " {\"z\":1.00,\"a\":[ ],\"z\":{ },\"l\":[1,{\"\\u0061:\":\"x, y\"}]} ";
  g_autofree char *two = sky_json_pretty (text, strlen (text), 2);
  g_autofree char *none = sky_json_pretty (text, strlen (text), 0);
  g_autofree char *nowhere = sky_json_pretty (NULL, 0, 2);
  g_autofree char *half = sky_json_minify ("[ ]\0 ]", 6);

  g_assert_cmpstr (two, ==,
                   "{\n"
                   "  \"z\": 1.00,\n"
                   "  \"a\": [],\n"
                   "  \"z\": {},\n"
                   "  \"l\": [\n"
                   "    1,\n"
                   "    {\n"
                   "      \"\\u0061:\": \"x, y\"\n"
                   "    }\n"
                   "  ]\n"
                   "}");
  g_assert_cmpstr (none, ==,
                   "{\n\"z\": 1.00,\n\"a\": [],\n\"z\": {},\n"
                   "\"l\": [\n1,\n{\n\"\\u0061:\": \"x, y\"\n}\n]\n}");
  g_assert_cmpstr (nowhere, ==, "");
  g_assert_cmpstr (half, ==, "[ ]\xef\xbf\xbd ]");
}

/* What a peer could send to fill the memory of whoever looks at it. */
static void
test_pretty_bomb (void)
{
  g_autoptr(GString) zeros = g_string_new ("0");
  g_autofree char *text = NULL, *pretty = NULL;

  for (guint i = 0; i < 10000; i++)
    g_string_append (zeros, ",0");
  text = nested ("[", zeros->str, ']', 2000);
  pretty = sky_json_pretty (text, strlen (text), 2);
  g_assert_cmpuint (strlen (pretty), <, 100 * strlen (text));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (valid); i++)
    {
      g_autofree char *path = g_strconcat ("/json/valid/", valid[i].name, NULL);
      g_autofree char *cuts = g_strconcat ("/json/cuts/", valid[i].name, NULL);

      g_test_add_data_func (path, &valid[i], test_valid);
      g_test_add_data_func (cuts, &valid[i], test_cuts);
    }
  for (guint i = 0; i < G_N_ELEMENTS (invalid); i++)
    {
      g_autofree char *path = g_strconcat ("/json/invalid/", invalid[i].name, NULL);

      g_test_add_data_func (path, &invalid[i], test_invalid);
    }
  g_test_add_func ("/json/nul", test_nul);
  g_test_add_func ("/json/depth", test_depth);
  g_test_add_func ("/json/depth-mixed", test_depth_mixed);
  g_test_add_func ("/json/scan", test_scan);
  g_test_add_func ("/json/iter-array", test_iter_array);
  g_test_add_func ("/json/iter-none", test_iter_none);
  g_test_add_func ("/json/member", test_member);
  g_test_add_func ("/json/unquote", test_unquote);
  g_test_add_func ("/json/uint", test_uint);
  g_test_add_func ("/json/quote", test_quote);
  g_test_add_func ("/json/pretty", test_pretty);
  g_test_add_func ("/json/pretty-bomb", test_pretty_bomb);
  return g_test_run ();
}
