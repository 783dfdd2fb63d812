#include "ui/kept/recent-row.h"

#include "ui/ui.h"

struct _SkyRecentRow
{
  GtkListBoxRow parent_instance;
  GtkLabel     *title, *kind, *when;
  GtkButton    *button, *remove;
  GtkMenuButton *more;
};

G_DEFINE_FINAL_TYPE (SkyRecentRow, sky_recent_row, GTK_TYPE_LIST_BOX_ROW)

static char *
format_when (gint64 time_sec)
{
  g_autoptr(GDateTime) then = g_date_time_new_from_unix_local (time_sec);
  g_autoptr(GDateTime) now = g_date_time_new_now_local ();
  g_autoptr(GDateTime) yesterday = g_date_time_add_days (now, -1);
  int day;

  if (then == NULL || time_sec <= 0)
    return g_strdup ("");
  day = g_date_time_get_year (then) * 1000 + g_date_time_get_day_of_year (then);
  if (day == g_date_time_get_year (now) * 1000 + g_date_time_get_day_of_year (now))
    /* Translators: as strftime has it: %H hours, %M minutes */
    return g_date_time_format (then, _("today %H:%M"));
  if (day == g_date_time_get_year (yesterday) * 1000 + g_date_time_get_day_of_year (yesterday))
    return g_date_time_format (then, _("yesterday %H:%M"));
  return g_date_time_format (then, "%x");
}

static char *
format_title (const SkyRecentEntry *entry)
{
  g_autoptr(GFile) file = NULL;

  if (entry->kind == SKY_RECENT_KEPT || entry->kind == SKY_RECENT_SAVED)
    return g_strdup (entry->name);
  if (entry->kind == SKY_RECENT_CLIENT)
    return g_strdup (entry->what);
  if (entry->kind == SKY_RECENT_HOST && entry->name != NULL && !g_str_equal (entry->what, "0"))
    return g_strdup_printf (_("%s on port %s"), entry->name, entry->what);
  if (entry->kind == SKY_RECENT_HOST)
    return g_str_equal (entry->what, "0") ? g_strdup (_("any free port")) : g_strdup_printf (_("port %s"), entry->what);
  file = g_file_new_for_uri (entry->what);
  return g_file_get_basename (file);
}

/* Returns: (transfer full): what it is, and of a kept capture how large */
static char *
describe_kind (const SkyRecentEntry *entry)
{
  g_autofree char *size = NULL;

  switch (entry->kind)
    {
    case SKY_RECENT_HOST:
      return g_strdup (_("Test server"));
    case SKY_RECENT_CAPTURE:
      return g_strdup (_("Capture"));
    case SKY_RECENT_KEPT:
      size = g_format_size (entry->len);
      return g_strdup_printf (_("Capture · %s"), size);
    case SKY_RECENT_SAVED:
      return g_strdup (entry->what);
    case SKY_RECENT_CLIENT:
      break;
    }
  if (g_strcmp0 (entry->protocol, "socket.io") == 0)
    return g_strdup (_("Socket.IO connection"));
  return g_strdup (g_strcmp0 (entry->protocol, "websocket") == 0 ? _("WebSocket connection") : _("Connection"));
}

/* A click on the button and one anywhere on the row do the same. */
static void
set_action (SkyRecentRow *self, const char *label, const char *action, GVariant *target)
{
  g_autoptr(GVariant) owned = g_variant_ref_sink (target);

  gtk_button_set_label (self->button, label);
  gtk_actionable_set_action_target_value (GTK_ACTIONABLE (self->button), owned);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (self->button), action);
  gtk_actionable_set_action_target_value (GTK_ACTIONABLE (self), owned);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (self), action);
}

static void
set_entry (SkyRecentRow *self, const SkyRecentEntry *entry)
{
  guint64 port = g_ascii_strtoull (entry->what, NULL, 10);

  switch (entry->kind)
    {
    case SKY_RECENT_CLIENT:
    case SKY_RECENT_SAVED:
      set_action (self, _("Connect"), "win.connect-entry", g_variant_new_string (entry->id));
      break;
    case SKY_RECENT_HOST:
      set_action (self, _("Start"), "win.host", g_variant_new_uint16 (MIN (port, G_MAXUINT16)));
      break;
    case SKY_RECENT_CAPTURE:
    case SKY_RECENT_KEPT:
      set_action (self, _("Open"), "win.open-uri", g_variant_new_string (entry->what));
      break;
    }
}

static void
offer_remove (SkyRecentRow *self, const SkyRecentEntry *entry, const char *title)
{
  g_autofree char *name = g_strdup_printf (_("Remove: %s"), title);

  gtk_actionable_set_action_target (GTK_ACTIONABLE (self->remove), "s", entry->what);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (self->remove), "win.remove-kept");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->remove), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  gtk_widget_set_visible (GTK_WIDGET (self->remove), TRUE);
}

static void
add_item (GMenu *menu, const char *label, const char *action, const char *id)
{
  g_autoptr(GMenuItem) item = g_menu_item_new (label, NULL);

  g_menu_item_set_action_and_target (item, action, "s", id);
  g_menu_append_item (menu, item);
}

static void
offer_more (SkyRecentRow *self, const SkyRecentEntry *entry, const char *title)
{
  g_autofree char *name = g_strdup_printf (_("More: %s"), title);
  g_autoptr(GMenu) menu = g_menu_new ();

  if (entry->kind == SKY_RECENT_SAVED)
    {
      add_item (menu, _("_Rename…"), "win.rename-saved", entry->id);
      add_item (menu, _("_Duplicate"), "win.duplicate-saved", entry->id);
      add_item (menu, _("D_elete"), "win.delete-saved", entry->id);
    }
  else
    {
      add_item (menu, _("_Save…"), "win.save-recent", entry->id);
      add_item (menu, _("_Forget"), "win.remove-recent", entry->id);
    }
  gtk_menu_button_set_menu_model (self->more, G_MENU_MODEL (menu));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->more), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  gtk_widget_set_visible (GTK_WIDGET (self->more), TRUE);
}

static void
sky_recent_row_init (SkyRecentRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

static void
sky_recent_row_class_init (SkyRecentRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  gtk_widget_class_set_template_from_resource (widget_class, SKY_UI "recent-row.ui");
  gtk_widget_class_bind_template_child (widget_class, SkyRecentRow, title);
  gtk_widget_class_bind_template_child (widget_class, SkyRecentRow, kind);
  gtk_widget_class_bind_template_child (widget_class, SkyRecentRow, when);
  gtk_widget_class_bind_template_child (widget_class, SkyRecentRow, button);
  gtk_widget_class_bind_template_child (widget_class, SkyRecentRow, remove);
  gtk_widget_class_bind_template_child (widget_class, SkyRecentRow, more);
}

/**
 * sky_recent_row_new:
 * @entry: is copied from
 *
 * Returns: (transfer floating): a row whose button does again what the entry remembers
 */
GtkWidget *
sky_recent_row_new (const SkyRecentEntry *entry)
{
  SkyRecentRow *self = g_object_new (SKY_TYPE_RECENT_ROW, NULL);
  g_autofree char *title = format_title (entry);
  g_autofree char *when = format_when (entry->time_sec);
  g_autofree char *kind = describe_kind (entry);
  g_autofree char *name = NULL;

  gtk_label_set_text (self->title, title);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->title), entry->what);
  gtk_label_set_text (self->kind, kind);
  gtk_label_set_text (self->when, when);
  set_entry (self, entry);
  name = g_strdup_printf ("%s: %s", gtk_button_get_label (self->button), title);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  if (entry->kind == SKY_RECENT_KEPT)
    offer_remove (self, entry, title);
  if (entry->kind == SKY_RECENT_CLIENT || entry->kind == SKY_RECENT_SAVED)
    offer_more (self, entry, title);
  return GTK_WIDGET (self);
}
