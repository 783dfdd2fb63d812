#pragma once

#include <glib.h>

#define SKY_DATE_MAX_MSEC G_GINT64_CONSTANT (8640000000000000) /* ECMA-262, "Time Values": to either side of 1970 */

char    *sky_date_format (gint64 msec, guint32 nsec);
gboolean sky_date_parse (const char *text, gsize len, gint64 *msec);
