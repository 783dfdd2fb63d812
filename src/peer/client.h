#pragma once

#include "peer/peer.h"
#include "peer/profile.h"
#include "tcp/tcp-facts.h"

/**
 * SkyClient:
 *
 * A connection that Sockeye dials. Property besides SkyPeer's: "sid" (of the Engine.IO session).
 */
#define SKY_TYPE_CLIENT (sky_client_get_type ())
G_DECLARE_FINAL_TYPE (SkyClient, sky_client, SKY, CLIENT, SkyPeer)

#define SKY_CLIENT_ERROR (sky_client_error_quark ())
GQuark sky_client_error_quark (void);

typedef enum
{
  SKY_CLIENT_ERROR_NOT_OPEN,  /* there is no connection to send on */
  SKY_CLIENT_ERROR_ARGUMENTS, /* what should be sent is not right: the message says where */
  SKY_CLIENT_ERROR_TIMEOUT,   /* no ack within the time */
  SKY_CLIENT_ERROR_GONE,      /* the connection ended before the ack came */
  SKY_CLIENT_ERROR_FULL,      /* the peer does not read: too much is waiting to be sent */
} SkyClientError;

/**
 * SkyClientAckFunc:
 * @args: (nullable): the answer, the text between the brackets, binary as {"$bin":"…"}; NULL if @error is set
 * @latency_usec: from the emit to its answer
 */
typedef void (*SkyClientAckFunc) (SkyClient *client, const char *args, gint64 latency_usec,
                                  const GError *error, gpointer user_data);

SkyClient         *sky_client_new (const SkyProfile *profile, SkyStore *store);
const SkyProfile  *sky_client_get_profile (SkyClient *self);
void               sky_client_set_profile (SkyClient *self, const SkyProfile *profile);
SkyProtocol        sky_client_get_protocol (SkyClient *self);
const char        *sky_client_get_sid (SkyClient *self);
const char *const *sky_client_get_namespaces (SkyClient *self);
gsize              sky_client_get_buffered (SkyClient *self);
const SkyTcpFacts *sky_client_get_facts (SkyClient *self);

const char *sky_client_event_problem (const char *event);

gboolean sky_client_emit (SkyClient *self, const char *nsp, const char *event, const char *args,
                          GError **error);
gboolean sky_client_emit_with_ack (SkyClient *self, const char *nsp, const char *event, const char *args,
                                   guint timeout_msec, SkyClientAckFunc func, gpointer user_data,
                                   GDestroyNotify destroy, GError **error);
gboolean sky_client_reply (SkyClient *self, const char *nsp, guint64 ack_id, const char *args, GError **error);
gboolean sky_client_send_text (SkyClient *self, const char *text, GError **error);
gboolean sky_client_send_binary (SkyClient *self, GBytes *data, GError **error);
gboolean sky_client_send_frame (SkyClient *self, gboolean fin, guint rsv, guint opcode, gboolean mask, GBytes *payload,
                                GError **error);
gboolean sky_client_close (SkyClient *self, guint code, const char *reason, GError **error);
