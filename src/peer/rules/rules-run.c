#include "peer/rules/rules-run-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* Lists of actions at work: in order, with pauses, turns and answers. */

static void play_or_wait (SkyRulesBranch *b);
static void on_alarm (gpointer data);

/* The moment, as something that lasts. */
static SkyRulesMoment *
moment_keep (SkyRulesMoment *m)
{
  SkyRulesMoment *copy;

  if (m->ref_count > 0)
    {
      m->ref_count++;
      return m;
    }
  copy = g_memdup2 (m, sizeof *m);
  copy->ref_count = 1;
  copy->event = g_strdup (m->event);
  copy->reason = g_strdup (m->reason);
  copy->args.text = m->args.text != NULL ? g_strndup (m->args.text, m->args.len) : NULL;
  copy->data.text = m->data.text != NULL ? g_strndup (m->data.text, m->data.len) : NULL;
  m->player->n_kept += m->args.len + m->data.len;
  return copy;
}

static void
moment_release (SkyRulesMoment *m)
{
  if (m->ref_count == 0 || --m->ref_count > 0)
    return;
  m->player->n_kept -= m->args.len + m->data.len;
  g_free (m->event);
  g_free (m->reason);
  g_free ((char *) m->args.text);
  g_free ((char *) m->data.text);
  g_free (m);
}

/* Takes @acked over; answers count as arguments do. */
static void
set_acked (SkyRulesBranch *b, GBytes *acked)
{
  if (b->acked != NULL)
    b->player->n_kept -= g_bytes_get_size (b->acked);
  if (acked != NULL)
    b->player->n_kept += g_bytes_get_size (acked);
  g_clear_pointer (&b->acked, g_bytes_unref);
  b->acked = acked;
}

static void
branch_clear (SkyRulesBranch *b)
{
  const SkyRulesHands *hands = b->player->stage->hands;

  if (b->linked)
    g_queue_unlink (&b->player->waiting, &b->link);
  if (b->timer != 0)
    hands->timer_stop (b->player->owner, b->timer);
  if (b->token != 0)
    hands->forget (b->player->owner, b->token, NULL);
  set_acked (b, NULL);
  moment_release (b->moment);
  sky_rules_unref (b->rules);
}

void
sky_rules_branch_free (SkyRulesBranch *b)
{
  branch_clear (b);
  g_free (b);
}

static gboolean
too_much (SkyRulesBranch *b, const SkyRulesAction *action)
{
  const SkyRulesPlayer *player = b->player;

  if (player->waiting.length < SKY_RULES_MAX_WAITING && player->n_kept <= SKY_RULES_MAX_KEPT)
    return FALSE;
  sky_rules_branch_note (b, action, _("Too much is waiting for this socket: the rest is not played"));
  return TRUE;
}

/* A branch that lasts, beside @b, and in the same state. Returns: (nullable): NULL if it is one too many */
static SkyRulesBranch *
branch_fork (SkyRulesBranch *b, const SkyRulesAction *action)
{
  SkyRulesPlayer *player = b->player;
  SkyRulesMoment *kept;
  SkyRulesBranch *fork;

  if (too_much (b, action))
    return NULL;
  kept = moment_keep (b->moment);
  if (kept != b->moment) /* who answers is to be known to both */
    {
      kept->ref_count++;
      b->moment = kept;
    }
  fork = g_memdup2 (b, sizeof *b);
  fork->moment = kept;
  fork->rules = sky_rules_ref (b->rules);
  fork->acked = NULL;
  set_acked (fork, b->acked != NULL ? g_bytes_ref (b->acked) : NULL);
  fork->timer = 0;
  fork->token = 0;
  fork->asked = NULL;
  fork->link = (GList) { .data = fork };
  fork->linked = TRUE;
  g_queue_push_tail_link (&player->waiting, &fork->link);
  return fork;
}

static void
start_timer (SkyRulesBranch *b, guint msec)
{
  b->timer = b->player->stage->hands->timer_start (b->player->owner, msec, on_alarm, b);
}

/* Another branch waits for the answer to what @action has sent. */
void
sky_rules_branch_ask (SkyRulesBranch *b, const SkyRulesAction *action, guint64 token)
{
  const SkyRulesHands *hands = b->player->stage->hands;
  gboolean timed = action->timeout.number > 0 || action->timeout.template != NULL;
  SkyRulesBranch *fork = token != 0 || timed ? branch_fork (b, action) : NULL;
  gint64 msec = 0;

  if (fork == NULL)
    {
      if (token != 0)
        hands->forget (b->player->owner, token, NULL);
      return;
    }
  fork->asked = action;
  fork->token = token;
  fork->outer_i = b->i;
  fork->alone = FALSE;
  if (timed && !sky_rules_branch_count (b, &action->timeout, SKY_RULES_MAX_MSEC, &msec))
    sky_rules_branch_note (b, action, _("“timeout” is no whole number from 0 to 86400000"));
  if (timed)
    start_timer (fork, (guint) msec);
}

/* From the beginning of a list, as an answer or its absence asks for. */
static void
play_other (SkyRulesBranch *b, GPtrArray *actions)
{
  b->asked = NULL;
  b->actions = actions;
  b->at = 0;
  b->begun = b->waited = FALSE;
  b->n_acted = 0;
  b->n_written = 0;
  if (actions != NULL)
    play_or_wait (b);
  else
    sky_rules_branch_free (b);
}

static void
on_alarm (gpointer data)
{
  SkyRulesBranch *b = data;
  SkyRulesPlayer *player = b->player;
  g_autoptr(GString) answers = NULL;

  b->timer = 0;
  sky_rules_player_hold (player);
  if (b->asked != NULL)
    {
      answers = g_string_new (NULL);
      if (b->token != 0)
        player->stage->hands->forget (player->owner, b->token, answers);
      b->token = 0;
      set_acked (b, g_bytes_new (answers->str, answers->len));
      play_other (b, b->asked->on_timeout);
    }
  else
    {
      b->waited = TRUE;
      b->n_acted = 0;
      b->n_written = 0;
      play_or_wait (b);
    }
  sky_rules_player_release (player);
}

/**
 * sky_rules_player_answer:
 * @token: what the hand `emit` returned
 * @answers: (array length=len): JSON separated by commas: what the ack carries, or of an event to
 *   several the first value of each ack
 *
 * Plays what is to come then. Does nothing if nobody waits for this token any more.
 */
void
sky_rules_player_answer (SkyRulesPlayer *self, guint64 token, const char *answers, gsize len)
{
  for (GList *l = self->waiting.head; l != NULL; l = l->next)
    {
      SkyRulesBranch *b = l->data;

      if (b->token != token || b->asked == NULL)
        continue;
      sky_rules_player_hold (self);
      b->token = 0;
      if (b->timer != 0)
        self->stage->hands->timer_stop (self->owner, b->timer);
      b->timer = 0;
      set_acked (b, g_bytes_new (answers, len));
      play_other (b, b->asked->then);
      sky_rules_player_release (self);
      return;
    }
}

static gboolean
holds (SkyRulesBranch *b, const SkyRulesAction *action)
{
  SkyRulesScope scope = sky_rules_branch_scope (b);

  return action->condition == NULL || sky_rules_condition_holds (action->condition, &scope);
}

static void
next_action (SkyRulesBranch *b)
{
  b->at = b->alone ? b->actions->len : b->at + 1;
  b->begun = FALSE;
  b->i = b->outer_i;
}

/* What goes on for ever does so in a branch of its own: what follows it is played too. */
static void
begin_for_ever (SkyRulesBranch *b, const SkyRulesAction *action)
{
  SkyRulesBranch *fork = branch_fork (b, action);

  if (fork != NULL)
    {
      fork->begun = fork->alone = TRUE;
      fork->waited = FALSE;
      fork->turn = 0;
      fork->n_turns = G_MAXUINT64;
      play_or_wait (fork);
    }
}

/* `if` is asked before the pause; of what is repeated at each turn, after it. */
static gboolean
begin (SkyRulesBranch *b, const SkyRulesAction *action)
{
  gint64 n = 1;

  if (action->forever)
    {
      begin_for_ever (b, action);
      return FALSE;
    }
  if (!action->repeats && !holds (b, action))
    return FALSE;
  if (action->repeats && !sky_rules_branch_count (b, &action->repeat, SKY_RULES_MAX_REPEAT, &n))
    {
      sky_rules_branch_note (b, action, _("“repeat” is no whole number from 0 to 1000000"));
      return FALSE;
    }
  b->begun = TRUE;
  b->waited = FALSE;
  b->turn = 0;
  b->n_turns = (guint64) n;
  return TRUE;
}

/* Returns: whether a pause comes first */
static gboolean
needs_pause (SkyRulesBranch *b, const SkyRulesAction *action)
{
  gint64 msec;

  if (b->waited || (action->delay.number == 0 && action->delay.template == NULL))
    return FALSE;
  if (!sky_rules_branch_count (b, &action->delay, SKY_RULES_MAX_MSEC, &msec))
    {
      sky_rules_branch_note (b, action, _("“delay” is no whole number from 0 to 86400000"));
      msec = 0;
    }
  if (msec == 0 && action->forever)
    msec = 1; /* or it would never let go */
  b->pause_msec = (guint) msec;
  return msec > 0;
}

static gboolean
over_budget (SkyRulesBranch *b, const SkyRulesAction *action)
{
  if (++b->n_acted > SKY_RULES_MAX_ACTIONS)
    sky_rules_branch_note (b, action, _("10,000 actions without a pause: the rest is not played"));
  else if (b->n_written > SKY_RULES_MAX_WRITTEN)
    sky_rules_branch_note (b, action, _("256 MiB without a pause: the rest is not played"));
  else
    return FALSE;
  return TRUE;
}

/* Returns: whether it waits; else it is at its end */
static gboolean
play (SkyRulesBranch *b)
{
  while (b->at < b->actions->len)
    {
      const SkyRulesAction *action = g_ptr_array_index (b->actions, b->at);

      if (over_budget (b, action))
        return FALSE;
      if (!b->begun && !begin (b, action))
        {
          if (b->player->freed || (b->player->ended && !b->last))
            return FALSE;
          next_action (b);
          continue;
        }
      if (b->turn == b->n_turns)
        {
          next_action (b);
          continue;
        }
      if (needs_pause (b, action))
        return TRUE;
      b->waited = FALSE;
      if (action->repeats)
        b->i = b->turn;
      b->turn++;
      if (!action->repeats || holds (b, action))
        if (!sky_rules_branch_act (b, action))
          return FALSE;
    }
  return FALSE;
}

/* Plays a branch of the heap, which is in the player's list as long as it lives. */
static void
play_or_wait (SkyRulesBranch *b)
{
  SkyRulesPlayer *player = b->player;

  g_queue_unlink (&player->waiting, &b->link);
  b->linked = FALSE;
  if (!play (b) || player->freed || player->ended || too_much (b, g_ptr_array_index (b->actions, b->at)))
    {
      sky_rules_branch_free (b);
      return;
    }
  g_queue_push_tail_link (&player->waiting, &b->link);
  b->linked = TRUE;
  start_timer (b, b->pause_msec);
}

/* Plays a rule from its beginning: on the stack, until it has to wait. */
void
sky_rules_play (SkyRulesPlayer *self, SkyRulesRule *rule, SkyRulesMoment *moment, gboolean last)
{
  SkyRulesBranch b = { .player = self, .actions = rule->actions, .moment = moment, .last = last };
  SkyRulesBranch *kept;

  g_array_index (self->stage->fired, guint64, rule->index)++;
  sky_rules_player_hold (self);
  b.rules = sky_rules_ref (self->rules);
  if (play (&b) && !self->freed && !self->ended)
    {
      kept = branch_fork (&b, g_ptr_array_index (b.actions, b.at));
      if (kept != NULL)
        start_timer (kept, b.pause_msec);
    }
  branch_clear (&b);
  sky_rules_player_release (self);
}
