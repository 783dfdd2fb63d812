#include "peer/host/host-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/json.h"
#include "peer/arguments.h"
#include "peer/host/host-hand.h"
#include "peer/host/host-roster.h"
#include "peer/host/host-talk-private.h"

#define ASK_MSEC  60000
#define MIN_PRUNE 256 /* questions that nobody waits for any more may pile up so far */

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

/* "by hand → emit "notice"": @to stands in a column of its own */
static void
note (SkyHost *self, const char *nsp, const char *to, const char *event, guint n_receivers, gboolean ask)
{
  g_autofree char *why
      = g_strdup_printf (ask ? _("by hand → emit \"%s\", with acks") : _("by hand → emit \"%s\""), event);

  sky_host_roster_tell (&self->house, nsp, (const char *[]) { to, NULL }, NULL, n_receivers, why);
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
  note (self, nsp, to, event, n, FALSE);
  return TRUE;
}

static gboolean
is_over (gpointer key, gpointer ask, gpointer user_data)
{
  return sky_roster_ask_is_over (ask);
}

/* "/chat 7": each namespace counts for itself. */
static char *
make_key (const char *nsp, guint64 id)
{
  return g_strdup_printf ("%s %" G_GUINT64_FORMAT, nsp, id);
}

/* A late answer is one to nobody: what is over is forgotten when there is much of it. */
static void
expect (SkyHostMember *member, guint64 id, SkyRosterAsk *ask)
{
  SkyHostSession *session = sky_host_member_get_owner (member);

  if (session->asks == NULL)
    session->asks = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_object_unref);
  if (g_hash_table_size (session->asks) >= MIN_PRUNE)
    g_hash_table_foreach_remove (session->asks, is_over, NULL);
  g_hash_table_replace (session->asks, make_key (sky_host_member_get_nsp (member), id), g_object_ref (ask));
  sky_roster_ask_add (ask, sky_host_member_get_id (member));
}

/**
 * sky_host_hand_hear:
 * @talk: an ack that came from @member
 *
 * Returns: whether it answers what a person has asked; else a rule may have
 */
gboolean
sky_host_hand_hear (SkyHostMember *member, const SkyTalk *talk)
{
  SkyHostSession *session = sky_host_member_get_owner (member);
  g_autofree char *key = make_key (talk->nsp, talk->id), *stored = NULL, *args = NULL;
  g_autoptr(SkyRosterAsk) ask = NULL;

  if (!talk->has_id || session->asks == NULL
      || !g_hash_table_steal_extended (session->asks, key, (gpointer *) &stored, (gpointer *) &ask))
    return FALSE;
  args = sky_host_talk_read_ack (talk);
  sky_roster_ask_answer (ask, sky_host_member_get_id (member), args != NULL ? args : "");
  return TRUE;
}

/* It is disconnected: it answers nothing any more. */
void
sky_host_hand_forget (SkyHostMember *member)
{
  SkyHostSession *session = sky_host_member_get_owner (member);
  g_autofree char *prefix = g_strconcat (sky_host_member_get_nsp (member), " ", NULL);
  GHashTableIter iter;
  gpointer key, ask;

  if (session->asks == NULL)
    return;
  g_hash_table_iter_init (&iter, session->asks);
  while (g_hash_table_iter_next (&iter, &key, &ask))
    if (g_str_has_prefix (key, prefix))
      {
        sky_roster_ask_lose (ask, sky_host_member_get_id (member));
        g_hash_table_iter_remove (&iter);
      }
}

/**
 * sky_host_hand_ask:
 * @members: (element-type SkyHostMember): of @nsp
 * @json: the event's name and arguments, as the array that goes out
 * @attachments: (nullable) (element-type GBytes): for its placeholders
 * @ask: gets one more for each of them; it has not begun
 *
 * Sends them an event that they are to answer.
 */
void
sky_host_hand_ask (GPtrArray *members, const char *nsp, const char *json, GPtrArray *attachments, SkyRosterAsk *ask)
{
  gboolean binary = attachments != NULL && attachments->len > 0;

  for (guint i = 0; i < members->len; i++)
    {
      SkyHostMember *member = g_ptr_array_index (members, i);
      SkyHostSession *session = sky_host_member_get_owner (member);
      guint64 id;

      if (session->leaving)
        continue;
      id = sky_talker_take_id (session->talker, nsp);
      expect (member, id, ask);
      sky_host_talk_send (session, binary ? SKY_SIO_BINARY_EVENT : SKY_SIO_EVENT, nsp, &id, json,
                          binary ? attachments : NULL);
    }
}

/**
 * sky_host_ask_all:
 * @timeout_msec: how long answers are waited for
 *
 * As sky_host_emit(), and each who gets it is asked for an ack.
 *
 * Returns: (transfer full) (nullable): who has answered, from now on
 */
SkyRosterAsk *
sky_host_ask_all (SkyHost *self, const char *nsp, const char *to, const char *except, const char *event,
                  const char *args, guint timeout_msec, GError **error)
{
  g_autoptr(GPtrArray) attachments
      = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  g_autoptr(GPtrArray) members = NULL;
  g_autofree char *json = NULL;
  SkyRosterAsk *ask;

  g_return_val_if_fail (SKY_IS_HOST (self), NULL);
  g_return_val_if_fail (nsp != NULL && event != NULL, NULL);

  json = prepare (event, args, attachments, error);
  if (json == NULL)
    return NULL;
  members = sky_host_rooms_select (self->house.rooms, nsp, to, except);
  ask = sky_roster_ask_new (nsp, timeout_msec);
  sky_host_hand_ask (members, nsp, json, attachments, ask);
  note (self, nsp, to, event, sky_roster_ask_get_n_replies (ask), TRUE);
  sky_roster_ask_begin (ask);
  return ask;
}

/**
 * sky_host_ask:
 *
 * As sky_host_ask_all(), for who reads the answers in the trace, beside their events.
 */
gboolean
sky_host_ask (SkyHost *self, const char *nsp, const char *to, const char *except, const char *event,
              const char *args, GError **error)
{
  g_autoptr(SkyRosterAsk) ask = sky_host_ask_all (self, nsp, to, except, event, args, ASK_MSEC, error);

  return ask != NULL;
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
