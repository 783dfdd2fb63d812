#include "base/clock.h"

#include <glib/gi18n-lib.h>
#include <time.h>

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

/* Returns: microseconds since the computer was started, those in which it slept included */
gint64
sky_clock_boot_usec (void)
{
  struct timespec now;

  if (clock_gettime (CLOCK_BOOTTIME, &now) != 0)
    return g_get_monotonic_time ();
  return (gint64) now.tv_sec * G_USEC_PER_SEC + now.tv_nsec / 1000;
}

/* Whole seconds, rounded down also before 1970, and what is left over them. */
static gint64
split (gint64 time_usec, gint64 *rest_usec)
{
  gint64 seconds = time_usec / G_USEC_PER_SEC;

  *rest_usec = time_usec % G_USEC_PER_SEC;
  if (*rest_usec < 0)
    {
      *rest_usec += G_USEC_PER_SEC;
      seconds--;
    }
  return seconds;
}

/**
 * sky_clock_format_iso:
 * @time_usec: microseconds since 1970-01-01 UTC
 *
 * Returns: (transfer full): ISO 8601 in UTC with six decimals; "" beyond the year 9999
 */
char *
sky_clock_format_iso (gint64 time_usec)
{
  gint64 rest_usec, seconds = split (time_usec, &rest_usec);
  g_autoptr(GDateTime) date = g_date_time_new_from_unix_utc (seconds);
  g_autofree char *text = date != NULL ? g_date_time_format (date, "%Y-%m-%dT%H:%M:%S") : NULL;

  return text != NULL ? g_strdup_printf ("%s.%06dZ", text, (int) rest_usec) : g_strdup ("");
}

/**
 * sky_clock_format_time:
 * @time_usec: microseconds since 1970-01-01 UTC
 *
 * Returns: (transfer full): the local time of day with milliseconds; "" beyond the year 9999
 */
char *
sky_clock_format_time (gint64 time_usec)
{
  gint64 rest_usec, seconds = split (time_usec, &rest_usec);
  g_autoptr(GDateTime) date = g_date_time_new_from_unix_local (seconds);
  g_autofree char *text = date != NULL ? g_date_time_format (date, "%H:%M:%S") : NULL;

  return text != NULL ? g_strdup_printf ("%s.%03d", text, (int) (rest_usec / 1000)) : g_strdup ("");
}

static char *
format_minutes (const char *sign, guint64 seconds)
{
  guint64 hours = seconds / 3600;
  guint minutes = (guint) (seconds / 60 % 60), rest = (guint) (seconds % 60);

  if (hours == 0)
    return g_strdup_printf ("%s%02u:%02u", sign, minutes, rest);
  return g_strdup_printf ("%s%" G_GUINT64_FORMAT ":%02u:%02u", sign, hours, minutes, rest);
}

/**
 * sky_clock_format_span:
 * @span_usec: a length of time in microseconds; negative if what came later bears an earlier time
 *
 * Returns: (transfer full): with a unit that fits: "340 µs", "11.4 ms", "3.2 s", "04:12", "1:00:00"
 */
char *
sky_clock_format_span (gint64 span_usec)
{
  const char *sign = span_usec < 0 ? "−" : "";
  guint64 usec = span_usec < 0 ? -(guint64) span_usec : (guint64) span_usec;

  /* The bounds are where one decimal would round up to the next unit. */
  if (usec < 1000)
    /* Translators: a duration; the first %s is a minus sign or nothing, in those below, too */
    return g_strdup_printf (_("%s%d µs"), sign, (int) usec);
  if (usec < 999950)
    return g_strdup_printf (_("%s%.1f ms"), sign, (double) usec / 1e3);
  if (usec < 59950000)
    return g_strdup_printf (_("%s%.1f s"), sign, (double) usec / 1e6);
  return format_minutes (sign, MAX (usec / 1000000, 60));
}
