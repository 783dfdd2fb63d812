#include "ui/ui.h"
#include "ui/window-private.h"

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

static void
save_to (SkyWindow *self, SkyPeer *peer, GFile *file)
{
  SkyStore *store = sky_peer_get_store (peer);
  guint32 n_records = sky_store_get_n_records (store);
  g_autofree char *name = g_file_get_basename (file);
  g_autofree char *text = NULL, *count = NULL;
  g_autoptr(GError) error = NULL;

  if (sky_store_save_copy (store, file, &error))
    {
      g_object_set_data (G_OBJECT (peer), SKY_PEER_SAVED, GUINT_TO_POINTER (n_records));
      count = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "Saved %s with %'u record.", "Saved %s with %'u records.",
                                            n_records),
                               name, n_records);
      text = g_strconcat (count, " ", _("It holds every byte that was said: passwords, cookies and tokens, too."), NULL);
    }
  else
    text = g_strdup_printf (_("%s was not saved: %s"), name, error->message);
  sky_notice_bar_show (self->notice, text);
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
 * Asks where to save the capture of the page that is shown.
 */
void
sky_window_ask_save (SkyWindow *self)
{
  GtkFileChooserNative *dialog;
  g_autofree char *name = NULL;

  if (self->shown == NULL)
    return;
  name = propose_name (self->shown);
  dialog = gtk_file_chooser_native_new (_("Save the capture"), GTK_WINDOW (self), GTK_FILE_CHOOSER_ACTION_SAVE,
                                        NULL, NULL);
  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (dialog), name);
  g_object_set_data_full (G_OBJECT (dialog), "peer", g_object_ref (self->shown), g_object_unref);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (dialog), TRUE);
  g_signal_connect_object (dialog, "response", G_CALLBACK (on_save_response), self, 0);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (dialog));
}
