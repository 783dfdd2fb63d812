#include "peer/host-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/json.h"
#include "peer/arguments.h"
#include "peer/host-roster.h"
#include "peer/host-talk.h"
#include "sio/sio-event.h"

/* What a person does to a running host by hand. */

/* Returns: (nullable) (transfer full): the event as the array that goes out */
static char *
prepare (const char *event, const char *args, GPtrArray *attachments, GError **error)
{
  const char *problem = sky_arguments_event_problem (event);
  g_autofree char *prepared = NULL;
  g_autoptr(GString) json = NULL;

  if (problem != NULL)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, problem);
      return NULL;
    }
  prepared = sky_arguments_prepare (args, attachments, error);
  if (prepared == NULL)
    return NULL;
  json = g_string_new ("[");
  sky_json_quote (json, event, -1);
  if (*prepared != '\0')
    g_string_append_printf (json, ",%s", prepared);
  g_string_append_c (json, ']');
  return g_strdup (json->str);
}

/**
 * sky_host_emit:
 * @nsp: the namespace
 * @to: (nullable): a room or a socket's id; %NULL for the whole namespace
 * @except: (nullable): a room or a socket's id that is left out
 * @event: its name
 * @args: (nullable): the arguments as JSON, separated by commas; binary as `{"$bin":"base64"}`
 * @error: what is wrong with @event or @args: %G_IO_ERROR_INVALID_ARGUMENT, #SkyJsonError or
 *   #SkySioError
 *
 * Sends an event to all who are there, which may be nobody.
 */
gboolean
sky_host_emit (SkyHost *self, const char *nsp, const char *to, const char *except,
               const char *event, const char *args, GError **error)
{
  g_autoptr(GPtrArray) attachments
      = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  g_autofree char *json = NULL;
  guint n;

  g_return_val_if_fail (SKY_IS_HOST (self), FALSE);
  g_return_val_if_fail (nsp != NULL && event != NULL, FALSE);

  json = prepare (event, args, attachments, error);
  if (json == NULL)
    return FALSE;
  n = sky_host_talk_tell (&self->house, nsp, to, except, json, attachments);
  sky_host_roster_tell (&self->house, nsp, to, NULL, n, _("by hand"));
  return TRUE;
}

/**
 * sky_host_ask:
 *
 * As sky_host_emit(), and each who gets it is asked for an ack: the answers stand in the trace,
 * beside their events.
 */
gboolean
sky_host_ask (SkyHost *self, const char *nsp, const char *to, const char *except, const char *event,
              const char *args, GError **error)
{
  g_autoptr(GPtrArray) attachments
      = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  g_autoptr(GPtrArray) members = NULL;
  g_autofree char *json = NULL;
  SkySioEvent parts;

  g_return_val_if_fail (SKY_IS_HOST (self), FALSE);
  g_return_val_if_fail (nsp != NULL && event != NULL, FALSE);

  json = prepare (event, args, attachments, error);
  if (json == NULL || !sky_sio_event_decode (json, strlen (json), TRUE, &parts))
    return FALSE;
  json[parts.args_start + parts.args_len] = '\0';
  members = sky_host_rooms_select (self->house.rooms, nsp, to, except);
  for (guint i = 0; i < members->len; i++)
    {
      SkyHostSession *session = sky_host_member_get_owner (g_ptr_array_index (members, i));

      if (session->leaving)
        continue;
      sky_talker_emit (session->talker, nsp, event, json + parts.args_start, attachments, TRUE);
      sky_host_roster_count (g_ptr_array_index (members, i), FALSE);
    }
  sky_host_roster_tell (&self->house, nsp, to, NULL, members->len, _("by hand, with acks"));
  return TRUE;
}

static SkyHostMember *
find_member (SkyHost *self, const char *who, GError **error)
{
  SkyHostMember *member = sky_host_rooms_find (self->house.rooms, who);

  if (member == NULL)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
                 _("No socket with the id %s is connected."), who);
  return member;
}

/**
 * sky_host_join:
 * @who: a socket's id
 * @error: %G_IO_ERROR_NOT_FOUND if there is none
 *
 * Puts a socket into @room, if it is not there already.
 */
gboolean
sky_host_join (SkyHost *self, const char *who, const char *room, GError **error)
{
  SkyHostMember *member;

  g_return_val_if_fail (SKY_IS_HOST (self), FALSE);
  g_return_val_if_fail (who != NULL && room != NULL, FALSE);

  member = find_member (self, who, error);
  if (member != NULL)
    sky_host_talk_join (member, room, _("by hand"));
  return member != NULL;
}

/**
 * sky_host_leave:
 *
 * Takes a socket out of @room, if it is there. See sky_host_join().
 */
gboolean
sky_host_leave (SkyHost *self, const char *who, const char *room, GError **error)
{
  SkyHostMember *member;

  g_return_val_if_fail (SKY_IS_HOST (self), FALSE);
  g_return_val_if_fail (who != NULL && room != NULL, FALSE);

  member = find_member (self, who, error);
  if (member != NULL)
    sky_host_talk_leave (member, room, _("by hand"));
  return member != NULL;
}

/**
 * sky_host_disconnect:
 * @who: a socket's id
 * @all: whether its whole connection ends, or only its part in its namespace
 * @error: %G_IO_ERROR_NOT_FOUND if there is none
 *
 * Sends a socket away, as the server's socket.disconnect() does.
 */
gboolean
sky_host_disconnect (SkyHost *self, const char *who, gboolean all, GError **error)
{
  SkyHostMember *member;
  SkyHostSession *session;

  g_return_val_if_fail (SKY_IS_HOST (self), FALSE);
  g_return_val_if_fail (who != NULL, FALSE);

  member = find_member (self, who, error);
  if (member == NULL)
    return FALSE;
  session = sky_host_member_get_owner (member);
  if (all)
    sky_host_talk_disconnect_all (session);
  else
    sky_host_talk_disconnect (member);
  return TRUE;
}
