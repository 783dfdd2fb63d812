#pragma once

#include <libsoup/soup.h>

#include "peer/carrier/carrier.h"

/**
 * SkyCarrierServed:
 *
 * The server's end of HTTP long-polling as carrier of messages. Its owner brings the requests of one
 * session as they come: a GET waits until there is something to say, a POST brings packets.
 */
#define SKY_TYPE_CARRIER_SERVED (sky_carrier_served_get_type ())
G_DECLARE_FINAL_TYPE (SkyCarrierServed, sky_carrier_served, SKY, CARRIER_SERVED, SkyCarrier)

/* What the query of one request says about its answer. */
typedef struct
{
  char    *callback; /* nullable: the digits of "j=N", perhaps none: the answer is a script */
  gboolean base64;   /* "b64=1": this client takes no binary payloads; those of revision 4 never are */
} SkyServedForm;

SkyCarrierServed *sky_carrier_served_new (guint revision);
void     sky_carrier_served_poll (SkyCarrierServed *self, SoupServerMessage *message, const SkyServedForm *form);
gboolean sky_carrier_served_begin_post (SkyCarrierServed *self, SoupServerMessage *message);
void     sky_carrier_served_post (SkyCarrierServed *self, SoupServerMessage *message, GBytes *body,
                                  const SkyServedForm *form);
void     sky_carrier_served_forget_post (SkyCarrierServed *self, SoupServerMessage *message);
void     sky_carrier_served_drop (SkyCarrierServed *self, SoupServerMessage *message);
void     sky_carrier_served_hurry (SkyCarrierServed *self, gboolean hurry);
void     sky_carrier_served_set_apart (SkyCarrierServed *self);
gboolean sky_carrier_served_is_polled (SkyCarrierServed *self);
guint    sky_carrier_served_get_n_queued (SkyCarrierServed *self);
void     sky_carrier_served_hand_over (SkyCarrierServed *self, SkyCarrier *next);
