#include "ui/timeline/timeline-private.h"
#include "ui/parts/marks.h"
#include "ui/ui.h"

/* What of the trace the timeline lists: switches, filter, and the word for nothing. */

static guint
n_shown (SkyTimeline *self)
{
  return self->list != NULL ? g_list_model_get_n_items (G_LIST_MODEL (self->list)) : 0;
}

/* What stands where no row is: why, and what to do about it. */
void
sky_timeline_update_placeholder (SkyTimeline *self)
{
  guint32 n_records = self->store != NULL ? sky_store_get_n_records (self->store) : 0;
  gboolean typed = *gtk_editable_get_text (self->entry) != '\0';
  g_autofree char *text = NULL;

  if (n_shown (self) > 0)
    {
      gtk_stack_set_visible_child_name (self->stack, "table");
      return;
    }
  gtk_stack_set_visible_child_name (self->stack, "empty");
  gtk_widget_set_visible (self->empty_button, n_records > 0);
  if (n_records == 0)
    {
      gtk_label_set_text (self->empty_title, _("Nothing yet"));
      gtk_label_set_text (
          self->empty_text,
          _("Each step of the handshake and every message appear here, one row each. "
             "Select a row to see its bytes."));
      return;
    }
  gtk_label_set_text (self->empty_title, typed ? _("No record matches this filter")
                                               : _("No record of these layers"));
  text = g_strdup_printf (ngettext ("%'u record is hidden.", "%'u records are hidden.", n_records),
                          n_records);
  gtk_label_set_text (self->empty_text, text);
  gtk_button_set_label (GTK_BUTTON (self->empty_button),
                        typed ? _("Clear filter") : _("Show all layers"));
}

static void
show_error (SkyTimeline *self, const GError *error)
{
  gtk_widget_set_visible (GTK_WIDGET (self->error), error != NULL);
  gtk_label_set_text (self->error, error != NULL ? error->message : "");
  sky_marks_set_wrong (GTK_WIDGET (self->entry), error != NULL);
}

/* Whoever does not see records shall see that there are some. */
void
sky_timeline_update_hidden (SkyTimeline *self)
{
  gboolean shown = gtk_toggle_button_get_active (self->hidden_button);
  guint n_hidden = self->list != NULL ? sky_record_list_get_n_hidden (self->list) : 0;
  g_autofree char *label = NULL, *tip = NULL;

  if (self->hidden == NULL)
    return;
  /* Translators: “/admin hidden: 12”, a namespace and its records */
  label = shown ? g_strdup (self->hidden) : g_strdup_printf (_("%s hidden: %'u"), self->hidden, n_hidden);
  if (g_strcmp0 (gtk_button_get_label (GTK_BUTTON (self->hidden_button)), label) == 0)
    return;
  tip = g_strdup_printf (shown ? _("Hide what is said in %s, through which the server is watched")
                               : _("Show what is said in %s, through which the server is watched"), self->hidden);
  gtk_button_set_label (GTK_BUTTON (self->hidden_button), label);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->hidden_button), tip);
}

/**
 * sky_timeline_hide_namespace:
 * @nsp: whose records are hidden, until a person wants to see them
 */
void
sky_timeline_hide_namespace (SkyTimeline *self, const char *nsp)
{
  g_return_if_fail (SKY_IS_TIMELINE (self));

  if (g_strcmp0 (self->hidden, nsp) == 0)
    return;
  g_free (self->hidden);
  self->hidden = g_strdup (nsp);
  gtk_widget_set_visible (GTK_WIDGET (self->hidden_button), TRUE);
  sky_timeline_apply_filter (self);
}

/* Lists what the switches and the filter let through; a filter that says nothing leaves all as it
 * was. */
void
sky_timeline_apply_filter (SkyTimeline *self)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(SkyRecordFilter) filter = sky_record_filter_new (
      sky_layer_switch_get_layers (self->layers), gtk_editable_get_text (self->entry), &error);

  show_error (self, error);
  if (filter == NULL || self->list == NULL)
    return;
  if (self->hidden != NULL && !gtk_toggle_button_get_active (self->hidden_button))
    sky_record_filter_hide (filter, self->hidden);
  /* A selection would look for its row among all that come in, and make them for that. */
  self->reselecting = TRUE;
  gtk_single_selection_set_selected (self->selection, GTK_INVALID_LIST_POSITION);
  self->reselecting = FALSE;
  self->reveal = !sky_follow_get_active (self->follow);
  sky_record_list_set_filter (self->list, filter);
  sky_timeline_list_changed (self);
}

/* Lifts what hides records: filter and switches. */
void
sky_timeline_show_all (SkyTimeline *self)
{
  gtk_editable_set_text (self->entry, "");
  sky_layer_switch_show_all (self->layers);
  gtk_toggle_button_set_active (self->hidden_button, TRUE);
  sky_timeline_apply_filter (self);
}

static void
on_show_all (SkyTimeline *self)
{
  if (*gtk_editable_get_text (self->entry) == '\0')
    {
      sky_layer_switch_show_all (self->layers);
      gtk_toggle_button_set_active (self->hidden_button, TRUE);
    }
  gtk_editable_set_text (self->entry, "");
  sky_timeline_apply_filter (self);
}

static void
on_stop_search (SkyTimeline *self)
{
  if (*gtk_editable_get_text (self->entry) != '\0')
    gtk_editable_set_text (self->entry, "");
  else
    gtk_widget_grab_focus (GTK_WIDGET (self->view));
}

static void
on_entry_activate (SkyTimeline *self)
{
  sky_timeline_apply_filter (self);
  gtk_widget_grab_focus (GTK_WIDGET (self->view));
}

/* The callbacks of the bar and of the placeholder. */
void
sky_timeline_install_filter (GtkWidgetClass *widget_class)
{
  gtk_widget_class_bind_template_callback_full (widget_class, "on_filter",
                                                G_CALLBACK (sky_timeline_apply_filter));
  gtk_widget_class_bind_template_callback (widget_class, on_entry_activate);
  gtk_widget_class_bind_template_callback (widget_class, on_stop_search);
  gtk_widget_class_bind_template_callback (widget_class, on_show_all);
}
