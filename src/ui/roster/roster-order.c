#include "ui/roster/roster-order.h"

#include "base/clock.h"
#include "ui/roster/roster-node.h"
#include "ui/ui.h"

#define KEEP_USEC G_USEC_PER_SEC
#define OFFERS    "sky-order-offers" /* on a view: columns, each at the index of its SkyRosterBy */

struct _SkyRosterMeasures
{
  SkyRoster  *roster;
  GHashTable *known; /* key of a node → Measure */
  gint64      since_usec;
  SkyRosterBy by;
};

typedef struct
{
  SkyRosterKind kind;
  double        number;
  char         *text; /* nullable */
} Measure;

typedef struct
{
  char          *key;
  const Measure *measure;
  guint          position; /* before: what is alike stays in order */
} Line;

static void
measure_free (gpointer data)
{
  g_free (((Measure *) data)->text);
  g_free (data);
}

SkyRosterMeasures *
sky_roster_measures_new (SkyRoster *roster)
{
  SkyRosterMeasures *self = g_new0 (SkyRosterMeasures, 1);

  self->roster = g_object_ref (roster);
  self->known = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, measure_free);
  return self;
}

void
sky_roster_measures_free (SkyRosterMeasures *self)
{
  g_hash_table_unref (self->known);
  g_object_unref (self->roster);
  g_free (self);
}

/* Room 10 comes after room 9. */
static char *
make_sort_key (const char *name)
{
  g_autofree char *folded = g_utf8_casefold (name, -1);

  return g_utf8_collate_key_for_filename (folded, -1);
}

static void
measure_socket (SkyRosterMeasures *self, SkyRosterNode *node, Measure *out)
{
  const char *nsp = sky_roster_node_get_nsp (node), *id = sky_roster_node_get_socket (node);
  SkyRosterSocket socket;

  if (!sky_roster_find_socket (self->roster, nsp, id, &socket))
    return;
  switch (self->by)
    {
    case SKY_ROSTER_BY_NAME:
      out->text = make_sort_key (socket.label != NULL ? socket.label : id);
      break;
    case SKY_ROSTER_BY_SPACE:
      out->text = g_strdup (nsp);
      break;
    case SKY_ROSTER_BY_ADDRESS:
      out->text = g_strdup (socket.address);
      break;
    case SKY_ROSTER_BY_TRANSPORT:
      out->text = g_strdup (socket.transport);
      break;
    case SKY_ROSTER_BY_RATE:
      out->number = sky_roster_get_rate (self->roster, nsp, NULL, id, sky_clock_now_usec ());
      break;
    case SKY_ROSTER_BY_LATENCY:
      out->number = (double) socket.latency_usec;
      break;
    case SKY_ROSTER_BY_BUFFERED:
      out->number = (double) socket.n_buffered;
      break;
    case SKY_ROSTER_BY_IN:
      out->number = (double) socket.n_in;
      break;
    case SKY_ROSTER_BY_OUT:
      out->number = (double) socket.n_out;
      break;
    case SKY_ROSTER_BY_COMING:
    case SKY_ROSTER_BY_COUNT:
      break;
    }
}

static Measure *
measure (SkyRosterMeasures *self, const char *key)
{
  g_autoptr(SkyRosterNode) node = sky_roster_node_new (key);
  const char *nsp = sky_roster_node_get_nsp (node), *room = sky_roster_node_get_room (node);
  Measure *out = g_new0 (Measure, 1);

  out->kind = sky_roster_node_get_kind (node);
  if (out->kind == SKY_ROSTER_SOCKET)
    measure_socket (self, node, out);
  else if (self->by == SKY_ROSTER_BY_NAME)
    out->text = make_sort_key (room != NULL ? room : nsp);
  else if (self->by == SKY_ROSTER_BY_COUNT)
    out->number = sky_roster_get_n_sockets (self->roster, nsp, room);
  else if (self->by == SKY_ROSTER_BY_RATE)
    out->number = sky_roster_get_rate (self->roster, nsp, room, NULL, sky_clock_now_usec ());
  g_hash_table_insert (self->known, g_strdup (key), out);
  return out;
}

/* Rooms stand before sockets, whatever the order. */
static int
compare (gconstpointer a, gconstpointer b, gpointer descending)
{
  const Line *first = a, *second = b;
  const Measure *x = first->measure, *y = second->measure;
  int sign = GPOINTER_TO_INT (descending) ? -1 : 1;
  int texts = g_strcmp0 (x->text, y->text);

  if (x->kind != y->kind)
    return x->kind < y->kind ? -1 : 1;
  if (x->number != y->number)
    return x->number < y->number ? -sign : sign;
  if (texts != 0)
    return sign * texts;
  return first->position < second->position ? -1 : 1;
}

/**
 * sky_roster_measures_sort:
 * @keys: (element-type utf8): of nodes, in the order in which they come
 */
void
sky_roster_measures_sort (SkyRosterMeasures *self, GPtrArray *keys, const SkyRosterOrder *order)
{
  g_autoptr(GArray) lines = g_array_sized_new (FALSE, FALSE, sizeof (Line), keys->len);
  gint64 now_usec = g_get_monotonic_time ();

  if (order->by == SKY_ROSTER_BY_COMING)
    return;
  if (order->by != self->by || now_usec - self->since_usec >= KEEP_USEC)
    {
      g_hash_table_remove_all (self->known);
      self->since_usec = now_usec;
      self->by = order->by;
    }
  for (guint i = 0; i < keys->len; i++)
    {
      Line line = { keys->pdata[i], g_hash_table_lookup (self->known, keys->pdata[i]), i };

      if (line.measure == NULL)
        line.measure = measure (self, line.key);
      g_array_append_val (lines, line);
    }
  g_array_sort_with_data (lines, compare, GINT_TO_POINTER (order->descending));
  for (guint i = 0; i < keys->len; i++)
    keys->pdata[i] = g_array_index (lines, Line, i).key;
}

/* A column view tells nobody by which column it is sorted (GTK 4.8): the first one that is asked is it. */
static int asked;

static int
on_compare (gconstpointer a, gconstpointer b, gpointer by)
{
  if (asked < 0)
    asked = GPOINTER_TO_INT (by);
  return GTK_ORDERING_SMALLER;
}

/**
 * sky_roster_order_offer:
 * @column: a click at its title sorts by it; whoever fills the table does so
 */
void
sky_roster_order_offer (GtkColumnView *view, GtkColumnViewColumn *column, SkyRosterBy by)
{
  g_autoptr(GtkSorter) sorter = GTK_SORTER (gtk_custom_sorter_new (on_compare, GINT_TO_POINTER (by), NULL));
  GPtrArray *offers = g_object_get_data (G_OBJECT (view), OFFERS);

  if (offers == NULL)
    {
      offers = g_ptr_array_new ();
      g_object_set_data_full (G_OBJECT (view), OFFERS, offers, (GDestroyNotify) g_ptr_array_unref);
    }
  if (offers->len <= by)
    g_ptr_array_set_size (offers, (int) by + 1);
  offers->pdata[by] = column;
  gtk_column_view_column_set_sorter (column, sorter);
}

/* Returns: what was chosen last, by a title or with sky_roster_order_set() */
SkyRosterOrder
sky_roster_order_get (GtkColumnView *view)
{
  g_autoptr(GObject) a = g_object_new (G_TYPE_OBJECT, NULL), b = g_object_new (G_TYPE_OBJECT, NULL);
  GtkOrdering ordering;

  asked = -1;
  ordering = gtk_sorter_compare (gtk_column_view_get_sorter (view), a, b);
  return (SkyRosterOrder) { asked < 0 ? SKY_ROSTER_BY_COMING : (SkyRosterBy) asked,
                            asked >= 0 && ordering == GTK_ORDERING_LARGER };
}

void
sky_roster_order_set (GtkColumnView *view, SkyRosterOrder order)
{
  GPtrArray *offers = g_object_get_data (G_OBJECT (view), OFFERS);
  GtkColumnViewColumn *column = offers != NULL && order.by < offers->len ? offers->pdata[order.by] : NULL;

  gtk_column_view_sort_by_column (view, column, order.descending ? GTK_SORT_DESCENDING : GTK_SORT_ASCENDING);
}

/* Of a menu: what it changes, and what it stands at. */
typedef struct
{
  GtkColumnView      *view; /* borrowed: it outlives the button beside it */
  GSimpleActionGroup *actions;
} Menu;

/* Of numbers the highest is looked for. */
static gboolean
is_number (SkyRosterBy by)
{
  return by == SKY_ROSTER_BY_COUNT || by == SKY_ROSTER_BY_RATE || by >= SKY_ROSTER_BY_LATENCY;
}

static void
on_menu (GSimpleAction *action, GVariant *value, gpointer user_data)
{
  Menu *menu = user_data;
  SkyRosterOrder order = sky_roster_order_get (menu->view);

  if (g_variant_is_of_type (value, G_VARIANT_TYPE_BOOLEAN))
    order.descending = g_variant_get_boolean (value);
  else
    order = (SkyRosterOrder) { (SkyRosterBy) g_variant_get_int32 (value),
                               is_number ((SkyRosterBy) g_variant_get_int32 (value)) };
  sky_roster_order_set (menu->view, order);
}

static void
on_sorter (GtkSorter *sorter, GtkSorterChange change, gpointer user_data)
{
  Menu *menu = user_data;
  SkyRosterOrder order = sky_roster_order_get (menu->view);
  GAction *descending = g_action_map_lookup_action (G_ACTION_MAP (menu->actions), "descending");

  g_simple_action_set_state (G_SIMPLE_ACTION (g_action_map_lookup_action (G_ACTION_MAP (menu->actions), "by")),
                             g_variant_new_int32 (order.by));
  g_simple_action_set_state (G_SIMPLE_ACTION (descending), g_variant_new_boolean (order.descending));
  g_simple_action_set_enabled (G_SIMPLE_ACTION (descending), order.by != SKY_ROSTER_BY_COMING);
}

static void
menu_free (gpointer data, GClosure *closure)
{
  g_object_unref (((Menu *) data)->actions);
  g_free (data);
}

/**
 * sky_roster_order_fill_menu:
 * @button: gets the menu
 * @view: whose order it chooses
 * @offers: (array length=n_offers): in the order of the menu; their titles are translated
 * @more: (nullable): a section below
 *
 * To be called once, after the titles of the table have got their sorters.
 */
void
sky_roster_order_fill_menu (GtkMenuButton *button, GtkColumnView *view, const SkyRosterOffer *offers, gsize n_offers,
                            GMenuModel *more)
{
  static const GActionEntry entries[] = { { "by", on_menu, "i", "0" }, { "descending", NULL, NULL, "false", on_menu } };
  g_autoptr(GMenu) model = g_menu_new (), by = g_menu_new (), way = g_menu_new ();
  Menu *menu = g_new0 (Menu, 1);

  menu->view = view;
  menu->actions = g_simple_action_group_new ();
  g_action_map_add_action_entries (G_ACTION_MAP (menu->actions), entries, G_N_ELEMENTS (entries), menu);
  gtk_widget_insert_action_group (GTK_WIDGET (button), "order", G_ACTION_GROUP (menu->actions));
  for (gsize i = 0; i < n_offers; i++)
    {
      g_autofree char *action = g_strdup_printf ("order.by(%d)", offers[i].by);

      g_menu_append (by, _(offers[i].title), action);
    }
  g_menu_append (way, _("Descending"), "order.descending");
  g_menu_append_section (model, NULL, G_MENU_MODEL (by));
  g_menu_append_section (model, NULL, G_MENU_MODEL (way));
  if (more != NULL)
    g_menu_append_section (model, NULL, more);
  gtk_menu_button_set_menu_model (button, G_MENU_MODEL (model));
  g_signal_connect_data (gtk_column_view_get_sorter (view), "changed", G_CALLBACK (on_sorter), menu, menu_free, 0);
  on_sorter (NULL, 0, menu);
}
