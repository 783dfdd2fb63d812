#pragma once

#include <gtk/gtk.h>

#include "peer/peer.h"
#include "peer/profile/profile.h"

/* The page of one peer: its bar, its problem if it has one, its strip, and its panes. */
#define SKY_TYPE_LINK_PAGE (sky_link_page_get_type ())
G_DECLARE_FINAL_TYPE (SkyLinkPage, sky_link_page, SKY, LINK_PAGE, GtkWidget)

GtkWidget *sky_link_page_new (SkyPeer *peer);
void       sky_link_page_dial (SkyLinkPage *self, const SkyProfile *profile);
void       sky_link_page_focus (SkyLinkPage *self);
void       sky_link_page_focus_filter (SkyLinkPage *self);
void       sky_link_page_focus_url (SkyLinkPage *self);
