#include "peer/demo.h"

#define ROOM          "room-42"
#define NSP           "/chat"
#define QUICK_STEPS   300 /* then the chat slows down: a forgotten demo must not fill the disk */
#define SLOWDOWN      20
#define ECHO_MSEC     3500
#define ACK_MSEC      5000
#define FISH_PNG                                                                                   \
  "iVBORw0KGgoAAAANSUhEUgAAABgAAAAMAgMAAAAFXpXmAAAADFBMVEUccdjgGyQufTL///8J/DJ8AAAAMklEQVR42m"   \
  "NgQAEcDKwBQIqLITQUSHNNDQ0NdWBgWhoaGg6hgKJgwQCwkhCwhhAGNAAAtBoKdRf+adUAAAAASUVORK5CYII="

typedef enum { ALICE, BOB, ECHO, N_CLIENTS } Who;

struct _SkyDemo
{
  SkyHost   *host;
  SkyClient *clients[N_CLIENTS];
  guint      chat, lines; /* sources */
  guint      n_steps, n_lines;
};

/* One thing that somebody does; then a pause follows. */
typedef struct
{
  Who         who;
  const char *event, *args;
  gboolean    ask; /* for an ack */
  guint       pause_msec;
} Step;

#define SAY(who, text, pause) { who, "say", "\"" ROOM "\",{\"text\":\"" text "\"}", FALSE, pause }
#define TYPES(who, pause)     { who, "typing", "\"" ROOM "\",true", FALSE, pause }

/* Played over and over. A person can read along. */
static const Step script[] = {
  SAY (ALICE, "Hi! Is anybody in here?", 1600),
  TYPES (BOB, 900),
  SAY (BOB, "I am. Just joined the room.", 1500),
  { ALICE, "say", "\"" ROOM "\",{\"text\":\"Did this one arrive?\"}", TRUE, 1300 },
  SAY (BOB, "It did, loud and clear.", 1800),
  { BOB, "whoami", "", TRUE, 1400 },
  TYPES (ALICE, 1000),
  SAY (ALICE, "I caught a sockeye, look:", 1100),
  { ALICE, "say", "\"" ROOM "\",{\"photo\":\"sockeye.png\",\"width\":24},{\"$bin\":\"" FISH_PNG "\"}",
    TRUE, 1900 },
  SAY (BOB, "Very red. How large is it?", 1700),
  SAY (ALICE, "131 bytes, all of them fish 🐟", 1500),
  { BOB, "leave", "\"" ROOM "\"", TRUE, 1200 },
  { ALICE, "say", "\"" ROOM "\",{\"text\":\"Bob? The ack says I am alone in here.\"}", TRUE, 1900 },
  { BOB, "join", "\"" ROOM "\"", TRUE, 1000 },
  SAY (BOB, "Back again. What did I miss?", 1500),
  SAY (ALICE, "Nothing that a server would remember.", 1800),
  { ALICE, "rate", "{\"fish\":5,\"weather\":3.50},null,[true]", TRUE, 1600 },
  TYPES (BOB, 1100),
  SAY (BOB, "An event that nobody knows comes straight back, by the way.", 1900),
  { BOB, "photo", "{\"name\":\"sockeye.png\"},{\"$bin\":\"" FISH_PNG "\"}", FALSE, 1500 },
};

static const char *const lines[] = {
  "one fish", "two fish", "red fish", "{\"json\": \"is text too\"}", "☃ and 🐟",
  "the same words again, the same words again, the same words again",
};

static gboolean
is_open (SkyDemo *self, Who who)
{
  return sky_peer_get_state (SKY_PEER (self->clients[who])) == SKY_PEER_OPEN;
}

/* Whom a person has disconnected says nothing. */
static void
play (SkyDemo *self, const Step *step)
{
  SkyClient *client = self->clients[step->who];

  if (!is_open (self, step->who))
    return;
  if (step->ask)
    sky_client_emit_with_ack (client, NSP, step->event, step->args, ACK_MSEC, NULL, NULL, NULL,
                              NULL);
  else
    sky_client_emit (client, NSP, step->event, step->args, SKY_EMIT_NONE, NULL);
}

static gboolean
on_chat (gpointer user_data)
{
  SkyDemo *self = user_data;
  const Step *step = &script[self->n_steps % G_N_ELEMENTS (script)];
  guint pause_msec = step->pause_msec * (self->n_steps < QUICK_STEPS ? 1 : SLOWDOWN);

  /* The pause is this step's own; nobody talks to an empty room at the beginning. */
  self->chat = g_timeout_add (pause_msec, on_chat, self);
  if (self->n_steps == 0 && !(is_open (self, ALICE) && is_open (self, BOB)))
    return G_SOURCE_REMOVE;
  self->n_steps++;
  play (self, step);
  return G_SOURCE_REMOVE;
}

static gboolean
on_line (gpointer user_data)
{
  SkyDemo *self = user_data;
  const char *line = lines[self->n_lines % G_N_ELEMENTS (lines)];
  g_autoptr(GBytes) octets = NULL;

  self->lines
      = g_timeout_add (ECHO_MSEC * (self->n_lines < QUICK_STEPS ? 1 : SLOWDOWN), on_line, self);
  if (!is_open (self, ECHO))
    return G_SOURCE_REMOVE;
  if (++self->n_lines % 5 == 0)
    {
      octets = g_bytes_new_static ("\x00\x01\x02\xfe\xff", 5);
      sky_client_send_binary (self->clients[ECHO], octets, NULL);
    }
  else
    sky_client_send_text (self->clients[ECHO], line, NULL);
  return G_SOURCE_REMOVE;
}

/* Rooms are left with the connection: whoever connects joins anew. */
static void
on_state (SkyPeer *peer, GParamSpec *pspec, gpointer user_data)
{
  if (sky_peer_get_state (peer) == SKY_PEER_OPEN)
    sky_client_emit_with_ack (SKY_CLIENT (peer), NSP, "join", "\"" ROOM "\"", ACK_MSEC, NULL, NULL,
                              NULL, NULL);
}

static void
add_client (SkyDemo *self, Who who, const char *title, const char *format, SkyProtocol protocol,
            SkyTransports transports)
{
  g_autofree char *address = g_strdup_printf ("localhost:%u", sky_host_get_port (self->host));
  g_auto(GStrv) parts = g_strsplit (format, "HOST", 2);
  g_autofree char *url = g_strjoinv (address, parts);
  g_autoptr(SkyProfile) profile = sky_profile_new (url);

  profile->protocol = protocol;
  profile->transports = transports;
  if (protocol == SKY_PROTOCOL_SOCKET_IO) /* so that the server knows whom it calls by which id */
    profile->auth = g_strdup_printf ("{\"name\":\"%s\",\"token\":\"not-so-secret\"}", title);
  self->clients[who] = sky_client_new (profile, NULL);
  sky_peer_set_title (SKY_PEER (self->clients[who]), title);
  if (protocol == SKY_PROTOCOL_SOCKET_IO)
    g_signal_connect (self->clients[who], "notify::state", G_CALLBACK (on_state), self);
  sky_peer_start (SKY_PEER (self->clients[who]));
}

/**
 * sky_demo_new:
 * @rules: (nullable): what the host answers, see sky_host_set_rules(); %NULL for the answers of one without rules
 *
 * Starts a host on a free port of this computer, two clients that chat in a room of it, of which one
 * begins with long-polling and is upgraded, and one that has its words echoed. Stop and start them as
 * you like: who is connected goes on.
 *
 * Returns: (transfer full): all of them, at work
 */
SkyDemo *
sky_demo_new (const char *rules)
{
  SkyDemo *self = g_new0 (SkyDemo, 1);

  self->host = sky_host_new (NULL, NULL);
  sky_host_set_rules (self->host, rules, NULL);
  sky_peer_start (SKY_PEER (self->host));
  add_client (self, ALICE, "alice", "http://HOST" NSP, SKY_PROTOCOL_SOCKET_IO, SKY_TRANSPORTS_WEBSOCKET);
  add_client (self, BOB, "bob", "http://HOST" NSP, SKY_PROTOCOL_SOCKET_IO, SKY_TRANSPORTS_BOTH);
  add_client (self, ECHO, "echo", "ws://HOST/echo", SKY_PROTOCOL_WEBSOCKET, SKY_TRANSPORTS_BOTH);
  self->chat = g_timeout_add (1000, on_chat, self);
  self->lines = g_timeout_add (1500, on_line, self);
  return self;
}

/**
 * sky_demo_free:
 *
 * Stops everyone.
 */
void
sky_demo_free (SkyDemo *self)
{
  g_source_remove (self->chat);
  g_source_remove (self->lines);
  for (guint i = 0; i < N_CLIENTS; i++)
    {
      g_signal_handlers_disconnect_by_data (self->clients[i], self);
      sky_peer_stop (SKY_PEER (self->clients[i]));
      g_object_unref (self->clients[i]);
    }
  sky_peer_stop (SKY_PEER (self->host));
  g_object_unref (self->host);
  g_free (self);
}

/* Returns: (transfer none): the server of the demo */
SkyHost *
sky_demo_get_host (SkyDemo *self)
{
  return self->host;
}

/**
 * sky_demo_get_client:
 *
 * Returns: (transfer none) (nullable): "alice", "bob" and "echo" for 0, 1 and 2; %NULL beyond
 */
SkyClient *
sky_demo_get_client (SkyDemo *self, guint index)
{
  return index < N_CLIENTS ? self->clients[index] : NULL;
}
