#include "ui/timeline/timeline-private.h"

#include "base/hex.h"
#include "trace/export.h"
#include "ui/timeline/timeline-columns.h"
#include "ui/ui.h"

static void
copy (SkyTimeline *self, const char *text)
{
  if (text != NULL)
    gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)), text);
}

static void
copy_data (GtkWidget *widget, const char *name, GVariant *parameter)
{
  SkyTimeline *self = SKY_TIMELINE (widget);
  SkyBytesSource source;
  g_autofree char *text = NULL;

  if (self->selected == SKY_RECORD_NONE)
    return;
  source = sky_store_get_source (self->store);
  text = sky_describe_args (self->selected, &source);
  if (text == NULL)
    {
      g_autoptr(GBytes) body = sky_store_get_body (self->store, self->selected, G_MAXSIZE);
      gsize len;
      const char *data = g_bytes_get_data (body, &len);

      text = len > 0 && g_utf8_validate_len (data, len, NULL)
                 ? g_strndup (data, len)
                 : sky_hex_format ((const guint8 *) data, len, " ");
    }
  copy (self, text);
}

static void
copy_text (GtkWidget *widget, const char *name, GVariant *parameter)
{
  SkyTimeline *self = SKY_TIMELINE (widget);
  g_autofree char *text = NULL;

  if (self->selected == SKY_RECORD_NONE)
    return;
  text = sky_export_human_line (self->store, self->selected, FALSE);
  copy (self, text);
}

static void
copy_json (GtkWidget *widget, const char *name, GVariant *parameter)
{
  SkyTimeline *self = SKY_TIMELINE (widget);
  g_autofree char *text = NULL;

  if (self->selected == SKY_RECORD_NONE)
    return;
  text = sky_export_json_line (self->store, self->selected);
  copy (self, text);
}

/* From an event to its ack and back, from a response to its request, an attachment to its event. */
static void
jump (GtkWidget *widget, const char *name, GVariant *parameter)
{
  SkyTimeline *self = SKY_TIMELINE (widget);
  const SkyRecord *record = NULL;

  if (self->store != NULL)
    record = sky_store_get_record (self->store, self->selected);
  if (record == NULL || record->mate == SKY_RECORD_NONE)
    {
      gtk_widget_error_bell (widget);
      return;
    }
  if (sky_record_list_find (self->list, record->mate) == G_MAXUINT)
    sky_timeline_show_all (self);
  sky_timeline_select (self, record->mate);
}

/**
 * sky_timeline_update_actions:
 *
 * Another record is selected, or its mate has come.
 */
void
sky_timeline_update_actions (SkyTimeline *self)
{
  const SkyRecord *record = self->store != NULL && self->selected != SKY_RECORD_NONE
                                ? sky_store_get_record (self->store, self->selected)
                                : NULL;

  gtk_widget_action_set_enabled (GTK_WIDGET (self), "timeline.jump", record != NULL && record->mate != SKY_RECORD_NONE);
}

static void
clear (GtkWidget *widget, const char *name, GVariant *parameter)
{
  SkyTimeline *self = SKY_TIMELINE (widget);

  if (self->selected != SKY_RECORD_NONE)
    sky_timeline_select (self, SKY_RECORD_NONE);
  else
    gtk_editable_set_text (self->entry, "");
}

static void
show_menu (GtkWidget *widget, const char *name, GVariant *parameter)
{
  SkyTimeline *self = SKY_TIMELINE (widget);
  GtkWidget *focus = gtk_root_get_focus (gtk_widget_get_root (widget));
  double x = 40, y = 40;

  if (self->selected == SKY_RECORD_NONE)
    return;
  if (focus != NULL && gtk_widget_is_ancestor (focus, GTK_WIDGET (self->view)))
    gtk_widget_translate_coordinates (focus, widget, 24, gtk_widget_get_height (focus), &x, &y);
  gtk_popover_set_pointing_to (GTK_POPOVER (self->menu),
                               &(GdkRectangle) { (int) x, (int) y, 1, 1 });
  gtk_popover_popup (GTK_POPOVER (self->menu));
}

static void
on_context (SkyTimeline *self, int n_press, double x, double y)
{
  guint position;
  double at_x, at_y;

  if (self->selection == NULL || !sky_timeline_columns_pick (self->view, x, y, &position))
    return;
  gtk_single_selection_set_selected (self->selection, position);
  gtk_widget_translate_coordinates (GTK_WIDGET (self->view), GTK_WIDGET (self), x, y, &at_x, &at_y);
  gtk_popover_set_pointing_to (GTK_POPOVER (self->menu),
                               &(GdkRectangle) { (int) at_x, (int) at_y, 1, 1 });
  gtk_popover_popup (GTK_POPOVER (self->menu));
}

/* The actions of a row, and their keys. */
void
sky_timeline_install_actions (GtkWidgetClass *widget_class)
{
  gtk_widget_class_bind_template_callback (widget_class, on_context);
  gtk_widget_class_install_action (widget_class, "timeline.copy-data", NULL, copy_data);
  gtk_widget_class_install_action (widget_class, "timeline.copy-text", NULL, copy_text);
  gtk_widget_class_install_action (widget_class, "timeline.copy-json", NULL, copy_json);
  gtk_widget_class_install_action (widget_class, "timeline.jump", NULL, jump);
  gtk_widget_class_install_action (widget_class, "timeline.clear", NULL, clear);
  gtk_widget_class_install_action (widget_class, "timeline.menu", NULL, show_menu);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_c, GDK_CONTROL_MASK,
                                       "timeline.copy-data", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_c, GDK_CONTROL_MASK | GDK_SHIFT_MASK,
                                       "timeline.copy-json", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_j, GDK_CONTROL_MASK, "timeline.jump",
                                       NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "timeline.clear", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Menu, 0, "timeline.menu", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_F10, GDK_SHIFT_MASK, "timeline.menu",
                                       NULL);
}
