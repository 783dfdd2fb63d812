#include <glib/gi18n-lib.h>
#include <string.h>

#include "http/http-note-table.h"
#include "http/http-upgrade.h"

/* Sets the verdict, and if @brief is not NULL (already translated) the words beside the line. */
void
sky_http_note_say (SkyHttpNote *note, SkyHttpVerdict verdict, const char *brief)
{
  note->verdict = verdict;
  if (brief == NULL)
    return;
  g_free (note->brief);
  note->brief = g_strdup (brief);
}

/* Adds a sentence, already translated, to the explanation. */
void
sky_http_note_add (SkyHttpNote *note, const char *format, ...)
{
  g_autofree char *before = note->explain;
  g_autofree char *more = NULL;
  va_list args;

  va_start (args, format);
  more = g_strdup_vprintf (format, args);
  va_end (args);
  note->explain = before != NULL ? g_strconcat (before, " ", more, NULL) : g_steal_pointer (&more);
}

static void
note_request_line (SkyHttpNote *note, const SkyHttpNoteLine *line)
{
  g_autofree char *method = sky_http_head_method (line->head, line->data);
  g_autofree char *brief = NULL;
  gboolean right = g_str_equal (method, "GET") && line->head->minor >= 1;

  if (!line->upgrade)
    {
      brief = g_strdup_printf ("%s, HTTP/1.%u", method, line->head->minor);
      sky_http_note_say (note, SKY_HTTP_VERDICT_NONE, brief);
      sky_http_note_add (note, _("The start line names the method, the target and the version of HTTP. "
                                 "This is an ordinary request: it does not ask for a WebSocket. "
                                 "RFC 9112 §3, RFC 9110 §9."));
      return;
    }
  brief = right ? g_strdup_printf (_("%s, HTTP/1.%u: right for an upgrade"), method, line->head->minor)
                : g_strdup_printf (_("%s, HTTP/1.%u: an upgrade needs GET and HTTP/1.1"), method,
                                   line->head->minor);
  sky_http_note_say (note, right ? SKY_HTTP_VERDICT_RIGHT : SKY_HTTP_VERDICT_WRONG, brief);
  sky_http_note_add (note, _("Every WebSocket begins its life as an HTTP request. It must be a GET, and of "
                             "HTTP/1.1 at least, because older versions know no Upgrade. The path and the "
                             "query tell the server which of its endpoints is meant. RFC 6455 §4.1."));
}

static SkyHttpVerdict
status_verdict (const SkyHttpNoteLine *line)
{
  guint status = line->head->status;

  if (line->upgrade && (line->other != NULL || status == 101))
    return status == 101 ? SKY_HTTP_VERDICT_RIGHT : SKY_HTTP_VERDICT_WRONG;
  if (status == 101 || status >= 400)
    return SKY_HTTP_VERDICT_WRONG;
  return status >= 200 && status < 300 ? SKY_HTTP_VERDICT_RIGHT : SKY_HTTP_VERDICT_NONE;
}

static void
note_status_line (SkyHttpNote *note, const SkyHttpNoteLine *line)
{
  const SkyHttpStatusRow *row = sky_http_status_rows;
  g_autofree char *brief = NULL;

  while (line->head->status < row->first || line->head->status > row->last)
    row++;
  brief = g_strdup_printf ("%u: %s", line->head->status, _(row->brief));
  sky_http_note_say (note, status_verdict (line), brief);
  sky_http_note_add (note, "%s", _(row->explain));
  if (line->upgrade && line->head->status != 101)
    sky_http_note_add (note, _("Only 101 opens a WebSocket, so there is none here; RFC 6455 §4.1."));
  else if (!line->upgrade)
    sky_http_note_add (note, line->head->status == 101 ? _("But the request did not ask for a WebSocket.")
                                                       : _("The request did not ask for a WebSocket."));
}

static gboolean
row_fits (const SkyHttpNoteRow *row, const SkyHttpNoteLine *line)
{
  gsize len = strlen (row->name) - 1;
  const SkyHttpHeader *header = &line->head->headers[line->index];

  if (row->name[len] != '*')
    return sky_http_header_is (line->head, line->data, line->index, row->name);
  return header->name_len >= len &&
         g_ascii_strncasecmp ((const char *) line->data + header->name_start, row->name, len) == 0;
}

static void
note_malformed (SkyHttpNote *note, const SkyHttpNoteLine *line)
{
  if (line->head->headers[line->index].name_len == 0)
    {
      sky_http_note_say (note, SKY_HTTP_VERDICT_WRONG, _("continues the line before"));
      sky_http_note_add (note, _("This line begins with white space, so it goes on with the header above it. "
                                 "HTTP once allowed that; today no one may send it, and many servers refuse "
                                 "the request. RFC 9112 §5.2."));
      return;
    }
  sky_http_note_say (note, SKY_HTTP_VERDICT_WRONG, _("not a header line"));
  sky_http_note_add (note, _("A header line is a name, a colon right behind it, and a value without control "
                             "characters. This one is not, and programs along the way may read it "
                             "differently, which attackers make use of. RFC 9112 §5, RFC 9110 §5."));
}

static void
note_header (SkyHttpNote *note, const SkyHttpNoteLine *line)
{
  const SkyHttpNoteRow *row = sky_http_note_rows;

  if (!sky_http_header_sound (line->head, line->data, line->index))
    {
      note_malformed (note, line);
      return;
    }
  while (row->name != NULL && !row_fits (row, line))
    row++;
  if (row->name == NULL)
    {
      sky_http_note_add (note, _("This header belongs neither to the WebSocket handshake nor to the parts of "
                                 "HTTP that Sockeye knows. It may be the server's, the application's or a "
                                 "proxy's own; who does not know a header ignores it. RFC 9110 §5.1."));
      return;
    }
  sky_http_note_say (note, SKY_HTTP_VERDICT_NONE, row->brief != NULL ? _(row->brief) : NULL);
  sky_http_note_add (note, "%s", _(row->explain));
  if (row->check != NULL)
    row->check (note, line);
}

/**
 * sky_http_note_make:
 * @note: (out caller-allocates): what to say; clear it with sky_http_note_clear()
 * @index: a line of @head, below its n_headers, or %SKY_HTTP_NOTE_START_LINE
 * @head: the head to annotate
 * @data: where @head lies
 * @other: (nullable): the head from the other side in the same exchange
 * @other_data: (nullable): where @other lies
 *
 * Explains one line of a head to a person and checks what can be checked, for the opening
 * handshake (RFC 6455 §4) with the help of the other side's head. Without @other what depends on
 * it has no verdict. @note->brief is %NULL where there is nothing short to say; @note->explain
 * is always set. Both are translated.
 */
void
sky_http_note_make (SkyHttpNote *note, guint index, const SkyHttpHead *head, const guint8 *data,
                    const SkyHttpHead *other, const guint8 *other_data)
{
  SkyHttpNoteLine line = { index, head, other, data, other_data, .upgrade = FALSE };

  *note = (SkyHttpNote) { SKY_HTTP_VERDICT_NONE };
  g_return_if_fail (index == SKY_HTTP_NOTE_START_LINE || index < head->n_headers);

  if (!head->response)
    line.upgrade = sky_http_upgrade_is_request (head, data);
  else
    line.upgrade = other != NULL ? sky_http_upgrade_is_request (other, other_data) : head->status == 101;
  if (index != SKY_HTTP_NOTE_START_LINE)
    note_header (note, &line);
  else if (head->response)
    note_status_line (note, &line);
  else
    note_request_line (note, &line);
}

/**
 * sky_http_note_clear:
 *
 * Frees what the note owns and makes it empty.
 */
void
sky_http_note_clear (SkyHttpNote *note)
{
  g_clear_pointer (&note->brief, g_free);
  g_clear_pointer (&note->explain, g_free);
  note->verdict = SKY_HTTP_VERDICT_NONE;
}
