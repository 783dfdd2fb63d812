/* Loaded before a GTK 4 program (LD_PRELOAD), this tells which words cannot be read in full. At SIGUSR1 it walks
 * through all windows and writes to the file $CUT_TEXT_OUT a line for each label that is shortened, clipped, or beyond
 * what holds it: "WHY<tab>WHERE<tab>TEXT", and last "END<tab>WINDOWS<tab>LABELS". Which of them are the program's own
 * words is for the test to say. With $CUT_TEXT_CATALOGS the program takes its catalogs from there: it is not installed. */
#define _GNU_SOURCE
#include <gtk/gtk.h>
#include <dlfcn.h>
#include <glib-unix.h>
#include <libintl.h>
#include <signal.h>

#define SLACK 1.5 /* logical pixels: a letter's edge, and rounding */

static GString *report;
static GHashTable *badges; /* texts that a cell has painted shortened */
static guint n_labels;

static void
tell (const char *why, GtkWidget *where, const char *text)
{
  g_autofree char *line = g_strdup (text);

  g_string_append_printf (report, "%s\t", why);
  for (guint depth = 0; where != NULL && depth < 12; where = gtk_widget_get_parent (where), depth++)
    if (depth == 0 || g_str_has_prefix (G_OBJECT_TYPE_NAME (where), "Sky") || GTK_IS_WINDOW (where))
      g_string_append_printf (report, "%s ", G_OBJECT_TYPE_NAME (where));
  g_string_append_printf (report, "\t%s\n", g_strdelimit (line, "\n\t", ' '));
}

/* What a person can scroll down to is not lost. A list or a viewport is itself as small as what scrolls it. */
static gboolean
scrolls_down (GtkWidget *widget)
{
  GtkPolicyType policy;

  if (GTK_IS_SCROLLABLE (widget))
    widget = gtk_widget_get_ancestor (widget, GTK_TYPE_SCROLLED_WINDOW);
  if (!GTK_IS_SCROLLED_WINDOW (widget))
    return FALSE;
  gtk_scrolled_window_get_policy (GTK_SCROLLED_WINDOW (widget), NULL, &policy);
  return policy != GTK_POLICY_NEVER && policy != GTK_POLICY_EXTERNAL;
}

/* Returns: whether @label is beyond the edge of something around it */
static gboolean
sticks_out (GtkWidget *label, GtkOrientation way)
{
  for (GtkWidget *around = gtk_widget_get_parent (label); around != NULL; around = gtk_widget_get_parent (around))
    {
      graphene_rect_t bounds;
      double begin, end, room;

      if (way == GTK_ORIENTATION_VERTICAL && scrolls_down (around))
        return FALSE;
      if (!gtk_widget_compute_bounds (label, around, &bounds))
        return FALSE;
      begin = way == GTK_ORIENTATION_HORIZONTAL ? bounds.origin.x : bounds.origin.y;
      end = begin + (way == GTK_ORIENTATION_HORIZONTAL ? bounds.size.width : bounds.size.height);
      room = way == GTK_ORIENTATION_HORIZONTAL ? gtk_widget_get_width (around) : gtk_widget_get_height (around);
      if ((GTK_IS_NATIVE (around) || gtk_widget_get_overflow (around) == GTK_OVERFLOW_HIDDEN)
          && (begin < -SLACK || end > room + SLACK))
        return TRUE;
      if (GTK_IS_NATIVE (around))
        return FALSE;
    }
  return FALSE;
}

static void
judge (GtkWidget *label)
{
  const char *text = gtk_label_get_text (GTK_LABEL (label));
  PangoLayout *layout = gtk_label_get_layout (GTK_LABEL (label));
  int width, height;

  if (*text == '\0')
    return;
  n_labels++;
  pango_layout_get_pixel_size (layout, &width, &height);
  if (pango_layout_is_ellipsized (layout))
    tell ("shortened", label, text);
  else if (width > gtk_widget_get_width (label) + SLACK || height > gtk_widget_get_height (label) + SLACK)
    tell ("squeezed", label, text);
  else if (sticks_out (label, GTK_ORIENTATION_HORIZONTAL) || sticks_out (label, GTK_ORIENTATION_VERTICAL))
    tell ("clipped", label, text);
}

static void
walk (GtkWidget *widget)
{
  if (!gtk_widget_get_mapped (widget))
    return;
  if (GTK_IS_LABEL (widget))
    judge (widget);
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL; child = gtk_widget_get_next_sibling (child))
    walk (child);
}

static gboolean
on_signal (gpointer user_data)
{
  GListModel *windows = gtk_window_get_toplevels ();
  guint n_windows = g_list_model_get_n_items (windows);
  GHashTableIter iter;
  gpointer text;

  report = g_string_new (NULL);
  n_labels = 0;
  for (guint i = 0; i < n_windows; i++)
    {
      g_autoptr(GtkWidget) window = g_list_model_get_item (windows, i);

      walk (window);
    }
  g_hash_table_iter_init (&iter, badges);
  while (g_hash_table_iter_next (&iter, &text, NULL))
    tell ("shortened", NULL, text);
  g_hash_table_remove_all (badges);
  g_string_append_printf (report, "END\t%u\t%u\n", n_windows, n_labels);
  g_file_set_contents (g_getenv ("CUT_TEXT_OUT"), report->str, (gssize) report->len, NULL);
  g_string_free (report, TRUE);
  return G_SOURCE_CONTINUE;
}

char *
bindtextdomain (const char *domain, const char *folder)
{
  static char *(*real) (const char *, const char *);
  const char *catalogs = g_getenv ("CUT_TEXT_CATALOGS");

  if (real == NULL)
    real = (char *(*) (const char *, const char *)) dlsym (RTLD_NEXT, "bindtextdomain");
  if (g_strcmp0 (domain, "sockeye") != 0)
    return real (domain, folder);
  if (badges == NULL && g_getenv ("CUT_TEXT_OUT") != NULL)
    {
      badges = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
      g_unix_signal_add (SIGUSR1, on_signal, NULL);
    }
  return real (domain, catalogs != NULL ? catalogs : folder);
}

/* The badges of a timeline are no labels: their letters are white, and data's are not. */
void
gtk_snapshot_append_layout (GtkSnapshot *snapshot, PangoLayout *layout, const GdkRGBA *color)
{
  static void (*append) (GtkSnapshot *, PangoLayout *, const GdkRGBA *);

  if (append == NULL)
    append = (void (*) (GtkSnapshot *, PangoLayout *, const GdkRGBA *)) dlsym (RTLD_NEXT, "gtk_snapshot_append_layout");
  if (badges != NULL && gdk_rgba_equal (color, &(GdkRGBA) { 1, 1, 1, 1 }) && pango_layout_is_ellipsized (layout))
    g_hash_table_add (badges, g_strdup (pango_layout_get_text (layout)));
  append (snapshot, layout, color);
}
