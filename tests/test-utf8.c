#include "base/utf8.h"

#include "base/hex.h"

typedef struct
{
  const char *name;
  const char *wire;
  gboolean    valid;
  gsize       broken_at; /* how many octets were fed when no further one could help; 0: never */
} Vector;

static const Vector vectors[] = { /* RFC 3629 §3, §4 and §10 */
  { "empty", "", TRUE },
  { "ascii", "48656c6c6f", TRUE },
  { "nul", "610062 00", TRUE },
  { "nul-only", "00", TRUE },
  { "two", "c280 dfbf", TRUE },
  { "three", "e0a080 e28882 ed9fbf ee8080 efbfbf", TRUE },
  { "four", "f0908080 f09f9880 f48fbfbf", TRUE },
  { "mixed", "41 e289a2 ce91 00 f09f9880 2e", TRUE },
  { "no-character", "efbfbe", TRUE },
  { "byte-order-mark", "efbbbf 41", TRUE },
  { "long",
    "303132333435363738396162636465663031323334353637 c3a9 3839616263646566 f09f9880", TRUE },
  { "continuation", "80", FALSE, 1 },
  { "continuation-last", "6162 bf", FALSE, 3 },
  { "overlong-nul", "c080", FALSE, 1 },
  { "overlong-slash", "c1af", FALSE, 1 },
  { "overlong-three", "e09fbf", FALSE, 2 },
  { "overlong-four", "f08fbfbf", FALSE, 2 },
  { "surrogate-first", "eda080", FALSE, 2 },
  { "surrogate-last", "61 edbfbf", FALSE, 3 },
  { "surrogate-pair", "eda0bd edb880", FALSE, 2 },
  { "above-10ffff", "f4908080", FALSE, 2 },
  { "five", "f888808080", FALSE, 1 },
  { "fe", "fe", FALSE, 1 },
  { "ff", "61ff62", FALSE, 2 },
  { "second-missing", "c3 41", FALSE, 2 },
  { "third-missing", "e282 41", FALSE, 3 },
  { "fourth-missing", "f09f98 41", FALSE, 4 },
  { "lead-lead", "e2e28882", FALSE, 2 },
  { "nul-within", "e200", FALSE, 2 },
  { "cut-two", "61c3", FALSE },
  { "cut-three", "61e282", FALSE },
  { "cut-four", "61f09f98", FALSE },
};

static void
test_whole (gconstpointer data)
{
  const Vector *v = data;
  g_autoptr(GBytes) wire = sky_hex_parse (v->wire);
  gsize len;
  const guint8 *octets = g_bytes_get_data (wire, &len);
  g_autofree guint8 *exact = g_memdup2 (octets, len);

  g_assert_cmpint (sky_utf8_valid (exact, len), ==, v->valid);
}

/* Every cut: what comes too early to be wrong is not called wrong. */
static void
test_cuts (gconstpointer data)
{
  const Vector *v = data;
  g_autoptr(GBytes) wire = sky_hex_parse (v->wire);
  gsize len;
  const guint8 *octets = g_bytes_get_data (wire, &len);

  for (gsize cut = 0; cut <= len; cut++)
    {
      g_autofree guint8 *part = g_memdup2 (octets, cut);
      gboolean broken = v->broken_at != 0 && cut >= v->broken_at;
      SkyUtf8 check = { 0 };

      g_assert_cmpint (sky_utf8_feed (&check, part, cut), ==, !broken);
      g_assert_cmpint (sky_utf8_end (&check), ==, sky_utf8_valid (part, cut));
    }
}

/* Every split in two, and octet by octet. */
static void
test_splits (gconstpointer data)
{
  const Vector *v = data;
  g_autoptr(GBytes) wire = sky_hex_parse (v->wire);
  gsize len;
  const guint8 *octets = g_bytes_get_data (wire, &len);
  SkyUtf8 slow = { 0 };

  for (gsize split = 0; split <= len; split++)
    {
      g_autofree guint8 *head = g_memdup2 (octets, split);
      g_autofree guint8 *tail = split < len ? g_memdup2 (octets + split, len - split) : NULL;
      SkyUtf8 check = { 0 };

      sky_utf8_feed (&check, head, split);
      g_assert_cmpint (sky_utf8_feed (&check, tail, len - split), ==, v->broken_at == 0);
      g_assert_cmpint (sky_utf8_end (&check), ==, v->valid);
    }
  for (gsize i = 0; i < len; i++)
    g_assert_cmpint (sky_utf8_feed (&slow, octets + i, 1), ==,
                     v->broken_at == 0 || i + 1 < v->broken_at);
  g_assert_cmpint (sky_utf8_end (&slow), ==, v->valid);
}

/* A text that has to be short ends with a whole character. */
static void
test_fit (void)
{
  static const struct
  {
    const char *wire;
    gsize       fits[8]; /* bytes, for each bound from 0 on */
  } texts[] = {
    { "61 c3a4 e282ac", { 0, 1, 1, 3, 3, 3, 6, 6 } },
    { "f09f9880 62 63", { 0, 0, 0, 0, 4, 5, 6, 6 } },
    { "61 ff 62", { 0, 1, 1, 1, 1, 1, 1, 1 } },
    { "61 e282", { 0, 1, 1, 1, 1, 1, 1, 1 } },
    { "61 00 62", { 0, 1, 1, 1, 1, 1, 1, 1 } },
  };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr(GBytes) wire = sky_hex_parse (texts[i].wire);
      gsize len;
      const guint8 *octets = g_bytes_get_data (wire, &len);

      for (gsize max = 0; max < G_N_ELEMENTS (texts[i].fits); max++)
        {
          g_autofree char *exact = g_memdup2 (octets, MIN (len, MAX (max, 1)));

          g_assert_cmpuint (sky_utf8_fit (exact, len, max), ==, texts[i].fits[max]);
        }
    }
}

/* Characters are counted, not octets, and what is short enough has no mark. */
static void
test_shorten (void)
{
  static const struct
  {
    const char *text;
    gsize       max_chars;
    const char *short_text;
  } rows[] = {
    { "", 0, "" },           { "", 3, "" },
    { "a", 0, "…" },         { "abc", 3, "abc" },
    { "abcd", 3, "abc…" },   { "ä€😀", 3, "ä€😀" },
    { "ä€😀b", 3, "ä€😀…" }, { "ä€😀b", 1, "ä…" },
    { "a\xff", 1, "a…" },    { "a\x80\x80", 1, "a\x80\x80" },
    { "a\xe2", 2, "a\xe2" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *exact = g_strdup (rows[i].text), *got = sky_utf8_shorten (exact, rows[i].max_chars, "…");

      g_assert_cmpstr (got, ==, rows[i].short_text);
    }
}

/* Every Unicode character, and nothing else of up to four octets that looks alike. */
static void
test_every_character (void)
{
  for (gunichar c = 0; c <= 0x10ffff; c++)
    {
      guint8 octets[6];
      gsize len = (gsize) g_unichar_to_utf8 (c, (char *) octets);
      SkyUtf8 check = { 0 };
      gboolean surrogate = c >= 0xd800 && c <= 0xdfff;

      for (gsize i = 0; i < len; i++)
        sky_utf8_feed (&check, octets + i, 1);
      if (sky_utf8_end (&check) == surrogate || sky_utf8_valid (octets, len) == surrogate)
        g_error ("U+%04X", c);
    }
}

static void
test_broken_for_good (void)
{
  SkyUtf8 check = { 0 };

  g_assert_false (sky_utf8_feed (&check, (const guint8 *) "\xff", 1));
  g_assert_false (sky_utf8_feed (&check, (const guint8 *) "fine", 4));
  g_assert_false (sky_utf8_feed (&check, NULL, 0));
  g_assert_false (sky_utf8_end (&check));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autofree char *whole = g_strconcat ("/utf8/whole/", vectors[i].name, NULL);
      g_autofree char *cuts = g_strconcat ("/utf8/cuts/", vectors[i].name, NULL);
      g_autofree char *splits = g_strconcat ("/utf8/splits/", vectors[i].name, NULL);

      g_test_add_data_func (whole, &vectors[i], test_whole);
      g_test_add_data_func (cuts, &vectors[i], test_cuts);
      g_test_add_data_func (splits, &vectors[i], test_splits);
    }
  g_test_add_func ("/utf8/every-character", test_every_character);
  g_test_add_func ("/utf8/broken-for-good", test_broken_for_good);
  g_test_add_func ("/utf8/fit", test_fit);
  g_test_add_func ("/utf8/shorten", test_shorten);
  return g_test_run ();
}
