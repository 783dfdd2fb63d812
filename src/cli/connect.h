#pragma once

#include "cli/orders.h"
#include "cli/plan.h"
#include "cli/profile-options.h"
#include "cli/session.h"
#include "peer/client/client.h"

/* The command “connect”, while it runs. */
typedef struct
{
  Session         session;
  SkyClient      *client;
  ProfileOptions *options;
  Plan            plan;
  Orders         *orders;
  guint           next;      /* step of the plan */
  guint           n_waiting; /* acks */
  guint           turn;      /* source: the peer was slow, and the plan goes on later */
  gboolean        stdin_open;
} Connect;

guint       connect_ack_msec (Connect *self);
const char *connect_namespace (Connect *self);
gboolean    connect_emit (Connect *self, const char *nsp, const char *event, const char *args, SkyEmitFlags flags,
                          GError **error);
gboolean    connect_emit_with_ack (Connect *self, const char *nsp, const char *event, const char *args,
                                   guint timeout_msec, GError **error);
gboolean    connect_order (Connect *self, const char *json, GError **error);
