#pragma once

#include <gtk/gtk.h>

#include "ui/compose/history.h"

/* One thing that was sent, in the history. Signal "again": its button was pressed. */
#define SKY_TYPE_SENT_ROW (sky_sent_row_get_type ())
G_DECLARE_FINAL_TYPE (SkySentRow, sky_sent_row, SKY, SENT_ROW, GtkWidget)

GtkWidget *sky_sent_row_new (void);
SkySent   *sky_sent_row_get_sent (SkySentRow *self);
void       sky_sent_row_set_sent (SkySentRow *self, SkySent *sent);
void       sky_sent_row_set_ready (SkySentRow *self, const char *obstacle);
