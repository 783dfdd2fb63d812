#include "base/clock.h"

#include <locale.h>

static void
test_now (void)
{
  gint64 first = sky_clock_now_usec (), last = first;

  g_assert_cmpint (ABS (first - g_get_real_time ()), <, 10 * G_USEC_PER_SEC);
  for (guint i = 0; i < 1000; i++)
    {
      gint64 now = sky_clock_now_usec ();

      g_assert_cmpint (now, >=, last);
      last = now;
    }
}

static void
test_format_iso (void)
{
  static const struct
  {
    gint64      time_usec;
    const char *text;
  } rows[] = {
    { 0, "1970-01-01T00:00:00.000000Z" },
    { 1, "1970-01-01T00:00:00.000001Z" },
    { G_GINT64_CONSTANT (951782399999999), "2000-02-28T23:59:59.999999Z" },
    { G_GINT64_CONSTANT (951782400000000), "2000-02-29T00:00:00.000000Z" },
    { -1, "1969-12-31T23:59:59.999999Z" },
    { -1000000, "1969-12-31T23:59:59.000000Z" },
    { G_MAXINT64, "" }, /* a capture file may claim anything */
    { G_MININT64, "" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *text = sky_clock_format_iso (rows[i].time_usec);

      g_assert_cmpstr (text, ==, rows[i].text);
    }
}

static void
test_format_time (void)
{
  g_autofree char *text = sky_clock_format_time (G_GINT64_CONSTANT (1700000000123999));
  g_autofree char *before = sky_clock_format_time (-1);
  g_autofree char *never = sky_clock_format_time (G_MAXINT64);

  g_assert_cmpstr (text, ==, "22:13:20.123");
  g_assert_cmpstr (before, ==, "23:59:59.999");
  g_assert_cmpstr (never, ==, "");
}

static void
test_format_span (void)
{
  static const struct
  {
    gint64      span_usec;
    const char *text;
  } rows[] = {
    { 0, "0 µs" },
    { 340, "340 µs" },
    { 999, "999 µs" },
    { 1000, "1.0 ms" },
    { 11400, "11.4 ms" },
    { 999940, "999.9 ms" },
    { 999960, "1.0 s" },
    { 3200000, "3.2 s" },
    { 59940000, "59.9 s" },
    { 59960000, "01:00" },
    { 252000000, "04:12" },
    { 252999999, "04:12" },
    { G_GINT64_CONSTANT (3599000000), "59:59" },
    { G_GINT64_CONSTANT (3600000000), "1:00:00" },
    { G_GINT64_CONSTANT (90061000000), "25:01:01" },
    { -340, "−340 µs" },
    { -11400, "−11.4 ms" },
    { -252000000, "−04:12" },
    { G_MAXINT64, "2562047788:00:54" },
    { G_MININT64, "−2562047788:00:54" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *text = sky_clock_format_span (rows[i].span_usec);

      g_assert_cmpstr (text, ==, rows[i].text);
    }
}

int
main (int argc, char *argv[])
{
  g_setenv ("TZ", "UTC", TRUE);
  g_setenv ("LC_ALL", "C.UTF-8", TRUE);
  setlocale (LC_ALL, "");
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/clock/now", test_now);
  g_test_add_func ("/clock/format-iso", test_format_iso);
  g_test_add_func ("/clock/format-time", test_format_time);
  g_test_add_func ("/clock/format-span", test_format_span);
  return g_test_run ();
}
