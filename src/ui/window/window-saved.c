#include <string.h>

#include "peer/client/client.h"
#include "peer/profile/profile-secrets.h"
#include "ui/kept/saved-ask-dialog.h"
#include "ui/kept/saved-name-dialog.h"
#include "ui/ui.h"
#include "ui/window/window-private.h"

/* Connections that are kept under a name; how one is deleted stands in window-saved-delete.c. */

/* A thing to do with the connection @id, once a person or the secret store has answered. */
typedef struct
{
  SkyWindow *window; /* owned */
  char      *id;
} Errand;

static Errand *
errand_new (SkyWindow *self, const char *id)
{
  Errand *errand = g_new0 (Errand, 1);

  errand->window = g_object_ref (self);
  errand->id = g_strdup (id);
  return errand;
}

static void
errand_free (Errand *errand)
{
  g_object_unref (errand->window);
  g_free (errand->id);
  g_free (errand);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Errand, errand_free)

static void
on_dialog_gone (gpointer data, GClosure *closure)
{
  errand_free (data);
}

/* @func: of the signal "done" */
static void
ask (GtkWidget *dialog, GCallback func, Errand *errand)
{
  g_signal_connect_data (dialog, "done", func, errand, on_dialog_gone, 0);
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
on_unwritten (gpointer window, const GError *error)
{
  SkyWindow *self = window;

  if (!sky_window_is_gone (self))
    sky_notice_bar_show (self->notice, error->message);
}

static const SkyRecentEntry *
find_entry (SkyWindow *self, const char *id)
{
  const SkyRecentEntry *entry = sky_saved_find (self->saved, id);

  return entry != NULL ? entry : sky_recent_find (self->recent, id);
}

/* Returns: (nullable): the id of the saved connection that is shown */
static const char *
get_shown_id (SkyWindow *self)
{
  const char *id = self->shown != NULL ? g_object_get_data (G_OBJECT (self->shown), SKY_PEER_ENTRY) : NULL;

  return id != NULL && sky_saved_find (self->saved, id) != NULL ? id : NULL;
}

/**
 * sky_window_refresh_saved:
 *
 * Shows the saved connections on the start page, and whether the one that is shown is among them.
 */
void
sky_window_refresh_saved (SkyWindow *self)
{
  GAction *action = g_action_map_lookup_action (G_ACTION_MAP (self), "saved");
  g_autoptr(GPtrArray) entries = g_ptr_array_new ();

  for (guint i = 0; i < sky_saved_get_n (self->saved); i++)
    g_ptr_array_add (entries, (gpointer) sky_saved_get (self->saved, i));
  sky_start_page_set_saved (self->start_page, entries);
  if (action == NULL)
    return;
  g_simple_action_set_enabled (G_SIMPLE_ACTION (action), self->shown != NULL && SKY_IS_CLIENT (self->shown));
  g_simple_action_set_state (G_SIMPLE_ACTION (action), g_variant_new_boolean (get_shown_id (self) != NULL));
}

/* ---- to connect */

static void connect_entry (SkyWindow *self, const char *id, const char *why);

static void
on_ask_done (GtkWidget *dialog, JsonObject *secrets, Errand *errand)
{
  SkyWindow *self = errand->window;
  const SkyRecentEntry *saved = sky_saved_find (self->saved, errand->id);

  sky_saved_learn (self->saved, errand->id, secrets);
  sky_recent_learn (self->recent, errand->id, secrets);
  if (saved != NULL)
    sky_window_store_secrets (self, saved);
  connect_entry (self, errand->id, NULL);
}

static void
on_looked_up (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(Errand) errand = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonObject) secrets = sky_secrets_lookup_finish (SKY_SECRETS (source), result, &error);
  g_autofree char *why = NULL;

  if (sky_window_is_gone (errand->window))
    return;
  if (secrets != NULL)
    sky_saved_read_secrets (errand->window->saved, errand->id, secrets);
  else
    why = g_strdup_printf (_("The desktop’s secret store cannot be used. %s"), error->message);
  connect_entry (errand->window, errand->id, why != NULL ? why : _("The desktop’s secret store does not have it any more."));
}

/* The password to watch a server is asked for where that is begun. */
static gboolean
can_do_without (char **missing)
{
  return missing[0] != NULL && missing[1] == NULL && g_str_equal (missing[0], SKY_SECRET_ADMIN);
}

/* @why: (nullable): why secrets may be missing, if the store was asked already */
static void
connect_entry (SkyWindow *self, const char *id, const char *why)
{
  const SkyRecentEntry *entry = find_entry (self, id);
  g_auto(GStrv) missing = NULL;
  g_autoptr(SkyProfile) profile = entry != NULL ? sky_recent_entry_make_profile (entry, &missing) : NULL;

  if (entry == NULL)
    return;
  if (missing[0] == NULL || (can_do_without (missing) && (why != NULL || entry->kind != SKY_RECENT_SAVED)))
    sky_window_connect_profile (self, profile, entry->kind == SKY_RECENT_SAVED ? entry : NULL);
  else if (entry->kind == SKY_RECENT_SAVED && why == NULL)
    sky_secrets_lookup_async (self->secrets, id, NULL, on_looked_up, errand_new (self, id));
  else
    ask (sky_saved_ask_dialog_new (GTK_WINDOW (self), entry->name != NULL ? entry->name : entry->what,
                                   (const char *const *) missing,
                                   why != NULL ? why : _("Only saved connections keep it, in the desktop’s secret store.")),
         G_CALLBACK (on_ask_done), errand_new (self, id));
}

static void
on_connect_entry (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  connect_entry (user_data, g_variant_get_string (parameter, NULL), NULL);
}

/* ---- to save, rename, duplicate */

#define HELP _("It stands on the start page with all its options. Passwords and tokens go to the desktop’s secret store, not into a file.")

/* What is saved stands once on the start page. */
static void
forget_recent (SkyWindow *self, const char *what)
{
  for (guint i = sky_recent_get_n (self->recent); i > 0; i--)
    {
      const SkyRecentEntry *entry = sky_recent_get (self->recent, i - 1);

      if (entry->kind == SKY_RECENT_CLIENT && g_str_equal (entry->what, what))
        sky_recent_remove (self->recent, entry->id, NULL);
    }
}

static void
add_saved (SkyWindow *self, const char *name, const SkyProfile *profile, SkyPeer *peer)
{
  const SkyRecentEntry *entry = sky_saved_add (self->saved, name, profile, &self->told);

  forget_recent (self, entry->what);
  if (peer != NULL)
    {
      g_object_set_data_full (G_OBJECT (peer), SKY_PEER_ENTRY, g_strdup (entry->id), g_free);
      sky_peer_set_title (peer, name);
    }
  sky_window_store_secrets (self, entry);
  sky_window_refresh_recent (self);
}

static void
on_save_done (GtkWidget *dialog, const char *name, Errand *errand)
{
  SkyWindow *self = errand->window;

  if (self->shown != NULL && SKY_IS_CLIENT (self->shown))
    add_saved (self, name, sky_client_get_profile (SKY_CLIENT (self->shown)), self->shown);
}

static void
on_save_recent_done (GtkWidget *dialog, const char *name, Errand *errand)
{
  SkyWindow *self = errand->window;
  const SkyRecentEntry *entry = sky_recent_find (self->recent, errand->id);
  g_auto(GStrv) missing = NULL;
  g_autoptr(SkyProfile) profile = entry != NULL ? sky_recent_entry_make_profile (entry, &missing) : NULL;

  if (entry != NULL)
    add_saved (self, name, profile, NULL);
}

/* What is open of it is called so, too. */
static void
retitle (SkyWindow *self, const char *id, const char *name)
{
  for (guint i = 0; i < sky_sidebar_get_n_peers (self->sidebar); i++)
    {
      g_autoptr(SkyPeer) peer = sky_sidebar_get_nth (self->sidebar, i);

      if (g_strcmp0 (g_object_get_data (G_OBJECT (peer), SKY_PEER_ENTRY), id) == 0)
        sky_peer_set_title (peer, name);
    }
}

static void
on_rename_done (GtkWidget *dialog, const char *name, Errand *errand)
{
  SkyWindow *self = errand->window;

  sky_saved_rename (self->saved, errand->id, name, &self->told);
  retitle (self, errand->id, name);
  sky_window_refresh_saved (self);
}

static void
on_save_recent (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  const char *id = g_variant_get_string (parameter, NULL);
  const SkyRecentEntry *entry = sky_recent_find (SKY_WINDOW (user_data)->recent, id);

  if (entry != NULL)
    ask (sky_saved_name_dialog_new (user_data, _("Save connection"), entry->what, HELP), G_CALLBACK (on_save_recent_done),
         errand_new (user_data, id));
}

static void
on_remove_recent (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  SkyWindow *self = user_data;

  sky_recent_remove (self->recent, g_variant_get_string (parameter, NULL), &self->told);
  sky_window_refresh_recent (self);
}

static void
on_rename (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  const char *id = g_variant_get_string (parameter, NULL);
  const SkyRecentEntry *entry = sky_saved_find (SKY_WINDOW (user_data)->saved, id);

  if (entry != NULL)
    ask (sky_saved_name_dialog_new (user_data, _("Rename connection"), entry->name, entry->what), G_CALLBACK (on_rename_done),
         errand_new (user_data, id));
}

static void
duplicate (SkyWindow *self, const char *id)
{
  const SkyRecentEntry *entry = sky_saved_find (self->saved, id);
  g_autofree char *name = entry != NULL ? g_strdup_printf (_("%s (copy)"), entry->name) : NULL;
  g_auto(GStrv) missing = NULL;
  g_autoptr(SkyProfile) profile = entry != NULL ? sky_recent_entry_make_profile (entry, &missing) : NULL;

  if (entry != NULL)
    add_saved (self, name, profile, NULL);
}

/* The copy has the secrets too, if the store gives them. */
static void
on_secrets_to_copy (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(Errand) errand = user_data;
  g_autoptr(JsonObject) secrets = sky_secrets_lookup_finish (SKY_SECRETS (source), result, NULL);

  if (sky_window_is_gone (errand->window))
    return;
  if (secrets != NULL)
    sky_saved_read_secrets (errand->window->saved, errand->id, secrets);
  duplicate (errand->window, errand->id);
}

static void
on_duplicate (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  SkyWindow *self = user_data;
  const char *id = g_variant_get_string (parameter, NULL);
  const SkyRecentEntry *entry = sky_saved_find (self->saved, id);

  if (entry != NULL && entry->secret != NULL && entry->secret[0] != NULL && entry->secrets == NULL)
    sky_secrets_lookup_async (self->secrets, id, NULL, on_secrets_to_copy, errand_new (self, id));
  else
    duplicate (self, id);
}

static void
on_delete (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  g_autofree char *id = g_variant_dup_string (parameter, NULL);

  sky_window_delete_saved (user_data, id);
}

/* The star beside the address: saves what is shown, or deletes it from the saved ones. */
static void
on_saved (GSimpleAction *action, GVariant *state, gpointer user_data)
{
  SkyWindow *self = user_data;
  g_autofree char *id = g_strdup (get_shown_id (self));

  if (id != NULL)
    sky_window_delete_saved (self, id);
  else if (self->shown != NULL)
    ask (sky_saved_name_dialog_new (GTK_WINDOW (self), _("Save connection"), sky_peer_get_title (self->shown), HELP),
         G_CALLBACK (on_save_done), errand_new (self, NULL));
}

/* Secrets that it has no longer are of no use in the store. */
static void
keep_profile (SkyWindow *self, const SkyRecentEntry *entry, const SkyProfile *profile)
{
  gboolean had_secrets = entry->secret != NULL && entry->secret[0] != NULL;

  sky_saved_update (self->saved, entry->id, profile, &self->told);
  if (had_secrets && entry->secret[0] == NULL)
    sky_window_forget_secrets (self, entry->id);
  else
    sky_window_store_secrets (self, entry);
}

/* What is shown has other options now, or another address. A saved connection keeps the options, but is no other one. */
static void
on_profile_changed (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  SkyWindow *self = user_data;
  const char *id = get_shown_id (self);
  const SkyRecentEntry *entry = id != NULL ? sky_saved_find (self->saved, id) : NULL;
  const SkyProfile *profile;
  g_autoptr(SkyRecentEntry) now = NULL;

  if (self->shown == NULL || !SKY_IS_CLIENT (self->shown)
      || g_object_get_data (G_OBJECT (self->shown), SKY_PEER_OF_DEMO) != NULL)
    return;
  profile = sky_client_get_profile (SKY_CLIENT (self->shown));
  now = sky_recent_entry_new_client (SKY_RECENT_CLIENT, profile);
  if (entry != NULL && g_strcmp0 (entry->what, now->what) == 0)
    {
      keep_profile (self, entry, profile);
      sky_peer_set_title (self->shown, entry->name);
    }
  else
    {
      g_object_set_data (G_OBJECT (self->shown), SKY_PEER_ENTRY, NULL);
      sky_recent_add_client (self->recent, profile, &self->told);
    }
  sky_window_refresh_recent (self);
}

static const GActionEntry actions[] = {
  { "connect-entry", on_connect_entry, "s" },
  { "save-recent", on_save_recent, "s" },
  { "remove-recent", on_remove_recent, "s" },
  { "rename-saved", on_rename, "s" },
  { "duplicate-saved", on_duplicate, "s" },
  { "delete-saved", on_delete, "s" },
  { "saved", NULL, NULL, "false", on_saved },
  { "profile-changed", on_profile_changed },
};

/**
 * sky_window_add_saved_actions:
 *
 * Gives the window what can be done with saved connections, and tells if their file could not be read.
 */
void
sky_window_add_saved_actions (SkyWindow *self)
{
  const char *trouble = sky_saved_get_trouble (self->saved);

  self->told = (SkyKeepTold) { self, on_unwritten };
  g_action_map_add_action_entries (G_ACTION_MAP (self), actions, G_N_ELEMENTS (actions), self);
  sky_window_refresh_saved (self);
  if (trouble == NULL)
    trouble = sky_recent_get_trouble (self->recent);
  if (trouble != NULL)
    sky_notice_bar_show (self->notice, trouble);
}
