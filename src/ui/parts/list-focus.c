#include "ui/parts/list-focus.h"

/* The focus goes to what stands beside @widget, or beside what that stands in. */
static gboolean
focus_beyond (GtkWidget *widget, GtkDirectionType direction)
{
  for (; widget != NULL; widget = gtk_widget_get_parent (widget))
    {
      GtkWidget *next = widget;

      while ((next = direction == GTK_DIR_TAB_FORWARD ? gtk_widget_get_next_sibling (next)
                                                      : gtk_widget_get_prev_sibling (next))
             != NULL)
        if (gtk_widget_child_focus (next, direction))
          return TRUE;
    }
  return FALSE;
}

static gboolean
on_key (GtkWidget *list, guint key, guint code, GdkModifierType state)
{
  if (state & (GDK_CONTROL_MASK | GDK_ALT_MASK))
    return GDK_EVENT_PROPAGATE;
  if (key == GDK_KEY_Tab || key == GDK_KEY_KP_Tab)
    return focus_beyond (list, GTK_DIR_TAB_FORWARD);
  if (key == GDK_KEY_ISO_Left_Tab)
    return focus_beyond (list, GTK_DIR_TAB_BACKWARD);
  return GDK_EVENT_PROPAGATE;
}

/**
 * sky_list_focus_leave_on_tab:
 * @list: a GtkListView or GtkColumnView
 *
 * Arrows walk the rows, Tab and Shift+Tab leave the list: GTK 4.8 walks the rows with both, and on
 * a busy connection their end is never reached.
 */
void
sky_list_focus_leave_on_tab (GtkWidget *list)
{
  GtkEventController *keys = gtk_event_controller_key_new ();

  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  g_signal_connect_swapped (keys, "key-pressed", G_CALLBACK (on_key), list);
  gtk_widget_add_controller (list, keys);
}

static void
on_stop_search (GtkSearchEntry *entry, GtkWidget *list)
{
  if (*gtk_editable_get_text (GTK_EDITABLE (entry)) != '\0')
    gtk_editable_set_text (GTK_EDITABLE (entry), "");
  else
    gtk_widget_child_focus (list, GTK_DIR_TAB_FORWARD);
}

/**
 * sky_list_focus_leave_search:
 * @entry: what filters @list
 *
 * Escape empties the filter; from an empty one it leads into the list.
 */
void
sky_list_focus_leave_search (GtkSearchEntry *entry, GtkWidget *list)
{
  g_signal_connect_object (entry, "stop-search", G_CALLBACK (on_stop_search), list, 0);
}

/* Returns: (nullable): what has the focus, if that is within @area */
GtkWidget *
sky_list_focus_get_within (GtkWidget *area)
{
  GtkRoot *root = gtk_widget_get_root (area);
  GtkWidget *focus = root != NULL ? gtk_root_get_focus (root) : NULL;

  return focus != NULL && gtk_widget_is_ancestor (focus, area) ? focus : NULL;
}

/**
 * sky_list_focus_is_lost:
 * @before: (nullable): what had the focus before others were shown
 *
 * A button that was pressed may have nobody left to be pressed for: the focus would be lost with it.
 *
 * Returns: whether @before cannot be used any more
 */
gboolean
sky_list_focus_is_lost (GtkWidget *before)
{
  return before != NULL && !(gtk_widget_is_sensitive (before) && gtk_widget_get_mapped (before));
}

/**
 * sky_list_focus_pass:
 * @widget: it has one child, and a grab_focus() that puts the cursor somewhere into that
 *
 * GtkWidgetClass.focus for such a widget. GTK's own tries grab_focus() before and behind all that is within: Tab would leave
 * out what comes first there, and Shift+Tab never come out again.
 */
gboolean
sky_list_focus_pass (GtkWidget *widget, GtkDirectionType direction)
{
  GtkWidget *child = gtk_widget_get_first_child (widget);

  return child != NULL && gtk_widget_child_focus (child, direction);
}
