#pragma once

#include <gio/gio.h>

#include "eio/eio-packet.h"
#include "ws/ws-frame.h"

/**
 * SkyCarrier:
 *
 * What carries messages to one peer and back: a WebSocket, or HTTP long-polling. On Engine.IO every
 * message is a packet: a text whose first character is its type, or octets, which are a MESSAGE. How
 * the revision frames them (an octet 4 before, base64, lengths) is the carrier's affair.
 */
#define SKY_TYPE_CARRIER (sky_carrier_get_type ())
G_DECLARE_DERIVABLE_TYPE (SkyCarrier, sky_carrier, SKY, CARRIER, GObject)

/* What has passed in packets of Engine.IO that carry something. */
typedef struct
{
  guint64 n_in, n_out;
  guint64 in_len, out_len; /* bytes */
} SkyCarrierMeter;

/* What a carrier tells whoever speaks on it; each may be NULL. The call may let go of the carrier. */
typedef struct
{
  void (*message) (SkyCarrier *carrier, GBytes *data, gboolean binary, gpointer owner);
  void (*refused) (SkyCarrier *carrier, guint code, const char *why, gpointer owner); /* the peer broke RFC 6455 */
  /* It is over. @code is the WebSocket's, 1006 if the line broke; 0 on polling. @error: why it broke, nullable */
  void (*closed) (SkyCarrier *carrier, guint code, const char *reason, const GError *error, gpointer owner);
} SkyCarrierFuncs;

struct _SkyCarrierClass
{
  GObjectClass parent_class;

  const char *transport; /* "websocket" or "polling" */
  gboolean (*is_open) (SkyCarrier *self);
  void (*send) (SkyCarrier *self, GBytes *message, gboolean binary);
  gboolean (*send_frame) (SkyCarrier *self, SkyWsFrame *frame, GBytes *payload); /* nullable */
  void (*close) (SkyCarrier *self, guint code, const char *reason);
  void (*cut) (SkyCarrier *self);
  guint64 (*get_n_unsent) (SkyCarrier *self);
};

void        sky_carrier_attend (SkyCarrier *self, const SkyCarrierFuncs *funcs, gpointer owner);
void        sky_carrier_set_meter (SkyCarrier *self, SkyCarrierMeter *meter);
const char *sky_carrier_get_transport (SkyCarrier *self);
gboolean    sky_carrier_is_open (SkyCarrier *self);
void        sky_carrier_send (SkyCarrier *self, GBytes *message, gboolean binary);
gboolean    sky_carrier_send_frame (SkyCarrier *self, SkyWsFrame *frame, GBytes *payload);
void        sky_carrier_close (SkyCarrier *self, guint code, const char *reason);
void        sky_carrier_cut (SkyCarrier *self);
guint64     sky_carrier_get_n_unsent (SkyCarrier *self);

/* For the classes below */
gboolean sky_carrier_is_attended (SkyCarrier *self);
GBytes  *sky_carrier_read_octets (GBytes *body, gsize start, const SkyEioPacket *packet);
GBytes  *sky_carrier_read_base64 (GBytes *text, guint revision);
void sky_carrier_tell_message (SkyCarrier *self, GBytes *data, gboolean binary);
void sky_carrier_tell_refused (SkyCarrier *self, guint code, const char *why);
void sky_carrier_tell_closed (SkyCarrier *self, guint code, const char *reason, const GError *error);
