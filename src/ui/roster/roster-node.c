#include "ui/roster/roster-node.h"

#define APART "\n" /* between the parts of a key: names may hold it, so they are escaped */

struct _SkyRosterNode
{
  GObject parent_instance;
  char   *key;
  char   *nsp, *room, *socket; /* room and socket nullable */
};

G_DEFINE_FINAL_TYPE (SkyRosterNode, sky_roster_node, G_TYPE_OBJECT)

static guint changed_signal;

/* An empty part means that there is none; a name that is empty, as a room's may be, is not empty there. */
static char *
escape (const char *name)
{
  g_autofree char *escaped = name != NULL ? g_strescape (name, NULL) : NULL;

  return escaped != NULL ? g_strconcat ("=", escaped, NULL) : g_strdup ("");
}

/**
 * sky_roster_node_make_key:
 *
 * Returns: (transfer full): what one place in the tree is known by
 */
char *
sky_roster_node_make_key (const char *nsp, const char *room, const char *socket)
{
  g_autofree char *space = escape (nsp), *where = escape (room), *who = escape (socket);

  return g_strconcat (space, APART, where, APART, who, NULL);
}

static char *
unescape (const char *part)
{
  return part != NULL && *part == '=' ? g_strcompress (part + 1) : NULL;
}

static void
take_key (SkyRosterNode *self, const char *key)
{
  g_auto(GStrv) parts = g_strsplit (key, APART, 3);

  self->key = g_strdup (key);
  self->nsp = unescape (parts[0]);
  self->room = unescape (parts[1]);
  self->socket = unescape (parts[2]);
}

static void
drop_key (SkyRosterNode *self)
{
  g_free (self->key);
  g_free (self->nsp);
  g_free (self->room);
  g_free (self->socket);
}

/**
 * sky_roster_node_new:
 * @key: of sky_roster_node_make_key()
 *
 * Returns: (transfer full): a row for it
 */
SkyRosterNode *
sky_roster_node_new (const char *key)
{
  SkyRosterNode *self = g_object_new (SKY_TYPE_ROSTER_NODE, NULL);

  take_key (self, key);
  return self;
}

/* It stands for something else from now on, and whoever shows it looks again: that costs less than another row. */
void
sky_roster_node_set_key (SkyRosterNode *self, const char *key)
{
  drop_key (self);
  take_key (self, key);
  sky_roster_node_refresh (self);
}

SkyRosterKind
sky_roster_node_get_kind (SkyRosterNode *self)
{
  return self->socket != NULL ? SKY_ROSTER_SOCKET : self->room != NULL ? SKY_ROSTER_ROOM : SKY_ROSTER_SPACE;
}

const char *
sky_roster_node_get_key (SkyRosterNode *self)
{
  return self->key;
}

const char *
sky_roster_node_get_nsp (SkyRosterNode *self)
{
  return self->nsp;
}

/* Returns: (nullable): the room, or the one in which the socket is shown */
const char *
sky_roster_node_get_room (SkyRosterNode *self)
{
  return self->room;
}

const char *
sky_roster_node_get_socket (SkyRosterNode *self)
{
  return self->socket;
}

/* Whoever shows it looks again. */
void
sky_roster_node_refresh (SkyRosterNode *self)
{
  g_signal_emit (self, changed_signal, 0);
}

static void
sky_roster_node_finalize (GObject *object)
{
  drop_key (SKY_ROSTER_NODE (object));
  G_OBJECT_CLASS (sky_roster_node_parent_class)->finalize (object);
}

static void
sky_roster_node_class_init (SkyRosterNodeClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = sky_roster_node_finalize;
  changed_signal
      = g_signal_new ("changed", SKY_TYPE_ROSTER_NODE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
sky_roster_node_init (SkyRosterNode *self)
{
}
