#include "host-rig.h"

#define N_ACTORS 12
#define N_STEPS  2500

/* Clients that do anything at any time. What they get is not looked at: the host has to outlive them all. */
typedef struct
{
  Session *session; /* nullable */
  Line    *probe;   /* nullable */
  guint    revision;
} Actor;

static const SkyHostOptions hasty = { .eio3 = TRUE,
                                      .ping_interval_msec = 80,
                                      .ping_timeout_msec = 150,
                                      .connect_timeout_msec = 200,
                                      .upgrade_timeout_msec = 60,
                                      .idle_timeout_msec = 300,
                                      .per_message_deflate = TRUE,
                                      .max_payload = 5000 };

/* Packets of revision 4, and of 3 with their lengths; good ones and others. */
static const char *const words[] = {
  "40", "40/chat,", "41/chat,", "42[\"x\",1]", "421[\"x\",{\"a\":[1]}]", "42[\"join\",\"tea\"]", "42[\"leave\",\"tea\"]",
  "42[\"say\",\"tea\",\"hi\"]", "451-[\"x\",{\"_placeholder\":true,\"num\":0}]" RS "bAAEC", "bAAEC", "3", "2", "1", "9",
  "", "41", "40/secure,{\"token\":1}", "43[1]", "44{}", "2:40", "1:2", "8:40/chat,9:42[\"x\",1]", "1:1", "10:4", "6", "5",
};

static const char *
any_word (void)
{
  return words[g_test_rand_int_range (0, G_N_ELEMENTS (words))];
}

static void
renew (Rig *rig, Line **line)
{
  if (!(*line)->ended)
    return;
  line_free (*line);
  *line = line_new (rig);
}

static void
begin (Rig *rig, Actor *actor)
{
  Session *s = g_new0 (Session, 1);
  g_autofree char *target = NULL;
  g_autoptr(Answer) open = NULL;
  const char *sid;

  g_clear_pointer (&actor->session, session_free);
  actor->revision = g_test_rand_bit () ? 4 : 3;
  target = g_strdup_printf ("/socket.io/?EIO=%u&transport=polling%s", actor->revision,
                            g_test_rand_int_range (0, 4) == 0 ? "&j=1" : "");
  s->polls = line_new (rig);
  s->posts = line_new (rig);
  open = line_ask (s->polls, "GET", target, g_test_rand_bit () ? "Accept-Encoding: gzip\r\n" : "", NULL);
  sid = strstr (open->text, "sid");
  g_assert_nonnull (sid);
  sid += strcspn (sid, ":");
  sid += strspn (sid, ":\\\"");
  s->sid = g_strndup (sid, 20);
  s->target = g_strdup_printf ("%s&sid=%s", target, s->sid);
  actor->session = s;
}

static void
post (Rig *rig, Actor *actor)
{
  Session *s = actor->session;
  g_autofree char *head = NULL;
  const char *word = any_word ();

  renew (rig, &s->posts);
  switch (g_test_rand_int_range (0, 5))
    {
    case 0:
      head = g_strdup_printf ("POST %s HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n42", s->target);
      line_say (s->posts, head);
      break;
    case 1:
      head = g_strdup_printf ("POST %s HTTP/1.1\r\nHost: x\r\nContent-Length: 6000\r\n\r\n42", s->target);
      line_say (s->posts, head);
      break;
    default:
      line_begin (s->posts, "POST", s->target, g_test_rand_bit () ? "Content-Type: application/octet-stream\r\n" : "",
                  word, -1);
    }
}

static void
close_line (Line *line)
{
  if (g_test_rand_bit ())
    g_socket_shutdown (g_socket_connection_get_socket (line->stream), FALSE, TRUE, NULL);
  else
    g_socket_close (g_socket_connection_get_socket (line->stream), NULL);
  line->ended = TRUE;
}

static void
probe (Rig *rig, Actor *actor)
{
  g_autofree char *target = NULL;

  if (actor->probe == NULL || actor->probe->ended)
    {
      g_clear_pointer (&actor->probe, line_free);
      actor->probe = line_new (rig);
      target = g_strdup_printf ("/socket.io/?EIO=4&transport=websocket&sid=%s", actor->session->sid);
      line_begin (actor->probe, "GET", target, g_test_rand_bit () ? UPGRADE
                  : UPGRADE "Sec-WebSocket-Extensions: permessage-deflate\r\n", NULL, 0);
      return;
    }
  switch (g_test_rand_int_range (0, 6))
    {
    case 0:
    case 1:
      line_text (actor->probe, "2probe");
      break;
    case 2:
      line_text (actor->probe, "5");
      break;
    case 3:
      line_frame (actor->probe, (guint8) g_test_rand_int_range (0, 16), "abc", 3);
      break;
    case 4:
      close_line (actor->probe);
      break;
    default:
      line_text (actor->probe, any_word ());
    }
}

/* What a person does meanwhile. */
static void
act_by_hand (Rig *rig)
{
  g_autofree char *rooms = NULL, *id = NULL;
  const char *at;

  switch (g_test_rand_int_range (0, 3))
    {
    case 0:
      sky_host_emit (rig->host, g_test_rand_bit () ? "/" : "/chat", NULL, NULL, "all", "1,{\"$bin\":\"AAEC\"}", NULL);
      break;
    case 1:
      sky_host_ask (rig->host, "/", "tea", NULL, "question", NULL, NULL);
      break;
    default:
      rooms = sky_host_get_rooms_json (rig->host);
      at = strstr (rooms, "\"sockets\":[\"");
      if (at == NULL)
        return;
      at += strlen ("\"sockets\":[\"");
      id = g_strndup (at, strcspn (at, "\""));
      g_assert_true (sky_host_disconnect (rig->host, id, g_test_rand_bit (), NULL));
    }
}

static void
step (Rig *rig, Actor *actor)
{
  if (actor->session == NULL)
    {
      begin (rig, actor);
      return;
    }
  switch (g_test_rand_int_range (0, 12))
    {
    case 0:
      begin (rig, actor);
      break;
    case 1:
    case 2:
    case 3:
      renew (rig, &actor->session->polls);
      line_begin (actor->session->polls, "GET", actor->session->target, "", NULL, 0);
      break;
    case 4:
      renew (rig, &actor->session->polls);
      line_begin (actor->session->polls, g_test_rand_bit () ? "DELETE" : "OPTIONS", actor->session->target, "", "x", -1);
      break;
    case 5:
      close_line (g_test_rand_bit () ? actor->session->polls : actor->session->posts);
      break;
    case 6:
    case 7:
      probe (rig, actor);
      break;
    case 8:
      act_by_hand (rig);
      break;
    default:
      post (rig, actor);
    }
}

static void
test_storm (Rig *rig, gconstpointer data)
{
  Actor actors[N_ACTORS] = { 0 };
  gboolean stop = GPOINTER_TO_INT (data);

  for (guint i = 0; i < N_STEPS; i++)
    {
      step (rig, &actors[g_test_rand_int_range (0, N_ACTORS)]);
      for (guint turns = (guint) g_test_rand_int_range (0, 4); turns > 0; turns--)
        g_main_context_iteration (NULL, FALSE);
      if (i % 100 == 0)
        pass_time (5);
    }
  if (stop)
    {
      sky_peer_stop (SKY_PEER (rig->host));
      WAIT (sky_peer_get_state (SKY_PEER (rig->host)) == SKY_PEER_CLOSED);
    }
  for (guint i = 0; i < N_ACTORS; i++)
    {
      g_clear_pointer (&actors[i].session, session_free);
      g_clear_pointer (&actors[i].probe, line_free);
    }
  expect_nobody (rig);
}

static void
set_up (Rig *rig, gconstpointer data)
{
  rig_set_up (rig, &hasty);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/host-storm/calm-after", Rig, GINT_TO_POINTER (FALSE), set_up, test_storm, rig_tear_down);
  g_test_add ("/host-storm/stopped", Rig, GINT_TO_POINTER (TRUE), set_up, test_storm, rig_tear_down);
  return g_test_run ();
}
