#pragma once

#include <gtk/gtk.h>

/**
 * SkyHexView:
 *
 * Bytes of any number as hexadecimal digits and text, drawn row by row as they come into sight.
 * Put it into a GtkScrolledWindow.
 *
 * Signal "byte-selected" (guint buffer, guint64 offset): a person has put the cursor there.
 */
#define SKY_TYPE_HEX_VIEW (sky_hex_view_get_type ())
G_DECLARE_FINAL_TYPE (SkyHexView, sky_hex_view, SKY, HEX_VIEW, GtkWidget)

#define SKY_N_HUES 6

GtkWidget     *sky_hex_view_new (void);
void           sky_hex_view_clear (SkyHexView *self);
void           sky_hex_view_add_buffer (SkyHexView *self, const char *title, GBytes *bytes);
void           sky_hex_view_add_mark (SkyHexView *self, guint buffer, gsize start, gsize len,
                                      guint hue);
void           sky_hex_view_set_highlight (SkyHexView *self, guint buffer, gsize start, gsize len,
                                           guint hue);
const GdkRGBA *sky_hex_view_get_hue (guint hue);
