#include "peer/rules/rules-run-private.h"

#include <string.h>

/* What a socket is told, and which rule answers. */

static void
destroy (SkyRulesPlayer *self)
{
  g_clear_pointer (&self->variables, g_hash_table_unref);
  sky_rules_unref (self->rules);
  g_free (self->nsp);
  g_free (self);
}

/* Until the release, a hand may free the player without harm. */
void
sky_rules_player_hold (SkyRulesPlayer *self)
{
  self->holds++;
}

void
sky_rules_player_release (SkyRulesPlayer *self)
{
  if (--self->holds == 0 && self->freed)
    destroy (self);
}

/* The rules may have been exchanged since this player was told something last. */
static void
catch_up (SkyRulesPlayer *self)
{
  if (self->rules != self->stage->rules)
    {
      sky_rules_unref (self->rules);
      self->rules = sky_rules_ref (self->stage->rules);
      self->space = self->nsp != NULL ? sky_rules_find_space (self->rules, self->nsp) : NULL;
    }
}

static SkyRulesVerdict
tell (SkyRulesPlayer *self, SkyRulesRule *rule, SkyRulesMoment *moment, gboolean last)
{
  if (rule == NULL)
    return SKY_RULES_NO_LISTENER;
  sky_rules_play (self, rule, moment, last);
  return SKY_RULES_ANSWERED;
}

/**
 * sky_rules_player_new:
 * @stage: has to live longer
 * @nsp: (nullable): the namespace that the socket asks for; %NULL on servers for raw messages
 * @owner: what the hands are called with
 *
 * Returns: (transfer full): a player; make one before asking sky_rules_player_reject()
 */
SkyRulesPlayer *
sky_rules_player_new (SkyRulesStage *stage, const char *nsp, gpointer owner)
{
  SkyRulesPlayer *self = g_new0 (SkyRulesPlayer, 1);

  self->stage = stage;
  self->owner = owner;
  self->nsp = g_strdup (nsp);
  self->rules = sky_rules_ref (stage->rules);
  self->space = nsp != NULL ? sky_rules_find_space (self->rules, nsp) : NULL;
  g_queue_init (&self->waiting);
  return self;
}

static void
drop_waiting (SkyRulesPlayer *self)
{
  while (self->waiting.head != NULL)
    sky_rules_branch_free (self->waiting.head->data);
}

/**
 * sky_rules_player_free:
 *
 * Ends all it waits for, without another word. May be called by a hand.
 */
void
sky_rules_player_free (SkyRulesPlayer *self)
{
  g_return_if_fail (!self->freed);

  sky_rules_player_hold (self);
  drop_waiting (self);
  self->ended = self->freed = TRUE;
  sky_rules_player_release (self);
}

/* What would be too long is null. */
static void
append_or_null (const SkyRulesTemplate *template, const SkyRulesScope *scope, GString *json)
{
  gsize mark = json->len;

  if (!sky_rules_template_expand (template, scope, json))
    g_string_append (g_string_truncate (json, mark), "null");
}

/**
 * sky_rules_player_reject:
 * @json: what goes into CONNECT_ERROR is appended: {"message": …, "data": …}
 *
 * Asks the namespace's `reject`, of which the first that holds counts.
 *
 * Returns: whether the socket may not join
 */
gboolean
sky_rules_player_reject (SkyRulesPlayer *self, GString *json)
{
  SkyRulesMoment moment = { .player = self, .ack = -1 };
  SkyRulesBranch b = { .player = self, .moment = &moment };
  SkyRulesScope scope = sky_rules_branch_scope (&b);

  catch_up (self);
  for (guint i = 0; self->space != NULL && i < self->space->rejects->len; i++)
    {
      const SkyRulesRule *rule = g_ptr_array_index (self->space->rejects, i);

      if (rule->condition != NULL && !sky_rules_condition_holds (rule->condition, &scope))
        continue;
      g_array_index (self->stage->fired, guint64, rule->index)++;
      g_string_append (json, "{\"message\":");
      if (rule->message != NULL)
        append_or_null (rule->message, &scope, json);
      else
        g_string_append (json, "\"rejected\"");
      if (rule->data != NULL)
        append_or_null (rule->data, &scope, g_string_append (json, ",\"data\":"));
      g_string_append_c (json, '}');
      return TRUE;
    }
  return FALSE;
}

/* The socket is connected (onConnect), or the raw connection open (onOpen). */
SkyRulesVerdict
sky_rules_player_connect (SkyRulesPlayer *self)
{
  SkyRulesMoment moment = { .player = self, .ack = -1 };

  catch_up (self);
  return tell (self,
               self->nsp == NULL     ? self->rules->on_open
               : self->space != NULL ? self->space->on_connect
                                     : NULL,
               &moment, FALSE);
}

/**
 * sky_rules_player_event:
 * @event: its name
 * @args: (array length=args_len): the arguments as they came, separated by commas; binary as
 *   {"$bin": "base64"}: what SkySioEvent tells of a packet after sky_sio_attach_lower()
 * @args_len: bytes
 * @ack: the number that an ack is wanted with, or -1
 *
 * Plays `on` that event, or else `onAny`. @args need not last longer than the call.
 *
 * Returns: whether there is a rule for this event, even if no `if` in it holds
 */
SkyRulesVerdict
sky_rules_player_event (SkyRulesPlayer *self, const char *event, const char *args, gsize args_len, gint64 ack)
{
  SkyRulesMoment moment = {
    .player = self, .event = (char *) event, .args = { args != NULL ? args : "", args_len }, .ack = ack,
  };
  SkyRulesRule *rule;

  g_return_val_if_fail (event != NULL, SKY_RULES_NO_LISTENER);

  catch_up (self);
  if (self->ended || self->space == NULL)
    return SKY_RULES_NO_LISTENER;
  rule = g_hash_table_lookup (self->space->on, event);
  return tell (self, rule != NULL ? rule : self->space->on_any, &moment, FALSE);
}

/**
 * sky_rules_player_message:
 * @json: (array length=len): a raw message: a JSON string, or {"$bin": "base64"}
 * @len: bytes
 *
 * Plays the first of `onMessage` whose `if` holds.
 *
 * Returns: whether there was one
 */
SkyRulesVerdict
sky_rules_player_message (SkyRulesPlayer *self, const char *json, gsize len)
{
  SkyRulesMoment moment = { .player = self, .data = { json, len }, .ack = -1 };
  SkyRulesBranch b = { .player = self, .moment = &moment };
  SkyRulesScope scope = sky_rules_branch_scope (&b);

  catch_up (self);
  for (guint i = 0; !self->ended && self->rules->on_message != NULL && i < self->rules->on_message->len; i++)
    {
      SkyRulesRule *rule = g_ptr_array_index (self->rules->on_message, i);
      const SkyRulesAction *action = g_ptr_array_index (rule->actions, 0);

      if (action->condition == NULL || sky_rules_condition_holds (action->condition, &scope))
        return tell (self, rule, &moment, FALSE);
    }
  return SKY_RULES_NO_LISTENER;
}

/**
 * sky_rules_player_end:
 * @code: of the close frame; 0 if there is none
 * @reason: (nullable): as socket.io names it ("transport close"), or of the close frame
 *
 * The socket is gone: what waits is dropped, then onDisconnect or onClose is played. Only
 * sky_rules_player_free() may follow.
 */
SkyRulesVerdict
sky_rules_player_end (SkyRulesPlayer *self, guint code, const char *reason)
{
  SkyRulesMoment moment = { .player = self, .code = code, .reason = (char *) reason, .ack = -1 };

  if (self->ended)
    return SKY_RULES_NO_LISTENER;
  catch_up (self);
  drop_waiting (self);
  self->ended = TRUE;
  return tell (self,
               self->nsp == NULL     ? self->rules->on_close
               : self->space != NULL ? self->space->on_disconnect
                                     : NULL,
               &moment, TRUE);
}

/* Returns: (nullable) (transfer none): within a hand: where the action is that it does */
const char *
sky_rules_player_get_path (const SkyRulesPlayer *self)
{
  return self->path;
}

/* Appends the socket's variables as an object. */
void
sky_rules_player_append_variables (const SkyRulesPlayer *self, GString *json)
{
  sky_rules_append_variables (self->variables, json);
}

/* @json: an object of variables, as sky_rules_player_append_variables() wrote it for a socket that comes back */
void
sky_rules_player_set_variables (SkyRulesPlayer *self, const char *json)
{
  SkyJsonValue object, name, value;
  SkyJsonIter iter;

  if (!sky_json_parse (json, strlen (json), &object, NULL, NULL) || object.type != SKY_JSON_OBJECT)
    return;
  if (self->variables == NULL)
    self->variables = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  sky_json_iter_init (&iter, json, &object);
  while (sky_json_iter_next (&iter, &name, &value))
    g_hash_table_replace (self->variables, sky_json_unquote (json, &name, NULL), g_strndup (json + value.start, value.len));
}
