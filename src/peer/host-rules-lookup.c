#include "peer/host-rules-private.h"

#include <string.h>

#include "base/json.h"
#include "peer/host-talk-private.h"

/* What rules can ask about the socket that they answer. */

static void
quote (GString *json, const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text != NULL ? text : "", -1);

  sky_json_quote (json, valid, -1);
}

static void
append_member (GString *json, const char *key, const char *text)
{
  g_string_append (json, json->str[json->len - 1] == '{' ? "" : ",");
  quote (json, key);
  g_string_append_c (json, ':');
  quote (json, text);
}

/* Names in lower case, those that come twice as one, as Node's HTTP has them. */
static void
append_headers (GString *json, SoupMessageHeaders *headers)
{
  g_autoptr(GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  SoupMessageHeadersIter iter;
  const char *name, *value;

  g_string_append_c (json, '{');
  soup_message_headers_iter_init (&iter, headers);
  while (soup_message_headers_iter_next (&iter, &name, &value))
    {
      char *lower = g_ascii_strdown (name, -1);

      if (g_hash_table_add (seen, lower))
        append_member (json, lower, soup_message_headers_get_list (headers, name));
    }
  g_string_append_c (json, '}');
}

static void
append_rooms (GString *json, const SkyHostMember *member)
{
  g_autoptr(GPtrArray) rooms = member != NULL ? sky_host_member_get_rooms (member) : NULL;

  g_string_append_c (json, '[');
  for (guint i = 0; rooms != NULL && i < rooms->len; i++)
    {
      g_string_append (json, i > 0 ? "," : "");
      sky_json_quote (json, g_ptr_array_index (rooms, i), -1);
    }
  g_string_append_c (json, ']');
}

/* "[::1]:3000" is at "::1" */
static char *
get_address (SkyHostSession *session)
{
  const char *remote = sky_link_get_facts (session->link)->remote;
  const char *colon = remote != NULL ? strrchr (remote, ':') : NULL;

  if (colon == NULL)
    return g_strdup ("");
  if (*remote == '[' && colon - remote >= 2)
    return g_strndup (remote + 1, (gsize) (colon - remote - 2));
  return g_strndup (remote, (gsize) (colon - remote));
}

/* As JavaScript turns a Date into text, where the clock shows UTC. */
static char *
format_date (gint64 time_usec)
{
  static const char *const days[] = { "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun" };
  static const char *const months[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                        "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
  g_autoptr(GDateTime) date = g_date_time_new_from_unix_utc (time_usec / G_USEC_PER_SEC);

  return g_strdup_printf ("%s %s %02d %04d %02d:%02d:%02d GMT+0000 (Coordinated Universal Time)",
                          days[g_date_time_get_day_of_week (date) - 1], months[g_date_time_get_month (date) - 1],
                          g_date_time_get_day_of_month (date), g_date_time_get_year (date),
                          g_date_time_get_hour (date), g_date_time_get_minute (date), g_date_time_get_second (date));
}

/* Socket.IO documentation, "Server: the Socket instance", handshake */
static void
append_handshake (GString *json, SkyHostPlayer *self)
{
  SkyHostSession *session = self->session;
  g_autofree char *address = get_address (session), *time = format_date (session->issued_usec);
  const char *query = g_uri_get_query (session->uri);
  g_autofree char *url = g_strconcat (g_uri_get_path (session->uri), query != NULL ? "?" : "", query, NULL);
  g_autofree char *params = sky_host_talk_query_to_json (query);
  const SkyHostOptions *options = &session->house->options;
  gboolean secure = options->tls_self_signed || options->tls_cert != NULL;

  g_string_append (json, "{\"headers\":");
  append_headers (json, session->headers);
  append_member (json, "time", time);
  append_member (json, "address", address);
  append_member (json, "url", url);
  g_string_append_printf (
      json, ",\"xdomain\":%s,\"secure\":%s,\"issued\":%" G_GINT64_FORMAT ",\"query\":%s,\"auth\":%s}",
      soup_message_headers_get_one (session->headers, "Origin") != NULL ? "true" : "false", secure ? "true" : "false",
      session->issued_usec / 1000, params, self->auth);
}

/* Appends a value that may be missing. Returns: whether there is one */
static gboolean
append_text (GString *json, const char *text)
{
  if (text != NULL)
    quote (json, text);
  return text != NULL;
}

static gboolean
append_post_headers (GString *json, SoupMessageHeaders *headers)
{
  if (headers != NULL)
    append_headers (json, headers);
  return headers != NULL;
}

static gboolean
append (SkyHostPlayer *self, SkyRulesRoot root, const char *subject, GString *json)
{
  SkyHostSession *session = self->session;
  g_autofree char *query = NULL;

  switch ((guint) root)
    {
    case SKY_RULES_ROOT_ID:
      return append_text (json, self->id);
    case SKY_RULES_ROOT_SID:
      return append_text (json, session->sid);
    case SKY_RULES_ROOT_NSP:
      return append_text (json, *self->nsp != '\0' ? self->nsp : NULL);
    case SKY_RULES_ROOT_ROOMS:
      append_rooms (json, self->member);
      return TRUE;
    case SKY_RULES_ROOT_TRANSPORT:
      return append_text (json, sky_carrier_get_transport (session->carrier));
    case SKY_RULES_ROOT_EIO:
      g_string_append_printf (json, "%u", session->revision);
      return session->revision != 0;
    case SKY_RULES_ROOT_HANDSHAKE:
      append_handshake (json, self);
      return TRUE;
    case SKY_RULES_ROOT_QUERY:
      query = sky_host_talk_query_to_json (g_uri_get_query (session->uri));
      g_string_append (json, query);
      return TRUE;
    case SKY_RULES_ROOT_HEADERS:
      append_headers (json, session->headers);
      return TRUE;
    case SKY_RULES_ROOT_POST_HEADERS:
      return append_post_headers (json, session->post_headers);
    case SKY_RULES_ROOT_RECOVERED:
      g_string_append (json, self->recovered ? "true" : "false");
      return TRUE;
    case SKY_RULES_ROOT_ROOM_SIZE:
      g_string_append_printf (json, "%u", sky_host_rooms_count (session->house->rooms, self->nsp, subject));
      return TRUE;
    default:
      return FALSE;
    }
}

/* What #SkyRulesHands asks for with "lookup". */
gboolean
sky_host_rules_lookup (gpointer owner, SkyRulesRoot root, const char *subject, GString *scratch, SkyRulesText *found)
{
  SkyHostPlayer *self = owner;

  if (root == SKY_RULES_ROOT_AUTH)
    {
      *found = (SkyRulesText) { self->auth, strlen (self->auth) };
      return TRUE;
    }
  if (!append (self, root, subject, scratch))
    return FALSE;
  *found = (SkyRulesText) { scratch->str, scratch->len };
  return TRUE;
}
