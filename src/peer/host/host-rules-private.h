#pragma once

#include "peer/host/host-rules.h"

struct _SkyHostPlayer
{
  SkyHostSession *session;
  SkyHostMember  *member; /* nullable: it is not connected yet, or not any more */
  char           *nsp;    /* "" for raw messages */
  char           *id;     /* nullable: of its socket */
  char           *auth;   /* JSON */
  gboolean        recovered; /* it was here before */
  SkyRulesPlayer *rules;  /* nullable: none were there when it was asked last */
  GHashTable     *questions; /* nullable: token → the question it waits for */
  GHashTable     *asked;     /* nullable: ack id → the question that waits for it */
  guint64         n_tokens;
  guint           prune_at;  /* as many in @asked are looked through */
};

SkyHostPlayer *sky_host_rules_find (SkyHostSession *session, const char *nsp);
char          *sky_host_rules_name (SkyHostPlayer *self);
void           sky_host_rules_note (SkyHostSession *session, SkyKind kind, const char *format, ...) G_GNUC_PRINTF (3, 4);
gboolean       sky_host_rules_lookup (gpointer owner, SkyRulesRoot root, const char *subject, GString *scratch,
                                      SkyRulesText *found);
guint64        sky_host_rules_emit (gpointer owner, const SkyRulesEmit *emit);
void           sky_host_rules_forget (gpointer owner, guint64 token, GString *answers);
void           sky_host_rules_hear_answer (SkyHostPlayer *player, guint64 id, const char *args);
