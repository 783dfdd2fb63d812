#include "base/field.h"

static void
sky_field_free (gpointer data)
{
  SkyField *field = data;

  g_free (field->name);
  g_free (field->value);
  g_free (field);
}

/**
 * sky_fields_new:
 *
 * Returns: (transfer full): an empty list; fields go to buffer 0, origin 0, depth 0
 */
SkyFields *
sky_fields_new (void)
{
  SkyFields *self = g_new0 (SkyFields, 1);

  self->list = g_ptr_array_new_with_free_func (sky_field_free);
  return self;
}

/**
 * sky_fields_free:
 * @self: (transfer full): the list, freed with its fields
 */
void
sky_fields_free (SkyFields *self)
{
  g_ptr_array_unref (self->list);
  g_free (self);
}

/**
 * sky_fields_place:
 * @buffer: index of the buffer that the next fields' bytes lie in
 * @origin: where, in bytes from that buffer's start, the next unit begins
 */
void
sky_fields_place (SkyFields *self, guint buffer, gsize origin)
{
  self->buffer = buffer;
  self->origin = origin;
}

static SkyField *G_GNUC_PRINTF (5, 0)
add_valist (SkyFields *self,
            const char *name,
            gsize start,
            gsize len,
            const char *format,
            va_list args)
{
  SkyField *field = g_new0 (SkyField, 1);

  field->name = g_strdup (name);
  field->value = format != NULL ? g_strdup_vprintf (format, args) : NULL;
  field->start = self->origin + start;
  field->len = len;
  field->buffer = self->buffer;
  field->depth = self->depth;
  g_ptr_array_add (self->list, field);
  return field;
}

/**
 * sky_fields_add:
 * @name: what it is called in its specification
 * @start: first byte, counted from the unit's first byte
 * @len: bytes, or 0 where no byte says it
 * @format: (nullable): the value, in words
 *
 * Returns: (transfer none): the field, to mark it faulty
 */
SkyField *
sky_fields_add (SkyFields *self, const char *name, gsize start, gsize len, const char *format, ...)
{
  SkyField *field;
  va_list args;

  va_start (args, format);
  field = add_valist (self, name, start, len, format, args);
  va_end (args);
  return field;
}

/**
 * sky_fields_open:
 * @title: a layer or a group, in words
 * @start: first byte, counted from the unit's first byte
 * @len: bytes, or 0 where no byte says it
 * @format: (nullable): the value, in words
 *
 * Adds a title; the fields that follow stand under it until sky_fields_close().
 */
void
sky_fields_open (SkyFields *self,
                 const char *title,
                 gsize start,
                 gsize len,
                 const char *format,
                 ...)
{
  va_list args;

  va_start (args, format);
  add_valist (self, title, start, len, format, args);
  va_end (args);
  self->depth++;
}

/**
 * sky_fields_close:
 *
 * Ends what the last sky_fields_open() began.
 */
void
sky_fields_close (SkyFields *self)
{
  g_return_if_fail (self->depth > 0);

  self->depth--;
}
