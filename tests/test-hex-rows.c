#include "ui/detail/hex-rows.h"

/* Rows of two buffers, 20 and 3 bytes, and what stands in them. */
typedef struct
{
  guint       per_row;
  guint64     row;
  const char *text; /* NULL: a title */
} Vector;

static const Vector vectors[] = {
  { 16, 0, NULL },
  { 16, 1, "0000  41 42 43 44 45 46 47 48  49 4a 4b 4c 4d 4e 4f 50  ABCDEFGHIJKLMNOP" },
  { 16, 2, "0010  51 52 53 54                                       QRST" },
  { 16, 3, NULL },
  { 16, 4, "0000  00 7f ff                                          ..." },
  { 8, 3, "0010  51 52 53 54              QRST" },
  { 4, 5, "0010  51 52 53 54  QRST" },
};

static void
test_rows (gconstpointer data)
{
  const Vector *v = data;
  g_autoptr(GBytes) first = g_bytes_new ("ABCDEFGHIJKLMNOPQRST", 20);
  g_autoptr(GBytes) second = g_bytes_new ("\x00\x7f\xff", 3);
  g_autoptr(GString) text = g_string_new ("");
  SkyHexRows rows;
  SkyHexRow row;

  sky_hex_rows_init (&rows);
  sky_hex_rows_add (&rows, "first", first);
  sky_hex_rows_add (&rows, "second", second);
  sky_hex_rows_set_per_row (&rows, v->per_row);
  g_assert_true (sky_hex_rows_get (&rows, v->row, &row));
  g_assert_cmpint (row.title, ==, v->text == NULL);
  if (v->text != NULL)
    {
      sky_hex_format_row (text, &row, sky_hex_rows_digits (&rows), v->per_row);
      g_assert_cmpstr (text->str, ==, v->text);
      g_assert_cmpuint (sky_hex_rows_find (&rows, row.buffer, row.offset), ==, v->row);
      g_assert_cmpuint (sky_hex_rows_find (&rows, row.buffer, row.offset + row.len - 1), ==,
                        v->row);
    }
  g_assert_false (sky_hex_rows_get (&rows, rows.n_rows, &row));
  sky_hex_rows_clear (&rows);
}

static void
test_empty (void)
{
  g_autoptr(GBytes) nothing = g_bytes_new (NULL, 0);
  SkyHexRows rows;
  SkyHexRow row;

  sky_hex_rows_init (&rows);
  g_assert_false (sky_hex_rows_get (&rows, 0, &row));
  sky_hex_rows_add (&rows, "nothing", nothing);
  g_assert_cmpuint (rows.n_rows, ==, 1);
  g_assert_true (sky_hex_rows_get (&rows, 0, &row) && row.title);
  sky_hex_rows_clear (&rows);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autofree char *path
          = g_strdup_printf ("/hex-rows/%u-%" G_GUINT64_FORMAT, vectors[i].per_row, vectors[i].row);

      g_test_add_data_func (path, &vectors[i], test_rows);
    }
  g_test_add_func ("/hex-rows/empty", test_empty);
  return g_test_run ();
}
