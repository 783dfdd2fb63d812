#include "peer/acks.h"

struct _SkyAcks
{
  GHashTable *waiting; /* key → Waiting */
};

typedef struct
{
  GHashTable    *table; /* that it is in, borrowed */
  char          *key; /* id, a space, namespace */
  char          *nsp;
  guint64        id;
  gint64         asked_usec; /* monotonic */
  guint          timeout;
  SkyAcksFunc    func;
  gpointer       user_data;
  GDestroyNotify destroy;
} Waiting;

static void
waiting_free (gpointer data)
{
  Waiting *self = data;

  g_clear_handle_id (&self->timeout, g_source_remove);
  if (self->destroy != NULL)
    self->destroy (self->user_data);
  g_free (self->key);
  g_free (self->nsp);
  g_free (self);
}

static char *
make_key (const char *nsp, guint64 id)
{
  return g_strdup_printf ("%" G_GUINT64_FORMAT " %s", id, nsp);
}

static GHashTable *
new_table (void)
{
  return g_hash_table_new_full (g_str_hash, g_str_equal, NULL, waiting_free);
}

SkyAcks *
sky_acks_new (void)
{
  SkyAcks *self = g_new0 (SkyAcks, 1);

  self->waiting = new_table ();
  return self;
}

/* Whoever still waits is let go without a call. */
void
sky_acks_free (SkyAcks *self)
{
  g_hash_table_unref (self->waiting);
  g_free (self);
}

/* It is out of the table before it is called: the call may well emit again. */
static void
settle (Waiting *waiting, const char *args, gboolean gone)
{
  g_hash_table_steal (waiting->table, waiting->key);
  waiting->func (waiting->nsp, waiting->id, args, g_get_monotonic_time () - waiting->asked_usec, gone,
                 waiting->user_data);
  waiting_free (waiting);
}

static gboolean
on_timeout (gpointer user_data)
{
  Waiting *waiting = user_data;

  waiting->timeout = 0;
  settle (waiting, NULL, FALSE);
  return G_SOURCE_REMOVE;
}

/**
 * sky_acks_wait:
 * @timeout_msec: how long, in milliseconds; 0 for as long as the connection lasts
 * @destroy: (nullable): frees @user_data after the one call
 */
void
sky_acks_wait (SkyAcks *self, const char *nsp, guint64 id, guint timeout_msec, SkyAcksFunc func, gpointer user_data,
               GDestroyNotify destroy)
{
  Waiting *waiting = g_new0 (Waiting, 1);

  *waiting = (Waiting) { .table = self->waiting,
                         .key = make_key (nsp, id),
                         .nsp = g_strdup (nsp),
                         .id = id,
                         .asked_usec = g_get_monotonic_time (),
                         .func = func,
                         .user_data = user_data,
                         .destroy = destroy };
  if (timeout_msec > 0)
    waiting->timeout = g_timeout_add (timeout_msec, on_timeout, waiting);
  g_hash_table_replace (self->waiting, waiting->key, waiting);
}

/**
 * sky_acks_answer:
 * @args: the answer: what stands between the brackets
 *
 * Returns: %FALSE if nobody waits for it: it is late, a second one, or was never asked for
 */
gboolean
sky_acks_answer (SkyAcks *self, const char *nsp, guint64 id, const char *args)
{
  g_autofree char *key = make_key (nsp, id);
  Waiting *waiting = g_hash_table_lookup (self->waiting, key);

  if (waiting == NULL)
    return FALSE;
  settle (waiting, args, FALSE);
  return TRUE;
}

/**
 * sky_acks_drop_all:
 *
 * The connection is gone: nobody will answer. A call may well emit, drop all or free @self: those
 * who leave are no longer its own, and one who is added meanwhile stays.
 */
void
sky_acks_drop_all (SkyAcks *self)
{
  g_autoptr(GHashTable) leaving = g_steal_pointer (&self->waiting);
  GHashTableIter iter;
  gpointer waiting;

  self->waiting = new_table ();
  for (g_hash_table_iter_init (&iter, leaving); g_hash_table_iter_next (&iter, NULL, &waiting);
       g_hash_table_iter_init (&iter, leaving))
    settle (waiting, NULL, TRUE);
}

static gboolean
is_of (gpointer key, gpointer waiting, gpointer nsp)
{
  return g_str_equal (((Waiting *) waiting)->nsp, nsp);
}

/* One namespace was left: nobody will answer there. A call may do what one of sky_acks_drop_all() may. */
void
sky_acks_drop (SkyAcks *self, const char *nsp)
{
  g_autofree char *name = g_strdup (nsp);
  Waiting *waiting;

  while ((waiting = g_hash_table_find (self->waiting, is_of, name)) != NULL)
    settle (waiting, NULL, TRUE);
}

guint
sky_acks_get_n_waiting (SkyAcks *self)
{
  return g_hash_table_size (self->waiting);
}
