#include "ui/detail/explain-view.h"

#include "base/clock.h"
#include "ui/parts/label.h"
#include "ui/ui.h"

#define FAULT_MARK "⚠" /* how sky_explain() begins a paragraph on a broken rule */

struct _SkyExplainView
{
  GtkWidget  parent_instance;
  GtkWidget *scroller;
  GtkBox    *box;
};

G_DEFINE_FINAL_TYPE (SkyExplainView, sky_explain_view, GTK_TYPE_WIDGET)

static void
add_label (GtkBox *box, const char *text, const char *css_class)
{
  GtkWidget *label = sky_label_new_wrapped (text, css_class);

  gtk_label_set_selectable (GTK_LABEL (label), TRUE);
  gtk_widget_set_can_focus (label, FALSE);
  gtk_widget_set_hexpand (label, TRUE);
  gtk_box_append (box, label);
}

static void
add_fault (GtkBox *box, const char *text)
{
  GtkWidget *fault = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8),
            *mark = gtk_label_new (FAULT_MARK);

  gtk_widget_set_valign (mark, GTK_ALIGN_START);
  gtk_widget_add_css_class (fault, "fault-box");
  gtk_box_append (GTK_BOX (fault), mark);
  add_label (GTK_BOX (fault), text, NULL);
  gtk_box_append (box, fault);
}

static char *
direction (SkyStore *store, const SkyRecord *record)
{
  const SkyStoreLink *link = sky_store_get_link (store, record->link);

  if (record->layer == SKY_LAYER_NOTE)
    return g_strdup (_("a note of Sockeye's own"));
  if (link != NULL && link->role == SKY_ROLE_RELAY)
    return g_strdup (record->from == SKY_FROM_CLIENT ? _("↑ from the client")
                                                     : _("↓ from the server"));
  return g_strdup (sky_store_is_in (store, record) ? _("↓ received") : _("↑ sent"));
}

static void
add_headline (SkyExplainView *self, SkyStore *store, guint32 number, const SkyRecord *record)
{
  SkyBytesSource source = sky_store_get_source (store);
  g_auto(SkySummary) summary = { 0 };
  g_autofree char *title = NULL, *line = NULL;
  g_autofree char *way = direction (store, record),
                  *when = sky_clock_format_time (record->time_usec);
  gboolean named = record->kind == SKY_KIND_EVENT || record->kind == SKY_KIND_BINARY_EVENT;

  sky_summary_make (&summary, number, &source, 256);
  title
      = named && summary.event != NULL
            ? g_strdup_printf (_("%s event “%s”"), sky_layer_title (record->layer), summary.event)
            : g_strdup_printf ("%s %s", sky_layer_title (record->layer),
                               summary.event != NULL ? summary.event : sky_kind_id (record->kind));
  line = g_strdup_printf (_("#%u · %s · %s"), number + 1, way, when);
  add_label (self->box, title, "title-4");
  add_label (self->box, line, "dim-label");
}

/**
 * sky_explain_view_set_record:
 * @store: (nullable): the trace, or %NULL to show nothing
 */
void
sky_explain_view_set_record (SkyExplainView *self, SkyStore *store, guint32 number)
{
  const SkyRecord *record = store != NULL ? sky_store_get_record (store, number) : NULL;
  GtkWidget *child;
  SkyBytesSource source;
  g_autofree char *text = NULL;
  g_auto(GStrv) paragraphs = NULL;

  g_return_if_fail (SKY_IS_EXPLAIN_VIEW (self));

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self->box))) != NULL)
    gtk_box_remove (self->box, child);
  if (record == NULL)
    return;
  add_headline (self, store, number, record);
  source = sky_store_get_source (store);
  text = sky_explain (number, &source);
  paragraphs = g_strsplit (text, "\n\n", -1);
  for (guint i = 0; paragraphs[i] != NULL; i++)
    if (g_str_has_prefix (paragraphs[i], FAULT_MARK))
      add_fault (self->box, g_strchug (paragraphs[i] + strlen (FAULT_MARK)));
    else if (*paragraphs[i] != '\0')
      add_label (self->box, paragraphs[i], NULL);
}

static void
sky_explain_view_dispose (GObject *object)
{
  g_clear_pointer (&SKY_EXPLAIN_VIEW (object)->scroller, gtk_widget_unparent);
  G_OBJECT_CLASS (sky_explain_view_parent_class)->dispose (object);
}

static void
sky_explain_view_class_init (SkyExplainViewClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = sky_explain_view_dispose;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BIN_LAYOUT);
}

static void
sky_explain_view_init (SkyExplainView *self)
{
  self->box = GTK_BOX (gtk_box_new (GTK_ORIENTATION_VERTICAL, 10));
  gtk_widget_add_css_class (GTK_WIDGET (self->box), "explain");
  self->scroller = gtk_scrolled_window_new ();
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (self->scroller), GTK_POLICY_NEVER,
                                  GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (self->scroller), GTK_WIDGET (self->box));
  gtk_widget_set_parent (self->scroller, GTK_WIDGET (self));
}

/**
 * sky_explain_view_new:
 *
 * Returns: a view without a record
 */
GtkWidget *
sky_explain_view_new (void)
{
  return g_object_new (SKY_TYPE_EXPLAIN_VIEW, NULL);
}
