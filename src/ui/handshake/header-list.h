#pragma once

#include <gtk/gtk.h>

#include "trace/handshake.h"

/**
 * SkyHeaderList:
 *
 * A request or a response, line by line with what there is to say about each, or as raw text.
 * Signal "line-selected" (gpointer SkyHandshakeLine): a person chose one.
 */
#define SKY_TYPE_HEADER_LIST (sky_header_list_get_type ())
G_DECLARE_FINAL_TYPE (SkyHeaderList, sky_header_list, SKY, HEADER_LIST, GtkWidget)

void sky_header_list_set_title (SkyHeaderList *self, const char *title);
void sky_header_list_set_lines (SkyHeaderList *self, GPtrArray *lines, GBytes *raw);
void sky_header_list_select (SkyHeaderList *self, const SkyHandshakeLine *line);
void sky_header_list_light (SkyHeaderList *self, const SkyHandshakeLine *line);
