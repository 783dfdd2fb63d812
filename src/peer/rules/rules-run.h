#pragma once

#include "peer/rules/rules-template.h"
#include "peer/rules/rules.h"

#define SKY_RULES_MAX_ACTIONS 10000    /* that one run plays without a pause */
#define SKY_RULES_MAX_WAITING 4096     /* runs of one player that wait for time or answers */
#define SKY_RULES_MAX_KEPT 67108864    /* bytes of arguments that its waiting runs hold */
#define SKY_RULES_MAX_WRITTEN 268435456 /* bytes that one run says without a pause */

/* An event that goes out. All is borrowed for the call. */
typedef struct
{
  SkyRulesTo         to;
  const char *const *rooms;  /* TO_ROOMS: rooms and ids of sockets */
  const char *const *except; /* nullable: the same */
  const char        *json;   /* ["name", arguments…]; binary as {"$bin": "base64"} */
  gsize              len;
  gboolean           is_volatile;
  gboolean           wants_ack;
} SkyRulesEmit;

/**
 * SkyRulesHands:
 *
 * What a host does for its players. @owner is the one that the player was made with. A hand may end
 * or free the player it is called for; it must not answer an event before it has returned.
 *
 * @lookup: gives what only the host knows, as a #SkyRulesScope does: the roots from ID on. May be
 *   asked before the socket is connected: for a rule that rejects
 * @now_usec: microseconds since 1970-01-01 UTC
 * @random: 64 random bits
 * @timer_start: calls @alarm once after that time; returns what @timer_stop takes, not 0
 * @emit: returns a token for sky_rules_player_answer() if @wants_ack, else 0; 0 too if nobody will
 *   answer
 * @forget: no answer to this token is wanted any more; what answers there are so far go to
 *   @answers, if not %NULL, as JSON separated by commas
 * @ack: answers the event that came with that number
 * @join, @leave: @who is the id of another socket, or %NULL
 * @disconnect: from this namespace; from all, with the transport, if @all
 * @send: a raw message
 * @note: something that a rule wanted could not be done; @path is where it stands in the file
 * @changed: (nullable): the variables of its own socket may be others
 */
typedef struct
{
  gboolean (*lookup) (gpointer owner, SkyRulesRoot root, const char *subject, GString *scratch,
                      SkyRulesText *found);
  gint64 (*now_usec) (gpointer owner);
  guint64 (*random) (gpointer owner);
  guint (*timer_start) (gpointer owner, guint msec, void (*alarm) (gpointer data), gpointer data);
  void (*timer_stop) (gpointer owner, guint timer);
  guint64 (*emit) (gpointer owner, const SkyRulesEmit *emit);
  void (*forget) (gpointer owner, guint64 token, GString *answers);
  void (*ack) (gpointer owner, guint64 number, const char *json, gsize len);
  void (*join) (gpointer owner, const char *who, const char *room);
  void (*leave) (gpointer owner, const char *who, const char *room);
  void (*disconnect) (gpointer owner, gboolean all);
  void (*close) (gpointer owner, SkyRulesClose how, guint code, const char *reason);
  void (*send) (gpointer owner, const guint8 *data, gsize len, gboolean binary);
  void (*note) (gpointer owner, const char *path, const char *sentence);
  void (*changed) (gpointer owner);
} SkyRulesHands;

typedef enum
{
  SKY_RULES_ANSWERED,
  SKY_RULES_NO_LISTENER, /* no rule is for that */
} SkyRulesVerdict;

/**
 * SkyRulesStage:
 *
 * The rules at work on one server: its global variables, and how often each rule fired.
 */
typedef struct _SkyRulesStage SkyRulesStage;

/**
 * SkyRulesPlayer:
 *
 * One socket in one namespace, or one connection of a server for raw messages: its variables, and
 * what it still waits for. It does nothing by itself: it is told what happens.
 */
typedef struct _SkyRulesPlayer SkyRulesPlayer;

SkyRulesStage *sky_rules_stage_new (SkyRules *rules, const SkyRulesHands *hands);
void           sky_rules_stage_free (SkyRulesStage *self);
void           sky_rules_stage_set_rules (SkyRulesStage *self, SkyRules *rules);
SkyRules      *sky_rules_stage_get_rules (SkyRulesStage *self);
guint64        sky_rules_stage_get_fired (const SkyRulesStage *self, guint index);

SkyRulesPlayer *sky_rules_player_new (SkyRulesStage *stage, const char *nsp, gpointer owner);
void            sky_rules_player_free (SkyRulesPlayer *self);
gboolean        sky_rules_player_reject (SkyRulesPlayer *self, GString *json);
SkyRulesVerdict sky_rules_player_connect (SkyRulesPlayer *self);
SkyRulesVerdict sky_rules_player_event (SkyRulesPlayer *self, const char *event, const char *args,
                                        gsize args_len, gint64 ack);
SkyRulesVerdict sky_rules_player_message (SkyRulesPlayer *self, const char *json, gsize len);
void            sky_rules_player_answer (SkyRulesPlayer *self, guint64 token, const char *answers, gsize len);
SkyRulesVerdict sky_rules_player_end (SkyRulesPlayer *self, guint code, const char *reason);
const char     *sky_rules_player_get_path (const SkyRulesPlayer *self);
void            sky_rules_player_append_variables (const SkyRulesPlayer *self, GString *json);
void            sky_rules_player_set_variables (SkyRulesPlayer *self, const char *json);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SkyRulesStage, sky_rules_stage_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SkyRulesPlayer, sky_rules_player_free)
