#include "base/cursor.h"

static const guint8 wire[] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 0xff, 0xfe, 0xfd };

/* As every decoder does it: read straight on, ask once at the end. */
static gboolean
read_all (const guint8 *data, gsize len)
{
  SkyCursor at = { .data = data, .len = len };
  guint8 b = sky_cursor_u8 (&at);
  guint16 h = sky_cursor_u16 (&at);
  guint32 w = sky_cursor_u32 (&at);
  guint64 d = sky_cursor_u64 (&at);
  guint8 rest[3] = { 7, 7, 7 };

  sky_cursor_copy (&at, rest, sizeof rest);
  if (at.starved)
    {
      g_assert_cmpuint (at.pos, <=, len);
      g_assert_cmpmem (rest, 3, "\7\7\7", 3);
      return FALSE;
    }
  g_assert_cmphex (b, ==, 0x01);
  g_assert_cmphex (h, ==, 0x0203);
  g_assert_cmphex (w, ==, 0x04050607);
  g_assert_cmphex (d, ==, G_GUINT64_CONSTANT (0x08090a0b0c0d0e0f));
  g_assert_cmpmem (rest, 3, "\xff\xfe\xfd", 3);
  g_assert_cmpuint (at.pos, ==, sizeof wire);
  return TRUE;
}

static void
test_cuts (void)
{
  for (gsize cut = 0; cut <= sizeof wire; cut++)
    {
      g_autofree guint8 *part = g_memdup2 (wire, cut);

      g_assert_cmpint (read_all (part, cut), ==, cut == sizeof wire);
    }
}

/* Once starved it stays so, even for a read that would fit. */
static void
test_starved (void)
{
  SkyCursor at = { .data = wire, .len = 3 };

  g_assert_cmphex (sky_cursor_u32 (&at), ==, 0);
  g_assert_true (at.starved);
  g_assert_cmphex (sky_cursor_u8 (&at), ==, 0);
  g_assert_null (sky_cursor_take (&at, 0));
  g_assert_cmpuint (at.pos, ==, 0);
}

static void
test_take (void)
{
  SkyCursor at = { .data = wire, .len = sizeof wire };

  g_assert_true (sky_cursor_take (&at, 2) == wire);
  g_assert_true (sky_cursor_take (&at, 0) == wire + 2);
  g_assert_true (sky_cursor_take (&at, sizeof wire - 2) == wire + 2);
  g_assert_true (sky_cursor_take (&at, 0) == wire + sizeof wire);
  g_assert_false (at.starved);
  g_assert_null (sky_cursor_take (&at, G_MAXSIZE));
  g_assert_true (at.starved);
}

static void
test_nothing (void)
{
  SkyCursor at = { .data = NULL, .len = 0 };

  g_assert_null (sky_cursor_take (&at, 0));
  g_assert_false (at.starved);
  g_assert_cmphex (sky_cursor_u8 (&at), ==, 0);
  g_assert_true (at.starved);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/cursor/cuts", test_cuts);
  g_test_add_func ("/cursor/starved", test_starved);
  g_test_add_func ("/cursor/take", test_take);
  g_test_add_func ("/cursor/nothing", test_nothing);
  return g_test_run ();
}
