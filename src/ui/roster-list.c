#include "ui/roster-list.h"

#include <string.h>

#define MAX_RUNS 32 /* places in which rows come and go that are announced one by one */

typedef enum { LEVEL_SPACES, LEVEL_ROOMS, LEVEL_SOCKETS, LEVEL_ALL_SOCKETS } Level;

struct _SkyRosterList
{
  GObject     parent_instance;
  SkyRoster  *roster;
  Level       level;
  char       *nsp, *room;  /* nullable: whose level it is */
  char       *words;       /* nullable: casefolded */
  gboolean    private;
  SkyRosterOrder     order;
  SkyRosterMeasures *measures;
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

static guint
sky_roster_list_get_n_items (GListModel *model)
{
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

static gboolean
matches (SkyRosterList *self, const char *name)
{
  g_autofree char *folded = NULL;

  if (self->words == NULL)
    return TRUE;
  folded = name != NULL ? g_utf8_casefold (name, -1) : NULL;
  return folded != NULL && strstr (folded, self->words) != NULL;
}

static gboolean
socket_matches (SkyRosterList *self, const SkyRosterSocket *socket)
{
  return matches (self, socket->id) || matches (self, socket->label) || matches (self, socket->address);
}

static gboolean
has_matching_socket (SkyRosterList *self, const char *nsp, const char *room)
{
  guint n_sockets = sky_roster_get_n_sockets (self->roster, nsp, room);
  SkyRosterSocket socket;

  for (guint i = 0; i < n_sockets; i++)
    if (sky_roster_get_socket (self->roster, nsp, room, i, &socket) && socket_matches (self, &socket))
      return TRUE;
  return FALSE;
}

static gboolean
space_matches (SkyRosterList *self, const char *nsp)
{
  guint n_rooms = sky_roster_get_n_rooms (self->roster, nsp, FALSE);

  if (matches (self, nsp) || has_matching_socket (self, nsp, NULL))
    return TRUE;
  for (guint i = 0; i < n_rooms; i++)
    if (matches (self, sky_roster_get_room (self->roster, nsp, i, FALSE)))
      return TRUE;
  return FALSE;
}

static void
add_spaces (SkyRosterList *self, GPtrArray *keys)
{
  guint n_spaces = sky_roster_get_n_namespaces (self->roster);

  for (guint i = 0; i < n_spaces; i++)
    {
      const char *nsp = sky_roster_get_namespace (self->roster, i);

      if (*nsp != '\0' && space_matches (self, nsp)) /* nobody is in a room without Socket.IO */
        g_ptr_array_add (keys, sky_roster_node_make_key (nsp, NULL, NULL));
    }
}

/* Whether a socket is in no room but its own. */
static gboolean
is_alone (SkyRosterList *self, const SkyRosterSocket *socket)
{
  g_autoptr(GPtrArray) rooms = sky_roster_get_rooms_of (self->roster, socket->nsp, socket->id);

  return rooms->len == 0;
}

static void
add_sockets (SkyRosterList *self, GPtrArray *keys, const char *nsp, const char *room, gboolean all, gboolean alone)
{
  guint n_sockets = sky_roster_get_n_sockets (self->roster, nsp, room);
  SkyRosterSocket socket;

  for (guint i = 0; i < n_sockets; i++)
    if (sky_roster_get_socket (self->roster, nsp, room, i, &socket) && (all || socket_matches (self, &socket))
        && (!alone || is_alone (self, &socket)))
      g_ptr_array_add (keys, sky_roster_node_make_key (nsp, room, socket.id));
}

static void
add_rooms (SkyRosterList *self, GPtrArray *keys, gboolean private)
{
  guint n_rooms = sky_roster_get_n_rooms (self->roster, self->nsp, private);
  gboolean all = matches (self, self->nsp);

  for (guint i = 0; i < n_rooms; i++)
    {
      const char *room = sky_roster_get_room (self->roster, self->nsp, i, private);

      if (all || matches (self, room) || has_matching_socket (self, self->nsp, room))
        g_ptr_array_add (keys, sky_roster_node_make_key (self->nsp, room, NULL));
    }
}

static GPtrArray *
collect (SkyRosterList *self)
{
  GPtrArray *keys = g_ptr_array_new_with_free_func (g_free);
  guint n_spaces = sky_roster_get_n_namespaces (self->roster);

  switch (self->level)
    {
    case LEVEL_SPACES:
      add_spaces (self, keys);
      break;
    case LEVEL_ROOMS:
      add_rooms (self, keys, FALSE);
      if (self->private)
        add_rooms (self, keys, TRUE);
      else
        add_sockets (self, keys, self->nsp, NULL, matches (self, self->nsp), TRUE);
      break;
    case LEVEL_SOCKETS:
      add_sockets (self, keys, self->nsp, self->room, matches (self, self->nsp) || matches (self, self->room), FALSE);
      break;
    case LEVEL_ALL_SOCKETS:
      for (guint i = 0; i < n_spaces; i++)
        {
          const char *nsp = sky_roster_get_namespace (self->roster, i);

          add_sockets (self, keys, nsp, NULL, matches (self, nsp), FALSE);
        }
      break;
    }
  if (self->level != LEVEL_SPACES)
    sky_roster_measures_sort (self->measures, keys, &self->order);
  return keys;
}

static GHashTable *
make_set (GPtrArray *keys)
{
  GHashTable *set = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < keys->len; i++)
    g_hash_table_add (set, keys->pdata[i]);
  return set;
}

/* How many from @at on are not in @set. */
static guint
count_strange (GPtrArray *keys, guint at, GHashTable *set)
{
  guint n = 0;

  while (at + n < keys->len && !g_hash_table_contains (set, keys->pdata[at + n]))
    n++;
  return n;
}

/* Returns: in how many places rows come or go, or G_MAXUINT if others change places */
static guint
count_runs (GPtrArray *before, GPtrArray *after, GHashTable *old, GHashTable *new)
{
  guint n_runs = 0;

  for (guint i = 0, j = 0; i < before->len || j < after->len;)
    {
      guint n_gone = count_strange (before, i, new), n_come = count_strange (after, j, old);

      i += n_gone;
      j += n_come;
      n_runs += n_gone + n_come > 0;
      if (i >= before->len && j >= after->len)
        break;
      if (i >= before->len || j >= after->len || !g_str_equal (before->pdata[i++], after->pdata[j++]))
        return G_MAXUINT;
    }
  return n_runs;
}

/* Place by place: rows that stay keep their widgets, and those are what costs. */
static void
announce_runs (SkyRosterList *self, GPtrArray *after, GHashTable *old, GHashTable *new)
{
  for (guint i = 0; i < after->len || i < self->keys->len; i++)
    {
      guint n_gone = count_strange (self->keys, i, new), n_come = count_strange (after, i, old);

      if (n_gone > 0)
        g_ptr_array_remove_range (self->keys, i, n_gone);
      for (guint k = 0; k < n_come; k++)
        g_ptr_array_insert (self->keys, (int) (i + k), g_strdup (after->pdata[i + k]));
      if (n_gone + n_come > 0)
        g_list_model_items_changed (G_LIST_MODEL (self), i, n_gone, n_come);
      i += n_come;
    }
}

static gboolean
is_same (GPtrArray *before, GPtrArray *after)
{
  guint i = 0;

  while (i < before->len && i < after->len && g_str_equal (before->pdata[i], after->pdata[i]))
    i++;
  return i == before->len && i == after->len;
}

/* @keys: taken. Returns: whether anything is not as it was */
static gboolean
announce (SkyRosterList *self, GPtrArray *keys)
{
  g_autoptr(GPtrArray) after = keys;
  g_autoptr(GPtrArray) names = NULL; /* of what there was: it goes while @old is still asked */
  g_autoptr(GHashTable) old = NULL, new = NULL;
  guint n_before = self->keys->len, n_runs;

  if (is_same (self->keys, after))
    return FALSE;
  names = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; i < n_before; i++)
    g_ptr_array_add (names, g_strdup (self->keys->pdata[i]));
  old = make_set (names);
  new = make_set (after);
  n_runs = count_runs (names, after, old, new);
  if (n_runs <= MAX_RUNS)
    {
      announce_runs (self, after, old, new);
      return TRUE;
    }
  g_ptr_array_unref (self->keys);
  self->keys = g_steal_pointer (&after);
  g_list_model_items_changed (G_LIST_MODEL (self), 0, n_before, self->keys->len);
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
 * Catches up with the roster: once a frame is often enough.
 *
 * Returns: whether rows that can be opened came or went, here or below
 */
gboolean
sky_roster_list_refresh (SkyRosterList *self, const SkyRosterSight *sight)
{
  g_autoptr(GPtrArray) nodes = NULL, lists = NULL;
  gboolean changed;

  g_return_val_if_fail (SKY_IS_ROSTER_LIST (self), FALSE);

  g_free (self->words);
  self->words = sight->words != NULL && *sight->words != '\0' ? g_utf8_casefold (sight->words, -1) : NULL;
  self->private = sight->private;
  self->order = sight->order;
  changed = announce (self, collect (self)) && (self->level == LEVEL_SPACES || self->level == LEVEL_ROOMS);
  nodes = hold_values (self->live);
  for (guint i = 0; i < nodes->len; i++)
    sky_roster_node_refresh (g_ptr_array_index (nodes, i));
  lists = hold_values (self->below);
  for (guint i = 0; i < lists->len; i++)
    changed |= sky_roster_list_refresh (g_ptr_array_index (lists, i), sight);
  return changed;
}

static SkyRosterList *
make (SkyRoster *roster, Level level, const char *nsp, const char *room)
{
  SkyRosterList *self = g_object_new (SKY_TYPE_ROSTER_LIST, NULL);

  self->roster = g_object_ref (roster);
  self->level = level;
  self->nsp = g_strdup (nsp);
  self->room = g_strdup (room);
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
  list = make (self->roster, kind == SKY_ROSTER_SPACE ? LEVEL_ROOMS : LEVEL_SOCKETS, sky_roster_node_get_nsp (node),
               sky_roster_node_get_room (node));
  list->words = g_strdup (self->words);
  list->private = self->private;
  list->order = self->order;
  announce (list, collect (list));
  return remember (self->below, key, list);
}

/* Returns: the position of @key, or G_MAXUINT */
guint
sky_roster_list_find (SkyRosterList *self, const char *key)
{
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
  g_object_unref (self->roster);
  g_free (self->nsp);
  g_free (self->room);
  g_free (self->words);
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
  return make (roster, LEVEL_SPACES, NULL, NULL);
}

/* Returns: (transfer full): all sockets, as above */
SkyRosterList *
sky_roster_list_new_sockets (SkyRoster *roster)
{
  return make (roster, LEVEL_ALL_SOCKETS, NULL, NULL);
}
