#include "peer/host/host-rules-private.h"

#include <string.h>

#include "base/json.h"
#include "peer/host/host-handshake.h"
#include "peer/host/host-talk-private.h"

/* What rules can ask about the socket that they answer. */

static void
append_member (GString *json, const char *key, const char *text)
{
  g_string_append (json, json->str[json->len - 1] == '{' ? "" : ",");
  sky_host_handshake_append_text (json, key);
  g_string_append_c (json, ':');
  sky_host_handshake_append_text (json, text);
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

/* Socket.IO documentation, "Server: the Socket instance", handshake */
static void
append_handshake (GString *json, SkyHostPlayer *self)
{
  SkyHostSession *session = self->session;
  g_autoptr(SoupMessageHeaders) headers = sky_host_handshake_get_headers (session);
  g_autofree char *address = sky_host_handshake_get_address (session), *time = sky_host_handshake_get_time (session);
  g_autofree char *params = sky_host_talk_query_to_json (sky_host_handshake_get_query (session));

  g_string_append (json, "{\"headers\":");
  sky_host_handshake_append_headers (json, headers);
  append_member (json, "time", time);
  append_member (json, "address", address);
  append_member (json, "url", session->url);
  g_string_append_printf (
      json, ",\"xdomain\":%s,\"secure\":%s,\"issued\":%" G_GINT64_FORMAT ",\"query\":%s,\"auth\":%s}",
      sky_host_handshake_is_xdomain (session) ? "true" : "false",
      sky_host_handshake_is_secure (session) ? "true" : "false", session->issued_usec / 1000, params, self->auth);
}

/* Appends a value that may be missing. Returns: whether there is one */
static gboolean
append_text (GString *json, const char *text)
{
  if (text != NULL)
    sky_host_handshake_append_text (json, text);
  return text != NULL;
}

static gboolean
append_fields (GString *json, SoupMessageHeaders *headers)
{
  if (headers != NULL)
    sky_host_handshake_append_headers (json, headers);
  return headers != NULL;
}

static gboolean
append (SkyHostPlayer *self, SkyRulesRoot root, const char *subject, GString *json)
{
  SkyHostSession *session = self->session;
  g_autoptr(SoupMessageHeaders) headers = NULL;
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
      query = sky_host_talk_query_to_json (sky_host_handshake_get_query (session));
      g_string_append (json, query);
      return TRUE;
    case SKY_RULES_ROOT_HEADERS:
      headers = sky_host_handshake_get_headers (session);
      return append_fields (json, headers);
    case SKY_RULES_ROOT_POST_HEADERS:
      return append_fields (json, session->post_headers);
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
