#include "base/date.h"

/* Moments as JavaScript's Date has and writes them: ISO 8601, UTC, all years that a Date can be in. */

#define DAY_MSEC G_GINT64_CONSTANT (86400000)

/* The calendar repeats itself every 400 years, and a year that begins with March ends with the leap day. */
#define ERA_DAYS      146097
#define MARCH_TO_1970 719468 /* days from 0000-03-01 to 1970-01-01 */

static gint64
floor_div (gint64 a, gint64 b)
{
  return a / b - (a % b < 0);
}

/* Returns: the days from 1970-01-01; @month counts from 1 */
static gint64
days_of (gint64 year, int month, int day)
{
  gint64 march_year = month <= 2 ? year - 1 : year;
  gint64 era = floor_div (march_year, 400);
  gint64 of_era = march_year - era * 400;
  gint64 of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;

  return era * ERA_DAYS + of_era * 365 + of_era / 4 - of_era / 100 + of_year - MARCH_TO_1970;
}

static void
date_of (gint64 days, gint64 *year, int *month, int *day)
{
  gint64 since = days + MARCH_TO_1970;
  gint64 era = floor_div (since, ERA_DAYS);
  gint64 of_era = since - era * ERA_DAYS;
  gint64 y = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
  gint64 of_year = of_era - (365 * y + y / 4 - y / 100);
  gint64 march_month = (5 * of_year + 2) / 153;

  *day = (int) (of_year - (153 * march_month + 2) / 5 + 1);
  *month = (int) (march_month < 10 ? march_month + 3 : march_month - 9);
  *year = y + era * 400 + (*month <= 2);
}

/**
 * sky_date_format:
 * @msec: milliseconds since 1970-01-01 UTC, no more than %SKY_DATE_MAX_MSEC to either side
 * @nsec: nanoseconds more, below 1000000
 *
 * Returns: (transfer full): "2026-11-21T14:08:15.379Z", with nine digits if there are nanoseconds,
 *   and a year of six digits with its sign outside 0–9999; ECMA-262, "Date Time String Format"
 */
char *
sky_date_format (gint64 msec, guint32 nsec)
{
  gint64 days = floor_div (msec, DAY_MSEC), year;
  int of_day = (int) (msec - days * DAY_MSEC), month, day;
  g_autofree char *date = NULL, *more = nsec > 0 ? g_strdup_printf ("%06u", nsec) : g_strdup ("");

  g_return_val_if_fail (ABS (msec) <= SKY_DATE_MAX_MSEC, NULL);

  date_of (days, &year, &month, &day);
  date = g_strdup_printf (year >= 0 && year <= 9999 ? "%04d" : "%+07d", (int) year);
  return g_strdup_printf ("%s-%02d-%02dT%02d:%02d:%02d.%03d%sZ", date, month, day, of_day / 3600000,
                          of_day / 60000 % 60, of_day / 1000 % 60, of_day % 1000, more);
}

/* Takes @n digits and the octet before them. Returns: FALSE if they are not there */
static gboolean
take (const char **text, const char *end, char before, int n, int *number)
{
  const char *at = *text;

  if (end - at < n + (before != '\0') || (before != '\0' && *at++ != before))
    return FALSE;
  for (*number = 0; n > 0; n--, at++)
    {
      if (!g_ascii_isdigit (*at))
        return FALSE;
      *number = *number * 10 + (*at - '0');
    }
  *text = at;
  return TRUE;
}

static gboolean
take_year (const char **text, const char *end, int *year)
{
  char sign = **text;

  if (sign != '+' && sign != '-')
    return take (text, end, '\0', 4, year);
  if (!take (text, end, sign, 6, year))
    return FALSE;
  *year = sign == '-' ? -*year : *year;
  return TRUE;
}

/* What follows the third digit behind the point is dropped, as a Date cannot hold it. */
static int
take_fraction (const char **text, const char *end)
{
  int msec = 0, worth = 100;

  for ((*text)++; *text < end && g_ascii_isdigit (**text); (*text)++, worth /= 10)
    msec += (**text - '0') * worth;
  return msec;
}

/**
 * sky_date_parse:
 * @text: (array length=len): what sky_date_format() writes; the fraction may have any number of digits or be left out
 * @len: bytes
 * @msec: (out): milliseconds since 1970-01-01 UTC, set only on success
 *
 * Returns: whether @text is such a moment
 */
gboolean
sky_date_parse (const char *text, gsize len, gint64 *msec)
{
  static const int last_days[] = { 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
  const char *end;
  int year, month, day, hour, minute, second, fraction = 0;
  gint64 days, found;

  if (len == 0)
    return FALSE;
  end = text + len; /* not of NULL: C11 6.5.6 */
  if (!take_year (&text, end, &year) || !take (&text, end, '-', 2, &month)
      || !take (&text, end, '-', 2, &day) || !take (&text, end, 'T', 2, &hour)
      || !take (&text, end, ':', 2, &minute) || !take (&text, end, ':', 2, &second))
    return FALSE;
  if (end - text > 1 && *text == '.')
    fraction = take_fraction (&text, end);
  if (end - text != 1 || *text != 'Z')
    return FALSE;
  if (month < 1 || month > 12 || day < 1 || day > last_days[month - 1] || hour > 23 || minute > 59 || second > 59)
    return FALSE;
  days = days_of (year, month, day);
  if (month == 2 && day == 29 && days == days_of (year, 3, 1))
    return FALSE;
  found = days * DAY_MSEC + ((hour * 60 + minute) * 60 + second) * 1000 + fraction;
  if (ABS (found) > SKY_DATE_MAX_MSEC)
    return FALSE;
  *msec = found;
  return TRUE;
}
