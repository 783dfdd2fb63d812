#include "ui/watch/watch-numbers.h"

#include "base/clock.h"
#include "ui/link/sparkline.h"
#include "ui/parts/label.h"
#include "ui/roster/roster-words.h"
#include "ui/ui.h"

#define MAX_SPACES   200 /* that are listed */
#define CHART_HEIGHT 44  /* logical pixels */

/* What is charted, a bar for ten seconds */
enum { CHART_CLIENTS, CHART_PACKETS, CHART_BYTES, N_CHARTS };

static const char *const titles[N_CHARTS] = {
  [CHART_CLIENTS] = N_("Connections"),
  [CHART_PACKETS] = N_("Packets"),
  [CHART_BYTES] = N_("Bytes"),
};

struct _SkyWatchNumbers
{
  GtkWidget      parent_instance;
  GtkWidget     *scroller;
  GtkGrid       *spaces, *traffic;
  SkySparkline  *lines[N_CHARTS];
  GtkLabel      *latest[N_CHARTS];
  SkyAdminWatch *watch; /* nullable */
  char          *listed; /* nullable: what stands in @spaces */
  guint          ticker; /* while it is seen */
};

G_DEFINE_FINAL_TYPE (SkyWatchNumbers, sky_watch_numbers, GTK_TYPE_WIDGET)

static GtkWidget *
attach_label (GtkGrid *grid, const char *text, int column, int row, const char *css)
{
  GtkWidget *label = sky_label_new_cut (text, css);

  gtk_label_set_xalign (GTK_LABEL (label), column == 0 ? 0 : 1);
  if (column == 0)
    gtk_widget_set_hexpand (label, TRUE);
  gtk_grid_attach (grid, label, column, row, 1, 1);
  return label;
}

static void
list_spaces (SkyWatchNumbers *self, SkyRoster *roster)
{
  guint n_spaces = sky_roster_get_n_namespaces (roster);
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self->spaces))) != NULL)
    gtk_grid_remove (self->spaces, child);
  for (guint i = 0; i < MIN (n_spaces, MAX_SPACES); i++)
    {
      const char *nsp = sky_roster_get_namespace (roster, i);
      g_autofree char *sockets = sky_roster_count_sockets ((guint) MAX (sky_roster_get_n_told (roster, nsp), 0));

      attach_label (self->spaces, nsp, 0, (int) i, NULL);
      attach_label (self->spaces, sockets, 1, (int) i, "numeric");
    }
  if (n_spaces > MAX_SPACES)
    {
      g_autofree char *more = g_strdup_printf (_("… and %u more"), n_spaces - MAX_SPACES);

      attach_label (self->spaces, more, 0, MAX_SPACES, "dim-label");
    }
}

/* Labels are made anew only for what is another: they may be selected, or read aloud. */
static void
show_spaces (SkyWatchNumbers *self)
{
  SkyRoster *roster = sky_admin_watch_get_roster (self->watch);
  guint n_spaces = sky_roster_get_n_namespaces (roster);
  GString *list = g_string_new (NULL);

  for (guint i = 0; i < MIN (n_spaces, MAX_SPACES); i++)
    {
      const char *nsp = sky_roster_get_namespace (roster, i);

      g_string_append_printf (list, "%s %d\n", nsp, sky_roster_get_n_told (roster, nsp));
    }
  g_string_append_printf (list, "%u", n_spaces);
  if (g_strcmp0 (list->str, self->listed) != 0)
    list_spaces (self, roster);
  g_free (self->listed);
  self->listed = g_string_free (list, FALSE);
}

static void
split (const SkyAdminTraffic *traffic, guint chart, guint64 *in, guint64 *out)
{
  *in = chart == CHART_CLIENTS ? traffic->n_connections : chart == CHART_PACKETS ? traffic->n_packets_in : traffic->n_bytes_in;
  *out = chart == CHART_CLIENTS   ? traffic->n_disconnections
         : chart == CHART_PACKETS ? traffic->n_packets_out
                                  : traffic->n_bytes_out;
}

static char *
format (guint chart, guint64 number)
{
  return chart == CHART_BYTES ? g_format_size (number) : g_strdup_printf ("%'" G_GUINT64_FORMAT, number);
}

/* The last ten seconds that are over: those that are under way are still being told. */
static void
show_chart (SkyWatchNumbers *self, guint chart, gint64 now_usec)
{
  g_autofree char *came = NULL, *went = NULL, *text = NULL, *name = NULL;
  SkyAdminTraffic traffic;
  guint64 in, out;

  sky_sparkline_clear (self->lines[chart]);
  for (guint age = SKY_ADMIN_N_TRAFFIC; age > 0; age--)
    {
      sky_admin_watch_get_traffic (self->watch, age - 1, now_usec, &traffic);
      split (&traffic, chart, &in, &out);
      sky_sparkline_push (self->lines[chart], (double) in + (double) out);
    }
  sky_admin_watch_get_traffic (self->watch, 1, now_usec, &traffic);
  split (&traffic, chart, &in, &out);
  came = format (chart, in);
  went = format (chart, out);
  text = chart == CHART_CLIENTS ? g_strdup_printf (_("%s came, %s went in 10 s"), came, went)
                                : g_strdup_printf (_("%s in, %s out in 10 s"), came, went);
  gtk_label_set_text (self->latest[chart], text);
  name = g_strdup_printf (_("%s over the last ten minutes: %s"), _(titles[chart]), text);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->lines[chart]), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
}

static void
refresh (SkyWatchNumbers *self)
{
  gint64 now_usec = sky_clock_now_usec ();

  if (self->watch == NULL)
    return;
  sky_roster_catch_up (sky_admin_watch_get_roster (self->watch));
  show_spaces (self);
  for (guint i = 0; i < N_CHARTS; i++)
    show_chart (self, i, now_usec);
}

static gboolean
on_timer (gpointer user_data)
{
  refresh (user_data);
  return G_SOURCE_CONTINUE;
}

static void
sky_watch_numbers_map (GtkWidget *widget)
{
  SkyWatchNumbers *self = SKY_WATCH_NUMBERS (widget);

  GTK_WIDGET_CLASS (sky_watch_numbers_parent_class)->map (widget);
  refresh (self);
  if (self->ticker == 0)
    self->ticker = g_timeout_add_seconds (1, on_timer, self);
}

static void
sky_watch_numbers_unmap (GtkWidget *widget)
{
  g_clear_handle_id (&SKY_WATCH_NUMBERS (widget)->ticker, g_source_remove);
  GTK_WIDGET_CLASS (sky_watch_numbers_parent_class)->unmap (widget);
}

/**
 * sky_watch_numbers_set_watch:
 * @watch: (nullable): whose numbers to show while it is seen
 */
void
sky_watch_numbers_set_watch (SkyWatchNumbers *self, SkyAdminWatch *watch)
{
  g_return_if_fail (SKY_IS_WATCH_NUMBERS (self));

  g_set_object (&self->watch, watch);
  if (gtk_widget_get_mapped (GTK_WIDGET (self)))
    refresh (self);
}

static void
sky_watch_numbers_dispose (GObject *object)
{
  SkyWatchNumbers *self = SKY_WATCH_NUMBERS (object);

  g_clear_handle_id (&self->ticker, g_source_remove);
  g_clear_pointer (&self->scroller, gtk_widget_unparent);
  g_clear_object (&self->watch);
  g_clear_pointer (&self->listed, g_free);
  G_OBJECT_CLASS (sky_watch_numbers_parent_class)->dispose (object);
}

static void
sky_watch_numbers_init (SkyWatchNumbers *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  for (guint i = 0; i < N_CHARTS; i++)
    {
      GtkWidget *line = g_object_new (SKY_TYPE_SPARKLINE, NULL);

      attach_label (self->traffic, _(titles[i]), 0, (int) (2 * i), NULL);
      self->latest[i] = GTK_LABEL (attach_label (self->traffic, "", 1, (int) (2 * i), "numeric"));
      self->lines[i] = SKY_SPARKLINE (line);
      gtk_widget_set_valign (line, GTK_ALIGN_FILL);
      gtk_widget_set_size_request (line, -1, CHART_HEIGHT);
      gtk_grid_attach (self->traffic, line, 0, (int) (2 * i + 1), 2, 1);
    }
}

static void
sky_watch_numbers_class_init (SkyWatchNumbersClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sky_watch_numbers_dispose;
  widget_class->map = sky_watch_numbers_map;
  widget_class->unmap = sky_watch_numbers_unmap;
  gtk_widget_class_set_template_from_resource (widget_class, SKY_UI "watch-numbers.ui");
  gtk_widget_class_bind_template_child (widget_class, SkyWatchNumbers, scroller);
  gtk_widget_class_bind_template_child (widget_class, SkyWatchNumbers, spaces);
  gtk_widget_class_bind_template_child (widget_class, SkyWatchNumbers, traffic);
}
