#include "peer/roster/roster-ask.h"

#include <string.h>

#include "base/clock.h"

#define N_STATES     (SKY_ROSTER_REPLY_GONE + 1)
#define MAX_ARGS_LEN 16384 /* bytes of one answer that are kept; the trace has it all */

struct _SkyRosterAsk
{
  GObject     parent_instance;
  char       *nsp;
  guint       timeout_msec;
  GArray     *replies; /* of SkyRosterReply, their strings owned */
  GHashTable *by_id;   /* id → index + 1 */
  guint       counts[N_STATES];
  gint64      begun_usec; /* of the boot clock, 0 before */
  guint       timer;
};

G_DEFINE_FINAL_TYPE (SkyRosterAsk, sky_roster_ask, G_TYPE_OBJECT)

static void
clear_reply (gpointer data)
{
  SkyRosterReply *reply = data;

  g_free ((char *) reply->id);
  g_free ((char *) reply->args);
}

static void
sky_roster_ask_finalize (GObject *object)
{
  SkyRosterAsk *self = SKY_ROSTER_ASK (object);

  g_clear_handle_id (&self->timer, g_source_remove);
  g_hash_table_unref (self->by_id);
  g_array_unref (self->replies);
  g_free (self->nsp);
  G_OBJECT_CLASS (sky_roster_ask_parent_class)->finalize (object);
}

static void
sky_roster_ask_class_init (SkyRosterAskClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = sky_roster_ask_finalize;
  g_signal_new ("changed", SKY_TYPE_ROSTER_ASK, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
sky_roster_ask_init (SkyRosterAsk *self)
{
  self->replies = g_array_new (FALSE, FALSE, sizeof (SkyRosterReply));
  g_array_set_clear_func (self->replies, clear_reply);
  self->by_id = g_hash_table_new (g_str_hash, g_str_equal);
}

/* Returns: (transfer full): a question that nobody has to answer yet. @timeout_msec: at least 1 */
SkyRosterAsk *
sky_roster_ask_new (const char *nsp, guint timeout_msec)
{
  SkyRosterAsk *self = g_object_new (SKY_TYPE_ROSTER_ASK, NULL);

  self->nsp = g_strdup (nsp);
  self->timeout_msec = MAX (timeout_msec, 1);
  return self;
}

/* One more has to answer; before it begins. */
void
sky_roster_ask_add (SkyRosterAsk *self, const char *id)
{
  SkyRosterReply reply = { .id = g_strdup (id) };

  g_return_if_fail (SKY_IS_ROSTER_ASK (self) && self->begun_usec == 0);

  g_array_append_val (self->replies, reply);
  g_hash_table_insert (self->by_id, (char *) reply.id, GUINT_TO_POINTER (self->replies->len));
  self->counts[SKY_ROSTER_REPLY_DUE]++;
}

static void
set_state (SkyRosterAsk *self, SkyRosterReply *reply, SkyRosterReplyState state)
{
  self->counts[reply->state]--;
  self->counts[state]++;
  reply->state = state;
}

static gboolean
on_timeout (gpointer user_data)
{
  SkyRosterAsk *self = user_data;

  self->timer = 0;
  for (guint i = 0; i < self->replies->len; i++)
    {
      SkyRosterReply *reply = &g_array_index (self->replies, SkyRosterReply, i);

      if (reply->state == SKY_ROSTER_REPLY_DUE)
        set_state (self, reply, SKY_ROSTER_REPLY_LATE);
    }
  g_signal_emit_by_name (self, "changed");
  return G_SOURCE_REMOVE;
}

/* All have been sent the event: the time runs. */
void
sky_roster_ask_begin (SkyRosterAsk *self)
{
  g_return_if_fail (SKY_IS_ROSTER_ASK (self) && self->begun_usec == 0);

  self->begun_usec = sky_clock_boot_usec ();
  if (self->counts[SKY_ROSTER_REPLY_DUE] > 0)
    self->timer = g_timeout_add (self->timeout_msec, on_timeout, self);
}

static void
settle (SkyRosterAsk *self, const char *id, SkyRosterReplyState state, const char *args)
{
  guint number = GPOINTER_TO_UINT (g_hash_table_lookup (self->by_id, id));
  SkyRosterReply *reply = number > 0 ? &g_array_index (self->replies, SkyRosterReply, number - 1) : NULL;

  if (reply == NULL || reply->state != SKY_ROSTER_REPLY_DUE)
    return;
  set_state (self, reply, state);
  reply->latency_usec = self->begun_usec != 0 ? sky_clock_boot_usec () - self->begun_usec : 0;
  if (args != NULL)
    reply->args = strlen (args) <= MAX_ARGS_LEN ? g_strdup (args) : g_strdup ("…");
  if (self->counts[SKY_ROSTER_REPLY_DUE] == 0)
    g_clear_handle_id (&self->timer, g_source_remove);
  g_signal_emit_by_name (self, "changed");
}

/* Its answer; one that comes after the time, or a second one, is let pass. */
void
sky_roster_ask_answer (SkyRosterAsk *self, const char *id, const char *args)
{
  settle (self, id, SKY_ROSTER_REPLY_CAME, args);
}

/* It was disconnected. */
void
sky_roster_ask_lose (SkyRosterAsk *self, const char *id)
{
  settle (self, id, SKY_ROSTER_REPLY_GONE, NULL);
}

const char *
sky_roster_ask_get_nsp (SkyRosterAsk *self)
{
  return self->nsp;
}

guint
sky_roster_ask_get_timeout_msec (SkyRosterAsk *self)
{
  return self->timeout_msec;
}

/* Returns: whether no answer is waited for */
gboolean
sky_roster_ask_is_over (SkyRosterAsk *self)
{
  return self->counts[SKY_ROSTER_REPLY_DUE] == 0;
}

guint
sky_roster_ask_count (SkyRosterAsk *self, SkyRosterReplyState state)
{
  return self->counts[state];
}

guint
sky_roster_ask_get_n_replies (SkyRosterAsk *self)
{
  return self->replies->len;
}

/**
 * sky_roster_ask_get_reply:
 * @index: in the order in which they were asked
 * @out: (out caller-allocates): borrowed until the next change
 */
gboolean
sky_roster_ask_get_reply (SkyRosterAsk *self, guint index, SkyRosterReply *out)
{
  if (index >= self->replies->len)
    return FALSE;
  *out = g_array_index (self->replies, SkyRosterReply, index);
  return TRUE;
}
