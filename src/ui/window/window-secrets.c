#include "ui/ui.h"
#include "ui/window/window-private.h"

/* The secrets of saved connections, on their way to the desktop's store and out of it. */

/**
 * sky_window_is_gone:
 *
 * Returns: whether it was closed, and is only held by somebody who waits
 */
gboolean
sky_window_is_gone (SkyWindow *self)
{
  return gtk_window_get_child (GTK_WINDOW (self)) == NULL;
}

static void
on_stored (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(SkyWindow) self = user_data;
  g_autoptr(GError) error = NULL;

  g_application_release (g_application_get_default ());
  if (sky_secrets_store_finish (SKY_SECRETS (source), result, &error))
    return;
  g_info ("Secrets not stored: %s", error->message);
  if (!sky_window_is_gone (self))
    sky_notice_bar_show (self->notice,
                         _("Saved, but its passwords and tokens only until you quit: no secret store."));
}

/**
 * sky_window_store_secrets:
 * @entry: a saved connection, which may have none
 *
 * Whoever quits now has them stored first.
 */
void
sky_window_store_secrets (SkyWindow *self, const SkyRecentEntry *entry)
{
  g_autofree char *label = g_strdup_printf ("Sockeye: %s", entry->name);
  g_autoptr(JsonObject) secrets = sky_recent_entry_write_secrets (entry);

  if (secrets == NULL)
    return;
  g_application_hold (g_application_get_default ());
  sky_secrets_store_async (self->secrets, entry->id, label, secrets, on_stored, g_object_ref (self));
}

static void
on_forgotten (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(GError) error = NULL;

  g_application_release (g_application_get_default ());
  if (!sky_secrets_forget_finish (SKY_SECRETS (source), result, &error))
    g_info ("Secrets not cleared: %s", error->message);
}

/**
 * sky_window_forget_secrets:
 * @id: of a connection that has none any more
 */
void
sky_window_forget_secrets (SkyWindow *self, const char *id)
{
  g_application_hold (g_application_get_default ());
  sky_secrets_forget_async (self->secrets, id, on_forgotten, NULL);
}
