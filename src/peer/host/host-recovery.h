#pragma once

#include <glib.h>

#define SKY_RECOVERY_MAX_EVENTS  10000               /* … that were sent are remembered, */
#define SKY_RECOVERY_MAX_LOG_LEN (16 * 1024 * 1024)  /* … and so many bytes of them */
#define SKY_RECOVERY_MAX_KEPT    5000                /* sockets that are gone are remembered, */
#define SKY_RECOVERY_MAX_KEPT_LEN (16 * 1024 * 1024) /* … and so many bytes of their rooms and variables */

/**
 * SkyHostRecovery:
 *
 * What a host remembers for sockets whose connection broke: who they were, and what was said since
 * (PROTOCOL §11). It keeps the books and tells nobody: no socket, no clock, no trace. What is over its
 * bounds goes, the oldest first; whoever misses an event that is gone cannot be recovered.
 */
typedef struct _SkyHostRecovery SkyHostRecovery;

/* A socket as it was when it left. */
typedef struct
{
  char   *nsp, *id;
  char   *pid;       /* a secret of its client */
  char  **rooms;     /* in the order of joining, its own id among them */
  char   *variables; /* nullable: a JSON object */
  guint64 n_sent;    /* offset of the last event that was sent to it, 0 if there was none */
  guint64 n_left;    /* … of the last one of all when it left */
  gint64  left_usec; /* set by sky_host_recovery_keep() */
} SkyHostKept;

/* One event that went out. */
typedef struct
{
  guint64            offset; /* set by sky_host_recovery_log() */
  const char        *nsp;
  const char *const *rooms;  /* nullable: the whole namespace */
  const char *const *except; /* nullable: whose members did not get it */
  const char        *json;   /* its name and arguments */
  GPtrArray         *attachments; /* nullable, of GBytes */
} SkyHostSaid;

typedef enum
{
  SKY_RECOVERY_DONE,
  SKY_RECOVERY_UNKNOWN, /* there is no such socket, or not any more */
  SKY_RECOVERY_LOST,    /* what it has missed is not known, or not completely */
} SkyRecoveryVerdict;

SkyHostRecovery *sky_host_recovery_new (void);
void             sky_host_recovery_free (SkyHostRecovery *self);
gboolean         sky_host_recovery_expire (SkyHostRecovery *self, gint64 now_usec, guint keep_msec);
char            *sky_host_recovery_log (SkyHostRecovery *self, const SkyHostSaid *said, gint64 now_usec, guint64 *offset);
guint64          sky_host_recovery_get_last (const SkyHostRecovery *self);
void             sky_host_recovery_keep (SkyHostRecovery *self, SkyHostKept *kept, gint64 now_usec);
SkyHostKept     *sky_host_recovery_take (SkyHostRecovery *self, const char *nsp, const char *pid, const char *offset,
                                         GPtrArray **missed, SkyRecoveryVerdict *verdict);
void             sky_host_kept_free (SkyHostKept *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SkyHostRecovery, sky_host_recovery_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SkyHostKept, sky_host_kept_free)
