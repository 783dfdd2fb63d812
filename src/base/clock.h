#pragma once

#include <glib.h>

gint64 sky_clock_now_usec (void);
gint64 sky_clock_boot_usec (void);
char  *sky_clock_format_iso (gint64 time_usec);
char  *sky_clock_format_time (gint64 time_usec);
char  *sky_clock_format_span (gint64 span_usec);
