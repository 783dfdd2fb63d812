#include "trace/store-private.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

/*
 * Where records lie: the first million in memory, the others in a file without a name that is mapped, so that
 * a flood of them takes the disk's room and not everyone's memory.
 */

#define MAX_HELD    16 /* segments in memory of our own: 59 MB */
#define SEGMENT_LEN (SKY_STORE_SEGMENT_LEN * sizeof (SkyRecord)) /* bytes: whole pages */

G_STATIC_ASSERT (SEGMENT_LEN % 65536 == 0);

/* Room is taken before: a write into a file that cannot grow would be the end of us. */
static SkyRecord *
map_segment (SkyStore *self)
{
  off_t offset = (off_t) (self->segments->len - MAX_HELD) * (off_t) SEGMENT_LEN;
  void *segment;
  int saved_errno;

  if (self->overflow < 0 && self->segments->len == MAX_HELD)
    self->overflow = sky_spool_open_unnamed (&saved_errno);
  if (self->overflow < 0 || posix_fallocate (self->overflow, offset, SEGMENT_LEN) != 0)
    return NULL;
  segment = mmap (NULL, SEGMENT_LEN, PROT_READ | PROT_WRITE, MAP_SHARED, self->overflow, offset);
  return segment != MAP_FAILED ? segment : NULL;
}

static void
unmap_segment (gpointer segment)
{
  munmap (segment, SEGMENT_LEN);
}

void
sky_store_init_segments (SkyStore *self)
{
  self->segments = g_ptr_array_new ();
  self->held = g_ptr_array_new_with_free_func (g_free);
  self->mapped = g_ptr_array_new_with_free_func (unmap_segment);
  self->overflow = -1;
}

/* One more; where the disk has no room for it, in memory. */
void
sky_store_add_segment (SkyStore *self)
{
  SkyRecord *segment = self->segments->len >= MAX_HELD ? map_segment (self) : NULL;

  if (segment != NULL)
    g_ptr_array_add (self->mapped, segment);
  else
    g_ptr_array_add (self->held, segment = g_new (SkyRecord, SKY_STORE_SEGMENT_LEN));
  g_ptr_array_add (self->segments, segment);
}

void
sky_store_clear_segments (SkyStore *self)
{
  g_clear_pointer (&self->segments, g_ptr_array_unref);
  g_clear_pointer (&self->held, g_ptr_array_unref);
  g_clear_pointer (&self->mapped, g_ptr_array_unref);
  if (self->overflow >= 0)
    close (self->overflow);
  self->overflow = -1;
}
