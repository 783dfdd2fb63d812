#pragma once

#include "cli/orders.h"
#include "cli/plan.h"
#include "cli/session.h"
#include "peer/client.h"

/* The command “connect”, while it runs. */
typedef struct
{
  Session    session;
  SkyClient *client;
  Plan       plan;
  Orders    *orders;
  guint      next;      /* step of the plan */
  guint      n_waiting; /* acks */
  guint      turn;      /* source: the peer was slow, and the plan goes on later */
  gboolean   stdin_wanted, stdin_open, begun;

  /* options that need work before they make a profile */
  char  *protocol, *path, *auth, *origin, *subprotocol, *user, *transports, *parser, *ca;
  char **namespaces, **queries, **headers;
  int    eio, timeout_msec;
  gboolean insecure, no_deflate;
} Connect;

guint       connect_ack_msec (Connect *self);
const char *connect_namespace (Connect *self);
gboolean    connect_emit (Connect *self, const char *nsp, const char *event, const char *args, gboolean ack,
                          guint timeout_msec, GError **error);
gboolean    connect_order (Connect *self, const char *json, GError **error);
