#include "peer/client/client-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/json.h"

/* What a server says of the namespaces: connected, refused, left, and where a recovery would go on (PROTOCOL §8, §11). */

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

/* Returns: (transfer full): a server of revision 3 gives no sid: it is made of the engine's, PROTOCOL §14.5 */
static char *
get_sid (SkyClient *self, const SkyTalk *talk)
{
  char *sid = take_string (talk->json, "sid");

  if (sid != NULL)
    return sid;
  return strcmp (talk->nsp, "/") == 0 ? g_strdup (self->open.sid) : g_strconcat (talk->nsp, "#", self->open.sid, NULL);
}

/**
 * sky_client_hear_connect:
 *
 * CONNECT came: PROTOCOL §8.1, §11.3. Nobody is told yet.
 *
 * Returns: (nullable) (transfer none): the namespace, if it is connected by that
 */
SkyClientSpace *
sky_client_hear_connect (SkyClient *self, const SkyTalk *talk)
{
  SkyClientSpace *space = sky_client_get_space_of (self, talk->nsp);
  g_autofree char *pid = take_string (talk->json, "pid");

  if (space == NULL || space->state == SKY_SPACE_CONNECTED)
    return NULL;
  if (space->left)
    {
      space->left = FALSE;
      sky_talker_packet (self->talker, SKY_SIO_DISCONNECT, talk->nsp, NULL);
      return NULL;
    }
  space->state = SKY_SPACE_CONNECTED;
  space->recovered = pid != NULL && g_strcmp0 (pid, space->pid) == 0;
  if (!space->recovered)
    g_clear_pointer (&space->offset, g_free);
  g_free (space->pid);
  space->pid = g_steal_pointer (&pid);
  g_free (space->sid);
  space->sid = get_sid (self, talk);
  note_connected (self, space);
  sky_client_renew_namespaces (self);
  return space;
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

static const char *
advise (const char *message)
{
  return g_strcmp0 (message, "Invalid namespace") == 0
             ? _("The server has no such namespace: check the address, its path names the namespace.")
             : _("Check the auth payload under Options: the server's middleware decides on it.");
}

/* CONNECT_ERROR: the connection stays while another namespace needs it: PROTOCOL §8.4–8.6. */
void
sky_client_hear_refusal (SkyClient *self, const SkyTalk *talk)
{
  SkyClientSpace *space = sky_client_find_space (self, talk->nsp);
  g_autofree char *message = take_message (talk->json), *problem = NULL;
  GQueue held = G_QUEUE_INIT;

  if (space == NULL || (space->state != SKY_SPACE_CONNECTED && space->state != SKY_SPACE_CONNECTING))
    return;
  space->state = SKY_SPACE_REFUSED;
  space->active = FALSE;
  g_clear_pointer (&space->sid, g_free);
  g_clear_pointer (&space->pid, g_free);
  g_clear_pointer (&space->offset, g_free);
  g_free (space->why);
  space->why = g_strdup (message);
  sky_client_renew_namespaces (self);
  problem = g_strdup_printf (_("%s refused the namespace %s: “%s”."), self->route.host_header, talk->nsp, message);
  sky_client_note (self, SKY_KIND_CONNECT_FAILED, "%s", problem);
  sky_client_take_held (self, space->nsp, &held);
  if (!sky_client_has_spaces (self) && !self->stopping)
    sky_client_refuse (self, problem, advise (message));
  sky_client_tell_spaces (self);
  sky_client_give_up_held (self, &held);
}

/* The server left the namespace. It is not joined again by itself, and nor is the last one: PROTOCOL §8.10, §12.2. */
void
sky_client_hear_disconnect (SkyClient *self, const SkyTalk *talk)
{
  SkyClientSpace *space = sky_client_find_space (self, talk->nsp);
  GQueue held = G_QUEUE_INIT;

  if (space == NULL || (space->state != SKY_SPACE_CONNECTED && space->state != SKY_SPACE_CONNECTING))
    return;
  sky_client_leave_space (self, space, "io server disconnect");
  sky_client_take_held (self, space->nsp, &held);
  if (!sky_client_has_spaces (self) && !self->stopping)
    {
      self->reason = "io server disconnect";
      sky_client_begin_close (self, SOUP_WEBSOCKET_CLOSE_NORMAL, NULL);
    }
  sky_client_tell_spaces (self);
  sky_acks_drop (self->acks, talk->nsp);
  sky_client_give_up_held (self, &held);
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

