#pragma once

#include "tcp/tcp-dial.h"
#include "tcp/tcp-listen.h"

/* Servers, dials and certificates that the tests of src/tcp share. */

/* What the server of a test does with whoever comes. */
typedef enum
{
  RIG_SERVE_SILENCE,
  RIG_SERVE_PLAIN, /* answers whatever it is told in HTTP without TLS */
  RIG_SERVE_CLOSE,
  RIG_SERVE_RESET,
  RIG_SERVE_TLS,
  RIG_SERVE_TLS_ASKS, /* wants a certificate of the client */
} RigServe;

typedef struct
{
  SkyTcpListen    *listen;
  RigServe         serve;
  GTlsCertificate *certificate;
  GIOStream       *stream; /* the connection that came last */
  guint            n_shaking; /* TLS handshakes under way */
  gboolean         shaken;    /* one succeeded, as the server sees it */
} RigServer;

/* A dial and what came of it. */
typedef struct
{
  gboolean    done;
  SkyTcpDial *dial;
  GIOStream  *stream;
  GError     *error;
  GString    *steps; /* "0 localhost|1 localhost|…" */
  gint64      last_usec;
} RigOutcome;

extern char *rig_folder; /* of the certificates: NAME.pem and NAME.key */

void     rig_wait_for (gboolean *done);
void     rig_server_init (RigServer *server, RigServe serve, const char *bind, const char *certificate);
void     rig_server_clear (RigServer *server);
void     rig_dial (RigOutcome *outcome, const SkyTcpTarget *target, GCancellable *cancellable);
void     rig_outcome_clear (RigOutcome *outcome);
void     rig_assert_failed (RigOutcome *outcome, SkyTcpError code, const char *sentence);
char    *rig_path (const char *name, const char *ending);
gboolean rig_run (const char *const *argv);
gboolean rig_make_certificates (void);
void     rig_remove_certificates (void);
