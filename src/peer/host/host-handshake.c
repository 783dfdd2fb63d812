#include "peer/host/host-handshake.h"

#include <string.h>

#include "base/json.h"

/* Socket.IO documentation, "Server: the Socket instance", handshake */

static void
append_line (const char *name, const char *value, gpointer text)
{
  g_string_append_printf (text, "%s: %s\r\n", name, value);
}

/* What the first request said, as text: in parts it would take several times as much of each idle client's memory. */
void
sky_host_handshake_keep (SkyHostSession *session, SoupServerMessage *message)
{
  GUri *uri = soup_server_message_get_uri (message);
  const char *query = g_uri_get_query (uri);
  g_autoptr(GString) lines = g_string_new (NULL);

  soup_message_headers_foreach (soup_server_message_get_request_headers (message), append_line, lines);
  session->headers = g_strndup (lines->str, lines->len);
  session->url = g_strconcat (g_uri_get_path (uri), query != NULL ? "?" : "", query, NULL);
}

/* Returns: (transfer full): those of the first request */
SoupMessageHeaders *
sky_host_handshake_get_headers (SkyHostSession *session)
{
  SoupMessageHeaders *headers = soup_message_headers_new (SOUP_MESSAGE_HEADERS_REQUEST);
  g_autofree char *head = g_strconcat ("GET / HTTP/1.1\r\n", session->headers, NULL);

  soup_headers_parse (head, (int) strlen (head), headers); /* it passes over the first line */
  return headers;
}

/* @text: (nullable): what comes from outside may be no UTF-8, and would be no JSON either */
void
sky_host_handshake_append_text (GString *json, const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text != NULL ? text : "", -1);

  sky_json_quote (json, valid, -1);
}

/* An object; names in lower case, those that come twice as one, as Node's HTTP has them. */
void
sky_host_handshake_append_headers (GString *json, SoupMessageHeaders *headers)
{
  g_autoptr(GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  SoupMessageHeadersIter iter;
  const char *name, *value;

  g_string_append_c (json, '{');
  soup_message_headers_iter_init (&iter, headers);
  while (soup_message_headers_iter_next (&iter, &name, &value))
    {
      char *lower = g_ascii_strdown (name, -1);

      if (!g_hash_table_add (seen, lower))
        continue;
      g_string_append (json, g_hash_table_size (seen) > 1 ? "," : "");
      sky_host_handshake_append_text (json, lower);
      g_string_append_c (json, ':');
      sky_host_handshake_append_text (json, soup_message_headers_get_list (headers, name));
    }
  g_string_append_c (json, '}');
}

/* Returns: (transfer full): plain text: "[::1]:3000" is at "::1" */
char *
sky_host_handshake_get_address (SkyHostSession *session)
{
  const char *remote = sky_link_get_facts (session->link)->remote;
  const char *colon = remote != NULL ? strrchr (remote, ':') : NULL;

  if (colon == NULL)
    return g_strdup ("");
  if (*remote == '[' && colon - remote >= 2)
    return g_strndup (remote + 1, (gsize) (colon - remote - 2));
  return g_strndup (remote, (gsize) (colon - remote));
}

/* Returns: (transfer full): plain text, as JavaScript turns a Date into text where the clock shows UTC */
char *
sky_host_handshake_get_time (SkyHostSession *session)
{
  static const char *const days[] = { "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun" };
  static const char *const months[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                        "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
  g_autoptr(GDateTime) date = g_date_time_new_from_unix_utc (session->issued_usec / G_USEC_PER_SEC);

  return g_strdup_printf ("%s %s %02d %04d %02d:%02d:%02d GMT+0000 (Coordinated Universal Time)",
                          days[g_date_time_get_day_of_week (date) - 1], months[g_date_time_get_month (date) - 1],
                          g_date_time_get_day_of_month (date), g_date_time_get_year (date),
                          g_date_time_get_hour (date), g_date_time_get_minute (date), g_date_time_get_second (date));
}

/* Returns: (transfer full): plain text: "/socket.io/" */
char *
sky_host_handshake_get_path (SkyHostSession *session)
{
  return g_strndup (session->url, strcspn (session->url, "?"));
}

/* Returns: (nullable): plain text: "EIO=4&transport=polling" */
const char *
sky_host_handshake_get_query (SkyHostSession *session)
{
  const char *mark = strchr (session->url, '?');

  return mark != NULL ? mark + 1 : NULL;
}

gboolean
sky_host_handshake_is_secure (SkyHostSession *session)
{
  const SkyHostOptions *options = &session->house->options;

  return options->tls_self_signed || options->tls_cert != NULL;
}

/* Returns: whether a page of some origin sent it */
gboolean
sky_host_handshake_is_xdomain (SkyHostSession *session)
{
  g_autoptr(SoupMessageHeaders) headers = sky_host_handshake_get_headers (session);

  return soup_message_headers_get_one (headers, "Origin") != NULL;
}
