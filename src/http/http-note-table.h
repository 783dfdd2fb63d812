#pragma once

#include "http/http-note.h"

/* What http-note.c puts together; no one else includes this. */

/* One line under annotation, and the heads of its exchange. All of it is borrowed. */
typedef struct
{
  guint              index; /* of the line, or SKY_HTTP_NOTE_START_LINE */
  const SkyHttpHead *head, *other;
  const guint8      *data, *other_data;
  gboolean           upgrade; /* the exchange means to open a WebSocket */
} SkyHttpNoteLine;

typedef struct
{
  const char *name;    /* of the header; with "*" at its end it stands for all that begin so */
  const char *brief;   /* nullable, marked with N_() */
  const char *explain; /* marked with N_() */
  void (*check) (SkyHttpNote *note, const SkyHttpNoteLine *line); /* nullable */
} SkyHttpNoteRow;

typedef struct
{
  guint       first, last; /* status codes */
  const char *brief, *explain;
} SkyHttpStatusRow;

extern const SkyHttpNoteRow   sky_http_note_rows[];   /* ended by a row without a name */
extern const SkyHttpStatusRow sky_http_status_rows[]; /* the last row fits every status */

void sky_http_note_say (SkyHttpNote *note, SkyHttpVerdict verdict, const char *brief);
void sky_http_note_add (SkyHttpNote *note, const char *format, ...) G_GNUC_PRINTF (2, 3);

void sky_http_note_host (SkyHttpNote *note, const SkyHttpNoteLine *line);
void sky_http_note_upgrade (SkyHttpNote *note, const SkyHttpNoteLine *line);
void sky_http_note_connection (SkyHttpNote *note, const SkyHttpNoteLine *line);
void sky_http_note_key (SkyHttpNote *note, const SkyHttpNoteLine *line);
void sky_http_note_version (SkyHttpNote *note, const SkyHttpNoteLine *line);
void sky_http_note_protocol (SkyHttpNote *note, const SkyHttpNoteLine *line);
void sky_http_note_extensions (SkyHttpNote *note, const SkyHttpNoteLine *line);
void sky_http_note_accept (SkyHttpNote *note, const SkyHttpNoteLine *line);
void sky_http_note_length (SkyHttpNote *note, const SkyHttpNoteLine *line);
void sky_http_note_transfer (SkyHttpNote *note, const SkyHttpNoteLine *line);
