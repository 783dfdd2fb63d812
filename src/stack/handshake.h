#pragma once

#include <glib.h>

typedef enum
{
  SKY_VERDICT_NONE, /* nothing to check */
  SKY_VERDICT_RIGHT,
  SKY_VERDICT_WRONG,
} SkyVerdict;

/* Lines of the two heads that only make sense together. */
typedef enum
{
  SKY_PAIR_NONE,
  SKY_PAIR_KEY,         /* Sec-WebSocket-Key and -Accept */
  SKY_PAIR_UPGRADE,     /* Upgrade */
  SKY_PAIR_CONNECTION,  /* Connection */
  SKY_PAIR_SUBPROTOCOL, /* Sec-WebSocket-Protocol */
  SKY_PAIR_EXTENSIONS,  /* Sec-WebSocket-Extensions */
} SkyPair;

/* One line of a head with what there is to say about it. Strings are owned. */
typedef struct
{
  char      *title;   /* the header's name; of the start line: itself */
  char      *text;    /* the whole line, printable */
  char      *brief;   /* nullable; a few words */
  char      *explain; /* two or three sentences with their section, and what was computed */
  SkyVerdict verdict;
  SkyPair    pair;
} SkyHandshakeLine;

GPtrArray *sky_handshake_annotate (GBytes *head, gboolean response, GBytes *other);
