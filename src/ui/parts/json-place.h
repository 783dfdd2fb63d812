#pragma once

#include <glib.h>

/* Where a cursor stands among arguments that are being written, if the name of a member belongs there. */
typedef struct
{
  guint    arg;      /* which argument, from 0 */
  GStrv    path;     /* keys that lead down to the object; "" for the items of an array */
  GStrv    siblings; /* keys that the object has before the cursor */
  gsize    start;    /* bytes from the beginning: where what there is of the name begins, behind its quote */
  gboolean quoted;   /* the quote is there */
} SkyJsonPlace;

gboolean sky_json_place_find (const char *text, gsize pos, SkyJsonPlace *place);
void     sky_json_place_clear (SkyJsonPlace *place);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SkyJsonPlace, sky_json_place_clear)
