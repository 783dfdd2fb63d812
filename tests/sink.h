#pragma once

#include "stack/describe.h"
#include "stack/stack.h"

/* A sink in memory, with all that a description needs: what the store is in the program. */
typedef struct
{
  GArray     *records; /* of SkyRecord */
  GByteArray *streams[2];
  GByteArray *derived;
  SkyStack   *stack;
} Sink;

void           sink_init (Sink *self);
void           sink_clear (Sink *self);
void           sink_push (Sink *self, SkyFrom from, gint64 time_usec, const guint8 *data, gsize len);
SkyRecord     *sink_record (Sink *self, guint32 number);
SkyBytesSource sink_source (Sink *self);
char          *sink_dump (Sink *self);
