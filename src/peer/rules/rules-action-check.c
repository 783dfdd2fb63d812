#include "peer/rules/rules-private.h"

#include <glib/gi18n-lib.h>

/* What of an action may stand together, and where. */

static gboolean
stray (SkyRulesReader *r, const SkyJsonValue *object, const char *name, const char *found,
       const char *expected)
{
  gsize mark = sky_rules_reader_enter_key (r, name);
  SkyJsonValue value = *object;

  sky_json_member (r->text, object, name, &value);
  sky_rules_reader_wrong (r, SKY_RULES_ERROR_KEY, &value, found, expected);
  sky_rules_reader_leave (r, mark);
  return FALSE;
}

/* Which deeds a server of this protocol knows. */
static gboolean
check_protocol (SkyRulesReader *r, const SkyJsonValue *value, const SkyRulesAction *self)
{
  gboolean socket_io = r->protocol == SKY_RULES_SOCKET_IO;
  gboolean common = self->verb == SKY_RULES_VERB_SET || self->verb == SKY_RULES_VERB_CLOSE;

  if (common || socket_io == (self->verb != SKY_RULES_VERB_SEND))
    return TRUE;
  return stray (r, value, self->verb_name,
                socket_io ? _("“send” on a Socket.IO server") : _("a deed of Socket.IO only"),
                socket_io ? _("emit, ack, join, leave, set, disconnect or close") : _("send, set or close"));
}

/* The keys that belong to some deeds only. */
static gboolean
check_companions (SkyRulesReader *r, const SkyJsonValue *value, const SkyRulesAction *self)
{
  gboolean moves = self->verb == SKY_RULES_VERB_JOIN || self->verb == SKY_RULES_VERB_LEAVE;
  static const char *const of_emit[] = { "to", "except", "volatile", "then", "timeout", "onTimeout" };
  SkyJsonValue member;

  for (gsize i = 0; self->verb != SKY_RULES_VERB_EMIT && i < G_N_ELEMENTS (of_emit); i++)
    if (sky_json_member (r->text, value, of_emit[i], &member))
      return stray (r, value, of_emit[i], _("a key without “emit”"), _("it beside “emit” only"));
  if (self->who != NULL && !moves)
    return stray (r, value, "who", _("a key without “join” or “leave”"), _("it beside these only"));
  return TRUE;
}

static gboolean
check_ack (SkyRulesReader *r, const SkyJsonValue *value, const SkyRulesAction *self)
{
  gboolean timeout = sky_json_member (r->text, value, "timeout", &(SkyJsonValue) { 0 });

  if (timeout && !self->asks)
    return stray (r, value, "timeout", _("a timeout of nothing"), _("“then” or “onTimeout” beside it"));
  if (self->on_timeout != NULL && !timeout)
    return stray (r, value, "onTimeout", _("no timeout"), _("“timeout” beside it"));
  if (self->verb == SKY_RULES_VERB_ACK && r->moment != SKY_RULES_ON_EVENT)
    return stray (r, value, "ack", _("an ack where no event is answered"), _("“emit”"));
  return TRUE;
}

static gboolean
check_time (SkyRulesReader *r, const SkyJsonValue *value, const SkyRulesAction *self)
{
  gboolean waits = self->delay.number > 0 || self->delay.template != NULL;

  if (self->forever && !waits)
    return stray (r, value, "repeat", _("“forever” without a pause"), _("a “delay” of 1 ms or more beside it"));
  if (r->moment != SKY_RULES_ON_END)
    return TRUE;
  if (waits)
    return stray (r, value, "delay", _("a delay after the socket's end"), _("what is done at once"));
  if (self->asks)
    return stray (r, value, self->then != NULL ? "then" : "onTimeout",
                  _("something to wait for after the socket's end"), _("what is done at once"));
  return TRUE;
}

/* Returns: %FALSE after an error, which is then set */
gboolean
sky_rules_action_check (SkyRulesReader *r, const SkyJsonValue *value, const SkyRulesAction *self)
{
  if (self->verb == SKY_RULES_VERB_NONE)
    return sky_rules_reader_wrong (r, SKY_RULES_ERROR_MISSING, value, _("nothing to do"),
                                   r->protocol == SKY_RULES_SOCKET_IO
                                       ? _("one of emit, ack, join, leave, set, disconnect, close")
                                       : _("one of send, set, close"));
  return check_protocol (r, value, self) && check_companions (r, value, self) && check_ack (r, value, self)
         && check_time (r, value, self);
}
