#pragma once

#include <glib.h>

/**
 * SkyAcks:
 *
 * The answers that a client waits for. Each is called for exactly once: with its answer, when
 * its time is over, or when the connection ends.
 */
typedef struct _SkyAcks SkyAcks;

/* @args is NULL if there is no answer; @gone tells the end of the connection from the end of the time. */
typedef void (*SkyAcksFunc) (const char *nsp, guint64 id, const char *args, gint64 latency_usec, gboolean gone,
                             gpointer user_data);

SkyAcks *sky_acks_new (void);
void     sky_acks_free (SkyAcks *self);
void     sky_acks_wait (SkyAcks *self, const char *nsp, guint64 id, guint timeout_msec, SkyAcksFunc func,
                        gpointer user_data, GDestroyNotify destroy);
gboolean sky_acks_answer (SkyAcks *self, const char *nsp, guint64 id, const char *args);
void     sky_acks_drop (SkyAcks *self, const char *nsp);
void     sky_acks_drop_all (SkyAcks *self);
guint    sky_acks_get_n_waiting (SkyAcks *self);
