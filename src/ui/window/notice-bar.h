#pragma once

#include <gtk/gtk.h>

typedef void (*SkyNoticeFunc) (gpointer user_data);

/* One sentence at the foot of the window, for a while, with at most one button: "Undo". */
#define SKY_TYPE_NOTICE_BAR (sky_notice_bar_get_type ())
G_DECLARE_FINAL_TYPE (SkyNoticeBar, sky_notice_bar, SKY, NOTICE_BAR, GtkWidget)

void sky_notice_bar_show (SkyNoticeBar *self, const char *text);
void sky_notice_bar_offer (SkyNoticeBar *self, const char *text, const char *button, SkyNoticeFunc func,
                           gpointer user_data, GDestroyNotify destroy);
void sky_notice_bar_hold (SkyNoticeBar *self, const char *text, const char *button, SkyNoticeFunc func,
                          gpointer user_data, GDestroyNotify destroy);
void sky_notice_bar_hide (SkyNoticeBar *self);
