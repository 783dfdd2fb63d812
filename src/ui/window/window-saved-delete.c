#include "ui/ui.h"
#include "ui/window/window-private.h"

/* A saved connection that is deleted, for as long as it can be brought back. */
typedef struct
{
  SkyWindow      *window; /* borrowed: it owns the notice */
  SkyRecentEntry *entry;
  gboolean        undone;
} Removal;

static void
on_undo (gpointer user_data)
{
  Removal *removal = user_data;

  removal->undone = TRUE;
  sky_saved_restore (removal->window->saved, removal->entry, &removal->window->told);
  sky_window_refresh_saved (removal->window);
}

/* The secrets stay as long as the notice, which can bring the connection back. */
static void
removal_free (gpointer data)
{
  Removal *removal = data;

  if (removal->window->undone == &removal->undone)
    removal->window->undone = NULL;
  if (!removal->undone && removal->entry->secret != NULL && removal->entry->secret[0] != NULL)
    sky_window_forget_secrets (removal->window, removal->entry->id);
  sky_recent_entry_free (removal->entry);
  g_free (removal);
}

/* It stands in the file, and needs its secrets. */
static void
on_undeleted (gpointer window, const GError *error)
{
  SkyWindow *self = window;

  if (self->undone != NULL)
    *self->undone = TRUE;
  self->told.func (self, error);
}

/**
 * sky_window_delete_saved:
 * @id: of a saved connection; nothing happens if there is none
 *
 * Deletes it, with a notice that can bring it back.
 */
void
sky_window_delete_saved (SkyWindow *self, const char *id)
{
  const SkyRecentEntry *entry = sky_saved_find (self->saved, id);
  g_autofree char *text = entry != NULL ? g_strdup_printf (_("Deleted the saved connection “%s”."), entry->name) : NULL;
  const SkyKeepTold told = { self, on_undeleted };
  Removal *removal;

  if (entry == NULL)
    return;
  removal = g_new0 (Removal, 1);
  *removal = (Removal) { .window = self, .entry = sky_recent_entry_copy (entry) };
  sky_saved_remove (self->saved, id, &told);
  sky_notice_bar_offer (self->notice, text, _("Undo"), on_undo, removal, removal_free);
  self->undone = &removal->undone;
  sky_window_refresh_saved (self);
}
