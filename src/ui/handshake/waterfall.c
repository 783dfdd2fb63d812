#include "ui/handshake/waterfall.h"

#include "base/clock.h"
#include "ui/handshake/waterfall-bar.h"
#include "ui/ui.h"

struct _SkyWaterfall
{
  GtkWidget parent_instance;
  GtkGrid  *grid;
};

G_DEFINE_FINAL_TYPE (SkyWaterfall, sky_waterfall, GTK_TYPE_WIDGET)

static GtkWidget *
make_label (const char *text, float xalign, const char *css_class)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), xalign);
  if (css_class != NULL)
    gtk_widget_add_css_class (label, css_class);
  return label;
}

static void
add_phase (SkyWaterfall *self, int row, const SkyPhase *phase, gint64 total_usec)
{
  static const char *const classes[] = {
    [SKY_PHASE_RESOLVE] = "resolve", [SKY_PHASE_PROXY] = "proxy",
    [SKY_PHASE_CONNECT] = "connect", [SKY_PHASE_TLS] = "tls",
    [SKY_PHASE_REQUEST] = "request", [SKY_PHASE_UPGRADE] = "upgrade",
  };
  double whole = MAX (total_usec, 1);
  GtkWidget *bar = sky_waterfall_bar_new (phase->start_usec / whole, phase->len_usec / whole);
  GtkWidget *name = make_label (sky_phase_title (phase->kind), 0, NULL), *text;
  g_autofree char *span = sky_clock_format_span (phase->len_usec);
  GtkWidget *time = make_label (span, 1, "numeric");

  gtk_widget_set_hexpand (bar, TRUE);
  gtk_widget_add_css_class (bar, "phase");
  gtk_widget_add_css_class (bar, classes[phase->kind]);
  gtk_grid_attach (self->grid, name, 0, row, 1, 1);
  gtk_grid_attach (self->grid, bar, 1, row, 1, 1);
  gtk_grid_attach (self->grid, time, 2, row, 1, 1);
  text = make_label (phase->text, 0, "dim-label");
  gtk_label_set_ellipsize (GTK_LABEL (text), PANGO_ELLIPSIZE_END);
  gtk_label_set_max_width_chars (GTK_LABEL (text), 34);
  gtk_widget_set_tooltip_text (text, phase->text);
  gtk_widget_set_hexpand (text, FALSE);
  gtk_widget_add_css_class (text, "caption");
  gtk_grid_attach (self->grid, text, 3, row, 1, 1);
}

/**
 * sky_waterfall_set_handshake:
 * @handshake: (nullable): what to show; not kept
 */
void
sky_waterfall_set_handshake (SkyWaterfall *self, const SkyHandshake *handshake)
{
  GtkWidget *child;
  g_autofree char *total = NULL;
  guint n;

  g_return_if_fail (SKY_IS_WATERFALL (self));

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self->grid))) != NULL)
    gtk_grid_remove (self->grid, child);
  if (handshake == NULL || handshake->phases->len == 0)
    return;
  n = handshake->phases->len;
  for (guint i = 0; i < n; i++)
    add_phase (self, (int) i, g_ptr_array_index (handshake->phases, i), handshake->total_usec);
  total = sky_clock_format_span (handshake->total_usec);
  gtk_grid_attach (self->grid, make_label (_("In all"), 0, "dim-label"), 0, (int) n, 1, 1);
  gtk_grid_attach (self->grid, make_label (total, 1, "numeric"), 2, (int) n, 1, 1);
}

static void
sky_waterfall_dispose (GObject *object)
{
  SkyWaterfall *self = SKY_WATERFALL (object);

  if (self->grid != NULL)
    gtk_widget_unparent (GTK_WIDGET (self->grid));
  self->grid = NULL;
  G_OBJECT_CLASS (sky_waterfall_parent_class)->dispose (object);
}

static void
sky_waterfall_class_init (SkyWaterfallClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sky_waterfall_dispose;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
sky_waterfall_init (SkyWaterfall *self)
{
  self->grid = GTK_GRID (gtk_grid_new ());
  gtk_grid_set_column_spacing (self->grid, 14);
  gtk_grid_set_row_spacing (self->grid, 4);
  gtk_widget_set_parent (GTK_WIDGET (self->grid), GTK_WIDGET (self));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _("Phases of the handshake"), -1);
}

/**
 * sky_waterfall_new:
 *
 * Returns: a waterfall without phases
 */
GtkWidget *
sky_waterfall_new (void)
{
  return g_object_new (SKY_TYPE_WATERFALL, NULL);
}
