#pragma once

#include "stack/record.h"

#define SKY_STACK_MAX_MESSAGE (64 * 1024 * 1024) /* bytes of one message that are kept together */

/* Where a stack puts what it finds. The store is one; tests have their own. */
typedef struct
{
  /* Takes a record (its link is not set). Returns: the number it got */
  guint32 (*record) (gpointer sink, const SkyRecord *record);
  /* Something became known of an earlier record: add @flags and @faults, drop @unflags, set @mate unless NONE. */
  void (*amend) (gpointer sink, guint32 number, guint8 flags, guint8 unflags, guint32 faults, guint32 mate);
  /* Keeps bytes that do not lie on the wire. Returns: where they are, for SkyRecord.body */
  guint64 (*derive) (gpointer sink, const guint8 *data, gsize len);
} SkyStackSink;

/* What a stack found to be spoken on a connection. */
typedef enum
{
  SKY_SPEECH_UNKNOWN,
  SKY_SPEECH_HTTP,
  SKY_SPEECH_WEBSOCKET,
  SKY_SPEECH_ENGINE_IO,
  SKY_SPEECH_SOCKET_IO,
  SKY_SPEECH_OTHER, /* no HTTP */
} SkySpeech;

typedef struct _SkyStack SkyStack;

/* The Engine.IO sessions of a trace, which long-polling spreads over connections. */
typedef struct _SkyStackSessions SkyStackSessions;

SkyStack *sky_stack_new (const SkyStackSink *sink, gpointer sink_data);
void      sky_stack_free (SkyStack *self);
void      sky_stack_push (SkyStack *self, SkyFrom from, gint64 time_usec, const guint8 *data, gsize len);
void      sky_stack_end (SkyStack *self, SkyFrom from, gint64 time_usec);
void      sky_stack_give_up (SkyStack *self, SkyFrom from, const char *nsp, guint64 id);
SkySpeech sky_stack_get_speech (SkyStack *self);

SkyStackSessions *sky_stack_sessions_new (void);
void              sky_stack_sessions_free (SkyStackSessions *self);
void              sky_stack_share (SkyStack *self, SkyStackSessions *sessions);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SkyStack, sky_stack_free)
