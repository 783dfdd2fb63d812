#include "peer/rules/rules-run-private.h"

#include <stdlib.h>
#include <string.h>

/*
 * A host of paper: its hands write down what they are asked for, its clock stands still until it is
 * told to go on.
 */
typedef struct
{
  guint    id;
  gint64   due_msec;
  void   (*alarm) (gpointer data);
  gpointer data;
} Timer;

typedef struct
{
  GString        *log;
  GQueue          timers; /* of Timer */
  gint64          now_msec;
  guint           n_timers, n_tokens, n_random;
  gboolean        deaf;    /* nobody will answer */
  gboolean        gone;    /* `disconnect` frees the player, as a host may */
  gboolean        ends;    /* `disconnect` ends it first */
  SkyRulesStage  *stage;
  SkyRulesPlayer *player; /* nullable */
} Rig;

static void
say (Rig *rig, const char *format, ...) G_GNUC_PRINTF (2, 3);

static void
say (Rig *rig, const char *format, ...)
{
  va_list args;

  if (rig->log->len > 0)
    g_string_append (rig->log, "; ");
  va_start (args, format);
  g_string_append_vprintf (rig->log, format, args);
  va_end (args);
}

static gboolean
on_lookup (gpointer owner, SkyRulesRoot root, const char *subject, GString *scratch, SkyRulesText *found)
{
  const char *json = NULL;

  if (root == SKY_RULES_ROOT_ID)
    json = "\"id1\"";
  else if (root == SKY_RULES_ROOT_AUTH)
    json = " {\"token\": \"t\", \"level\": 3} ";
  else if (root == SKY_RULES_ROOT_ROOMS)
    json = "[\"id1\",\"red\"]";
  else if (root == SKY_RULES_ROOT_ROOM_SIZE)
    {
      g_string_append_printf (scratch, "%d", (int) strlen (subject));
      json = scratch->str;
    }
  if (json != NULL)
    *found = (SkyRulesText) { json, strlen (json) };
  return json != NULL;
}

static gint64
on_now (gpointer owner)
{
  Rig *rig = owner;

  return (G_GINT64_CONSTANT (1800000000000) + rig->now_msec) * 1000 + 999;
}

static guint64
on_random (gpointer owner)
{
  Rig *rig = owner;

  return rig->n_random++ == 0 ? G_GUINT64_CONSTANT (1) << 63 : G_GUINT64_CONSTANT (0xfedcba9876543210);
}

static guint
on_timer_start (gpointer owner, guint msec, void (*alarm) (gpointer data), gpointer data)
{
  Rig *rig = owner;
  Timer timer = { ++rig->n_timers, rig->now_msec + msec, alarm, data };
  GList *l = rig->timers.head;

  while (l != NULL && ((Timer *) l->data)->due_msec <= timer.due_msec)
    l = l->next;
  g_queue_insert_before (&rig->timers, l, g_memdup2 (&timer, sizeof timer));
  return timer.id;
}

static void
on_timer_stop (gpointer owner, guint id)
{
  Rig *rig = owner;

  for (GList *l = rig->timers.head; l != NULL; l = l->next)
    if (((Timer *) l->data)->id == id)
      {
        g_free (l->data);
        g_queue_delete_link (&rig->timers, l);
        return;
      }
  g_assert_not_reached ();
}

static guint64
on_emit (gpointer owner, const SkyRulesEmit *emit)
{
  static const char *const names[] = { "self", "all", "others", "rooms" };
  Rig *rig = owner;
  g_autofree char *rooms = emit->rooms != NULL ? g_strjoinv (",", (char **) emit->rooms) : g_strdup ("");
  g_autofree char *except = emit->except != NULL ? g_strjoinv (",", (char **) emit->except) : g_strdup ("");
  gboolean answered = emit->wants_ack && !rig->deaf;

  g_assert_cmpint (emit->to == SKY_RULES_TO_ROOMS, ==, emit->rooms != NULL);
  g_assert_cmpuint (strlen (emit->json), ==, emit->len);
  g_assert_nonnull (sky_rules_player_get_path (rig->player));
  if (emit->len > 1000)
    say (rig, "emit %u bytes", (guint) emit->len);
  else
    say (rig, "emit %s%s%s%s%s%s %s", names[emit->to], *rooms != '\0' ? " " : "", rooms,
         emit->except != NULL ? " -" : "", except, emit->is_volatile ? " volatile" : "", emit->json);
  if (answered)
    g_string_append_printf (rig->log, " ?%u", ++rig->n_tokens);
  return answered ? rig->n_tokens : 0;
}

static void
on_forget (gpointer owner, guint64 token, GString *answers)
{
  say (owner, "forget %u", (guint) token);
  if (answers != NULL)
    g_string_append (answers, "\"half\"");
}

static void
on_ack (gpointer owner, guint64 number, const char *json, gsize len)
{
  g_assert_cmpuint (strlen (json), ==, len);
  say (owner, "ack %u %s", (guint) number, json);
}

static void
on_join (gpointer owner, const char *who, const char *room)
{
  say (owner, "join %s%s%s", room, who != NULL ? " @" : "", who != NULL ? who : "");
}

static void
on_leave (gpointer owner, const char *who, const char *room)
{
  say (owner, "leave %s%s%s", room, who != NULL ? " @" : "", who != NULL ? who : "");
}

static void
on_disconnect (gpointer owner, gboolean all)
{
  Rig *rig = owner;

  say (rig, "disconnect %s", all ? "all" : "nsp");
  if (rig->ends)
    sky_rules_player_end (rig->player, 0, "server namespace disconnect");
  if (rig->gone)
    g_clear_pointer (&rig->player, sky_rules_player_free);
}

static void
on_close (gpointer owner, SkyRulesClose how, guint code, const char *reason)
{
  static const char *const names[] = { "engine", "tcp", "code" };

  say (owner, "close %s", names[how]);
  if (how == SKY_RULES_CLOSE_CODE)
    g_string_append_printf (((Rig *) owner)->log, " %u %s", code, reason != NULL ? reason : "-");
}

static void
on_send (gpointer owner, const guint8 *data, gsize len, gboolean binary)
{
  if (binary)
    say (owner, "send %u octets, first %02x", (guint) len, len > 0 ? data[0] : 0);
  else
    say (owner, "send %.*s", (int) len, (const char *) data);
}

static void
on_note (gpointer owner, const char *path, const char *sentence)
{
  say (owner, "note %s: %s", path, sentence);
}

static const SkyRulesHands hands = {
  on_lookup, on_now,  on_random, on_timer_start, on_timer_stop, on_emit,  on_forget,
  on_ack,    on_join, on_leave,  on_disconnect,  on_close,      on_send, on_note,
};

static void
advance (Rig *rig, gint64 msec)
{
  gint64 until_msec = rig->now_msec + msec;
  Timer *timer;

  while ((timer = g_queue_peek_head (&rig->timers)) != NULL && timer->due_msec <= until_msec)
    {
      g_queue_pop_head (&rig->timers);
      rig->now_msec = timer->due_msec;
      timer->alarm (timer->data);
      g_free (timer);
    }
  rig->now_msec = until_msec;
}

static SkyRules *
load (const char *text)
{
  g_autoptr(GError) error = NULL;
  SkyRules *rules = sky_rules_load (text, strlen (text), &error);

  g_assert_no_error (error);
  return rules;
}

static void
reject (Rig *rig)
{
  g_autoptr(GString) json = g_string_new (NULL);

  if (sky_rules_player_reject (rig->player, json))
    say (rig, "reject %s", json->str);
  else
    say (rig, "welcome");
}

/* "NAME ARGS" as exact copies that are gone when the call is over: who keeps them has to copy. */
static SkyRulesVerdict
tell_event (Rig *rig, const char *rest, gint64 ack)
{
  const char *blank = strchr (rest, ' ');
  g_autofree char *name = blank != NULL ? g_strndup (rest, (gsize) (blank - rest)) : g_strdup (rest);
  gsize len = blank != NULL ? strlen (blank + 1) : 0;
  g_autofree char *args = blank != NULL ? g_memdup2 (blank + 1, MAX (len, 1)) : NULL;

  return sky_rules_player_event (rig->player, name, args, len, ack);
}

static void
step (Rig *rig, const char *line)
{
  SkyRulesVerdict verdict = SKY_RULES_ANSWERED;
  char *rest = NULL;

  if (*line == '+')
    advance (rig, atoi (line + 1));
  else if (g_str_equal (line, "connect"))
    verdict = sky_rules_player_connect (rig->player);
  else if (g_str_equal (line, "reject"))
    reject (rig);
  else if (g_str_has_prefix (line, "end "))
    verdict = sky_rules_player_end (rig->player, 0, line + 4);
  else if (g_str_equal (line, "free"))
    g_clear_pointer (&rig->player, sky_rules_player_free);
  else if (g_str_equal (line, "deaf"))
    rig->deaf = TRUE;
  else if (g_str_equal (line, "gone"))
    rig->gone = TRUE;
  else if (g_str_equal (line, "ends"))
    rig->ends = TRUE;
  else if (*line == '<')
    verdict = sky_rules_player_message (rig->player, line + 1, strlen (line + 1));
  else if (*line == '=')
    {
      guint64 token = g_ascii_strtoull (line + 1, &rest, 10);

      sky_rules_player_answer (rig->player, token, rest + (*rest == ' '), strlen (rest) - (*rest == ' '));
    }
  else if (*line == '?')
    {
      gint64 ack = g_ascii_strtoll (line + 1, &rest, 10);

      verdict = tell_event (rig, rest + 1, ack);
    }
  else
    verdict = tell_event (rig, line, -1);
  if (verdict == SKY_RULES_NO_LISTENER)
    say (rig, "no listener");
}

static void
rig_init (Rig *rig, const char *text, const char *nsp)
{
  g_autoptr(SkyRules) rules = load (text);

  *rig = (Rig) { .log = g_string_new (NULL) };
  g_queue_init (&rig->timers);
  rig->stage = sky_rules_stage_new (rules, &hands);
  rig->player = sky_rules_player_new (rig->stage, nsp, rig);
}

/* Whatever was under way, nothing is left of it. */
static void
rig_clear (Rig *rig)
{
  g_clear_pointer (&rig->player, sky_rules_player_free);
  g_assert_cmpuint (rig->timers.length, ==, 0);
  sky_rules_stage_free (rig->stage);
  g_string_free (rig->log, TRUE);
}

/* Rules, what happens (lines), and what the hands are asked for. */
typedef struct
{
  const char *name, *rules, *steps, *expected;
} Vector;

#define ON(actions) "{\"namespaces\":{\"/\":{\"on\":{\"e\":[" actions "]}}}}"
#define IF(condition) ON ("{\"if\":" condition ",\"ack\":[]}")
#define RAW "{\"server\":{\"protocol\":\"websocket\"},"
#define AT "namespaces./.on.e[0]: "

static const Vector vectors[] = {
  { "echo", ON ("{\"emit\":[\"{{event}}\",\"{{*}}\"]},{\"ack\":[\"{{*}}\"]}"), "?5 e 1.0,{\"b\":2}",
    "emit self [\"e\",1.0,{\"b\":2}]; ack 5 [1.0,{\"b\":2}]" },
  { "no-args", ON ("{\"emit\":[\"x\",\"{{*}}\"]}"), "e", "emit self [\"x\"]" },
  { "no-ack-wanted", ON ("{\"ack\":[1]}"), "e", "" },
  { "ack-once", ON ("{\"ack\":[1]},{\"ack\":[2]}"), "?0 e", "ack 0 [1]" },
  { "ack-once-later", ON ("{\"ack\":[2],\"delay\":5},{\"ack\":[3]}"), "?0 e\n+5", "ack 0 [2]" },
  { "wants-ack", ON ("{\"emit\":[\"x\",\"{{wantsAck}}\"]}"), "e\n?1 e", "emit self [\"x\",false]; emit self [\"x\",true]" },
  { "targets",
    ON ("{\"emit\":[\"a\"],\"to\":\"all\"},{\"emit\":[\"b\"],\"to\":\"others\"},{\"emit\":[\"c\"],\"to\":\"{{0}}\",\"except\":\"{{id}}\"},"
        "{\"emit\":[\"d\"],\"to\":[\"x\",\"{{0}}\"],\"except\":[\"y\",\"z\"],\"volatile\":true}"),
    "e \"red\"", "emit all [\"a\"]; emit others [\"b\"]; emit rooms red -id1 [\"c\"]; emit rooms x,red -y,z volatile [\"d\"]" },
  { "to-list-of-args", ON ("{\"emit\":[\"x\"],\"to\":\"{{0}}\"}"), "e [\"a\",7,\"b\",null]", "emit rooms a,7,b [\"x\"]" },
  { "to-all-of-a-peer", ON ("{\"emit\":[\"x\"],\"to\":\"{{0}}\"}"), "e \"all\"", "emit rooms all [\"x\"]" },
  { "to-nobody", ON ("{\"emit\":[\"x\"],\"to\":\"{{0}}\"}"), "e", "note " AT "“to” names nobody: the event is not sent" },
  { "name-template", ON ("{\"emit\":[\"{{0}}\",1]}"), "e \"y\"\ne 7\ne {}\ne \"connect\"",
    "emit self [\"y\",1]; emit self [7,1]; note " AT "The name of this event is no text: it is not sent; note " AT
    "Socket.IO uses the name of this event itself: it is not sent" },
  { "rooms", ON ("{\"join\":\"{{0}}\"},{\"join\":[\"a\",\"b\"],\"who\":\"{{1}}\"},{\"leave\":\"c\"}"), "e \"r\",\"id2\"",
    "join r; join a @id2; join b @id2; leave c" },
  { "room-missing", ON ("{\"join\":\"{{0}}\"}"), "e", "note " AT "There is no room or socket of this name" },
  { "set", ON ("{\"set\":{\"x\":\"{{0}}\",\"var.y\":{\"k\":1.0},\"global.z\":\"{{event}}\"}},"
               "{\"emit\":[\"v\",\"{{var.x}}\",\"{{var.y.k}}\",\"{{global.z}}\",\"{{var.no}}\",\"{{global}}\"]}"),
    "e [1, 2]", "emit self [\"v\",[1, 2],1.0,\"e\",null,{\"z\":\"e\"}]" },
  { "set-of-itself", ON ("{\"set\":{\"x\":[\"{{var.x}}\"]}},{\"emit\":[\"v\",\"{{var.x}}\"]}"), "e\ne",
    "emit self [\"v\",[null]]; emit self [\"v\",[[null]]]" },
  { "disconnect", ON ("{\"disconnect\":false},{\"disconnect\":true}"), "e", "disconnect nsp; disconnect all" },
  { "close", ON ("{\"close\":\"engine\"},{\"close\":\"tcp\"}"), "e", "close engine; close tcp" },
  { "host", ON ("{\"emit\":[\"x\",\"{{auth.level}}\",\"{{room.red.size}}\",\"{{rooms.1}}\",\"{{sid}}\"]}"), "e",
    "emit self [\"x\",3,3,\"red\",null]" },
  { "engine", ON ("{\"emit\":[\"x\",\"{{n}}\",\"{{n}}\",\"{{i}}\",\"{{now}}\",\"{{random}}\",\"{{uuid}}\"]}"), "e",
    "emit self [\"x\",1,2,0,\"2027-01-15T08:00:00.000Z\",0.5,\"fedcba98-7654-4210-bedc-ba9876543210\"]" },
  { "now-later", ON ("{\"emit\":[\"x\",\"{{now}}\"],\"delay\":1234}"), "e\n+2000", "emit self [\"x\",\"2027-01-15T08:00:01.234Z\"]" },

  { "no-listener", ON ("{\"ack\":[]}"), "f\ne", "no listener" },
  { "listener-without-deed", ON (""), "e", "" },
  { "on-any", "{\"namespaces\":{\"/\":{\"on\":{\"e\":[]},\"onAny\":[{\"emit\":[\"any\",\"{{event}}\"]}]}}}", "e\nf", "emit self [\"any\",\"f\"]" },
  { "connect", "{\"namespaces\":{\"/\":{\"onConnect\":[{\"emit\":[\"hi\",\"{{id}}\",\"{{0}}\",\"{{event}}\"]}]}}}", "connect",
    "emit self [\"hi\",\"id1\",null,null]" },
  { "connect-none", "{}", "connect\ne\nend x", "no listener; no listener; no listener" },
  { "end", "{\"namespaces\":{\"/\":{\"on\":{\"e\":[{\"emit\":[\"late\"],\"delay\":9}]},\"onDisconnect\":[{\"emit\":[\"bye\",\"{{reason}}\"],\"to\":\"others\"},{\"emit\":[\"2\"],\"to\":\"all\"}]}}}",
    "e\nend transport close\n+100\ne", "emit others [\"bye\",\"transport close\"]; emit all [\"2\"]; no listener" },
  { "reject", "{\"namespaces\":{\"/\":{\"reject\":[{\"if\":{\"has\":\"{{auth.nope}}\"}},{\"if\":{\"not\":{\"has\":\"{{auth.nope}}\"}},\"message\":\"no {{auth.token}}\",\"data\":{\"code\":401.0}},{}]}}}",
    "reject", "reject {\"message\":\"no t\",\"data\":{\"code\":401.0}}" },
  { "reject-all", "{\"namespaces\":{\"/\":{\"reject\":[{}]}}}", "reject", "reject {\"message\":\"rejected\"}" },
  { "reject-none", "{\"namespaces\":{\"/\":{\"reject\":[{\"if\":{\"gt\":[\"{{auth.level}}\",3]}}]}}}", "reject", "welcome" },

  { "if-eq-number", IF ("{\"eq\":[\"{{0}}\",1]}"), "?1 e 1.0\n?2 e \"1\"\n?3 e 1e0", "ack 1 []; ack 3 []" },
  { "if-eq-string", IF ("{\"eq\":[\"{{0}}\",\"é\"]}"), "?1 e \"\\u00e9\"\n?2 e \"e\"", "ack 1 []" },
  { "if-eq-object", IF ("{\"eq\":[\"{{0}}\",{\"a\":[1,null],\"b\":{}}]}"),
    "?1 e {\"b\":{},\"a\":[1.0, null]}\n?2 e {\"a\":[1,null]}\n?3 e {\"a\":[1,null],\"b\":{},\"c\":0}\n?4 e {\"a\":[1],\"b\":{}}\n?5 e {\"a\":2,\"a\":[1,null],\"b\":{}}",
    "ack 1 []; ack 5 []" },
  { "if-eq-missing", IF ("{\"eq\":[\"{{0.x}}\",null]}"), "?1 e\n?2 e {\"x\":0}", "ack 1 []" },
  { "if-ne", IF ("{\"ne\":[\"{{0}}\",true]}"), "?1 e true\n?2 e false", "ack 2 []" },
  { "if-lt", IF ("{\"lt\":[\"{{0}}\",10]}"), "?1 e 9\n?2 e 10\n?3 e -1e3\n?4 e \"9\"\n?5 e", "ack 1 []; ack 3 []" },
  { "if-gt-text", IF ("{\"gt\":[\"{{0}}\",\"m\"]}"), "?1 e \"z\"\n?2 e \"a\"\n?3 e 99", "ack 1 []" },
  { "if-has", IF ("{\"has\":\"{{0.a}}\"}"), "?1 e {\"a\":null}\n?2 e {}\n?3 e", "ack 1 []" },
  { "if-has-bare", IF ("{\"has\":\"1\"}"), "?1 e 0\n?2 e 0,0", "ack 2 []" },
  { "if-binary", IF ("{\"binary\":\"{{0}}\"}"), "?1 e {\"$bin\":\"AA==\"}\n?2 e {\"$bin\":1}\n?3 e {\"$bin\":\"\",\"b\":0}\n?4 e \"x\"", "ack 1 []" },
  { "if-matches", IF ("{\"matches\":[\"{{0}}\",\"^a+\\\\d$\"]}"), "?1 e \"aa7\"\n?2 e \"b\"\n?3 e \"\\u0061\\u0031\"\n?4 e \"aa7\\n\"", "ack 1 []; ack 3 []" },
  { "if-matches-json", IF ("{\"matches\":[\"{{0}}\",\"^\\\\[1\"]}"), "?1 e [1,2]\n?2 e 1", "ack 1 []" },
  { "if-in", IF ("{\"in\":[\"{{0}}\",[\"a\",2,null]]}"), "?1 e \"a\"\n?2 e 2.0\n?3 e 3\n?4 e null", "ack 1 []; ack 2 []; ack 4 []" },
  { "if-in-rooms", IF ("{\"in\":[\"{{0}}\",\"{{rooms}}\"]}"), "?1 e \"red\"\n?2 e \"blue\"", "ack 1 []" },
  { "if-in-no-list", IF ("{\"in\":[1,\"{{0}}\"]}"), "?1 e {\"a\":1}\n?2 e [1]", "ack 2 []" },
  { "if-not", IF ("{\"not\":{\"eq\":[\"{{0}}\",1]}}"), "?1 e 1\n?2 e 2", "ack 2 []" },
  { "if-all", IF ("[{\"has\":\"0\"},{\"has\":\"1\"}]"), "?1 e 0\n?2 e 0,0", "ack 2 []" },
  { "if-any", IF ("{\"any\":[{\"eq\":[\"{{0}}\",1]},[{\"eq\":[\"{{0}}\",2]},{\"has\":\"1\"}]]}"), "?1 e 1\n?2 e 2\n?3 e 2,0", "ack 1 []; ack 3 []" },
  { "if-not-any", IF ("{\"not\":{\"any\":[]}}"), "?1 e", "ack 1 []" },
  { "if-skips-the-delay", ON ("{\"if\":{\"has\":\"0\"},\"emit\":[\"a\"],\"delay\":50},{\"emit\":[\"b\"]}"), "e", "emit self [\"b\"]" },

  { "delay", ON ("{\"emit\":[\"a\"]},{\"emit\":[\"b\",\"{{0}}\"],\"delay\":10},{\"emit\":[\"c\"]}"), "e \"kept\"\n+9\nf\n+1",
    "emit self [\"a\"]; no listener; emit self [\"b\",\"kept\"]; emit self [\"c\"]" },
  { "delay-template", ON ("{\"emit\":[\"a\"],\"delay\":\"{{0}}\"}"), "e 20\n+19\nf\n+1", "no listener; emit self [\"a\"]" },
  { "delay-template-wrong", ON ("{\"emit\":[\"a\"],\"delay\":\"{{0}}\"}"), "e \"x\"",
    "note " AT "“delay” is no whole number from 0 to 86400000; emit self [\"a\"]" },
  { "delay-runs-side-by-side", ON ("{\"emit\":[\"a\",\"{{0}}\"],\"delay\":10}"), "e 1\n+5\ne 2\n+5\nf\n+5",
    "emit self [\"a\",1]; no listener; emit self [\"a\",2]" },
  { "repeat", ON ("{\"emit\":[\"a\",\"{{i}}\"],\"repeat\":3},{\"emit\":[\"b\",\"{{i}}\"]}"), "e",
    "emit self [\"a\",0]; emit self [\"a\",1]; emit self [\"a\",2]; emit self [\"b\",0]" },
  { "repeat-none", ON ("{\"emit\":[\"a\"],\"repeat\":0},{\"emit\":[\"b\"]}"), "e", "emit self [\"b\"]" },
  { "repeat-delay", ON ("{\"emit\":[\"a\",\"{{i}}\"],\"repeat\":2,\"delay\":10},{\"emit\":[\"b\"]}"), "e\n+10\nf\n+9\nf\n+1",
    "emit self [\"a\",0]; no listener; no listener; emit self [\"a\",1]; emit self [\"b\"]" },
  { "repeat-template", ON ("{\"emit\":[\"a\"],\"repeat\":\"{{0}}\"}"), "e 2\ne -1",
    "emit self [\"a\"]; emit self [\"a\"]; note " AT "“repeat” is no whole number from 0 to 1000000" },
  { "repeat-if", ON ("{\"if\":{\"ne\":[\"{{i}}\",1]},\"emit\":[\"a\",\"{{i}}\"],\"repeat\":3}"), "e", "emit self [\"a\",0]; emit self [\"a\",2]" },
  { "forever", ON ("{\"emit\":[\"t\",\"{{i}}\",\"{{0}}\"],\"repeat\":\"forever\",\"delay\":1000},{\"emit\":[\"after\"]}"), "e \"x\"\n+2500\nend x\n+5000",
    "emit self [\"after\"]; emit self [\"t\",0,\"x\"]; emit self [\"t\",1,\"x\"]; no listener" },
  { "forever-and-ack", ON ("{\"ack\":[\"{{i}}\"],\"repeat\":\"forever\",\"delay\":10},{\"ack\":[\"now\"]}"), "?3 e\n+50\nfree", "ack 3 [\"now\"]" },
  { "forever-if", ON ("{\"if\":{\"has\":\"{{var.on}}\"},\"emit\":[\"t\",\"{{i}}\"],\"repeat\":\"forever\",\"delay\":10},{\"set\":{\"on\":1},\"delay\":25}"),
    "e\n+39\nfree", "emit self [\"t\",2]" },

  { "forever-without-mercy", ON ("{\"emit\":[\"t\"],\"repeat\":\"forever\",\"delay\":\"{{0}}\"}"), "e 0\n+2\nfree", "emit self [\"t\"]; emit self [\"t\"]" },
  { "noted-once", ON ("{\"emit\":[\"x\"],\"to\":\"{{0}}\",\"repeat\":3}"), "e", "note " AT "“to” names nobody: the event is not sent" },

  { "then", ON ("{\"emit\":[\"q\"],\"then\":[{\"emit\":[\"r\",\"{{acked.0}}\",\"{{acked.*}}\",\"{{0}}\"]}]},{\"emit\":[\"s\"]}"),
    "e \"kept\"\n=1 [1],2\n=1 9", "emit self [\"q\"] ?1; emit self [\"s\"]; emit self [\"r\",[1],[1],2,\"kept\"]" },
  { "then-no-answer", ON ("{\"emit\":[\"q\"],\"then\":[{\"emit\":[\"r\"]}]}"), "e\n+100000\nend x", "emit self [\"q\"] ?1; forget 1; no listener" },
  { "then-empty", ON ("{\"emit\":[\"q\"],\"then\":[{\"emit\":[\"r\",\"{{acked.*}}\",\"{{acked}}\"]}]}"), "e\n=1", "emit self [\"q\"] ?1; emit self [\"r\",[]]" },
  { "timeout", ON ("{\"emit\":[\"q\"],\"timeout\":50,\"then\":[{\"emit\":[\"r\"]}],\"onTimeout\":[{\"emit\":[\"late\",\"{{acked.0}}\"]}]}"),
    "e\n+49\nf\n+1\n=1 1", "emit self [\"q\"] ?1; no listener; forget 1; emit self [\"late\",\"half\"]" },
  { "timeout-in-time", ON ("{\"emit\":[\"q\"],\"timeout\":50,\"then\":[{\"emit\":[\"r\"]}],\"onTimeout\":[{\"emit\":[\"late\"]}]}"),
    "e\n+49\n=1 1\n+50", "emit self [\"q\"] ?1; emit self [\"r\"]" },
  { "timeout-without-then", ON ("{\"emit\":[\"q\"],\"timeout\":50,\"onTimeout\":[{\"ack\":[\"late\"]}]}"), "?2 e\n=1 1\n?3 e\n+50",
    "emit self [\"q\"] ?1; emit self [\"q\"] ?2; forget 2; ack 3 [\"late\"]" },
  { "timeout-without-on-timeout", ON ("{\"emit\":[\"q\"],\"timeout\":50,\"then\":[]}"), "e\n+50", "emit self [\"q\"] ?1; forget 1" },
  { "deaf-then", ON ("{\"emit\":[\"q\"],\"then\":[{\"emit\":[\"r\"]}]}"), "deaf\ne\n+1000", "emit self [\"q\"]" },
  { "deaf-timeout", ON ("{\"emit\":[\"q\"],\"timeout\":50,\"onTimeout\":[{\"emit\":[\"late\"]}]}"), "deaf\ne\n+50", "emit self [\"q\"]; emit self [\"late\"]" },
  { "then-then", ON ("{\"emit\":[\"q\"],\"then\":[{\"emit\":[\"r\",\"{{acked.0}}\"],\"then\":[{\"ack\":[\"{{acked.0}}\"]}]},{\"emit\":[\"s\",\"{{acked.0}}\"]}]}"),
    "?8 e\n=1 \"a\"\n=2 \"b\"", "emit self [\"q\"] ?1; emit self [\"r\",\"a\"] ?2; emit self [\"s\",\"a\"]; ack 8 [\"b\"]" },
  { "then-i", ON ("{\"emit\":[\"q\"],\"repeat\":2,\"then\":[{\"emit\":[\"r\",\"{{i}}\"]}]}"), "e\n=2 0\n=1 0",
    "emit self [\"q\"] ?1; emit self [\"q\"] ?2; emit self [\"r\",1]; emit self [\"r\",0]" },
  { "then-delay", ON ("{\"emit\":[\"q\"],\"then\":[{\"emit\":[\"r\",\"{{acked.0}}\"],\"delay\":10}]}"), "e\n=1 7\nf\n+10",
    "emit self [\"q\"] ?1; no listener; emit self [\"r\",7]" },

  { "ends-while-played", "{\"namespaces\":{\"/\":{\"on\":{\"e\":[{\"emit\":[\"a\"],\"delay\":5},{\"disconnect\":true},{\"emit\":[\"b\"]}]},\"onDisconnect\":[{\"emit\":[\"bye\",\"{{reason}}\"]}]}}}",
    "ends\ne\n+5", "emit self [\"a\"]; disconnect all; emit self [\"bye\",\"server namespace disconnect\"]" },
  { "freed-while-played", ON ("{\"disconnect\":true},{\"emit\":[\"b\"]}"), "gone\ne", "disconnect all" },
  { "freed-later", ON ("{\"emit\":[\"q\"],\"then\":[]},{\"disconnect\":true,\"delay\":5},{\"emit\":[\"b\"]}"), "gone\ne \"args\"\n+5",
    "emit self [\"q\"] ?1; disconnect all; forget 1" },
  { "freed-in-forever", ON ("{\"disconnect\":true,\"repeat\":\"forever\",\"delay\":5}"), "gone\ne\n+50", "disconnect all" },
  { "freed-in-answer", ON ("{\"emit\":[\"q\"],\"repeat\":2,\"then\":[{\"disconnect\":true}]}"), "gone\ne\n=1 1",
    "emit self [\"q\"] ?1; emit self [\"q\"] ?2; disconnect all; forget 2" },
  { "freed-and-ended", "{\"namespaces\":{\"/\":{\"onConnect\":[{\"disconnect\":false},{\"emit\":[\"b\"]}],\"onDisconnect\":[{\"emit\":[\"bye\"]}]}}}",
    "ends\ngone\nconnect", "disconnect nsp; emit self [\"bye\"]" },

  { "fill-too-long", ON ("{\"emit\":[\"x\",{\"$fill\":[\"{{0}}\",67108000]}]},{\"emit\":[\"y\"]}"), "e \"ab\"",
    "note " AT "This would be longer than 64 MiB, and is left out; emit self [\"y\"]" },
  { "fill", ON ("{\"emit\":[\"x\",{\"$fill\":[\"ab\",5000]}]}"), "e", "emit 10008 bytes" },

  { "raw-echo", RAW "\"onMessage\":[{\"send\":\"{{data}}\"}]}", "<\"a\\u0041\\n\"\n<{\"$bin\":\"_w==\"}\n<{\"$bin\":\"/w==\"}\n<\"\"",
    "send aA\n; note onMessage[0]: This is not base64: it is not sent; send 1 octets, first ff; send " },
  { "raw-first-that-holds", RAW "\"onMessage\":[{\"if\":{\"eq\":[\"{{data}}\",\"a\"]},\"send\":\"1\"},{\"if\":{\"matches\":[\"{{data}}\",\"^a\"]},\"send\":\"2\"}]}",
    "<\"a\"\n<\"ab\"\n<\"b\"", "send 1; send 2; no listener" },
  { "raw-json", RAW "\"onMessage\":[{\"if\":{\"eq\":[\"{{data.type}}\",\"hi\"]},\"send\":{\"re\":\"{{data.n}}\",\"l\":[1.0]}}]}", "<\"{\\\"type\\\":\\\"hi\\\",\\\"n\\\": 2.50}\"",
    "send {\"re\":2.50,\"l\":[1.0]}" },
  { "raw-json-missing", RAW "\"onMessage\":[{\"if\":{\"eq\":[\"{{data.x}}\",null]},\"send\":\"none\"}]}", "<\"{\\\"a\\\":1}\"\n<\"{\\\"x\\\":1}\"\n<\"no\"",
    "send none; no listener; send none" },
  { "raw-open-close", RAW "\"onOpen\":[{\"send\":\"hello\"},{\"send\":7,\"delay\":5},{\"close\":[4000,\"bye {{i}}\"]}],\"onClose\":[{\"set\":{\"global.last\":\"{{reason}}\"}}]}",
    "connect\n+5\nend gone", "send hello; send 7; close code 4000 bye 0" },
  { "raw-close-wrong", RAW "\"onMessage\":[{\"close\":[\"{{data.0}}\"]}]}", "<\"[999]\"\n<\"[1000]\"",
    "note onMessage[0]: A close frame cannot carry this code and reason; close code 1000 -" },
  { "raw-no-rules", RAW "\"onOpen\":[]}", "connect\n<\"x\"", "no listener" },
};

static void
test_run (gconstpointer user_data)
{
  const Vector *v = user_data;
  g_auto(GStrv) steps = g_strsplit (v->steps, "\n", -1);
  Rig rig;

  rig_init (&rig, v->rules, g_str_has_prefix (v->rules, RAW) ? NULL : "/");
  for (guint i = 0; steps[i] != NULL; i++)
    step (&rig, steps[i]);
  g_assert_cmpstr (rig.log->str, ==, v->expected);
  rig_clear (&rig);
}

/* At any moment a socket may be gone: nothing of it stays, nothing happens after. */
static void
test_freed_anywhere (gconstpointer user_data)
{
  const Vector *v = user_data;
  g_auto(GStrv) steps = g_strsplit (v->steps, "\n", -1);

  for (guint n = 0; n <= g_strv_length (steps); n++)
    {
      gsize len;
      Rig rig;

      rig_init (&rig, v->rules, g_str_has_prefix (v->rules, RAW) ? NULL : "/");
      for (guint i = 0; i < n; i++)
        step (&rig, steps[i]);
      g_clear_pointer (&rig.player, sky_rules_player_free);
      g_assert_cmpuint (rig.timers.length, ==, 0);
      len = rig.log->len;
      advance (&rig, 1000000);
      g_assert_cmpuint (rig.log->len, ==, len);
      rig_clear (&rig);
    }
}

static guint
count (const char *text, const char *word)
{
  guint n = 0;

  for (const char *at = text; (at = strstr (at, word)) != NULL; at += strlen (word))
    n++;
  return n;
}

/* 10,000 deeds in one go, and not one more; after a pause it may be as many again. */
static void
test_budget (void)
{
  Rig rig;

  rig_init (&rig, ON ("{\"join\":\"a\",\"repeat\":9000},{\"leave\":\"b\",\"delay\":1},{\"join\":\"c\",\"repeat\":1000000},{\"join\":\"d\"}"), "/");
  step (&rig, "e");
  step (&rig, "+1");
  g_assert_cmpuint (count (rig.log->str, "join a"), ==, 9000);
  g_assert_cmpuint (count (rig.log->str, "join c"), >, 9990);
  g_assert_cmpuint (count (rig.log->str, "join c"), <=, 10000);
  g_assert_cmpuint (count (rig.log->str, "note namespaces./.on.e[2]: 10,000 actions without a pause: the rest is not played"), ==, 1);
  g_assert_null (strstr (rig.log->str, "join d"));
  g_assert_cmpuint (rig.player->waiting.length, ==, 0);
  rig_clear (&rig);
}

static void
test_written (void)
{
  Rig rig;

  rig_init (&rig, ON ("{\"emit\":[\"x\",{\"$fill\":[\"a\",67000000]}],\"repeat\":9},{\"emit\":[\"y\"]}"), "/");
  step (&rig, "e");
  g_assert_cmpuint (count (rig.log->str, "emit 67000008 bytes"), ==, 5);
  g_assert_nonnull (strstr (rig.log->str, "256 MiB without a pause: the rest is not played"));
  rig_clear (&rig);
}

/* A flood of events that all wait is cut off, the socket lives on. */
static void
test_waiting (void)
{
  Rig rig;

  rig_init (&rig, ON ("{\"emit\":[\"x\"],\"delay\":10}"), "/");
  for (guint i = 0; i < SKY_RULES_MAX_WAITING + 3; i++)
    step (&rig, "e 1");
  g_assert_cmpuint (rig.player->waiting.length, ==, SKY_RULES_MAX_WAITING);
  g_assert_cmpuint (count (rig.log->str, "Too much is waiting for this socket"), ==, 3);
  step (&rig, "+10");
  g_assert_cmpuint (count (rig.log->str, "emit"), ==, SKY_RULES_MAX_WAITING);
  step (&rig, "e 1");
  g_assert_cmpuint (rig.player->waiting.length, ==, 1);
  rig_clear (&rig);
}

static void
test_kept (void)
{
  g_autofree char *megabytes = g_strnfill (20 << 20, 'x');
  g_autofree char *line = g_strdup_printf ("e \"%s\"", megabytes);
  Rig rig;

  rig_init (&rig, ON ("{\"emit\":[\"x\"],\"delay\":10}"), "/");
  for (guint i = 0; i < 6; i++)
    step (&rig, line);
  g_assert_cmpuint (rig.player->waiting.length, ==, 4);
  step (&rig, "+10");
  step (&rig, line);
  g_assert_cmpuint (rig.player->waiting.length, ==, 1);
  rig_clear (&rig);
}

/* A pattern that would think for years says no; so does what is too long to look at. */
static void
test_patience (void)
{
  g_autofree char *hard = g_strdup_printf ("?1 e \"%.*s!\"", 60, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa");
  g_autofree char *lengthy = g_strnfill (65537, 'a');
  g_autofree char *line = g_strdup_printf ("?1 e \"%s\"", lengthy);
  Rig rig;

  rig_init (&rig, IF ("{\"matches\":[\"{{0}}\",\"^(a+)+$\"]}"), "/");
  step (&rig, hard);
  step (&rig, line);
  g_assert_cmpstr (rig.log->str, ==, "");
  step (&rig, "?2 e \"aaa\"");
  g_assert_cmpstr (rig.log->str, ==, "ack 2 []");
  rig_clear (&rig);
}

static void
test_fired (void)
{
  g_autoptr(SkyRules) other = NULL;
  g_autoptr(GString) variables = g_string_new (NULL), globals = g_string_new (NULL);
  Rig rig;

  rig_init (&rig, "{\"namespaces\":{\"/\":{\"on\":{\"a\":[{\"set\":{\"v\":1,\"global.g\":2}}],\"b\":[{\"emit\":[\"old\"],\"delay\":5}]},\"onAny\":[]}}}", "/");
  step (&rig, "a");
  step (&rig, "a");
  step (&rig, "b");
  step (&rig, "c");
  g_assert_cmpuint (sky_rules_stage_get_fired (rig.stage, 0), ==, 2);
  g_assert_cmpuint (sky_rules_stage_get_fired (rig.stage, 1), ==, 1);
  g_assert_cmpuint (sky_rules_stage_get_fired (rig.stage, 2), ==, 1);
  other = load ("{\"namespaces\":{\"/\":{\"on\":{\"c\":[{\"emit\":[\"new\",\"{{var.v}}\",\"{{global.g}}\"]}],\"a\":[]}}}}");
  sky_rules_stage_set_rules (rig.stage, other);
  g_assert_true (sky_rules_stage_get_rules (rig.stage) == other);
  step (&rig, "c");
  step (&rig, "b");
  step (&rig, "+5"); /* what waits ends as it began */
  g_assert_cmpstr (rig.log->str, ==, "emit self [\"new\",1,2]; no listener; emit self [\"old\"]");
  g_assert_cmpuint (sky_rules_stage_get_fired (rig.stage, 0), ==, 1);
  g_assert_cmpuint (sky_rules_stage_get_fired (rig.stage, 1), ==, 2);
  sky_rules_player_append_variables (rig.player, variables);
  sky_rules_append_variables (rig.stage->globals, globals);
  g_assert_cmpstr (variables->str, ==, "{\"v\":1}");
  g_assert_cmpstr (globals->str, ==, "{\"g\":2}");
  rig_clear (&rig);
}

/* Variables are a socket's own, global ones everybody's; namespaces are told apart. */
static void
test_two (void)
{
  Rig rig;
  SkyRulesPlayer *first, *second;

  rig_init (&rig, "{\"namespaces\":{\"/\":{\"on\":{\"e\":[{\"set\":{\"v\":\"{{0}}\",\"global.g\":\"{{0}}\"}}]}},"
                  "\"~^/x\\\\d$\":{\"on\":{\"e\":[{\"emit\":[\"x\",\"{{var.v}}\",\"{{global.g}}\"]}]}}}}", "/");
  step (&rig, "e 1");
  first = rig.player;
  rig.player = second = sky_rules_player_new (rig.stage, "/x7", &rig);
  step (&rig, "e");
  g_assert_cmpstr (rig.log->str, ==, "emit self [\"x\",null,1]");
  rig.player = first;
  sky_rules_player_free (second);
  rig.player = sky_rules_player_new (rig.stage, "/nowhere", &rig);
  step (&rig, "e");
  g_assert_true (g_str_has_suffix (rig.log->str, "; no listener"));
  sky_rules_player_free (first);
  rig_clear (&rig);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autofree char *name = g_strconcat ("/rules-run/run/", vectors[i].name, NULL);
      g_autofree char *freed = g_strconcat ("/rules-run/freed/", vectors[i].name, NULL);

      g_test_add_data_func (name, &vectors[i], test_run);
      g_test_add_data_func (freed, &vectors[i], test_freed_anywhere);
    }
  g_test_add_func ("/rules-run/budget", test_budget);
  g_test_add_func ("/rules-run/written", test_written);
  g_test_add_func ("/rules-run/waiting", test_waiting);
  g_test_add_func ("/rules-run/kept", test_kept);
  g_test_add_func ("/rules-run/patience", test_patience);
  g_test_add_func ("/rules-run/fired", test_fired);
  g_test_add_func ("/rules-run/two", test_two);
  return g_test_run ();
}
