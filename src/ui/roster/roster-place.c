#include "ui/roster/roster-place.h"

#include <string.h>

#include "ui/roster/roster-node.h"

static gboolean
matches (const SkyRosterPlace *self, const char *name)
{
  g_autofree char *folded = NULL;

  if (self->words == NULL)
    return TRUE;
  folded = name != NULL ? g_utf8_casefold (name, -1) : NULL;
  return folded != NULL && strstr (folded, self->words) != NULL;
}

static gboolean
socket_matches (const SkyRosterPlace *self, const SkyRosterSocket *socket)
{
  return matches (self, socket->id) || matches (self, socket->label) || matches (self, socket->address);
}

static gboolean
has_matching_socket (const SkyRosterPlace *self, const char *nsp, const char *room)
{
  guint n_sockets = sky_roster_get_n_sockets (self->roster, nsp, room);
  SkyRosterSocket socket;

  for (guint i = 0; i < n_sockets; i++)
    if (sky_roster_get_socket (self->roster, nsp, room, i, &socket) && socket_matches (self, &socket))
      return TRUE;
  return FALSE;
}

static gboolean
space_matches (const SkyRosterPlace *self, const char *nsp)
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
add_spaces (const SkyRosterPlace *self, GPtrArray *keys)
{
  guint n_spaces = sky_roster_get_n_namespaces (self->roster);

  for (guint i = 0; i < n_spaces; i++)
    {
      const char *nsp = sky_roster_get_namespace (self->roster, i);

      if (*nsp != '\0' && space_matches (self, nsp)) /* nobody is in a room without Socket.IO */
        g_ptr_array_add (keys, sky_roster_node_make_key (nsp, NULL, NULL));
    }
}

static void
add_sockets (const SkyRosterPlace *self, GPtrArray *keys, const char *nsp, const char *room, gboolean all, gboolean alone)
{
  guint n_sockets = sky_roster_get_n_sockets (self->roster, nsp, room);
  SkyRosterSocket socket;

  for (guint i = 0; i < n_sockets; i++)
    if (sky_roster_get_socket (self->roster, nsp, room, i, &socket) && (all || socket_matches (self, &socket))
        && (!alone || sky_roster_get_n_rooms_of (self->roster, nsp, socket.id) == 0))
      g_ptr_array_add (keys, sky_roster_node_make_key (nsp, room, socket.id));
}

static void
add_rooms (const SkyRosterPlace *self, GPtrArray *keys, gboolean private)
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

/**
 * sky_roster_place_collect:
 *
 * Returns: (transfer full) (element-type utf8): keys of the nodes of all that is to be seen there, as the roster has
 *   them
 */
GPtrArray *
sky_roster_place_collect (const SkyRosterPlace *self)
{
  GPtrArray *keys = g_ptr_array_new_with_free_func (g_free);
  guint n_spaces = sky_roster_get_n_namespaces (self->roster);

  switch (self->level)
    {
    case SKY_ROSTER_LEVEL_SPACES:
      add_spaces (self, keys);
      break;
    case SKY_ROSTER_LEVEL_ROOMS:
      add_rooms (self, keys, FALSE);
      if (self->private)
        add_rooms (self, keys, TRUE);
      else
        add_sockets (self, keys, self->nsp, NULL, matches (self, self->nsp), TRUE);
      break;
    case SKY_ROSTER_LEVEL_SOCKETS:
      add_sockets (self, keys, self->nsp, self->room, matches (self, self->nsp) || matches (self, self->room), FALSE);
      break;
    case SKY_ROSTER_LEVEL_ALL_SOCKETS:
      for (guint i = 0; i < n_spaces; i++)
        {
          const char *nsp = sky_roster_get_namespace (self->roster, i);

          add_sockets (self, keys, nsp, NULL, matches (self, nsp), FALSE);
        }
      break;
    }
  return keys;
}
