#include "trace/export.h"

#include <string.h>

#include "base/hex.h"
#include "trace/redact.h"
#include "trace/row-private.h"

/* One record as one line for people, on a terminal. */

#define NSP_WIDTH   8  /* columns */
#define EVENT_WIDTH 16 /* columns */
#define DATA_LEN    240 /* bytes */

typedef enum { PLAIN, DIM, BOLD, IN, OUT, WRONG } Style;

static const char *const styles[] = {
  "", "\033[2m", "\033[1m", "\033[32m", "\033[36m", "\033[31m",
};

static void
put (GString *line, gboolean colour, Style style, const char *text)
{
  if (colour && style != PLAIN && text[0] != '\0')
    g_string_append_printf (line, "%s%s\033[0m", styles[style], text);
  else
    g_string_append (line, text);
}

/* What a peer sent must not steer the terminal: only what prints is left of it. */
static void
put_theirs (GString *line, gboolean colour, Style style, const char *text, glong width)
{
  g_autofree char *clean = sky_hex_printable ((const guint8 *) text, strlen (text), DATA_LEN);
  glong n = g_utf8_strlen (clean, -1);

  put (line, colour, style, clean);
  for (; n < width; n++)
    g_string_append_c (line, ' ');
  if (width > 0)
    g_string_append_c (line, ' ');
}

static void
put_direction (GString *line, gboolean colour, SkyStore *store, const SkyRecord *record)
{
  const SkyStoreLink *link = sky_store_get_link (store, record->link);
  gboolean in = sky_store_is_in (store, record);

  if (link != NULL && link->role == SKY_ROLE_RELAY)
    put (line, colour, in ? IN : OUT, record->from == SKY_FROM_CLIENT ? "→ " : "← ");
  else
    put (line, colour, in ? IN : OUT, in ? "↓ " : "↑ ");
}

static void
put_after (GString *line, gboolean colour, Style style, const char *before, const char *text)
{
  if (text[0] == '\0')
    return;
  if (line->len > 0 && line->str[line->len - 1] != ' ')
    g_string_append_c (line, ' ');
  g_string_append_c (line, ' ');
  put (line, colour, style, before);
  put (line, colour, style, text);
}

/* Returns: (nullable) (transfer full): what is shown instead of the data */
static char *
redact (const SkySummary *summary, const SkyRecord *record)
{
  if (summary->data == NULL || (record->layer != SKY_LAYER_SIO && !(record->flags & SKY_RECORD_COVERED)))
    return NULL;
  if (record->layer == SKY_LAYER_SIO && summary->event != NULL)
    {
      g_autofree char *whole = sky_redact_admin_event (summary->event, summary->data);

      if (whole != NULL)
        return g_steal_pointer (&whole);
    }
  return sky_redact_admin (summary->data, strlen (summary->data), NULL);
}

/**
 * sky_export_human_line:
 * @number: of a record that @store has
 * @colour: whether to colour it as terminals do
 *
 * Time, direction, layer, namespace, event and data in columns; then how an ack went and which
 * rules are broken.
 *
 * Returns: (transfer full): one line without its end; no control character of a peer's is in it
 */
char *
sky_export_human_line (SkyStore *store, guint32 number, gboolean colour)
{
  g_autoptr(SkyRow) row = NULL;
  g_autofree char *time = NULL;
  g_autofree char *ack = NULL;
  g_autofree char *faults = NULL, *data = NULL;
  const SkySummary *summary;
  const SkyRecord *record;
  GString *line;

  g_return_val_if_fail (SKY_IS_STORE (store), NULL);
  g_return_val_if_fail (number < sky_store_get_n_records (store), NULL);

  row = sky_row_new (store, number, NULL);
  record = sky_row_get_record (row);
  summary = sky_row_get_summary (row);
  time = sky_row_format_time (row);
  ack = sky_row_format_ack (row);
  data = redact (summary, record);
  faults = g_strdelimit (sky_row_format_faults (row), "\n", ' ');

  line = g_string_new (NULL);
  put (line, colour, DIM, time);
  g_string_append_c (line, ' ');
  put_direction (line, colour, store, record);
  put_theirs (line, colour, DIM, sky_layer_id (record->layer), 7);
  put_theirs (line, colour, PLAIN, summary->nsp != NULL ? summary->nsp : "", NSP_WIDTH);
  put_theirs (line, colour, BOLD, summary->event != NULL ? summary->event : "", EVENT_WIDTH);
  put_theirs (line, colour, PLAIN, data != NULL ? data : summary->data != NULL ? summary->data : "", 0);
  put_after (line, colour, DIM, "· ", ack);
  put_after (line, colour, WRONG, "! ", faults);
  while (line->len > 0 && line->str[line->len - 1] == ' ')
    g_string_truncate (line, line->len - 1);
  return g_string_free (line, FALSE);
}
