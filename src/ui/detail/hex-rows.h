#pragma once

#include <glib.h>

/**
 * SkyHexRows:
 *
 * Where bytes stand in a hex view: several buffers below each other, each under its title. Nothing
 * is copied, and no row is kept.
 */
typedef struct
{
  GPtrArray *buffers; /* of SkyHexBuffer */
  guint      per_row; /* bytes */
  guint64    n_rows;
} SkyHexRows;

typedef struct
{
  char   *title;
  GBytes *bytes;
  guint64 first_row; /* that of the title; its bytes follow */
} SkyHexBuffer;

/* One row: a title, or up to per_row bytes. */
typedef struct
{
  guint         buffer;
  gboolean      title;
  gsize         offset;
  const guint8 *data;
  gsize         len;
} SkyHexRow;

void     sky_hex_rows_init (SkyHexRows *self);
void     sky_hex_rows_clear (SkyHexRows *self);
void     sky_hex_rows_add (SkyHexRows *self, const char *title, GBytes *bytes);
void     sky_hex_rows_set_per_row (SkyHexRows *self, guint per_row);
gboolean sky_hex_rows_get (SkyHexRows *self, guint64 row, SkyHexRow *out);
guint64  sky_hex_rows_find (SkyHexRows *self, guint buffer, gsize offset);
guint    sky_hex_rows_digits (SkyHexRows *self);
gsize    sky_hex_rows_len (SkyHexRows *self, guint buffer);

/* Columns, counted in characters */
guint sky_hex_column (guint digits, guint index);
guint sky_hex_text_column (guint digits, guint per_row);
void  sky_hex_format_row (GString *out, const SkyHexRow *row, guint digits, guint per_row);
