#include "peer/host/host-rooms.h"

#include "base/json.h"

struct _SkyHostRooms
{
  GHashTable *spaces; /* name → Space */
};

typedef struct
{
  char       *name;
  GHashTable *members; /* set of SkyHostMember, owned */
  GHashTable *rooms;   /* name → Room */
} Space;

typedef struct
{
  char       *name;
  GHashTable *members; /* set of SkyHostMember, borrowed */
} Room;

struct _SkyHostMember
{
  char      *id;
  Space     *space;
  gpointer   owner;
  GPtrArray *rooms;  /* of Room, in the order of joining */
  guint      n_told; /* events since sky_host_member_take_told() */
  char      *pid;    /* nullable */
  guint64    offset;
};

static void
member_free (gpointer data)
{
  SkyHostMember *self = data;

  g_ptr_array_unref (self->rooms);
  g_free (self->pid);
  g_free (self->id);
  g_free (self);
}

static void
room_free (gpointer data)
{
  Room *self = data;

  g_hash_table_unref (self->members);
  g_free (self->name);
  g_free (self);
}

static void
space_free (gpointer data)
{
  Space *self = data;

  g_hash_table_unref (self->rooms);
  g_hash_table_unref (self->members);
  g_free (self->name);
  g_free (self);
}

SkyHostRooms *
sky_host_rooms_new (void)
{
  SkyHostRooms *self = g_new0 (SkyHostRooms, 1);

  self->spaces = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, space_free);
  return self;
}

/* Whoever is still in it goes as well. */
void
sky_host_rooms_free (SkyHostRooms *self)
{
  g_hash_table_unref (self->spaces);
  g_free (self);
}

static Space *
get_space (SkyHostRooms *self, const char *nsp)
{
  Space *space = g_hash_table_lookup (self->spaces, nsp);

  if (space != NULL)
    return space;
  space = g_new0 (Space, 1);
  space->name = g_strdup (nsp);
  space->members = g_hash_table_new_full (NULL, NULL, member_free, NULL);
  space->rooms = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, room_free);
  g_hash_table_insert (self->spaces, space->name, space);
  return space;
}

static Room *
get_room (Space *space, const char *name)
{
  Room *room = g_hash_table_lookup (space->rooms, name);

  if (room != NULL)
    return room;
  room = g_new0 (Room, 1);
  room->name = g_strdup (name);
  room->members = g_hash_table_new (NULL, NULL);
  g_hash_table_insert (space->rooms, room->name, room);
  return room;
}

static void
drop_from_room (SkyHostMember *member, Room *room)
{
  g_hash_table_remove (room->members, member);
  if (g_hash_table_size (room->members) == 0)
    g_hash_table_remove (member->space->rooms, room->name);
}

/**
 * sky_host_rooms_enter:
 * @id: the socket's id, which nobody else in @nsp has
 * @owner: whatever the caller wants to find again
 *
 * A socket connects to a namespace. It is in the room of its own id at once.
 *
 * Returns: (transfer none): the member, good until sky_host_rooms_exit()
 */
SkyHostMember *
sky_host_rooms_enter (SkyHostRooms *self, const char *nsp, const char *id, gpointer owner)
{
  SkyHostMember *member = g_new0 (SkyHostMember, 1);

  member->id = g_strdup (id);
  member->space = get_space (self, nsp);
  member->owner = owner;
  member->rooms = g_ptr_array_new ();
  g_hash_table_add (member->space->members, member);
  sky_host_rooms_join (self, member, id);
  return member;
}

/**
 * sky_host_rooms_exit:
 * @member: (transfer full): it is gone afterwards
 *
 * A socket leaves its namespace, and all rooms of it.
 */
void
sky_host_rooms_exit (SkyHostRooms *self, SkyHostMember *member)
{
  Space *space = member->space;

  for (guint i = 0; i < member->rooms->len; i++)
    drop_from_room (member, g_ptr_array_index (member->rooms, i));
  g_hash_table_remove (space->members, member);
  if (g_hash_table_size (space->members) == 0)
    g_hash_table_remove (self->spaces, space->name);
}

/**
 * sky_host_rooms_join:
 *
 * Returns: %FALSE if it was in @room already
 */
gboolean
sky_host_rooms_join (SkyHostRooms *self, SkyHostMember *member, const char *room)
{
  Room *where = get_room (member->space, room);

  if (!g_hash_table_add (where->members, member))
    return FALSE;
  g_ptr_array_add (member->rooms, where);
  return TRUE;
}

/**
 * sky_host_rooms_leave:
 *
 * Returns: %FALSE if it was not in @room
 */
gboolean
sky_host_rooms_leave (SkyHostRooms *self, SkyHostMember *member, const char *room)
{
  Room *where = g_hash_table_lookup (member->space->rooms, room);

  if (where == NULL || !g_ptr_array_remove (member->rooms, where))
    return FALSE;
  drop_from_room (member, where);
  return TRUE;
}

static GHashTable *
find_members (SkyHostRooms *self, const char *nsp, const char *room)
{
  Space *space = g_hash_table_lookup (self->spaces, nsp);
  Room *where;

  if (space == NULL || room == NULL)
    return space != NULL ? space->members : NULL;
  where = g_hash_table_lookup (space->rooms, room);
  return where != NULL ? where->members : NULL;
}

/**
 * sky_host_rooms_find:
 * @id: a socket's id, of whichever namespace
 *
 * Returns: (transfer none) (nullable): who has it
 */
SkyHostMember *
sky_host_rooms_find (SkyHostRooms *self, const char *id)
{
  GHashTableIter spaces, members;
  gpointer space, member;

  g_hash_table_iter_init (&spaces, self->spaces);
  while (g_hash_table_iter_next (&spaces, NULL, &space))
    {
      g_hash_table_iter_init (&members, ((Space *) space)->members);
      while (g_hash_table_iter_next (&members, &member, NULL))
        if (g_str_equal (((SkyHostMember *) member)->id, id))
          return member;
    }
  return NULL;
}

/**
 * sky_host_rooms_count:
 * @room: (nullable): %NULL for the whole namespace
 *
 * Returns: how many sockets are there; nobody is in a room that there is not
 */
guint
sky_host_rooms_count (SkyHostRooms *self, const char *nsp, const char *room)
{
  GHashTable *members = find_members (self, nsp, room);

  return members != NULL ? g_hash_table_size (members) : 0;
}

/**
 * sky_host_rooms_select:
 * @to: (nullable): a room or a socket's id; %NULL for the whole namespace
 * @except: (nullable): a room or a socket's id whose members are left out
 *
 * Returns: (transfer container) (element-type SkyHostMember): each member once, in no order
 */
GPtrArray *
sky_host_rooms_select (SkyHostRooms *self, const char *nsp, const char *to, const char *except)
{
  GHashTable *members = find_members (self, nsp, to);
  GHashTable *without = except != NULL ? find_members (self, nsp, except) : NULL;
  GPtrArray *selected = g_ptr_array_new ();
  GHashTableIter iter;
  gpointer member;

  if (members == NULL)
    return selected;
  g_hash_table_iter_init (&iter, members);
  while (g_hash_table_iter_next (&iter, &member, NULL))
    if (without == NULL || !g_hash_table_contains (without, member))
      g_ptr_array_add (selected, member);
  return selected;
}

static GPtrArray *
get_keys (GHashTable *table)
{
  GPtrArray *keys = g_ptr_array_sized_new (g_hash_table_size (table));
  GHashTableIter iter;
  gpointer key;

  g_hash_table_iter_init (&iter, table);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    g_ptr_array_add (keys, key);
  return keys;
}

/* Returns: (transfer container) (element-type utf8): the names of the namespaces that somebody is in, in no order */
GPtrArray *
sky_host_rooms_list (SkyHostRooms *self)
{
  return get_keys (self->spaces);
}

static int
compare_ids (gconstpointer a, gconstpointer b)
{
  return g_strcmp0 ((*(SkyHostMember *const *) a)->id, (*(SkyHostMember *const *) b)->id);
}

static void
append_members (GString *json, GHashTable *members)
{
  g_autoptr(GPtrArray) sorted = get_keys (members);

  g_ptr_array_sort (sorted, compare_ids);
  g_string_append_c (json, '[');
  for (guint i = 0; i < sorted->len; i++)
    {
      SkyHostMember *member = g_ptr_array_index (sorted, i);

      if (i > 0)
        g_string_append_c (json, ',');
      sky_json_quote (json, member->id, -1);
    }
  g_string_append_c (json, ']');
}

static void
append_space (GString *json, Space *space)
{
  g_autoptr(GList) names
      = g_list_sort (g_hash_table_get_keys (space->rooms), (GCompareFunc) g_strcmp0);

  g_string_append (json, "{\"sockets\":");
  append_members (json, space->members);
  g_string_append (json, ",\"rooms\":{");
  for (GList *l = names; l != NULL; l = l->next)
    {
      Room *room = g_hash_table_lookup (space->rooms, l->data);

      if (l != names)
        g_string_append_c (json, ',');
      sky_json_quote (json, room->name, -1);
      g_string_append_c (json, ':');
      append_members (json, room->members);
    }
  g_string_append (json, "}}");
}

/**
 * sky_host_rooms_to_json:
 *
 * Returns: (transfer full): `{"namespaces":{"/":{"sockets":[ids],"rooms":{"name":[ids]}}}}`, sorted;
 *   the rooms of single sockets are among them
 */
char *
sky_host_rooms_to_json (SkyHostRooms *self)
{
  g_autoptr(GList) names
      = g_list_sort (g_hash_table_get_keys (self->spaces), (GCompareFunc) g_strcmp0);
  GString *json = g_string_new ("{\"namespaces\":{");

  for (GList *l = names; l != NULL; l = l->next)
    {
      if (l != names)
        g_string_append_c (json, ',');
      sky_json_quote (json, l->data, -1);
      g_string_append_c (json, ':');
      append_space (json, g_hash_table_lookup (self->spaces, l->data));
    }
  g_string_append (json, "}}");
  return g_string_free (json, FALSE);
}

const char *
sky_host_member_get_id (const SkyHostMember *self)
{
  return self->id;
}

const char *
sky_host_member_get_nsp (const SkyHostMember *self)
{
  return self->space->name;
}

gpointer
sky_host_member_get_owner (const SkyHostMember *self)
{
  return self->owner;
}

/* One event more went to it. Returns: whether it is the first since sky_host_member_take_told() */
gboolean
sky_host_member_tell (SkyHostMember *self)
{
  return self->n_told++ == 0;
}

/* Returns: how many events went to it since the last time; from here on they are counted anew */
guint
sky_host_member_take_told (SkyHostMember *self)
{
  guint n_told = self->n_told;

  self->n_told = 0;
  return n_told;
}

guint
sky_host_member_get_n_rooms (const SkyHostMember *self)
{
  return self->rooms->len;
}

/**
 * sky_host_member_get_rooms:
 *
 * Returns: (transfer container) (element-type utf8): the names of its rooms in the order in which it
 *   joined them, its own id among them; good until one of them is left
 */
GPtrArray *
sky_host_member_get_rooms (const SkyHostMember *self)
{
  GPtrArray *rooms = g_ptr_array_sized_new (self->rooms->len);

  for (guint i = 0; i < self->rooms->len; i++)
    g_ptr_array_add (rooms, ((Room *) g_ptr_array_index (self->rooms, i))->name);
  return rooms;
}

/* Returns: (nullable): the secret by which it can come back: PROTOCOL §11 */
const char *
sky_host_member_get_pid (const SkyHostMember *self)
{
  return self->pid;
}

void
sky_host_member_set_pid (SkyHostMember *self, const char *pid)
{
  g_free (self->pid);
  self->pid = g_strdup (pid);
}

/* Returns: the offset of the last event that was sent to it, 0 if none was that has one */
guint64
sky_host_member_get_offset (const SkyHostMember *self)
{
  return self->offset;
}

void
sky_host_member_set_offset (SkyHostMember *self, guint64 offset)
{
  self->offset = offset;
}
