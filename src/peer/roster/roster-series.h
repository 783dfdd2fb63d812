#pragma once

#include <glib.h>

/* What a roster knows of the past: how often lately, and how many when. All bounded. */

#define SKY_ROSTER_RATE_SLOTS  20
#define SKY_ROSTER_SLOT_USEC   (250 * 1000)
#define SKY_ROSTER_WINDOW_USEC (SKY_ROSTER_RATE_SLOTS * SKY_ROSTER_SLOT_USEC) /* 5 s */

/* Events within the last five seconds, a quarter of a second in each slot. Zeroed is empty. */
typedef struct
{
  gint64  slot; /* the newest one, counted from 1970 */
  guint32 counts[SKY_ROSTER_RATE_SLOTS + 1]; /* one more: the window ends within its oldest slot */
} SkyRosterRate;

void   sky_roster_rate_count (SkyRosterRate *self, guint n, gint64 time_usec);
double sky_roster_rate_get (const SkyRosterRate *self, gint64 now_usec);

/* A number that changes in steps. Zeroed is empty, and has been 0 always. */
typedef struct
{
  GArray *steps;      /* nullable: of Step, in order */
  gint64  grain_usec; /* of several changes within it the last is kept */
} SkyRosterHistory;

void  sky_roster_history_add (SkyRosterHistory *self, gint64 time_usec, guint value, guint max_steps);
guint sky_roster_history_get (const SkyRosterHistory *self, gint64 time_usec);
void  sky_roster_history_clear (SkyRosterHistory *self);
