#include "stack/handshake.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/hex.h"
#include "http/http-note.h"

#define MAX_TEXT 4096 /* bytes of a line that are shown */

static const struct
{
  const char *name;
  SkyPair     pair;
} pairs[] = {
  { "Sec-WebSocket-Key", SKY_PAIR_KEY },
  { "Sec-WebSocket-Accept", SKY_PAIR_KEY },
  { "Upgrade", SKY_PAIR_UPGRADE },
  { "Connection", SKY_PAIR_CONNECTION },
  { "Sec-WebSocket-Protocol", SKY_PAIR_SUBPROTOCOL },
  { "Sec-WebSocket-Extensions", SKY_PAIR_EXTENSIONS },
};

static void
line_free (gpointer data)
{
  SkyHandshakeLine *line = data;

  g_free (line->title);
  g_free (line->text);
  g_free (line->brief);
  g_free (line->explain);
  g_free (line);
}

/* Returns: (nullable) (transfer full): the head at the beginning of @bytes */
static SkyHttpHead *
decode (GBytes *bytes, gboolean response)
{
  g_autofree SkyHttpHead *head = g_new0 (SkyHttpHead, 1);
  gsize len;
  const guint8 *data = g_bytes_get_data (bytes, &len);

  return sky_http_head_decode (data, len, response, head, NULL) > 0 ? g_steal_pointer (&head)
                                                                    : NULL;
}

static char *
start_line (const guint8 *data, gsize len)
{
  const guint8 *end = memchr (data, '\n', len);
  gsize n = end != NULL ? (gsize) (end - data) : len;

  if (n > 0 && data[n - 1] == '\r')
    n--;
  return sky_hex_printable (data, n, MAX_TEXT);
}

static void
take_header (SkyHandshakeLine *line, const SkyHttpHead *head, const guint8 *data, guint index)
{
  const SkyHttpHeader *header = &head->headers[index];
  g_autofree char *name = sky_hex_printable (data + header->name_start, header->name_len, MAX_TEXT);
  g_autofree char *value
      = sky_hex_printable (data + header->value_start, header->value_len, MAX_TEXT);

  line->text = header->name_len > 0 ? g_strdup_printf ("%s: %s", name, value)
                                    : g_strdup_printf ("  %s", value);
  line->title = g_strdup (header->name_len > 0 ? name : line->text);
  for (guint i = 0; i < G_N_ELEMENTS (pairs); i++)
    if (sky_http_header_is (head, data, index, pairs[i].name))
      line->pair = pairs[i].pair;
}

/**
 * sky_handshake_annotate:
 * @head: bytes that begin with an HTTP head
 * @response: whether it is a response
 * @other: (nullable): the other side's head of the same exchange, to check against
 *
 * Takes an opening handshake apart for a person to read: the start line, then every header, in
 * the order sent, each with its verdict. RFC 6455 §4.
 *
 * Returns: (transfer full) (element-type SkyHandshakeLine): the lines; none if there is no head
 */
GPtrArray *
sky_handshake_annotate (GBytes *head, gboolean response, GBytes *other)
{
  g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func (line_free);
  g_autofree SkyHttpHead *mine = decode (head, response);
  g_autofree SkyHttpHead *theirs = other != NULL ? decode (other, !response) : NULL;
  const guint8 *their_data = theirs != NULL ? g_bytes_get_data (other, NULL) : NULL;
  gsize len;
  const guint8 *data = g_bytes_get_data (head, &len);

  for (guint i = 0; mine != NULL && i <= mine->n_headers; i++)
    {
      SkyHandshakeLine *line = g_new0 (SkyHandshakeLine, 1);
      SkyHttpNote note;

      sky_http_note_make (&note, i == 0 ? SKY_HTTP_NOTE_START_LINE : i - 1, mine, data, theirs,
                          their_data);
      if (i == 0)
        {
          line->text = start_line (data, len);
          line->title = g_strdup (line->text);
        }
      else
        take_header (line, mine, data, i - 1);
      line->verdict = note.verdict == SKY_HTTP_VERDICT_RIGHT   ? SKY_VERDICT_RIGHT
                      : note.verdict == SKY_HTTP_VERDICT_WRONG ? SKY_VERDICT_WRONG
                                                               : SKY_VERDICT_NONE;
      line->brief = g_steal_pointer (&note.brief);
      line->explain = g_steal_pointer (&note.explain);
      g_ptr_array_add (lines, line);
    }
  return g_steal_pointer (&lines);
}
