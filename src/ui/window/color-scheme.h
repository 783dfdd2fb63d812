#pragma once

#include <gtk/gtk.h>

/* Follows the desktop's wish for light or dark, as the settings portal tells it. */
typedef struct _SkyColorScheme SkyColorScheme;

SkyColorScheme *sky_color_scheme_new (void);
void            sky_color_scheme_free (SkyColorScheme *self);
