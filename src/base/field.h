#pragma once

#include <glib.h>

/**
 * SkyField:
 *
 * One part of a record, as the Layers pane shows it: a name, its value in words, and the bytes
 * that say so. Depth 0 is a layer's title, what follows it deeper is its content.
 */
typedef struct
{
  char *name;   /* owned; "FIN" */
  char *value;  /* owned, nullable; "1 (last frame of the message)" */
  gsize start;  /* byte offset in buffer @buffer */
  gsize len;    /* bytes; 0 where no byte says it */
  guint buffer; /* index into the record's buffers: see SkyDetail */
  guint depth;  /* 0 for a layer's title */
  guint faulty : 1;
} SkyField;

/**
 * SkyFields:
 *
 * A list of fields under construction. Codecs add theirs with offsets from the first byte of
 * their own unit; the origin places them in a buffer.
 */
typedef struct
{
  GPtrArray *list;   /* of SkyField, owned */
  guint      depth;  /* of the next field */
  guint      buffer; /* of the next field */
  gsize      origin; /* added to the next field's start */
} SkyFields;

SkyFields *sky_fields_new (void);
void       sky_fields_free (SkyFields *self);
void       sky_fields_place (SkyFields *self, guint buffer, gsize origin);
SkyField  *sky_fields_add (SkyFields *self, const char *name, gsize start, gsize len,
                           const char *format, ...) G_GNUC_PRINTF (5, 6);
void       sky_fields_open (SkyFields *self, const char *title, gsize start, gsize len,
                            const char *format, ...) G_GNUC_PRINTF (5, 6);
void       sky_fields_close (SkyFields *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SkyFields, sky_fields_free)
