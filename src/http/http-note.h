#pragma once

#include "http/http-head.h"

typedef enum
{
  SKY_HTTP_VERDICT_NONE, /* nothing to check */
  SKY_HTTP_VERDICT_RIGHT,
  SKY_HTTP_VERDICT_WRONG,
} SkyHttpVerdict;

/* What the Handshake pane says about one header line, or about the start line. */
typedef struct
{
  SkyHttpVerdict verdict;
  char          *brief;   /* owned; a few words beside the line: "✓ 16 random bytes" without the mark */
  char          *explain; /* owned; two or three sentences with the section, and what was computed */
} SkyHttpNote;

#define SKY_HTTP_NOTE_START_LINE G_MAXUINT

void sky_http_note_make (SkyHttpNote *note, guint index, const SkyHttpHead *head, const guint8 *data,
                         const SkyHttpHead *other, const guint8 *other_data);
void sky_http_note_clear (SkyHttpNote *note);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SkyHttpNote, sky_http_note_clear)
