#pragma once

#include "peer/rules/rules-private.h"
#include "peer/rules/rules-run.h"

/* What happened: on the stack of the one who tells it; copied as soon as something waits. */
typedef struct
{
  guint           ref_count; /* 0: on the stack, and nothing in it is its own */
  SkyRulesPlayer *player;
  char           *event;  /* nullable */
  SkyRulesText    args;   /* text NULL: none, as there was no event */
  SkyRulesText    data;   /* text NULL: no raw message */
  char           *reason; /* nullable */
  guint           code;
  gint64          ack; /* the number to answer to, or -1 */
  gboolean        acked;
} SkyRulesMoment;

struct _SkyRulesStage
{
  SkyRules            *rules;
  const SkyRulesHands *hands;
  GHashTable          *globals; /* name → JSON */
  GArray              *fired;   /* of guint64 */
  guint64              n;       /* {{n}} */
  GString             *scratch; /* what is written before it is spliced */
};

struct _SkyRulesPlayer
{
  SkyRulesStage       *stage;
  gpointer             owner;
  SkyRules            *rules; /* that @space belongs to */
  char                *nsp;   /* nullable */
  const SkyRulesSpace *space; /* nullable */
  GHashTable          *variables; /* nullable: name → JSON */
  GQueue               waiting;   /* of SkyRulesBranch */
  gsize                n_kept;    /* bytes */
  const char          *path;      /* nullable: of the action that is played */
  guint                holds;     /* it is in use further down the stack */
  gboolean             ended;     /* nothing but its last rule is played */
  gboolean             freed;
};

/* One list of actions, and how far it is. */
typedef struct
{
  SkyRulesPlayer       *player;
  SkyRules             *rules;   /* its own reference */
  GPtrArray            *actions; /* of SkyRulesAction; belongs to the rules */
  guint                 at;
  gboolean              begun, waited; /* the action at @at; its pause is over */
  gboolean              alone;         /* ends with this action, which goes on for ever */
  guint64               turn, n_turns;
  guint64               i, outer_i;    /* {{i}}, and what it is where nothing is repeated */
  SkyRulesMoment     *moment;
  GBytes               *acked; /* nullable: JSON separated by commas */
  guint                 n_acted;   /* without a pause */
  gsize                 n_written; /* bytes */
  guint                 pause_msec; /* that it asks for */
  guint                 timer;
  const SkyRulesAction *noted; /* nullable: something was said about this one */
  const SkyRulesAction *asked; /* nullable: it waits for the answer to this */
  guint64               token;
  GList                 link; /* in player->waiting, if @linked */
  gboolean              linked, last; /* @last: of the player's end */
} SkyRulesBranch;

gboolean sky_rules_branch_act (SkyRulesBranch *b, const SkyRulesAction *action);
void     sky_rules_branch_ask (SkyRulesBranch *b, const SkyRulesAction *action, guint64 token);
void     sky_rules_branch_note (SkyRulesBranch *b, const SkyRulesAction *action, const char *sentence);
gboolean sky_rules_branch_count (SkyRulesBranch *b, const SkyRulesCount *count, gint64 max, gint64 *number);
void     sky_rules_branch_free (SkyRulesBranch *b);
void     sky_rules_play (SkyRulesPlayer *self, SkyRulesRule *rule, SkyRulesMoment *moment, gboolean last);
void     sky_rules_player_hold (SkyRulesPlayer *self);
void     sky_rules_player_release (SkyRulesPlayer *self);
SkyRulesScope sky_rules_branch_scope (SkyRulesBranch *b);
void     sky_rules_append_variables (GHashTable *variables, GString *json);
