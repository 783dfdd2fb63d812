#pragma once

#include <glib.h>

typedef struct
{
  guint64 stream_offset; /* bytes */
  guint64 file_offset;   /* bytes; of the payload */
} SkyChunk;

/**
 * SkyChunkIndex:
 *
 * Where the bytes of one direction of one connection lie in the spool. Chunks follow each other
 * without a gap, so each is known by where it begins.
 */
typedef struct
{
  SkyChunk *chunks; /* in order of both offsets; NULL if none came yet */
  guint     n_chunks, room;
  guint64   len; /* bytes of the stream so far */
} SkyChunkIndex;

static inline void
sky_chunk_index_add (SkyChunkIndex *self, guint64 file_offset, gsize len)
{
  if (self->n_chunks == self->room)
    {
      self->room = MAX (2 * self->room, 4);
      self->chunks = g_renew (SkyChunk, self->chunks, self->room);
    }
  self->chunks[self->n_chunks++] = (SkyChunk) { self->len, file_offset };
  self->len += len;
}

/* Returns: how many bytes follow @offset within its chunk (0 past the end); @at: where they lie */
static inline gsize
sky_chunk_index_find (const SkyChunkIndex *self, guint64 offset, guint64 *at)
{
  guint low = 0, high = self->n_chunks;
  const SkyChunk *chunk;
  guint64 end;

  if (offset >= self->len)
    return 0;
  while (high - low > 1)
    {
      guint middle = low + (high - low) / 2;

      if (self->chunks[middle].stream_offset <= offset)
        low = middle;
      else
        high = middle;
    }
  chunk = &self->chunks[low];
  end = low + 1 < self->n_chunks ? chunk[1].stream_offset : self->len;
  *at = chunk->file_offset + (offset - chunk->stream_offset);
  return (gsize) (end - offset);
}

static inline void
sky_chunk_index_clear (SkyChunkIndex *self)
{
  g_free (self->chunks);
  *self = (SkyChunkIndex) { NULL };
}
