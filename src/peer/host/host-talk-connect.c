#include "peer/host/host-talk-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/json.h"
#include "peer/host/host-admin.h"
#include "peer/host/host-handshake.h"
#include "peer/host/host-roster.h"
#include "peer/host/host-rules.h"

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

/* Returns: (nullable): why nobody may join, as JSON, whoever it is and even if it comes back: PROTOCOL §8.4 */
static const char *
judge_space (SkyHostSession *session, const char *nsp)
{
  if (strlen (nsp) > SKY_HOST_MAX_NAME_LEN
      || (!sky_host_admin_owns (session->house, nsp) && !sky_host_rules_know (session, nsp)))
    return "{\"message\":\"Invalid namespace\"}";
  if (session->seats->len >= SKY_HOST_MAX_SPACES)
    return "{\"message\":\"too many namespaces\"}";
  return NULL;
}

/*
 * @id: what it would be called. @auth: what the client gave for this namespace, JSON. Returns: (nullable)
 * (transfer full): why it may not join, as JSON. @kept: (nullable): who comes back was asked before
 */
static char *
judge_connect (SkyHostSession *session, const char *nsp, const char *id, const char *auth, const SkyHostKept *kept)
{
  if (sky_host_admin_owns (session->house, nsp))
    return sky_host_admin_judge (session, auth);
  if (kept != NULL)
    {
      sky_host_rules_reseat (session, nsp, id, auth, kept->variables);
      return NULL;
    }
  if (!sky_host_rules_reign (session) && g_str_equal (nsp, "/secure") && !has_token (auth))
    return g_strdup ("{\"message\":\"no token\",\"data\":{\"code\":401}}");
  return sky_host_rules_seat (session, nsp, id, auth);
}

/*
 * In Socket.IO 2 the error is the data, or else the message alone: PROTOCOL §14.4. Its other parser
 * dies of anything but the message.
 */
static void
send_refusal (SkyHostSession *session, const char *nsp, const char *json)
{
  g_autofree char *old = NULL;
  SkyJsonValue refusal, what;

  if (session->revision == 3 && sky_json_parse (json, strlen (json), &refusal, NULL, NULL)
      && ((session->house->options.parser != SKY_PARSER_MSGPACK && sky_json_member (json, &refusal, "data", &what))
          || sky_json_member (json, &refusal, "message", &what)))
    old = g_strndup (json + what.start, what.len);
  sky_host_talk_send (session, SKY_SIO_CONNECT_ERROR, nsp, NULL, old != NULL ? old : json, NULL);
}

/* In Socket.IO 2 clients know their id before they are told: PROTOCOL §14.5. */
static char *
make_id (SkyHostSession *session, const char *nsp)
{
  if (session->revision != 3)
    return sky_host_random_id ();
  return g_str_equal (nsp, "/") ? g_strdup (session->sid) : g_strconcat (nsp, "#", session->sid, NULL);
}

/*
 * The secret by which it can come back is of Socket.IO 4: PROTOCOL §11.1. An admin that comes back is told
 * how everything is anyway. Returns: (nullable) (transfer full)
 */
static char *
make_pid (SkyHostSession *session, const char *nsp, const SkyHostKept *kept)
{
  if (session->revision == 3 || session->house->options.recovery_msec == 0 || sky_host_admin_owns (session->house, nsp))
    return NULL;
  return kept != NULL ? g_strdup (kept->pid) : sky_host_random_id ();
}

/* Returns: (nullable) (transfer full): what CONNECT is answered with */
static char *
format_welcome (SkyHostSession *session, const char *id, const char *pid)
{
  if (session->revision == 3)
    return NULL;
  return pid != NULL ? g_strdup_printf ("{\"sid\":\"%s\",\"pid\":\"%s\"}", id, pid)
                     : g_strdup_printf ("{\"sid\":\"%s\"}", id);
}

static void
take_seat (SkyHostSession *session, const char *nsp, const char *auth)
{
  g_autoptr(GPtrArray) missed = NULL;
  g_autoptr(SkyHostKept) kept
      = sky_host_admin_owns (session->house, nsp) ? NULL : sky_host_talk_recover (session, nsp, auth, &missed);
  g_autofree char *id = kept != NULL ? g_strdup (kept->id) : make_id (session, nsp);
  g_autofree char *pid = make_pid (session, nsp, kept);
  g_autofree char *refusal = judge_connect (session, nsp, id, auth, kept);
  g_autofree char *answer = format_welcome (session, id, pid);
  SkyHostMember *member;

  if (refusal != NULL)
    {
      send_refusal (session, nsp, refusal);
      return;
    }
  g_clear_handle_id (&session->connect, g_source_remove);
  member = sky_host_rooms_enter (session->house->rooms, nsp, id, session);
  sky_host_member_set_pid (member, pid);
  g_ptr_array_add (session->seats, member);
  sky_host_roster_enter (member, auth, kept != NULL);
  sky_host_talk_note_room (member, SKY_KIND_JOIN, id, kept != NULL ? _("by recovery") : _("by CONNECT"));
  if (kept != NULL)
    sky_host_talk_restore (member, kept, missed);
  sky_host_talk_send (session, SKY_SIO_CONNECT, nsp, NULL, answer, NULL);
  if (!sky_host_admin_connected (member))
    sky_host_rules_connect (session, member);
}

/* What is remembered of a socket is asked for only where there is a place for it: it may come back later, or elsewhere. */
static void
come_in (SkyHostSession *session, const char *nsp, const char *auth)
{
  const char *refusal = judge_space (session, nsp);

  if (refusal != NULL)
    send_refusal (session, nsp, refusal);
  else
    take_seat (session, nsp, auth);
}

/* A query may be percent-encoded octets of any kind. */
static void
quote (GString *json, const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);

  sky_json_quote (json, valid, -1);
}

/* What Socket.IO 2 has instead of a payload: a query, as a JSON object of strings. */
char *
sky_host_talk_query_to_json (const char *query)
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
          quote (json, key);
          g_string_append_c (json, ':');
          quote (json, value);
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
  g_autofree char *auth = sky_host_talk_query_to_json (sky_host_handshake_get_query (session));

  come_in (session, "/", auth);
}

/* @query: (nullable): of the namespace, in Socket.IO 2 */
void
sky_host_talk_connect (SkyHostSession *session, const SkyTalk *talk, const char *query)
{
  g_autofree char *auth = session->revision == 3 ? sky_host_talk_query_to_json (query) : g_strdup (talk->json);

  come_in (session, talk->nsp, auth);
}
