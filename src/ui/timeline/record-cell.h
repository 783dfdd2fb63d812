#pragma once

#include <gtk/gtk.h>

/* How a cell shows its text. */
typedef enum
{
  SKY_CELL_TEXT,
  SKY_CELL_NUMBER, /* to the right, dim */
  SKY_CELL_GLYPH,  /* in the middle */
  SKY_CELL_BADGE,  /* white on a rounded ground */
  SKY_CELL_DATA,   /* monospace, and something beside it */
} SkyCellLook;

/**
 * SkyRecordCell:
 *
 * One cell of the timeline. Thousands of them get a new text in each frame of a flood, so a new
 * text costs nothing before it is drawn: no layout, no new size, no word to the accessibility bus
 * (the row says it all in one sentence).
 */
#define SKY_TYPE_RECORD_CELL (sky_record_cell_get_type ())
G_DECLARE_FINAL_TYPE (SkyRecordCell, sky_record_cell, SKY, RECORD_CELL, GtkWidget)

GtkWidget *sky_record_cell_new (SkyCellLook look);
void       sky_record_cell_set_text (SkyRecordCell *self, const char *text, gboolean dim);
void       sky_record_cell_set_aside (SkyRecordCell *self, const char *aside);
void       sky_record_cell_set_color (SkyRecordCell *self, const GdkRGBA *color);
