#pragma once

#include "trace/handshake.h"
#include "ui/link/link-strip.h"
#include "ui/link/traffic.h"

/* In the order in which they stand. */
typedef enum
{
  PART_DOT,
  PART_STATE,
  PART_TRANSPORT,
  PART_REVISION,
  PART_PARSER,
  PART_SID,
  PART_HEART,
  PART_RTT,
  PART_HANDSHAKE,
  PART_PHASES,
  PART_ACK,
  PART_RATES,
  PART_SPARK,
  PART_HELD,
  PART_BUFFERED,
  N_PARTS,
} Part;

/* Shared by link-strip.c, which lays the parts out, and link-strip-words.c, which says what they say. */
struct _SkyLinkStrip
{
  GtkWidget      parent_instance;
  GtkWidget     *parts[N_PARTS];
  SkyPeer       *peer;
  SkyTraffic     traffic;
  SkyHandshakes *handshakes;         /* nullable: only a client has them */
  char          *handshake, *phases; /* what is said of the latest; "" if there was none */
  gboolean       was_open;
  guint          ticker;
};

void sky_link_strip_read_handshake (SkyLinkStrip *self);
void sky_link_strip_say (SkyLinkStrip *self);
