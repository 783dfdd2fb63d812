#pragma once

#include <gtk/gtk.h>

#include "peer/roster/roster.h"

/* What was emitted by hand. Its strings are borrowed. */
typedef struct
{
  gint64      time_usec;
  const char *nsp, *to, *except; /* @to and @except nullable */
  const char *event, *args;
  gboolean    ask;
  guint       timeout_msec;
  guint       n_receivers;
} SkyRoomsSent;

/**
 * SkyRoomsHistory:
 *
 * A button with what was emitted lately, the newest first; lost with the window. Signal "chosen": a
 * person wants the one of sky_rooms_history_get_chosen() again.
 */
#define SKY_TYPE_ROOMS_HISTORY (sky_rooms_history_get_type ())
G_DECLARE_FINAL_TYPE (SkyRoomsHistory, sky_rooms_history, SKY, ROOMS_HISTORY, GtkWidget)

void                sky_rooms_history_add (SkyRoomsHistory *self, SkyRoster *roster, const SkyRoomsSent *sent);
const SkyRoomsSent *sky_rooms_history_get_chosen (SkyRoomsHistory *self);
