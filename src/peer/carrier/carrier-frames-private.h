#pragma once

#include "peer/carrier/carrier-frames.h"
#include "ws/ws-message.h"

struct _SkyCarrierFrames
{
  SkyCarrier   parent_instance;
  SkyTcpTap   *tap;
  SkyGuard    *guard;
  guint        revision;    /* of Engine.IO, 0 if that is not spoken */
  guint64      max_message; /* bytes */
  SkyWsMessage order;
  GByteArray  *in;     /* nullable: the beginning of a frame */
  GByteArray  *joined; /* nullable: the fragments of a message */
  guint64      skip;   /* bytes of a payload that was refused */
  guint        code;   /* of the peer's close frame, 0 before it */
  char        *reason; /* nullable: what it said */
  guint        deadline, over; /* sources */
  guint        deaf : 1; /* something was refused: no message is heard any more */
  guint        lost : 1; /* … not even where a frame begins is known */
  guint        close_sent : 1;
  guint        ending : 1; /* the stream is being closed */
  guint        base64 : 1; /* the peer takes no binary messages */
};

void sky_carrier_frames_put (SkyCarrierFrames *self, SkyWsOpcode opcode, GBytes *payload);
void sky_carrier_frames_say_close (SkyCarrierFrames *self, guint code, const char *reason);
void sky_carrier_frames_end (SkyCarrierFrames *self);
void sky_carrier_frames_take (SkyCarrierFrames *self, const guint8 *data, gsize len);
