#pragma once

#include <gio/gio.h>

typedef enum
{
  SKY_TCP_TAP_READ,    /* bytes came from the peer */
  SKY_TCP_TAP_WRITTEN, /* bytes went to the peer: the socket took them */
  SKY_TCP_TAP_END,     /* the peer ended its side, or the line broke: no more bytes come */
  SKY_TCP_TAP_CLOSED,  /* this side closed the stream */
} SkyTcpTapEvent;

/**
 * SkyTcpTapFunc:
 * @data: (array length=len) (nullable): the bytes, for READ and WRITTEN; borrowed
 * @time_usec: sky_clock_now_usec() when the socket gave or took them
 * @error: (nullable): with END: why, or %NULL if the peer ended it in order
 */
typedef void (*SkyTcpTapFunc) (SkyTcpTapEvent event, const guint8 *data, gsize len, gint64 time_usec,
                               const GError *error, gpointer user_data);

/**
 * SkyTcpTapHearFunc:
 * @event: READ, END or CLOSED
 * @data: (array length=len) (nullable): the bytes, for READ; borrowed
 */
typedef void (*SkyTcpTapHearFunc) (SkyTcpTapEvent event, const guint8 *data, gsize len, gpointer user_data);

#define SKY_TYPE_TCP_TAP (sky_tcp_tap_get_type ())
G_DECLARE_FINAL_TYPE (SkyTcpTap, sky_tcp_tap, SKY, TCP_TAP, GIOStream)

SkyTcpTap *sky_tcp_tap_new (GIOStream *base, SkyTcpTapFunc func, gpointer user_data);
void       sky_tcp_tap_mute (SkyTcpTap *self);
gsize      sky_tcp_tap_get_buffered (SkyTcpTap *self);
void       sky_tcp_tap_listen (SkyTcpTap *self, SkyTcpTapHearFunc func, gpointer user_data);
void       sky_tcp_tap_say (SkyTcpTap *self, const guint8 *head, gsize head_len, const guint8 *data, gsize len);
void       sky_tcp_tap_cut (SkyTcpTap *self);
GIOStream *sky_tcp_tap_get_base (SkyTcpTap *self);
