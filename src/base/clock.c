#include "base/clock.h"

#include <glib/gi18n-lib.h>

/**
 * sky_clock_now_usec:
 *
 * The wall clock as it stood when first asked, carried on by the monotonic clock: what is
 * measured with it never runs backwards.
 *
 * Returns: microseconds since 1970-01-01 UTC
 */
gint64
sky_clock_now_usec (void)
{
  static gint64 offset_usec;
  gint64 monotonic_usec = g_get_monotonic_time ();

  if (offset_usec == 0)
    offset_usec = g_get_real_time () - monotonic_usec;
  return monotonic_usec + offset_usec;
}

static char *
format (GDateTime *seconds, const char *pattern, gint64 time_usec, const char *suffix)
{
  g_autofree char *text = g_date_time_format (seconds, pattern);
  g_autofree char *fraction = NULL;

  fraction = *suffix != '\0' ? g_strdup_printf ("%06d", (int) (time_usec % G_USEC_PER_SEC))
                             : g_strdup_printf ("%03d", (int) (time_usec % G_USEC_PER_SEC / 1000));
  return g_strconcat (text, ".", fraction, suffix, NULL);
}

/**
 * sky_clock_format_iso:
 * @time_usec: microseconds since 1970-01-01 UTC
 *
 * Returns: (transfer full): ISO 8601 in UTC with six decimals
 */
char *
sky_clock_format_iso (gint64 time_usec)
{
  g_autoptr(GDateTime) seconds = g_date_time_new_from_unix_utc (time_usec / G_USEC_PER_SEC);

  return seconds != NULL ? format (seconds, "%Y-%m-%dT%H:%M:%S", time_usec, "Z") : g_strdup ("");
}

/**
 * sky_clock_format_time:
 * @time_usec: microseconds since 1970-01-01 UTC
 *
 * Returns: (transfer full): the local time of day with milliseconds
 */
char *
sky_clock_format_time (gint64 time_usec)
{
  g_autoptr(GDateTime) seconds = g_date_time_new_from_unix_local (time_usec / G_USEC_PER_SEC);

  return seconds != NULL ? format (seconds, "%H:%M:%S", time_usec, "") : g_strdup ("");
}

/**
 * sky_clock_format_span:
 * @span_usec: a length of time in microseconds
 *
 * Returns: (transfer full): with a unit that fits: "11.4 ms", "3.2 s", "04:12"
 */
char *
sky_clock_format_span (gint64 span_usec)
{
  if (span_usec < G_USEC_PER_SEC)
    return g_strdup_printf (_("%.1f ms"), span_usec / 1e3);
  if (span_usec < 60 * G_USEC_PER_SEC)
    return g_strdup_printf (_("%.1f s"), span_usec / 1e6);
  return g_strdup_printf ("%02d:%02d", (int) (span_usec / 1e6 / 60), (int) (span_usec / 1000000 % 60));
}
