#include "stack/stack-private.h"

#include <string.h>

#define MAX_SESSIONS 1024 /* of one trace that are found again by their id; the oldest go first */
#define MAX_SID_LEN  256  /* bytes of an id that is kept */

/*
 * What is known of a session above its transports. Long-polling spreads a session over connections,
 * a GET that waits on one and POSTs on another, and an upgrade takes it to a third: each has a stack of
 * its own, but the namespaces, acks and attachments are the session's.
 */

Talk *
sky_talk_new (void)
{
  Talk *self = g_new0 (Talk, 1);

  self->n_refs = 1;
  self->revision = 4;
  self->spaces = sky_sio_spaces_new ();
  self->event[SKY_FROM_CLIENT] = self->event[SKY_FROM_SERVER] = SKY_RECORD_NONE;
  return self;
}

Talk *
sky_talk_ref (Talk *self)
{
  self->n_refs++;
  return self;
}

void
sky_talk_unref (Talk *self)
{
  if (--self->n_refs > 0)
    return;
  sky_sio_spaces_free (self->spaces);
  g_free (self);
}

/**
 * sky_stack_sessions_new:
 *
 * Returns: (transfer full): no session yet; for sky_stack_share()
 */
SkyStackSessions *
sky_stack_sessions_new (void)
{
  SkyStackSessions *self = g_new0 (SkyStackSessions, 1);

  self->talks = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) sky_talk_unref);
  g_queue_init (&self->sids);
  return self;
}

/**
 * sky_stack_sessions_free:
 *
 * To be called when every stack that shares them is gone.
 */
void
sky_stack_sessions_free (SkyStackSessions *self)
{
  g_queue_clear (&self->sids);
  g_hash_table_unref (self->talks);
  sky_stack_echo_clear (&self->echo);
  g_free (self);
}

/**
 * sky_stack_share:
 * @sessions: must outlive @self
 *
 * Lets a stack know the sessions that the other stacks of a trace have heard: their connections are
 * heard as one conversation, in the order in which their bytes are pushed. The stacks must put their
 * records into the same sink. To be called before the first byte.
 */
void
sky_stack_share (SkyStack *self, SkyStackSessions *sessions)
{
  self->sessions = sessions;
}

/* The open packet of long-polling has named the session. */
void
sky_stack_name_session (SkyStack *self, const char *sid)
{
  SkyStackSessions *sessions = self->sessions;
  char *key;

  if (sessions == NULL || strlen (sid) > MAX_SID_LEN || g_hash_table_contains (sessions->talks, sid))
    return;
  if (sessions->sids.length == MAX_SESSIONS)
    g_hash_table_remove (sessions->talks, g_queue_pop_head (&sessions->sids));
  key = g_strdup (sid);
  g_hash_table_insert (sessions->talks, key, sky_talk_ref (self->talk));
  g_queue_push_tail (&sessions->sids, key);
}

/* Returns: whether the session is known, from here or from another connection */
gboolean
sky_stack_join_session (SkyStack *self, const char *sid)
{
  Talk *known = self->sessions != NULL ? g_hash_table_lookup (self->sessions->talks, sid) : NULL;
  Talk *before = self->talk;

  if (known != NULL)
    self->talk = sky_talk_ref (known);
  else if (before->n_refs > 1)
    self->talk = sky_talk_new (); /* what went on here before was another session */
  else
    return FALSE;
  sky_talk_unref (before);
  return known != NULL;
}
