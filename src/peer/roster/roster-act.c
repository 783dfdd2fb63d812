#include "peer/roster/roster-private.h"

#include <glib/gi18n-lib.h>

/* What a person does through a roster, and whether it can be done. */

/**
 * sky_roster_set_hands:
 * @hands: (nullable): copied; %NULL for none
 * @owner: what they are called with; whoever set them takes them away before it goes
 */
void
sky_roster_set_hands (SkyRoster *self, const SkyRosterHands *hands, gpointer owner)
{
  self->hands = hands != NULL ? *hands : (SkyRosterHands) { NULL };
  self->owner = owner;
  sky_roster_announce (self);
}

static void
set_text (char **text, const char *now)
{
  char *copy = g_strdup (now);

  g_free (*text);
  *text = copy;
}

/**
 * sky_roster_set_read_only:
 * @why: (nullable): a whole sentence for the person, if @read_only
 *
 * Nothing can be done just now, or ever, whatever hands there are.
 */
void
sky_roster_set_read_only (SkyRoster *self, gboolean read_only, const char *why)
{
  self->read_only = read_only;
  set_text (&self->why_read_only, why);
  sky_roster_announce (self);
}

/**
 * sky_roster_set_missing:
 * @why: (nullable): a whole sentence: why hands that are %NULL are missing
 */
void
sky_roster_set_missing (SkyRoster *self, const char *why)
{
  set_text (&self->missing, why);
  sky_roster_announce (self);
}

/* Whether there are only clients, and neither namespaces nor rooms: a server that does not speak Socket.IO. */
void
sky_roster_set_flat (SkyRoster *self, gboolean flat)
{
  if (self->flat == flat)
    return;
  self->flat = flat;
  g_signal_emit_by_name (self, "flat");
  sky_roster_announce (self);
}

gboolean
sky_roster_is_flat (SkyRoster *self)
{
  return self->flat;
}

/* @address: (nullable): where clients connect to, "http://127.0.0.1:3000/"; %NULL while they cannot */
void
sky_roster_set_address (SkyRoster *self, const char *address)
{
  if (g_strcmp0 (self->address, address) == 0)
    return;
  set_text (&self->address, address);
  sky_roster_announce (self);
}

/* Returns: (nullable) (transfer none) */
const char *
sky_roster_get_address (SkyRoster *self)
{
  return self->address;
}

/**
 * sky_roster_can:
 * @hand_offset: G_STRUCT_OFFSET (SkyRosterHands, emit), or another of them
 * @why: (out) (optional) (nullable) (transfer none): if not, a whole sentence that says why
 */
gboolean
sky_roster_can (SkyRoster *self, gsize hand_offset, const char **why)
{
  const char *reason = NULL;

  if (self->read_only)
    reason = self->why_read_only != NULL ? self->why_read_only : _("The server can only be watched.");
  else if (G_STRUCT_MEMBER (gpointer, &self->hands, hand_offset) == NULL)
    reason = self->missing != NULL ? self->missing : _("The server does not offer this.");
  if (why != NULL)
    *why = reason;
  return reason == NULL;
}

/* Returns: (nullable) (transfer none): why an emit cannot ask for acks, in a sentence */
const char *
sky_roster_get_no_acks (SkyRoster *self)
{
  return self->hands.no_acks;
}

/* An empty name would mean everyone to a server, and nobody means everyone by that. */
static gboolean
check (SkyRoster *self, gsize hand_offset, const char *nsp, const char *const *names, GError **error)
{
  const char *why;

  if (!sky_roster_can (self, hand_offset, &why))
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED, why);
      return FALSE;
    }
  if (sky_roster_find_space (self, nsp) == NULL)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, _("The server has no namespace %s."), nsp);
      return FALSE;
    }
  for (guint i = 0; i < 2; i++)
    if (names[i] != NULL && *names[i] == '\0')
      {
        g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, _("The name of a room is missing."));
        return FALSE;
      }
  return TRUE;
}

#define CHECK(hand, nsp, first, second)                                                                                \
  check (self, G_STRUCT_OFFSET (SkyRosterHands, hand), nsp, (const char *[2]) { first, second }, error)

/**
 * sky_roster_emit:
 * @to: (nullable): a room or a socket's id; %NULL for the namespace
 * @except: (nullable): a room or a socket's id
 * @args: (nullable): JSON, separated by commas; {"$bin":"base64"} is binary
 * @ack: whether to ask the receivers for acks
 * @error: a whole sentence
 */
gboolean
sky_roster_emit (SkyRoster *self, const char *nsp, const char *to, const char *except, const char *event,
                 const char *args, gboolean ack, GError **error)
{
  return CHECK (emit, nsp, to, except) && self->hands.emit (self->owner, nsp, to, except, event, args, ack, error);
}

/**
 * sky_roster_ask:
 * @timeout_msec: how long answers are waited for
 *
 * As sky_roster_emit(), and each receiver is to answer.
 *
 * Returns: (transfer full) (nullable): who has answered, from now on
 */
SkyRosterAsk *
sky_roster_ask (SkyRoster *self, const char *nsp, const char *to, const char *except, const char *event,
                const char *args, guint timeout_msec, GError **error)
{
  return CHECK (ask, nsp, to, except)
             ? self->hands.ask (self->owner, nsp, to, except, event, args, timeout_msec, error) : NULL;
}

/**
 * sky_roster_make_join:
 * @who: (nullable): a socket's id, or a room: all that are in it; %NULL for all of the namespace
 */
gboolean
sky_roster_make_join (SkyRoster *self, const char *nsp, const char *who, const char *room, GError **error)
{
  return CHECK (join, nsp, who, room) && self->hands.join (self->owner, nsp, who, room, error);
}

/**
 * sky_roster_make_leave:
 * @who: (nullable): as for sky_roster_make_join(); %NULL or @room itself empty the room
 */
gboolean
sky_roster_make_leave (SkyRoster *self, const char *nsp, const char *who, const char *room, GError **error)
{
  return CHECK (leave, nsp, who, room) && self->hands.leave (self->owner, nsp, who, room, error);
}

/**
 * sky_roster_make_disconnect:
 * @who: (nullable): a socket's id, or a room; %NULL for all of the namespace
 * @close: whether their transport is closed too, and with it their other namespaces
 */
gboolean
sky_roster_make_disconnect (SkyRoster *self, const char *nsp, const char *who, gboolean close, GError **error)
{
  return CHECK (disconnect, nsp, who, NULL) && self->hands.disconnect (self->owner, nsp, who, close, error);
}
