#include <glib/gi18n-lib.h>

#include "http/http-note-table.h"
#include "http/http-upgrade.h"

static void
judge (SkyHttpNote *note, gboolean right, const char *brief_right, const char *brief_wrong)
{
  sky_http_note_say (note, right ? SKY_HTTP_VERDICT_RIGHT : SKY_HTTP_VERDICT_WRONG,
                     right ? brief_right : brief_wrong);
}

static guint
count_lines (const SkyHttpNoteLine *line)
{
  g_autofree char *name = sky_http_header_name (line->head, line->data, line->index);
  guint n = 0;

  for (guint i = 0; i < line->head->n_headers; i++)
    n += sky_http_header_is (line->head, line->data, i, name);
  return n;
}

/* A header that must not be repeated; says so if it is. */
static gboolean
is_single (SkyHttpNote *note, const SkyHttpNoteLine *line)
{
  if (count_lines (line) == 1)
    return TRUE;
  sky_http_note_say (note, SKY_HTTP_VERDICT_WRONG, _("given more than once"));
  sky_http_note_add (note, _("It must be given only once."));
  return FALSE;
}

/* A header that only one side may send; says so if the other one did. */
static gboolean
is_sender (SkyHttpNote *note, const SkyHttpNoteLine *line, gboolean response)
{
  if (line->head->response == response)
    return TRUE;
  sky_http_note_say (note, SKY_HTTP_VERDICT_WRONG,
                     response ? _("has no place in a request") : _("has no place in a response"));
  return FALSE;
}

void
sky_http_note_host (SkyHttpNote *note, const SkyHttpNoteLine *line)
{
  if (is_sender (note, line, FALSE) && is_single (note, line))
    sky_http_note_say (note, SKY_HTTP_VERDICT_RIGHT, NULL);
}

void
sky_http_note_upgrade (SkyHttpNote *note, const SkyHttpNoteLine *line)
{
  gboolean websocket = sky_http_head_has_token (line->head, line->data, "Upgrade", "websocket");

  if (line->head->response && line->head->status != 101)
    sky_http_note_say (note, SKY_HTTP_VERDICT_NONE, _("what the server would switch to"));
  else if (line->upgrade)
    judge (note, websocket, _("asks for, or agrees to, a WebSocket"), _("does not say \"websocket\""));
  else
    sky_http_note_say (note, SKY_HTTP_VERDICT_NONE, _("another protocol than WebSocket"));
}

void
sky_http_note_connection (SkyHttpNote *note, const SkyHttpNoteLine *line)
{
  const char *name = "Connection";

  if (line->upgrade && (!line->head->response || line->head->status == 101))
    judge (note, sky_http_head_has_token (line->head, line->data, name, "upgrade"),
           _("\"Upgrade\" is meant for this hop"), _("does not say \"Upgrade\""));
  else if (sky_http_head_has_token (line->head, line->data, name, "close"))
    sky_http_note_say (note, SKY_HTTP_VERDICT_NONE, _("ends after this response"));
  else if (sky_http_head_has_token (line->head, line->data, name, "keep-alive"))
    sky_http_note_say (note, SKY_HTTP_VERDICT_NONE, _("stays open for the next request"));
}

void
sky_http_note_key (SkyHttpNote *note, const SkyHttpNoteLine *line)
{
  g_autofree char *key = sky_http_header_value (line->head, line->data, line->index);
  g_autofree char *accept = sky_http_upgrade_accept (key);

  if (!is_sender (note, line, FALSE) || !is_single (note, line))
    return;
  judge (note, sky_http_upgrade_key_valid (key), _("16 random bytes"), _("not 16 bytes in base64"));
  sky_http_note_add (note, _("The answer that follows from it: %s."), accept);
}

void
sky_http_note_version (SkyHttpNote *note, const SkyHttpNoteLine *line)
{
  g_autofree char *version = sky_http_header_value (line->head, line->data, line->index);

  if (line->head->response)
    sky_http_note_say (note, SKY_HTTP_VERDICT_NONE, _("the versions that the server speaks"));
  else if (is_single (note, line))
    judge (note, g_str_equal (version, "13"), _("the version of RFC 6455"), _("must be 13"));
}

/* What the other side made of an offer; @name is the header of both. */
static void
add_choice (SkyHttpNote *note, const SkyHttpNoteLine *line, const char *name)
{
  g_autofree char *choice = NULL;

  if (line->other == NULL || !line->other->response || line->other->status != 101)
    return;
  choice = sky_http_head_value (line->other, line->other_data, name);
  if (choice != NULL)
    sky_http_note_add (note, _("The server chose: %s."), choice);
  else if (g_str_equal (name, "Sec-WebSocket-Protocol"))
    sky_http_note_add (note, _("The server chose none; the RFC allows it, but browsers then give up."));
  else
    sky_http_note_add (note, _("The server chose none, and the connection works without."));
}

void
sky_http_note_protocol (SkyHttpNote *note, const SkyHttpNoteLine *line)
{
  const char *name = "Sec-WebSocket-Protocol";
  g_autofree char *chosen = sky_http_head_value (line->head, line->data, name);
  g_auto(GStrv) offered = sky_http_upgrade_names (line->other, line->other_data, name);

  if (!line->head->response)
    {
      add_choice (note, line, name);
      return;
    }
  sky_http_note_say (note, SKY_HTTP_VERDICT_NONE, _("the server's choice"));
  if (is_single (note, line) && line->other != NULL)
    judge (note, g_strv_contains ((const char *const *) offered, chosen), _("one of those offered"),
           _("was not offered"));
}

void
sky_http_note_extensions (SkyHttpNote *note, const SkyHttpNoteLine *line)
{
  const char *name = "Sec-WebSocket-Extensions";
  g_auto(GStrv) chosen = sky_http_upgrade_names (line->head, line->data, name);
  g_auto(GStrv) offered = sky_http_upgrade_names (line->other, line->other_data, name);
  gboolean right = TRUE;

  if (!line->head->response)
    {
      add_choice (note, line, name);
      return;
    }
  sky_http_note_say (note, SKY_HTTP_VERDICT_NONE, _("what the server agrees to"));
  if (line->other == NULL)
    return;
  for (char **extension = chosen; *extension != NULL; extension++)
    right &= g_strv_contains ((const char *const *) offered, *extension);
  judge (note, right, _("agrees to what was offered"), _("was not offered"));
}

void
sky_http_note_accept (SkyHttpNote *note, const SkyHttpNoteLine *line)
{
  g_autofree char *accept = sky_http_header_value (line->head, line->data, line->index);
  g_autofree char *key = NULL;
  g_autofree char *expected = NULL;
  gboolean right;

  if (!is_sender (note, line, TRUE) || !is_single (note, line) || line->other == NULL)
    return;
  key = sky_http_head_value (line->other, line->other_data, "Sec-WebSocket-Key");
  if (key == NULL)
    {
      sky_http_note_say (note, SKY_HTTP_VERDICT_WRONG, _("the request had no key"));
      sky_http_note_add (note, _("The request brought no Sec-WebSocket-Key that this could answer."));
      return;
    }
  expected = sky_http_upgrade_accept (key);
  right = g_str_equal (accept, expected);
  judge (note, right, _("follows from the key"), _("does not follow from the key"));
  if (right)
    sky_http_note_add (note, _("Computed here: %s — they match."), expected);
  else
    sky_http_note_add (note, _("Computed here: %s — they differ."), expected);
}

/* Neither header of a body may stand in an answer that has none (RFC 9110 §8.6, RFC 9112 §6.1). */
static gboolean
is_bodiless (SkyHttpNote *note, const SkyHttpNoteLine *line)
{
  if (!line->head->response || (line->head->status >= 200 && line->head->status != 204))
    return FALSE;
  sky_http_note_say (note, SKY_HTTP_VERDICT_WRONG, _("this response can have no body"));
  sky_http_note_add (note, _("A response with status %u has no body and must not send this header."),
                     line->head->status);
  return TRUE;
}

void
sky_http_note_length (SkyHttpNote *note, const SkyHttpNoteLine *line)
{
  if (is_bodiless (note, line))
    return;
  if ((line->head->faults & SKY_HTTP_FAULT_LENGTH) == 0)
    return;
  sky_http_note_say (note, SKY_HTTP_VERDICT_WRONG, _("cannot be relied upon"));
  sky_http_note_add (note, _("Here it is no number, or it contradicts another header."));
}

void
sky_http_note_transfer (SkyHttpNote *note, const SkyHttpNoteLine *line)
{
  if (is_bodiless (note, line))
    return;
  if (sky_http_head_has_token (line->head, line->data, "Transfer-Encoding", "chunked"))
    sky_http_note_say (note, SKY_HTTP_VERDICT_NONE, _("the body comes in chunks"));
}
