#include "trace/keep.h"
#include "ui/ui.h"
#include "ui/window/window-private.h"

#define N_RECENT_SHOWN 8

static gboolean
on_refresh_time (gpointer user_data)
{
  g_autoptr(SkyWindow) self = g_weak_ref_get (user_data);

  if (self != NULL && gtk_window_get_child (GTK_WINDOW (self)) != NULL)
    sky_window_refresh_recent (self);
  return G_SOURCE_REMOVE;
}

static void
drop_weak_ref (gpointer data)
{
  g_weak_ref_clear (data);
  g_free (data);
}

/* From now on nobody writes that capture, or it is gone. Its file is closed after this. */
static void
on_store_gone (gpointer data, GObject *where_it_was)
{
  g_idle_add_full (G_PRIORITY_DEFAULT_IDLE, on_refresh_time, data, drop_weak_ref);
}

static void
watch (SkyWindow *self, SkyStore *store)
{
  GWeakRef *window = g_new0 (GWeakRef, 1);

  g_weak_ref_init (window, self);
  g_object_weak_ref (G_OBJECT (store), on_store_gone, window);
}

static void
on_trouble (SkyWindow *self, SkyStore *store)
{
  sky_notice_bar_show (self->notice, sky_store_get_trouble (store));
}

/* Once a window: who has read it knows what holds for the next connections too. */
static void
tell_unkept (SkyWindow *self, const GError *error)
{
  g_autofree char *text = NULL;

  if (self->told_unkept)
    return;
  self->told_unkept = TRUE;
  text = g_strdup_printf (_("Captures cannot be kept, save what you need before you close it. %s"), error->message);
  sky_notice_bar_show (self->notice, text);
}

/**
 * sky_window_make_store:
 * @name: whose trace it will be: a host and port
 *
 * The trace is kept for the next time. Where that is not possible a notice says so, and the trace
 * goes with the item that has it.
 *
 * Returns: (transfer full): an empty trace
 */
SkyStore *
sky_window_make_store (SkyWindow *self, const char *name)
{
  g_autoptr(GError) unkept = NULL;
  SkyStore *store;

  sky_keep_prune ();
  store = sky_keep_new_store (name, &unkept);
  if (store != NULL)
    watch (self, store);
  else
    {
      tell_unkept (self, unkept);
      store = sky_store_new (NULL, NULL);
    }
  g_signal_connect_object (store, "trouble", G_CALLBACK (on_trouble), self, G_CONNECT_SWAPPED);
  if (sky_store_get_trouble (store) != NULL)
    on_trouble (self, store); /* it had some before anyone could listen */
  return store;
}

/**
 * sky_window_refresh_recent:
 *
 * Shows on the start page what was open before, and what of it was kept.
 */
void
sky_window_refresh_recent (SkyWindow *self)
{
  g_autoptr(GPtrArray) kept = sky_keep_list ();
  g_autoptr(GPtrArray) mixed = NULL;

  for (guint i = kept->len; i > 0; i--)
    if (g_strcmp0 (((SkyKept *) kept->pdata[i - 1])->path, self->removing) == 0)
      g_ptr_array_remove_index (kept, i - 1);
  self->look = ++self->shelf->n_looks;
  mixed = sky_recent_mix (self->recent, kept, N_RECENT_SHOWN);
  sky_start_page_set_recent (self->start_page, mixed);
  sky_window_refresh_saved (self);
}

/* A capture on its way out: the file stays as long as the notice, which can bring it back. */
typedef struct
{
  SkyWindow *window; /* borrowed: it owns the notice */
  char      *path;
  gboolean   undone;
} Removal;

static void
on_undo (gpointer user_data)
{
  Removal *removal = user_data;

  removal->undone = TRUE;
  g_clear_pointer (&removal->window->removing, g_free);
  sky_window_refresh_recent (removal->window);
}

static void
removal_free (gpointer data)
{
  Removal *removal = data;
  g_autoptr(GError) error = NULL;

  if (!removal->undone && !sky_keep_remove (removal->path, &error))
    g_warning ("%s", error->message);
  if (!removal->undone)
    g_clear_pointer (&removal->window->removing, g_free);
  g_free (removal->path);
  g_free (removal);
}

/**
 * sky_window_remove_kept:
 * @path: of a kept capture
 *
 * Takes it out of the list at once, and off the disk when the notice that offers to undo it is
 * gone.
 */
void
sky_window_remove_kept (SkyWindow *self, const char *path)
{
  g_autofree char *name = sky_keep_get_name (path);
  g_autofree char *text = g_strdup_printf (_("Removed the capture of %s."), name);
  Removal *removal = g_new0 (Removal, 1);

  *removal = (Removal) { .window = self, .path = g_strdup (path) };
  sky_notice_bar_offer (self->notice, text, _("Undo"), on_undo, removal, removal_free);
  self->removing = g_strdup (path);
  sky_window_refresh_recent (self);
}
