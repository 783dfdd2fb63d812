#pragma once

#include "peer/demo.h"
#include "peer/peer.h"
#include "ui/link/link-page.h"
#include "ui/window/notice-bar.h"
#include "ui/window/shelf.h"
#include "ui/window/sidebar.h"
#include "ui/window/start-page.h"
#include "ui/window/window.h"

/* Kept on a SkyPeer: how many of its records were saved (a number), and whether the demo owns it. */
#define SKY_PEER_SAVED   "sky-saved"
#define SKY_PEER_OF_DEMO "sky-of-demo"
/* Kept on a client: the id of the saved connection that it is, if it is one. */
#define SKY_PEER_ENTRY   "sky-entry"

/* A capture that is being saved; see window-files.c */
typedef struct _SkySaving SkySaving;

/* Shared by window.c, which shows, window-actions.c, which does what a person asks for, and those that know one matter:
 * the demo, the doctor, files, what is kept of captures, saved connections, their secrets, the window's shape. */
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
  SkyShelf            *shelf;
  guint                look; /* of the shelf's, the last that this window took */
  SkyRecent           *recent; /* these three are the shelf's */
  SkySaved            *saved;
  SkySecrets          *secrets;
  char                *removing; /* nullable: the kept capture that a notice can still bring back */
  gboolean             told_unkept; /* that captures cannot be kept */
  SkyKeepTold          told;        /* a notice, if a list that a person has changed could not be written */
  gboolean            *undone;      /* nullable: of the notice that can bring a saved connection back */
  SkySaving           *saving;      /* nullable */
  SkyDemo             *demo; /* nullable */
  guint                demo_source; /* begins it, then shows it */
  gboolean             sidebar_wanted;
  guint                farewell; /* the source that waits for the last goodbyes */
  guint                farewell_ticks;
};

void         sky_window_connect_profile (SkyWindow *self, const SkyProfile *profile, const SkyRecentEntry *entry);
void         sky_window_add_saved_actions (SkyWindow *self);
void         sky_window_refresh_saved (SkyWindow *self);
void         sky_window_delete_saved (SkyWindow *self, const char *id);
gboolean     sky_window_is_gone (SkyWindow *self);
void         sky_window_store_secrets (SkyWindow *self, const SkyRecentEntry *entry);
void         sky_window_forget_secrets (SkyWindow *self, const char *id);
void         sky_window_add_actions (SkyWindow *self);
void         sky_window_update_actions (SkyWindow *self);
void         sky_window_add_peer (SkyWindow *self, SkyPeer *peer);
void         sky_window_close_peer (SkyWindow *self, SkyPeer *peer);
void         sky_window_show_sidebar (SkyWindow *self);
void         sky_window_examine (SkyWindow *self, SkyPeer *peer);
void         sky_window_ask_open (SkyWindow *self);
void         sky_window_ask_save (SkyWindow *self);
gboolean     sky_window_waits_for_disk (SkyWindow *self);
SkyStore    *sky_window_make_store (SkyWindow *self, const char *name);
void         sky_window_remove_kept (SkyWindow *self, const char *path);
void         sky_window_refresh_recent (SkyWindow *self);
void         sky_window_restore_shape (SkyWindow *self);
void         sky_window_keep_shape (SkyWindow *self);
SkyLinkPage *sky_window_get_page (SkyWindow *self);
