#include "http/http-upgrade.h"

#include <string.h>

#include "http/http-line.h"

#define GUID "258EAFA5-E914-47DA-95CA-C5AB0DC85B11" /* RFC 6455 §1.3 */

/**
 * sky_http_upgrade_key:
 * @random: 16 octets that nobody can foresee
 *
 * Returns: (transfer full): the value of Sec-WebSocket-Key, 24 characters; RFC 6455 §4.1
 */
char *
sky_http_upgrade_key (const guint8 random[16])
{
  return g_base64_encode (random, 16);
}

/**
 * sky_http_upgrade_accept:
 * @key: a Sec-WebSocket-Key as it was sent, without the white space around it
 *
 * Returns: (transfer full): the only right value of Sec-WebSocket-Accept; RFC 6455 §4.2.2
 */
char *
sky_http_upgrade_accept (const char *key)
{
  g_autoptr(GChecksum) sha1 = g_checksum_new (G_CHECKSUM_SHA1);
  guint8 digest[20];
  gsize digest_len = sizeof digest;

  g_checksum_update (sha1, (const guchar *) key, -1);
  g_checksum_update (sha1, (const guchar *) GUID, -1);
  g_checksum_get_digest (sha1, digest, &digest_len);
  return g_base64_encode (digest, digest_len);
}

static void
append_header (GString *text, const char *name, const char *value, const char *const *extra)
{
  gboolean replaced = FALSE;

  for (; extra != NULL && *extra != NULL; extra++)
    if (sky_http_line_is (*extra, name))
      {
        g_string_append_printf (text, "%s\r\n", *extra);
        replaced = TRUE;
      }
  if (!replaced && value != NULL && sky_http_line_value_fits (value))
    g_string_append_printf (text, "%s: %s\r\n", name, value);
}

/**
 * sky_http_upgrade_request:
 * @upgrade: what to ask for
 *
 * Writes the request that opens a WebSocket (RFC 6455 §4.1), its headers in the order of a
 * browser, then those of @upgrade->headers. One of these that names a header written here takes
 * its place, so that a wrong handshake can be sent on purpose.
 *
 * No value can add a line: a header whose value holds CR, LF or another control character is
 * left out, and so is a line of @upgrade->headers that is no header. In the target such octets,
 * spaces and non-ASCII are percent-encoded; an empty target is "/".
 *
 * Returns: (transfer full): the whole head, to its empty line
 */
char *
sky_http_upgrade_request (const SkyHttpUpgrade *upgrade)
{
  const struct
  {
    const char *name, *value;
  } lines[] = {
    { "Host", upgrade->host },
    { "Connection", "Upgrade" },
    { "Upgrade", "websocket" },
    { "Origin", upgrade->origin },
    { "Sec-WebSocket-Version", "13" },
    { "Sec-WebSocket-Key", upgrade->key },
    { "Sec-WebSocket-Protocol", upgrade->subprotocols },
    { "Sec-WebSocket-Extensions", upgrade->extensions },
  };
  GString *text = g_string_new ("GET ");

  sky_http_line_append_target (text, upgrade->target);
  g_string_append (text, " HTTP/1.1\r\n");
  for (guint i = 0; i < G_N_ELEMENTS (lines); i++)
    append_header (text, lines[i].name, lines[i].value, upgrade->headers);
  for (const char *const *extra = upgrade->headers; extra != NULL && *extra != NULL; extra++)
    {
      gboolean written = FALSE;

      for (guint i = 0; i < G_N_ELEMENTS (lines); i++)
        written |= sky_http_line_is (*extra, lines[i].name);
      if (!written && sky_http_line_name_len (*extra) > 0)
        g_string_append_printf (text, "%s\r\n", *extra);
    }
  g_string_append (text, "\r\n");
  return g_string_free (text, FALSE);
}

/* The value of a header that must be there once; NULL if it is not. */
static char *
single_value (const SkyHttpHead *head, const guint8 *data, const char *name)
{
  guint n = 0;

  for (guint i = 0; i < head->n_headers; i++)
    n += sky_http_header_is (head, data, i, name);
  return n == 1 ? sky_http_head_value (head, data, name) : NULL;
}

/**
 * sky_http_upgrade_key_valid:
 * @key: a Sec-WebSocket-Key
 *
 * Returns: whether it is 16 octets in base64, RFC 6455 §4.2.1
 */
gboolean
sky_http_upgrade_key_valid (const char *key)
{
  g_autofree guchar *octets = NULL;
  gsize n = 0;

  if (strlen (key) != 24 || !g_str_has_suffix (key, "=="))
    return FALSE;
  for (gsize i = 0; i < 22; i++)
    if (!g_ascii_isalnum (key[i]) && key[i] != '+' && key[i] != '/')
      return FALSE;
  octets = g_base64_decode (key, &n);
  return n == 16;
}

/**
 * sky_http_upgrade_is_request:
 * @head: any head
 *
 * Returns: whether this is a request that means to open a WebSocket, rightly or not: it says
 *   "Upgrade: websocket", or brings a Sec-WebSocket-Key though a proxy may have dropped the rest
 */
gboolean
sky_http_upgrade_is_request (const SkyHttpHead *head, const guint8 *data)
{
  g_autofree char *key = sky_http_head_value (head, data, "Sec-WebSocket-Key");

  return !head->response && (key != NULL || sky_http_head_has_token (head, data, "Upgrade", "websocket"));
}

static guint32
check_switch (const SkyHttpHead *head, const guint8 *data)
{
  guint32 faults = 0;

  if (!sky_http_head_has_token (head, data, "Upgrade", "websocket"))
    faults |= SKY_HTTP_FAULT_UPGRADE;
  if (!sky_http_head_has_token (head, data, "Connection", "Upgrade"))
    faults |= SKY_HTTP_FAULT_CONNECTION;
  return faults;
}

/**
 * sky_http_upgrade_check_request:
 * @head: a request that means to open a WebSocket
 *
 * Judges it as a server must, RFC 6455 §4.2.1. A missing Host is in @head->faults already.
 *
 * Returns: the #SkyHttpFault flags of the second group that it deserves
 */
guint32
sky_http_upgrade_check_request (const SkyHttpHead *head, const guint8 *data)
{
  g_autofree char *method = sky_http_head_method (head, data);
  g_autofree char *key = single_value (head, data, "Sec-WebSocket-Key");
  g_autofree char *version = single_value (head, data, "Sec-WebSocket-Version");
  guint32 faults = check_switch (head, data);

  if (!g_str_equal (method, "GET") || head->minor < 1)
    faults |= SKY_HTTP_FAULT_METHOD;
  if (key == NULL || !sky_http_upgrade_key_valid (key))
    faults |= SKY_HTTP_FAULT_KEY;
  if (g_strcmp0 (version, "13") != 0)
    faults |= SKY_HTTP_FAULT_VERSION;
  return faults;
}

/* The members of a list, each without its parameters. A comma or semicolon within a quoted
 * string is none (RFC 9110 §5.6.4). */
static GStrv
list_names (const char *list)
{
  GPtrArray *names = g_ptr_array_new ();
  g_autoptr(GString) name = g_string_new (NULL);
  gboolean quoted = FALSE, parameters = FALSE;

  for (const char *at = list != NULL ? list : "";; at++)
    {
      if (*at == '\0' || (*at == ',' && !quoted))
        {
          g_strchomp (name->str);
          if (*name->str != '\0')
            g_ptr_array_add (names, g_strdup (name->str));
          g_string_truncate (name, 0);
          parameters = FALSE;
        }
      if (*at == '\0')
        break;
      if (quoted && *at == '\\' && at[1] != '\0')
        at++;
      else if (*at == '"')
        quoted = !quoted;
      else if (*at == ';')
        parameters = TRUE;
      else if (!parameters && *at != ',' && (name->len > 0 || !g_ascii_isspace (*at)))
        g_string_append_c (name, *at);
    }
  g_ptr_array_add (names, NULL);
  return (GStrv) g_ptr_array_free (names, FALSE);
}

/**
 * sky_http_upgrade_names:
 * @head: (nullable): a request or a response
 * @name: a header that lists names with parameters, like Sec-WebSocket-Extensions
 *
 * Returns: (transfer full): the names in their order, without parameters; empty if the header or
 *   the head is absent
 */
GStrv
sky_http_upgrade_names (const SkyHttpHead *head, const guint8 *data, const char *name)
{
  g_autofree char *value = head != NULL ? sky_http_head_value (head, data, name) : NULL;

  return list_names (value);
}

static gboolean
all_offered (GStrv chosen, GStrv offered)
{
  for (; *chosen != NULL; chosen++)
    if (!g_strv_contains ((const char *const *) offered, *chosen))
      return FALSE;
  return TRUE;
}

static gboolean
accept_matches (const SkyHttpHead *request, const guint8 *request_data, const SkyHttpHead *response,
                const guint8 *response_data)
{
  g_autofree char *key = single_value (request, request_data, "Sec-WebSocket-Key");
  g_autofree char *accept = single_value (response, response_data, "Sec-WebSocket-Accept");
  g_autofree char *expected = key != NULL ? sky_http_upgrade_accept (key) : NULL;

  return accept != NULL && g_strcmp0 (accept, expected) == 0;
}

/**
 * sky_http_upgrade_check_response:
 * @request: the request that asked for a WebSocket
 * @response: what answered it
 *
 * Judges the answer as a client must, RFC 6455 §4.1. Any status but 101, 426 included, is a
 * refusal, and the only fault that is named then: the other headers have no say in it. That
 * no subprotocol was chosen though some were offered is no fault by the RFC. Extensions are
 * compared by name; their parameters are the extension's own affair.
 *
 * Returns: the #SkyHttpFault flags of the second group that it deserves; 0 if the WebSocket is open
 */
guint32
sky_http_upgrade_check_response (const SkyHttpHead *request, const guint8 *request_data,
                                 const SkyHttpHead *response, const guint8 *response_data)
{
  g_autofree char *protocol = sky_http_head_value (response, response_data, "Sec-WebSocket-Protocol");
  g_auto(GStrv) extensions = sky_http_upgrade_names (response, response_data, "Sec-WebSocket-Extensions");
  g_auto(GStrv) protocols_asked = sky_http_upgrade_names (request, request_data, "Sec-WebSocket-Protocol");
  g_auto(GStrv) extensions_asked = sky_http_upgrade_names (request, request_data, "Sec-WebSocket-Extensions");
  guint32 faults = check_switch (response, response_data);

  if (response->status != 101)
    return SKY_HTTP_FAULT_STATUS;
  if (!accept_matches (request, request_data, response, response_data))
    faults |= SKY_HTTP_FAULT_ACCEPT;
  if (protocol != NULL && !g_strv_contains ((const char *const *) protocols_asked, protocol))
    faults |= SKY_HTTP_FAULT_SUBPROTOCOL;
  if (!all_offered (extensions, extensions_asked))
    faults |= SKY_HTTP_FAULT_EXTENSION;
  return faults;
}
