#pragma once

#include "ws/ws-frame.h"

/* Codes that no frame carries: what an endpoint says of a connection that ended without one. */
#define SKY_WS_CLOSE_NO_STATUS 1005
#define SKY_WS_CLOSE_ABNORMAL  1006

typedef struct
{
  guint16 code;         /* SKY_WS_CLOSE_NO_STATUS if the frame has no body */
  gsize   reason_start; /* bytes from the payload's beginning */
  gsize   reason_len;
  guint32 faults; /* SkyWsFault */
} SkyWsClose;

void        sky_ws_close_decode (const guint8 *payload, gsize len, SkyWsClose *close);
gboolean    sky_ws_close_code_valid (guint code);
const char *sky_ws_close_code_name (guint code);
const char *sky_ws_close_code_meaning (guint code);
