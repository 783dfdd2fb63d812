#include "ui/rules/rules-list.h"

#include <inttypes.h>

#include "ui/parts/left-to-right.h"
#include "ui/parts/list-focus.h"
#include "ui/parts/marks.h"
#include "ui/parts/table-columns.h"
#include "ui/ui.h"

#define LOOK_MSEC 250 /* between two looks at the counts */
#define HOT_LOOKS 3   /* so long a rule that fired stays lit */

#define ITEM    "sky-rules-item"    /* on a cell */
#define HANDLER "sky-rules-handler" /* on a cell */

/* One rule, as a row shows it. */
#define SKY_TYPE_RULES_ITEM (sky_rules_item_get_type ())
G_DECLARE_FINAL_TYPE (SkyRulesItem, sky_rules_item, SKY, RULES_ITEM, GObject)

struct _SkyRulesItem
{
  GObject parent_instance;
  char   *path, *label, *nsp; /* @nsp: nullable */
  guint   line, hot;          /* @hot: looks until it is dark again */
  guint64 n_fired;
};

G_DEFINE_FINAL_TYPE (SkyRulesItem, sky_rules_item, G_TYPE_OBJECT)

static guint item_changed_signal;

static void
sky_rules_item_finalize (GObject *object)
{
  SkyRulesItem *self = SKY_RULES_ITEM (object);

  g_free (self->path);
  g_free (self->label);
  g_free (self->nsp);
  G_OBJECT_CLASS (sky_rules_item_parent_class)->finalize (object);
}

static void
sky_rules_item_class_init (SkyRulesItemClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = sky_rules_item_finalize;
  item_changed_signal = g_signal_new ("changed", SKY_TYPE_RULES_ITEM, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
sky_rules_item_init (SkyRulesItem *self)
{
}

static SkyRulesItem *
item_new (const SkyRulesRow *row, guint64 n_fired)
{
  SkyRulesItem *self = g_object_new (SKY_TYPE_RULES_ITEM, NULL);

  self->path = g_strdup (row->path);
  self->label = g_strdup (row->label);
  self->nsp = g_strdup (row->nsp);
  self->line = row->line;
  self->n_fired = n_fired;
  return self;
}

struct _SkyRulesList
{
  GtkWidget      parent_instance;
  GtkWidget     *stack;
  GtkColumnView *view;
  GtkLabel      *empty;
  GListStore    *items; /* of SkyRulesItem */
  SkyHost       *host;  /* weak */
  SkyRules      *rules; /* nullable: those that the items are of */
  guint          timer;
};

G_DEFINE_FINAL_TYPE (SkyRulesList, sky_rules_list, GTK_TYPE_WIDGET)

static guint go_signal;

typedef enum { COLUMN_RULE, COLUMN_SPACE, COLUMN_FIRED, N_COLUMNS } Column;

static void
speak (GtkWidget *cell, SkyRulesItem *item)
{
  g_autofree char *fired
      = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "fired %" PRIu64 " time", "fired %" PRIu64 " times",
                                      (gulong) item->n_fired),
                         item->n_fired);
  g_autofree char *spoken = item->nsp != NULL
                                ? g_strdup_printf (_("Rule %s in %s, %s, line %u"), item->label, item->nsp, fired, item->line)
                                : g_strdup_printf (_("Rule %s, %s, line %u"), item->label, fired, item->line);

  sky_table_columns_speak (cell, spoken);
}

static void
show (GtkWidget *cell, SkyRulesItem *item, Column column)
{
  g_autofree char *number = column == COLUMN_FIRED ? g_strdup_printf ("%" G_GUINT64_FORMAT, item->n_fired) : NULL;

  gtk_label_set_text (GTK_LABEL (cell), column == COLUMN_RULE    ? item->label
                                        : column == COLUMN_SPACE ? (item->nsp != NULL ? item->nsp : "")
                                                                 : number);
  if (column != COLUMN_FIRED)
    return;
  sky_marks_set (cell, "hot", item->hot > 0);
  sky_marks_set (cell, "dim-label", item->n_fired == 0);
  speak (cell, item);
}

static void
on_setup (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer column)
{
  GtkWidget *label = gtk_label_new (NULL);
  gboolean rtl = gtk_widget_get_direction (label) == GTK_TEXT_DIR_RTL;

  gtk_label_set_xalign (GTK_LABEL (label), GPOINTER_TO_UINT (column) == COLUMN_FIRED ? 1 : 0);
  if (GPOINTER_TO_UINT (column) != COLUMN_FIRED)
    { /* "~^/.+$" is written in the rules, and runs as it does there */
      sky_left_to_right_keep (label);
      gtk_label_set_xalign (GTK_LABEL (label), rtl ? 1 : 0);
    }
  gtk_label_set_ellipsize (GTK_LABEL (label), GPOINTER_TO_UINT (column) == COLUMN_FIRED ? PANGO_ELLIPSIZE_NONE : PANGO_ELLIPSIZE_END);
  if (GPOINTER_TO_UINT (column) == COLUMN_FIRED)
    gtk_widget_add_css_class (label, "fired");
  if (GPOINTER_TO_UINT (column) == COLUMN_SPACE)
    gtk_widget_add_css_class (label, "dim-label");
  gtk_widget_add_css_class (label, "numeric");
  gtk_list_item_set_child (item, label);
}

static void
on_item_changed (SkyRulesItem *item, GtkWidget *cell)
{
  show (cell, item, GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (cell), "column")));
}

static void
on_bind (GtkSignalListItemFactory *factory, GtkListItem *list_item, gpointer column)
{
  GtkWidget *cell = gtk_list_item_get_child (list_item);
  SkyRulesItem *item = gtk_list_item_get_item (list_item);

  g_object_set_data (G_OBJECT (cell), "column", column);
  g_object_set_data_full (G_OBJECT (cell), ITEM, g_object_ref (item), g_object_unref);
  show (cell, item, GPOINTER_TO_UINT (column));
  g_object_set_data (G_OBJECT (cell), HANDLER,
                     GSIZE_TO_POINTER (g_signal_connect (item, "changed", G_CALLBACK (on_item_changed), cell)));
}

static void
on_unbind (GtkSignalListItemFactory *factory, GtkListItem *list_item, gpointer column)
{
  GtkWidget *cell = gtk_list_item_get_child (list_item);
  GObject *item = cell != NULL ? g_object_get_data (G_OBJECT (cell), ITEM) : NULL;

  if (item == NULL)
    return;
  g_signal_handler_disconnect (item, GPOINTER_TO_SIZE (g_object_get_data (G_OBJECT (cell), HANDLER)));
  g_object_set_data (G_OBJECT (cell), ITEM, NULL);
}

static void
add_columns (SkyRulesList *self)
{
  /* Translators: “Fired” heads the number of times that a rule has answered */
  static const char *const titles[N_COLUMNS] = { N_("Rule"), N_("Namespace"), N_("Fired") };
  static const int widths[N_COLUMNS] = { 0, 92, 60 };

  for (guint i = 0; i < N_COLUMNS; i++)
    {
      GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();

      g_signal_connect (factory, "setup", G_CALLBACK (on_setup), GUINT_TO_POINTER (i));
      g_signal_connect (factory, "bind", G_CALLBACK (on_bind), GUINT_TO_POINTER (i));
      g_signal_connect (factory, "unbind", G_CALLBACK (on_unbind), GUINT_TO_POINTER (i));
      sky_table_columns_add (self->view, factory, _(titles[i]), widths[i], i == COLUMN_FIRED);
    }
}

/* Whether the rows are those of before, so that their place in the list stays. */
static gboolean
is_alike (SkyRulesList *self, SkyRules *rules)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->items));

  if (rules == NULL || n != sky_rules_get_n_rows (rules))
    return FALSE;
  for (guint i = 0; i < n; i++)
    {
      g_autoptr(SkyRulesItem) item = g_list_model_get_item (G_LIST_MODEL (self->items), i);

      if (!g_str_equal (item->path, sky_rules_get_row (rules, i)->path))
        return FALSE;
    }
  return TRUE;
}

static void
refill (SkyRulesList *self, SkyRulesStage *stage, SkyRules *rules)
{
  guint n = rules != NULL ? sky_rules_get_n_rows (rules) : 0;
  g_autoptr(GPtrArray) items = g_ptr_array_new_with_free_func (g_object_unref);
  gboolean spaces = FALSE;

  for (guint i = 0; i < n; i++)
    {
      const SkyRulesRow *row = sky_rules_get_row (rules, i);

      spaces = spaces || row->nsp != NULL;
      g_ptr_array_add (items, item_new (row, sky_rules_stage_get_fired (stage, i)));
    }
  g_list_store_splice (self->items, 0, g_list_model_get_n_items (G_LIST_MODEL (self->items)), items->pdata, items->len);
  sky_table_columns_show (self->view, COLUMN_SPACE, spaces);
  gtk_stack_set_visible_child_name (GTK_STACK (self->stack), n > 0 ? "rows" : "empty");
  gtk_label_set_text (self->empty, rules == NULL
                                       ? _("No rules are played: the server sends back what it hears, and acks what is to be acked.")
                                       : _("These rules answer nothing yet: events are flagged as “no listener”."));
}

static void
update (SkyRulesList *self, SkyRulesStage *stage)
{
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->items)); i++)
    {
      g_autoptr(SkyRulesItem) item = g_list_model_get_item (G_LIST_MODEL (self->items), i);
      guint64 n_fired = sky_rules_stage_get_fired (stage, i);
      guint line = sky_rules_get_row (self->rules, i)->line, hot = item->hot;

      item->hot = n_fired > item->n_fired ? HOT_LOOKS : hot > 0 ? hot - 1 : 0;
      if (n_fired == item->n_fired && line == item->line && (hot > 0) == (item->hot > 0))
        continue;
      item->n_fired = n_fired;
      item->line = line;
      g_signal_emit (item, item_changed_signal, 0);
    }
}

/**
 * sky_rules_list_refresh:
 *
 * Looks at what the host plays now.
 */
void
sky_rules_list_refresh (SkyRulesList *self)
{
  SkyRulesStage *stage;
  SkyRules *rules;

  g_return_if_fail (SKY_IS_RULES_LIST (self));

  stage = self->host != NULL ? sky_host_get_stage (self->host) : NULL;
  rules = stage != NULL ? sky_rules_stage_get_rules (stage) : NULL;
  if (rules == NULL || (rules != self->rules && !is_alike (self, rules)))
    refill (self, stage, rules);
  if (rules != self->rules)
    {
      g_clear_pointer (&self->rules, sky_rules_unref);
      self->rules = rules != NULL ? sky_rules_ref (rules) : NULL;
    }
  if (rules != NULL)
    update (self, stage);
}

static gboolean
on_look (gpointer user_data)
{
  sky_rules_list_refresh (user_data);
  return G_SOURCE_CONTINUE;
}

static void
sky_rules_list_map (GtkWidget *widget)
{
  SkyRulesList *self = SKY_RULES_LIST (widget);

  GTK_WIDGET_CLASS (sky_rules_list_parent_class)->map (widget);
  sky_rules_list_refresh (self);
  if (self->timer == 0)
    self->timer = g_timeout_add (LOOK_MSEC, on_look, self);
}

static void
sky_rules_list_unmap (GtkWidget *widget)
{
  g_clear_handle_id (&SKY_RULES_LIST (widget)->timer, g_source_remove);
  GTK_WIDGET_CLASS (sky_rules_list_parent_class)->unmap (widget);
}

static void
on_activate (SkyRulesList *self, guint position)
{
  g_signal_emit (self, go_signal, 0, position);
}

static void
sky_rules_list_dispose (GObject *object)
{
  SkyRulesList *self = SKY_RULES_LIST (object);

  g_clear_handle_id (&self->timer, g_source_remove);
  g_clear_pointer (&self->stack, gtk_widget_unparent);
  g_clear_object (&self->items);
  g_clear_pointer (&self->rules, sky_rules_unref);
  g_clear_weak_pointer (&self->host);
  G_OBJECT_CLASS (sky_rules_list_parent_class)->dispose (object);
}

static void
make_empty (SkyRulesList *self)
{
  self->empty = GTK_LABEL (gtk_label_new (NULL));
  gtk_label_set_wrap (self->empty, TRUE);
  gtk_label_set_justify (self->empty, GTK_JUSTIFY_CENTER);
  gtk_widget_set_valign (GTK_WIDGET (self->empty), GTK_ALIGN_START);
  gtk_widget_add_css_class (GTK_WIDGET (self->empty), "dim-label");
  gtk_widget_add_css_class (GTK_WIDGET (self->empty), "placeholder");
  gtk_stack_add_named (GTK_STACK (self->stack), GTK_WIDGET (self->empty), "empty");
}

static void
sky_rules_list_init (SkyRulesList *self)
{
  GtkWidget *scroller = gtk_scrolled_window_new ();
  GtkNoSelection *selection;

  gtk_widget_set_layout_manager (GTK_WIDGET (self), gtk_bin_layout_new ());
  self->items = g_list_store_new (SKY_TYPE_RULES_ITEM);
  selection = gtk_no_selection_new (G_LIST_MODEL (g_object_ref (self->items)));
  self->view = GTK_COLUMN_VIEW (gtk_column_view_new (GTK_SELECTION_MODEL (selection)));
  gtk_column_view_set_single_click_activate (self->view, TRUE);
  gtk_widget_add_css_class (GTK_WIDGET (self->view), "records");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->view), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Rules that are played"), -1);
  add_columns (self);
  sky_list_focus_leave_on_tab (GTK_WIDGET (self->view));
  g_signal_connect_object (self->view, "activate", G_CALLBACK (on_activate), self, G_CONNECT_SWAPPED);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scroller), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), GTK_WIDGET (self->view));
  self->stack = gtk_stack_new ();
  gtk_stack_add_named (GTK_STACK (self->stack), scroller, "rows");
  make_empty (self);
  gtk_widget_set_parent (self->stack, GTK_WIDGET (self));
}

static void
sky_rules_list_class_init (SkyRulesListClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sky_rules_list_dispose;
  widget_class->map = sky_rules_list_map;
  widget_class->unmap = sky_rules_list_unmap;
  go_signal = g_signal_new ("go", SKY_TYPE_RULES_LIST, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_UINT);
  gtk_widget_class_set_css_name (widget_class, "ruleslist");
}

/* @host: whose rules are listed; not kept alive */
void
sky_rules_list_set_host (SkyRulesList *self, SkyHost *host)
{
  g_return_if_fail (SKY_IS_RULES_LIST (self));

  g_set_weak_pointer (&self->host, host);
  sky_rules_list_refresh (self);
}
