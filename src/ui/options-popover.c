#include "ui/options-popover.h"

#include "ui/ui.h"

struct _SkyOptionsPopover
{
  GtkPopover      parent_instance;
  GtkEditable    *namespaces, *auth, *path, *origin, *subprotocols, *ca_file;
  GtkTextView    *headers;
  GtkCheckButton *insecure;
};

G_DEFINE_FINAL_TYPE (SkyOptionsPopover, sky_options_popover, GTK_TYPE_POPOVER)

static void
show_list (GtkEditable *entry, const char *const *words)
{
  g_autofree char *text = words != NULL ? g_strjoinv (", ", (char **) words) : g_strdup ("");

  gtk_editable_set_text (entry, text);
}

static void
show_text (GtkEditable *entry, const char *text)
{
  gtk_editable_set_text (entry, text != NULL ? text : "");
}

/* Takes @text apart, without blanks around the parts and without empty ones. */
static GStrv
split (const char *text, const char *delimiters)
{
  g_auto(GStrv) parts = g_strsplit_set (text, delimiters, -1);
  g_autoptr(GStrvBuilder) builder = g_strv_builder_new ();
  gboolean any = FALSE;

  for (guint i = 0; parts[i] != NULL; i++)
    if (*g_strstrip (parts[i]) != '\0')
      {
        g_strv_builder_add (builder, parts[i]);
        any = TRUE;
      }
  return any ? g_strv_builder_end (builder) : NULL;
}

static void
take_text (GtkEditable *entry, char **to)
{
  g_autofree char *text = g_strstrip (g_strdup (gtk_editable_get_text (entry)));

  g_free (*to);
  *to = *text != '\0' ? g_steal_pointer (&text) : NULL;
}

/**
 * sky_options_popover_set_protocol:
 * @protocol: as chosen for the next connection
 *
 * Greys out what plain WebSocket has no use for.
 */
void
sky_options_popover_set_protocol (SkyOptionsPopover *self, SkyProtocol protocol)
{
  gboolean socket_io = protocol != SKY_PROTOCOL_WEBSOCKET;

  g_return_if_fail (SKY_IS_OPTIONS_POPOVER (self));

  gtk_widget_set_sensitive (GTK_WIDGET (self->namespaces), socket_io);
  gtk_widget_set_sensitive (GTK_WIDGET (self->auth), socket_io);
  gtk_widget_set_sensitive (GTK_WIDGET (self->path), socket_io);
}

/**
 * sky_options_popover_set_profile:
 * @profile: is shown, over what was typed before
 */
void
sky_options_popover_set_profile (SkyOptionsPopover *self, const SkyProfile *profile)
{
  g_autofree char *headers = NULL;

  g_return_if_fail (SKY_IS_OPTIONS_POPOVER (self));

  headers = profile->headers != NULL ? g_strjoinv ("\n", profile->headers) : g_strdup ("");
  show_list (self->namespaces, (const char *const *) profile->namespaces);
  show_text (self->auth, profile->auth);
  show_text (self->path, profile->path);
  show_text (self->origin, profile->origin);
  show_text (self->subprotocols, profile->subprotocols);
  show_text (self->ca_file, profile->ca_file);
  gtk_text_buffer_set_text (gtk_text_view_get_buffer (self->headers), headers, -1);
  gtk_check_button_set_active (self->insecure, profile->insecure);
}

/**
 * sky_options_popover_fill_profile:
 * @profile: what was typed goes here; what the popover does not show is left as it is
 */
void
sky_options_popover_fill_profile (SkyOptionsPopover *self, SkyProfile *profile)
{
  GtkTextBuffer *buffer;
  g_autofree char *headers = NULL;

  g_return_if_fail (SKY_IS_OPTIONS_POPOVER (self));

  buffer = gtk_text_view_get_buffer (self->headers);
  g_object_get (buffer, "text", &headers, NULL);
  g_strfreev (profile->namespaces);
  profile->namespaces = split (gtk_editable_get_text (self->namespaces), ", ");
  g_strfreev (profile->headers);
  profile->headers = split (headers, "\n");
  take_text (self->auth, &profile->auth);
  take_text (self->path, &profile->path);
  take_text (self->origin, &profile->origin);
  take_text (self->subprotocols, &profile->subprotocols);
  take_text (self->ca_file, &profile->ca_file);
  profile->insecure = gtk_check_button_get_active (self->insecure);
}

static void
on_ca_response (GtkNativeDialog *dialog, int response, SkyOptionsPopover *self)
{
  if (response == GTK_RESPONSE_ACCEPT)
    {
      g_autoptr(GFile) file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));

      show_text (self->ca_file, g_file_peek_path (file));
    }
  g_object_unref (dialog);
}

static void
on_choose_ca (SkyOptionsPopover *self)
{
  GtkFileChooserNative *dialog
      = gtk_file_chooser_native_new (_("Choose the CA file"), GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))),
                                     GTK_FILE_CHOOSER_ACTION_OPEN, NULL, NULL);

  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (dialog), TRUE);
  g_signal_connect_object (dialog, "response", G_CALLBACK (on_ca_response), self, 0);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (dialog));
}

static void
sky_options_popover_init (SkyOptionsPopover *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

static void
sky_options_popover_class_init (SkyOptionsPopoverClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  gtk_widget_class_set_template_from_resource (widget_class, SKY_UI "options-popover.ui");
  gtk_widget_class_bind_template_child (widget_class, SkyOptionsPopover, namespaces);
  gtk_widget_class_bind_template_child (widget_class, SkyOptionsPopover, auth);
  gtk_widget_class_bind_template_child (widget_class, SkyOptionsPopover, path);
  gtk_widget_class_bind_template_child (widget_class, SkyOptionsPopover, origin);
  gtk_widget_class_bind_template_child (widget_class, SkyOptionsPopover, subprotocols);
  gtk_widget_class_bind_template_child (widget_class, SkyOptionsPopover, ca_file);
  gtk_widget_class_bind_template_child (widget_class, SkyOptionsPopover, headers);
  gtk_widget_class_bind_template_child (widget_class, SkyOptionsPopover, insecure);
  gtk_widget_class_bind_template_callback (widget_class, on_choose_ca);
}
