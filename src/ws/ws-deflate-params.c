#include <string.h>

#include "ws/ws-deflate.h"

#define EXTENSION "permessage-deflate"

/* Takes what stands before the next @separator, quoted ones aside; @at is %NULL after the last. */
static char *
next_part (const char **at, char separator)
{
  const char *start = *at, *end = start;
  gboolean quoted = FALSE;

  for (; *end != '\0' && (quoted || *end != separator); end++)
    if (*end == '"')
      quoted = !quoted;
    else if (quoted && *end == '\\' && end[1] != '\0')
      end++;
  *at = *end != '\0' ? end + 1 : NULL;
  return g_strstrip (g_strndup (start, (gsize) (end - start)));
}

/* A quoted string to what it says, in place; FALSE if its quotes do not pair. RFC 9110 §5.6.4. */
static gboolean
unquote (char *value)
{
  char *to = value;
  const char *from = value;

  if (*from++ != '"')
    return TRUE;
  for (; *from != '"'; from++)
    {
      if (*from == '\\')
        from++;
      if (*from == '\0')
        return FALSE;
      *to++ = *from;
    }
  *to = '\0';
  return from[1] == '\0';
}

/* Returns: 8–15, or 0 for anything else, leading zeros included (RFC 7692 §7.1.2). */
static guint
window_bits (const char *value)
{
  for (guint bits = 8; bits <= 15; bits++)
    {
      char digits[4];

      g_snprintf (digits, sizeof digits, "%u", bits);
      if (strcmp (value, digits) == 0)
        return bits;
    }
  return 0;
}

static gboolean
read_flag (const char *value, gboolean *flag)
{
  gboolean valid = !*flag && value == NULL;

  *flag = TRUE;
  return valid;
}

/* Whether @text is a parameter that may stand here; @seen_server_bits tells of a second one. */
static gboolean
read_param (char *text, SkyWsDeflateParams *params, gboolean *seen_server_bits)
{
  char *value = strchr (text, '=');

  if (value != NULL)
    {
      *value++ = '\0';
      g_strchomp (text);
      if (!unquote (g_strchug (value)))
        return FALSE;
    }
  if (g_ascii_strcasecmp (text, "server_no_context_takeover") == 0)
    return read_flag (value, &params->server_no_context_takeover);
  if (g_ascii_strcasecmp (text, "client_no_context_takeover") == 0)
    return read_flag (value, &params->client_no_context_takeover);
  if (g_ascii_strcasecmp (text, "server_max_window_bits") == 0)
    {
      params->server_max_window_bits = value != NULL ? window_bits (value) : 0;
      return params->server_max_window_bits != 0 && read_flag (NULL, seen_server_bits);
    }
  if (g_ascii_strcasecmp (text, "client_max_window_bits") == 0)
    {
      params->client_max_window_bits = value != NULL ? window_bits (value) : 15;
      params->client_max_window_bits_valued = value != NULL;
      return params->client_max_window_bits != 0
             && read_flag (NULL, &params->client_max_window_bits_offered);
    }
  return FALSE;
}

/* Whether @text is permessage-deflate with nothing but valid parameters. */
static gboolean
read_extension (const char *text, SkyWsDeflateParams *params)
{
  g_autofree char *name = next_part (&text, ';');
  gboolean valid = g_ascii_strcasecmp (name, EXTENSION) == 0, seen_server_bits = FALSE;

  *params = (SkyWsDeflateParams) { .enabled = TRUE };
  params->server_max_window_bits = params->client_max_window_bits = 15;
  while (valid && text != NULL)
    {
      g_autofree char *param = next_part (&text, ';');

      valid = read_param (param, params, &seen_server_bits);
    }
  return valid;
}

/**
 * sky_ws_deflate_parse:
 * @extensions: value of a Sec-WebSocket-Extensions header, or of several joined with commas
 * @params: (out caller-allocates): the first valid offer or answer; all zero if there is none
 *
 * Looks for permessage-deflate. An element with an unknown or repeated parameter, or with a value
 * that is not allowed, does not count (RFC 7692 §7.1): an offer is passed over; a client that gets
 * such an answer must fail the connection. Names are read in any case.
 *
 * Returns: whether there is one
 */
gboolean
sky_ws_deflate_parse (const char *extensions, SkyWsDeflateParams *params)
{
  while (extensions != NULL)
    {
      g_autofree char *text = next_part (&extensions, ',');

      if (read_extension (text, params))
        return TRUE;
    }
  *params = (SkyWsDeflateParams) { 0 };
  return FALSE;
}

/**
 * sky_ws_deflate_format:
 * @params: enabled, with window bits of 8–15
 *
 * Writes an offer or an answer, for a Sec-WebSocket-Extensions header. A client_max_window_bits
 * that is offered with 15 bits stands there without value, unless it is marked as valued.
 *
 * Returns: (transfer full): what sky_ws_deflate_parse() reads as @params
 */
char *
sky_ws_deflate_format (const SkyWsDeflateParams *params)
{
  GString *text = g_string_new (EXTENSION);

  if (params->server_no_context_takeover)
    g_string_append (text, "; server_no_context_takeover");
  if (params->client_no_context_takeover)
    g_string_append (text, "; client_no_context_takeover");
  if (params->server_max_window_bits < 15)
    g_string_append_printf (text, "; server_max_window_bits=%u", params->server_max_window_bits);
  if (params->client_max_window_bits < 15 || params->client_max_window_bits_valued)
    g_string_append_printf (text, "; client_max_window_bits=%u", params->client_max_window_bits);
  else if (params->client_max_window_bits_offered)
    g_string_append (text, "; client_max_window_bits");
  return g_string_free (text, FALSE);
}

/**
 * sky_ws_deflate_accepts:
 * @offer: what the client asked for
 * @answer: what the server said; one that is not enabled declines, which is always legal
 *
 * Returns: whether @answer may follow @offer. RFC 7692 §5.1, §7.1
 */
gboolean
sky_ws_deflate_accepts (const SkyWsDeflateParams *offer, const SkyWsDeflateParams *answer)
{
  gboolean valued = answer->client_max_window_bits_valued || answer->client_max_window_bits < 15;

  if (!answer->enabled)
    return TRUE;
  if (!offer->enabled)
    return FALSE;
  if (offer->server_no_context_takeover && !answer->server_no_context_takeover)
    return FALSE;
  if (answer->server_max_window_bits > offer->server_max_window_bits)
    return FALSE;
  if (!valued)
    return !answer->client_max_window_bits_offered;
  return offer->client_max_window_bits_offered
         && answer->client_max_window_bits <= offer->client_max_window_bits;
}
