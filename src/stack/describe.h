#pragma once

#include "base/field.h"
#include "stack/record.h"

/**
 * SkyBytesSource:
 *
 * Where a description reads. @wire gives a record's own bytes as they stand (of a WebSocket frame:
 * header and masked payload), @body what the record carries; both no more than max_len bytes, owned
 * by the caller, empty if there are none.
 */
typedef struct
{
  gpointer         data;
  const SkyRecord *(*record) (gpointer data, guint32 number); /* NULL if there is no such record */
  GBytes          *(*wire) (gpointer data, guint32 number, gsize max_len);
  GBytes          *(*body) (gpointer data, guint32 number, gsize max_len);
} SkyBytesSource;

/* What a record says, in the words of CLI.md. All strings are owned and nullable. */
typedef struct
{
  char    *event;  /* what the Event column shows: the event's name, "CONNECT", "GET", "101 Switching Protocols", "ping" */
  char    *nsp;    /* sio: the namespace, "/" included */
  char    *data;   /* what the Data column shows, on one line; cut at the limit */
  char    *sid;
  char    *reason; /* of a close */
  gboolean has_ack;
  guint64  ack;           /* sio: the ack id */
  guint    status;        /* http: of a response */
  guint    code;          /* ws: of a close */
  guint    n_attachments; /* sio: as announced */
} SkySummary;

/* The bytes that a Layers and Bytes pane show for one record, and the fields that point into them. */
typedef struct
{
  char   *title; /* owned: "On the wire", "Unmasked", "Inflated", "Message", "Attachment 0" */
  GBytes *bytes; /* owned */
} SkyDetailBuffer;

typedef struct
{
  SkyFields *fields;  /* owned; SkyField.buffer indexes @buffers */
  GPtrArray *buffers; /* of SkyDetailBuffer, owned */
  char      *explain; /* owned: what this record means, in plain words, with its section */
} SkyDetail;

void       sky_summary_make (SkySummary *summary, guint32 number, const SkyBytesSource *source, gsize limit);
void       sky_summary_clear (SkySummary *summary);
char      *sky_describe_args (guint32 number, const SkyBytesSource *source);
char      *sky_describe_payload (guint32 number, const SkyBytesSource *source, GBytes **raw);
GPtrArray *sky_describe_attachments (guint32 number, const SkyBytesSource *source);
char      *sky_explain (guint32 number, const SkyBytesSource *source);
SkyDetail *sky_detail_new (guint32 number, const SkyBytesSource *source);
void       sky_detail_free (SkyDetail *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SkySummary, sky_summary_clear)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SkyDetail, sky_detail_free)
