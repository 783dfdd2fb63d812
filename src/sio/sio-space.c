#include "sio/sio-space.h"

#include <string.h>

#define MAX_SPACES  10000 /* namespaces of one connection that are judged */
#define MAX_NSP_LEN 1024  /* bytes of a namespace that is judged */

typedef struct
{
  gboolean asked;       /* the client has sent CONNECT, and nobody has ended that since */
  gboolean connected;   /* … and the server has answered it */
  gboolean client_left; /* it ended, and the client said so; else the server did */
  gboolean known;       /* the client has asked at some time */
} Space;

/* An event that waits for its ack; also the key under which it is found. */
typedef struct
{
  const Space *space;
  guint64      id;
  guint32      record;
  gboolean     from_client;
  GList        link; /* in SkySioSpaces.waiting */
} Wait;

struct _SkySioSpaces
{
  char       *name;     /* nullable: of the first namespace: most connections have no other */
  Space       first;    /* … and what is known of it */
  GHashTable *others;   /* nullable: name → Space */
  GHashTable *waits;    /* nullable: set of Wait */
  GQueue      waiting;  /* of Wait, the oldest first */
  gboolean    overflow; /* some namespace was not kept: what is not known here may be right */
  gboolean    old;      /* Engine.IO 3, Socket.IO 2 and before */
};

static guint
wait_hash (gconstpointer data)
{
  const Wait *wait = data;

  return g_direct_hash (wait->space) * 31 + (guint) (wait->id ^ wait->id >> 32) * 2
         + (guint) wait->from_client;
}

static gboolean
wait_equal (gconstpointer a, gconstpointer b)
{
  const Wait *one = a, *other = b;

  return one->space == other->space && one->id == other->id
         && one->from_client == other->from_client;
}

/**
 * sky_sio_spaces_new:
 *
 * Returns: (transfer full): a connection on which nothing has happened
 */
SkySioSpaces *
sky_sio_spaces_new (void)
{
  SkySioSpaces *self = g_new0 (SkySioSpaces, 1);

  g_queue_init (&self->waiting);
  return self;
}

void
sky_sio_spaces_free (SkySioSpaces *self)
{
  g_clear_pointer (&self->waits, g_hash_table_unref);
  g_clear_pointer (&self->others, g_hash_table_unref);
  g_free (self->name);
  g_free (self);
}

/* In Socket.IO 2 a query behind the name is no part of it: PROTOCOL.md 8.7. */
static gsize
name_len (const SkySioSpaces *self, const char *nsp)
{
  return self->old ? strcspn (nsp, "?") : strlen (nsp);
}

static Space *
find_space (SkySioSpaces *self, const char *nsp)
{
  g_autofree char *name = self->old ? g_strndup (nsp, name_len (self, nsp)) : NULL;

  if (name != NULL)
    nsp = name;
  if (self->name != NULL && strcmp (self->name, nsp) == 0)
    return &self->first;
  return self->others != NULL ? g_hash_table_lookup (self->others, nsp) : NULL;
}

/* Returns: (nullable): %NULL if there is no room for it: a peer can name namespaces without end */
static Space *
get_space (SkySioSpaces *self, const char *nsp)
{
  Space *space = find_space (self, nsp);

  if (space != NULL)
    return space;
  if ((self->others != NULL && g_hash_table_size (self->others) == MAX_SPACES - 1)
      || name_len (self, nsp) > MAX_NSP_LEN)
    {
      self->overflow = TRUE;
      return NULL;
    }
  if (self->name == NULL)
    {
      self->name = g_strndup (nsp, name_len (self, nsp));
      return &self->first;
    }
  if (self->others == NULL)
    self->others = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  space = g_new0 (Space, 1);
  g_hash_table_insert (self->others, g_strndup (nsp, name_len (self, nsp)), space);
  return space;
}

/**
 * sky_sio_spaces_set_revision:
 * @revision: of Engine.IO: 3 or 4
 *
 * Says what is spoken below, before the first packet or as soon as it is known; 4 until then. In
 * Socket.IO 2, which goes with 3, everyone is in "/" without asking, the server's CONNECT only says
 * so, and the query behind a namespace is no part of its name. PROTOCOL.md §14.4, §8.7.
 */
void
sky_sio_spaces_set_revision (SkySioSpaces *self, guint revision)
{
  Space *root;

  self->old = revision == 3;
  root = self->old ? get_space (self, "/") : NULL;
  if (root != NULL && !root->known)
    *root = (Space) { .asked = TRUE, .known = TRUE };
}

static guint32
judge_ask (SkySioSpaces *self, const char *nsp)
{
  Space *space = get_space (self, nsp);

  if (space == NULL)
    return 0;
  if (space->asked)
    return SKY_SIO_FAULT_CONNECTED;
  *space = (Space) { .asked = TRUE, .known = TRUE };
  return 0;
}

/* What the one side sent while the other left may still arrive: only who left must know. */
static guint32
judge_member (const SkySioSpaces *self, const Space *space, gboolean from_client)
{
  if (space == NULL || !space->known)
    return self->overflow ? 0 : SKY_SIO_FAULT_NOT_CONNECTED;
  return space->asked || space->client_left != from_client ? 0 : SKY_SIO_FAULT_NOT_CONNECTED;
}

static void
leave (Space *space, gboolean from_client)
{
  if (space != NULL && space->asked)
    *space = (Space) { .known = TRUE, .client_left = from_client };
}

static guint32
judge_answer (SkySioSpaces *self, Space *space)
{
  guint32 faults = judge_member (self, space, FALSE);

  if (space != NULL && space->asked)
    {
      if (space->connected)
        faults |= SKY_SIO_FAULT_CONNECTED;
      space->connected = TRUE;
    }
  return faults;
}

/**
 * sky_sio_spaces_packet:
 * @from_client: who sent it
 * @packet: the connection's next packet
 * @nsp: its namespace, from sky_sio_packet_nsp()
 *
 * Judges a packet by who has connected to @nsp, and remembers. Events from the server may come
 * before its answer to CONNECT: clients hold them back until then. What was under way while the
 * other side left is not faulted. Beyond 10,000 namespaces, new ones are not judged any more; nor
 * is one of over 1024 bytes. Socket.IO protocol v5, "Connection to a namespace".
 *
 * Returns: further #SkySioFault flags, without those in @packet
 */
guint32
sky_sio_spaces_packet (SkySioSpaces *self, gboolean from_client, const SkySioPacket *packet,
                       const char *nsp)
{
  Space *space = find_space (self, nsp);
  guint32 faults;

  switch (packet->type)
    {
    case SKY_SIO_CONNECT:
      return from_client ? judge_ask (self, nsp) : judge_answer (self, space);
    case SKY_SIO_CONNECT_ERROR:
      if (from_client)
        return SKY_SIO_FAULT_DIRECTION;
      faults = judge_member (self, space, FALSE);
      leave (space, FALSE);
      return faults;
    case SKY_SIO_DISCONNECT:
      faults = judge_member (self, space, from_client);
      leave (space, from_client);
      return faults;
    case SKY_SIO_EVENT:
    case SKY_SIO_ACK:
    case SKY_SIO_BINARY_EVENT:
    case SKY_SIO_BINARY_ACK:
      return judge_member (self, space, from_client);
    case SKY_SIO_UNKNOWN:
      break;
    }
  return 0;
}

/* Returns: its record */
static guint32
forget (SkySioSpaces *self, Wait *wait)
{
  guint32 record = wait->record;

  g_queue_unlink (&self->waiting, &wait->link);
  g_hash_table_remove (self->waits, wait);
  return record;
}

/**
 * sky_sio_spaces_ask:
 * @from_client: who sent the event
 * @nsp: where
 * @id: the ack id that the event carries
 * @record: how the caller will know the event again
 *
 * Remembers that an event waits for its ack. Of two with the same id the later one does. When
 * %SKY_SIO_MAX_WAITING wait already, the oldest is forgotten.
 */
void
sky_sio_spaces_ask (SkySioSpaces *self, gboolean from_client, const char *nsp, guint64 id,
                    guint32 record)
{
  Space *space = get_space (self, nsp);
  Wait key = { .space = space, .id = id, .from_client = !!from_client }, *wait;

  if (space == NULL)
    return;
  if (self->waits == NULL)
    self->waits = g_hash_table_new_full (wait_hash, wait_equal, g_free, NULL);
  wait = g_hash_table_lookup (self->waits, &key);
  if (wait != NULL)
    forget (self, wait);
  else if (self->waiting.length == SKY_SIO_MAX_WAITING)
    forget (self, g_queue_peek_head (&self->waiting));
  wait = g_memdup2 (&key, sizeof key);
  wait->record = record;
  wait->link.data = wait;
  g_queue_push_tail_link (&self->waiting, &wait->link);
  g_hash_table_add (self->waits, wait);
}

/**
 * sky_sio_spaces_answer:
 * @from_client: who sent the ack
 * @nsp: where
 * @id: the ack's id
 *
 * Finds the event that an ack answers, sent by the other side, and forgets that it waits: an ack is
 * good once. Socket.IO protocol v5, "Acknowledgement".
 *
 * Returns: what sky_sio_spaces_ask() was told of it, or %G_MAXUINT32 if no event waits for this ack
 */
guint32
sky_sio_spaces_answer (SkySioSpaces *self, gboolean from_client, const char *nsp, guint64 id)
{
  const Space *space = find_space (self, nsp);
  Wait key = { .space = space, .id = id, .from_client = !from_client };
  Wait *wait = space != NULL && self->waits != NULL ? g_hash_table_lookup (self->waits, &key) : NULL;

  return wait != NULL ? forget (self, wait) : G_MAXUINT32;
}
