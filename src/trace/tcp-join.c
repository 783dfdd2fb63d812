#include "trace/tcp-join.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "trace/tcp-half.h"
#include "trace/tcp-remark.h"

/* One connection. Ends are named by their place in the key: 0 is the lower one. */
typedef struct
{
  SkyTcpEnd  ends[2];
  SkyFeed   *feed; /* NULL until there is something to show */
  SkyTcpHalf halves[2]; /* what ends[i] sent */
  guint32    syn[2], fin[2]; /* sequence numbers */
  gboolean   has_syn[2], has_fin[2], ended[2];
  char      *why[2];         /* nullable: what an end's comment said */
  gint64     fin_usec[2];
  guint      client;       /* which end dialled */
  gboolean   client_known;
} Stream;

/* What deliver() is told of */
typedef struct
{
  Stream *stream;
  guint   sender;
} Delivery;

struct _SkyTcpJoin
{
  SkyStore   *store;
  GHashTable *open;    /* Stream → itself, by its ends */
  GPtrArray  *streams; /* of Stream, in the order they came */
  GHashTable *by_id;   /* a Sockeye link's number in the file → Stream */
  gint64      time_usec; /* of the last packet */
  Stream     *last;      /* nullable: the last that has a feed */
};

static guint
hash_stream (gconstpointer key)
{
  const guint8 *bytes = (const guint8 *) ((const Stream *) key)->ends;
  guint hash = 2166136261u;

  for (gsize i = 0; i < sizeof ((Stream *) NULL)->ends; i++)
    hash = (hash ^ bytes[i]) * 16777619u;
  return hash;
}

static gboolean
equal_streams (gconstpointer a, gconstpointer b)
{
  const Stream *left = a, *right = b;

  return memcmp (left->ends, right->ends, sizeof left->ends) == 0;
}

static void
stream_free (Stream *stream)
{
  sky_tcp_half_clear (&stream->halves[0]);
  sky_tcp_half_clear (&stream->halves[1]);
  sky_feed_free (stream->feed);
  g_free (stream->why[0]);
  g_free (stream->why[1]);
  g_free (stream);
}

/**
 * sky_tcp_join_new:
 * @store: where the connections go; kept alive
 *
 * Returns: (transfer full): a join that has seen no packet
 */
SkyTcpJoin *
sky_tcp_join_new (SkyStore *store)
{
  SkyTcpJoin *self = g_new0 (SkyTcpJoin, 1);

  self->store = g_object_ref (store);
  self->open = g_hash_table_new (hash_stream, equal_streams);
  self->streams = g_ptr_array_new_with_free_func ((GDestroyNotify) stream_free);
  self->by_id = g_hash_table_new (NULL, NULL);
  return self;
}

void
sky_tcp_join_free (SkyTcpJoin *self)
{
  g_hash_table_unref (self->by_id);
  g_hash_table_unref (self->open);
  g_ptr_array_unref (self->streams);
  g_object_unref (self->store);
  g_free (self);
}

static SkyFrom
from_of (Stream *stream, guint sender)
{
  return sender == stream->client ? SKY_FROM_CLIENT : SKY_FROM_SERVER;
}

static void
open_feed (SkyTcpJoin *self, Stream *stream, const char *name, SkyStoreRole role)
{
  g_autofree char *client = sky_tcp_end_format (&stream->ends[stream->client]);
  g_autofree char *server = sky_tcp_end_format (&stream->ends[!stream->client]);
  g_autofree char *arrow = g_strdup_printf ("%s → %s", client, server);

  self->last = stream;
  stream->feed = sky_feed_new (self->store, name != NULL ? name : arrow, role);
  if (role == SKY_ROLE_SERVER)
    sky_feed_set_addresses (stream->feed, server, client);
  else
    sky_feed_set_addresses (stream->feed, client, server);
}

static void
deliver (gpointer user_data, gint64 time_usec, const guint8 *data, gsize len, guint32 missing)
{
  Delivery *delivery = user_data;
  SkyFrom from = from_of (delivery->stream, delivery->sender);

  if (delivery->stream->feed == NULL)
    return;
  if (missing > 0)
    {
      g_autofree char *text = g_strdup_printf (
          ngettext ("%u byte is missing here: the capture does not have it.",
                    "%u bytes are missing here: the capture does not have them.", missing),
          missing);

      sky_feed_note (delivery->stream->feed, SKY_LAYER_NOTE, SKY_KIND_ERROR, from, time_usec, text);
    }
  sky_feed_bytes (delivery->stream->feed, from, time_usec, data, len);
}

static void
flush_half (Stream *stream, guint sender)
{
  Delivery delivery = { stream, sender };

  sky_tcp_half_flush (&stream->halves[sender], deliver, &delivery);
}

/* Who dialled, if no SYN says so: who asks in HTTP, else who does not have the lower port. */
static void
guess_client (Stream *stream, const SkyTcpPacket *tcp, guint sender)
{
  static const char *const methods[] = { "GET ", "POST ", "OPTIONS ", "HEAD ", "PUT ", "CONNECT " };

  stream->client_known = TRUE;
  for (guint i = 0; i < G_N_ELEMENTS (methods); i++)
    if (tcp->len >= strlen (methods[i]) && memcmp (tcp->data, methods[i], strlen (methods[i])) == 0)
      {
        stream->client = sender;
        return;
      }
  if (tcp->len >= 5 && memcmp (tcp->data, "HTTP/", 5) == 0)
    stream->client = !sender;
  else
    stream->client = stream->ends[0].port >= stream->ends[1].port ? 0 : 1;
}

/* Whether @stream is the link that @remark introduces, so far without a byte. */
static gboolean
is_same_link (SkyTcpJoin *self, Stream *stream, const SkyTcpRemark *remark)
{
  guint16 link;

  if (stream == NULL || stream->feed == NULL)
    return FALSE;
  link = sky_feed_get_link (stream->feed);
  return sky_store_get_n_bytes (self->store, link, SKY_FROM_CLIENT) == 0
         && sky_store_get_n_bytes (self->store, link, SKY_FROM_SERVER) == 0
         && g_strcmp0 (sky_store_get_link (self->store, link)->name, remark->name) == 0;
}

/* A link that told something before its addresses were known goes on under others. */
static void
introduce (SkyTcpJoin *self, Stream *stream, const SkyTcpRemark *remark)
{
  gpointer id = GUINT_TO_POINTER ((guint) MIN (remark->id, G_MAXUINT16));
  Stream *earlier = remark->id < G_MAXUINT16 ? g_hash_table_lookup (self->by_id, id) : NULL;

  if (stream->feed != NULL)
    return;
  if (is_same_link (self, earlier, remark))
    {
      g_autofree char *client = sky_tcp_end_format (&stream->ends[stream->client]);
      g_autofree char *server = sky_tcp_end_format (&stream->ends[!stream->client]);
      gboolean serving = sky_tcp_remark_get_role (remark) == SKY_ROLE_SERVER;

      self->last = stream;
      stream->feed = g_steal_pointer (&earlier->feed);
      sky_feed_set_addresses (stream->feed, serving ? server : client, serving ? client : server);
    }
  else
    open_feed (self, stream, remark->name, sky_tcp_remark_get_role (remark));
  if (remark->id < G_MAXUINT16)
    g_hash_table_insert (self->by_id, id, stream);
}

static void
take_note (SkyTcpJoin *self, Stream *stream, const SkyTcpRemark *remark, gint64 time_usec)
{
  SkyFrom from = sky_tcp_remark_get_from (remark);
  SkyLayer layer;
  SkyKind kind;

  if (remark->text == NULL || !sky_layer_from_id (remark->layer, &layer)
      || !sky_tcp_remark_get_kind (remark, &kind))
    return;
  if (stream->feed == NULL)
    open_feed (self, stream, NULL, SKY_ROLE_CLIENT);
  sky_feed_set_quiet (stream->feed, remark->quiet);
  sky_feed_note (stream->feed, layer, kind, from, time_usec, remark->text);
}

static void
take_unheard (Stream *stream, const SkyTcpRemark *remark)
{
  SkyFrom from = sky_tcp_remark_get_from (remark);

  if (stream->feed != NULL && remark->name != NULL && remark->text != NULL)
    sky_feed_unheard (stream->feed, from, remark->name, remark->text);
}

/* Ends a direction once all before its FIN has come, or will not come. */
static void
settle_end (Stream *stream, guint sender, gboolean now)
{
  SkyTcpHalf *half = &stream->halves[sender];
  gboolean complete = half->ahead.length == 0 && (!half->known || half->next == stream->fin[sender]);

  if (stream->feed == NULL || !stream->has_fin[sender] || stream->ended[sender] || !(complete || now))
    return;
  flush_half (stream, sender);
  stream->ended[sender] = TRUE;
  sky_feed_end (stream->feed, from_of (stream, sender), stream->fin_usec[sender], stream->why[sender]);
}

/* Nothing more comes of this connection. */
static void
finish (Stream *stream)
{
  for (guint sender = 0; sender < 2; sender++)
    {
      flush_half (stream, sender);
      settle_end (stream, sender, TRUE);
    }
}

/* Finds the packet's connection, or begins one: a SYN with another number reuses the same ends. */
static Stream *
find_stream (SkyTcpJoin *self, const SkyTcpPacket *tcp, guint *sender)
{
  Stream key = { 0 }, *stream;

  *sender = memcmp (&tcp->source, &tcp->destination, sizeof tcp->source) > 0;
  key.ends[*sender] = tcp->source;
  key.ends[!*sender] = tcp->destination;
  stream = g_hash_table_lookup (self->open, &key);
  if (stream != NULL && (tcp->flags & SKY_TCP_SYN) && !(tcp->flags & SKY_TCP_ACK)
      && (stream->has_syn[*sender]
              ? stream->syn[*sender] != tcp->seq || (stream->ended[0] && stream->ended[1])
              : stream->feed != NULL))
    {
      finish (stream);
      g_hash_table_remove (self->open, stream);
      stream = NULL;
    }
  if (stream == NULL)
    {
      stream = g_memdup2 (&key, sizeof key);
      g_queue_init (&stream->halves[0].ahead);
      g_queue_init (&stream->halves[1].ahead);
      g_ptr_array_add (self->streams, stream);
      g_hash_table_add (self->open, stream);
    }
  return stream;
}

static void
take_syn (Stream *stream, const SkyTcpPacket *tcp, guint sender)
{
  if (stream->has_syn[sender])
    return;
  stream->has_syn[sender] = TRUE;
  stream->syn[sender] = tcp->seq;
  sky_tcp_half_begin (&stream->halves[sender], tcp->seq + 1);
  if (!stream->client_known)
    stream->client = tcp->flags & SKY_TCP_ACK ? !sender : sender;
  stream->client_known = TRUE;
}

static void
take_data (SkyTcpJoin *self, Stream *stream, const SkyTcpPacket *tcp, guint sender,
           gint64 time_usec)
{
  Delivery there = { stream, sender }, back = { stream, !sender };

  if (tcp->len > 0 && stream->feed == NULL)
    open_feed (self, stream, NULL, SKY_ROLE_CLIENT);
  if (stream->feed == NULL)
    return;
  if (tcp->flags & SKY_TCP_ACK)
    sky_tcp_half_acked (&stream->halves[!sender], tcp->ack, deliver, &back);
  if (!stream->ended[sender])
    sky_tcp_half_take (&stream->halves[sender], tcp->seq + ((tcp->flags & SKY_TCP_SYN) != 0),
                       time_usec, tcp->data, tcp->len, deliver, &there);
}

static void
take_end (Stream *stream, const SkyTcpPacket *tcp, guint sender, gint64 time_usec, const char *why)
{
  gboolean reset = (tcp->flags & SKY_TCP_RST) != 0;

  if (!stream->has_fin[sender])
    {
      stream->has_fin[sender] = TRUE;
      stream->fin[sender] = tcp->seq + (guint32) tcp->len;
      stream->fin_usec[sender] = time_usec;
      stream->why[sender] = g_strdup (why != NULL ? why : reset ? _("the connection was reset") : NULL);
    }
  settle_end (stream, sender, reset);
}

/**
 * sky_tcp_join_take:
 * @packet: the next one of the capture
 *
 * Packets that are no TCP are passed over.
 */
void
sky_tcp_join_take (SkyTcpJoin *self, const SkyCapturePacket *packet)
{
  g_auto(SkyTcpRemark) remark = { NULL };
  const char *why = NULL;
  SkyTcpPacket tcp;
  Stream *stream;
  guint sender;

  self->time_usec = packet->time_usec;
  if (!sky_tcp_packet_decode (packet, &tcp))
    return;
  stream = find_stream (self, &tcp, &sender);
  if (tcp.flags & SKY_TCP_SYN)
    take_syn (stream, &tcp, sender);
  if (!stream->client_known && tcp.len > 0)
    guess_client (stream, &tcp, sender);
  if (sky_tcp_remark_read (&remark, packet))
    {
      if (strcmp (remark.what, "link") == 0)
        introduce (self, stream, &remark);
      else if (strcmp (remark.what, "note") == 0)
        take_note (self, stream, &remark, packet->time_usec);
      else if (strcmp (remark.what, "unheard") == 0)
        take_unheard (stream, &remark);
    }
  take_data (self, stream, &tcp, sender, packet->time_usec);
  settle_end (stream, 0, FALSE);
  settle_end (stream, 1, FALSE);
  if (g_strcmp0 (remark.what, "end") == 0)
    why = remark.text;
  if (why != NULL && stream->feed != NULL)
    sky_feed_set_quiet (stream->feed, remark.quiet);
  if (tcp.flags & (SKY_TCP_FIN | SKY_TCP_RST))
    take_end (stream, &tcp, sender, packet->time_usec, why);
}

/**
 * sky_tcp_join_end:
 *
 * No packet follows: what waited for others is delivered.
 */
void
sky_tcp_join_end (SkyTcpJoin *self)
{
  for (guint i = 0; i < self->streams->len; i++)
    finish (g_ptr_array_index (self->streams, i));
}

/**
 * sky_tcp_join_note:
 * @name: what a connection is called that has to be made for it, if there is none
 *
 * Puts in a note on the capture as a whole, at its end.
 */
void
sky_tcp_join_note (SkyTcpJoin *self, const char *name, const char *text)
{
  SkyFeed *own = NULL, *feed;

  if (self->last == NULL || self->last->feed == NULL)
    own = sky_feed_new (self->store, name, SKY_ROLE_CLIENT);
  feed = own != NULL ? own : self->last->feed;
  sky_feed_note (feed, SKY_LAYER_NOTE, SKY_KIND_ERROR, SKY_FROM_CLIENT, self->time_usec, text);
  sky_feed_free (own);
}
