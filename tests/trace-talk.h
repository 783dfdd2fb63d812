#pragma once

#include <string.h>

#include "trace/feed.h"

/* Conversations for the tests of the trace: bytes as two peers would send them. */

#define TALK_TIME G_GINT64_CONSTANT (1700000000000000) /* 2023-11-14 22:13:20 UTC */

#define TALK_REQUEST \
  "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: localhost:3000\r\nConnection: Upgrade\r\n" \
  "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
#define TALK_RESPONSE \
  "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" \
  "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n"

static inline void
talk_bytes (SkyFeed *feed, SkyFrom from, gint64 msec, const void *data, gsize len)
{
  sky_feed_bytes (feed, from, TALK_TIME + msec * 1000, data, len);
}

/* The opening handshake of RFC 6455 §1.3. */
static inline void
talk_upgrade (SkyFeed *feed, gint64 msec)
{
  talk_bytes (feed, SKY_FROM_CLIENT, msec, TALK_REQUEST, strlen (TALK_REQUEST));
  talk_bytes (feed, SKY_FROM_SERVER, msec, TALK_RESPONSE, strlen (TALK_RESPONSE));
}

/* One whole frame, masked if it is the client's. */
static inline void
talk_frame (SkyFeed *feed, SkyFrom from, gint64 msec, guint8 opcode, const void *data, gsize len)
{
  static const guint8 mask[4] = { 0x37, 0xfa, 0x21, 0x3d };
  g_autoptr(GByteArray) frame = g_byte_array_new ();
  guint8 head[4] = { 0x80 | opcode, len < 126 ? len : 126, len >> 8 & 0xff, len & 0xff };
  const guint8 *payload = data;

  g_assert (len < 65536);
  if (from == SKY_FROM_CLIENT)
    head[1] |= 0x80;
  g_byte_array_append (frame, head, len < 126 ? 2 : 4);
  if (from == SKY_FROM_CLIENT)
    g_byte_array_append (frame, mask, 4);
  for (gsize i = 0; i < len; i++)
    {
      guint8 octet = payload[i] ^ (from == SKY_FROM_CLIENT ? mask[i & 3] : 0);

      g_byte_array_append (frame, &octet, 1);
    }
  talk_bytes (feed, from, msec, frame->data, frame->len);
}

static inline void
talk_text (SkyFeed *feed, SkyFrom from, gint64 msec, const char *text)
{
  talk_frame (feed, from, msec, 1, text, strlen (text));
}

/* A short Socket.IO conversation on a connection that Sockeye dialled. */
static inline SkyFeed *
talk_chat (SkyStore *store)
{
  SkyFeed *feed = sky_feed_new (store, "ws://localhost:3000", SKY_ROLE_CLIENT);

  sky_feed_note (feed, SKY_LAYER_TCP, SKY_KIND_RESOLVE, SKY_FROM_CLIENT, TALK_TIME, "localhost is 127.0.0.1");
  sky_feed_set_addresses (feed, "127.0.0.1:51544", "127.0.0.1:3000");
  talk_upgrade (feed, 1);
  talk_text (feed, SKY_FROM_SERVER, 2,
             "0{\"sid\":\"lv_VI97HAXpY6yYWAAAC\",\"upgrades\":[],\"pingInterval\":25000,\"pingTimeout\":20000,"
             "\"maxPayload\":1000000}");
  talk_text (feed, SKY_FROM_CLIENT, 3, "40/chat,{\"token\":\"123\"}");
  talk_text (feed, SKY_FROM_SERVER, 4, "40/chat,{\"sid\":\"wZX3oN0bSVIhsaknAAAI\"}");
  talk_text (feed, SKY_FROM_CLIENT, 5, "42/chat,7[\"chat message\",\"hello\",{\"n\":1.50}]");
  talk_text (feed, SKY_FROM_SERVER, 16, "43/chat,7[\"ok\"]");
  talk_text (feed, SKY_FROM_SERVER, 20, "42/chat,[\"tick\",\"\\u00e9t\\u00e9 Été\"]");
  talk_text (feed, SKY_FROM_SERVER, 21, "2");
  talk_text (feed, SKY_FROM_CLIENT, 22, "3");
  talk_text (feed, SKY_FROM_CLIENT, 23, "42/chat,8[\"slow\"]");
  return feed;
}

/* Returns: the first record from @after on with this layer and kind */
static inline guint32
talk_find (SkyStore *store, guint32 after, SkyLayer layer, SkyKind kind)
{
  for (guint32 n = after; n < sky_store_get_n_records (store); n++)
    if (sky_store_get_record (store, n)->layer == layer && sky_store_get_record (store, n)->kind == kind)
      return n;
  return SKY_RECORD_NONE;
}
