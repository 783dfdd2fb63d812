#include "tcp/tcp-tap-private.h"

#include <string.h>

/*
 * One for each main context, shared by the taps that run in it. It flushes, once per turn of the
 * main loop, every line that was written to, and it deals out the shares of reading: a GLib main
 * loop never reaches its lower priorities while a socket of normal priority stays ready, so a
 * line that had its share waits until the idle handlers have had their turn.
 */
struct _SkyTcpTapTurn
{
  GMainContext *context;
  GSource      *flush;
  GSource      *renew;
  GPtrArray    *dirty;      /* of SkyTcpTapLine, owned */
  SkyTcpPoll   *poll;       /* nullable: nobody listens yet */
  GPtrArray    *waiting;    /* of GSource, borrowed: they leave it when they are freed */
  guint8       *block;      /* nullable while someone reads into it */
  GByteArray   *said;       /* what a line said last; empty if that was long */
  gboolean      said_shared; /* … and lines hold it: it is not to be changed */
  GPtrArray    *spares;     /* of GByteArray, empty: what is written goes through them */
  guint64       number;
  gint64        began_usec; /* when the first line took bytes in this turn */
  gboolean      busy;       /* a line took bytes in this turn */
};

typedef struct
{
  GSource        source;
  SkyTcpTapTurn *turn;
} TurnSource;

#define SHARE_USEC 8000 /* all lines together; half of a frame of the window */
#define SPARE_LEN  256  /* bytes of room that one turn's frames begin with */
#define MAX_SPARES 2048
#define MAX_SAID   4096 /* bytes that are compared with what is said next */

static GMutex lock;
static GHashTable *turns; /* GMainContext → SkyTcpTapTurn, both borrowed; protected by lock */

static gboolean
is_flush_due (GSource *source)
{
  return ((TurnSource *) source)->turn->dirty->len > 0;
}

static gboolean
is_renewal_due (GSource *source)
{
  return ((TurnSource *) source)->turn->busy;
}

static gboolean
prepare_flush (GSource *source, int *timeout_msec)
{
  return is_flush_due (source);
}

static gboolean
prepare_renewal (GSource *source, int *timeout_msec)
{
  return is_renewal_due (source);
}

/*
 * All send before any reports: the kernel's way of sending and our way of recording drive each other out of the
 * caches.
 */
static gboolean
dispatch_flush (GSource *source, GSourceFunc callback, gpointer user_data)
{
  SkyTcpTapTurn *self = g_rc_box_acquire (((TurnSource *) source)->turn);
  g_autoptr(GPtrArray) dirty = g_steal_pointer (&self->dirty);

  self->dirty = g_ptr_array_new_with_free_func ((GDestroyNotify) sky_tcp_tap_line_unref);
  for (guint i = 0; dirty->len > 1 && i < dirty->len; i++)
    sky_tcp_tap_line_send_ahead (dirty->pdata[i]);
  for (guint i = 0; i < dirty->len; i++)
    {
      SkyTcpTapLine *line = dirty->pdata[i];

      line->dirty = FALSE;
      sky_tcp_tap_line_push (line, FALSE, NULL, NULL);
    }
  sky_tcp_tap_turn_unref (self);
  return G_SOURCE_CONTINUE;
}

static gboolean
dispatch_renewal (GSource *source, GSourceFunc callback, gpointer user_data)
{
  SkyTcpTapTurn *self = ((TurnSource *) source)->turn;

  self->number++;
  self->busy = FALSE;
  for (guint i = 0; i < self->waiting->len; i++)
    sky_tcp_tap_source_renew (self->waiting->pdata[i]);
  g_ptr_array_set_size (self->waiting, 0);
  if (self->poll != NULL)
    sky_tcp_poll_wake (self->poll);
  return G_SOURCE_CONTINUE;
}

static GSourceFuncs flush_funcs = { prepare_flush, is_flush_due, dispatch_flush, NULL, NULL, NULL };
static GSourceFuncs renew_funcs
    = { prepare_renewal, is_renewal_due, dispatch_renewal, NULL, NULL, NULL };

static GSource *
add_source (SkyTcpTapTurn *self, GSourceFuncs *funcs, const char *name, int priority)
{
  GSource *source = g_source_new (funcs, sizeof (TurnSource));

  ((TurnSource *) source)->turn = self;
  g_source_set_static_name (source, name);
  g_source_set_priority (source, priority);
  g_source_attach (source, self->context);
  return source;
}

static SkyTcpTapTurn *
turn_new (GMainContext *context)
{
  SkyTcpTapTurn *self = g_rc_box_new0 (SkyTcpTapTurn);

  self->context = g_main_context_ref (context);
  self->dirty = g_ptr_array_new_with_free_func ((GDestroyNotify) sky_tcp_tap_line_unref);
  self->said = g_byte_array_new ();
  self->spares = g_ptr_array_new_with_free_func ((GDestroyNotify) g_byte_array_unref);
  self->waiting = g_ptr_array_new ();
  self->number = 1;
  self->flush = add_source (self, &flush_funcs, "tap flush", G_PRIORITY_DEFAULT);
  self->renew = add_source (self, &renew_funcs, "tap shares", G_PRIORITY_DEFAULT_IDLE);
  return self;
}

static void
turn_free (gpointer data)
{
  SkyTcpTapTurn *self = data;

  g_source_destroy (self->flush);
  g_source_unref (self->flush);
  g_source_destroy (self->renew);
  g_source_unref (self->renew);
  g_hash_table_remove (turns, self->context);
  g_clear_pointer (&self->poll, sky_tcp_poll_free);
  g_ptr_array_unref (self->dirty);
  g_ptr_array_unref (self->waiting);
  g_byte_array_unref (self->said);
  g_ptr_array_unref (self->spares);
  g_free (self->block);
  g_main_context_unref (self->context);
}

/* Returns: (transfer full): the turn of the thread's default context */
SkyTcpTapTurn *
sky_tcp_tap_turn_get (void)
{
  g_autoptr(GMainContext) context = g_main_context_ref_thread_default ();
  SkyTcpTapTurn *self;

  g_mutex_lock (&lock);
  if (turns == NULL)
    turns = g_hash_table_new (NULL, NULL);
  self = g_hash_table_lookup (turns, context);
  if (self != NULL)
    g_rc_box_acquire (self);
  else
    g_hash_table_insert (turns, context, self = turn_new (context));
  g_mutex_unlock (&lock);
  return self;
}

void
sky_tcp_tap_turn_unref (SkyTcpTapTurn *self)
{
  g_mutex_lock (&lock);
  g_rc_box_release_full (self, turn_free);
  g_mutex_unlock (&lock);
}

GMainContext *
sky_tcp_tap_turn_get_context (SkyTcpTapTurn *self)
{
  return self->context;
}

/* Returns: (transfer none) (nullable): where the sockets of those who listen are waited for */
SkyTcpPoll *
sky_tcp_tap_turn_get_poll (SkyTcpTapTurn *self)
{
  if (self->poll == NULL)
    self->poll = sky_tcp_poll_new (self->context);
  return self->poll;
}

/*
 * Lends a block of SKY_TCP_TAP_BLOCK_LEN bytes to read into, so that an idle connection owns no
 * buffer. A second borrower, from within a callback of the first, gets one of its own.
 */
guint8 *
sky_tcp_tap_turn_take_block (SkyTcpTapTurn *self)
{
  return self->block != NULL ? g_steal_pointer (&self->block) : g_malloc (SKY_TCP_TAP_BLOCK_LEN);
}

void
sky_tcp_tap_turn_give_block (SkyTcpTapTurn *self, guint8 *block)
{
  if (self->block == NULL)
    self->block = block;
  else
    g_free (block);
}

static void
remember (SkyTcpTapTurn *self, const guint8 *head, gsize head_len, const guint8 *data, gsize len)
{
  if (self->said_shared)
    {
      g_byte_array_unref (self->said);
      self->said = g_byte_array_new ();
      self->said_shared = FALSE;
    }
  g_byte_array_set_size (self->said, 0);
  if (head_len + len > MAX_SAID)
    return;
  g_byte_array_append (self->said, head, (guint) head_len);
  if (len > 0)
    g_byte_array_append (self->said, data, (guint) len);
}

/**
 * sky_tcp_tap_turn_share:
 * @head: never empty
 *
 * Compares what a line says with what was said last, on whichever line.
 *
 * Returns: (transfer full) (nullable): all of it if it is the same, for several to hold and none to change
 */
GByteArray *
sky_tcp_tap_turn_share (SkyTcpTapTurn *self, const guint8 *head, gsize head_len, const guint8 *data, gsize len)
{
  if (self->said->len == head_len + len && memcmp (self->said->data, head, head_len) == 0
      && (len == 0 || memcmp (self->said->data + head_len, data, len) == 0))
    {
      self->said_shared = TRUE;
      return g_byte_array_ref (self->said);
    }
  remember (self, head, head_len, data, len);
  return NULL;
}

/*
 * Lends an array for what is written in one turn, so that thousands of lines do not each ask for memory and give
 * it back.
 *
 * Returns: (transfer full): with room for @len bytes at least
 */
GByteArray *
sky_tcp_tap_turn_take_spare (SkyTcpTapTurn *self, gsize len)
{
  if (len <= SPARE_LEN && self->spares->len > 0)
    return g_ptr_array_steal_index_fast (self->spares, self->spares->len - 1);
  return g_byte_array_sized_new ((guint) MAX (len, SPARE_LEN));
}

/* @bytes: (transfer full): one that grew is not kept */
void
sky_tcp_tap_turn_give_spare (SkyTcpTapTurn *self, GByteArray *bytes)
{
  if (bytes->len > SPARE_LEN || self->spares->len == MAX_SPARES)
    {
      g_byte_array_unref (bytes);
      return;
    }
  g_byte_array_set_size (bytes, 0);
  g_ptr_array_add (self->spares, bytes);
}

/* Notes that @line was served, and took @len bytes from its socket. */
void
sky_tcp_tap_turn_count (SkyTcpTapTurn *self, SkyTcpTapLine *line, gsize len, gint64 now_usec)
{
  if (!self->busy)
    self->began_usec = now_usec;
  self->busy = TRUE;
  if (line->share_turn != self->number)
    line->share_taken = 0;
  line->share_turn = self->number;
  line->share_taken += len;
}

/* Whether @line has to wait. Everyone may take one block in each turn, however late it is. */
gboolean
sky_tcp_tap_turn_is_spent (SkyTcpTapTurn *self, SkyTcpTapLine *line)
{
  if (line->share_turn != self->number)
    return FALSE;
  return line->share_taken >= SKY_TCP_TAP_SHARE_LEN
         || g_get_monotonic_time () - self->began_usec > SHARE_USEC;
}

void
sky_tcp_tap_turn_add_waiting (SkyTcpTapTurn *self, GSource *source)
{
  g_ptr_array_add (self->waiting, source);
}

void
sky_tcp_tap_turn_remove_waiting (SkyTcpTapTurn *self, GSource *source)
{
  g_ptr_array_remove_fast (self->waiting, source);
}

/* Has @line pushed at the end of the turn. */
void
sky_tcp_tap_turn_add_dirty (SkyTcpTapTurn *self, SkyTcpTapLine *line)
{
  if (line->dirty)
    return;
  line->dirty = TRUE;
  g_ptr_array_add (self->dirty, sky_tcp_tap_line_ref (line));
}

void
sky_tcp_tap_turn_remove_dirty (SkyTcpTapTurn *self, SkyTcpTapLine *line)
{
  if (line->dirty)
    g_ptr_array_remove_fast (self->dirty, line);
  line->dirty = FALSE;
}
