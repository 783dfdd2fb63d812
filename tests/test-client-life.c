#include "client-rig.h"

/* Who hears of a client may start, stop or drop it, at any time: none of its timers may be left behind. */

typedef enum
{
  STOP,
  RESTART, /* stop and start */
  START,
  DROP,
} Deed;

typedef enum
{
  AT_STATE,
  AT_SPACES,
  AT_HEARTBEAT,
  AT_TRANSPORT,
  AT_SID,
  AT_ACK,
  AT_HELD,
} Event;

/* What happens on the line when the deed is done. */
typedef struct
{
  const char  *name;
  Event        event;
  SkyPeerState state; /* the one at which it is done, of AT_STATE and what is told with it */
  SkyTransports transports;
} Moment;

typedef struct
{
  Rig           rig;
  const Moment *moment;
  Deed          deed;
  gboolean      done;
} Fixture;

static const Moment moments[] = {
  { "working", AT_STATE, SKY_PEER_WORKING, SKY_TRANSPORTS_WEBSOCKET },
  { "open", AT_STATE, SKY_PEER_OPEN, SKY_TRANSPORTS_WEBSOCKET },
  { "open-polling", AT_STATE, SKY_PEER_OPEN, SKY_TRANSPORTS_POLLING },
  { "waiting", AT_STATE, SKY_PEER_WAITING, SKY_TRANSPORTS_WEBSOCKET },
  { "waiting-polling", AT_STATE, SKY_PEER_WAITING, SKY_TRANSPORTS_POLLING },
  { "failed", AT_STATE, SKY_PEER_FAILED, SKY_TRANSPORTS_WEBSOCKET },
  { "closing", AT_STATE, SKY_PEER_CLOSING, SKY_TRANSPORTS_WEBSOCKET },
  { "closing-polling", AT_STATE, SKY_PEER_CLOSING, SKY_TRANSPORTS_POLLING },
  { "closed", AT_STATE, SKY_PEER_CLOSED, SKY_TRANSPORTS_WEBSOCKET },
  { "spaces-working", AT_SPACES, SKY_PEER_WORKING, SKY_TRANSPORTS_WEBSOCKET },
  { "spaces-open", AT_SPACES, SKY_PEER_OPEN, SKY_TRANSPORTS_WEBSOCKET },
  { "spaces-open-polling", AT_SPACES, SKY_PEER_OPEN, SKY_TRANSPORTS_POLLING },
  { "spaces-waiting", AT_SPACES, SKY_PEER_WAITING, SKY_TRANSPORTS_WEBSOCKET },
  { "spaces-failed", AT_SPACES, SKY_PEER_FAILED, SKY_TRANSPORTS_WEBSOCKET },
  { "heartbeat", AT_HEARTBEAT, SKY_PEER_WORKING, SKY_TRANSPORTS_WEBSOCKET },
  { "heartbeat-polling", AT_HEARTBEAT, SKY_PEER_WORKING, SKY_TRANSPORTS_POLLING },
  { "heartbeat-open", AT_HEARTBEAT, SKY_PEER_OPEN, SKY_TRANSPORTS_WEBSOCKET },
  { "transport", AT_TRANSPORT, SKY_PEER_WORKING, SKY_TRANSPORTS_WEBSOCKET },
  { "transport-polling", AT_TRANSPORT, SKY_PEER_WORKING, SKY_TRANSPORTS_POLLING },
  { "transport-gone", AT_TRANSPORT, SKY_PEER_WAITING, SKY_TRANSPORTS_POLLING },
  { "transport-upgraded", AT_TRANSPORT, SKY_PEER_OPEN, SKY_TRANSPORTS_BOTH },
  { "sid", AT_SID, SKY_PEER_WORKING, SKY_TRANSPORTS_WEBSOCKET },
  { "sid-polling", AT_SID, SKY_PEER_WORKING, SKY_TRANSPORTS_POLLING },
  { "ack-gone", AT_ACK, SKY_PEER_WAITING, SKY_TRANSPORTS_WEBSOCKET },
  { "ack-gone-failed", AT_ACK, SKY_PEER_FAILED, SKY_TRANSPORTS_WEBSOCKET },
  { "held-given-up", AT_HELD, SKY_PEER_FAILED, SKY_TRANSPORTS_WEBSOCKET },
};

static const char *const deeds[] = { [STOP] = "stop", [RESTART] = "restart", [START] = "start", [DROP] = "drop" };

typedef struct
{
  const Moment *moment;
  Deed          deed;
} Case;

static void
on_event (Fixture *f, Event event)
{
  SkyPeer *peer = SKY_PEER (f->rig.client);

  if (f->done || f->moment->event != event)
    return;
  if (f->moment->transports == SKY_TRANSPORTS_BOTH /* sooner or later than open */
          ? g_strcmp0 (sky_client_get_transport (f->rig.client), "websocket") != 0
          : sky_peer_get_state (peer) != f->moment->state)
    return;
  f->done = TRUE;
  switch (f->deed)
    {
    case STOP:
      sky_peer_stop (peer);
      break;
    case RESTART:
      sky_peer_stop (peer);
      sky_peer_start (peer);
      break;
    case START:
      sky_peer_start (peer);
      break;
    case DROP:
      g_object_unref (peer);
      break;
    }
}

static void
on_state (Fixture *f)
{
  on_event (f, AT_STATE);
}

static void
on_spaces (Fixture *f)
{
  on_event (f, AT_SPACES);
}

static void
on_heartbeat (Fixture *f)
{
  on_event (f, AT_HEARTBEAT);
}

static void
on_transport (Fixture *f)
{
  on_event (f, AT_TRANSPORT);
}

static void
on_sid (Fixture *f)
{
  on_event (f, AT_SID);
}

static void
on_ack (SkyClient *client, const char *args, gint64 latency_usec, const GError *error, gpointer user_data)
{
  Fixture *f = user_data;

  g_assert_error (error, SKY_CLIENT_ERROR, SKY_CLIENT_ERROR_GONE);
  on_event (f, f->moment->event == AT_HELD ? AT_HELD : AT_ACK);
}

static gboolean
is_down (Fixture *f)
{
  return f->rig.client == NULL || rig_state (&f->rig) == SKY_PEER_CLOSED || rig_state (&f->rig) == SKY_PEER_FAILED;
}

/* Leads the client to the moment, as far as the deed lets it. */
static void
lead (Fixture *f)
{
  const Moment *m = f->moment;
  Rig *rig = &f->rig;

  rig_start (rig);
  WAIT (f->done || rig->heard->len > 0);
  if (f->done)
    return;
  rig_expect (rig, "40");
  if (m->event == AT_HELD)
    {
      g_assert_true (sky_client_emit_with_ack (rig->client, "/", "x", NULL, 0, on_ack, f, NULL, NULL));
      g_assert_true (sky_client_emit_with_ack (rig->client, "/", "y", NULL, 5000, on_ack, f, NULL, NULL));
      rig_hang_up (rig);
      WAIT (f->done || is_down (f));
      return;
    }
  if (m->state == SKY_PEER_FAILED && m->event == AT_SPACES)
    rig_say (rig, "44{\"message\":\"no\"}");
  else
    rig_say (rig, "40{\"sid\":\"soc\"}");
  WAIT (f->done || is_down (f) || rig_state (rig) == SKY_PEER_OPEN);
  if (f->done || is_down (f))
    return;
  g_assert_true (sky_client_emit_with_ack (rig->client, "/", "x", NULL, 0, on_ack, f, NULL, NULL));
  g_assert_true (sky_client_emit_with_ack (rig->client, "/", "y", NULL, 5000, on_ack, f, NULL, NULL));
  if (m->transports == SKY_TRANSPORTS_BOTH)
    return;
  if (m->event == AT_HEARTBEAT)
    rig_say (rig, "2");
  else if (m->state == SKY_PEER_CLOSING || m->state == SKY_PEER_CLOSED)
    {
      sky_peer_stop (SKY_PEER (rig->client));
      if (!f->done)
        sky_peer_stop (SKY_PEER (rig->client));
    }
  else
    rig_hang_up (rig);
}

static void
test_deed (gconstpointer data)
{
  const Case *c = data;
  Fixture f = { .moment = c->moment, .deed = c->deed };
  Rig *rig = &f.rig;
  gboolean failed = c->moment->state == SKY_PEER_FAILED || c->moment->event == AT_HELD;

  rig_set_up (rig, GINT_TO_POINTER (SKY_PROTOCOL_SOCKET_IO));
  rig->profile->transports = c->moment->transports;
  rig->profile->parser = SKY_PARSER_DEFAULT;
  rig->ws_first = RIG_OPEN_4;
  rig->poll_body = RIG_OPEN_UP;
  rig_reconnect (rig, failed ? 0 : -1, 30);
  g_signal_connect_swapped (rig->client, "notify::state", G_CALLBACK (on_state), &f);
  g_signal_connect_swapped (rig->client, "notify::transport", G_CALLBACK (on_transport), &f);
  g_signal_connect_swapped (rig->client, "notify::sid", G_CALLBACK (on_sid), &f);
  g_signal_connect_swapped (rig->client, "spaces-changed", G_CALLBACK (on_spaces), &f);
  g_signal_connect_swapped (rig->client, "heartbeat", G_CALLBACK (on_heartbeat), &f);
  lead (&f);
  WAIT (f.done);
  pass_time (80); /* what was left behind would run now */
  if (c->deed == DROP)
    g_assert_null (rig->client);
  else if (c->deed == STOP && c->moment->state != SKY_PEER_FAILED)
    g_assert_true (rig_state (rig) == SKY_PEER_CLOSED || rig_state (rig) == SKY_PEER_CLOSING);
  else if (c->deed == STOP)
    g_assert_cmpint (rig_state (rig), ==, SKY_PEER_FAILED);
  else
    g_assert_true (rig_state (rig) == SKY_PEER_WORKING || rig_state (rig) == SKY_PEER_OPEN);
  rig_tear_down (rig, NULL);
}

int
main (int argc, char **argv)
{
  static Case cases[G_N_ELEMENTS (moments) * G_N_ELEMENTS (deeds)];
  guint n = 0;

  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (moments); i++)
    for (guint d = 0; d < G_N_ELEMENTS (deeds); d++, n++)
      {
        g_autofree char *path = g_strconcat ("/client-life/", moments[i].name, "/", deeds[d], NULL);

        cases[n] = (Case) { &moments[i], (Deed) d };
        g_test_add_data_func (path, &cases[n], test_deed);
      }
  return g_test_run ();
}
