/* Real conversations, recorded from the npm packages, through the stack: whole, in the pieces that the
 * network made of them, and octet by octet. What comes out is compared with the .records file beside
 * the transcript. SKY_WRITE_RECORDS=1 writes those files anew: read their diff. */
#include <glib/gstdio.h>
#include <string.h>

#include "base/hex.h"
#include "sink.h"

typedef enum { AS_RECORDED, JOINED, OCTETS, N_WAYS } Way;

typedef struct
{
  SkyFrom from;
  gint64  time_usec;
  GBytes *bytes; /* none: this side ended, or broke off */
} Piece;

static void
clear_piece (gpointer data)
{
  g_bytes_unref (((Piece *) data)->bytes);
}

static GArray *
load (const char *path)
{
  g_autofree char *text = NULL;
  g_auto(GStrv) lines = NULL;
  GArray *pieces = g_array_new (FALSE, FALSE, sizeof (Piece));

  g_array_set_clear_func (pieces, clear_piece);
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  lines = g_strsplit (text, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    {
      char *hex;
      Piece piece;

      if (lines[i][0] != '>' && lines[i][0] != '<')
        continue;
      piece.from = lines[i][0] == '>' ? SKY_FROM_CLIENT : SKY_FROM_SERVER;
      piece.time_usec = g_ascii_strtoll (lines[i] + 2, &hex, 10);
      piece.bytes = strcmp (hex, " reset") == 0 ? g_bytes_new (NULL, 0) : sky_hex_parse (hex);
      g_assert_nonnull (piece.bytes);
      g_array_append_val (pieces, piece);
    }
  g_assert_cmpuint (pieces->len, >, 0);
  return pieces;
}

/* Pieces of one direction that follow each other become one. */
static GArray *
join (GArray *pieces)
{
  GArray *joined = g_array_new (FALSE, FALSE, sizeof (Piece));

  g_array_set_clear_func (joined, clear_piece);
  for (guint i = 0; i < pieces->len; i++)
    {
      Piece piece = g_array_index (pieces, Piece, i);
      Piece *last = joined->len > 0 ? &g_array_index (joined, Piece, joined->len - 1) : NULL;

      if (last != NULL && last->from == piece.from && g_bytes_get_size (piece.bytes) > 0)
        {
          GByteArray *both = g_bytes_unref_to_array (last->bytes);

          g_byte_array_append (both, g_bytes_get_data (piece.bytes, NULL), g_bytes_get_size (piece.bytes));
          last->bytes = g_byte_array_free_to_bytes (both);
          continue;
        }
      g_bytes_ref (piece.bytes);
      g_array_append_val (joined, piece);
    }
  return joined;
}

static void
touch_everything (Sink *sink)
{
  SkyBytesSource source = sink_source (sink);

  for (guint32 n = 0; n < sink->records->len; n++)
    {
      g_autoptr(SkyDetail) detail = sky_detail_new (n, &source);
      g_autofree char *payload = sky_describe_payload (n, &source, NULL);

      g_assert_cmpuint (strlen (detail->explain), >, 0);
      for (guint i = 0; i < detail->fields->list->len; i++)
        {
          const SkyField *field = g_ptr_array_index (detail->fields->list, i);
          const SkyDetailBuffer *buffer;

          if (field->len == 0)
            continue;
          buffer = g_ptr_array_index (detail->buffers, field->buffer);
          g_assert_cmpuint (field->start + field->len, <=, g_bytes_get_size (buffer->bytes));
        }
    }
}

static char *
replay (GArray *pieces, Way way)
{
  Sink sink;
  char *dump;

  sink_init (&sink);
  for (guint i = 0; i < pieces->len; i++)
    {
      const Piece *piece = &g_array_index (pieces, Piece, i);
      gsize len;
      const guint8 *data = g_bytes_get_data (piece->bytes, &len);
      gsize step = way == OCTETS ? 1 : len;

      for (gsize at = 0; at < len; at += step)
        sink_push (&sink, piece->from, piece->time_usec, data + at, step);
      if (len == 0)
        sky_stack_end (sink.stack, piece->from, piece->time_usec);
    }
  touch_everything (&sink);
  dump = sink_dump (&sink);
  sink_clear (&sink);
  return dump;
}

static void
test_transcript (gconstpointer data)
{
  const char *path = data;
  g_autoptr(GArray) pieces = load (path);
  g_autoptr(GArray) joined = join (pieces);
  g_autofree char *stem = g_strndup (path, strlen (path) - strlen (".txt"));
  g_autofree char *records_path = g_strconcat (stem, ".records", NULL);
  g_autofree char *expected = NULL;
  g_autofree char *recorded = replay (pieces, AS_RECORDED);
  g_autofree char *whole = replay (joined, JOINED);
  g_autofree char *octets = replay (pieces, OCTETS);

  if (g_getenv ("SKY_WRITE_RECORDS") != NULL)
    g_assert_true (g_file_set_contents (records_path, recorded, -1, NULL));
  g_assert_true (g_file_get_contents (records_path, &expected, NULL, NULL));
  g_assert_cmpstr (recorded, ==, expected);
  g_assert_cmpstr (octets, ==, expected);
  g_assert_cmpstr (whole, ==, expected);
}

int
main (int argc, char **argv)
{
  g_autofree char *folder = NULL;
  g_autoptr(GDir) dir = NULL;
  const char *name;
  int status;
  g_autoptr(GPtrArray) paths = g_ptr_array_new_with_free_func (g_free);

  g_test_init (&argc, &argv, NULL);
  folder = g_test_build_filename (G_TEST_DIST, "transcripts", NULL);
  dir = g_dir_open (folder, 0, NULL);
  g_assert_nonnull (dir);
  while ((name = g_dir_read_name (dir)) != NULL)
    if (g_str_has_suffix (name, ".txt"))
      {
        char *path = g_build_filename (folder, name, NULL);
        g_autofree char *test = g_strconcat ("/transcripts/", name, NULL);

        g_ptr_array_add (paths, path);
        g_test_add_data_func (test, path, test_transcript);
      }
  g_assert_cmpuint (paths->len, >, 0);
  status = g_test_run ();
  return status;
}
