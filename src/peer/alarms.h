#pragma once

#include <glib.h>

/**
 * SkyAlarms:
 *
 * Deadlines of many, of few different lengths: one source of the main loop for all of them, since that
 * asks each source in every turn.
 */
typedef struct _SkyAlarms SkyAlarms;

typedef void (*SkyAlarmFunc) (gpointer user_data);

/* One deadline; the caller's memory, zeroed before it is first set. It is not moved while it is set. */
typedef struct
{
  GList        place; /* in queue */
  GQueue      *queue; /* nullable: it is not set */
  gint64       due_usec;
  SkyAlarmFunc func;
} SkyAlarm;

SkyAlarms *sky_alarms_new (void);
void       sky_alarms_free (SkyAlarms *self);
void       sky_alarms_set (SkyAlarms *self, SkyAlarm *alarm, guint msec, SkyAlarmFunc func, gpointer user_data);
void       sky_alarm_clear (SkyAlarm *alarm);
