#include "peer/alarms.h"

/* All of one length: who was set first is due first. */
typedef struct
{
  guint  msec;
  GQueue queue; /* of SkyAlarm.place */
} Lane;

struct _SkyAlarms
{
  GPtrArray *lanes;
  GSource   *source;
  gint64     ready_usec; /* when the source looks, -1 for never */
};

typedef struct
{
  GSource    source;
  SkyAlarms *alarms;
} AlarmSource;

static SkyAlarm *
get_first (Lane *lane)
{
  return lane->queue.head != NULL ? (SkyAlarm *) lane->queue.head : NULL;
}

static void
look_at (SkyAlarms *self, gint64 ready_usec)
{
  self->ready_usec = ready_usec;
  g_source_set_ready_time (self->source, ready_usec);
}

/* Who is told may set and clear any alarm; one that is set anew is not due yet. */
static void
ring (Lane *lane, gint64 now_usec)
{
  SkyAlarm *alarm;

  while ((alarm = get_first (lane)) != NULL && alarm->due_usec <= now_usec)
    {
      gpointer user_data = alarm->place.data;
      SkyAlarmFunc func = alarm->func;

      sky_alarm_clear (alarm);
      func (user_data);
    }
}

static void
alarms_clear (gpointer data)
{
  SkyAlarms *self = data;

  g_source_unref (self->source);
  g_ptr_array_unref (self->lanes);
}

static gboolean
dispatch (GSource *source, GSourceFunc callback, gpointer user_data)
{
  SkyAlarms *self = g_rc_box_acquire (((AlarmSource *) source)->alarms);
  gint64 now_usec = g_get_monotonic_time (), next_usec = -1;

  for (guint i = 0; i < self->lanes->len; i++)
    ring (g_ptr_array_index (self->lanes, i), now_usec);
  for (guint i = 0; i < self->lanes->len; i++) /* none is left set if we were freed meanwhile */
    {
      SkyAlarm *first = get_first (g_ptr_array_index (self->lanes, i));

      if (first != NULL && (next_usec < 0 || first->due_usec < next_usec))
        next_usec = first->due_usec;
    }
  look_at (self, next_usec);
  g_rc_box_release_full (self, alarms_clear);
  return G_SOURCE_CONTINUE;
}

static GSourceFuncs funcs = { NULL, NULL, dispatch, NULL, NULL, NULL };

/* Returns: (transfer full): nothing is set; it belongs to the thread's default context */
SkyAlarms *
sky_alarms_new (void)
{
  SkyAlarms *self = g_rc_box_new0 (SkyAlarms);

  self->lanes = g_ptr_array_new_with_free_func (g_free);
  self->ready_usec = -1;
  self->source = g_source_new (&funcs, sizeof (AlarmSource));
  ((AlarmSource *) self->source)->alarms = self;
  g_source_set_static_name (self->source, "alarms");
  g_source_attach (self->source, g_main_context_get_thread_default ());
  return self;
}

/* Every alarm was cleared before. */
void
sky_alarms_free (SkyAlarms *self)
{
  g_source_destroy (self->source);
  g_rc_box_release_full (self, alarms_clear);
}

static Lane *
get_lane (SkyAlarms *self, guint msec)
{
  Lane *lane;

  for (guint i = 0; i < self->lanes->len; i++)
    if (((Lane *) g_ptr_array_index (self->lanes, i))->msec == msec)
      return g_ptr_array_index (self->lanes, i);
  lane = g_new0 (Lane, 1);
  lane->msec = msec;
  g_ptr_array_add (self->lanes, lane);
  return lane;
}

/**
 * sky_alarms_set:
 * @alarm: anew if it was set
 * @msec: from now
 * @func: called once
 */
void
sky_alarms_set (SkyAlarms *self, SkyAlarm *alarm, guint msec, SkyAlarmFunc func, gpointer user_data)
{
  Lane *lane = get_lane (self, msec);

  sky_alarm_clear (alarm);
  alarm->queue = &lane->queue;
  alarm->due_usec = g_get_monotonic_time () + (gint64) msec * 1000;
  alarm->func = func;
  alarm->place.data = user_data;
  g_queue_push_tail_link (&lane->queue, &alarm->place);
  if (self->ready_usec < 0 || alarm->due_usec < self->ready_usec)
    look_at (self, alarm->due_usec);
}

/* It does not ring. The source looks in vain then, for nobody else is due earlier. */
void
sky_alarm_clear (SkyAlarm *alarm)
{
  if (alarm->queue != NULL)
    g_queue_unlink (alarm->queue, &alarm->place);
  alarm->queue = NULL;
}
