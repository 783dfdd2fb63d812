#include "peer/host/host-rules-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/json.h"
#include "base/utf8.h"
#include "peer/host/host-roster.h"
#include "peer/host/host-talk-private.h"
#include "sio/sio-attach.h"

#define MIN_PRUNE    1024               /* questions that nobody waits for any more may pile up so far */
#define MAX_NAME_LEN 64                 /* bytes of an event's name that a reason has */
#define MAX_ANSWERS  (16 * 1024 * 1024) /* bytes of the answers of many; those that come then are null */
#define MAX_VOLATILE (64 * 1024)        /* bytes: whose WebSocket has more unsent gets nothing volatile */

/* An event of a rule, and the acks that it wants. Shared by who asks and those who are asked. */
typedef struct
{
  SkyHostPlayer *asker; /* nullable: nobody waits any more */
  guint64        token;
  GString       *answers; /* JSON, separated by commas */
  guint          n_due;
  gboolean       single; /* to one socket: all of its answer counts, else the first value of each */
  guint          idle;   /* source: nobody was asked */
} Question;

static void
question_clear (gpointer data)
{
  Question *self = data;

  g_clear_handle_id (&self->idle, g_source_remove);
  g_string_free (self->answers, TRUE);
}

static void
question_unref (gpointer data)
{
  g_rc_box_release_full (data, question_clear);
}

/* Whoever asked lets go of it. */
static void
question_drop (gpointer data)
{
  Question *self = data;

  self->asker = NULL;
  g_clear_handle_id (&self->idle, g_source_remove);
  question_unref (self);
}

static void
finish (Question *question)
{
  SkyHostPlayer *asker = question->asker;
  g_autoptr(GString) answers = g_string_new_len (question->answers->str, (gssize) question->answers->len);
  guint64 token = question->token;

  g_hash_table_remove (asker->questions, &question->token);
  if (asker->rules != NULL)
    sky_rules_player_answer (asker->rules, token, answers->str, answers->len);
}

static gboolean
on_nobody (gpointer data)
{
  Question *question = data;

  question->idle = 0;
  finish (question);
  return G_SOURCE_REMOVE;
}

static Question *
ask (SkyHostPlayer *self, gboolean single)
{
  Question *question = g_rc_box_new0 (Question);

  question->asker = self;
  question->token = ++self->n_tokens;
  question->answers = g_string_new (NULL);
  question->single = single;
  if (self->questions == NULL)
    self->questions = g_hash_table_new_full (g_int64_hash, g_int64_equal, NULL, question_drop);
  g_hash_table_insert (self->questions, &question->token, question);
  return question;
}

static gboolean
is_dead (gpointer id, gpointer question, gpointer user_data)
{
  return ((Question *) question)->asker == NULL;
}

/* @member is to answer @question with the ack of this id. */
static void
expect_from (const SkyHostMember *member, guint64 id, Question *question)
{
  SkyHostPlayer *asked
      = sky_host_rules_find (sky_host_member_get_owner (member), sky_host_member_get_nsp (member));

  if (asked->asked == NULL)
    asked->asked = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, question_unref);
  if (g_hash_table_size (asked->asked) >= MAX (asked->prune_at, MIN_PRUNE))
    {
      g_hash_table_foreach_remove (asked->asked, is_dead, NULL);
      asked->prune_at = 2 * g_hash_table_size (asked->asked);
    }
  g_hash_table_replace (asked->asked, g_memdup2 (&id, sizeof id), g_rc_box_acquire (question));
  question->n_due++;
}

/**
 * sky_host_rules_forget:
 * @answers: (nullable): gets those that have come
 */
void
sky_host_rules_forget (gpointer owner, guint64 token, GString *answers)
{
  SkyHostPlayer *self = owner;
  Question *question = self->questions != NULL ? g_hash_table_lookup (self->questions, &token) : NULL;

  if (question == NULL)
    return;
  if (answers != NULL)
    g_string_append_len (answers, question->answers->str, (gssize) question->answers->len);
  g_hash_table_remove (self->questions, &token);
}

static void
append_answer (Question *question, const char *args)
{
  gsize len = strlen (args), pos = 0;
  SkyJsonValue value;

  if (question->single)
    {
      g_string_append (question->answers, args);
      return;
    }
  if (question->answers->len > 0)
    g_string_append_c (question->answers, ',');
  if (sky_json_scan (args, len, &pos, &value, NULL) && question->answers->len + value.len <= MAX_ANSWERS)
    g_string_append_len (question->answers, args + value.start, (gssize) value.len);
  else
    g_string_append (question->answers, "null");
}

/**
 * sky_host_rules_hear_answer:
 * @player: who answers
 * @id: of the ack
 * @args: what it carries, JSON separated by commas
 */
void
sky_host_rules_hear_answer (SkyHostPlayer *player, guint64 id, const char *args)
{
  gpointer key = NULL, question = NULL;

  if (player->asked == NULL || !g_hash_table_steal_extended (player->asked, &id, &key, &question))
    return;
  g_free (key);
  if (((Question *) question)->asker != NULL)
    {
      append_answer (question, args);
      if (--((Question *) question)->n_due == 0)
        finish (question);
    }
  question_unref (question);
}

static void
add_room (GHashTable *members, SkyHostPlayer *self, const char *room)
{
  g_autoptr(GPtrArray) found = sky_host_rooms_select (self->session->house->rooms, self->nsp, room, NULL);

  for (guint i = 0; i < found->len; i++)
    g_hash_table_add (members, g_ptr_array_index (found, i));
}

static void
remove_room (GHashTable *members, SkyHostPlayer *self, const char *room)
{
  g_autoptr(GPtrArray) found = sky_host_rooms_select (self->session->house->rooms, self->nsp, room, NULL);

  for (guint i = 0; i < found->len; i++)
    g_hash_table_remove (members, g_ptr_array_index (found, i));
}

/* What is volatile is for those who can take it at once: PROTOCOL §8. */
static gboolean
is_ready (SkyHostSession *session)
{
  if (SKY_IS_CARRIER_SERVED (session->carrier))
    return sky_carrier_served_is_polled (SKY_CARRIER_SERVED (session->carrier));
  return sky_carrier_get_n_unsent (session->carrier) <= MAX_VOLATILE;
}

/* Returns: (transfer container) (nullable): whom one room names, or the namespace; %NULL if there is more to it */
static GPtrArray *
choose_simply (SkyHostPlayer *self, const SkyRulesEmit *emit)
{
  guint n_rooms = emit->rooms != NULL ? g_strv_length ((GStrv) emit->rooms) : 0;
  gboolean all = emit->to == SKY_RULES_TO_ALL && n_rooms == 0;

  if ((emit->except != NULL && emit->except[0] != NULL) || (!all && (emit->to != SKY_RULES_TO_ROOMS || n_rooms != 1)))
    return NULL;
  return sky_host_rooms_select (self->session->house->rooms, self->nsp, all ? NULL : emit->rooms[0], NULL);
}

/* Returns: (transfer container): each once */
static GPtrArray *
choose_each_once (SkyHostPlayer *self, const SkyRulesEmit *emit)
{
  g_autoptr(GHashTable) members = g_hash_table_new (NULL, NULL);
  GPtrArray *chosen = g_ptr_array_new ();
  GHashTableIter iter;
  gpointer member;

  if (emit->to == SKY_RULES_TO_SELF && self->member != NULL)
    g_hash_table_add (members, self->member);
  if (emit->to == SKY_RULES_TO_ALL || emit->to == SKY_RULES_TO_OTHERS)
    add_room (members, self, NULL);
  if (emit->to == SKY_RULES_TO_OTHERS && self->member != NULL)
    g_hash_table_remove (members, self->member);
  for (guint i = 0; emit->rooms != NULL && emit->rooms[i] != NULL; i++)
    add_room (members, self, emit->rooms[i]);
  for (guint i = 0; emit->except != NULL && emit->except[i] != NULL; i++)
    remove_room (members, self, emit->except[i]);
  g_hash_table_iter_init (&iter, members);
  while (g_hash_table_iter_next (&iter, &member, NULL))
    g_ptr_array_add (chosen, member);
  return chosen;
}

/* Returns: (transfer container): those who get it */
static GPtrArray *
choose (SkyHostPlayer *self, const SkyRulesEmit *emit)
{
  GPtrArray *chosen = choose_simply (self, emit);
  guint n_kept = 0;

  if (chosen == NULL)
    chosen = choose_each_once (self, emit);
  for (guint i = 0; i < chosen->len; i++)
    {
      SkyHostSession *session = sky_host_member_get_owner (g_ptr_array_index (chosen, i));

      if (!session->leaving && (!emit->is_volatile || is_ready (session)))
        chosen->pdata[n_kept++] = chosen->pdata[i];
    }
  g_ptr_array_set_size (chosen, (gint) n_kept);
  return chosen;
}

static guint64
ask_all (SkyHostPlayer *self, const SkyRulesEmit *emit, GPtrArray *members, const char *json, GPtrArray *attachments)
{
  Question *question;

  if (members->len == 0 && emit->to == SKY_RULES_TO_SELF)
    return 0;
  question = ask (self, emit->to == SKY_RULES_TO_SELF);
  for (guint i = 0; i < members->len; i++)
    {
      SkyHostMember *member = g_ptr_array_index (members, i);
      SkyHostSession *session = sky_host_member_get_owner (member);
      guint64 id = sky_talker_take_id (session->talker, self->nsp);

      expect_from (member, id, question);
      sky_host_talk_send (session, attachments != NULL ? SKY_SIO_BINARY_EVENT : SKY_SIO_EVENT, self->nsp, &id, json,
                          attachments);
    }
  if (members->len == 0) /* the reference calls back with no answers, as soon as it can */
    question->idle = g_idle_add (on_nobody, question);
  return question->token;
}

/* For those who miss it. Returns: (nullable) (transfer full): as sky_host_talk_log() */
static char *
log_emit (SkyHostPlayer *self, const SkyRulesEmit *emit, GPtrArray *members, const char *json, GPtrArray *attachments)
{
  const char *const own[] = { self->id, NULL }, *const nobody[] = { NULL };
  g_autoptr(GPtrArray) except = g_ptr_array_new ();
  const char *const *rooms = emit->to == SKY_RULES_TO_SELF    ? own
                             : emit->to != SKY_RULES_TO_ROOMS ? NULL
                             : emit->rooms != NULL            ? emit->rooms
                                                              : nobody;

  for (guint i = 0; emit->except != NULL && emit->except[i] != NULL; i++)
    g_ptr_array_add (except, (gpointer) emit->except[i]);
  if (emit->to == SKY_RULES_TO_OTHERS)
    g_ptr_array_add (except, self->id);
  g_ptr_array_add (except, NULL);
  return sky_host_talk_log (self->session->house, self->nsp, members, rooms, (const char *const *) except->pdata, json,
                            attachments);
}

/* What goes to one socket as the answer to its own event is none. */
static void
note_broadcast (SkyHostPlayer *self, const SkyRulesEmit *emit, guint n_receivers)
{
  gboolean any_room = emit->rooms != NULL && emit->rooms[0] != NULL;
  g_autofree char *by = NULL, *event = NULL, *why = NULL;
  SkyJsonValue name;
  gsize pos = 1; /* behind the bracket */

  if (emit->to == SKY_RULES_TO_SELF && !any_room)
    return;
  by = sky_host_rules_name (self);
  if (sky_json_scan (emit->json, emit->len, &pos, &name, NULL))
    event = g_strndup (emit->json + name.start, sky_utf8_fit (emit->json + name.start, name.len, MAX_NAME_LEN));
  why = g_strdup_printf (emit->to == SKY_RULES_TO_OTHERS ? _("%s → emit %s, except sender") : _("%s → emit %s"), by,
                         event != NULL ? event : "");
  sky_host_roster_tell (self->session->house, self->nsp, emit->rooms, self->id, n_receivers, why);
}

/* Sends an event to whom the rule wants it sent. Returns: what the answers come with, or 0 */
guint64
sky_host_rules_emit (gpointer owner, const SkyRulesEmit *emit)
{
  SkyHostPlayer *self = owner;
  g_autoptr(GPtrArray) attachments = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  g_autoptr(GPtrArray) members = NULL;
  g_autoptr(GError) error = NULL;
  g_autofree char *json = sky_sio_attach_lift (emit->json, emit->len, attachments, &error), *marked = NULL;

  if (json == NULL)
    {
      sky_host_rules_hands.note (self, sky_rules_player_get_path (self->rules), error->message);
      return 0;
    }
  if (attachments->len == 0)
    g_clear_pointer (&attachments, g_ptr_array_unref);
  members = choose (self, emit);
  note_broadcast (self, emit, members->len);
  if (emit->wants_ack)
    return ask_all (self, emit, members, json, attachments);
  if (!emit->is_volatile)
    marked = log_emit (self, emit, members, json, attachments);
  sky_host_talk_tell_members (self->session->house, self->nsp, members, marked != NULL ? marked : json, attachments);
  return 0;
}
