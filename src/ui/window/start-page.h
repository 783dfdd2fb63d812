#pragma once

#include <gtk/gtk.h>

#include "ui/kept/recent.h"

/* What a person sees first: connect, host, see it work, and what was open before. */
#define SKY_TYPE_START_PAGE (sky_start_page_get_type ())
G_DECLARE_FINAL_TYPE (SkyStartPage, sky_start_page, SKY, START_PAGE, GtkWidget)

void sky_start_page_set_recent (SkyStartPage *self, GPtrArray *entries);
void sky_start_page_set_saved (SkyStartPage *self, GPtrArray *entries);
void sky_start_page_focus_url (SkyStartPage *self);
void sky_start_page_focus_port (SkyStartPage *self);
