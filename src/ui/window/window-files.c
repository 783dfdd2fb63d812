#include "ui/ui.h"
#include "ui/window/window-private.h"

/* The files that a person opens and saves. */

static void
on_open_response (GtkNativeDialog *dialog, int response, SkyWindow *self)
{
  if (response == GTK_RESPONSE_ACCEPT)
    {
      g_autoptr(GFile) file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));

      sky_window_open_file (self, file);
    }
  g_object_unref (dialog);
}

/**
 * sky_window_ask_open:
 *
 * Asks which capture to open.
 */
void
sky_window_ask_open (SkyWindow *self)
{
  GtkFileChooserNative *dialog = gtk_file_chooser_native_new (_("Open a capture"), GTK_WINDOW (self),
                                                              GTK_FILE_CHOOSER_ACTION_OPEN, NULL, NULL);
  g_autoptr(GtkFileFilter) captures = gtk_file_filter_new ();
  g_autoptr(GtkFileFilter) all = gtk_file_filter_new ();

  gtk_file_filter_set_name (captures, _("Captures (pcapng, pcap, har)"));
  gtk_file_filter_add_suffix (captures, "pcapng");
  gtk_file_filter_add_suffix (captures, "pcap");
  gtk_file_filter_add_suffix (captures, "har");
  gtk_file_filter_set_name (all, _("All files"));
  gtk_file_filter_add_pattern (all, "*");
  gtk_file_chooser_add_filter (GTK_FILE_CHOOSER (dialog), captures);
  gtk_file_chooser_add_filter (GTK_FILE_CHOOSER (dialog), all);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (dialog), TRUE);
  g_signal_connect_object (dialog, "response", G_CALLBACK (on_open_response), self, 0);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (dialog));
}

/* A capture on its way into a file. One a window: what is asked for meanwhile is refused, with the reason. */
struct _SkySaving
{
  SkyPeer      *peer;
  GCancellable *cancellable;
  char         *name;
  guint32       n_records;
  gboolean      leave; /* the window closes when it is done */
};

static void
saving_free (SkySaving *saving)
{
  g_object_unref (saving->peer);
  g_object_unref (saving->cancellable);
  g_free (saving->name);
  g_free (saving);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SkySaving, saving_free)

static void
on_cancel (gpointer user_data)
{
  g_cancellable_cancel (user_data);
}

static void
tell_saving (SkyWindow *self)
{
  const SkySaving *saving = self->saving;
  g_autofree char *text
      = g_strdup_printf (saving->leave ? _("Saving %s. The window closes when it is done.") : _("Saving %s…"), saving->name);

  sky_notice_bar_hold (self->notice, text, saving->leave ? _("Close without it") : _("Cancel"), on_cancel,
                       g_object_ref (saving->cancellable), g_object_unref);
}

static char *
describe_saved (const SkySaving *saving)
{
  g_autofree char *count
      = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "Saved %s with %'u record.", "Saved %s with %'u records.",
                                      saving->n_records),
                         saving->name, saving->n_records);

  return g_strconcat (count, " ", _("It holds every byte that was said: passwords, cookies and tokens, too."), NULL);
}

static char *
describe_unsaved (const char *name, const GError *error)
{
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return g_strdup_printf (_("%s was not saved."), name);
  return g_strdup_printf (_("%s was not saved: %s"), name, error->message);
}

/* Who wanted to leave stays if it went wrong, to hear of it. */
static void
on_saved (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(SkyWindow) self = user_data;
  g_autoptr(SkySaving) saving = g_steal_pointer (&self->saving);
  g_autofree char *text = NULL;
  g_autoptr(GError) error = NULL;

  g_application_release (g_application_get_default ());
  if (sky_store_save_copy_finish (result, &error))
    g_object_set_data (G_OBJECT (saving->peer), SKY_PEER_SAVED, GUINT_TO_POINTER (saving->n_records));
  if (sky_window_is_gone (self))
    return;
  text = error == NULL ? describe_saved (saving) : describe_unsaved (saving->name, error);
  sky_notice_bar_show (self->notice, text);
  if (saving->leave && (error == NULL || g_cancellable_is_cancelled (saving->cancellable)))
    gtk_window_close (GTK_WINDOW (self));
}

static void
save_to (SkyWindow *self, SkyPeer *peer, GFile *file)
{
  SkyStore *store = sky_peer_get_store (peer);
  g_autofree char *name = g_file_get_basename (file);

  if (self->saving != NULL)
    {
      g_autofree char *text = g_strdup_printf (_("%s was not saved: %s is still being saved."), name, self->saving->name);

      sky_notice_bar_show (self->notice, text);
      return;
    }
  self->saving = g_new0 (SkySaving, 1);
  *self->saving = (SkySaving) { .peer = g_object_ref (peer),
                                .cancellable = g_cancellable_new (),
                                .name = g_steal_pointer (&name),
                                .n_records = sky_store_get_n_records (store) };
  tell_saving (self);
  g_application_hold (g_application_get_default ());
  sky_store_save_copy_async (store, file, self->saving->cancellable, on_saved, g_object_ref (self));
}

/**
 * sky_window_waits_for_disk:
 *
 * Asked when the window is to be closed: it will be, as soon as the capture that is being saved is saved, and a notice says
 * so. Who does not want to wait cancels that, and then nothing holds the window, even where the disk does not answer.
 *
 * Returns: whether it has to wait
 */
gboolean
sky_window_waits_for_disk (SkyWindow *self)
{
  if (self->saving == NULL || g_cancellable_is_cancelled (self->saving->cancellable))
    return FALSE;
  self->saving->leave = TRUE;
  tell_saving (self);
  return TRUE;
}

static void
on_save_response (GtkNativeDialog *dialog, int response, SkyWindow *self)
{
  if (response == GTK_RESPONSE_ACCEPT)
    {
      g_autoptr(GFile) file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));

      save_to (self, g_object_get_data (G_OBJECT (dialog), "peer"), file);
    }
  g_object_unref (dialog);
}

/* A title is made a file name: "localhost:3000" becomes "localhost-3000.pcapng". */
static char *
propose_name (SkyPeer *peer)
{
  g_autofree char *base = g_strdup (sky_peer_get_title (peer));

  g_strdelimit (base, "/\\:?*\"<>| ", '-');
  return g_strconcat (*base != '\0' ? base : "capture", ".pcapng", NULL);
}

/**
 * sky_window_ask_save:
 *
 * Asks where to save the capture of the page that is shown; while one is being saved, it says so instead.
 */
void
sky_window_ask_save (SkyWindow *self)
{
  GtkFileChooserNative *dialog;
  g_autofree char *name = NULL;

  if (self->shown == NULL)
    return;
  if (self->saving != NULL)
    {
      tell_saving (self);
      return;
    }
  name = propose_name (self->shown);
  dialog = gtk_file_chooser_native_new (_("Save the capture"), GTK_WINDOW (self), GTK_FILE_CHOOSER_ACTION_SAVE,
                                        NULL, NULL);
  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (dialog), name);
  g_object_set_data_full (G_OBJECT (dialog), "peer", g_object_ref (self->shown), g_object_unref);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (dialog), TRUE);
  g_signal_connect_object (dialog, "response", G_CALLBACK (on_save_response), self, 0);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (dialog));
}
