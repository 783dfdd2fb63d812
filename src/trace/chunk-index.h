#pragma once

#include <glib.h>

/**
 * SkyChunkIndex:
 *
 * Where the bytes of one direction of one connection lie in the spool. Chunks follow each other
 * without a gap, so each is known by where it begins.
 */
typedef struct
{
  GArray *chunks; /* of SkyChunk, in order of both offsets; NULL if none came yet */
  guint64 len;    /* bytes of the stream so far */
} SkyChunkIndex;

typedef struct
{
  guint64 stream_offset; /* bytes */
  guint64 file_offset;   /* bytes; of the payload */
} SkyChunk;

static inline void
sky_chunk_index_add (SkyChunkIndex *self, guint64 file_offset, gsize len)
{
  SkyChunk chunk = { self->len, file_offset };

  if (self->chunks == NULL)
    self->chunks = g_array_new (FALSE, FALSE, sizeof (SkyChunk));
  g_array_append_val (self->chunks, chunk);
  self->len += len;
}

/* Returns: how many bytes follow @offset within its chunk (0 past the end); @at: where they lie */
static inline gsize
sky_chunk_index_find (const SkyChunkIndex *self, guint64 offset, guint64 *at)
{
  guint low = 0, high = self->chunks != NULL ? self->chunks->len : 0;
  const SkyChunk *chunk;
  guint64 end;

  if (offset >= self->len)
    return 0;
  while (high - low > 1)
    {
      guint middle = low + (high - low) / 2;

      if (g_array_index (self->chunks, SkyChunk, middle).stream_offset <= offset)
        low = middle;
      else
        high = middle;
    }
  chunk = &g_array_index (self->chunks, SkyChunk, low);
  end = low + 1 < self->chunks->len ? chunk[1].stream_offset : self->len;
  *at = chunk->file_offset + (offset - chunk->stream_offset);
  return (gsize) (end - offset);
}

static inline void
sky_chunk_index_clear (SkyChunkIndex *self)
{
  g_clear_pointer (&self->chunks, g_array_unref);
}
