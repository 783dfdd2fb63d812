#include "peer/host-talk-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/json.h"

/* Who may join a namespace, and how. */

/* Whether the payload of a CONNECT has a token that says something. */
static gboolean
has_token (const char *json)
{
  SkyJsonValue auth, token;

  if (!sky_json_parse (json, strlen (json), &auth, NULL, NULL) || auth.type != SKY_JSON_OBJECT
      || !sky_json_member (json, &auth, "token", &token))
    return FALSE;
  return token.type != SKY_JSON_NULL && token.type != SKY_JSON_FALSE
         && !(token.type == SKY_JSON_STRING && sky_json_string_equal (json, &token, ""));
}

/* Why somebody may not join. */
typedef struct
{
  const char *message;
  const char *data; /* nullable: JSON */
} Refusal;

/* @auth: what the client gave for this namespace, JSON. Returns: (nullable): why it may not join */
static const Refusal *
judge_connect (SkyHostSession *session, const char *nsp, const char *auth)
{
  static const Refusal invalid = { "Invalid namespace", NULL }, many = { "too many namespaces", NULL },
                       no_token = { "no token", "{\"code\":401}" };

  if (strlen (nsp) > SKY_HOST_MAX_NAME_LEN)
    return &invalid;
  if (g_hash_table_size (session->seats) >= SKY_HOST_MAX_SPACES)
    return &many;
  if (g_str_equal (nsp, "/secure") && !has_token (auth))
    return &no_token;
  return NULL;
}

/*
 * In Socket.IO 2 the error is the data, or else the message alone: PROTOCOL §14.4. Its other parser
 * dies of anything but the message.
 */
static void
send_refusal (SkyHostSession *session, const char *nsp, const Refusal *refusal)
{
  g_autoptr(GString) json = g_string_new (NULL);

  if (session->revision == 3 && refusal->data != NULL && session->house->options.parser != SKY_PARSER_MSGPACK)
    g_string_append (json, refusal->data);
  else if (session->revision == 3)
    sky_json_quote (json, refusal->message, -1);
  else
    {
      g_string_append (json, "{\"message\":");
      sky_json_quote (json, refusal->message, -1);
      if (refusal->data != NULL)
        g_string_append_printf (json, ",\"data\":%s", refusal->data);
      g_string_append_c (json, '}');
    }
  sky_host_talk_send (session, SKY_SIO_CONNECT_ERROR, nsp, NULL, json->str, NULL);
}

/* In Socket.IO 2 clients know their id before they are told: PROTOCOL §14.5. */
static char *
make_id (SkyHostSession *session, const char *nsp)
{
  if (session->revision != 3)
    return sky_host_random_id ();
  return g_str_equal (nsp, "/") ? g_strdup (session->sid) : g_strconcat (nsp, "#", session->sid, NULL);
}

static void
take_seat (SkyHostSession *session, const char *nsp, const char *auth)
{
  const Refusal *refusal = judge_connect (session, nsp, auth);
  g_autofree char *id = make_id (session, nsp);
  g_autofree char *answer = session->revision == 3 ? NULL : g_strdup_printf ("{\"sid\":\"%s\"}", id);
  SkyHostMember *member;

  if (refusal != NULL)
    {
      send_refusal (session, nsp, refusal);
      return;
    }
  g_clear_handle_id (&session->connect, g_source_remove);
  member = sky_host_rooms_enter (session->house->rooms, nsp, id, session);
  g_hash_table_insert (session->seats, g_strdup (nsp), member);
  sky_host_talk_note_room (member, SKY_KIND_JOIN, id, _("by CONNECT"));
  sky_host_talk_send (session, SKY_SIO_CONNECT, nsp, NULL, answer, NULL);
}

/* What Socket.IO 2 has instead of a payload: a query, as a JSON object of strings. */
static char *
query_to_json (const char *query)
{
  g_autoptr(GHashTable) params = query != NULL ? soup_form_decode (query) : NULL;
  GString *json = g_string_new ("{");
  GHashTableIter iter;
  gpointer key, value;

  if (params != NULL)
    {
      g_hash_table_iter_init (&iter, params);
      while (g_hash_table_iter_next (&iter, &key, &value))
        {
          if (json->len > 1)
            g_string_append_c (json, ',');
          sky_json_quote (json, key, -1);
          g_string_append_c (json, ':');
          sky_json_quote (json, value, -1);
        }
    }
  g_string_append_c (json, '}');
  return g_string_free (json, FALSE);
}

/**
 * sky_host_talk_welcome:
 *
 * In Socket.IO 2 everyone is in "/" without having asked: PROTOCOL §14.4.
 */
void
sky_host_talk_welcome (SkyHostSession *session)
{
  g_autofree char *auth = query_to_json (g_uri_get_query (session->uri));

  take_seat (session, "/", auth);
}

/* @query: (nullable): of the namespace, in Socket.IO 2 */
void
sky_host_talk_connect (SkyHostSession *session, const SkyTalk *talk, const char *query)
{
  g_autofree char *auth = session->revision == 3 ? query_to_json (query) : g_strdup (talk->json);

  take_seat (session, talk->nsp, auth);
}
