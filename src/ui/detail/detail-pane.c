#include "ui/detail/detail-pane.h"

#include "trace/detail-tree.h"
#include "ui/detail/explain-view.h"
#include "ui/detail/hex-view.h"
#include "ui/detail/layers-view.h"
#include "ui/detail/payload-view.h"
#include "ui/parts/list-focus.h"
#include "ui/ui.h"

typedef enum { TAB_LAYERS, TAB_PAYLOAD, TAB_BYTES, TAB_EXPLAIN, N_TABS } Tab;

static const struct
{
  const char *name, *title;
} tabs[N_TABS] = {
  [TAB_LAYERS] = { "layers", N_("Layers") },
  [TAB_PAYLOAD] = { "payload", N_("Payload") },
  [TAB_BYTES] = { "bytes", N_("Bytes") },
  [TAB_EXPLAIN] = { "explain", N_("Explain") },
};

struct _SkyDetailPane
{
  GtkWidget      parent_instance;
  GtkWidget     *box, *placeholder;
  GtkStack      *stack;
  GtkWidget     *pages[N_TABS]; /* nullable: made when first looked at */
  SkyHexView    *bytes;
  SkyStore      *store; /* nullable: nothing is chosen */
  guint32        number;
  SkyDetailTree *tree; /* nullable: made when first needed */
  gboolean       stale[N_TABS];
  guint          tick;
};

G_DEFINE_FINAL_TYPE (SkyDetailPane, sky_detail_pane, GTK_TYPE_WIDGET)

static SkyDetailTree *
get_tree (SkyDetailPane *self)
{
  if (self->tree == NULL && self->store != NULL)
    self->tree = sky_detail_tree_new (self->store, self->number);
  return self->tree;
}

static GtkWidget *
make_view (SkyDetailPane *self, Tab tab)
{
  GtkWidget *scroller;

  switch (tab)
    {
    case TAB_LAYERS:
      return sky_layers_view_new ();
    case TAB_PAYLOAD:
      return sky_payload_view_new ();
    case TAB_EXPLAIN:
      return sky_explain_view_new ();
    case TAB_BYTES:
    case N_TABS:
    default:
      scroller = gtk_scrolled_window_new ();
      self->bytes = SKY_HEX_VIEW (sky_hex_view_new ());
      gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), GTK_WIDGET (self->bytes));
      return scroller;
    }
}

static void
fill_bytes (SkyDetailPane *self)
{
  SkyDetailTree *tree = get_tree (self);

  sky_hex_view_clear (self->bytes);
  for (guint i = 0; tree != NULL && i < sky_detail_tree_get_n_buffers (tree); i++)
    {
      const char *title;
      GBytes *bytes = sky_detail_tree_get_buffer (tree, i, &title);

      sky_hex_view_add_buffer (self->bytes, title, bytes);
    }
}

/* Only what is looked at is filled, and only when it has changed. */
static void
fill (SkyDetailPane *self, Tab tab)
{
  if (self->pages[tab] == NULL)
    {
      self->pages[tab] = make_view (self, tab);
      gtk_box_append (GTK_BOX (gtk_stack_get_child_by_name (self->stack, tabs[tab].name)),
                      self->pages[tab]);
      gtk_widget_set_vexpand (self->pages[tab], TRUE);
    }
  if (!self->stale[tab])
    return;
  self->stale[tab] = FALSE;
  switch (tab)
    {
    case TAB_LAYERS:
      sky_layers_view_set_tree (SKY_LAYERS_VIEW (self->pages[tab]), get_tree (self));
      break;
    case TAB_PAYLOAD:
      sky_payload_view_set_record (SKY_PAYLOAD_VIEW (self->pages[tab]), self->store, self->number);
      break;
    case TAB_BYTES:
      fill_bytes (self);
      break;
    case TAB_EXPLAIN:
      sky_explain_view_set_record (SKY_EXPLAIN_VIEW (self->pages[tab]), self->store, self->number);
      break;
    case N_TABS:
    default:
      break;
    }
}

static void
fill_visible (SkyDetailPane *self)
{
  const char *name = gtk_stack_get_visible_child_name (self->stack);

  for (Tab i = 0; i < N_TABS; i++)
    if (g_strcmp0 (name, tabs[i].name) == 0)
      fill (self, i);
}

static void
invalidate (SkyDetailPane *self)
{
  g_clear_object (&self->tree);
  for (Tab i = 0; i < N_TABS; i++)
    self->stale[i] = TRUE;
  if (self->store != NULL && gtk_widget_get_mapped (GTK_WIDGET (self)))
    fill_visible (self);
}

static gboolean
on_tick (GtkWidget *widget, GdkFrameClock *clock, gpointer user_data)
{
  SkyDetailPane *self = SKY_DETAIL_PANE (widget);

  self->tick = 0;
  invalidate (self);
  return G_SOURCE_REMOVE;
}

/* An ack, or an attachment, may come while its event is looked at. */
static void
on_amended (SkyDetailPane *self, guint number)
{
  if (number == self->number && self->tick == 0)
    self->tick = gtk_widget_add_tick_callback (GTK_WIDGET (self), on_tick, NULL, NULL);
}

/**
 * sky_detail_pane_set_record:
 * @store: (nullable): the trace
 * @number: of the record to show; %SKY_RECORD_NONE for none
 */
void
sky_detail_pane_set_record (SkyDetailPane *self, SkyStore *store, guint32 number)
{
  g_return_if_fail (SKY_IS_DETAIL_PANE (self));

  if (number == SKY_RECORD_NONE || (store != NULL && sky_store_get_record (store, number) == NULL))
    store = NULL;
  if (self->store != NULL)
    g_signal_handlers_disconnect_by_data (self->store, self);
  g_set_object (&self->store, store);
  self->number = number;
  if (store != NULL)
    g_signal_connect_object (store, "amended", G_CALLBACK (on_amended), self, G_CONNECT_SWAPPED);
  gtk_widget_set_visible (GTK_WIDGET (self->stack), store != NULL);
  gtk_widget_set_visible (self->placeholder, store == NULL);
  invalidate (self);
}

static void
sky_detail_pane_map (GtkWidget *widget)
{
  SkyDetailPane *self = SKY_DETAIL_PANE (widget);

  GTK_WIDGET_CLASS (sky_detail_pane_parent_class)->map (widget);
  if (self->store != NULL)
    fill_visible (self);
}

/* Enter on a row of the timeline comes here. */
static gboolean
sky_detail_pane_grab_focus (GtkWidget *widget)
{
  return gtk_widget_child_focus (GTK_WIDGET (SKY_DETAIL_PANE (widget)->stack), GTK_DIR_TAB_FORWARD);
}

static void
sky_detail_pane_dispose (GObject *object)
{
  SkyDetailPane *self = SKY_DETAIL_PANE (object);

  if (self->store != NULL)
    g_signal_handlers_disconnect_by_data (self->store, self);
  g_clear_object (&self->store);
  g_clear_object (&self->tree);
  g_clear_pointer (&self->box, gtk_widget_unparent);
  G_OBJECT_CLASS (sky_detail_pane_parent_class)->dispose (object);
}

static void
sky_detail_pane_class_init (SkyDetailPaneClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sky_detail_pane_dispose;
  widget_class->map = sky_detail_pane_map;
  widget_class->grab_focus = sky_detail_pane_grab_focus;
  widget_class->focus = sky_list_focus_pass;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}

static GtkWidget *
make_tab_bar (SkyDetailPane *self)
{
  GtkWidget *bar = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0),
            *switcher = gtk_stack_switcher_new ();

  gtk_stack_switcher_set_stack (GTK_STACK_SWITCHER (switcher), self->stack);
  gtk_widget_remove_css_class (switcher, "linked");
  gtk_widget_add_css_class (switcher, "tabs");
  gtk_widget_add_css_class (bar, "tab-bar");
  gtk_widget_add_css_class (bar, "detail-tabs");
  gtk_box_append (GTK_BOX (bar), switcher);
  return bar;
}

static void
sky_detail_pane_init (SkyDetailPane *self)
{
  self->number = SKY_RECORD_NONE;
  self->stack = GTK_STACK (gtk_stack_new ());
  gtk_stack_set_hhomogeneous (self->stack, FALSE);
  gtk_widget_set_vexpand (GTK_WIDGET (self->stack), TRUE);
  for (Tab i = 0; i < N_TABS; i++)
    gtk_stack_add_titled (self->stack, gtk_box_new (GTK_ORIENTATION_VERTICAL, 0), tabs[i].name,
                          _(tabs[i].title));
  g_signal_connect_swapped (self->stack, "notify::visible-child", G_CALLBACK (fill_visible), self);
  self->placeholder
      = gtk_label_new (_("Select a record to see its layers, its payload and its bytes."));
  gtk_label_set_wrap (GTK_LABEL (self->placeholder), TRUE);
  gtk_label_set_justify (GTK_LABEL (self->placeholder), GTK_JUSTIFY_CENTER);
  gtk_widget_set_vexpand (self->placeholder, TRUE);
  gtk_widget_add_css_class (self->placeholder, "dim-label");
  gtk_widget_add_css_class (self->placeholder, "placeholder");
  gtk_widget_set_visible (GTK_WIDGET (self->stack), FALSE);
  self->box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  gtk_box_append (GTK_BOX (self->box), make_tab_bar (self));
  gtk_box_append (GTK_BOX (self->box), GTK_WIDGET (self->stack));
  gtk_box_append (GTK_BOX (self->box), self->placeholder);
  gtk_widget_set_parent (self->box, GTK_WIDGET (self));
  gtk_widget_add_css_class (GTK_WIDGET (self), "detail-pane");
  gtk_widget_set_size_request (GTK_WIDGET (self), 300, -1);
}

/**
 * sky_detail_pane_new:
 *
 * Returns: a pane without a record
 */
GtkWidget *
sky_detail_pane_new (void)
{
  return g_object_new (SKY_TYPE_DETAIL_PANE, NULL);
}
