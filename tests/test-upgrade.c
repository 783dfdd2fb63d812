#include "peer/carrier/upgrade.h"

#include "accept.h"
#include "peer/carrier/opening.h"
#include "script-server.h"
#include "trace/store.h"

#define SEP "\x1e"

/* What the server does when a WebSocket asks for the session. */
typedef enum
{
  ANSWER,
  REFUSE,
  SILENT,  /* 101, but nothing to the probe */
  WRONG,   /* something else to the probe */
  TWICE,   /* the right answer, and more before the upgrade */
  CLOSE,   /* a Close frame to the probe */
  HANG_UP, /* the end of the line to the probe */
} Manner;

typedef struct
{
  Server          server;
  SkyStore       *store;
  SkyProfile     *profile;
  SkyRoute        route;
  SkyCarrierPoll *polling;
  SkyCarrierWs   *ws;
  SkyLink        *link;
  GCancellable   *cancellable;
  GError         *error;
  guint           n_over;
  gboolean        opened;

  Manner     manner;
  guint      revision;
  Line      *get, *post, *socket;
  guint      n_gets;
  gboolean   held;   /* POSTs wait for the test */
  gboolean   noop;   /* each GET is answered with a noop: the probe has come */
  guint      noops;  /* source */
  GString   *posted; /* each body in () */
  GString   *framed; /* each frame's payload in (); binary in <>; a close is (close) */

  GString *heard;
  guint    n_closed;
} Fixture;

static void
answer_get (Fixture *f, const char *body)
{
  WAIT (f->get != NULL);
  line_answer (g_steal_pointer (&f->get), 200, "", body, strlen (body));
}

static void
answer_upgrade (Line *line, const char *head)
{
  g_autofree char *accept = make_accept (head);
  g_autofree char *answer = g_strdup_printf ("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
                                             "Connection: Upgrade\r\nSec-WebSocket-Accept: %s\r\n\r\n",
                                             accept);

  line_send (line, answer);
}

static void
send_frame (Line *line, guint8 first, const char *text)
{
  guint8 header[2] = { first, (guint8) strlen (text) };

  line_send_len (line, header, 2);
  line_send (line, text);
}

static void
take_request (Server *s, Line *line, const char *head, GBytes *body)
{
  Fixture *f = s->test;
  g_autofree char *open = g_strdup_printf (
      "%s0{\"sid\":\"abc\",\"upgrades\":[\"websocket\"],\"pingInterval\":25000,\"pingTimeout\":20000}",
      f->revision == 3 ? "80:" : "");

  if (strstr (head, "Upgrade: websocket") != NULL)
    {
      g_assert_nonnull (strstr (head, "transport=websocket&sid=abc "));
      g_assert_nonnull (strstr (head, "\r\nCookie: stick=y\r\n"));
      f->socket = line;
      if (f->manner == REFUSE)
        line_answer (line, 400, "Connection: close\r\n", "{\"code\":3,\"message\":\"Bad request\"}", 34);
      else
        answer_upgrade (line, head);
    }
  else if (strstr (head, "sid=") == NULL)
    line_answer (line, 200, "Set-Cookie: stick=y\r\n", open, strlen (open));
  else if (g_str_has_prefix (head, "GET "))
    {
      g_assert_null (f->get);
      f->get = line;
      f->n_gets++;
    }
  else
    {
      g_assert_null (f->post);
      g_string_append_printf (f->posted, "(%.*s)", (int) g_bytes_get_size (body),
                              (const char *) g_bytes_get_data (body, NULL));
      f->post = line;
      if (!f->held)
        line_answer (g_steal_pointer (&f->post), 200, "", "ok", 2);
    }
}

/* From the probe to the upgrade each poll gets a noop soon: PROTOCOL §5.2 */
static gboolean
on_noop (gpointer user_data)
{
  Fixture *f = user_data;

  if (f->noop && f->get != NULL)
    answer_get (f, f->revision == 3 ? "1:6" : "6");
  if (!f->noop)
    f->noops = 0;
  return f->noop;
}

static void
probe_came (Fixture *f, Line *line)
{
  switch (f->manner)
    {
    case ANSWER:
    case TWICE:
      send_frame (line, 0x81, "3probe");
      if (f->manner == TWICE)
        send_frame (line, 0x81, "42[\"early\"]");
      f->noop = TRUE;
      f->noops = g_timeout_add (20, on_noop, f);
      if (f->get != NULL)
        answer_get (f, f->revision == 3 ? "5:42[1]1:6" : "42[1]" SEP "6");
      break;
    case SILENT:
    case REFUSE:
      break;
    case WRONG:
      send_frame (line, 0x81, "3");
      break;
    case CLOSE:
      send_frame (line, 0x88, "");
      break;
    case HANG_UP:
      line_close (line);
      break;
    }
}

/* Takes one short masked frame off what a WebSocket heard. */
static gboolean
take_frame (Fixture *f, Line *line)
{
  guint8 *d = line->heard->data;
  guint len = line->heard->len >= 6 ? d[1] & 127 : 0, opcode = line->heard->len >= 6 ? d[0] & 15 : 0;
  g_autoptr(GString) text = g_string_new (NULL);

  if (line->heard->len < 6 || line->heard->len < 6 + len)
    return FALSE;
  g_assert_cmpuint (len, <, 126);
  g_assert_cmpuint (d[1] & 128, ==, 128);
  for (guint i = 0; i < len; i++)
    g_string_append_c (text, (char) (d[6 + i] ^ d[2 + i % 4]));
  g_string_append_printf (f->framed, opcode == 2 ? "<%s>" : "(%s)", opcode == 8 ? "close" : text->str);
  g_byte_array_remove_range (line->heard, 0, 6 + len);
  if (g_str_equal (text->str, "2probe"))
    probe_came (f, line);
  else if (opcode == 8 && f->manner == CLOSE)
    line_close (line); /* RFC 6455 §7.1.1: the server is the first to hang up */
  else if (g_str_equal (text->str, "5"))
    {
      f->noop = FALSE;
      g_assert_null (f->get); /* both were silent */
      g_assert_null (f->post);
      send_frame (line, 0x81, "42[2]");
    }
  return TRUE;
}

static void
take_raw (Server *s, Line *line)
{
  Fixture *f = s->test;

  while (line == f->socket && f->manner != REFUSE && take_frame (f, line))
    ;
}

static void
on_message (SkyCarrier *carrier, GBytes *data, gboolean binary, gpointer owner)
{
  Fixture *f = owner;

  g_string_append_printf (f->heard, "%s%.*s\n", SKY_IS_CARRIER_WS (carrier) ? "ws:" : "",
                          (int) g_bytes_get_size (data), (const char *) g_bytes_get_data (data, NULL));
}

static void
on_closed (SkyCarrier *carrier, guint code, const char *reason, const GError *error, gpointer owner)
{
  ((Fixture *) owner)->n_closed++;
}

static const SkyCarrierFuncs funcs = { .message = on_message, .closed = on_closed };

static void
on_opened (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Fixture *f = user_data;

  f->polling = sky_carrier_poll_open_finish (result, &f->error);
  g_assert_no_error (f->error);
  f->opened = TRUE;
}

static void
on_upgraded (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Fixture *f = user_data;

  f->ws = sky_upgrade_finish (result, &f->link, &f->error);
  g_assert_true ((f->ws == NULL) == (f->error != NULL));
  f->n_over++;
  if (f->ws == NULL)
    return;
  if (f->polling != NULL) /* as a talker does */
    sky_carrier_attend (SKY_CARRIER (f->polling), NULL, NULL);
  g_clear_object (&f->polling);
  sky_carrier_attend (SKY_CARRIER (f->ws), &funcs, f);
}

static void
set_up (Fixture *f, gconstpointer data)
{
  g_autofree char *url = NULL;
  g_autoptr(SoupCookieJar) jar = soup_cookie_jar_new ();

  f->revision = GPOINTER_TO_UINT (data) == 3 ? 3 : 4;
  f->server.test = f;
  f->server.answer = take_request;
  f->server.raw = take_raw;
  server_start (&f->server);
  url = g_strdup_printf ("http://localhost:%u", f->server.port);
  f->profile = sky_profile_new (url);
  f->profile->no_deflate = TRUE;
  g_assert_true (sky_route_resolve (&f->route, f->profile, NULL));
  f->store = sky_store_new (NULL, NULL);
  f->posted = g_string_new (NULL);
  f->framed = g_string_new (NULL);
  f->heard = g_string_new (NULL);
  f->cancellable = g_cancellable_new ();
  sky_carrier_poll_open_async (f->store, f->profile, &f->route, 4, jar, NULL, on_opened, f);
  WAIT (f->opened);
  sky_carrier_attend (SKY_CARRIER (f->polling), &funcs, f);
  sky_carrier_poll_begin (f->polling);
  WAIT (f->get != NULL);
  g_string_truncate (f->heard, 0);
  g_object_set_data_full (G_OBJECT (f->polling), "jar", g_object_ref (jar), g_object_unref);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  if (f->ws != NULL && sky_carrier_ws_get_guard (f->ws) != NULL)
    sky_guard_silence (sky_carrier_ws_get_guard (f->ws));
  g_clear_handle_id (&f->noops, g_source_remove);
  g_clear_object (&f->ws);
  g_clear_object (&f->polling);
  g_clear_pointer (&f->link, sky_link_free);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  pass_time (10);
  server_stop (&f->server);
  g_clear_error (&f->error);
  g_string_free (f->posted, TRUE);
  g_string_free (f->framed, TRUE);
  g_string_free (f->heard, TRUE);
  g_object_unref (f->cancellable);
  sky_profile_free (f->profile);
  sky_route_clear (&f->route);
  g_assert_finalize_object (f->store);
}

static void
begin (Fixture *f, Manner manner)
{
  f->manner = manner;
  sky_upgrade_async (f->store, f->profile, f->polling, g_object_get_data (G_OBJECT (f->polling), "jar"),
                     f->cancellable, on_upgraded, f);
}

static void
say (Fixture *f, const char *text, gboolean binary)
{
  g_autoptr(GBytes) bytes = g_bytes_new (text, strlen (text));

  sky_carrier_send (f->ws != NULL ? SKY_CARRIER (f->ws) : SKY_CARRIER (f->polling), bytes, binary);
}

static void
answer_post (Fixture *f)
{
  WAIT (f->post != NULL);
  line_answer (g_steal_pointer (&f->post), 200, "", "ok", 2);
}

/* A POST is under way and a message waits while the upgrade happens: none is lost, doubled or moved. */
static void
test_upgrade (Fixture *f, gconstpointer data)
{
  f->held = TRUE;
  say (f, "42[\"a\"]", FALSE);
  WAIT (f->post != NULL);
  say (f, "42[\"b\"]", FALSE);
  begin (f, ANSWER);
  WAIT (strstr (f->framed->str, "2probe") != NULL);
  pass_time (100);
  g_assert_null (f->get); /* it waits for the POST alone */
  say (f, "xy", TRUE);
  pass_time (50);
  g_assert_cmpuint (f->n_over, ==, 0);
  g_assert_cmpstr (f->framed->str, ==, "(2probe)");
  answer_post (f);
  WAIT (f->n_over == 1);
  g_assert_no_error (f->error);
  say (f, "42[\"c\"]", FALSE);
  WAIT (strstr (f->heard->str, "ws:") != NULL && strstr (f->framed->str, "\"c\"") != NULL);
  g_assert_cmpstr (f->heard->str, ==, "42[1]\nws:42[2]\n");
  g_assert_cmpstr (f->posted->str, ==, f->revision == 3 ? "(7:42[\"a\"])" : "(42[\"a\"])");
  g_assert_cmpstr (f->framed->str, ==, f->revision == 3 ? "(2probe)(5)(42[\"b\"])<\4xy>(42[\"c\"])"
                                                        : "(2probe)(5)(42[\"b\"])<xy>(42[\"c\"])");
  g_assert_cmpuint (sky_store_get_n_links (f->store), ==, 3);
  g_assert_cmpuint (f->n_closed, ==, 0);
}

typedef struct
{
  const char *name;
  Manner      manner;
  int         code;
  const char *words;
} Failure;

static const Failure failures[] = {
  { "refused", REFUSE, SKY_OPENING_ERROR_STATUS, "400" },
  { "wrong", WRONG, SKY_OPENING_ERROR_WRONG, "something else" },
  { "twice", TWICE, SKY_OPENING_ERROR_WRONG, "something else" },
  { "closed", CLOSE, SKY_OPENING_ERROR_CLOSED, "closed the WebSocket" },
  { "hung-up", HANG_UP, SKY_OPENING_ERROR_CLOSED, "closed the WebSocket" },
  { "silent", SILENT, SKY_OPENING_ERROR_SILENT, "within 10 s" },
};

static const Failure *
get_failure (gconstpointer data)
{
  return &failures[GPOINTER_TO_UINT (data) - 10];
}

static void
test_failure (Fixture *f, gconstpointer data)
{
  const Failure *v = get_failure (data);

  begin (f, v->manner);
  WAIT (f->n_over == 1);
  g_assert_error (f->error, SKY_OPENING_ERROR, v->code);
  g_assert_nonnull (strstr (f->error->message, v->words));
  f->noop = FALSE;
  answer_get (f, "42[\"still\"]");
  say (f, "42[\"here\"]", FALSE);
  WAIT (strstr (f->posted->str, "here") != NULL);
  WAIT (strstr (f->heard->str, "42[\"still\"]\n") != NULL);
  g_assert_cmpuint (f->n_closed, ==, 0);
  WAIT (f->socket->ended || v->manner == REFUSE);
}

static void
test_close_waits (Fixture *f, gconstpointer data)
{
  gboolean fails = GPOINTER_TO_UINT (data) == 2;

  begin (f, fails ? CLOSE : ANSWER);
  say (f, "41", FALSE);
  sky_carrier_close (SKY_CARRIER (f->polling), 1000, NULL);
  WAIT (f->n_over == 1);
  f->noop = FALSE;
  if (fails)
    {
      WAIT (f->n_closed == 1);
      g_assert_true (g_str_has_suffix (f->posted->str, "(41)(1)"));
      return;
    }
  WAIT (strstr (f->framed->str, "(close)") != NULL);
  g_assert_null (strstr (f->posted->str, "(1)"));
  g_assert_false (sky_carrier_is_open (SKY_CARRIER (f->ws)));
  send_frame (f->socket, 0x88, "\x03\xe8");
  line_close (f->socket);
  WAIT (f->n_closed == 1);
}

static void
test_cancel (Fixture *f, gconstpointer data)
{
  guint when = GPOINTER_TO_UINT (data);

  f->held = TRUE;
  say (f, "42[\"a\"]", FALSE);
  WAIT (f->post != NULL);
  begin (f, when == 5 ? SILENT : ANSWER);
  if (when == 5)
    WAIT (strstr (f->framed->str, "2probe") != NULL);
  if (when == 6)
    {
      WAIT (f->noop);
      pass_time (100); /* it pauses: the POST is still to be answered */
      g_assert_null (f->get);
    }
  g_cancellable_cancel (f->cancellable);
  WAIT (f->n_over == 1);
  g_assert_error (f->error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  f->noop = FALSE;
  answer_post (f);
  answer_get (f, "42[\"still\"]");
  WAIT (strstr (f->heard->str, "42[\"still\"]\n") != NULL);
}

static void
test_session_ends (Fixture *f, gconstpointer data)
{
  f->held = TRUE;
  say (f, "42[\"a\"]", FALSE);
  WAIT (f->post != NULL);
  begin (f, ANSWER);
  WAIT (f->noop);
  pass_time (100);
  line_answer (g_steal_pointer (&f->post), 400, "", "{\"code\":1}", 10);
  WAIT (f->n_over == 1);
  g_assert_error (f->error, SKY_CARRIER_POLL_ERROR, SKY_CARRIER_POLL_ERROR_SESSION);
  g_assert_cmpuint (f->n_closed, ==, 1);
}

static void
test_owner_goes (Fixture *f, gconstpointer data)
{
  guint n_gets = f->n_gets;

  begin (f, SILENT);
  WAIT (strstr (f->framed->str, "2probe") != NULL);
  sky_carrier_attend (SKY_CARRIER (f->polling), NULL, NULL);
  g_clear_object (&f->polling);
  g_cancellable_cancel (f->cancellable);
  WAIT (f->n_over == 1 && f->socket->ended && f->get->ended);
  g_assert_cmpuint (f->n_gets, ==, n_gets);
}

#define ADD(path, number, func) g_test_add (path, Fixture, GUINT_TO_POINTER (number), set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/upgrade/4", 4, test_upgrade);
  ADD ("/upgrade/3", 3, test_upgrade);
  for (guint i = 0; i < G_N_ELEMENTS (failures); i++)
    {
      g_autofree char *path = g_strconcat ("/upgrade/fails/", failures[i].name, NULL);

      ADD (path, 10 + i, test_failure);
    }
  ADD ("/upgrade/close/done", 1, test_close_waits);
  ADD ("/upgrade/close/failed", 2, test_close_waits);
  ADD ("/upgrade/cancel/opening", 4, test_cancel);
  ADD ("/upgrade/cancel/probing", 5, test_cancel);
  ADD ("/upgrade/cancel/pausing", 6, test_cancel);
  ADD ("/upgrade/session-ends", 0, test_session_ends);
  ADD ("/upgrade/owner-goes", 0, test_owner_goes);
  return g_test_run ();
}
