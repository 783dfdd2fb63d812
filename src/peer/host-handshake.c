#include "peer/host-handshake.h"

#include <string.h>

#include "base/json.h"

/* Socket.IO documentation, "Server: the Socket instance", handshake */

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

/* Returns: (transfer full): plain text: "/socket.io/?EIO=4&transport=polling" */
char *
sky_host_handshake_get_url (SkyHostSession *session)
{
  const char *query = g_uri_get_query (session->uri);

  return g_strconcat (g_uri_get_path (session->uri), query != NULL ? "?" : "", query, NULL);
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
  return soup_message_headers_get_one (session->headers, "Origin") != NULL;
}
