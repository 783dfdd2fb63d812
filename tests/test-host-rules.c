#include "host-rig.h"

#include "peer/rules/rules-run-private.h"

#define ENGINE_WS "/socket.io/?EIO=4&transport=websocket"

static void
rig_set_up_plain (Rig *rig, gconstpointer talk)
{
  rig_set_up (rig, NULL);
}

static void
set_rules (Rig *rig, const char *rules)
{
  g_autoptr(GError) error = NULL;

  sky_host_set_rules (rig->host, rules, &error);
  g_assert_no_error (error);
}

/* Returns: a session over WebSocket that has joined nothing yet */
static Line *
enter (Rig *rig)
{
  Line *line = line_new_websocket (rig, ENGINE_WS);
  g_autofree char *open = line_hear_frame (line);

  g_assert_true (g_str_has_prefix (open, "1:0{\"sid\":\""));
  return line;
}

/* … and one that is in "/". Returns: its id in @id */
static Line *
join (Rig *rig, char **id)
{
  Line *line = enter (rig);
  g_autofree char *answer = NULL;

  line_text (line, "40");
  answer = line_hear_frame (line);
  g_assert_true (g_str_has_prefix (answer, "1:40{\"sid\":\""));
  *id = g_strndup (answer + strlen ("1:40{\"sid\":\""), 20);
  return line;
}

/* What a client says ("> text", "b> text" as octets) and what it has to hear, frame by frame. */
typedef struct
{
  const char *name, *rules;
  const char *script[14];
} Talk;

#define ROOT(members) "{\"namespaces\":{\"/\":{" members "}}}"

static const Talk talks[] = {
  { "reject",
    ROOT ("\"reject\":[{\"if\":{\"not\":{\"has\":\"{{auth.t}}\"}},\"message\":\"no\",\"data\":{\"was\":\"{{auth}}\"}}]"),
    { "> 40", "< 44{\"message\":\"no\",\"data\":{\"was\":{}}}", "> 40 {\"x\": 1}", "< 44{\"message\":\"no\",\"data\":{\"was\":{\"x\": 1}}}",
      "> 40{\"t\":0}", "<* 40{\"sid\":\"" } },
  { "spaces",
    "{\"namespaces\":{\"~^/t-\\\\d+$\":{\"onConnect\":[{\"emit\":[\"in\",\"{{nsp}}\"]}]}}}",
    { "> 40/t-x,", "< 44/t-x,{\"message\":\"Invalid namespace\"}", "> 40/t-7,", "<* 40/t-7,{\"sid\":\"",
      "< 42/t-7,[\"in\",\"/t-7\"]", "> 40", "<* 40{\"sid\":\"", "> 420[\"q\"]", "> 40/secure,", "<* 44/secure,{\"mess" } },
  { "acks",
    ROOT ("\"on\":{\"a\":[{\"ack\":[\"{{*}}\",{\"{{0}}\":\"{{wantsAck}}\"}]}]},\"onAny\":[{\"emit\":[\"any\",\"{{event}}\"]}]"),
    { "> 40", "<* 40", "> 4217[\"a\",1.50,\"ü\"]", "< 4317[1.50,\"ü\",{\"1.50\":true}]", "> 42[\"a\",2]", "> 42[\"b\"]", "< 42[\"any\",\"b\"]",
      "> 4218446744073709551615[\"b\"]", "< 42[\"any\",\"b\"]" } },
  { "binary",
    ROOT ("\"onAny\":[{\"ack\":[\"{{*}}\"]},{\"emit\":[\"bin\",{\"$bin\":\"AAE=\"}]}]"),
    { "> 40", "<* 40", "> 451-3[\"x\",{\"_placeholder\":true,\"num\":0}]", "b> yes", "< 461-3[{\"_placeholder\":true,\"num\":0}]", "b< yes",
      "< 451-[\"bin\",{\"_placeholder\":true,\"num\":0}]", "b<* " } },
  { "asks",
    ROOT ("\"on\":{\"q\":[{\"emit\":[\"ask\"],\"then\":[{\"emit\":[\"got\",\"{{acked.*}}\"]}]}],"
          "\"all\":[{\"emit\":[\"ask\"],\"to\":\"all\",\"then\":[{\"emit\":[\"got\",\"{{acked.*}}\"]}]}],"
          "\"none\":[{\"emit\":[\"ask\"],\"to\":\"nobody\",\"then\":[{\"emit\":[\"none\",\"{{acked.*}}\"]}]}],"
          "\"late\":[{\"emit\":[\"ask\"],\"timeout\":20,\"onTimeout\":[{\"emit\":[\"late\"]}]}]}"),
    { "> 40", "<* 40", "> 42[\"q\"]", "< 420[\"ask\"]", "> 430[1,[2]]", "< 42[\"got\",1,[2]]", "> 42[\"none\"]", "< 42[\"none\"]",
      "> 42[\"late\"]", "< 421[\"ask\"]", "< 42[\"late\"]", "> 431[1]", "> 430[9]" } },
  { "asks-all",
    ROOT ("\"on\":{\"all\":[{\"emit\":[\"ask\"],\"to\":\"all\",\"then\":[{\"emit\":[\"got\",\"{{acked.*}}\"]}]}]}"),
    { "> 40", "<* 40", "> 42[\"all\"]", "< 420[\"ask\"]", "> 430[[1],2]", "< 42[\"got\",[1]]", "> 42[\"all\"]", "< 421[\"ask\"]",
      "> 431[]", "< 42[\"got\",null]" } },
  { "rooms",
    ROOT ("\"on\":{\"j\":[{\"join\":[\"a\",\"b\"]},{\"leave\":\"a\"},{\"join\":\"c\",\"who\":\"stranger\"},"
          "{\"emit\":[\"size\",\"{{room.b.size}}\",\"{{room.a.size}}\"],\"to\":[\"b\",\"a\"]},{\"emit\":[\"lost\"],\"to\":\"others\"},"
          "{\"emit\":[\"lost\"],\"to\":\"b\",\"except\":\"{{id}}\"}]}"),
    { "> 40", "<* 40", "> 42[\"j\"]", "< 42[\"size\",1,0]" } },
  { "leaves", ROOT ("\"on\":{\"x\":[{\"disconnect\":false},{\"emit\":[\"never\"]}]},\"onDisconnect\":[{\"disconnect\":true}]"),
    { "> 40", "<* 40", "> 42[\"x\"]", "< 41", "> 40", "<* 40", "> 42[\"x\"]", "< 41" } },
  { "closes", ROOT ("\"on\":{\"x\":[{\"disconnect\":true}]}"), { "> 40", "<* 40", "> 42[\"x\"]", "< 41", "close" } },
  { "engine", ROOT ("\"onConnect\":[{\"close\":\"engine\"}]"), { "> 40", "<* 40", "close" } },
  { "tcp", ROOT ("\"onConnect\":[{\"delay\":20,\"close\":\"tcp\"}]"), { "> 40", "<* 40", "gone" } },
  { "facts",
    ROOT ("\"on\":{\"f\":[{\"ack\":[\"{{transport}}\",\"{{eio}}\",\"{{query.EIO}}\",\"{{headers.Host}}\",\"{{handshake.address}}\","
          "\"{{handshake.secure}}\",\"{{handshake.url}}\",\"{{postHeaders}}\",\"{{auth}}\"]}]}"),
    { "> 40{\"a\":[1]}", "<* 40", "> 420[\"f\"]",
      "< 430[\"websocket\",4,\"4\",\"localhost\",\"127.0.0.1\",false,\"" ENGINE_WS "\",null,{\"a\":[1]}]" } },
};

static void
play (Line *line, const char *step)
{
  gboolean octets = *step == 'b';
  const char *text = step + octets, *expected = strchr (text, ' ');
  g_autofree char *heard = NULL, *whole = NULL;

  if (*text == '>')
    {
      line_frame (line, octets ? 2 : 1, text + 2, strlen (text + 2));
      return;
    }
  heard = line_hear_frame (line);
  whole = g_strdup_printf ("%d:%s", octets ? 2 : 1, expected + 1);
  g_assert_nonnull (heard);
  if (text[1] == '*')
    g_assert_true (g_str_has_prefix (heard, whole));
  else
    g_assert_cmpstr (heard, ==, whole);
}

static void
test_talk (Rig *rig, gconstpointer data)
{
  const Talk *talk = data;
  g_autoptr(Line) line = NULL;
  gboolean over = FALSE;

  set_rules (rig, talk->rules);
  line = enter (rig);
  for (guint i = 0; talk->script[i] != NULL; i++)
    {
      over = g_str_equal (talk->script[i], "close") || g_str_equal (talk->script[i], "gone");
      if (g_str_equal (talk->script[i], "close"))
        line_expect_close (line);
      else if (over)
        WAIT (line->ended);
      else
        play (line, talk->script[i]);
    }
  if (over)
    expect_nobody (rig);
  else if (g_str_equal (talk->name, "leaves"))
    return;
  else
    {
      set_rules (rig, ROOT ("\"on\":{\"sync\":[{\"ack\":[]}]}"));
      line_text (line, "420[\"sync\"]");
      line_expect (line, "1:430[]");
    }
}

/* How many events the trace has that are flagged: nobody listens, as their mate says. */
static guint
count_unheard (Rig *rig)
{
  SkyStore *store = sky_peer_get_store (SKY_PEER (rig->host));
  guint n = 0;

  for (guint32 i = 0; i < sky_store_get_n_records (store); i++)
    {
      const SkyRecord *record = sky_store_get_record (store, i);
      const SkyRecord *mate = sky_store_get_record (store, record->mate);

      n += record->layer == SKY_LAYER_SIO && record->from == SKY_FROM_CLIENT && mate != NULL
           && mate->kind == SKY_KIND_NO_LISTENER;
    }
  return n;
}

/* What a rule could not do, and what no rule answers, stands in the trace; not a thousand times. */
static void
test_notes (Rig *rig, gconstpointer data)
{
  g_autofree char *id = NULL;
  g_autoptr(Line) line = NULL;

  set_rules (rig, ROOT ("\"on\":{\"x\":[{\"join\":\"den\",\"who\":\"stranger\"},{\"join\":\"tea\"}]}"));
  line = join (rig, &id);
  line_text (line, "42[\"x\"]");
  line_text (line, "42[\"nobody\"]");
  WAIT (count_notes (rig, SKY_KIND_NO_LISTENER, "“nobody”") == 1);
  g_assert_cmpuint (count_unheard (rig), ==, 1);
  g_assert_cmpuint (count_notes (rig, SKY_KIND_JOIN, "rule “x”"), ==, 1);
  g_assert_cmpuint (count_notes (rig, SKY_KIND_ERROR, "namespaces./.on.x[0]"), ==, 1);
  for (guint i = 0; i < 200; i++) /* more than there will be notes of */
    line_text (line, i % 4 == 0 ? "42[\"x\"]" : "42[\"nobody\"]");
  WAIT (count_unheard (rig) == 151);
  for (guint i = 0; i < 1000; i++)
    line_text (line, "42[\"nobody\"]");
  set_rules (rig, ROOT ("\"on\":{\"sync\":[{\"ack\":[]}],\"nobody\":[]}"));
  line_text (line, "420[\"sync\"]");
  line_expect (line, "1:430[]");
  g_assert_cmpuint (count_notes (rig, SKY_KIND_NO_LISTENER, "nobody"), <, 400);
}

/* Rules come, change, fail to load and go, and whoever is there stays. */
static void
test_live (Rig *rig, gconstpointer data)
{
  const char *first = ROOT ("\"on\":{\"q\":[{\"ack\":[1]}]}");
  g_autofree char *id = NULL;
  g_autoptr(GError) error = NULL;
  g_autoptr(Line) line = join (rig, &id);

  g_assert_null (sky_host_get_rules (rig->host));
  line_text (line, "420[\"q\",\"echo\"]");
  line_expect (line, "1:430[\"echo\"]");
  set_rules (rig, first);
  line_text (line, "421[\"q\"]");
  line_expect (line, "1:431[1]");
  g_assert_false (sky_host_set_rules (rig->host, "{\"namespaces\":{\"/\":{\"on\":5}}}", &error));
  g_assert_nonnull (sky_rules_error_get_place (error));
  g_clear_error (&error);
  g_assert_false (sky_host_set_rules (rig->host, "{\"server\":{\"protocol\":\"engine.io\"}}", &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_BUSY);
  g_assert_cmpstr (sky_host_get_rules (rig->host), ==, first);
  line_text (line, "422[\"q\"]");
  line_expect (line, "1:432[1]");
  g_assert_cmpuint (sky_rules_stage_get_fired (sky_host_get_stage (rig->host), 0), ==, 2);
  set_rules (rig, NULL);
  g_assert_null (sky_host_get_stage (rig->host));
  line_text (line, "423[\"q\",\"echo\"]");
  line_expect (line, "1:433[\"echo\"]");
}

/* Two who are there: rooms of both, acks of both, and the last words of the one who goes. */
static void
test_two (Rig *rig, gconstpointer data)
{
  g_autofree char *a_id = NULL, *b_id = NULL, *move = NULL;
  g_autoptr(Line) a = NULL, b = NULL;

  set_rules (rig, ROOT ("\"on\":{\"move\":[{\"join\":\"den\",\"who\":\"{{0}}\"},{\"emit\":[\"in\",\"{{room.den.size}}\"],\"to\":\"den\"}],"
                        "\"all\":[{\"emit\":[\"ask\"],\"to\":\"all\",\"timeout\":60,\"then\":[{\"ack\":[\"{{acked.*}}\"]}],"
                        "\"onTimeout\":[{\"ack\":[\"late\",\"{{acked.*}}\"]}]}]},"
                        "\"onDisconnect\":[{\"emit\":[\"gone\",\"{{reason}}\",\"{{rooms}}\"],\"to\":\"all\"}]"));
  a = join (rig, &a_id);
  b = join (rig, &b_id);
  move = g_strdup_printf ("42[\"move\",\"%s\"]", b_id);
  line_text (a, move);
  line_expect (b, "1:42[\"in\",1]");
  line_text (a, "420[\"all\"]");
  line_expect (a, "1:420[\"ask\"]");
  line_expect (b, "1:420[\"ask\"]");
  line_text (b, "430[\"b\"]");
  line_expect (a, "1:430[\"late\",\"b\"]");
  line_text (a, "421[\"all\"]");
  line_expect (a, "1:421[\"ask\"]");
  line_expect (b, "1:421[\"ask\"]");
  line_text (b, "431[\"b\"]");
  pass_time (10);
  line_text (a, "431[\"a\"]");
  line_expect (a, "1:431[\"b\",\"a\"]");
  line_text (b, "41");
  line_expect (a, "1:42[\"gone\",\"client namespace disconnect\",[]]");
}

/* Servers for raw messages. */
static void
test_raw (gconstpointer data)
{
  gboolean engine = GPOINTER_TO_INT (data);
  g_autofree char *rules = g_strdup_printf (
      "{\"server\":{\"protocol\":\"%s\"},\"onOpen\":[{\"send\":\"hi\"}],\"onMessage\":[{\"if\":{\"eq\":[\"{{data}}\",\"bye\"]},%s},"
      "{\"if\":{\"binary\":\"{{data}}\"},\"send\":\"{{data}}\"},{\"if\":{\"eq\":[\"{{data}}\",\"ü\"]},\"send\":[1,\"{{data}}\"]}],"
      "\"onClose\":[{\"set\":{\"global.code\":\"{{code}}\"}}]}",
      engine ? "engine.io" : "websocket", engine ? "\"close\":\"engine\"" : "\"close\":[4001,\"so long\"]");
  Rig rig = { sky_host_new (NULL, NULL) };
  g_autoptr(Line) line = NULL;
  g_autofree char *open = NULL;
  g_autoptr(GString) globals = g_string_new (NULL);

  set_rules (&rig, rules);
  sky_peer_start (SKY_PEER (rig.host));
  line = line_new_websocket (&rig, engine ? "/engine.io/?EIO=4&transport=websocket" : "/");
  if (engine)
    open = line_hear_frame (line);
  line_expect (line, engine ? "1:4hi" : "1:hi");
  line_text (line, engine ? "4ü" : "ü");
  line_expect (line, engine ? "1:4[1,\"ü\"]" : "1:[1,\"ü\"]");
  line_frame (line, 2, "octets", 6);
  line_expect (line, "2:octets");
  line_text (line, engine ? "4what" : "what");
  WAIT (count_notes (&rig, SKY_KIND_NO_LISTENER, "no rule") == 1);
  line_text (line, engine ? "4bye" : "bye");
  line_expect_close (line);
  WAIT (sky_host_get_n_clients (rig.host) == 0);
  sky_rules_append_variables (sky_host_get_stage (rig.host)->globals, globals);
  g_assert_cmpstr (globals->str, ==, engine ? "{\"code\":1000}" : "{\"code\":4001}");
  g_clear_pointer (&line, line_free);
  rig_tear_down (&rig, NULL);
}

/* `server` sets the host up, but for what it was told before. */
static void
test_server (void)
{
  const SkyHostOptions options = { .ping_interval_msec = 4321 };
  const char *rules = "{\"server\":{\"path\":\"/mine/\",\"pingInterval\":1,\"pingTimeout\":77,\"maxPayload\":5000,\"denyQuery\":\"no\"},"
                      "\"namespaces\":{\"/\":{}}}";
  Rig rig = { sky_host_new (&options, NULL) };
  g_autoptr(Line) line = NULL;
  g_autoptr(Answer) open = NULL, denied = NULL;

  set_rules (&rig, rules);
  sky_peer_start (SKY_PEER (rig.host));
  line = line_new (&rig);
  open = line_ask (line, "GET", "/mine/?EIO=4&transport=polling", "", NULL);
  g_assert_nonnull (strstr (open->text, "\"pingInterval\":4321,\"pingTimeout\":77,\"maxPayload\":5000}"));
  denied = line_ask (line, "GET", "/mine/?EIO=4&transport=polling&no=1", "", NULL);
  g_assert_cmpuint (denied->status, ==, 403);
  g_clear_pointer (&denied, answer_free);
  set_rules (&rig, "{\"server\":{\"path\":\"/other/\",\"denyQuery\":\"never\"},\"namespaces\":{\"/\":{}}}");
  denied = line_ask (line, "GET", "/mine/?EIO=4&transport=polling&no=1", "", NULL);
  g_assert_cmpuint (denied->status, ==, 200);
  g_clear_pointer (&line, line_free);
  rig_tear_down (&rig, NULL);
}

/* Returns: (transfer full): the string that follows @before in @text */
static char *
find_text (const char *text, const char *before)
{
  const char *start = strstr (text, before);

  g_assert_nonnull (start);
  start += strlen (before);
  return g_strndup (start, strcspn (start, "\""));
}

#define RECOVERY "\"server\":{\"recovery\":{\"maxDisconnectionDuration\":60000}},"
#define DEN      "\"/den\":{\"onConnect\":[{\"emit\":[\"in\",\"{{recovered}}\"]}]}"

/* Who comes back to a namespace that is gone by now is told so, as by the reference, and is not forgotten for it. */
static void
test_back (Rig *rig, gconstpointer data)
{
  g_autoptr(Line) line = NULL, twice = NULL;
  g_autofree char *answer = NULL, *in = NULL, *again = NULL, *sid = NULL, *pid = NULL, *offset = NULL, *back = NULL;
  g_autofree char *welcome = NULL;

  set_rules (rig, "{" RECOVERY "\"namespaces\":{" DEN "}}");
  line = enter (rig);
  line_text (line, "40/den,");
  answer = line_hear_frame (line);
  sid = find_text (answer, "\"sid\":\"");
  pid = find_text (answer, "\"pid\":\"");
  in = line_hear_frame (line);
  offset = find_text (in, "[\"in\",false,\"");
  back = g_strdup_printf ("40/den,{\"pid\":\"%s\",\"offset\":\"%s\"}", pid, offset);
  welcome = g_strdup_printf ("1:40/den,{\"sid\":\"%s\",\"pid\":\"%s\"}", sid, pid);
  twice = enter (rig);
  line_text (twice, back);
  WAIT (count_notes (rig, SKY_KIND_STATE, "is still open") == 1);
  g_clear_pointer (&twice, line_free);
  g_clear_pointer (&line, line_free);
  expect_nobody (rig);

  set_rules (rig, "{" RECOVERY "\"namespaces\":{\"/tea\":{}}}");
  line = enter (rig);
  line_text (line, back);
  line_expect (line, "1:44/den,{\"message\":\"Invalid namespace\"}");
  set_rules (rig, "{" RECOVERY "\"namespaces\":{" DEN "}}");
  line_text (line, back);
  line_expect (line, welcome);
  again = line_hear_frame (line);
  g_assert_true (g_str_has_prefix (again, "1:42/den,[\"in\",true,\""));
}

/* Many who answer at length: what does not fit any more is null, and nobody waits for it. */
static void
test_long_answers (void)
{
  const SkyHostOptions options = { .max_payload = 20 * 1000 * 1000 };
  Rig rig = { sky_host_new (&options, NULL) };
  g_autofree char *fill = g_strnfill (10 * 1000 * 1000, 'x'), *answer = g_strdup_printf ("430[\"%s\"]", fill);
  g_autofree char *expected = g_strdup_printf ("1:42[\"got\",\"%s\",null]", fill), *a_id = NULL, *b_id = NULL, *got = NULL;
  g_autoptr(Line) a = NULL, b = NULL;

  set_rules (&rig, ROOT ("\"on\":{\"q\":[{\"emit\":[\"ask\"],\"to\":\"all\",\"then\":[{\"emit\":[\"got\",\"{{acked.*}}\"]}]}]}"));
  sky_peer_start (SKY_PEER (rig.host));
  a = join (&rig, &a_id);
  b = join (&rig, &b_id);
  line_text (a, "42[\"q\"]");
  line_expect (a, "1:420[\"ask\"]");
  line_expect (b, "1:420[\"ask\"]");
  line_text (b, answer);
  line_text (a, answer);
  got = line_hear_frame (a);
  g_assert_true (g_str_equal (got, expected));
  g_clear_pointer (&a, line_free);
  g_clear_pointer (&b, line_free);
  rig_tear_down (&rig, NULL);
}

#define N_LINES 6
#define N_STEPS 1500

static const char *const storms[] = {
  NULL,
  ROOT ("\"on\":{\"a\":[{\"emit\":[\"x\",\"{{*}}\"],\"to\":\"all\",\"timeout\":3,\"then\":[{\"disconnect\":false}],\"onTimeout\":[{\"emit\":[\"t\"]}]}],"
        "\"b\":[{\"join\":\"den\"},{\"emit\":[\"y\"],\"to\":[\"den\"],\"volatile\":true},{\"delay\":2,\"emit\":[\"z\"],\"repeat\":5}],"
        "\"c\":[{\"disconnect\":true}],\"d\":[{\"close\":\"tcp\"}]},"
        "\"onDisconnect\":[{\"emit\":[\"gone\"],\"to\":\"all\"},{\"disconnect\":true},{\"close\":\"engine\"},{\"join\":\"den\"}]"),
  ROOT ("\"reject\":[{\"if\":{\"lt\":[\"{{random}}\",0.3]}}],\"onConnect\":[{\"delay\":3,\"emit\":[\"tick\"],\"repeat\":\"forever\"},"
        "{\"if\":{\"lt\":[\"{{random}}\",0.2]},\"disconnect\":true},{\"emit\":[\"q\"],\"to\":\"others\",\"then\":[{\"close\":\"engine\"}]}],"
        "\"onAny\":[{\"ack\":[\"{{rooms}}\",\"{{handshake}}\"]},{\"leave\":\"{{id}}\"},{\"leave\":\"den\"},{\"if\":{\"lt\":[\"{{random}}\",0.1]},\"close\":\"engine\"}]"),
};

static const char *const words[] = {
  "40", "40", "42[\"a\",1]", "421[\"a\"]", "42[\"b\"]", "42[\"c\"]", "42[\"d\"]", "41", "430[1]", "431[]", "432[2]", "433[3]",
  "40/other,", "451-[\"a\",{\"_placeholder\":true,\"num\":0}]", "42[]", "44",
};

/* Anybody says anything, and the rules change meanwhile: the host outlives it, and nobody is left over. */
static void
test_storm (Rig *rig, gconstpointer data)
{
  Line *lines[N_LINES] = { NULL };

  for (guint i = 0; i < N_STEPS; i++)
    {
      Line **line = &lines[g_test_rand_int_range (0, N_LINES)];
      int dice = g_test_rand_int_range (0, 100);

      if (*line != NULL && ((*line)->ended || dice == 0))
        g_clear_pointer (line, line_free);
      if (*line == NULL)
        *line = line_new_websocket (rig, ENGINE_WS);
      if (dice < 3)
        set_rules (rig, storms[g_test_rand_int_range (0, G_N_ELEMENTS (storms))]);
      else
        line_text (*line, words[g_test_rand_int_range (0, G_N_ELEMENTS (words))]);
      if (dice > 70)
        pass_time (1);
    }
  for (guint i = 0; i < N_LINES; i++)
    g_clear_pointer (&lines[i], line_free);
  expect_nobody (rig);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (talks); i++)
    {
      g_autofree char *path = g_strconcat ("/host-rules/talk/", talks[i].name, NULL);

      g_test_add (path, Rig, &talks[i], rig_set_up_plain, test_talk, rig_tear_down);
    }
  g_test_add ("/host-rules/notes", Rig, NULL, rig_set_up, test_notes, rig_tear_down);
  g_test_add ("/host-rules/live", Rig, NULL, rig_set_up, test_live, rig_tear_down);
  g_test_add ("/host-rules/two", Rig, NULL, rig_set_up, test_two, rig_tear_down);
  g_test_add_data_func ("/host-rules/engine", GINT_TO_POINTER (TRUE), test_raw);
  g_test_add_data_func ("/host-rules/websocket", GINT_TO_POINTER (FALSE), test_raw);
  g_test_add_func ("/host-rules/server", test_server);
  g_test_add_func ("/host-rules/long-answers", test_long_answers);
  g_test_add ("/host-rules/back", Rig, NULL, rig_set_up, test_back, rig_tear_down);
  g_test_add ("/host-rules/storm", Rig, NULL, rig_set_up, test_storm, rig_tear_down);
  return g_test_run ();
}
