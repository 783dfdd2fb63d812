#pragma once

#include "trace/capture-file.h"

/* One end of a TCP connection; without padding, so that it can be compared whole. */
typedef struct
{
  guint8  address[16]; /* 4 or 16 bytes, the rest zero */
  guint16 v6;
  guint16 port;
} SkyTcpEnd;

G_STATIC_ASSERT (sizeof (SkyTcpEnd) == 20);

typedef enum
{
  SKY_TCP_FIN = 1 << 0,
  SKY_TCP_SYN = 1 << 1,
  SKY_TCP_RST = 1 << 2,
  SKY_TCP_ACK = 1 << 4,
} SkyTcpFlags;

/* What a captured packet says, as TCP: RFC 9293 §3.1. */
typedef struct
{
  SkyTcpEnd     source, destination;
  guint32       seq, ack;
  guint8        flags; /* SkyTcpFlags */
  const guint8 *data;  /* borrowed from the packet */
  gsize         len;   /* bytes at @data: fewer than were sent if the capture cut the packet */
} SkyTcpPacket;

gboolean sky_tcp_packet_decode (const SkyCapturePacket *captured, SkyTcpPacket *tcp);
char    *sky_tcp_end_format (const SkyTcpEnd *end);
