#include "peer/client/client-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/json.h"

#define MAX_SPACES 1000 /* a server may say CONNECT to what nobody asked for */

/* The namespaces of one connection: which are asked for, with what, and left (PROTOCOL §8, §11). */

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

/* The list of the connected ones is made anew, for whoever asks before sky_client_tell_spaces(). */
void
sky_client_renew_namespaces (SkyClient *self)
{
  g_ptr_array_set_size (self->namespaces, 0);
  for (guint i = 0; i < self->spaces->len; i++)
    {
      SkyClientSpace *space = g_ptr_array_index (self->spaces, i);

      if (space->state == SKY_SPACE_CONNECTED)
        g_ptr_array_add (self->namespaces, space->nsp);
    }
}

/* Comes last: who hears of it may do anything to the client. */
void
sky_client_tell_spaces (SkyClient *self)
{
  sky_client_renew_namespaces (self);
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

/* Returns: (transfer full): what the packets of @nsp say: in revision 3 only CONNECT has the query, PROTOCOL §8.7 */
char *
sky_client_wire_name (SkyClient *self, const char *nsp)
{
  return g_strndup (nsp, self->revision == 3 ? strcspn (nsp, "?") : strlen (nsp));
}

/* Returns: (nullable) (transfer none): a new one if need be; %NULL if there are too many */
SkyClientSpace *
sky_client_get_space_of (SkyClient *self, const char *nsp)
{
  SkyClientSpace *space = sky_client_find_space (self, nsp);

  if (space != NULL || self->spaces->len >= MAX_SPACES)
    return space;
  space = g_new0 (SkyClientSpace, 1);
  space->nsp = g_strdup (nsp);
  g_ptr_array_add (self->spaces, space);
  return space;
}

/* Returns: (transfer none): what the sidebar calls the connection */
const char *
sky_client_get_first_space (SkyClient *self)
{
  return self->spaces->len > 0 ? ((SkyClientSpace *) g_ptr_array_index (self->spaces, 0))->nsp : "/";
}

/* A reconnection asks again for those that were connected, and for no other: PROTOCOL §8.9. */
static void
plan_again (SkyClient *self)
{
  for (guint i = 0; i < self->spaces->len; i++)
    {
      SkyClientSpace *space = g_ptr_array_index (self->spaces, i);

      if (space->active)
        space->state = SKY_SPACE_CONNECTING;
    }
}

static void
plan (SkyClient *self, const char *nsp)
{
  g_autofree char *name = g_strconcat (*nsp == '/' ? "" : "/", nsp, NULL);
  SkyClientSpace *space = sky_client_get_space_of (self, name);

  if (space != NULL)
    space->active = TRUE;
}

/* A fresh start has the profile's namespaces, or the URL's, and recovers nothing. */
void
sky_client_plan_spaces (SkyClient *self)
{
  const char *const *wanted = (const char *const *) self->profile->namespaces;

  if (self->stood)
    {
      plan_again (self);
      return;
    }
  g_ptr_array_set_size (self->spaces, 0);
  if (self->route.protocol == SKY_PROTOCOL_SOCKET_IO && (wanted == NULL || wanted[0] == NULL))
    plan (self, self->route.nsp);
  else if (self->route.protocol == SKY_PROTOCOL_SOCKET_IO)
    for (guint i = 0; wanted[i] != NULL; i++)
      plan (self, wanted[i]);
  sky_client_renew_namespaces (self);
}

/* The payload of CONNECT: what asks for recovery, and then what the person said. PROTOCOL §11.2. */
static char *
make_payload (SkyClient *self, const SkyClientSpace *space)
{
  const char *auth = space->auth != NULL ? space->auth : sky_profile_get_auth (self->profile, space->nsp);
  g_autofree char *instead = NULL, *plain = NULL;
  g_autoptr(GString) payload = NULL;

  g_signal_emit_by_name (self, "payload", space->nsp, auth, &instead);
  if (instead != NULL)
    auth = instead;
  plain = auth != NULL ? sky_json_minify (auth, strlen (auth)) : NULL;
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
  space->recovered = space->left = FALSE;
  g_clear_pointer (&space->why, g_free);
  if (self->revision == 3 && (space->auth != NULL || sky_profile_get_auth (self->profile, space->nsp) != NULL))
    sky_client_note (self, SKY_KIND_STATE,
                     _("The auth payload for %s is not sent: Socket.IO 2 has none. Put a token into the query instead."),
                     space->nsp);
  if (self->talker != NULL && (self->revision != 3 || strcmp (space->nsp, "/") != 0))
    sky_talker_packet (self->talker, SKY_SIO_CONNECT, space->nsp, payload);
}

/* The engine is open. */
void
sky_client_ask_spaces (SkyClient *self)
{
  for (guint i = 0; i < self->spaces->len; i++)
    {
      SkyClientSpace *space = g_ptr_array_index (self->spaces, i);

      if (space->active && self->talker != NULL) /* "payload" may have stopped the client */
        ask (self, space);
    }
  sky_client_tell_spaces (self);
}

/**
 * sky_client_lose_spaces:
 * @reason: in socket.io's words: "transport close", "ping timeout", "io client disconnect"…
 *
 * The connection is gone, and its namespaces with it. Nobody is told yet.
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
  sky_client_renew_namespaces (self);
}

/* Returns: whether any namespace that was asked for still needs the connection */
gboolean
sky_client_has_spaces (SkyClient *self)
{
  for (guint i = 0; i < self->spaces->len; i++)
    {
      SkyClientSpace *space = g_ptr_array_index (self->spaces, i);

      if (space->active && (space->state == SKY_SPACE_CONNECTED || space->state == SKY_SPACE_CONNECTING))
        return TRUE;
    }
  return FALSE;
}

/* It is not joined again by itself, and cannot be recovered: PROTOCOL §11.5. Nobody is told yet. */
void
sky_client_leave_space (SkyClient *self, SkyClientSpace *space, const char *reason)
{
  space->state = SKY_SPACE_DISCONNECTED;
  space->active = FALSE;
  g_clear_pointer (&space->sid, g_free);
  g_clear_pointer (&space->pid, g_free);
  g_clear_pointer (&space->offset, g_free);
  g_free (space->why);
  space->why = g_strdup (reason);
  sky_client_note (self, SKY_KIND_DISCONNECTED, "%s: %s", space->nsp, reason);
  sky_client_renew_namespaces (self);
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
  space = strchr (name, ',') == NULL ? sky_client_get_space_of (self, name) : NULL;
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
  sky_client_tell_spaces (self);
  return TRUE;
}

/*
 * A server that has not connected the namespace yet would take DISCONNECT for a broken protocol and
 * hang up: PROTOCOL §8.8. So that waits for its answer.
 */
static void
say_left (SkyClient *self, SkyClientSpace *space)
{
  g_autofree char *nsp = sky_client_wire_name (self, space->nsp);

  if (space->state == SKY_SPACE_CONNECTED)
    sky_talker_packet (self->talker, SKY_SIO_DISCONNECT, nsp, NULL);
  else
    space->left = TRUE;
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
  g_autoptr(SkyClient) alive = NULL;
  g_autofree char *name = NULL, *wire_nsp = NULL;
  GQueue held = G_QUEUE_INIT;

  g_return_val_if_fail (SKY_IS_CLIENT (self), FALSE);

  if (space == NULL || self->talker == NULL || !sky_talker_is_open (self->talker)
      || (space->state != SKY_SPACE_CONNECTED && space->state != SKY_SPACE_CONNECTING))
    {
      g_set_error (error, SKY_CLIENT_ERROR, SKY_CLIENT_ERROR_NOT_OPEN, _("The namespace %s is not connected."), nsp);
      return FALSE;
    }
  alive = g_object_ref (self);
  name = g_strdup (space->nsp);
  wire_nsp = sky_client_wire_name (self, name);
  say_left (self, space);
  sky_client_leave_space (self, space, "io client disconnect");
  sky_client_take_held (self, name, &held);
  if (!sky_client_has_spaces (self))
    sky_client_begin_close (self, SOUP_WEBSOCKET_CLOSE_NORMAL, NULL);
  sky_client_tell_spaces (self);
  sky_acks_drop (self->acks, wire_nsp);
  sky_client_give_up_held (self, &held);
  return TRUE;
}

/**
 * sky_client_get_space:
 * @index: from 0, in the order in which they were asked for, whatever became of that
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
