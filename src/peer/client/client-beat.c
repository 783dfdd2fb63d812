#include "peer/client/client-private.h"

#include <glib/gi18n-lib.h>

#include "base/clock.h"

/*
 * The heartbeat of the session: PROTOCOL §6. In revision 4 the server pings, and is dead if none
 * comes within pingInterval + pingTimeout. In revision 3 we ping, and it is dead if no pong comes
 * within pingTimeout. The values come from the open packet, and may be any.
 */

#define USEC       1000 /* microseconds of a millisecond */
#define WATCH_MSEC 5000 /* how long a computer that has slept may not know that its session is dead */

static void
die (SkyClient *self)
{
  SkyHeartbeat *beat = &self->heartbeat;
  guint64 msec = self->revision == 3 ? beat->timeout_msec : (guint64) beat->interval_msec + beat->timeout_msec;
  g_autofree char *text
      = self->revision == 3
            ? g_strdup_printf (_("Ping timeout: the server did not answer our ping within %.1f s."), msec / 1000.0)
            : g_strdup_printf (_("Ping timeout: no ping came from the server for %.1f s."), msec / 1000.0);

  sky_client_note (self, SKY_KIND_ERROR, "%s", text);
  sky_carrier_cut (self->carrier); /* nothing waits for a dead peer: PROTOCOL §6.5 */
  sky_client_fail (self, text, _("The server may be busy or stopped in a debugger, or the network is gone."),
                   "ping timeout");
}

static gboolean on_watch (gpointer user_data);

static void
await_death (SkyClient *self, guint64 msec)
{
  g_clear_handle_id (&self->beat, g_source_remove);
  self->heartbeat.death_usec = g_get_monotonic_time () + (gint64) msec * USEC;
  self->death_boot_usec = sky_clock_boot_usec () + (gint64) msec * USEC;
  self->beat = g_timeout_add (MIN (msec, WATCH_MSEC), on_watch, self);
}

static gboolean
on_due (gpointer user_data)
{
  g_autoptr(SkyClient) self = g_object_ref (SKY_CLIENT (user_data));

  self->beat = 0;
  self->pinged_usec = g_get_monotonic_time ();
  await_death (self, self->heartbeat.timeout_msec);
  sky_talker_ping (self->talker);
  g_signal_emit_by_name (self, "heartbeat");
  return G_SOURCE_REMOVE;
}

/*
 * A WebSocket to bare Engine.IO does not tell its revision. No ping came in time: in revision 3 it is we
 * who ping, and the server waits for it for another half of its timeout.
 */
static gboolean
try_old (SkyClient *self)
{
  if (!self->guessed)
    return FALSE;
  self->guessed = FALSE;
  self->heartbeat.revision = 3;
  sky_client_note (self, SKY_KIND_STATE, _("no ping came from the server: asking as revision 3 does"));
  sky_client_set_revision (self, 3);
  on_due (self);
  return TRUE;
}

/* A timer does not run while the computer sleeps, but the server's does: so time is looked at now and then. */
static gboolean
on_watch (gpointer user_data)
{
  g_autoptr(SkyClient) self = g_object_ref (SKY_CLIENT (user_data));
  gint64 left_msec = (self->death_boot_usec - sky_clock_boot_usec ()) / USEC;

  self->beat = 0;
  if (left_msec > 0)
    self->beat = g_timeout_add (MIN (left_msec + 1, WATCH_MSEC), on_watch, self);
  else if (!try_old (self))
    die (self);
  return G_SOURCE_REMOVE;
}

/* Something was heard that proves the server alive: the clock starts anew. */
static void
wait (SkyClient *self)
{
  SkyHeartbeat *beat = &self->heartbeat;

  if (self->stopping || self->refusal != NULL || beat->interval_msec == 0)
    return;
  beat->last_usec = g_get_monotonic_time ();
  beat->next_usec = beat->last_usec + (gint64) beat->interval_msec * USEC;
  if (self->revision == 3)
    {
      g_clear_handle_id (&self->beat, g_source_remove);
      beat->death_usec = beat->next_usec + (gint64) beat->timeout_msec * USEC;
      self->beat = g_timeout_add (beat->interval_msec, on_due, self);
    }
  else
    await_death (self, (guint64) beat->interval_msec + (self->guessed ? beat->timeout_msec / 2 : beat->timeout_msec));
  g_signal_emit_by_name (self, "heartbeat");
}

/* The session is open. */
void
sky_client_begin_beat (SkyClient *self)
{
  self->heartbeat = (SkyHeartbeat) { .revision = self->revision,
                                     .interval_msec = self->open.ping_interval_msec,
                                     .timeout_msec = self->open.ping_timeout_msec };
  self->pinged_usec = 0;
  wait (self);
}

/**
 * sky_client_beat:
 * @ping: a ping came, else a pong
 */
void
sky_client_beat (SkyClient *self, gboolean ping)
{
  if (self->open.sid == NULL || (self->revision == 3 && ping))
    return;
  if (self->revision == 3 && self->pinged_usec != 0)
    self->heartbeat.rtt_usec = g_get_monotonic_time () - self->pinged_usec;
  self->pinged_usec = 0;
  self->guessed = FALSE;
  wait (self);
}

void
sky_client_end_beat (SkyClient *self)
{
  g_clear_handle_id (&self->beat, g_source_remove);
  self->heartbeat = (SkyHeartbeat) { 0 };
}

/**
 * sky_client_get_heartbeat:
 * @beat: (out caller-allocates): as it stands now
 *
 * Returns: %FALSE if there is no Engine.IO session, or one without a heartbeat
 */
gboolean
sky_client_get_heartbeat (SkyClient *self, SkyHeartbeat *beat)
{
  *beat = self->heartbeat;
  return beat->last_usec != 0;
}
