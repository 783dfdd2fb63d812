#include "ui/detail/payload-view.h"

#include <string.h>

#include "ui/detail/hex-view.h"
#include "ui/detail/payload-parts.h"
#include "ui/parts/left-to-right.h"
#include "ui/parts/source-scheme.h"
#include "ui/ui.h"

#define MAX_TEXT (1024 * 1024) /* bytes shown at first */
#define MAX_LINE 4000          /* bytes; a longer line is broken */
#define PLAIN_TAG "plain"      /* no hyphen where a line is wrapped: it was not sent */

struct _SkyPayloadView
{
  GtkWidget        parent_instance;
  GtkWidget       *box, *cut_bar, *cut_button;
  GtkLabel        *size, *cut_label;
  GtkDropDown     *chooser;
  GtkToggleButton *as_hex;
  GtkStack        *stack;
  GtkSourceView   *text;
  GtkPicture      *picture;
  SkyHexView      *hex;
  GPtrArray       *parts; /* nullable: of SkyPayloadPart */
  guint            chosen;
  gboolean         whole;    /* the text is shown to its end */
  gboolean         settling; /* our own doing, not a person's */
  guint            scheme_source;
};

G_DEFINE_FINAL_TYPE (SkyPayloadView, sky_payload_view, GTK_TYPE_WIDGET)

static SkyPayloadPart *
current (SkyPayloadView *self)
{
  return self->parts != NULL && self->chosen < self->parts->len
             ? g_ptr_array_index (self->parts, self->chosen)
             : NULL;
}

static void
show_text (SkyPayloadView *self, const SkyPayloadPart *part)
{
  GtkSourceBuffer *buffer
      = GTK_SOURCE_BUFFER (gtk_text_view_get_buffer (GTK_TEXT_VIEW (self->text)));
  GtkSourceLanguageManager *languages = gtk_source_language_manager_get_default ();
  gboolean json = *part->text == '{' || *part->text == '[' || *part->text == '"', cut;
  g_autofree char *text
      = sky_payload_fit (part->text, self->whole ? G_MAXSIZE : MAX_TEXT, MAX_LINE, &cut);
  GtkTextIter start, end;

  gtk_source_buffer_set_language (
      buffer, json ? gtk_source_language_manager_get_language (languages, "json") : NULL);
  gtk_source_buffer_set_highlight_syntax (buffer, json && strlen (text) <= MAX_TEXT);
  gtk_text_buffer_set_text (GTK_TEXT_BUFFER (buffer), text, -1);
  gtk_text_buffer_get_bounds (GTK_TEXT_BUFFER (buffer), &start, &end);
  gtk_text_buffer_apply_tag_by_name (GTK_TEXT_BUFFER (buffer), PLAIN_TAG, &start, &end);
  gtk_text_buffer_place_cursor (GTK_TEXT_BUFFER (buffer), &start);
  gtk_widget_set_visible (self->cut_bar, cut);
  if (cut)
    {
      g_autofree char *all = g_format_size (strlen (part->text)), *shown = g_format_size (MAX_TEXT);
      g_autofree char *message = g_strdup_printf (_("The first %s of %s are shown."), shown, all);

      gtk_label_set_text (self->cut_label, message);
      gtk_widget_set_visible (self->cut_button, TRUE); /* a file that was not saved had no use for it */
    }
  gtk_stack_set_visible_child_name (self->stack, "text");
}

static void
show_hex (SkyPayloadView *self, const SkyPayloadPart *part)
{
  sky_hex_view_clear (self->hex);
  sky_hex_view_add_buffer (self->hex, _("Bytes"), part->raw);
  gtk_stack_set_visible_child_name (self->stack, "hex");
}

static gboolean
show_image (SkyPayloadView *self, const SkyPayloadPart *part)
{
  const char *suffix;
  g_autoptr(GdkTexture) texture = NULL;
  g_autofree char *size = NULL;

  if (sky_payload_is_image (part->raw, &suffix))
    texture = sky_payload_load_image (part->raw);
  if (texture == NULL)
    return FALSE;
  gtk_picture_set_paintable (self->picture, GDK_PAINTABLE (texture));
  gtk_widget_set_size_request (GTK_WIDGET (self->picture), -1, -1);
  size = g_strdup_printf (_("Picture, %d × %d"), gdk_texture_get_width (texture),
                          gdk_texture_get_height (texture));
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->picture), size);
  gtk_picture_set_alternative_text (self->picture, size);
  gtk_stack_set_visible_child_name (self->stack, "image");
  return TRUE;
}

/* Shows the chosen part in the way that tells most. */
static void
refresh (SkyPayloadView *self)
{
  const SkyPayloadPart *part = current (self);
  gboolean binary = part == NULL || part->text == NULL;
  const char *suffix;

  gtk_widget_set_visible (self->cut_bar, FALSE);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "payload.copy", part != NULL);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "payload.save", part != NULL);
  gtk_widget_set_visible (GTK_WIDGET (self->as_hex),
                          part != NULL && (!binary || sky_payload_is_image (part->raw, &suffix)));
  gtk_label_set_text (self->size, part != NULL ? part->title : "");
  if (part == NULL || (g_bytes_get_size (part->raw) == 0 && (binary || *part->text == '\0')))
    gtk_stack_set_visible_child_name (self->stack, "empty");
  else if (gtk_toggle_button_get_active (self->as_hex))
    show_hex (self, part);
  else if (!binary)
    show_text (self, part);
  else if (!show_image (self, part))
    show_hex (self, part);
}

static void
on_chosen (SkyPayloadView *self)
{
  if (self->settling)
    return;
  self->chosen = gtk_drop_down_get_selected (self->chooser);
  self->whole = FALSE;
  refresh (self);
}

static void
on_as_hex (SkyPayloadView *self)
{
  refresh (self);
}

static void
on_show_whole (SkyPayloadView *self)
{
  self->whole = TRUE;
  refresh (self);
}

static void
copy (GtkWidget *widget, const char *name, GVariant *parameter)
{
  SkyPayloadPart *part = current (SKY_PAYLOAD_VIEW (widget));
  GdkClipboard *clipboard = gtk_widget_get_clipboard (widget);
  g_autoptr(GdkTexture) texture = NULL;
  const char *suffix;

  if (part == NULL)
    return;
  if (part->text != NULL)
    {
      gdk_clipboard_set_text (clipboard, part->text);
      return;
    }
  if (sky_payload_is_image (part->raw, &suffix))
    texture = sky_payload_load_image (part->raw);
  if (texture != NULL)
    gdk_clipboard_set_texture (clipboard, texture);
  else
    gtk_widget_activate_action (GTK_WIDGET (SKY_PAYLOAD_VIEW (widget)->hex), "hex.copy", NULL);
}

static void
on_saved (GObject *file, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(SkyPayloadView) self = user_data;
  g_autoptr(GError) error = NULL;

  if (g_file_replace_contents_finish (G_FILE (file), result, NULL, &error) || self->cut_label == NULL)
    return; /* well, or with nobody left to be told */
  gtk_label_set_text (self->cut_label, error->message);
  gtk_widget_set_visible (self->cut_button, FALSE);
  gtk_widget_set_visible (self->cut_bar, TRUE);
}

static void
on_file_chosen (GtkNativeDialog *dialog, int response, SkyPayloadView *self)
{
  g_autoptr(GFile) file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));
  GBytes *bytes = g_object_get_data (G_OBJECT (dialog), "sky-bytes");

  if (response == GTK_RESPONSE_ACCEPT && file != NULL)
    g_file_replace_contents_bytes_async (file, bytes, NULL, FALSE,
                                         G_FILE_CREATE_REPLACE_DESTINATION, NULL, on_saved,
                                         g_object_ref (self));
  gtk_native_dialog_destroy (dialog);
  g_object_unref (dialog);
}

static void
save (GtkWidget *widget, const char *name, GVariant *parameter)
{
  SkyPayloadView *self = SKY_PAYLOAD_VIEW (widget);
  SkyPayloadPart *part = current (self);
  GtkFileChooserNative *dialog;
  const char *suffix = NULL;
  g_autofree char *proposal = NULL;

  if (part == NULL)
    return;
  if (part->text != NULL)
    suffix = *part->text == '{' || *part->text == '[' ? "json" : "txt";
  else if (!sky_payload_is_image (part->raw, &suffix))
    suffix = "bin";
  proposal = g_strconcat ("payload.", suffix, NULL);
  dialog
      = gtk_file_chooser_native_new (_("Save payload"), GTK_WINDOW (gtk_widget_get_root (widget)),
                                     GTK_FILE_CHOOSER_ACTION_SAVE, _("_Save"), _("_Cancel"));
  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (dialog), proposal);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (dialog), TRUE);
  g_object_set_data_full (G_OBJECT (dialog), "sky-bytes", g_bytes_ref (part->raw),
                          (GDestroyNotify) g_bytes_unref);
  g_signal_connect_object (dialog, "response", G_CALLBACK (on_file_chosen), self, 0);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (dialog));
}

static void
fill_chooser (SkyPayloadView *self)
{
  g_autoptr(GtkStringList) titles = gtk_string_list_new (NULL);
  gboolean several = self->parts != NULL && self->parts->len > 1;

  for (guint i = 0; several && i < self->parts->len; i++)
    gtk_string_list_append (titles, ((SkyPayloadPart *) g_ptr_array_index (self->parts, i))->title);
  self->settling = TRUE;
  gtk_drop_down_set_model (self->chooser, G_LIST_MODEL (titles));
  if (several)
    gtk_drop_down_set_selected (self->chooser, self->chosen);
  self->settling = FALSE;
  gtk_widget_set_visible (GTK_WIDGET (self->chooser), several);
  gtk_widget_set_visible (GTK_WIDGET (self->size), !several);
}

/**
 * sky_payload_view_set_record:
 * @store: (nullable): the trace, or %NULL to show nothing
 */
void
sky_payload_view_set_record (SkyPayloadView *self, SkyStore *store, guint32 number)
{
  g_return_if_fail (SKY_IS_PAYLOAD_VIEW (self));

  g_clear_pointer (&self->parts, g_ptr_array_unref);
  self->chosen = 0;
  self->whole = FALSE;
  if (store != NULL)
    self->parts = sky_payload_parts_new (store, number);
  fill_chooser (self);
  refresh (self);
}

static void
on_scheme (gpointer user_data)
{
  SkyPayloadView *self = user_data;

  self->scheme_source = 0;
  sky_source_scheme_apply (GTK_WIDGET (self), GTK_SOURCE_BUFFER (gtk_text_view_get_buffer (GTK_TEXT_VIEW (self->text))));
}

static void
sky_payload_view_css_changed (GtkWidget *widget, GtkCssStyleChange *change)
{
  SkyPayloadView *self = SKY_PAYLOAD_VIEW (widget);

  GTK_WIDGET_CLASS (sky_payload_view_parent_class)->css_changed (widget, change);
  if (self->scheme_source == 0 && self->text != NULL)
    self->scheme_source = g_idle_add_once (on_scheme, self);
}

static void
sky_payload_view_dispose (GObject *object)
{
  g_clear_handle_id (&SKY_PAYLOAD_VIEW (object)->scheme_source, g_source_remove);
  g_clear_pointer (&SKY_PAYLOAD_VIEW (object)->parts, g_ptr_array_unref);
  gtk_widget_dispose_template (GTK_WIDGET (object), SKY_TYPE_PAYLOAD_VIEW);
  G_OBJECT_CLASS (sky_payload_view_parent_class)->dispose (object);
}

static void
sky_payload_view_class_init (SkyPayloadViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sky_payload_view_dispose;
  widget_class->css_changed = sky_payload_view_css_changed;
  gtk_widget_class_install_action (widget_class, "payload.copy", NULL, copy);
  gtk_widget_class_install_action (widget_class, "payload.save", NULL, save);
  g_type_ensure (SKY_TYPE_HEX_VIEW);
  g_type_ensure (GTK_SOURCE_TYPE_VIEW);
  gtk_widget_class_set_template_from_resource (widget_class, SKY_UI "payload-view.ui");
  gtk_widget_class_bind_template_child (widget_class, SkyPayloadView, box);
  gtk_widget_class_bind_template_child (widget_class, SkyPayloadView, cut_bar);
  gtk_widget_class_bind_template_child (widget_class, SkyPayloadView, cut_button);
  gtk_widget_class_bind_template_child (widget_class, SkyPayloadView, cut_label);
  gtk_widget_class_bind_template_child (widget_class, SkyPayloadView, size);
  gtk_widget_class_bind_template_child (widget_class, SkyPayloadView, chooser);
  gtk_widget_class_bind_template_child (widget_class, SkyPayloadView, as_hex);
  gtk_widget_class_bind_template_child (widget_class, SkyPayloadView, stack);
  gtk_widget_class_bind_template_child (widget_class, SkyPayloadView, text);
  gtk_widget_class_bind_template_child (widget_class, SkyPayloadView, picture);
  gtk_widget_class_bind_template_child (widget_class, SkyPayloadView, hex);
  gtk_widget_class_bind_template_callback (widget_class, on_chosen);
  gtk_widget_class_bind_template_callback (widget_class, on_as_hex);
  gtk_widget_class_bind_template_callback (widget_class, on_show_whole);
}

static void
sky_payload_view_init (SkyPayloadView *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  sky_left_to_right_keep (GTK_WIDGET (self->text));
  gtk_text_buffer_create_tag (gtk_text_view_get_buffer (GTK_TEXT_VIEW (self->text)), PLAIN_TAG,
                              "insert-hyphens", FALSE, NULL);
  refresh (self);
}

/**
 * sky_payload_view_new:
 *
 * Returns: a view without a record
 */
GtkWidget *
sky_payload_view_new (void)
{
  return g_object_new (SKY_TYPE_PAYLOAD_VIEW, NULL);
}
