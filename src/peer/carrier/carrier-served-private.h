#pragma once

#include "eio/eio-payload.h"
#include "peer/carrier/carrier-served.h"

typedef enum
{
  SKY_SERVED_OPEN,
  SKY_SERVED_CLOSING, /* a close packet waits for the next poll */
  SKY_SERVED_CLOSED,
} SkyServedState;

typedef struct
{
  GBytes  *data;
  gboolean binary;
} SkyServedMessage;

/* A request that is not answered yet. */
typedef struct
{
  SoupServerMessage *message; /* nullable: there is none */
  gboolean           paused;  /* libsoup waits for us */
  gboolean           octets;  /* the body of a POST is said to be binary */
  char              *callback; /* nullable: see SkyServedForm */
  gboolean           base64;
} SkyServedRequest;

struct _SkyCarrierServed
{
  SkyCarrier     parent_instance;
  SkyServedState state;
  guint          revision;

  SkyServedRequest poll, post;
  GQueue  *queue;      /* of SkyServedMessage */
  guint64  queued_len; /* bytes */
  guint    flush;      /* source: at the end of this turn the poll is answered */
  guint    hurry;      /* source: an upgrade is under way, no poll waits for long */
  gboolean apart;      /* a close packet comes in an answer of its own */
  gboolean opened;     /* the first poll has been answered */
  guint    deadline;   /* source: the last poll is not waited for any longer */

  GBytes    *body; /* nullable: of the POST that is being told */
  SkyEioForm form;
  gsize      pos;
  guint      deliver; /* source: the rest of it */
};

void sky_served_request_take (SkyServedRequest *self, SoupServerMessage *message, const SkyServedForm *form);
void sky_served_request_answer (SkyServedRequest *self, guint status, const char *type, GBytes *body);
void sky_served_request_answer_ok (SkyServedRequest *self);
void sky_served_request_refuse (SkyServedRequest *self);
void sky_carrier_served_end (SkyCarrierServed *self, SkyEioType last, const GError *error);
void sky_carrier_served_answer_poll (SkyCarrierServed *self);
void sky_carrier_served_answer_last (SkyCarrierServed *self);
void sky_carrier_served_deliver (SkyCarrierServed *self);
