#include "peer/client-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/json.h"

#define MAX_SPACES 1000 /* a server may say CONNECT to what nobody asked for */

/* The namespaces of one connection: each is asked for, joined, refused and left by itself (PROTOCOL §8, §11). */

void
sky_client_space_free (gpointer data)
{
  SkyClientSpace *space = data;

  g_free (space->nsp);
  g_free (space->auth);
  g_free (space->sid);
  g_free (space->pid);
  g_free (space->offset);
  g_free (space->why);
  g_free (space);
}

static void
tell_changed (SkyClient *self)
{
  g_ptr_array_set_size (self->namespaces, 0);
  for (guint i = 0; i < self->spaces->len; i++)
    {
      SkyClientSpace *space = g_ptr_array_index (self->spaces, i);

      if (space->state == SKY_SPACE_CONNECTED)
        g_ptr_array_add (self->namespaces, space->nsp);
    }
  g_signal_emit_by_name (self, "spaces-changed");
}

/* In revision 3 a client's "/chat?token=1" is "/chat" when the server speaks of it: PROTOCOL §8.7. */
static gboolean
is_called (SkyClient *self, const SkyClientSpace *space, const char *nsp)
{
  gsize len = strlen (nsp);

  return strcmp (space->nsp, nsp) == 0
         || (self->revision == 3 && strncmp (space->nsp, nsp, len) == 0 && space->nsp[len] == '?');
}

/* Returns: (nullable) (transfer none) */
SkyClientSpace *
sky_client_find_space (SkyClient *self, const char *nsp)
{
  for (guint i = 0; i < self->spaces->len; i++)
    {
      SkyClientSpace *space = g_ptr_array_index (self->spaces, i);

      if (is_called (self, space, nsp))
        return space;
    }
  return NULL;
}

/* Returns: (transfer full): what stands in packets other than CONNECT, and what acks are known by */
char *
sky_client_wire_name (SkyClient *self, const char *nsp)
{
  return g_strndup (nsp, self->revision == 3 ? strcspn (nsp, "?") : strlen (nsp));
}

/* Returns: (nullable) (transfer none): %NULL if there are too many */
static SkyClientSpace *
get_space (SkyClient *self, const char *nsp)
{
  SkyClientSpace *space = sky_client_find_space (self, nsp);

  if (space != NULL || self->spaces->len >= MAX_SPACES)
    return space;
  space = g_new0 (SkyClientSpace, 1);
  space->nsp = g_strdup (nsp);
  g_ptr_array_add (self->spaces, space);
  return space;
}

/* A fresh start: nothing is recovered. */
void
sky_client_forget_spaces (SkyClient *self)
{
  g_ptr_array_set_size (self->namespaces, 0);
  g_ptr_array_set_size (self->spaces, 0);
}

/* Returns: (transfer none): what the sidebar calls the connection */
const char *
sky_client_get_first_space (SkyClient *self)
{
  return self->spaces->len > 0 ? ((SkyClientSpace *) g_ptr_array_index (self->spaces, 0))->nsp : "/";
}

/* The profile's namespaces, or the URL's, as the protocol was found out to be. */
void
sky_client_plan_spaces (SkyClient *self)
{
  const char *const *wanted = (const char *const *) self->profile->namespaces;

  sky_client_forget_spaces (self);
  if (self->route.protocol == SKY_PROTOCOL_SOCKET_IO && (wanted == NULL || wanted[0] == NULL))
    get_space (self, self->route.nsp)->active = TRUE;
  else if (self->route.protocol == SKY_PROTOCOL_SOCKET_IO)
    for (guint i = 0; wanted[i] != NULL && i < MAX_SPACES; i++)
      get_space (self, wanted[i])->active = TRUE;
  tell_changed (self);
}

/* The payload of CONNECT: what asks for recovery, and then what the person said. PROTOCOL §11.2. */
static char *
make_payload (SkyClient *self, const SkyClientSpace *space)
{
  const char *auth = space->auth != NULL ? space->auth : sky_profile_get_auth (self->profile, space->nsp);
  g_autofree char *plain = auth != NULL ? sky_json_minify (auth, strlen (auth)) : NULL;
  g_autoptr(GString) payload = NULL;

  if (space->pid == NULL || (plain != NULL && plain[0] != '{'))
    return g_steal_pointer (&plain);
  payload = g_string_new ("{\"pid\":");
  sky_json_quote (payload, space->pid, -1);
  if (space->offset != NULL)
    {
      g_string_append (payload, ",\"offset\":");
      sky_json_quote (payload, space->offset, -1);
    }
  if (plain != NULL && strcmp (plain, "{}") != 0)
    g_string_append_printf (payload, ",%s", plain + 1);
  else
    g_string_append_c (payload, '}');
  return g_strdup (payload->str);
}

/* Socket.IO 2 joins "/" unasked, and its CONNECT carries no payload: PROTOCOL §14.4. */
static void
ask (SkyClient *self, SkyClientSpace *space)
{
  g_autofree char *payload = self->revision != 3 ? make_payload (self, space) : NULL;

  space->state = SKY_SPACE_CONNECTING;
  space->recovered = FALSE;
  g_clear_pointer (&space->why, g_free);
  if (self->revision == 3 && (space->auth != NULL || sky_profile_get_auth (self->profile, space->nsp) != NULL))
    sky_client_note (self, SKY_KIND_STATE,
                     _("The auth payload for %s is not sent: Socket.IO 2 has none. Put a token into the query instead."),
                     space->nsp);
  if (self->revision != 3 || strcmp (space->nsp, "/") != 0)
    sky_talker_packet (self->talker, SKY_SIO_CONNECT, space->nsp, payload);
}

/* The engine is open. */
void
sky_client_ask_spaces (SkyClient *self)
{
  for (guint i = 0; i < self->spaces->len; i++)
    {
      SkyClientSpace *space = g_ptr_array_index (self->spaces, i);

      if (space->active)
        ask (self, space);
    }
  tell_changed (self);
}

/**
 * sky_client_lose_spaces:
 * @reason: in socket.io's words: "transport close", "ping timeout", "io client disconnect"…
 *
 * The connection is gone, and its namespaces with it.
 */
void
sky_client_lose_spaces (SkyClient *self, const char *reason)
{
  for (guint i = 0; i < self->spaces->len; i++)
    {
      SkyClientSpace *space = g_ptr_array_index (self->spaces, i);

      if (space->state != SKY_SPACE_CONNECTED && space->state != SKY_SPACE_CONNECTING)
        continue;
      if (space->state == SKY_SPACE_CONNECTED)
        sky_client_note (self, SKY_KIND_DISCONNECTED, "%s: %s", space->nsp, reason);
      space->state = SKY_SPACE_DISCONNECTED;
      g_clear_pointer (&space->sid, g_free);
      g_free (space->why);
      space->why = g_strdup (reason);
    }
  tell_changed (self);
}

static char *
take_string (const char *json, const char *name)
{
  SkyJsonValue root, member;

  if (json == NULL || !sky_json_parse (json, strlen (json), &root, NULL, NULL) || root.type != SKY_JSON_OBJECT
      || !sky_json_member (json, &root, name, &member) || member.type != SKY_JSON_STRING)
    return NULL;
  return sky_json_unquote (json, &member, NULL);
}

static void
note_connected (SkyClient *self, const SkyClientSpace *space)
{
  if (space->recovered)
    sky_client_note (self, SKY_KIND_CONNECTED, _("%s: connected, sid %s, recovered: missed events were sent before"),
                     space->nsp, space->sid);
  else if (space->pid != NULL)
    sky_client_note (self, SKY_KIND_CONNECTED, _("%s: connected, sid %s, recovery is on"), space->nsp, space->sid);
  else
    sky_client_note (self, SKY_KIND_CONNECTED, _("%s: connected, sid %s"), space->nsp, space->sid);
}

/* CONNECT came: PROTOCOL §8.1, §11.3. A server of revision 3 gives no sid: it is made of the engine's. */
void
sky_client_hear_connect (SkyClient *self, const SkyTalk *talk)
{
  SkyClientSpace *space = get_space (self, talk->nsp);
  g_autofree char *pid = take_string (talk->json, "pid");

  if (space == NULL || space->state == SKY_SPACE_CONNECTED)
    return;
  space->state = SKY_SPACE_CONNECTED;
  space->recovered = pid != NULL && g_strcmp0 (pid, space->pid) == 0;
  if (!space->recovered)
    g_clear_pointer (&space->offset, g_free);
  g_free (space->pid);
  space->pid = g_steal_pointer (&pid);
  g_free (space->sid);
  space->sid = take_string (talk->json, "sid");
  if (space->sid == NULL)
    space->sid = strcmp (talk->nsp, "/") == 0 ? g_strdup (self->open.sid)
                                              : g_strconcat (talk->nsp, "#", self->open.sid, NULL);
  note_connected (self, space);
  tell_changed (self);
}

static gboolean
has_active (SkyClient *self)
{
  for (guint i = 0; i < self->spaces->len; i++)
    {
      SkyClientSpace *space = g_ptr_array_index (self->spaces, i);

      if (space->state == SKY_SPACE_CONNECTED || space->state == SKY_SPACE_CONNECTING)
        return TRUE;
    }
  return FALSE;
}

/* Ends the connection once no namespace needs it: PROTOCOL §8.6. */
static void
close_if_idle (SkyClient *self)
{
  if (!has_active (self) && self->talker != NULL)
    sky_client_begin_close (self, SOUP_WEBSOCKET_CLOSE_NORMAL, NULL);
}

/* Revision 3 sends a string, or the data object of the middleware; later ones {"message", "data"}. */
static char *
take_message (const char *json)
{
  char *message = take_string (json, "message");
  SkyJsonValue root;

  if (message == NULL && sky_json_parse (json, strlen (json), &root, NULL, NULL) && root.type == SKY_JSON_STRING)
    message = sky_json_unquote (json, &root, NULL);
  return message != NULL ? message : g_strdup (json);
}

/* CONNECT_ERROR: the connection stays while another namespace needs it: PROTOCOL §8.4–8.6. */
void
sky_client_hear_refusal (SkyClient *self, const SkyTalk *talk)
{
  SkyClientSpace *space = sky_client_find_space (self, talk->nsp);
  g_autofree char *message = take_message (talk->json), *problem = NULL;
  const char *advice = g_strcmp0 (message, "Invalid namespace") == 0
                           ? _("The server has no such namespace: check the address, its path names the namespace.")
                           : _("Check the auth payload under Options: the server's middleware decides on it.");

  if (space == NULL)
    return;
  space->state = SKY_SPACE_REFUSED;
  space->active = FALSE;
  g_free (space->why);
  space->why = g_strdup (message);
  problem = g_strdup_printf (_("%s refused the namespace %s: “%s”."), self->route.host_header, talk->nsp, message);
  sky_client_note (self, SKY_KIND_CONNECT_FAILED, "%s", problem);
  tell_changed (self);
  if (has_active (self) || self->talker == NULL)
    return;
  sky_talker_close (self->talker, SOUP_WEBSOCKET_CLOSE_NORMAL, NULL);
  sky_peer_fail (SKY_PEER (self), problem, advice, SKY_REMEDY_NONE);
}

static void
leave (SkyClient *self, SkyClientSpace *space, const char *reason)
{
  g_autofree char *name = sky_client_wire_name (self, space->nsp);

  space->state = SKY_SPACE_DISCONNECTED;
  space->active = FALSE;
  g_clear_pointer (&space->sid, g_free);
  g_clear_pointer (&space->pid, g_free); /* not recoverable: PROTOCOL §11.5 */
  g_clear_pointer (&space->offset, g_free);
  g_free (space->why);
  space->why = g_strdup (reason);
  sky_client_note (self, SKY_KIND_DISCONNECTED, "%s: %s", space->nsp, reason);
  sky_acks_drop (self->acks, name);
  tell_changed (self);
}

/* The server left the namespace. It is not joined again by itself: PROTOCOL §8.10. */
void
sky_client_hear_disconnect (SkyClient *self, const SkyTalk *talk)
{
  SkyClientSpace *space = sky_client_find_space (self, talk->nsp);

  if (space == NULL || space->state == SKY_SPACE_DISCONNECTED)
    return;
  leave (self, space, "io server disconnect");
  if (!has_active (self) && self->talker != NULL)
    {
      self->reason = "io server disconnect";
      sky_talker_close (self->talker, SOUP_WEBSOCKET_CLOSE_NORMAL, NULL);
    }
}

/* The last argument of every event, if it is a string, is where a recovery would go on: PROTOCOL §11.2. */
void
sky_client_hear_offset (SkyClient *self, const SkyTalk *talk)
{
  SkyClientSpace *space = sky_client_find_space (self, talk->nsp);
  g_autofree char *array = NULL;
  SkyJsonValue root, value, last = { 0 };
  SkyJsonIter iter;
  gboolean any = FALSE;

  if (space == NULL || space->pid == NULL || talk->args == NULL)
    return;
  array = g_strconcat ("[", talk->args, "]", NULL);
  if (!sky_json_parse (array, strlen (array), &root, NULL, NULL))
    return;
  for (sky_json_iter_init (&iter, array, &root); sky_json_iter_next (&iter, NULL, &value); any = TRUE)
    last = value;
  if (!any || last.type != SKY_JSON_STRING)
    return;
  g_free (space->offset);
  space->offset = sky_json_unquote (array, &last, NULL);
}

static gboolean
check_auth (const char *auth, GError **error)
{
  g_autoptr(GError) json_error = NULL;
  SkyJsonValue root;

  if (auth == NULL || *auth == '\0')
    return TRUE;
  if (sky_json_parse (auth, strlen (auth), &root, NULL, &json_error) && root.type == SKY_JSON_OBJECT)
    return TRUE;
  g_set_error (error, SKY_CLIENT_ERROR, SKY_CLIENT_ERROR_ARGUMENTS,
               _("The auth payload has to be a JSON object, for example {\"token\": \"abc\"}. %s"),
               json_error != NULL ? json_error->message : "");
  return FALSE;
}

/**
 * sky_client_connect_space:
 * @nsp: a namespace, with its slash
 * @auth: (nullable): its CONNECT payload, a JSON object; %NULL for the profile's
 * @error: %SKY_CLIENT_ERROR with a whole sentence
 *
 * Connects to one more namespace, or again to one that was left or refused.
 */
gboolean
sky_client_connect_space (SkyClient *self, const char *nsp, const char *auth, GError **error)
{
  g_autofree char *name = g_strconcat (g_str_has_prefix (nsp, "/") ? "" : "/", nsp, NULL);
  SkyClientSpace *space;

  g_return_val_if_fail (SKY_IS_CLIENT (self), FALSE);

  if (self->route.protocol != SKY_PROTOCOL_SOCKET_IO || self->talker == NULL || self->open.sid == NULL)
    {
      g_set_error_literal (error, SKY_CLIENT_ERROR, SKY_CLIENT_ERROR_NOT_OPEN,
                           _("There is no open Socket.IO connection. Connect first."));
      return FALSE;
    }
  if (!check_auth (auth, error))
    return FALSE;
  space = strchr (name, ',') == NULL ? get_space (self, name) : NULL;
  if (space == NULL || space->state == SKY_SPACE_CONNECTED)
    {
      g_set_error (error, SKY_CLIENT_ERROR, SKY_CLIENT_ERROR_ARGUMENTS,
                   strchr (name, ',') != NULL ? _("“%s” is no namespace: there is a comma in it.")
                   : space == NULL            ? _("There are too many namespaces to connect to %s.")
                                              : _("The namespace %s is connected already."),
                   name);
      return FALSE;
    }
  if (strcmp (space->nsp, name) != 0) /* of revision 3, with another query than before */
    {
      g_free (space->nsp);
      space->nsp = g_steal_pointer (&name);
    }
  g_free (space->auth);
  space->auth = auth != NULL && *auth != '\0' ? g_strdup (auth) : NULL;
  space->active = TRUE;
  ask (self, space);
  tell_changed (self);
  return TRUE;
}

/**
 * sky_client_disconnect_space:
 *
 * Leaves one namespace; the others stay. With the last one the connection is closed: PROTOCOL §8.8.
 */
gboolean
sky_client_disconnect_space (SkyClient *self, const char *nsp, GError **error)
{
  SkyClientSpace *space = sky_client_find_space (self, nsp);
  g_autofree char *name = sky_client_wire_name (self, nsp);

  g_return_val_if_fail (SKY_IS_CLIENT (self), FALSE);

  if (space == NULL || space->state != SKY_SPACE_CONNECTED || self->talker == NULL)
    {
      g_set_error (error, SKY_CLIENT_ERROR, SKY_CLIENT_ERROR_NOT_OPEN, _("The namespace %s is not connected."), nsp);
      return FALSE;
    }
  g_object_ref (self);
  sky_talker_packet (self->talker, SKY_SIO_DISCONNECT, name, NULL);
  leave (self, space, "io client disconnect");
  close_if_idle (self);
  g_object_unref (self);
  return TRUE;
}

guint
sky_client_get_n_spaces (SkyClient *self)
{
  return self->spaces->len;
}

/**
 * sky_client_get_space:
 * @index: below sky_client_get_n_spaces(); in the order in which they were asked for
 * @info: (out caller-allocates): borrowed until "spaces-changed"
 *
 * Returns: %FALSE if there is no such namespace
 */
gboolean
sky_client_get_space (SkyClient *self, guint index, SkySpaceInfo *info)
{
  const SkyClientSpace *space;

  if (index >= self->spaces->len)
    return FALSE;
  space = g_ptr_array_index (self->spaces, index);
  *info = (SkySpaceInfo) { .nsp = space->nsp,
                           .state = space->state,
                           .sid = space->sid,
                           .recoverable = space->pid != NULL,
                           .recovered = space->recovered,
                           .why = space->why };
  return TRUE;
}
