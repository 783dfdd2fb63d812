#include "ws/ws-message.h"

/* One frame a step: what goes in, and what must come out. */
typedef struct
{
  guint8    first_byte; /* FIN, RSV and opcode, as on the wire; 0xff ends the steps */
  SkyWsPart part;
  guint8    opcode;
  gboolean  compressed;
  guint32   faults; /* FAULT_UNMASKED and _MASKED aside: test_direction() looks at them */
} Step;

typedef struct
{
  const char *name;
  gboolean    deflate;
  Step        steps[8];
} Vector;

#define END { 0xff }

static const Vector vectors[] = {
  { "whole", FALSE,
    { { 0x81, SKY_WS_PART_WHOLE, SKY_WS_TEXT }, { 0x82, SKY_WS_PART_WHOLE, SKY_WS_BINARY }, END } },
  { "fragments", FALSE,
    { { 0x01, SKY_WS_PART_FIRST, SKY_WS_TEXT },
      { 0x00, SKY_WS_PART_MIDDLE, SKY_WS_TEXT },
      { 0x89, SKY_WS_PART_CONTROL, SKY_WS_PING },
      { 0x80, SKY_WS_PART_LAST, SKY_WS_TEXT },
      { 0x02, SKY_WS_PART_FIRST, SKY_WS_BINARY },
      { 0x80, SKY_WS_PART_LAST, SKY_WS_BINARY },
      END } },
  { "orphan", FALSE,
    { { 0x80, SKY_WS_PART_STRAY, SKY_WS_CONTINUATION, .faults = SKY_WS_FAULT_ORPHAN },
      { 0x00, SKY_WS_PART_STRAY, SKY_WS_CONTINUATION, .faults = SKY_WS_FAULT_ORPHAN },
      { 0x81, SKY_WS_PART_WHOLE, SKY_WS_TEXT },
      { 0x80, SKY_WS_PART_STRAY, SKY_WS_CONTINUATION, .faults = SKY_WS_FAULT_ORPHAN },
      END } },
  { "interrupted-by-whole", FALSE,
    { { 0x01, SKY_WS_PART_FIRST, SKY_WS_TEXT },
      { 0x82, SKY_WS_PART_WHOLE, SKY_WS_BINARY, .faults = SKY_WS_FAULT_INTERRUPTED },
      { 0x80, SKY_WS_PART_STRAY, SKY_WS_CONTINUATION, .faults = SKY_WS_FAULT_ORPHAN },
      END } },
  { "interrupted-by-first", TRUE,
    { { 0x41, SKY_WS_PART_FIRST, SKY_WS_TEXT, TRUE },
      { 0x02, SKY_WS_PART_FIRST, SKY_WS_BINARY, .faults = SKY_WS_FAULT_INTERRUPTED },
      { 0x80, SKY_WS_PART_LAST, SKY_WS_BINARY },
      END } },
  { "unknown-opcodes", FALSE,
    { { 0x01, SKY_WS_PART_FIRST, SKY_WS_TEXT },
      { 0x83, SKY_WS_PART_STRAY, 3, .faults = SKY_WS_FAULT_OPCODE },
      { 0x8b, SKY_WS_PART_STRAY, 11, .faults = SKY_WS_FAULT_OPCODE },
      { 0x80, SKY_WS_PART_LAST, SKY_WS_TEXT },
      END } },
  { "after-close", FALSE,
    { { 0x01, SKY_WS_PART_FIRST, SKY_WS_TEXT },
      { 0x88, SKY_WS_PART_CONTROL, SKY_WS_CLOSE },
      { 0x80, SKY_WS_PART_LAST, SKY_WS_TEXT, .faults = SKY_WS_FAULT_AFTER_CLOSE },
      { 0x88, SKY_WS_PART_CONTROL, SKY_WS_CLOSE, .faults = SKY_WS_FAULT_AFTER_CLOSE },
      { 0x0a, SKY_WS_PART_CONTROL, SKY_WS_PONG,
        .faults = SKY_WS_FAULT_AFTER_CLOSE | SKY_WS_FAULT_CONTROL },
      END } },
  { "rsv-without-deflate", FALSE,
    { { 0xc1, SKY_WS_PART_WHOLE, SKY_WS_TEXT, .faults = SKY_WS_FAULT_RESERVED },
      { 0x41, SKY_WS_PART_FIRST, SKY_WS_TEXT, .faults = SKY_WS_FAULT_RESERVED },
      { 0x80, SKY_WS_PART_LAST, SKY_WS_TEXT },
      { 0xa1, SKY_WS_PART_WHOLE, SKY_WS_TEXT, .faults = SKY_WS_FAULT_RESERVED },
      { 0x92, SKY_WS_PART_WHOLE, SKY_WS_BINARY, .faults = SKY_WS_FAULT_RESERVED },
      END } },
  { "compressed", TRUE,
    { { 0xc1, SKY_WS_PART_WHOLE, SKY_WS_TEXT, TRUE },
      { 0x42, SKY_WS_PART_FIRST, SKY_WS_BINARY, TRUE },
      { 0x8a, SKY_WS_PART_CONTROL, SKY_WS_PONG },
      { 0x00, SKY_WS_PART_MIDDLE, SKY_WS_BINARY, TRUE },
      { 0x80, SKY_WS_PART_LAST, SKY_WS_BINARY, TRUE },
      { 0x81, SKY_WS_PART_WHOLE, SKY_WS_TEXT },
      END } },
  { "rsv-with-deflate", TRUE,
    { { 0x41, SKY_WS_PART_FIRST, SKY_WS_TEXT, TRUE },
      { 0x40, SKY_WS_PART_MIDDLE, SKY_WS_TEXT, TRUE, SKY_WS_FAULT_RESERVED },
      { 0xc9, SKY_WS_PART_CONTROL, SKY_WS_PING, .faults = SKY_WS_FAULT_RESERVED },
      { 0xc0, SKY_WS_PART_LAST, SKY_WS_TEXT, TRUE, SKY_WS_FAULT_RESERVED },
      { 0xf1, SKY_WS_PART_WHOLE, SKY_WS_TEXT, TRUE, SKY_WS_FAULT_RESERVED },
      { 0xc0, SKY_WS_PART_STRAY, SKY_WS_CONTINUATION,
        .faults = SKY_WS_FAULT_RESERVED | SKY_WS_FAULT_ORPHAN },
      END } },
};

static void
test_steps (gconstpointer data)
{
  const Vector *v = data;
  SkyWsMessage message = { .deflate = v->deflate };

  for (const Step *step = v->steps; step->first_byte != 0xff; step++)
    {
      guint8 opcode = 99;
      gboolean compressed = 99;
      guint32 faults = G_MAXUINT32;
      SkyWsFrame f;
      SkyWsPart part;

      sky_ws_frame_decode ((const guint8[]) { step->first_byte, 0 }, 2, &f, NULL);
      part = sky_ws_message_frame (&message, &f, &opcode, &compressed, &faults);
      g_assert_cmpint (part, ==, step->part);
      g_assert_cmpuint (opcode, ==, step->opcode);
      g_assert_cmpint (compressed, ==, step->compressed);
      g_assert_cmphex (faults, ==, step->faults);
    }
}

static void
test_direction (void)
{
  for (guint i = 0; i < 4; i++)
    {
      SkyWsMessage message = { .from_client = i & 1 };
      SkyWsFrame f = { .opcode = SKY_WS_PING, .fin = 1, .masked = i >> 1 };
      guint8 opcode;
      gboolean compressed;
      guint32 faults;

      sky_ws_message_frame (&message, &f, &opcode, &compressed, &faults);
      g_assert_cmphex (faults, ==,
                       i == 1   ? SKY_WS_FAULT_UNMASKED
                       : i == 2 ? SKY_WS_FAULT_MASKED
                                : 0);
    }
}

/* The caller's text check lives from a message's first frame until the next message begins. */
static void
test_utf8_begins_anew (void)
{
  SkyWsMessage message = { 0 };
  SkyWsFrame first = { .opcode = SKY_WS_TEXT }, last = { .fin = 1 };
  guint8 opcode;
  gboolean compressed;
  guint32 faults;

  sky_ws_message_frame (&message, &first, &opcode, &compressed, &faults);
  sky_utf8_feed (&message.utf8, (const guint8 *) "\xff", 1);
  sky_ws_message_frame (&message, &last, &opcode, &compressed, &faults);
  g_assert_false (sky_utf8_end (&message.utf8));
  sky_ws_message_frame (&message, &first, &opcode, &compressed, &faults);
  g_assert_true (sky_utf8_end (&message.utf8));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autofree char *path = g_strdup_printf ("/ws-message/%s", vectors[i].name);

      g_test_add_data_func (path, &vectors[i], test_steps);
    }
  g_test_add_func ("/ws-message/direction", test_direction);
  g_test_add_func ("/ws-message/utf8-begins-anew", test_utf8_begins_anew);
  return g_test_run ();
}
