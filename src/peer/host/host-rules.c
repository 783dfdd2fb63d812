#include "peer/host/host-rules-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/clock.h"
#include "base/json.h"
#include "peer/host/host-talk-private.h"
#include "sio/sio-attach.h"
#include "sio/sio-event.h"

/* Where a session tells its rules what happens. */

#define MAX_NOTES 50 /* of one session in one second */

static void
player_free (gpointer data)
{
  SkyHostPlayer *self = data;

  g_clear_pointer (&self->rules, sky_rules_player_free);
  g_clear_pointer (&self->questions, g_hash_table_unref);
  g_clear_pointer (&self->asked, g_hash_table_unref);
  g_free (self->nsp);
  g_free (self->id);
  g_free (self->auth);
  g_free (self);
}

/**
 * sky_host_rules_note:
 *
 * Says something in the trace; who causes a flood of notes gets only the first ones in each second.
 */
void
sky_host_rules_note (SkyHostSession *session, SkyKind kind, const char *format, ...)
{
  gint64 now_usec = sky_clock_boot_usec ();
  g_autofree char *text = NULL;
  va_list args;

  if (now_usec - session->noted_usec >= G_USEC_PER_SEC)
    {
      session->noted_usec = now_usec;
      session->n_noted = 0;
    }
  if (++session->n_noted > MAX_NOTES)
    return;
  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  if (session->n_noted == MAX_NOTES)
    sky_link_note (session->link, SKY_LAYER_NOTE, kind, _("%s (more of the like is left out for a second)"), text);
  else
    sky_link_note (session->link, SKY_LAYER_NOTE, kind, "%s", text);
}

/**
 * sky_host_rules_reign:
 *
 * Returns: whether rules answer this client; the echoes beside a Socket.IO server have none
 */
gboolean
sky_host_rules_reign (const SkyHostSession *session)
{
  return session->house->stage != NULL && session->protocol == session->house->options.protocol;
}

/* Returns: (nullable): a session is in few namespaces */
static SkyHostPlayer *
find_player (const SkyHostSession *session, const char *nsp)
{
  for (guint i = 0; session->players != NULL && i < session->players->len; i++)
    if (strcmp (((SkyHostPlayer *) g_ptr_array_index (session->players, i))->nsp, nsp) == 0)
      return g_ptr_array_index (session->players, i);
  return NULL;
}

/* Returns: (nullable): who is in that namespace, with a player if there are rules by now */
SkyHostPlayer *
sky_host_rules_find (SkyHostSession *session, const char *nsp)
{
  SkyHostPlayer *self = find_player (session, nsp);

  if (self != NULL && self->rules == NULL && sky_host_rules_reign (session))
    self->rules = sky_rules_player_new (session->house->stage, *nsp != '\0' ? nsp : NULL, self);
  return self;
}

static SkyHostPlayer *
add_player (SkyHostSession *session, const char *nsp, const char *id, const char *auth)
{
  SkyHostPlayer *self = g_new0 (SkyHostPlayer, 1);
  gsize len = strlen (auth), pos = 0;
  SkyJsonValue value;

  self->session = session;
  self->nsp = g_strdup (nsp);
  self->id = g_strdup (id);
  self->auth = sky_json_scan (auth, len, &pos, &value, NULL) ? g_strndup (auth + value.start, value.len)
                                                             : g_strdup ("{}");
  if (session->players == NULL)
    session->players = g_ptr_array_new_with_free_func (player_free);
  g_ptr_array_remove (session->players, find_player (session, nsp));
  g_ptr_array_add (session->players, self);
  return sky_host_rules_find (session, nsp);
}

/* Returns: whether there is such a namespace: "/" always is, PROTOCOL §8.1, and where no rules reign every other */
gboolean
sky_host_rules_know (const SkyHostSession *session, const char *nsp)
{
  return !sky_host_rules_reign (session) || g_str_equal (nsp, "/")
         || sky_rules_find_space (sky_rules_stage_get_rules (session->house->stage), nsp) != NULL;
}

/**
 * sky_host_rules_seat:
 * @id: what the socket is going to be called
 * @auth: what the client gave for this namespace, JSON or ""
 *
 * Somebody wants to join a namespace that sky_host_rules_know() knows. If it may, sky_host_rules_connect() or
 * sky_host_rules_end() follows.
 *
 * Returns: (nullable) (transfer full): why it may not: the JSON of a CONNECT_ERROR
 */
char *
sky_host_rules_seat (SkyHostSession *session, const char *nsp, const char *id, const char *auth)
{
  g_autoptr(GString) json = g_string_new (NULL);
  SkyHostPlayer *self = add_player (session, nsp, id, auth);

  if (self->rules == NULL || !sky_rules_player_reject (self->rules, json))
    return NULL;
  g_ptr_array_remove (session->players, self);
  return g_strdup (json->str);
}

/**
 * sky_host_rules_reseat:
 * @variables: (nullable): those that it had: a JSON object
 *
 * Somebody comes back to a namespace, and is not asked whether it may: PROTOCOL §11.3.
 */
void
sky_host_rules_reseat (SkyHostSession *session, const char *nsp, const char *id, const char *auth, const char *variables)
{
  SkyHostPlayer *self = add_player (session, nsp, id, auth);

  self->recovered = TRUE;
  if (self->rules != NULL && variables != NULL)
    sky_rules_player_set_variables (self->rules, variables);
}

/* It has joined, and was told so. */
void
sky_host_rules_connect (SkyHostSession *session, SkyHostMember *member)
{
  SkyHostPlayer *self = sky_host_rules_find (session, sky_host_member_get_nsp (member));

  self->member = member;
  if (self->rules != NULL)
    sky_rules_player_connect (self->rules);
}

/* The event's own record is flagged, even if the note is left out. */
static void
note_no_listener (SkyHostSession *session, const char *nsp, const char *event)
{
  g_autofree char *valid = g_utf8_make_valid (event, -1);

  sky_host_rules_note (session, SKY_KIND_NO_LISTENER, _("No listener: no rule in %s answers “%s”"), nsp, valid);
  sky_feed_unheard (sky_link_get_feed (session->link), SKY_FROM_CLIENT, nsp, event);
}

/**
 * sky_host_rules_event:
 * @talk: an event that came in whole
 *
 * Plays the rule for it, or notes that there is none.
 *
 * Returns: %FALSE if no rules reign here
 */
gboolean
sky_host_rules_event (SkyHostSession *session, const SkyTalk *talk)
{
  SkyHostPlayer *self = sky_host_rules_find (session, talk->nsp);
  gboolean binary = talk->attachments != NULL && talk->attachments->len > 0;
  g_autofree char *lowered = NULL;
  const char *json = talk->json;
  SkySioEvent parts;

  if (!sky_host_rules_reign (session) || self == NULL)
    return FALSE;
  if (binary)
    json = lowered = sky_sio_attach_lower (talk->json, strlen (talk->json), talk->attachments);
  if (talk->event == NULL || !sky_sio_event_decode (json, strlen (json), TRUE, &parts))
    return TRUE;
  if (sky_rules_player_event (self->rules, talk->event, json + parts.args_start, parts.args_len,
                              talk->has_id && talk->id <= G_MAXINT64 ? (gint64) talk->id : -1)
      == SKY_RULES_NO_LISTENER)
    note_no_listener (session, talk->nsp, talk->event);
  return TRUE;
}

/* An ack came: a rule may have asked for it. */
void
sky_host_rules_answer (SkyHostSession *session, const SkyTalk *talk)
{
  SkyHostPlayer *self = sky_host_rules_find (session, talk->nsp);
  g_autofree char *args = self != NULL && talk->has_id ? sky_host_talk_read_ack (talk) : NULL;

  if (args != NULL)
    sky_host_rules_hear_answer (self, talk->id, args);
}

/* A client of a server for raw messages is there. */
void
sky_host_rules_open (SkyHostSession *session)
{
  if (sky_host_rules_reign (session))
    sky_rules_player_connect (add_player (session, "", NULL, "")->rules);
}

/**
 * sky_host_rules_message:
 * @data: a raw message
 *
 * Returns: %FALSE if no rules reign here
 */
gboolean
sky_host_rules_message (SkyHostSession *session, GBytes *data, gboolean binary)
{
  SkyHostPlayer *self;
  g_autoptr(GString) json = g_string_new (NULL);
  gsize len;
  const char *text = g_bytes_get_data (data, &len);

  if (!sky_host_rules_reign (session))
    return FALSE;
  self = sky_host_rules_find (session, "");
  if (self == NULL) /* it came before the rules */
    self = add_player (session, "", NULL, "");
  if (binary)
    {
      g_autofree char *base64 = g_base64_encode ((const guchar *) (text != NULL ? text : ""), len);

      g_string_append_printf (json, "{\"$bin\":\"%s\"}", base64);
    }
  else
    sky_json_quote (json, text != NULL ? text : "", (gssize) len);
  if (sky_rules_player_message (self->rules, json->str, json->len) == SKY_RULES_NO_LISTENER)
    sky_host_rules_note (session, SKY_KIND_NO_LISTENER, _("No listener: no rule answers this message"));
  return TRUE;
}

/**
 * sky_host_rules_end:
 * @nsp: a namespace that was just left; "" for raw messages
 * @code: of the close frame, or 0
 * @reason: (nullable): as for sky_rules_player_end()
 * @variables: (out) (optional) (nullable) (transfer full): those that it has in the end: a JSON object
 *
 * Plays the last rule, and forgets the socket.
 */
void
sky_host_rules_end (SkyHostSession *session, const char *nsp, guint code, const char *reason, char **variables)
{
  SkyHostPlayer *self = find_player (session, nsp);
  guint at;

  if (self == NULL || !g_ptr_array_find (session->players, self, &at))
    return;
  g_ptr_array_steal_index (session->players, at);
  self->member = NULL;
  if (self->rules != NULL && sky_host_rules_reign (session))
    sky_rules_player_end (self->rules, code, reason);
  if (self->rules != NULL && variables != NULL)
    {
      g_autoptr(GString) json = g_string_new (NULL);

      sky_rules_player_append_variables (self->rules, json);
      *variables = g_strdup (json->str);
    }
  player_free (self);
}

/* The session goes: nothing more is played. */
void
sky_host_rules_clear (SkyHostSession *session)
{
  g_clear_pointer (&session->players, g_ptr_array_unref);
}

/* The rules go: what waits is dropped, whoever is there stays. */
void
sky_host_rules_drop (SkyHostSession *session)
{
  for (guint i = 0; session->players != NULL && i < session->players->len; i++)
    g_clear_pointer (&((SkyHostPlayer *) g_ptr_array_index (session->players, i))->rules, sky_rules_player_free);
}
