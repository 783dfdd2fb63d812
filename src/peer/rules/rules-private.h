#pragma once

#include "peer/rules/rules-condition.h"
#include "peer/rules/rules-template-private.h"
#include "peer/rules/rules.h"

#define SKY_RULES_MAX_REPEAT 1000000

typedef enum
{
  SKY_RULES_VERB_NONE,
  SKY_RULES_VERB_EMIT,
  SKY_RULES_VERB_ACK,
  SKY_RULES_VERB_JOIN,
  SKY_RULES_VERB_LEAVE,
  SKY_RULES_VERB_SET,
  SKY_RULES_VERB_DISCONNECT,
  SKY_RULES_VERB_CLOSE,
  SKY_RULES_VERB_SEND,
} SkyRulesVerb;

/* What the actions that are read answer to. */
typedef enum
{
  SKY_RULES_ON_EVENT,
  SKY_RULES_ON_CONNECT,
  SKY_RULES_ON_END, /* the socket is gone: nothing can wait any more */
} SkyRulesOccasion;

/* A whole number, or a path that should lead to one. */
typedef struct
{
  gint64            number;
  SkyRulesTemplate *template; /* nullable */
} SkyRulesCount;

typedef struct
{
  gboolean          global;
  char             *name;
  SkyRulesTemplate *value;
} SkyRulesVariable;

typedef struct
{
  char              *path; /* in the file */
  SkyRulesVerb       verb;
  const char        *verb_name;
  SkyRulesCondition *condition; /* nullable */
  SkyRulesCount      delay, repeat, timeout;
  gboolean           repeats, forever;
  SkyRulesTemplate  *value; /* EMIT, ACK, JOIN, LEAVE, SEND; CLOSE with a code */
  SkyRulesTemplate  *to, *except, *who; /* nullable */
  SkyRulesTo         to_whom;
  gboolean           is_volatile, asks, all; /* @all: disconnect */
  SkyRulesClose      close;
  GArray            *variables; /* SET: of SkyRulesVariable */
  GPtrArray         *then, *on_timeout; /* nullable: of SkyRulesAction */
} SkyRulesAction;

/* One row: the actions that an event plays, or a reason to reject. */
typedef struct
{
  SkyRulesRow        row;
  guint              index;
  GPtrArray         *actions; /* of SkyRulesAction */
  SkyRulesCondition *condition; /* nullable; reject */
  SkyRulesTemplate  *message, *data; /* nullable; reject */
} SkyRulesRule;

struct _SkyRulesSpace
{
  char         *name;  /* as in the file, without "~" */
  GRegex       *regex; /* nullable */
  GPtrArray    *rejects; /* of SkyRulesRule, which belong to the SkyRules; so all below */
  SkyRulesRule *on_connect, *on_any, *on_disconnect; /* nullable */
  GHashTable   *on; /* event → SkyRulesRule */
};

struct _SkyRules
{
  gatomicrefcount ref_count;
  char           *name; /* nullable */
  SkyRulesServer  server;
  GPtrArray      *rules;    /* of SkyRulesRule */
  GHashTable     *spaces;   /* name → SkyRulesSpace */
  GPtrArray      *patterns; /* of SkyRulesSpace, in the file's order */
  SkyRulesRule   *on_open, *on_close; /* nullable */
  GPtrArray      *on_message; /* nullable: of SkyRulesRule */
};

gboolean sky_rules_server_read (SkyRulesReader *r, const SkyJsonValue *value, SkyRulesServer *server);
void     sky_rules_server_init (SkyRulesServer *server);
void     sky_rules_server_settle (SkyRulesServer *server);
void     sky_rules_server_clear (SkyRulesServer *server);

gboolean       sky_rules_spaces_read (SkyRulesReader *r, const SkyJsonValue *value, SkyRules *rules);
SkyRulesSpace *sky_rules_space_new (const char *name);
void           sky_rules_space_free (SkyRulesSpace *self);

SkyRulesRule *sky_rules_rule_new (SkyRulesReader *r, SkyRules *rules, const char *nsp, gsize pos,
                                  const char *label);
gboolean      sky_rules_rule_read (SkyRulesReader *r, const SkyJsonValue *value, SkyRulesOccasion moment,
                                   SkyRulesRule *rule);

GPtrArray      *sky_rules_actions_read (SkyRulesReader *r, const SkyJsonValue *value);
SkyRulesAction *sky_rules_action_read (SkyRulesReader *r, const SkyJsonValue *value);
gboolean        sky_rules_action_check (SkyRulesReader *r, const SkyJsonValue *value,
                                        const SkyRulesAction *self);
void            sky_rules_action_free (SkyRulesAction *self);
gboolean        sky_rules_close_parse (const SkyRulesText *json, guint *code, char **reason);
