#pragma once

#include <glib.h>

/* How the tests wait: DEADLINE_USEC is theirs, in microseconds. */

static inline gboolean
on_tick (gpointer user_data)
{
  return G_SOURCE_CONTINUE;
}

/* Turns the main loop until @condition holds. */
#define WAIT(condition)                                                                            \
  G_STMT_START                                                                                     \
  {                                                                                                \
    gint64 end_usec = g_get_monotonic_time () + DEADLINE_USEC;                                     \
    guint tick = g_timeout_add (10, on_tick, NULL);                                                \
                                                                                                   \
    while (!(condition))                                                                           \
      {                                                                                            \
        if (g_get_monotonic_time () > end_usec)                                                    \
          g_error ("%s:%d: never came: %s", __FILE__, __LINE__, #condition);                       \
        g_main_context_iteration (NULL, TRUE);                                                     \
      }                                                                                            \
    g_source_remove (tick);                                                                        \
  }                                                                                                \
  G_STMT_END

static inline gboolean
on_over (gpointer user_data)
{
  *(gboolean *) user_data = TRUE;
  return G_SOURCE_REMOVE;
}

/* Turns the main loop for so long. */
static inline void
pass_time (guint msec)
{
  gboolean over = FALSE;

  g_timeout_add (msec, on_over, &over);
  while (!over)
    g_main_context_iteration (NULL, TRUE);
}
