#include "ui/detail/hex-rows.h"

static void
buffer_free (gpointer data)
{
  SkyHexBuffer *buffer = data;

  g_free (buffer->title);
  g_bytes_unref (buffer->bytes);
  g_free (buffer);
}

void
sky_hex_rows_init (SkyHexRows *self)
{
  *self = (SkyHexRows) { .buffers = g_ptr_array_new_with_free_func (buffer_free), .per_row = 16 };
}

void
sky_hex_rows_clear (SkyHexRows *self)
{
  g_clear_pointer (&self->buffers, g_ptr_array_unref);
  self->n_rows = 0;
}

gsize
sky_hex_rows_len (SkyHexRows *self, guint buffer)
{
  if (buffer >= self->buffers->len)
    return 0;
  return g_bytes_get_size (((SkyHexBuffer *) g_ptr_array_index (self->buffers, buffer))->bytes);
}

static void
count (SkyHexRows *self)
{
  self->n_rows = 0;
  for (guint i = 0; i < self->buffers->len; i++)
    {
      SkyHexBuffer *buffer = g_ptr_array_index (self->buffers, i);

      buffer->first_row = self->n_rows;
      self->n_rows += 1 + (sky_hex_rows_len (self, i) + self->per_row - 1) / self->per_row;
    }
}

/**
 * sky_hex_rows_add:
 * @bytes: kept, not copied
 *
 * Puts a further buffer below the others.
 */
void
sky_hex_rows_add (SkyHexRows *self, const char *title, GBytes *bytes)
{
  SkyHexBuffer *buffer = g_new0 (SkyHexBuffer, 1);

  buffer->title = g_strdup (title);
  buffer->bytes = g_bytes_ref (bytes);
  g_ptr_array_add (self->buffers, buffer);
  count (self);
}

void
sky_hex_rows_set_per_row (SkyHexRows *self, guint per_row)
{
  self->per_row = per_row;
  count (self);
}

/**
 * sky_hex_rows_get:
 * @out: (out): what stands there
 *
 * Returns: %FALSE past the last row
 */
gboolean
sky_hex_rows_get (SkyHexRows *self, guint64 row, SkyHexRow *out)
{
  guint i = self->buffers->len;
  SkyHexBuffer *buffer = NULL;
  gsize len;
  const guint8 *data;

  if (row >= self->n_rows)
    return FALSE;
  while (i > 0 && (buffer = g_ptr_array_index (self->buffers, i - 1))->first_row > row)
    i--;
  *out = (SkyHexRow) { .buffer = i - 1, .title = row == buffer->first_row };
  if (out->title)
    return TRUE;
  data = g_bytes_get_data (buffer->bytes, &len);
  out->offset = (gsize) (row - buffer->first_row - 1) * self->per_row;
  out->data = data + out->offset;
  out->len = MIN (self->per_row, len - out->offset);
  return TRUE;
}

/* Returns: the row that shows the byte */
guint64
sky_hex_rows_find (SkyHexRows *self, guint buffer, gsize offset)
{
  if (buffer >= self->buffers->len)
    return 0;
  return ((SkyHexBuffer *) g_ptr_array_index (self->buffers, buffer))->first_row + 1
         + offset / self->per_row;
}

/* Returns: how many hexadecimal digits an offset needs, the same for all rows */
guint
sky_hex_rows_digits (SkyHexRows *self)
{
  gsize longest = 0;

  for (guint i = 0; i < self->buffers->len; i++)
    longest = MAX (longest, sky_hex_rows_len (self, i));
  return longest > 0x10000 ? 8 : 4;
}

/* Returns: where the two digits of byte @index of a row begin; a gap parts each eight bytes */
guint
sky_hex_column (guint digits, guint index)
{
  return digits + 2 + index * 3 + index / 8;
}

/* Returns: where the bytes of a row stand as text */
guint
sky_hex_text_column (guint digits, guint per_row)
{
  return sky_hex_column (digits, per_row - 1) + 4;
}

/* Appends the row as it is shown: offset, digits, text. */
void
sky_hex_format_row (GString *out, const SkyHexRow *row, guint digits, guint per_row)
{
  static const char hex[] = "0123456789abcdef";
  gsize start = out->len, text = start + sky_hex_text_column (digits, per_row);

  g_string_append_printf (out, "%0*" G_GINT64_MODIFIER "x", (int) digits, (guint64) row->offset);
  while (out->len < text)
    g_string_append_c (out, ' ');
  for (guint i = 0; i < row->len; i++)
    {
      char *at = out->str + start + sky_hex_column (digits, i);

      at[0] = hex[row->data[i] >> 4];
      at[1] = hex[row->data[i] & 15];
    }
  for (guint i = 0; i < row->len; i++)
    g_string_append_c (out, g_ascii_isprint (row->data[i]) ? (char) row->data[i] : '.');
}
