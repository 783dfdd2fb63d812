#pragma once

#include <glib.h>

/* Puts one direction of a TCP connection in order. */

typedef struct
{
  guint32  next;  /* sequence number of the next byte */
  gboolean known; /* @next is */
  GQueue   ahead; /* of Segment, in order: what came before its turn */
  gsize    ahead_len; /* bytes in @ahead */
} SkyTcpHalf;

/* Takes what is next. @missing: bytes before it that the capture does not have. */
typedef void (*SkyTcpDeliver) (gpointer user_data, gint64 time_usec, const guint8 *data, gsize len,
                               guint32 missing);

void sky_tcp_half_begin (SkyTcpHalf *self, guint32 next);
void sky_tcp_half_take (SkyTcpHalf *self, guint32 seq, gint64 time_usec, const guint8 *data,
                        gsize len, SkyTcpDeliver deliver, gpointer user_data);
void sky_tcp_half_acked (SkyTcpHalf *self, guint32 ack, SkyTcpDeliver deliver, gpointer user_data);
void sky_tcp_half_flush (SkyTcpHalf *self, SkyTcpDeliver deliver, gpointer user_data);
void sky_tcp_half_clear (SkyTcpHalf *self);
