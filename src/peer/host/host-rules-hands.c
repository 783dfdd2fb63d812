#include "peer/host/host-rules-private.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <string.h>
#include <sys/random.h>

#include "base/clock.h"
#include "base/json.h"
#include "peer/host/host-roster.h"
#include "peer/host/host-talk-private.h"
#include "sio/sio-attach.h"

/* What the rules of a socket do. */

static void
on_note (gpointer owner, const char *path, const char *sentence)
{
  sky_host_rules_note (((SkyHostPlayer *) owner)->session, SKY_KIND_ERROR, _("Rule %s: %s"), path, sentence);
}

/* Notes what the present action could not do. */
static void
note_here (SkyHostPlayer *self, const char *sentence)
{
  const char *path = sky_rules_player_get_path (self->rules);

  on_note (self, path != NULL ? path : "", sentence);
}

static gint64
on_now (gpointer owner)
{
  return sky_clock_now_usec ();
}

static guint64
on_random (gpointer owner)
{
  guint64 bits;

  while (getrandom (&bits, sizeof bits, 0) != sizeof bits)
    g_assert (errno == EINTR);
  return bits;
}

typedef struct
{
  void   (*alarm) (gpointer data);
  gpointer data;
} Alarm;

static gboolean
on_time (gpointer user_data)
{
  Alarm *alarm = user_data;

  alarm->alarm (alarm->data);
  return G_SOURCE_REMOVE;
}

static guint
on_timer_start (gpointer owner, guint msec, void (*alarm) (gpointer data), gpointer data)
{
  Alarm *timer = g_new0 (Alarm, 1);

  timer->alarm = alarm;
  timer->data = data;
  return g_timeout_add_full (G_PRIORITY_DEFAULT, msec, on_time, timer, g_free);
}

static void
on_timer_stop (gpointer owner, guint timer)
{
  g_source_remove (timer);
}

static void
on_ack (gpointer owner, guint64 number, const char *json, gsize len)
{
  SkyHostPlayer *self = owner;
  g_autoptr(GPtrArray) attachments = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  g_autoptr(GError) error = NULL;
  g_autofree char *lifted = sky_sio_attach_lift (json, len, attachments, &error);

  if (lifted == NULL)
    note_here (self, error->message);
  else
    sky_host_talk_send (self->session, attachments->len > 0 ? SKY_SIO_BINARY_ACK : SKY_SIO_ACK, self->nsp, &number,
                        lifted, attachments->len > 0 ? attachments : NULL);
}

/* An id is the name of a room, in which its socket usually is. */
static SkyHostMember *
find_member (SkyHostPlayer *self, const char *who)
{
  g_autoptr(GPtrArray) members = NULL;

  if (who == NULL || g_strcmp0 (who, self->id) == 0)
    return self->member;
  members = sky_host_rooms_select (self->session->house->rooms, self->nsp, who, NULL);
  for (guint i = 0; i < members->len; i++)
    if (g_str_equal (sky_host_member_get_id (g_ptr_array_index (members, i)), who))
      return g_ptr_array_index (members, i);
  return NULL;
}

/* "rule “join”": the label of the row that the present action belongs to. */
char *
sky_host_rules_name (SkyHostPlayer *self)
{
  SkyRules *rules = sky_rules_stage_get_rules (self->session->house->stage);
  const char *path = sky_rules_player_get_path (self->rules), *label = path;
  gsize longest = 0;

  for (guint i = 0; path != NULL && i < sky_rules_get_n_rows (rules); i++)
    {
      const SkyRulesRow *row = sky_rules_get_row (rules, i);
      gsize len = strlen (row->path);

      if (len <= longest || !g_str_has_prefix (path, row->path) || (path[len] != '[' && path[len] != '\0'))
        continue;
      longest = len;
      label = row->label;
    }
  return g_strdup_printf (_("rule “%s”"), label != NULL ? label : "");
}

static void
on_join (gpointer owner, const char *who, const char *room)
{
  SkyHostPlayer *self = owner;
  SkyHostMember *member = find_member (self, who);
  g_autofree char *by = sky_host_rules_name (self);

  if (member == NULL)
    note_here (self, _("There is no such socket in this namespace: it joins nothing"));
  else if (strlen (room) > SKY_HOST_MAX_NAME_LEN)
    note_here (self, _("A room's name may have 1024 bytes: it is not joined"));
  else if (sky_host_member_get_n_rooms (member) >= SKY_HOST_MAX_ROOMS)
    note_here (self, _("This socket is in 1,000 rooms already: it joins no further one"));
  else
    sky_host_talk_join (member, room, by);
}

static void
on_leave (gpointer owner, const char *who, const char *room)
{
  SkyHostPlayer *self = owner;
  SkyHostMember *member = find_member (self, who);
  g_autofree char *by = sky_host_rules_name (self);

  if (member != NULL)
    sky_host_talk_leave (member, room, by);
}

static void
on_disconnect (gpointer owner, gboolean all)
{
  SkyHostPlayer *self = owner;

  if (self->member == NULL)
    return;
  if (all)
    sky_host_talk_disconnect_all (self->session);
  else
    sky_host_talk_disconnect (self->member);
}

static void
on_close (gpointer owner, SkyRulesClose how, guint code, const char *reason)
{
  SkyHostSession *session = ((SkyHostPlayer *) owner)->session;

  switch (how)
    {
    case SKY_RULES_CLOSE_ENGINE:
      sky_host_session_close (session, SOUP_WEBSOCKET_CLOSE_NORMAL, NULL, "forced close");
      break;
    case SKY_RULES_CLOSE_TCP:
      sky_host_session_cut (session);
      break;
    case SKY_RULES_CLOSE_CODE:
      sky_host_session_close (session, code, reason, "forced close");
      break;
    }
}

static void
on_send (gpointer owner, const guint8 *data, gsize len, gboolean binary)
{
  SkyHostSession *session = ((SkyHostPlayer *) owner)->session;
  gboolean packet = !binary && session->protocol == SKY_PROTOCOL_ENGINE_IO;
  g_autoptr(GByteArray) octets = g_byte_array_sized_new ((guint) len + 1);
  g_autoptr(GBytes) message = NULL;

  if (packet)
    g_byte_array_append (octets, (const guint8 *) "4", 1);
  g_byte_array_append (octets, data, (guint) len);
  message = g_byte_array_free_to_bytes (g_steal_pointer (&octets));
  sky_host_session_send (session, message, binary, NULL);
  sky_host_roster_count_message (session, FALSE);
}

static void
on_changed (gpointer owner)
{
  SkyHostPlayer *self = owner;

  if (self->member != NULL)
    sky_host_roster_touch (self->member);
}

const SkyRulesHands sky_host_rules_hands = {
  .lookup = sky_host_rules_lookup,
  .now_usec = on_now,
  .random = on_random,
  .timer_start = on_timer_start,
  .timer_stop = on_timer_stop,
  .emit = sky_host_rules_emit,
  .forget = sky_host_rules_forget,
  .ack = on_ack,
  .join = on_join,
  .leave = on_leave,
  .disconnect = on_disconnect,
  .close = on_close,
  .send = on_send,
  .changed = on_changed,
  .note = on_note,
};
