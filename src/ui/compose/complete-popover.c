#include "ui/compose/complete-popover.h"

#include "ui/parts/label.h"
#include "ui/ui.h"

#define MIN_WIDTH  600 /* logical pixels */
#define MAX_WIDTH  760
#define MAX_HEIGHT 236
#define MANY       8 /* lines that have room without scrolling */

struct _SkyCompletePopover
{
  GtkPopover         parent_instance;
  GtkWidget         *entry; /* borrowed: its parent is ours too */
  GtkListBox        *list;
  GtkScrolledWindow *scroller;
  GtkSizeGroup      *titles; /* of one width */
};

G_DEFINE_FINAL_TYPE (SkyCompletePopover, sky_complete_popover, GTK_TYPE_POPOVER)

static guint chosen_signal;

static void
choose (SkyCompletePopover *self, GtkListBoxRow *row)
{
  guint index = (guint) gtk_list_box_row_get_index (row);

  gtk_popover_popdown (GTK_POPOVER (self));
  g_signal_emit (self, chosen_signal, 0, index);
}

/**
 * sky_complete_popover_clear:
 * @label: what the list is, for who hears it
 * @columns: whether what is noted of each begins at the same place
 *
 * Begins a new list.
 */
void
sky_complete_popover_clear (SkyCompletePopover *self, const char *label, gboolean columns)
{
  GtkWidget *row;

  g_return_if_fail (SKY_IS_COMPLETE_POPOVER (self));

  while ((row = gtk_widget_get_first_child (GTK_WIDGET (self->list))) != NULL)
    gtk_list_box_remove (self->list, row);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->list), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
  g_set_object (&self->titles, NULL);
  if (columns)
    self->titles = gtk_size_group_new (GTK_SIZE_GROUP_HORIZONTAL);
}

static GtkWidget *
append_label (GtkWidget *box, const char *text, const char *css_class)
{
  GtkWidget *label = sky_label_new_cut (text, css_class);

  gtk_label_set_single_line_mode (GTK_LABEL (label), TRUE);
  gtk_box_append (GTK_BOX (box), label);
  return label;
}

/**
 * sky_complete_popover_add:
 * @choice: copied
 *
 * Adds a line at the end.
 */
void
sky_complete_popover_add (SkyCompletePopover *self, const SkyChoice *choice)
{
  GtkWidget *row = gtk_list_box_row_new (), *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0), *title, *note;

  g_return_if_fail (SKY_IS_COMPLETE_POPOVER (self));

  if (choice->mark != NULL)
    append_label (box, choice->mark, "mark");
  title = append_label (box, choice->title, "title");
  gtk_label_set_max_width_chars (GTK_LABEL (title), 24);
  note = append_label (box, choice->note, "note");
  gtk_widget_set_hexpand (note, TRUE);
  if (choice->aside != NULL)
    gtk_label_set_ellipsize (GTK_LABEL (append_label (box, choice->aside, "aside")), PANGO_ELLIPSIZE_NONE);
  if (self->titles != NULL)
    gtk_size_group_add_widget (self->titles, title);
  else
    gtk_label_set_ellipsize (GTK_LABEL (title), PANGO_ELLIPSIZE_NONE);
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), box);
  gtk_widget_set_focusable (row, FALSE);
  gtk_widget_set_tooltip_text (row, choice->spoken); /* what is cut off in the line */
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  choice->spoken != NULL ? choice->spoken : choice->title, -1);
  gtk_list_box_append (self->list, row);
}

/* The list scrolls by itself for rows with the focus only. */
static void
scroll_to (SkyCompletePopover *self, GtkListBoxRow *row)
{
  GtkAdjustment *adjustment = gtk_scrolled_window_get_vadjustment (self->scroller);
  graphene_rect_t place;

  if (gtk_widget_compute_bounds (GTK_WIDGET (row), GTK_WIDGET (self->list), &place))
    gtk_adjustment_clamp_page (adjustment, place.origin.y, place.origin.y + place.size.height);
}

/* A scrolled window that may scroll is never as low as a single line. */
static void
allow_scrolling (SkyCompletePopover *self)
{
  gboolean many = gtk_list_box_get_row_at_index (self->list, MANY) != NULL;

  gtk_scrolled_window_set_policy (self->scroller, GTK_POLICY_NEVER, many ? GTK_POLICY_AUTOMATIC : GTK_POLICY_NEVER);
}

static void
select_index (SkyCompletePopover *self, guint index)
{
  GtkListBoxRow *row = index < G_MAXINT ? gtk_list_box_get_row_at_index (self->list, (int) index) : NULL;

  if (row != NULL)
    {
      gtk_list_box_select_row (self->list, row);
      scroll_to (self, row);
    }
  else
    gtk_list_box_unselect_all (self->list);
}

/**
 * sky_complete_popover_open:
 * @selected: index of the line that Return takes, or %SKY_CHOICE_NONE
 *
 * Shows the list above the entry, as wide as that or wider.
 */
void
sky_complete_popover_open (SkyCompletePopover *self, guint selected)
{
  GtkWidget *parent = gtk_widget_get_parent (GTK_WIDGET (self));
  GtkRoot *root = gtk_widget_get_root (parent);
  graphene_rect_t place;
  int width;

  g_return_if_fail (SKY_IS_COMPLETE_POPOVER (self));

  if (root == NULL || !gtk_widget_compute_bounds (self->entry, parent, &place))
    return;
  width = CLAMP ((int) place.size.width, MIN_WIDTH, MAX_WIDTH);
  gtk_widget_set_size_request (GTK_WIDGET (self->scroller), MIN (width, gtk_widget_get_width (GTK_WIDGET (root)) - 48), -1);
  gtk_popover_set_pointing_to (GTK_POPOVER (self), &(GdkRectangle) { (int) place.origin.x, (int) place.origin.y,
                                                                     width, (int) place.size.height });
  allow_scrolling (self);
  select_index (self, selected);
  if (selected == SKY_CHOICE_NONE)
    gtk_adjustment_set_value (gtk_scrolled_window_get_vadjustment (self->scroller), 0);
  gtk_popover_popup (GTK_POPOVER (self));
}

/* Beyond either end nothing is selected: what was typed counts. */
static void
move (SkyCompletePopover *self, int by)
{
  GtkListBoxRow *row = gtk_list_box_get_selected_row (self->list);
  GtkListBoxRow *last = GTK_LIST_BOX_ROW (gtk_widget_get_last_child (GTK_WIDGET (self->list)));
  int to = row != NULL ? gtk_list_box_row_get_index (row) + by : by > 0 ? 0 : gtk_list_box_row_get_index (last);

  select_index (self, to >= 0 ? (guint) to : SKY_CHOICE_NONE);
}

/**
 * sky_complete_popover_press:
 * @keyval: of a key that was pressed in the entry
 *
 * Returns: whether the list made use of it; never while it is hidden
 */
gboolean
sky_complete_popover_press (SkyCompletePopover *self, guint keyval)
{
  GtkListBoxRow *row = gtk_list_box_get_selected_row (self->list);

  g_return_val_if_fail (SKY_IS_COMPLETE_POPOVER (self), FALSE);

  if (!gtk_widget_get_visible (GTK_WIDGET (self)))
    return FALSE;
  switch (keyval)
    {
    case GDK_KEY_Down:
    case GDK_KEY_KP_Down:
    case GDK_KEY_Up:
    case GDK_KEY_KP_Up:
      move (self, keyval == GDK_KEY_Down || keyval == GDK_KEY_KP_Down ? 1 : -1);
      return TRUE;
    case GDK_KEY_Return:
    case GDK_KEY_KP_Enter:
    case GDK_KEY_ISO_Enter:
      if (row != NULL)
        choose (self, row);
      else
        gtk_popover_popdown (GTK_POPOVER (self));
      return row != NULL;
    case GDK_KEY_Escape:
      gtk_popover_popdown (GTK_POPOVER (self));
      return TRUE;
    default:
      return FALSE;
    }
}

static void
sky_complete_popover_dispose (GObject *object)
{
  g_clear_object (&SKY_COMPLETE_POPOVER (object)->titles);
  G_OBJECT_CLASS (sky_complete_popover_parent_class)->dispose (object);
}

static void
sky_complete_popover_class_init (SkyCompletePopoverClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = sky_complete_popover_dispose;
  chosen_signal = g_signal_new ("chosen", SKY_TYPE_COMPLETE_POPOVER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
                                1, G_TYPE_UINT);
}

static void
sky_complete_popover_init (SkyCompletePopover *self)
{
  self->list = GTK_LIST_BOX (gtk_list_box_new ());
  self->scroller = GTK_SCROLLED_WINDOW (gtk_scrolled_window_new ());
  gtk_list_box_set_selection_mode (self->list, GTK_SELECTION_SINGLE);
  g_signal_connect_swapped (self->list, "row-activated", G_CALLBACK (choose), self);
  gtk_scrolled_window_set_propagate_natural_height (self->scroller, TRUE);
  gtk_scrolled_window_set_max_content_height (self->scroller, MAX_HEIGHT);
  gtk_scrolled_window_set_child (self->scroller, GTK_WIDGET (self->list));
  gtk_popover_set_child (GTK_POPOVER (self), GTK_WIDGET (self->scroller));
  gtk_popover_set_autohide (GTK_POPOVER (self), FALSE);
  gtk_popover_set_has_arrow (GTK_POPOVER (self), FALSE);
  gtk_popover_set_position (GTK_POPOVER (self), GTK_POS_TOP);
  gtk_widget_set_can_focus (GTK_WIDGET (self->scroller), FALSE);
  gtk_widget_add_css_class (GTK_WIDGET (self), "complete");
}

/**
 * sky_complete_popover_new:
 * @entry: above which it stands; its parent becomes the list's too, which the caller unparents
 *
 * Returns: (transfer none): a hidden list
 */
SkyCompletePopover *
sky_complete_popover_new (GtkWidget *entry)
{
  SkyCompletePopover *self = g_object_new (SKY_TYPE_COMPLETE_POPOVER, NULL);

  self->entry = entry;
  gtk_widget_set_parent (GTK_WIDGET (self), gtk_widget_get_parent (entry));
  return self;
}
