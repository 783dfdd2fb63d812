#include "peer/rules/rules-run-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/base64.h"
#include "sio/sio-event.h"

/* What one action does, through the hands of the host. */

/* Once for each action of a run: what is repeated thousands of times is not worth thousands of notes. */
void
sky_rules_branch_note (SkyRulesBranch *b, const SkyRulesAction *action, const char *sentence)
{
  if (b->noted == action)
    return;
  b->noted = action;
  b->player->stage->hands->note (b->player->owner, action->path, sentence);
}

/* Returns: (nullable) (transfer full): the JSON, or %NULL if it would be too long */
static GString *
expand (SkyRulesBranch *b, const SkyRulesAction *action, const SkyRulesTemplate *template)
{
  SkyRulesScope scope = sky_rules_branch_scope (b);
  GString *json = g_string_new (NULL);

  if (sky_rules_template_expand (template, &scope, json))
    {
      b->n_written += json->len;
      return json;
    }
  g_string_free (json, TRUE);
  sky_rules_branch_note (b, action, _("This would be longer than 64 MiB, and is left out"));
  return NULL;
}

/**
 * sky_rules_branch_count:
 * @number: (out): from 0 to @max
 *
 * Returns: %FALSE if a template gave something else than such a number
 */
gboolean
sky_rules_branch_count (SkyRulesBranch *b, const SkyRulesCount *count, gint64 max, gint64 *number)
{
  SkyRulesScope scope = sky_rules_branch_scope (b);
  g_autoptr(GString) json = NULL;
  guint64 n;

  *number = count->number;
  if (count->template == NULL)
    return TRUE;
  json = g_string_new (NULL);
  if (!sky_rules_template_expand (count->template, &scope, json)
      || !sky_json_uint (json->str, &(SkyJsonValue) { SKY_JSON_NUMBER, 0, json->len }, &n)
      || n > (guint64) max)
    return FALSE;
  *number = (gint64) n;
  return TRUE;
}

static void
add_name (GPtrArray *names, const char *json, const SkyJsonValue *value)
{
  if (value->type == SKY_JSON_STRING)
    g_ptr_array_add (names, sky_json_unquote (json, value, NULL));
  else if (value->type == SKY_JSON_NUMBER)
    g_ptr_array_add (names, g_strndup (json + value->start, value->len));
}

/* Rooms or ids: a text, a number, or a list of them. Returns: (nullable): ended with NULL */
static GPtrArray *
expand_names (SkyRulesBranch *b, const SkyRulesAction *action, const SkyRulesTemplate *template)
{
  GString *json = expand (b, action, template);
  GPtrArray *names = g_ptr_array_new_with_free_func (g_free);
  SkyJsonValue value, item;
  SkyJsonIter iter;
  gsize pos = 0;

  if (json != NULL && sky_json_scan (json->str, json->len, &pos, &value, NULL))
    {
      add_name (names, json->str, &value);
      sky_json_iter_init (&iter, json->str, &value);
      while (value.type == SKY_JSON_ARRAY && sky_json_iter_next (&iter, NULL, &item))
        add_name (names, json->str, &item);
    }
  g_ptr_array_add (names, NULL);
  if (json != NULL)
    g_string_free (json, TRUE);
  return names;
}

/* A template may have made anything of the name. */
static gboolean
check_name (SkyRulesBranch *b, const SkyRulesAction *action, const GString *json)
{
  SkyJsonValue list = { SKY_JSON_ARRAY, 0, json->len }, name;
  SkyJsonIter iter;

  sky_json_iter_init (&iter, json->str, &list);
  if (!sky_json_iter_next (&iter, NULL, &name)
      || (name.type != SKY_JSON_STRING && name.type != SKY_JSON_NUMBER))
    sky_rules_branch_note (b, action, _("The name of this event is no text: it is not sent"));
  else if (sky_sio_event_value_reserved (json->str, &name))
    sky_rules_branch_note (b, action, _("Socket.IO uses the name of this event itself: it is not sent"));
  else
    return TRUE;
  return FALSE;
}

static void
act_emit (SkyRulesBranch *b, const SkyRulesAction *action)
{
  g_autoptr(GPtrArray) rooms = NULL, except = NULL;
  GString *json = expand (b, action, action->value);
  SkyRulesEmit emit = { .to = action->to_whom, .is_volatile = action->is_volatile, .wants_ack = action->asks };
  SkyRulesPlayer *player = b->player;
  guint64 token = 0;

  if (json == NULL)
    return;
  if (action->to != NULL && action->to_whom == SKY_RULES_TO_ROOMS)
    rooms = expand_names (b, action, action->to);
  if (action->except != NULL)
    except = expand_names (b, action, action->except);
  emit.rooms = rooms != NULL ? (const char *const *) rooms->pdata : NULL;
  emit.except = except != NULL && except->len > 1 ? (const char *const *) except->pdata : NULL;
  emit.json = json->str;
  emit.len = json->len;
  if (rooms != NULL && rooms->len == 1)
    sky_rules_branch_note (b, action, _("“to” names nobody: the event is not sent"));
  else if (check_name (b, action, json))
    {
      token = player->stage->hands->emit (player->owner, &emit);
      if (action->asks && !player->freed && !player->ended)
        sky_rules_branch_ask (b, action, token);
    }
  g_string_free (json, TRUE);
}

/* An ack can be sent once: socket.io does nothing at the second call. */
static void
act_ack (SkyRulesBranch *b, const SkyRulesAction *action)
{
  gint64 number = b->moment->ack;
  GString *json;

  if (number < 0 || b->moment->acked)
    return;
  json = expand (b, action, action->value);
  if (json == NULL)
    return;
  b->moment->acked = TRUE;
  b->player->stage->hands->ack (b->player->owner, (guint64) number, json->str, json->len);
  g_string_free (json, TRUE);
}

static void
act_move (SkyRulesBranch *b, const SkyRulesAction *action)
{
  const SkyRulesHands *hands = b->player->stage->hands;
  g_autoptr(GPtrArray) rooms = expand_names (b, action, action->value);
  g_autoptr(GPtrArray) who = action->who != NULL ? expand_names (b, action, action->who) : NULL;
  SkyRulesPlayer *player = b->player;

  if (rooms->len == 1 || (who != NULL && who->len == 1))
    sky_rules_branch_note (b, action, _("There is no room or socket of this name"));
  for (guint w = 0; w < (who != NULL ? who->len - 1 : 1); w++)
    for (guint i = 0; i < rooms->len - 1 && !player->freed; i++)
      (action->verb == SKY_RULES_VERB_JOIN ? hands->join : hands->leave) (
          player->owner, who != NULL ? g_ptr_array_index (who, w) : NULL, g_ptr_array_index (rooms, i));
}

static void
act_set (SkyRulesBranch *b, const SkyRulesAction *action)
{
  const SkyRulesHands *hands = b->player->stage->hands;

  for (guint i = 0; i < action->variables->len; i++)
    {
      const SkyRulesVariable *variable = &g_array_index (action->variables, SkyRulesVariable, i);
      GHashTable **variables = variable->global ? &b->player->stage->globals : &b->player->variables;
      GString *json = expand (b, action, variable->value);

      if (*variables == NULL)
        *variables = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
      if (json != NULL)
        g_hash_table_replace (*variables, g_strdup (variable->name), g_string_free (json, FALSE));
    }
  if (hands->changed != NULL)
    hands->changed (b->player->owner);
}

static void
act_close (SkyRulesBranch *b, const SkyRulesAction *action)
{
  const SkyRulesHands *hands = b->player->stage->hands;
  g_autofree char *reason = NULL;
  GString *json = NULL;
  guint code = 0;

  if (action->close == SKY_RULES_CLOSE_CODE)
    {
      json = expand (b, action, action->value);
      if (json == NULL)
        return;
      if (!sky_rules_close_parse (&(SkyRulesText) { json->str, json->len }, &code, &reason))
        sky_rules_branch_note (b, action, _("A close frame cannot carry this code and reason"));
      g_string_free (json, TRUE);
      if (code == 0)
        return;
    }
  hands->close (b->player->owner, action->close, code, reason);
}

/* A text goes as its letters, {"$bin": …} as octets, anything else as JSON. */
static void
act_send (SkyRulesBranch *b, const SkyRulesAction *action)
{
  const SkyRulesHands *hands = b->player->stage->hands;
  gpointer owner = b->player->owner;
  GString *json = expand (b, action, action->value);
  g_autofree char *plain = NULL;
  g_autofree guint8 *octets = NULL;
  SkyJsonValue value = { 0 }, key, bin, more;
  SkyJsonIter iter;
  gsize pos = 0, len = 0;
  gboolean binary;

  if (json == NULL)
    return;
  sky_json_scan (json->str, json->len, &pos, &value, NULL);
  sky_json_iter_init (&iter, json->str, &value);
  binary = value.type == SKY_JSON_OBJECT && sky_json_iter_next (&iter, &key, &bin) && bin.type == SKY_JSON_STRING
           && sky_json_string_equal (json->str, &key, "$bin") && !sky_json_iter_next (&iter, NULL, &more);
  if (binary || value.type == SKY_JSON_STRING)
    plain = sky_json_unquote (json->str, binary ? &bin : &value, &len);
  if (binary && !sky_base64_valid (plain, len))
    sky_rules_branch_note (b, action, _("This is not base64: it is not sent"));
  else if (binary)
    {
      octets = g_base64_decode (plain, &len);
      hands->send (owner, octets, len, TRUE);
    }
  else if (plain != NULL)
    hands->send (owner, (const guint8 *) plain, len, FALSE);
  else
    hands->send (owner, (const guint8 *) json->str, json->len, FALSE);
  g_string_free (json, TRUE);
}

/* Returns: whether the run may go on */
gboolean
sky_rules_branch_act (SkyRulesBranch *b, const SkyRulesAction *action)
{
  SkyRulesPlayer *player = b->player;
  const char *outer = player->path;

  player->path = action->path;
  switch (action->verb)
    {
    case SKY_RULES_VERB_EMIT:
      act_emit (b, action);
      break;
    case SKY_RULES_VERB_ACK:
      act_ack (b, action);
      break;
    case SKY_RULES_VERB_JOIN:
    case SKY_RULES_VERB_LEAVE:
      act_move (b, action);
      break;
    case SKY_RULES_VERB_SET:
      act_set (b, action);
      break;
    case SKY_RULES_VERB_DISCONNECT:
      player->stage->hands->disconnect (player->owner, action->all);
      break;
    case SKY_RULES_VERB_CLOSE:
      act_close (b, action);
      break;
    case SKY_RULES_VERB_SEND:
      act_send (b, action);
      break;
    case SKY_RULES_VERB_NONE:
      break;
    }
  player->path = outer;
  return !player->freed && (!player->ended || b->last);
}
