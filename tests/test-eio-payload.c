#include <string.h>

#include "base/hex.h"
#include "eio/eio-payload.h"

typedef struct
{
  const char *name, *wire;
  const char *packets[6];
} Vector;

static const Vector vectors[] = {
  { "one", "4hello", { "4hello" } },
  { "two", "4hello\x1e" "2", { "4hello", "2" } },
  { "binary", "4a\x1e" "bAQIDBA==\x1e" "b", { "4a", "bAQIDBA==", "b" } },
  { "emoji", "4\xf0\x9f\x8e\x89\x1e" "4\xe2\x82\xac", { "4\xf0\x9f\x8e\x89", "4\xe2\x82\xac" } },
  { "line-breaks", "4a\nb\x1e" "4\r\n", { "4a\nb", "4\r\n" } },
  { "revision-3", "6:4hello2:4", { "6:4hello2:4" } },
  /* empty packets are given, to be faulted */
  { "empty", "", { "" } },
  { "trailing", "2\x1e", { "2", "" } },
  { "leading", "\x1e" "2", { "", "2" } },
  { "between", "2\x1e\x1e" "3", { "2", "", "3" } },
  { "only-separators", "\x1e\x1e", { "", "", "" } },
};

/* The packets of a cut payload are the whole one's, the last of them cut. */
static void
test_cuts (gconstpointer data)
{
  const Vector *v = data;

  for (gsize len = 0; len <= strlen (v->wire); len++)
    {
      g_autofree guint8 *exact = g_memdup2 (v->wire, len);
      gsize pos = 0, start, packet_len, end = 0, n = 0;

      while (sky_eio_payload_next (exact, len, &pos, &start, &packet_len))
        {
          g_assert_nonnull (v->packets[n]);
          g_assert_cmpuint (start, ==, n == 0 ? 0 : end + 1);
          end = start + packet_len;
          g_assert_cmpuint (end, <=, len);
          g_assert_cmpuint (packet_len, <=, strlen (v->packets[n]));
          g_assert_cmpmem (v->wire + start, packet_len, v->packets[n], packet_len);
          if (end < len)
            g_assert_cmpuint (packet_len, ==, strlen (v->packets[n]));
          n++;
        }
      g_assert_cmpuint (end, ==, len);
      g_assert_false (sky_eio_payload_next (exact, len, &pos, &start, &packet_len));
      if (len == strlen (v->wire))
        g_assert_null (v->packets[n]);
    }
}

/* PROTOCOL.md 3.2: there is no limit of packets */
static void
test_many (void)
{
  g_autofree guint8 *wire = g_malloc (200000);
  gsize pos = 0, start, len, n = 0;

  for (gsize i = 0; i < 200000; i++)
    wire[i] = i % 2 == 0 ? '2' : SKY_EIO_SEPARATOR;
  while (sky_eio_payload_next (wire, 199999, &pos, &start, &len))
    {
      SkyEioPacket packet;

      sky_eio_packet_decode_form (wire + start, len, SKY_EIO_FORM_ELEMENT, &packet);
      g_assert_cmpint (packet.type, ==, SKY_EIO_PING);
      n++;
    }
  g_assert_cmpuint (n, ==, 100000);
}

/* Bodies of revision 3: the packets with their lengths, all in hex; the last one may be a faulty rest. */
typedef struct
{
  const char *name, *wire;
  SkyEioForm  form;
  const char *packets[5];
  guint       verdict; /* sky_eio_payload_revision() */
} Body;

static const Body bodies[] = {
  { "v2-answers-v4", "31353a307b22736964223a22787878227d7d323a3430", SKY_EIO_FORM_COUNTED_3,
    { "31353a307b22736964223a22787878227d7d", "323a3430" }, 0 }, /* "}}": no JSON */
  { "open-connect", "31343a307b22736964223a22787878227d323a3430", SKY_EIO_FORM_COUNTED_3,
    { "31343a307b22736964223a22787878227d", "323a3430" }, 3 },
  { "one", "313a36", SKY_EIO_FORM_COUNTED_3, { "313a36" }, 3 },
  { "emoji", "333a34f09f8e89313a32", SKY_EIO_FORM_COUNTED_3, { "333a34f09f8e89", "313a32" }, 3 },
  { "base64", "363a623441514944313a32", SKY_EIO_FORM_COUNTED_3, { "363a623441514944", "313a32" }, 3 },
  { "too-long", "313a32393a3430", SKY_EIO_FORM_COUNTED_3, { "313a32", "393a3430" }, 0 },
  { "half-a-character", "323a34f09f8e89313a32", SKY_EIO_FORM_COUNTED_3, { "323a34f09f8e89313a32" }, 0 },
  { "colon-message", "343a6869", SKY_EIO_FORM_COUNTED_3, { "343a6869" }, 0 }, /* could be revision 4 */
  { "garbage-behind", "313a32313233", SKY_EIO_FORM_COUNTED_3, { "313a32", "313233" }, 0 },
  { "separated", "32701e34", SKY_EIO_FORM_COUNTED_3, { "32701e34" }, 4 },
  { "revision-4", "3430", SKY_EIO_FORM_COUNTED_3, { "3430" }, 4 },
  { "revision-4-binary", "62415149441e36", SKY_EIO_FORM_COUNTED_3, { "62415149441e36" }, 4 },
  { "ok", "6f6b", SKY_EIO_FORM_COUNTED_3, { "6f6b" }, 0 },
  { "error", "7b22636f6465223a357d", SKY_EIO_FORM_COUNTED_3, { "7b22636f6465223a357d" }, 0 },
  { "html", "3c68746d6c3e", SKY_EIO_FORM_COUNTED_3, { "3c68746d6c3e" }, 0 },
  { "empty", "", SKY_EIO_FORM_COUNTED_3, { "" }, 0 },
  { "octets", "0002ff34300103ff04ff00", SKY_EIO_FORM_OCTETS_3, { "0002ff3430", "0103ff04ff00" }, 3 },
  { "octets-too-long", "0002ff34300109ff0400", SKY_EIO_FORM_OCTETS_3, { "0002ff3430", "0109ff0400" }, 0 },
  { "octets-broken", "0002ff343002", SKY_EIO_FORM_OCTETS_3, { "0002ff3430", "02" }, 0 },
  { "octets-no-end", "0000000000000000000000000000000000", SKY_EIO_FORM_OCTETS_3,
    { "0000000000000000000000000000000000" }, 0 },
};

static void
test_revision_3 (gconstpointer data)
{
  const Body *v = data;
  g_autoptr(GBytes) wire = sky_hex_parse (v->wire);
  gsize whole = g_bytes_get_size (wire);

  for (gsize len = 0; len <= whole; len++)
    {
      g_autofree guint8 *exact = g_memdup2 (g_bytes_get_data (wire, NULL), len);
      SkyEioForm form = sky_eio_payload_form (3, exact, len);
      gsize pos = 0, start, packet_len, end = 0, n = 0;

      while (sky_eio_payload_step (form, exact, len, &pos, &start, &packet_len))
        {
          SkyEioPacket packet;

          g_assert_cmpuint (start, ==, end);
          end = start + packet_len;
          g_assert_cmpuint (end, <=, len);
          sky_eio_packet_decode_form (exact + start, packet_len, form, &packet);
          if (len == whole)
            {
              g_autofree char *hex = sky_hex_format (exact + start, packet_len, "");

              g_assert_cmpstr (hex, ==, v->packets[n]);
            }
          n++;
        }
      g_assert_cmpuint (end, ==, len);
      g_assert_false (sky_eio_payload_step (form, exact, len, &pos, &start, &packet_len));
      sky_eio_payload_revision (exact, len);
      if (len < whole)
        continue;
      g_assert_null (v->packets[n]);
      g_assert_cmpint (form, ==, v->form);
      g_assert_cmpuint (sky_eio_payload_revision (exact, len), ==, v->verdict);
    }
  g_assert_cmpint (sky_eio_payload_form (4, g_bytes_get_data (wire, NULL), whole), ==, SKY_EIO_FORM_ELEMENT);
}

/* PROTOCOL.md 3.1, 3.11, 14.1, 14.2: what is written, and that its size is known before */
static void
test_append (void)
{
  static const struct
  {
    guint       revision;
    const char *expected;
  } rows[] = {
    { 4, "2probe\x1e" "4\xf0\x9f\x8e\x89\x1e" "bAAEC\x1e" "b\x1e" "40123456789\x1e" "1" },
    { 3, "6:2probe3:4\xf0\x9f\x8e\x89" "6:b4AAEC2:b411:401234567891:1" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      static const struct
      {
        SkyEioType  type;
        gboolean    binary;
        const char *data;
        gsize       len;
      } packets[] = {
        { SKY_EIO_PING, FALSE, "probe", 5 },    { SKY_EIO_MESSAGE, FALSE, "\xf0\x9f\x8e\x89", 4 },
        { SKY_EIO_MESSAGE, TRUE, "\0\1\2", 3 }, { SKY_EIO_MESSAGE, TRUE, NULL, 0 },
        { SKY_EIO_MESSAGE, FALSE, "0123456789", 10 }, { SKY_EIO_CLOSE, FALSE, NULL, 0 },
      };
      g_autoptr(GByteArray) payload = g_byte_array_new ();

      for (guint j = 0; j < G_N_ELEMENTS (packets); j++)
        {
          guint before = payload->len;
          const guint8 *data = (const guint8 *) packets[j].data;
          gsize growth = sky_eio_payload_growth (before, rows[i].revision, packets[j].binary, data, packets[j].len);

          sky_eio_payload_append (payload, rows[i].revision, packets[j].type, packets[j].binary, data, packets[j].len);
          g_assert_cmpuint (payload->len - before, ==, growth);
        }
      g_assert_cmpmem (payload->data, payload->len, rows[i].expected, strlen (rows[i].expected));
    }
}

/* Lengths around those that take another digit. */
static void
test_growth (void)
{
  g_autofree guint8 *data = g_malloc0 (2000);

  memset (data, 'a', 2000);
  for (guint revision = 3; revision <= 4; revision++)
    for (gsize len = 0; len < 1200; len++)
      for (gboolean binary = FALSE; binary <= TRUE; binary++)
        {
          g_autoptr(GByteArray) payload = g_byte_array_new ();

          sky_eio_payload_append (payload, revision, SKY_EIO_MESSAGE, binary, data, len);
          g_assert_cmpuint (payload->len, ==, sky_eio_payload_growth (0, revision, binary, data, len));
        }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autofree char *path = g_strconcat ("/eio-payload/", vectors[i].name, NULL);

      g_test_add_data_func (path, &vectors[i], test_cuts);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (bodies); i++)
    {
      g_autofree char *path = g_strconcat ("/eio-payload/revision-3/", bodies[i].name, NULL);

      g_test_add_data_func (path, &bodies[i], test_revision_3);
    }
  g_test_add_func ("/eio-payload/many", test_many);
  g_test_add_func ("/eio-payload/append", test_append);
  g_test_add_func ("/eio-payload/growth", test_growth);
  return g_test_run ();
}
