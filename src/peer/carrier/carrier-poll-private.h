#pragma once

#include "eio/eio-payload.h"
#include "peer/carrier/carrier-poll.h"

typedef enum
{
  SKY_POLL_WAITING, /* the handshake was answered, nobody has begun yet */
  SKY_POLL_OPEN,
  SKY_POLL_CLOSING, /* a close packet is on its way, or waits for the end of an upgrade */
  SKY_POLL_CLOSED,
} SkyPollState;

typedef struct
{
  GBytes  *data;
  gboolean binary;
} SkyPollMessage;

struct _SkyCarrierPoll
{
  SkyCarrier    parent_instance;
  SkyPollState  state;
  SkyRoute      route;
  guint         revision;
  char         *sid;
  guint64       max_payload; /* bytes; 0: nobody said */
  SkyCaller    *polling, *posts;
  GCancellable *cancellable;

  GBytes    *body; /* nullable: the payload that is being delivered */
  SkyEioForm form;
  gsize      pos;
  guint      deliver; /* source: the rest of it */

  GQueue   *queue;       /* of SkyPollMessage */
  guint64   queued_len;  /* bytes */
  guint64   posting_len; /* bytes, of the messages of the POST under way */
  guint     flush;       /* source */
  gboolean  is_polling, is_posting;

  char    *reason;   /* nullable: of the close that was asked for */
  guint    code;     /* … its WebSocket code */
  guint    deadline; /* source: the close packet is not waited for any longer; or: cut */
  gboolean held;     /* an upgrade is under way */
  GTask   *pause;    /* nullable: … and waits for silence */
  gboolean paused;
};

GError *sky_carrier_poll_error_from_answer (const SkyAnswer *answer, const SkyRoute *route, gboolean opening);
void    sky_carrier_poll_take_body (SkyCarrierPoll *self, GBytes *body);
void    sky_carrier_poll_deliver (SkyCarrierPoll *self);
void    sky_carrier_poll_go_on (SkyCarrierPoll *self);
void    sky_carrier_poll_begin_close (SkyCarrierPoll *self);
void    sky_carrier_poll_fail_pause (SkyCarrierPoll *self);
void    sky_carrier_poll_stop (SkyCarrierPoll *self);
void    sky_carrier_poll_end (SkyCarrierPoll *self, const char *reason, const GError *error);
void    sky_poll_message_free (gpointer data);
