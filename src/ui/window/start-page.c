#include "ui/window/start-page.h"

#include <string.h>

#include "peer/profile/route.h"
#include "peer/rules/rules.h"
#include "ui/kept/recent-row.h"
#include "ui/parts/left-to-right.h"
#include "ui/parts/marks.h"
#include "ui/rules/rules-texts.h"
#include "ui/ui.h"

struct _SkyStartPage
{
  GtkWidget      parent_instance;
  GtkWidget     *scroller, *middle, *url, *recent_box, *saved_box;
  GtkLabel      *url_error;
  GtkDropDown   *protocol, *sample;
  GtkSpinButton *port;
  GtkWidget     *forget;
  GtkListBox    *recent_list, *saved_list;
};

G_DEFINE_FINAL_TYPE (SkyStartPage, sky_start_page, GTK_TYPE_WIDGET)

/* In the order of the drop-down */
static const SkyProtocol protocols[] = { SKY_PROTOCOL_AUTO, SKY_PROTOCOL_SOCKET_IO, SKY_PROTOCOL_WEBSOCKET };

static void
show_url_error (SkyStartPage *self, const char *message)
{
  gtk_label_set_text (self->url_error, message != NULL ? message : "");
  gtk_widget_set_visible (GTK_WIDGET (self->url_error), message != NULL);
  sky_marks_set_wrong (self->url, message != NULL);
}

static void
on_url_changed (SkyStartPage *self)
{
  show_url_error (self, NULL);
}

static void
on_connect (SkyStartPage *self)
{
  g_autofree char *url = g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->url))));
  SkyProtocol protocol = protocols[gtk_drop_down_get_selected (self->protocol)];
  g_autoptr(SkyProfile) profile = sky_profile_new (url);
  g_auto(SkyRoute) route = { 0 };
  g_autoptr(GError) error = NULL;

  profile->protocol = protocol;
  if (!sky_route_resolve (&route, profile, &error))
    {
      show_url_error (self, error->message);
      gtk_widget_grab_focus (self->url);
      return;
    }
  gtk_widget_activate_action (GTK_WIDGET (self), "win.connect", "(ss)", url, sky_protocol_id (protocol));
}

static void
on_host (SkyStartPage *self)
{
  gtk_spin_button_update (self->port);
  gtk_widget_activate_action (GTK_WIDGET (self), "win.host-sample", "(qu)",
                              (guint16) gtk_spin_button_get_value_as_int (self->port),
                              gtk_drop_down_get_selected (self->sample));
}

/* Rules that are for a certain port are started on that. */
static void
on_sample (SkyStartPage *self)
{
  const SkyRulesSample *sample = sky_rules_texts_get (gtk_drop_down_get_selected (self->sample));
  g_autoptr(SkyRules) rules = sky_rules_load (sample->text, strlen (sample->text), NULL);

  gtk_widget_set_tooltip_text (GTK_WIDGET (self->sample), sample->description);
  if (rules != NULL && sky_rules_get_server (rules)->port > 0)
    gtk_spin_button_set_value (self->port, (double) sky_rules_get_server (rules)->port);
}

static void
add_samples (SkyStartPage *self)
{
  g_autoptr(GtkStringList) names = gtk_string_list_new (NULL);

  for (guint i = 0; i < sky_rules_texts_get_n (); i++)
    gtk_string_list_append (names, sky_rules_texts_get (i)->name);
  gtk_drop_down_set_model (self->sample, G_LIST_MODEL (names));
  on_sample (self);
}

static void
on_clear (SkyStartPage *self)
{
  gtk_widget_activate_action (GTK_WIDGET (self), "win.forget-recent", NULL);
}

/* Returns: the position of the row of @list in which the focus is, or -1 */
static int
find_focus (SkyStartPage *self, GtkListBox *list)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  GtkWidget *focus = root != NULL ? gtk_root_get_focus (root) : NULL;
  GtkWidget *row = focus != NULL ? gtk_widget_get_ancestor (focus, GTK_TYPE_LIST_BOX_ROW) : NULL;

  if (row == NULL || !gtk_widget_is_ancestor (row, GTK_WIDGET (list)))
    return -1;
  return gtk_list_box_row_get_index (GTK_LIST_BOX_ROW (row));
}

/* The keyboard stays where it was in the list, though the rows are new. */
static void
fill (SkyStartPage *self, GtkListBox *list, GPtrArray *entries)
{
  int focused = find_focus (self, list);
  GtkListBoxRow *row;

  while ((row = gtk_list_box_get_row_at_index (list, 0)) != NULL)
    gtk_list_box_remove (list, GTK_WIDGET (row));
  for (guint i = 0; i < entries->len; i++)
    gtk_list_box_append (list, sky_recent_row_new (entries->pdata[i]));
  if (focused >= 0 && entries->len > 0)
    gtk_widget_grab_focus (GTK_WIDGET (gtk_list_box_get_row_at_index (list, MIN (focused, (int) entries->len - 1))));
}

/**
 * sky_start_page_set_recent:
 * @entries: (element-type SkyRecentEntry): what to show as recent; copied from
 */
void
sky_start_page_set_recent (SkyStartPage *self, GPtrArray *entries)
{
  gboolean can_forget = FALSE;

  g_return_if_fail (SKY_IS_START_PAGE (self));

  fill (self, self->recent_list, entries);
  for (guint i = 0; i < entries->len; i++)
    can_forget = can_forget || ((SkyRecentEntry *) entries->pdata[i])->kind != SKY_RECENT_KEPT;
  gtk_widget_set_visible (self->recent_box, entries->len > 0);
  gtk_widget_set_visible (self->forget, can_forget);
}

/**
 * sky_start_page_set_saved:
 * @entries: (element-type SkyRecentEntry): the connections that have a name; copied from
 */
void
sky_start_page_set_saved (SkyStartPage *self, GPtrArray *entries)
{
  g_return_if_fail (SKY_IS_START_PAGE (self));

  fill (self, self->saved_list, entries);
  gtk_widget_set_visible (self->saved_box, entries->len > 0);
}

/**
 * sky_start_page_focus_url:
 *
 * Puts the cursor into the address, all of it selected, to be typed over.
 */
void
sky_start_page_focus_url (SkyStartPage *self)
{
  g_return_if_fail (SKY_IS_START_PAGE (self));

  gtk_widget_grab_focus (self->url);
}

/**
 * sky_start_page_focus_port:
 *
 * Puts the cursor into the port of the server to start.
 */
void
sky_start_page_focus_port (SkyStartPage *self)
{
  g_return_if_fail (SKY_IS_START_PAGE (self));

  gtk_widget_grab_focus (GTK_WIDGET (self->port));
}

static void
sky_start_page_dispose (GObject *object)
{
  g_clear_pointer (&SKY_START_PAGE (object)->scroller, gtk_widget_unparent);
  G_OBJECT_CLASS (sky_start_page_parent_class)->dispose (object);
}

/* The content stands in the middle, no wider than it likes to be. To align it would ask it how wide it is at a
 * height, which a flow box with labels that wrap cannot tell: GTK 4.18 complains, and makes it too wide. */
static int
get_content_width (GtkWidget *middle, int available)
{
  int minimum, natural;

  gtk_widget_measure (gtk_widget_get_first_child (middle), GTK_ORIENTATION_HORIZONTAL, -1, &minimum, &natural, NULL, NULL);
  return available < 0 ? natural : CLAMP (available, minimum, natural);
}

static GtkSizeRequestMode
get_request_mode (GtkWidget *middle)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
measure_content (GtkWidget *middle, GtkOrientation orientation, int for_size, int *minimum, int *natural,
                 int *minimum_baseline, int *natural_baseline)
{
  int size = orientation == GTK_ORIENTATION_VERTICAL ? get_content_width (middle, for_size) : -1;

  gtk_widget_measure (gtk_widget_get_first_child (middle), orientation, size, minimum, natural, NULL, NULL);
}

static void
allocate_content (GtkWidget *middle, int width, int height, int baseline)
{
  int content_width = get_content_width (middle, width);

  gtk_widget_size_allocate (gtk_widget_get_first_child (middle),
                            &(GtkAllocation) { (width - content_width) / 2, 0, content_width, height }, -1);
}

static void
sky_start_page_init (SkyStartPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_widget_set_layout_manager (self->middle, gtk_custom_layout_new (get_request_mode, measure_content, allocate_content));
  sky_left_to_right_keep (self->url);
  add_samples (self);
  g_signal_connect_object (self->sample, "notify::selected", G_CALLBACK (on_sample), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (gtk_editable_get_delegate (GTK_EDITABLE (self->port)), "activate",
                           G_CALLBACK (on_host), self, G_CONNECT_SWAPPED);
}

static void
sky_start_page_class_init (SkyStartPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sky_start_page_dispose;
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "win.back", NULL);
  gtk_widget_class_set_template_from_resource (widget_class, SKY_UI "start-page.ui");
  gtk_widget_class_bind_template_child (widget_class, SkyStartPage, scroller);
  gtk_widget_class_bind_template_child (widget_class, SkyStartPage, middle);
  gtk_widget_class_bind_template_child (widget_class, SkyStartPage, url);
  gtk_widget_class_bind_template_child (widget_class, SkyStartPage, url_error);
  gtk_widget_class_bind_template_child (widget_class, SkyStartPage, protocol);
  gtk_widget_class_bind_template_child (widget_class, SkyStartPage, sample);
  gtk_widget_class_bind_template_child (widget_class, SkyStartPage, port);
  gtk_widget_class_bind_template_child (widget_class, SkyStartPage, recent_box);
  gtk_widget_class_bind_template_child (widget_class, SkyStartPage, recent_list);
  gtk_widget_class_bind_template_child (widget_class, SkyStartPage, saved_box);
  gtk_widget_class_bind_template_child (widget_class, SkyStartPage, saved_list);
  gtk_widget_class_bind_template_child (widget_class, SkyStartPage, forget);
  gtk_widget_class_bind_template_callback (widget_class, on_connect);
  gtk_widget_class_bind_template_callback (widget_class, on_url_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_host);
  gtk_widget_class_bind_template_callback (widget_class, on_clear);
}
