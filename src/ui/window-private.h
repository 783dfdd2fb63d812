#pragma once

#include "peer/demo.h"
#include "peer/peer.h"
#include "ui/link-page.h"
#include "ui/notice-bar.h"
#include "ui/recent.h"
#include "ui/sidebar.h"
#include "ui/start-page.h"
#include "ui/window.h"

/* Kept on a SkyPeer: how many of its records were saved (a number), and whether the demo owns it. */
#define SKY_PEER_SAVED   "sky-saved"
#define SKY_PEER_OF_DEMO "sky-of-demo"

/* Shared by window.c, which shows, and window-actions.c, which does what a person asks for. */
struct _SkyWindow
{
  GtkApplicationWindow parent_instance;
  GtkWidget           *overlay, *find_button, *new_button;
  GtkLabel            *title, *subtitle;
  GtkStack            *stack;
  SkySidebar          *sidebar;
  SkyStartPage        *start_page;
  SkyNoticeBar        *notice;
  GHashTable          *pages; /* SkyPeer (owned) to SkyLinkPage (borrowed) */
  SkyPeer             *shown; /* owned, nullable: whose page is shown */
  SkyPeer             *last;  /* weak: whose page was shown before the start page */
  SkyRecent           *recent;
  SkyDemo             *demo; /* nullable */
  guint                demo_source; /* begins it, then shows it */
  gboolean             sidebar_wanted;
  guint                farewell; /* the source that waits for the last goodbyes */
  guint                farewell_ticks;
};

void         sky_window_add_actions (SkyWindow *self);
void         sky_window_update_actions (SkyWindow *self);
void         sky_window_add_peer (SkyWindow *self, SkyPeer *peer);
void         sky_window_close_peer (SkyWindow *self, SkyPeer *peer);
void         sky_window_show_sidebar (SkyWindow *self);
SkyLinkPage *sky_window_get_page (SkyWindow *self);
