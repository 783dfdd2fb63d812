#include "fuzz.h"

#include "base/json.h"
#include "base/utf8.h"
#include "peer/rules/rules-run.h"

/*
 * A rules file, then an octet that UTF-8 has not, then the arguments of an event. Each rule of a
 * file that loads is played with them, some seconds pass, questions are answered or not.
 */

typedef struct
{
  guint  id;
  void (*alarm) (gpointer data);
  gpointer data;
} Timer;

typedef struct
{
  GQueue          timers; /* of Timer, in no order but that of their start */
  FuzzRandom      random;
  guint           n_timers;
  guint64         n_tokens;
  SkyRulesPlayer *player; /* nullable */
} Rig;

static void
check_json (const char *json, gsize len)
{
  SkyJsonValue value;

  fuzz_check (sky_json_parse (json, len, &value, NULL, NULL));
}

static gboolean
on_lookup (gpointer owner, SkyRulesRoot root, const char *subject, GString *scratch, SkyRulesText *found)
{
  g_string_append (scratch, "{\"a\":[1,\"x\",{\"token\":\"t\"}],\"token\":\"user-1\"}");
  *found = (SkyRulesText) { scratch->str, scratch->len };
  return root % 2 == 0;
}

static gint64
on_now (gpointer owner)
{
  return G_GINT64_CONSTANT (1800000000000000);
}

static guint64
on_random (gpointer owner)
{
  return fuzz_below (&((Rig *) owner)->random, G_MAXUINT32) * G_GUINT64_CONSTANT (0x100000001);
}

static guint
on_timer_start (gpointer owner, guint msec, void (*alarm) (gpointer data), gpointer data)
{
  Rig *rig = owner;
  Timer timer = { ++rig->n_timers, alarm, data };

  g_queue_push_tail (&rig->timers, g_memdup2 (&timer, sizeof timer));
  return timer.id;
}

static void
on_timer_stop (gpointer owner, guint id)
{
  Rig *rig = owner;
  GList *l = rig->timers.head;

  while (l != NULL && ((Timer *) l->data)->id != id)
    l = l->next;
  fuzz_check (l != NULL);
  g_free (l->data);
  g_queue_delete_link (&rig->timers, l);
}

static guint64
on_emit (gpointer owner, const SkyRulesEmit *emit)
{
  Rig *rig = owner;

  check_json (emit->json, emit->len);
  fuzz_check (emit->json[0] == '[' && (emit->to == SKY_RULES_TO_ROOMS) == (emit->rooms != NULL));
  return emit->wants_ack && fuzz_below (&rig->random, 4) > 0 ? ++rig->n_tokens : 0;
}

static void
on_forget (gpointer owner, guint64 token, GString *answers)
{
  fuzz_check (token > 0 && token <= ((Rig *) owner)->n_tokens);
  if (answers != NULL)
    g_string_append (answers, "1");
}

static void
on_ack (gpointer owner, guint64 number, const char *json, gsize len)
{
  check_json (json, len);
}

static void
on_move (gpointer owner, const char *who, const char *room)
{
  fuzz_check (room != NULL);
}

static void
on_disconnect (gpointer owner, gboolean all)
{
  Rig *rig = owner;

  if (all && rig->player != NULL)
    g_clear_pointer (&rig->player, sky_rules_player_free);
}

static void
on_close (gpointer owner, SkyRulesClose how, guint code, const char *reason)
{
  fuzz_check (how != SKY_RULES_CLOSE_CODE || code >= 1000);
}

static void
on_send (gpointer owner, const guint8 *data, gsize len, gboolean binary)
{
}

static void
on_note (gpointer owner, const char *path, const char *sentence)
{
  fuzz_check (path != NULL && sentence != NULL);
}

static const SkyRulesHands hands = {
  on_lookup, on_now,  on_random, on_timer_start, on_timer_stop, on_emit, on_forget,
  on_ack,    on_move, on_move,   on_disconnect,  on_close,      on_send, on_note,
};

static void
pass_time (Rig *rig)
{
  for (guint i = 0; i < 8; i++)
    {
      Timer *timer = g_queue_pop_head (&rig->timers);

      if (timer == NULL)
        break;
      timer->alarm (timer->data);
      g_free (timer);
      if (rig->player != NULL && rig->n_tokens > 0 && fuzz_below (&rig->random, 2) > 0)
        sky_rules_player_answer (rig->player, 1 + fuzz_below (&rig->random, rig->n_tokens), "\"yes\",[1]", 9);
    }
}

static void
play (SkyRulesStage *stage, const char *nsp, const char *event, const char *args, gsize len, FuzzRandom random)
{
  Rig rig = { .random = random };
  g_autoptr(GString) json = g_string_new (NULL);

  rig.player = sky_rules_player_new (stage, nsp, &rig);
  if (sky_rules_player_reject (rig.player, json))
    check_json (json->str, json->len);
  sky_rules_player_connect (rig.player);
  if (rig.player != NULL)
    sky_rules_player_event (rig.player, event, args, len, (gint64) fuzz_below (&rig.random, 3) - 1);
  if (rig.player != NULL && nsp == NULL)
    sky_rules_player_message (rig.player, "\"{\\\"a\\\":1}\"", 11);
  pass_time (&rig);
  if (rig.player != NULL)
    sky_rules_player_end (rig.player, 1000, "transport close");
  if (rig.player != NULL)
    g_clear_pointer (&rig.player, sky_rules_player_free);
  fuzz_check (rig.timers.length == 0);
}

static void
play_all (SkyRules *rules, const char *args, gsize len, FuzzRandom random)
{
  g_autoptr(SkyRulesStage) stage = sky_rules_stage_new (rules, &hands);

  for (guint i = 0; i < sky_rules_get_n_rows (rules) && i < 40; i++)
    {
      const SkyRulesRow *row = sky_rules_get_row (rules, i);

      play (stage, row->nsp, row->label, args, len, random);
    }
}

/* Only what a codec lets through comes to a rule: values with commas between them. */
static gboolean
is_args (const char *args, gsize len)
{
  g_autoptr(GString) list = g_string_new ("[");
  SkyJsonValue value;

  g_string_append_len (list, args, (gssize) len);
  g_string_append_c (list, ']');
  return sky_utf8_valid ((const guint8 *) args, len) && sky_json_parse (list->str, list->len, &value, NULL, NULL);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize len)
{
  const guint8 *mark = len > 0 ? memchr (data, FUZZ_MARK, len) : NULL;
  gsize rules_len = mark != NULL ? (gsize) (mark - data) : len;
  const char *args = mark != NULL ? (const char *) mark + 1 : "";
  gsize args_len = mark != NULL ? len - rules_len - 1 : 0;
  g_autofree char *text = g_strndup ((const char *) data, rules_len);
  g_autoptr(GError) error = NULL;
  g_autoptr(SkyRules) rules = NULL;

  if (strstr (text, "$fill") != NULL) /* time is better spent than on filling memory */
    return 0;
  rules = sky_rules_load ((const char *) (len > 0 ? data : (const guint8 *) ""), rules_len, &error);
  fuzz_check ((rules == NULL) == (error != NULL));
  if (error != NULL)
    {
      const SkyRulesPlace *place = sky_rules_error_get_place (error);

      fuzz_check (place->line >= 1 && place->column >= 1 && place->pos + place->len <= rules_len);
      fuzz_check (place->len > 0 || place->pos == rules_len);
      fuzz_check (g_utf8_validate (error->message, -1, NULL));
    }
  else if (is_args (args, args_len))
    play_all (rules, args, args_len, fuzz_random (data, len));
  return 0;
}
