#include "peer/host/host-admin-private.h"

#include <string.h>

#include "base/json.h"
#include "peer/host/host-handshake.h"
#include "peer/host/host-talk-private.h"

#define CLIENT_ID_LEN 12 /* letters: the whole id of a connection is a secret of its client */

/* A socket as admins see it: FEATURES §4.4, SerializedSocket. */

static void
append_member (GString *json, const char *key, const char *text)
{
  if (json->str[json->len - 1] != '{')
    g_string_append_c (json, ',');
  sky_json_quote (json, key, -1);
  g_string_append_c (json, ':');
  sky_host_handshake_append_text (json, text);
}

/* Where it comes from in truth, as those say who stand between. */
static char *
find_address (SkyHostSession *session, SoupMessageHeaders *headers)
{
  const char *address = soup_message_headers_get_one (headers, "cf-connecting-ip");

  if (address == NULL)
    address = soup_message_headers_get_list (headers, "x-forwarded-for");
  return address != NULL ? g_strdup (address) : sky_host_handshake_get_address (session);
}

/* Without what proves who somebody is: an Admin UI needs no cookies, and shows them to whoever looks. */
static char *
describe_handshake (SkyHostSession *session)
{
  g_autoptr(SoupMessageHeaders) headers = sky_host_handshake_get_headers (session);
  g_autofree char *address = find_address (session, headers), *time = sky_host_handshake_get_time (session);
  g_autofree char *query = sky_host_talk_query_to_json (sky_host_handshake_get_query (session));
  g_autoptr(GString) json = g_string_new ("{");

  append_member (json, "address", address);
  g_string_append (json, ",\"headers\":");
  sky_host_handshake_append_headers (json, headers);
  g_string_append_printf (json, ",\"query\":%s,\"issued\":%" G_GINT64_FORMAT ",\"secure\":%s", query,
                          session->issued_usec / 1000, sky_host_handshake_is_secure (session) ? "true" : "false");
  append_member (json, "time", time);
  append_member (json, "url", session->url);
  g_string_append_printf (json, ",\"xdomain\":%s}", sky_host_handshake_is_xdomain (session) ? "true" : "false");
  return sky_roster_redact (json->str);
}

/* Appends a JSON object. */
void
sky_host_admin_append_socket (GString *json, SkyHostMember *member)
{
  SkyHostSession *session = sky_host_member_get_owner (member);
  const char *id = sky_host_member_get_id (member), *nsp = sky_host_member_get_nsp (member);
  g_autofree char *client = g_strndup (session->sid, CLIENT_ID_LEN), *handshake = describe_handshake (session);
  g_autoptr(GPtrArray) rooms = sky_host_member_get_rooms (member);
  SkyRosterSocket known = { 0 };

  sky_roster_find_socket (session->house->roster, nsp, id, &known);
  g_string_append_c (json, '{');
  append_member (json, "id", id);
  append_member (json, "clientId", client);
  append_member (json, "transport", sky_carrier_get_transport (session->carrier));
  append_member (json, "nsp", nsp);
  g_string_append_printf (json, ",\"data\":%s,\"handshake\":%s,\"rooms\":[", known.data != NULL ? known.data : "{}",
                          handshake);
  for (guint i = 0; i < rooms->len; i++)
    {
      if (i > 0)
        g_string_append_c (json, ',');
      sky_json_quote (json, g_ptr_array_index (rooms, i), -1);
    }
  g_string_append (json, "]}");
}
