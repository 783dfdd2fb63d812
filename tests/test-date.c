#include <string.h>

#include "base/date.h"

/* ECMA-262, "Time Values" and "Date Time String Format"; the texts are what node's toISOString() gives. */
static const struct
{
  gint64      msec;
  const char *text;
} moments[] = {
  { 0, "1970-01-01T00:00:00.000Z" },
  { -1, "1969-12-31T23:59:59.999Z" },
  { G_GINT64_CONSTANT (1795270095379), "2026-11-21T14:08:15.379Z" },
  { G_GINT64_CONSTANT (951782400000), "2000-02-29T00:00:00.000Z" },
  { G_GINT64_CONSTANT (951868799999), "2000-02-29T23:59:59.999Z" },
  { G_GINT64_CONSTANT (4107542400000), "2100-03-01T00:00:00.000Z" },
  { G_GINT64_CONSTANT (253402300799999), "9999-12-31T23:59:59.999Z" },
  { G_GINT64_CONSTANT (253402300800000), "+010000-01-01T00:00:00.000Z" },
  { G_GINT64_CONSTANT (-62167219200000), "0000-01-01T00:00:00.000Z" },
  { G_GINT64_CONSTANT (-62167219200001), "-000001-12-31T23:59:59.999Z" },
  { SKY_DATE_MAX_MSEC, "+275760-09-13T00:00:00.000Z" },
  { -SKY_DATE_MAX_MSEC, "-271821-04-20T00:00:00.000Z" },
};

static void
test_moments (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (moments); i++)
    {
      g_autofree char *text = sky_date_format (moments[i].msec, 0);
      gsize len = strlen (moments[i].text);
      gint64 msec = 7;

      g_assert_cmpstr (text, ==, moments[i].text);
      for (gsize cut = 0; cut < len; cut++)
        {
          g_autofree char *part = g_memdup2 (text, cut);

          g_assert_false (sky_date_parse (part, cut, &msec));
          g_assert_cmpint (msec, ==, 7);
        }
      g_assert_true (sky_date_parse (text, len, &msec));
      g_assert_cmpint (msec, ==, moments[i].msec);
    }
}

/* Each day of two eras is the day after the one before. */
static void
test_days (void)
{
  int day = 0, month = 0;
  gint64 back;

  for (gint64 days = -146097; days <= 146097; days++)
    {
      g_autofree char *text = sky_date_format (days * 86400000, 0);
      int d = atoi (text + 8), m = atoi (text + 5);

      g_assert_true (days == -146097 || (m == month && d == day + 1) || (d == 1 && day >= 28 && m == month % 12 + 1));
      g_assert_true (sky_date_parse (text, strlen (text), &back));
      g_assert_cmpint (back, ==, days * 86400000);
      month = m;
      day = d;
    }
}

static void
test_fractions (void)
{
  g_autofree char *fine = sky_date_format (-1, 500000);
  gint64 msec;

  g_assert_cmpstr (fine, ==, "1969-12-31T23:59:59.999500000Z");
  g_assert_true (sky_date_parse (fine, strlen (fine), &msec));
  g_assert_cmpint (msec, ==, -1);
  g_assert_true (sky_date_parse ("1970-01-01T00:00:01Z", 20, &msec));
  g_assert_cmpint (msec, ==, 1000);
  g_assert_true (sky_date_parse ("1970-01-01T00:00:00.5Z", 22, &msec));
  g_assert_cmpint (msec, ==, 500);
}

static void
test_wrong (void)
{
  static const char *const wrong[] = {
    "2026-13-01T00:00:00Z", "2026-00-01T00:00:00Z", "2026-01-32T00:00:00Z", "2026-04-31T00:00:00Z",
    "2026-02-29T00:00:00Z", "2100-02-29T00:00:00Z", "2026-01-00T00:00:00Z", "2026-01-01T24:00:00Z",
    "2026-01-01T00:60:00Z", "2026-01-01T00:00:60Z", "2026-01-01 00:00:00Z", "2026-01-01T00:00:00",
    "2026-01-01T00:00:00.Z1", "2026-1-01T00:00:00Z0", "+275760-09-13T00:00:00.001Z", "-271821-04-19T23:59:59.999Z",
    "+02026-01-01T00:00:00Z", "20x6-01-01T00:00:00Z", "2026-01-01T00:00:00z",
  };
  gint64 msec;

  for (gsize i = 0; i < G_N_ELEMENTS (wrong); i++)
    g_assert_false (sky_date_parse (wrong[i], strlen (wrong[i]), &msec));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/date/moments", test_moments);
  g_test_add_func ("/date/days", test_days);
  g_test_add_func ("/date/fractions", test_fractions);
  g_test_add_func ("/date/wrong", test_wrong);
  return g_test_run ();
}
