#include <string.h>

#include "base/hex.h"
#include "ws/ws-frame.h"

typedef struct
{
  const char *name, *wire; /* the header, and nothing after it */
  gssize      header_len;
  guint64     payload_len;
  guint8      opcode, rsv;
  gboolean    more, masked; /* "more": FIN is not set */
  guint32     faults;
} Vector;

static const Vector vectors[] = { /* RFC 6455 §5.7, the edges of a length, then broken rules */
  { "text-hello", "8105", 2, 5, .opcode = SKY_WS_TEXT },
  { "masked-hello", "818537fa213d", 6, 5, .opcode = SKY_WS_TEXT, .masked = TRUE },
  { "first-hel", "0103", 2, 3, .opcode = SKY_WS_TEXT, .more = TRUE },
  { "last-lo", "8002", 2, 2, .opcode = SKY_WS_CONTINUATION },
  { "ping", "8905", 2, 5, .opcode = SKY_WS_PING },
  { "masked-pong", "8a8537fa213d", 6, 5, .opcode = SKY_WS_PONG, .masked = TRUE },
  { "binary-256", "827e0100", 4, 256, .opcode = SKY_WS_BINARY },
  { "binary-65536", "827f0000000000010000", 10, 65536, .opcode = SKY_WS_BINARY },
  { "compressed", "c107", 2, 7, .opcode = SKY_WS_TEXT, .rsv = 4 },
  { "rsv-2-3", "b100", 2, 0, .opcode = SKY_WS_TEXT, .rsv = 3 },
  { "empty", "8200", 2, 0, .opcode = SKY_WS_BINARY },
  { "length-125", "827d", 2, 125, .opcode = SKY_WS_BINARY },
  { "length-126", "827e007e", 4, 126, .opcode = SKY_WS_BINARY },
  { "length-65535", "827effff", 4, 65535, .opcode = SKY_WS_BINARY },
  { "length-most", "82ff7fffffffffffffff01020304", 14, G_MAXINT64,
    .opcode = SKY_WS_BINARY, .masked = TRUE },
  { "close-125", "887d", 2, 125, .opcode = SKY_WS_CLOSE },
  { "long-16", "827e007d", 4, 125, .opcode = SKY_WS_BINARY, .faults = SKY_WS_FAULT_LENGTH },
  { "long-64", "827f000000000000ffff", 10, 65535, .opcode = SKY_WS_BINARY,
    .faults = SKY_WS_FAULT_LENGTH },
  { "long-64-zero", "81ff000000000000000001020304", 14, 0, .opcode = SKY_WS_TEXT, .masked = TRUE,
    .faults = SKY_WS_FAULT_LENGTH },
  { "opcode-3", "8300", 2, 0, .opcode = 3, .faults = SKY_WS_FAULT_OPCODE },
  { "opcode-7", "8701", 2, 1, .opcode = 7, .faults = SKY_WS_FAULT_OPCODE },
  { "opcode-11", "8b00", 2, 0, .opcode = 11, .faults = SKY_WS_FAULT_OPCODE },
  { "opcode-15", "0f00", 2, 0, .opcode = 15, .more = TRUE,
    .faults = SKY_WS_FAULT_OPCODE | SKY_WS_FAULT_CONTROL },
  { "split-ping", "0900", 2, 0, .opcode = SKY_WS_PING, .more = TRUE,
    .faults = SKY_WS_FAULT_CONTROL },
  { "pong-126", "8a7e007e", 4, 126, .opcode = SKY_WS_PONG, .faults = SKY_WS_FAULT_CONTROL },
};

static void
test_decode (gconstpointer data)
{
  const Vector *v = data;
  g_autoptr(GBytes) wire = sky_hex_parse (v->wire);
  SkyWsFrame f = { 0 };

  g_assert_cmpuint (g_bytes_get_size (wire), ==, v->header_len);
  for (gssize cut = 0; cut <= v->header_len; cut++) /* an exact copy lets ASan see overreads */
    {
      g_autofree guint8 *part = g_memdup2 (g_bytes_get_data (wire, NULL), cut);
      g_autoptr(GError) error = NULL;

      g_assert_cmpint (sky_ws_frame_decode (part, cut, &f, &error), ==,
                       cut < v->header_len ? 0 : cut);
      g_assert_no_error (error);
    }
  g_assert_cmpuint (f.payload_len, ==, v->payload_len);
  g_assert_cmpuint (f.opcode, ==, v->opcode);
  g_assert_cmpuint (f.rsv, ==, v->rsv);
  g_assert_cmpint (f.fin, ==, !v->more);
  g_assert_cmpint (f.masked, ==, v->masked);
  g_assert_cmpuint (f.faults, ==, v->faults);
}

/* A header in the shortest form is written as it was read; any other comes back mended. */
static void
test_encode (gconstpointer data)
{
  const Vector *v = data;
  g_autoptr(GBytes) wire = sky_hex_parse (v->wire);
  guint8 out[SKY_WS_MAX_HEADER];
  SkyWsFrame f, again;
  gsize len;

  sky_ws_frame_decode (g_bytes_get_data (wire, NULL), v->header_len, &f, NULL);
  len = sky_ws_frame_encode (&f, out);
  if ((v->faults & SKY_WS_FAULT_LENGTH) == 0)
    g_assert_cmpmem (out, len, g_bytes_get_data (wire, NULL), v->header_len);
  g_assert_cmpint (sky_ws_frame_decode (out, len, &again, NULL), ==, len);
  g_assert_cmpuint (again.payload_len, ==, v->payload_len);
  g_assert_cmpuint (again.faults, ==, v->faults & ~SKY_WS_FAULT_LENGTH);
}

static void
test_top_bit (void)
{
  static const guint8 wire[] = { 0x82, 0x7f, 0x80, 0, 0, 0, 0, 0, 0, 0 };
  g_autoptr(GError) error = NULL;
  SkyWsFrame f = { .opcode = 99 };

  for (gsize cut = 0; cut < sizeof wire; cut++)
    g_assert_cmpint (sky_ws_frame_decode (wire, cut, &f, NULL), ==, 0);
  g_assert_cmpint (sky_ws_frame_decode (wire, sizeof wire, &f, &error), ==, -1);
  g_assert_error (error, SKY_WS_ERROR, SKY_WS_ERROR_LENGTH);
  g_assert_cmpuint (f.opcode, ==, 99);
}

/* Every alignment, offset and short length, against one byte at a time. */
static void
test_mask (void)
{
  static const guint8 mask[4] = { 0x37, 0xfa, 0x21, 0x3d };

  for (gsize align = 0; align < 8; align++)
    for (guint64 offset = 0; offset < 9; offset++)
      for (gsize len = 0; len < 40; len++)
        {
          g_autofree guint8 *block = g_malloc0 (align + len);

          sky_ws_frame_mask (mask, offset, block + align, len);
          for (gsize i = 0; i < len; i++)
            g_assert_cmpuint (block[align + i], ==, mask[(offset + i) % 4]);
          for (gsize i = 0; i < align; i++)
            g_assert_cmpuint (block[i], ==, 0);
        }
  sky_ws_frame_mask (mask, G_MAXUINT64, NULL, 0);
}

static void
test_mask_hello (void)
{
  guint8 payload[] = { 0x7f, 0x9f, 0x4d, 0x51, 0x58 };

  sky_ws_frame_mask ((const guint8[]) { 0x37, 0xfa, 0x21, 0x3d }, 0, payload, sizeof payload);
  g_assert_cmpmem (payload, sizeof payload, "Hello", 5);
}

static char *
fields_to_text (const SkyFields *fields)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < fields->list->len; i++)
    {
      const SkyField *f = g_ptr_array_index (fields->list, i);

      g_string_append_printf (text, "%s%s=%s[%" G_GSIZE_FORMAT "+%" G_GSIZE_FORMAT "]%s\n",
                              f->depth > 0 ? " " : "", f->name, f->value, f->start, f->len,
                              f->faulty ? "!" : "");
    }
  return g_string_free (text, FALSE);
}

typedef struct
{
  const char *name, *wire;
  gboolean    compressed;
  guint32     more_faults; /* as a stack would add them */
  const char *text;
} FieldsVector;

static const FieldsVector fields_vectors[] = {
  { "masked", "c1fe010037fa213d", TRUE, 0,
    "WebSocket frame=text · 256 bytes, masked[0+8]\n FIN=1 (last frame of the message)[0+1]\n"
    " RSV1=1, compressed (RFC 7692)[0+1]\n"
    " RSV2=0[0+1]\n RSV3=0[0+1]\n Opcode=1 (text)[0+1]\n MASK=1 (masked)[1+1]\n"
    " Payload length=256 bytes (in 16 bits)[1+3]\n Masking key=37 fa 21 3d[4+4]\n" },
  { "faulty", "597f0000000000000080", FALSE, SKY_WS_FAULT_RESERVED | SKY_WS_FAULT_UNMASKED,
    "WebSocket frame=ping · 128 bytes[0+10]\n FIN=0 (more frames follow)[0+1]!\n RSV1=1[0+1]!\n RSV2=0[0+1]\n"
    " RSV3=1[0+1]!\n Opcode=9 (ping)[0+1]\n MASK=0 (not masked)[1+1]!\n"
    " Payload length=128 bytes (in 64 bits)[1+9]!\n" },
  { "orphan", "8005", FALSE, SKY_WS_FAULT_ORPHAN,
    "WebSocket frame=continuation · 5 bytes[0+2]\n FIN=1 (last frame of the message)[0+1]\n"
    " RSV1=0[0+1]\n RSV2=0[0+1]\n"
    " RSV3=0[0+1]\n Opcode=0 (continuation)[0+1]!\n MASK=0 (not masked)[1+1]\n"
    " Payload length=5 bytes (in 7 bits)[1+1]\n" },
};

static void
test_fields (gconstpointer data)
{
  const FieldsVector *v = data;
  g_autoptr(GBytes) wire = sky_hex_parse (v->wire);
  g_autoptr(SkyFields) fields = sky_fields_new ();
  g_autofree char *text = NULL;
  SkyWsFrame f;
  gssize header_len;

  header_len = sky_ws_frame_decode (g_bytes_get_data (wire, NULL), g_bytes_get_size (wire), &f,
                                    NULL);
  g_assert_cmpint (header_len, ==, g_bytes_get_size (wire));
  f.faults |= v->more_faults;
  sky_ws_frame_fields (&f, (gsize) header_len, v->compressed, fields);
  text = fields_to_text (fields);
  g_assert_cmpstr (text, ==, v->text);
  g_assert_cmpuint (fields->depth, ==, 0);
}

static void
test_opcode_names (void)
{
  static const char *const names[16] = { "continuation", "text", "binary",
                                         [8] = "close", "ping", "pong" };

  for (guint8 i = 0; i < 16; i++)
    g_assert_cmpstr (sky_ws_opcode_name (i), ==, names[i] != NULL ? names[i] : "reserved");
}

/* Every flag has one row, and the table ends. */
static void
test_fault_table (void)
{
  guint32 seen = 0;

  for (const SkyFaultInfo *row = sky_ws_faults; row->flag != 0; row++)
    {
      g_assert_true (g_str_has_prefix (row->id, "ws-"));
      g_assert_nonnull (row->text);
      g_assert_nonnull (row->section);
      g_assert_cmpuint (seen & row->flag, ==, 0);
      seen |= row->flag;
    }
  g_assert_cmpuint (seen, ==, (SKY_WS_FAULT_FRAMING << 1) - 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autofree char *decode = g_strdup_printf ("/ws-frame/decode/%s", vectors[i].name);
      g_autofree char *encode = g_strdup_printf ("/ws-frame/encode/%s", vectors[i].name);

      g_test_add_data_func (decode, &vectors[i], test_decode);
      g_test_add_data_func (encode, &vectors[i], test_encode);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (fields_vectors); i++)
    {
      g_autofree char *path = g_strdup_printf ("/ws-frame/fields/%s", fields_vectors[i].name);

      g_test_add_data_func (path, &fields_vectors[i], test_fields);
    }
  g_test_add_func ("/ws-frame/top-bit", test_top_bit);
  g_test_add_func ("/ws-frame/mask", test_mask);
  g_test_add_func ("/ws-frame/mask-hello", test_mask_hello);
  g_test_add_func ("/ws-frame/opcode-names", test_opcode_names);
  g_test_add_func ("/ws-frame/fault-table", test_fault_table);
  return g_test_run ();
}
