#pragma once

#include <gtk/gtk.h>

/**
 * SkyFollow:
 *
 * Keeps a long list at its newest row, for as long as nobody scrolls away from there. Property
 * "active" (gboolean) notifies.
 */
#define SKY_TYPE_FOLLOW (sky_follow_get_type ())
G_DECLARE_FINAL_TYPE (SkyFollow, sky_follow, SKY, FOLLOW, GObject)

SkyFollow *sky_follow_new (GtkColumnView *view, GtkAdjustment *adjustment);
gboolean   sky_follow_get_active (SkyFollow *self);
void       sky_follow_set_active (SkyFollow *self, gboolean active);
void       sky_follow_grown (SkyFollow *self);
void       sky_follow_show (SkyFollow *self, guint position);
