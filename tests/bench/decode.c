/* decode [EVENTS]: how fast the stack takes 100-byte Socket.IO events, on one core, in blocks of 64 KiB as the
 * tap hands them out. It prints one number: events a second. */
#include <stdlib.h>
#include <string.h>

#include "stack/stack.h"
#include "ws/ws-frame.h"

#define EVENT                                                                                                          \
  "42[\"chat message\",{\"from\":\"alice\",\"room\":\"room-42\",\"text\":\"hello, how are you?\",\"ts\":1795269802087}]"

#define BLOCK (64 * 1024) /* bytes */

static guint32
count (gpointer data, const SkyRecord *record)
{
  guint32 *n = data;

  return (*n)++;
}

static void
amend (gpointer data, guint32 number, guint8 flags, guint8 unflags, guint32 faults, guint32 mate)
{
}

static guint64
derive (gpointer data, const guint8 *bytes, gsize len)
{
  return 0;
}

static void
push_text (SkyStack *stack, SkyFrom from, const char *text)
{
  sky_stack_push (stack, from, 0, (const guint8 *) text, strlen (text));
}

static void
push_message (SkyStack *stack, SkyFrom from, const char *text)
{
  SkyWsFrame frame = { .fin = 1, .opcode = SKY_WS_TEXT, .payload_len = strlen (text), .masked = from == SKY_FROM_CLIENT };
  guint8 wire[512];
  gsize n = sky_ws_frame_encode (&frame, wire);

  memcpy (wire + n, text, strlen (text)); /* the mask is all zero */
  sky_stack_push (stack, from, 0, wire, n + strlen (text));
}

static void
open_session (SkyStack *stack)
{
  push_text (stack, SKY_FROM_CLIENT,
             "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\n"
             "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
  push_text (stack, SKY_FROM_SERVER,
             "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
             "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n");
  push_message (stack, SKY_FROM_SERVER, "0{\"sid\":\"a\",\"upgrades\":[],\"pingInterval\":25000,\"pingTimeout\":20000}");
  push_message (stack, SKY_FROM_CLIENT, "40");
  push_message (stack, SKY_FROM_SERVER, "40{\"sid\":\"b\"}");
}

int
main (int argc, char **argv)
{
  static const SkyStackSink sink = { count, amend, derive };
  guint n_events = argc > 1 ? (guint) atoi (argv[1]) : 2000000;
  g_autoptr(GByteArray) block = g_byte_array_new ();
  SkyWsFrame frame = { .fin = 1, .opcode = SKY_WS_TEXT, .payload_len = strlen (EVENT) };
  guint8 header[SKY_WS_MAX_HEADER];
  gsize header_len = sky_ws_frame_encode (&frame, header);
  guint32 n_records = 0, before;
  guint n_block = 0, n_done = 0;
  g_autoptr(SkyStack) stack = sky_stack_new (&sink, &n_records);
  gint64 began_usec;

  while (block->len < BLOCK)
    {
      g_byte_array_append (block, header, header_len);
      g_byte_array_append (block, (const guint8 *) EVENT, strlen (EVENT));
      n_block++;
    }
  open_session (stack);
  before = n_records;
  began_usec = g_get_monotonic_time ();
  for (; n_done < n_events; n_done += n_block)
    sky_stack_push (stack, SKY_FROM_SERVER, 0, block->data, block->len);
  if (n_records - before != 3 * n_done)
    g_error ("%u events made %u records, not three each", n_done, n_records - before);
  g_print ("%.0f\n", n_done * 1e6 / (g_get_monotonic_time () - began_usec));
  return 0;
}
