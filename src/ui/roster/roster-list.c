#include "ui/roster/roster-list.h"

#include "ui/roster/roster-place.h"
#include "ui/roster/roster-steps.h"

#define ROWS_A_FRAME 6  /* that come or move: each costs half a millisecond */
#define MAX_FILLED   24 /* rows of a list that is opened; the others come frame by frame */

struct _SkyRosterList
{
  GObject     parent_instance;
  SkyRosterPlace     place; /* owns what it points to */
  SkyRosterOrder     order;
  SkyRosterMeasures *measures;
  gboolean    filled;      /* somebody has asked what there is */
  gboolean    behind;      /* what is announced is not yet all that there is */
  GPtrArray  *keys;        /* what is announced, in order */
  GHashTable *live;        /* key → SkyRosterNode; they take themselves out */
  GHashTable *below;       /* key → SkyRosterList that somebody has open; the same */
};

static void sky_roster_list_model_init (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (SkyRosterList, sky_roster_list, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, sky_roster_list_model_init))

static GType
sky_roster_list_get_item_type (GListModel *model)
{
  return SKY_TYPE_ROSTER_NODE;
}

static GPtrArray *
collect (SkyRosterList *self)
{
  GPtrArray *keys = sky_roster_place_collect (&self->place);

  if (self->place.level != SKY_ROSTER_LEVEL_SPACES)
    sky_roster_measures_sort (self->measures, keys, &self->order);
  return keys;
}

/* Those below a row are only asked for whether there could be one, for the most part: they are filled when somebody
   looks. The others are at the top of what is shown. */
static gboolean
is_below (SkyRosterList *self)
{
  return self->place.level == SKY_ROSTER_LEVEL_ROOMS || self->place.level == SKY_ROSTER_LEVEL_SOCKETS;
}

static void
fill (SkyRosterList *self)
{
  if (self->filled || !is_below (self))
    return;
  self->filled = TRUE;
  g_ptr_array_unref (self->keys);
  self->keys = collect (self);
  self->behind = self->keys->len > MAX_FILLED;
  if (self->behind)
    g_ptr_array_set_size (self->keys, MAX_FILLED);
}

static guint
sky_roster_list_get_n_items (GListModel *model)
{
  fill (SKY_ROSTER_LIST (model));
  return SKY_ROSTER_LIST (model)->keys->len;
}

static gboolean
is_value (gpointer key, gpointer value, gpointer gone)
{
  return value == gone;
}

static void
on_gone (gpointer table, GObject *gone)
{
  g_hash_table_foreach_remove (table, is_value, gone);
  g_hash_table_unref (table);
}

/* The table keeps no reference: it forgets what nobody uses any more, even after the list. */
static gpointer
remember (GHashTable *table, const char *key, gpointer object)
{
  g_hash_table_insert (table, g_strdup (key), object);
  g_object_weak_ref (object, on_gone, g_hash_table_ref (table));
  return object;
}

static gpointer
sky_roster_list_get_item (GListModel *model, guint position)
{
  SkyRosterList *self = SKY_ROSTER_LIST (model);
  const char *key;
  SkyRosterNode *node;

  fill (self);
  if (position >= self->keys->len)
    return NULL;
  key = g_ptr_array_index (self->keys, position);
  node = g_hash_table_lookup (self->live, key);
  return node != NULL ? g_object_ref (node) : remember (self->live, key, sky_roster_node_new (key));
}

static void
sky_roster_list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = sky_roster_list_get_item_type;
  iface->get_n_items = sky_roster_list_get_n_items;
  iface->get_item = sky_roster_list_get_item;
}

static void
rename_node (SkyRosterList *self, SkyRosterNode *node, guint position)
{
  const char *key = self->keys->pdata[position];

  if (node == NULL)
    return;
  g_hash_table_insert (self->live, g_strdup (key), node);
  sky_roster_node_set_key (node, key);
}

static void
on_step (guint position, guint n_gone, guint n_came, gpointer user_data)
{
  g_list_model_items_changed (G_LIST_MODEL (user_data), position, n_gone, n_came);
}

/* Rows keep their nodes and those get other names, but for one that is open: what is below belongs to it. */
static gboolean
swap (guint position, guint other, gpointer user_data)
{
  SkyRosterList *self = user_data;
  char *one = self->keys->pdata[position], *two = self->keys->pdata[other];
  SkyRosterNode *first = g_hash_table_lookup (self->live, one), *second = g_hash_table_lookup (self->live, two);

  if (g_hash_table_contains (self->below, one) || g_hash_table_contains (self->below, two))
    return FALSE;
  self->keys->pdata[position] = two;
  self->keys->pdata[other] = one;
  g_hash_table_remove (self->live, one);
  g_hash_table_remove (self->live, two);
  rename_node (self, first, position);
  rename_node (self, second, other);
  return TRUE;
}

/* @keys: taken. Returns: whether anything is not as it was */
static gboolean
announce (SkyRosterList *self, GPtrArray *keys)
{
  g_autoptr(GPtrArray) after = keys;

  self->behind = FALSE;
  if (sky_roster_steps_is_same (self->keys, after))
    return FALSE;
  self->behind = !sky_roster_steps_take (self->keys, after, ROWS_A_FRAME, on_step, swap, self);
  return TRUE;
}

static GPtrArray *
hold_values (GHashTable *table)
{
  GPtrArray *held = g_ptr_array_new_with_free_func (g_object_unref);
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, table);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    g_ptr_array_add (held, g_object_ref (value));
  return held;
}

/**
 * sky_roster_list_refresh:
 * @sight: what is to be seen from now on
 *
 * Catches up with the roster, as far as the budget goes: once a frame is often enough.
 *
 * Returns: whether rows that can be opened came or went, here or below
 */
gboolean
sky_roster_list_refresh (SkyRosterList *self, const SkyRosterSight *sight)
{
  g_autoptr(GPtrArray) lists = NULL;
  gboolean changed;

  g_return_val_if_fail (SKY_IS_ROSTER_LIST (self), FALSE);

  g_free (self->place.words);
  self->place.words = sight->words != NULL && *sight->words != '\0' ? g_utf8_casefold (sight->words, -1) : NULL;
  self->place.private = sight->private;
  self->order = sight->order;
  if (is_below (self) && !self->filled)
    return FALSE;
  changed = announce (self, collect (self))
            && (self->place.level == SKY_ROSTER_LEVEL_SPACES || self->place.level == SKY_ROSTER_LEVEL_ROOMS);
  lists = hold_values (self->below);
  for (guint i = 0; i < lists->len; i++)
    {
      SkyRosterList *list = g_ptr_array_index (lists, i);

      changed |= sky_roster_list_refresh (list, sight);
      self->behind |= list->behind;
    }
  return changed;
}

/* Returns: whether there was more to announce than the budget of the last refresh allowed */
gboolean
sky_roster_list_is_behind (SkyRosterList *self)
{
  return self->behind;
}

/* Whoever shows rows of this list looks at their numbers again. */
void
sky_roster_list_refresh_nodes (SkyRosterList *self)
{
  g_autoptr(GPtrArray) nodes = hold_values (self->live);

  for (guint i = 0; i < nodes->len; i++)
    sky_roster_node_refresh (g_ptr_array_index (nodes, i));
}

static SkyRosterList *
make (SkyRoster *roster, SkyRosterLevel level, const char *nsp, const char *room)
{
  SkyRosterList *self = g_object_new (SKY_TYPE_ROSTER_LIST, NULL);

  self->place.roster = g_object_ref (roster);
  self->place.level = level;
  self->place.nsp = g_strdup (nsp);
  self->place.room = g_strdup (room);
  self->measures = sky_roster_measures_new (roster);
  return self;
}

/**
 * sky_roster_list_open:
 * @node: a row of this list
 *
 * Returns: (transfer full) (nullable): what is below it; sockets have nothing there
 */
SkyRosterList *
sky_roster_list_open (SkyRosterList *self, SkyRosterNode *node)
{
  const char *key = sky_roster_node_get_key (node);
  SkyRosterKind kind = sky_roster_node_get_kind (node);
  SkyRosterList *list = g_hash_table_lookup (self->below, key);

  if (kind == SKY_ROSTER_SOCKET)
    return NULL;
  if (list != NULL)
    return g_object_ref (list);
  list = make (self->place.roster, kind == SKY_ROSTER_SPACE ? SKY_ROSTER_LEVEL_ROOMS : SKY_ROSTER_LEVEL_SOCKETS,
               sky_roster_node_get_nsp (node), sky_roster_node_get_room (node));
  list->place.words = g_strdup (self->place.words);
  list->place.private = self->place.private;
  list->order = self->order;
  return remember (self->below, key, list);
}

/* Returns: the position of @key, or G_MAXUINT */
guint
sky_roster_list_find (SkyRosterList *self, const char *key)
{
  fill (self);
  for (guint i = 0; i < self->keys->len; i++)
    if (g_str_equal (self->keys->pdata[i], key))
      return i;
  return G_MAXUINT;
}

static void
sky_roster_list_finalize (GObject *object)
{
  SkyRosterList *self = SKY_ROSTER_LIST (object);

  g_hash_table_unref (self->live);
  g_hash_table_unref (self->below);
  g_ptr_array_unref (self->keys);
  sky_roster_measures_free (self->measures);
  g_object_unref (self->place.roster);
  g_free (self->place.nsp);
  g_free (self->place.room);
  g_free (self->place.words);
  G_OBJECT_CLASS (sky_roster_list_parent_class)->finalize (object);
}

static void
sky_roster_list_class_init (SkyRosterListClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = sky_roster_list_finalize;
}

static void
sky_roster_list_init (SkyRosterList *self)
{
  self->keys = g_ptr_array_new_with_free_func (g_free);
  self->live = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->below = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
}

/* Returns: (transfer full): the namespaces, with nothing in it before it is refreshed */
SkyRosterList *
sky_roster_list_new (SkyRoster *roster)
{
  return make (roster, SKY_ROSTER_LEVEL_SPACES, NULL, NULL);
}

/* Returns: (transfer full): all sockets, as above */
SkyRosterList *
sky_roster_list_new_sockets (SkyRoster *roster)
{
  return make (roster, SKY_ROSTER_LEVEL_ALL_SOCKETS, NULL, NULL);
}
