#include "peer/rules/rules-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "sio/sio-event.h"

/* Actions as a rules file has them. What may stand together is rules-action-check.c's business. */

static void
clear_variable (gpointer data)
{
  SkyRulesVariable *variable = data;

  g_free (variable->name);
  g_clear_pointer (&variable->value, sky_rules_template_free);
}

static void
clear_template (SkyRulesTemplate **template)
{
  g_clear_pointer (template, sky_rules_template_free);
}

void
sky_rules_action_free (SkyRulesAction *self)
{
  g_free (self->path);
  g_clear_pointer (&self->condition, sky_rules_condition_free);
  clear_template (&self->delay.template);
  clear_template (&self->repeat.template);
  clear_template (&self->timeout.template);
  clear_template (&self->value);
  clear_template (&self->to);
  clear_template (&self->except);
  clear_template (&self->who);
  g_clear_pointer (&self->variables, g_array_unref);
  g_clear_pointer (&self->then, g_ptr_array_unref);
  g_clear_pointer (&self->on_timeout, g_ptr_array_unref);
  g_free (self);
}

static gboolean
take_verb (SkyRulesReader *r, const SkyRulesMember *member, const SkyJsonValue *value,
           SkyRulesAction *self)
{
  g_autofree char *found = NULL;

  if (self->verb == SKY_RULES_VERB_NONE)
    {
      self->verb = (SkyRulesVerb) member->min;
      self->verb_name = member->name;
      return TRUE;
    }
  /* Translators: two keys that cannot stand in one action: “emit” beside “join” */
  found = g_strdup_printf (_("%s beside %s"), member->name, self->verb_name);
  return sky_rules_reader_wrong (r, SKY_RULES_ERROR_KEY, value, found, _("one deed for each action"));
}

static gboolean
read_template (SkyRulesReader *r, const SkyJsonValue *value, SkyRulesTemplate **field)
{
  *field = sky_rules_template_read (r, value);
  return *field != NULL;
}

static gboolean
read_emit (SkyRulesReader *r, const SkyRulesMember *member, const SkyJsonValue *value, gpointer into)
{
  SkyRulesAction *self = into;
  SkyJsonIter iter;
  SkyJsonValue name;
  gsize mark;
  gboolean ok;

  if (!take_verb (r, member, value, self))
    return FALSE;
  sky_json_iter_init (&iter, r->text, value);
  if (value->type != SKY_JSON_ARRAY || !sky_json_iter_next (&iter, NULL, &name))
    return sky_rules_reader_wrong_type (r, value, _("a list that begins with the event's name"));
  mark = sky_rules_reader_enter_item (r, 0);
  if (name.type != SKY_JSON_STRING)
    ok = sky_rules_reader_wrong_type (r, &name, _("the event's name, a text"));
  else
    ok = !sky_sio_event_value_reserved (r->text, &name)
         || sky_rules_reader_wrong_type (r, &name, _("a name that Socket.IO does not use itself"));
  sky_rules_reader_leave (r, mark);
  return ok && read_template (r, value, &self->value);
}

static gboolean
read_ack (SkyRulesReader *r, const SkyRulesMember *member, const SkyJsonValue *value, gpointer into)
{
  SkyRulesAction *self = into;

  if (!take_verb (r, member, value, self))
    return FALSE;
  if (value->type != SKY_JSON_ARRAY)
    return sky_rules_reader_wrong_type (r, value, _("a list of what the ack carries"));
  return read_template (r, value, &self->value);
}

static gboolean
read_send (SkyRulesReader *r, const SkyRulesMember *member, const SkyJsonValue *value, gpointer into)
{
  SkyRulesAction *self = into;

  return take_verb (r, member, value, self) && read_template (r, value, &self->value);
}

/* Rooms, or ids of sockets: a text or a list of texts. */
static gboolean
read_names (SkyRulesReader *r, const SkyJsonValue *value, SkyRulesTemplate **field)
{
  gboolean ok = value->type == SKY_JSON_STRING || value->type == SKY_JSON_ARRAY;
  SkyJsonIter iter;
  SkyJsonValue item;

  if (!ok)
    return sky_rules_reader_wrong_type (r, value, _("a room, a socket's id or a list of them"));
  sky_json_iter_init (&iter, r->text, value);
  while (ok && sky_json_iter_next (&iter, NULL, &item))
    {
      gsize mark = sky_rules_reader_enter_item (r, iter.n_items - 1);

      if (item.type != SKY_JSON_STRING)
        ok = sky_rules_reader_wrong_type (r, &item, _("a room or a socket's id"));
      else if (sky_json_string_equal (r->text, &item, "all") || sky_json_string_equal (r->text, &item, "others"))
        ok = sky_rules_reader_wrong_type (r, &item, _("a room or a socket's id; this word stands alone"));
      sky_rules_reader_leave (r, mark);
    }
  return ok && read_template (r, value, field);
}

static gboolean
read_rooms (SkyRulesReader *r, const SkyRulesMember *member, const SkyJsonValue *value, gpointer into)
{
  SkyRulesAction *self = into;

  return take_verb (r, member, value, self) && read_names (r, value, &self->value);
}

static gboolean
read_to (SkyRulesReader *r, const SkyRulesMember *member, const SkyJsonValue *value, gpointer into)
{
  SkyRulesAction *self = into;

  self->to_whom = sky_json_string_equal (r->text, value, "all")      ? SKY_RULES_TO_ALL
                  : sky_json_string_equal (r->text, value, "others") ? SKY_RULES_TO_OTHERS
                                                                     : SKY_RULES_TO_ROOMS;
  return read_names (r, value, &self->to);
}

static gboolean
read_except (SkyRulesReader *r, const SkyRulesMember *member, const SkyJsonValue *value, gpointer into)
{
  SkyRulesAction *self = into;

  return read_names (r, value, &self->except);
}

static gboolean
read_who (SkyRulesReader *r, const SkyRulesMember *member, const SkyJsonValue *value, gpointer into)
{
  SkyRulesAction *self = into;

  return value->type == SKY_JSON_STRING ? read_template (r, value, &self->who)
                                        : sky_rules_reader_wrong_type (r, value, _("a socket's id"));
}

static gboolean
read_variable (SkyRulesReader *r, const SkyJsonValue *key, const SkyJsonValue *value, GArray *variables)
{
  g_autofree char *text = sky_json_unquote (r->text, key, NULL);
  SkyRulesVariable variable = { .global = g_str_has_prefix (text, "global.") };
  const char *name = variable.global                   ? text + strlen ("global.")
                     : g_str_has_prefix (text, "var.") ? text + strlen ("var.")
                                                       : text;
  gsize mark = sky_rules_reader_enter_key (r, text);
  gboolean ok = TRUE;

  if (*name == '\0' || strpbrk (name, ".*{}") != NULL)
    ok = sky_rules_reader_wrong (r, SKY_RULES_ERROR_VALUE, key, _("this name"),
                                 _("“var.” or “global.” and one word"));
  variable.value = ok ? sky_rules_template_read (r, value) : NULL;
  sky_rules_reader_leave (r, mark);
  if (variable.value == NULL)
    return FALSE;
  variable.name = g_strdup (name);
  g_array_append_val (variables, variable);
  return TRUE;
}

static gboolean
read_set (SkyRulesReader *r, const SkyRulesMember *member, const SkyJsonValue *value, gpointer into)
{
  SkyRulesAction *self = into;
  SkyJsonIter iter;
  SkyJsonValue key, each;
  gboolean ok = TRUE;

  if (!take_verb (r, member, value, self))
    return FALSE;
  if (value->type != SKY_JSON_OBJECT || value->len == 2)
    return sky_rules_reader_wrong_type (r, value, _("an object of variables"));
  self->variables = g_array_new (FALSE, TRUE, sizeof (SkyRulesVariable));
  g_array_set_clear_func (self->variables, clear_variable);
  sky_json_iter_init (&iter, r->text, value);
  while (ok && sky_json_iter_next (&iter, &key, &each))
    ok = read_variable (r, &key, &each, self->variables);
  return ok;
}

static gboolean
read_disconnect (SkyRulesReader *r, const SkyRulesMember *member, const SkyJsonValue *value, gpointer into)
{
  SkyRulesAction *self = into;

  return take_verb (r, member, value, self) && sky_rules_read_flag (r, member, value, into);
}

/**
 * sky_rules_close_parse:
 * @json: [code, reason], or [code]
 * @code: (out): that a close frame may carry; RFC 6455 §7.4
 * @reason: (out) (nullable): of 123 bytes at most
 *
 * Returns: whether @json is that
 */
gboolean
sky_rules_close_parse (const SkyRulesText *json, guint *code, char **reason)
{
  SkyJsonValue list = { SKY_JSON_ARRAY, 0, json->len }, number, text = { SKY_JSON_STRING };
  g_autofree char *plain = NULL;
  SkyJsonIter iter;
  guint64 n;

  sky_json_iter_init (&iter, json->text, &list);
  if (json->len < 2 || json->text[0] != '[' || !sky_json_iter_next (&iter, NULL, &number)
      || !sky_json_uint (json->text, &number, &n))
    return FALSE;
  if (n < 1000 || n > 4999 || n == 1004 || n == 1005 || n == 1006 || n == 1015)
    return FALSE;
  if (sky_json_iter_next (&iter, NULL, &text)
      && (text.type != SKY_JSON_STRING || sky_json_iter_next (&iter, NULL, &number)))
    return FALSE;
  plain = sky_json_unquote (json->text, &text, NULL);
  if (strlen (plain) > 123)
    return FALSE;
  *code = (guint) n;
  if (reason != NULL)
    *reason = *plain != '\0' ? g_steal_pointer (&plain) : NULL;
  return TRUE;
}

static gboolean
read_close (SkyRulesReader *r, const SkyRulesMember *member, const SkyJsonValue *value, gpointer into)
{
  gboolean websocket = r->protocol == SKY_RULES_WEBSOCKET;
  const char *expected
      = websocket ? _("“tcp”, or [code, reason]: a code from 1000 to 4999 that may be sent, at most 123 bytes")
                  : _("“engine” or “tcp”");
  SkyRulesAction *self = into;
  SkyRulesText fixed;
  guint code;

  if (!take_verb (r, member, value, self))
    return FALSE;
  self->close = value->type == SKY_JSON_ARRAY                        ? SKY_RULES_CLOSE_CODE
                : sky_json_string_equal (r->text, value, "engine") ? SKY_RULES_CLOSE_ENGINE
                                                                   : SKY_RULES_CLOSE_TCP;
  if (self->close == (websocket ? SKY_RULES_CLOSE_ENGINE : SKY_RULES_CLOSE_CODE)
      || (self->close == SKY_RULES_CLOSE_TCP && !sky_json_string_equal (r->text, value, "tcp")))
    return sky_rules_reader_wrong_type (r, value, expected);
  if (self->close != SKY_RULES_CLOSE_CODE)
    return TRUE;
  if (!read_template (r, value, &self->value))
    return FALSE;
  return !sky_rules_template_is_fixed (self->value, &fixed) || sky_rules_close_parse (&fixed, &code, NULL)
         || sky_rules_reader_wrong_type (r, value, expected);
}

static gboolean
read_if (SkyRulesReader *r, const SkyRulesMember *member, const SkyJsonValue *value, gpointer into)
{
  SkyRulesAction *self = into;

  self->condition = sky_rules_condition_read (r, value);
  return self->condition != NULL;
}

/* A number, or a text that is one path. */
static gboolean
read_count (SkyRulesReader *r, const SkyRulesMember *member, const SkyJsonValue *value, gpointer into)
{
  SkyRulesCount *count = (SkyRulesCount *) G_STRUCT_MEMBER_P (into, member->offset);
  const SkyRulesMember number = { .offset = 0, .min = member->min, .max = member->max };
  SkyRulesText fixed;

  if (value->type != SKY_JSON_STRING)
    return sky_rules_read_number (r, &number, value, &count->number);
  if (!read_template (r, value, &count->template))
    return FALSE;
  return !sky_rules_template_is_fixed (count->template, &fixed)
         || sky_rules_read_number (r, &number, value, &count->number);
}

static gboolean
read_repeat (SkyRulesReader *r, const SkyRulesMember *member, const SkyJsonValue *value, gpointer into)
{
  SkyRulesAction *self = into;

  self->repeats = TRUE;
  self->forever = sky_json_string_equal (r->text, value, "forever");
  return self->forever || read_count (r, member, value, into);
}

static gboolean
read_then (SkyRulesReader *r, const SkyRulesMember *member, const SkyJsonValue *value, gpointer into)
{
  GPtrArray **field = (GPtrArray **) G_STRUCT_MEMBER_P (into, member->offset);
  SkyRulesAction *self = into;

  self->asks = TRUE;
  *field = sky_rules_actions_read (r, value);
  return *field != NULL;
}

#define FIELD(name) G_STRUCT_OFFSET (SkyRulesAction, name)

static const SkyRulesMember members[] = {
  { "emit", read_emit, 0, SKY_RULES_VERB_EMIT },
  { "ack", read_ack, 0, SKY_RULES_VERB_ACK },
  { "join", read_rooms, 0, SKY_RULES_VERB_JOIN },
  { "leave", read_rooms, 0, SKY_RULES_VERB_LEAVE },
  { "set", read_set, 0, SKY_RULES_VERB_SET },
  { "disconnect", read_disconnect, FIELD (all), SKY_RULES_VERB_DISCONNECT },
  { "close", read_close, 0, SKY_RULES_VERB_CLOSE },
  { "send", read_send, 0, SKY_RULES_VERB_SEND },
  { "to", read_to },
  { "except", read_except },
  { "volatile", sky_rules_read_flag, FIELD (is_volatile) },
  { "then", read_then, FIELD (then) },
  { "timeout", read_count, FIELD (timeout), 1, SKY_RULES_MAX_MSEC },
  { "onTimeout", read_then, FIELD (on_timeout) },
  { "who", read_who },
  { "if", read_if },
  { "delay", read_count, FIELD (delay), 0, SKY_RULES_MAX_MSEC },
  { "repeat", read_repeat, FIELD (repeat), 0, SKY_RULES_MAX_REPEAT },
};

/* Returns: (nullable) (transfer full): %NULL after an error */
SkyRulesAction *
sky_rules_action_read (SkyRulesReader *r, const SkyJsonValue *value)
{
  SkyRulesAction *self = g_new0 (SkyRulesAction, 1);

  self->path = g_strdup (r->path->str);
  self->repeat.number = 1;
  if (sky_rules_reader_members (r, value, members, G_N_ELEMENTS (members), self)
      && sky_rules_action_check (r, value, self))
    return self;
  sky_rules_action_free (self);
  return NULL;
}

/* Returns: (nullable) (transfer full) (element-type SkyRulesAction): %NULL after an error */
GPtrArray *
sky_rules_actions_read (SkyRulesReader *r, const SkyJsonValue *value)
{
  g_autoptr(GPtrArray) actions = g_ptr_array_new_with_free_func ((GDestroyNotify) sky_rules_action_free);
  SkyJsonIter iter;
  SkyJsonValue item;

  if (value->type != SKY_JSON_ARRAY)
    {
      sky_rules_reader_wrong_type (r, value, _("a list of actions"));
      return NULL;
    }
  sky_json_iter_init (&iter, r->text, value);
  while (sky_json_iter_next (&iter, NULL, &item))
    {
      gsize mark = sky_rules_reader_enter_item (r, iter.n_items - 1);
      SkyRulesAction *action = sky_rules_action_read (r, &item);

      sky_rules_reader_leave (r, mark);
      if (action == NULL)
        return NULL;
      g_ptr_array_add (actions, action);
    }
  return g_steal_pointer (&actions);
}
