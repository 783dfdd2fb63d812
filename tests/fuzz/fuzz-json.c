#include "fuzz.h"

#include "base/json.h"
#include "base/utf8.h"

/* Values lie in their container, one behind the other, and none is lost: the text scans alike. */
static void
walk (const char *text, const SkyJsonValue *container, guint depth)
{
  gsize end = container->start + container->len, last = container->start;
  SkyJsonValue key, value, again;
  SkyJsonIter iter;

  sky_json_iter_init (&iter, text, container);
  while (sky_json_iter_next (&iter, &key, &value))
    {
      gsize pos = value.start;

      fuzz_check (key.start > last && key.start + key.len <= value.start);
      fuzz_check (value.len > 0 && value.start + value.len < end);
      fuzz_check (sky_json_scan (text, end, &pos, &again, NULL));
      fuzz_check (again.type == value.type && again.start == value.start && again.len == value.len);
      if (container->type == SKY_JSON_OBJECT)
        {
          g_autofree char *name = sky_json_unquote (text, &key, NULL);
          gsize len;

          g_free (sky_json_unquote (text, &key, &len));
          fuzz_check (strlen (name) != len || sky_json_member (text, container, name, &again));
        }
      if (depth < 4)
        walk (text, &value, depth + 1);
      last = value.start + value.len - 1;
    }
  fuzz_check (!sky_json_iter_next (&iter, &key, &value));
}

static void
check_string (const char *text, const SkyJsonValue *string, gboolean utf8)
{
  gsize len, again_len, pos = 0;
  g_autofree char *plain = sky_json_unquote (text, string, &len), *again = NULL;
  g_autoptr(GString) quoted = g_string_new (NULL);
  SkyJsonValue value;

  fuzz_check (len + 2 <= string->len && plain[len] == '\0');
  fuzz_check (!utf8 || sky_utf8_valid ((const guint8 *) plain, len));
  sky_json_quote (quoted, plain, (gssize) len);
  fuzz_check (sky_json_scan (quoted->str, quoted->len, &pos, &value, NULL) && pos == quoted->len);
  again = sky_json_unquote (quoted->str, &value, &again_len);
  fuzz_check (len == again_len && memcmp (plain, again, len) == 0);
}

static void
check_formats (const char *text, gsize len, gboolean valid)
{
  g_autofree char *pretty = sky_json_pretty (text, len, 2);
  g_autofree char *minified = sky_json_minify (text, len);
  g_autofree char *both = sky_json_pretty (minified, strlen (minified), 2);
  g_autofree char *back = sky_json_minify (pretty, strlen (pretty));

  if (!valid)
    {
      fuzz_check (g_str_equal (pretty, minified));
      return;
    }
  fuzz_check (g_str_equal (pretty, both));
  fuzz_check (g_str_equal (minified, back));
  fuzz_check (strlen (minified) <= len);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize len)
{
  const char *text = (const char *) data;
  SkyJsonValue value = { 0 };
  g_autoptr(GError) error = NULL;
  gsize pos = 0, error_pos = 0;
  gboolean valid;

  if (sky_json_scan (text, len, &pos, &value, NULL))
    {
      fuzz_check (value.len > 0 && value.start + value.len == pos && pos <= len);
      walk (text, &value, 0);
      if (value.type == SKY_JSON_STRING)
        check_string (text, &value, sky_utf8_valid (data, len));
    }
  fuzz_check (pos <= len);
  valid = sky_json_parse (text, len, &value, &error_pos, &error);
  fuzz_check (valid == (error == NULL) && error_pos <= len);
  if (error != NULL && error->code == SKY_JSON_ERROR_TRUNCATED)
    fuzz_check (error_pos == len);
  check_formats (text, len, valid);
  return 0;
}
