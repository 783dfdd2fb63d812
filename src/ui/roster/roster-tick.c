#include "ui/roster/roster-tick.h"

#define IDLE_MSEC 1000
#define GAP_USEC  (100 * 1000) /* between two looks: numbers that change faster nobody can read */

struct _SkyRosterTick
{
  GtkWidget *widget; /* borrowed: it owns us */
  SkyRoster *roster;
  void (*func) (gpointer user_data);
  gpointer   user_data;
  guint      tick, timer;
  gint64     last_usec; /* of the frame clock */
};

static gboolean
on_tick (GtkWidget *widget, GdkFrameClock *clock, gpointer user_data)
{
  SkyRosterTick *self = user_data;
  gint64 now_usec = gdk_frame_clock_get_frame_time (clock);

  if (self->last_usec != 0 && now_usec - self->last_usec < GAP_USEC)
    return G_SOURCE_CONTINUE;
  self->last_usec = now_usec;
  self->tick = 0;
  sky_roster_catch_up (self->roster);
  self->func (self->user_data);
  return G_SOURCE_REMOVE;
}

/* Asks for a call in one of the next frames. */
void
sky_roster_tick_want (SkyRosterTick *self)
{
  if (self->tick == 0 && gtk_widget_get_mapped (self->widget))
    self->tick = gtk_widget_add_tick_callback (self->widget, on_tick, self, NULL);
}

/* Asks for a call in the next frame: there is more to show than the last one had time for. */
void
sky_roster_tick_hurry (SkyRosterTick *self)
{
  self->last_usec = 0;
  sky_roster_tick_want (self);
}

static gboolean
on_timer (gpointer user_data)
{
  sky_roster_tick_want (user_data);
  return G_SOURCE_CONTINUE;
}

static void
on_unmap (SkyRosterTick *self)
{
  g_clear_handle_id (&self->timer, g_source_remove);
  if (self->tick != 0)
    gtk_widget_remove_tick_callback (self->widget, self->tick);
  self->tick = 0;
}

static void
on_map (SkyRosterTick *self)
{
  self->last_usec = 0;
  sky_roster_tick_want (self);
  if (self->timer == 0)
    self->timer = g_timeout_add (IDLE_MSEC, on_timer, self);
}

/**
 * sky_roster_tick_new:
 * @widget: who is called; it owns the tick and frees it at the latest in its dispose
 *
 * Returns: (transfer full): the tick
 */
SkyRosterTick *
sky_roster_tick_new (GtkWidget *widget, SkyRoster *roster, void (*func) (gpointer), gpointer user_data)
{
  SkyRosterTick *self = g_new0 (SkyRosterTick, 1);

  self->widget = widget;
  self->roster = g_object_ref (roster);
  self->func = func;
  self->user_data = user_data;
  g_signal_connect_swapped (roster, "changed", G_CALLBACK (sky_roster_tick_want), self);
  g_signal_connect_data (widget, "map", G_CALLBACK (on_map), self, NULL, G_CONNECT_SWAPPED | G_CONNECT_AFTER);
  g_signal_connect_swapped (widget, "unmap", G_CALLBACK (on_unmap), self);
  return self;
}

/* Calls nobody any more. */
void
sky_roster_tick_free (SkyRosterTick *self)
{
  on_unmap (self);
  g_signal_handlers_disconnect_by_data (self->roster, self);
  g_signal_handlers_disconnect_by_data (self->widget, self);
  g_object_unref (self->roster);
  g_free (self);
}
