#pragma once

#include <gio/gio.h>

typedef enum
{
  SKY_ROSTER_REPLY_DUE,      /* it is waited for */
  SKY_ROSTER_REPLY_CAME,
  SKY_ROSTER_REPLY_LATE,     /* none within the time */
  SKY_ROSTER_REPLY_GONE,     /* the socket was disconnected before it answered */
} SkyRosterReplyState;

/* One receiver and what it answered. Borrowed until the next change. */
typedef struct
{
  const char         *id;
  SkyRosterReplyState state;
  const char         *args;         /* nullable: of the answer, JSON separated by commas */
  gint64              latency_usec; /* of the answer */
} SkyRosterReply;

/**
 * SkyRosterAsk:
 *
 * An event that many sockets are to answer within a time: who has, with what, and who has not.
 * Whoever emitted it fills it. Signal "changed": an answer, or the end.
 */
#define SKY_TYPE_ROSTER_ASK (sky_roster_ask_get_type ())
G_DECLARE_FINAL_TYPE (SkyRosterAsk, sky_roster_ask, SKY, ROSTER_ASK, GObject)

SkyRosterAsk *sky_roster_ask_new (const char *nsp, guint timeout_msec);
void          sky_roster_ask_add (SkyRosterAsk *self, const char *id);
void          sky_roster_ask_begin (SkyRosterAsk *self);
void          sky_roster_ask_answer (SkyRosterAsk *self, const char *id, const char *args);
void          sky_roster_ask_lose (SkyRosterAsk *self, const char *id);

const char *sky_roster_ask_get_nsp (SkyRosterAsk *self);
guint       sky_roster_ask_get_timeout_msec (SkyRosterAsk *self);
gboolean    sky_roster_ask_is_over (SkyRosterAsk *self);
guint       sky_roster_ask_count (SkyRosterAsk *self, SkyRosterReplyState state);
guint       sky_roster_ask_get_n_replies (SkyRosterAsk *self);
gboolean    sky_roster_ask_get_reply (SkyRosterAsk *self, guint index, SkyRosterReply *out);
