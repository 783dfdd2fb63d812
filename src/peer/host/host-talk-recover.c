#include "peer/host/host-talk-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/clock.h"
#include "base/json.h"
#include "peer/host/host-private.h"
#include "peer/host/host-roster.h"

/* Connection state recovery: PROTOCOL §11. What is remembered stands in host-recovery.c. */

#define SWEEP_SEC 60 /* between two looks for what is too old, as with the reference */

static gboolean
on_sweep (gpointer user_data)
{
  SkyHost *host = user_data;

  if (sky_host_recovery_expire (host->house.recovery, sky_clock_now_usec (), host->house.options.recovery_msec))
    return G_SOURCE_CONTINUE;
  host->sweep = 0;
  return G_SOURCE_REMOVE;
}

static void
sweep_later (const SkyHostHouse *house)
{
  SkyHost *host = house->owner;

  if (host->sweep == 0)
    host->sweep = g_timeout_add_seconds (SWEEP_SEC, on_sweep, host);
}

/**
 * sky_host_talk_log:
 * @members: (element-type SkyHostMember): who gets it
 * @rooms: (nullable): … and who else would, were they here: %NULL for the whole namespace
 * @except: (nullable): rooms whose members do not
 * @json: an event's name and arguments, neither volatile nor to be acked
 *
 * To be called before an event goes out.
 *
 * Returns: (transfer full) (nullable): the event as it has to go out instead
 */
char *
sky_host_talk_log (const SkyHostHouse *house, const char *nsp, GPtrArray *members, const char *const *rooms,
                   const char *const *except, const char *json, GPtrArray *attachments)
{
  SkyHostSaid said = { .nsp = nsp, .rooms = rooms, .except = except, .json = json, .attachments = attachments };
  guint64 offset = 0;
  char *marked;

  if (house->options.recovery_msec == 0)
    return NULL;
  marked = sky_host_recovery_log (house->recovery, &said, sky_clock_now_usec (), &offset);
  for (guint i = 0; marked != NULL && i < members->len; i++)
    sky_host_member_set_offset (g_ptr_array_index (members, i), offset);
  sweep_later (house);
  return marked;
}

/* Sends an event to one socket that nobody has to ack, as socket.emit() does. */
void
sky_host_talk_say (SkyHostMember *member, const char *json, GPtrArray *attachments)
{
  SkyHostSession *session = sky_host_member_get_owner (member);
  const char *nsp = sky_host_member_get_nsp (member), *rooms[] = { sky_host_member_get_id (member), NULL };
  g_autoptr(GPtrArray) members = g_ptr_array_new ();
  g_autofree char *marked = NULL;

  g_ptr_array_add (members, member);
  marked = sky_host_talk_log (session->house, nsp, members, rooms, NULL, json, attachments);
  sky_host_talk_send (session, attachments != NULL && attachments->len > 0 ? SKY_SIO_BINARY_EVENT : SKY_SIO_EVENT, nsp,
                      NULL, marked != NULL ? marked : json, attachments);
}

/* Whether it was the line that broke, and not somebody who wanted to go: PROTOCOL §11.5. */
static gboolean
is_recoverable (const char *why)
{
  static const char *const whys[] = { "transport error", "transport close", "forced close", "ping timeout",
                                      "server shutting down", "forced server close", NULL };

  return g_strv_contains (whys, why);
}

/**
 * sky_host_talk_part:
 * @member: it is about to leave
 * @why: what a Socket.IO server's "disconnect" event would say
 *
 * Returns: (transfer full) (nullable): what is remembered of it, for sky_host_talk_keep()
 */
SkyHostKept *
sky_host_talk_part (SkyHostMember *member, const char *why)
{
  SkyHostSession *session = sky_host_member_get_owner (member);
  g_autoptr(GPtrArray) rooms = NULL;
  SkyHostKept *kept;

  if (session->house->options.recovery_msec == 0 || sky_host_member_get_pid (member) == NULL || !is_recoverable (why))
    return NULL;
  rooms = sky_host_member_get_rooms (member);
  g_ptr_array_add (rooms, NULL);
  kept = g_new0 (SkyHostKept, 1);
  kept->nsp = g_strdup (sky_host_member_get_nsp (member));
  kept->id = g_strdup (sky_host_member_get_id (member));
  kept->pid = g_strdup (sky_host_member_get_pid (member));
  kept->rooms = g_strdupv ((char **) rooms->pdata);
  kept->n_sent = sky_host_member_get_offset (member);
  kept->n_left = sky_host_recovery_get_last (session->house->recovery);
  return kept;
}

/* @kept: (nullable) (transfer full): who has left */
void
sky_host_talk_keep (const SkyHostHouse *house, SkyHostKept *kept)
{
  if (kept == NULL)
    return;
  sky_host_recovery_keep (house->recovery, kept, sky_clock_now_usec ());
  sweep_later (house);
}

/* Returns: (nullable) (transfer full): a member of an object, if it is a text */
static char *
get_text (const char *json, const SkyJsonValue *object, const char *name)
{
  SkyJsonValue value;

  return sky_json_member (json, object, name, &value) && value.type == SKY_JSON_STRING
             ? sky_json_unquote (json, &value, NULL)
             : NULL;
}

/* Whether it is no line that broke: the client, or somebody else, comes twice (PROTOCOL §11.6). */
static gboolean
is_here (const SkyHostHouse *house, const char *nsp, const char *pid)
{
  g_autoptr(GPtrArray) members = sky_host_rooms_select (house->rooms, nsp, NULL, NULL);

  for (guint i = 0; i < members->len; i++)
    if (g_strcmp0 (sky_host_member_get_pid (g_ptr_array_index (members, i)), pid) == 0)
      return TRUE;
  return FALSE;
}

/**
 * sky_host_talk_recover:
 * @auth: what the client gave for this namespace, JSON
 * @missed: (out) (transfer full) (element-type SkyHostSaid): what it has missed, if it is recovered
 *
 * Returns: (nullable) (transfer full): the socket that it was, if its state is to be recovered
 */
SkyHostKept *
sky_host_talk_recover (SkyHostSession *session, const char *nsp, const char *auth, GPtrArray **missed)
{
  const SkyHostHouse *house = session->house;
  g_autofree char *pid = NULL, *offset = NULL;
  SkyRecoveryVerdict verdict;
  SkyHostKept *kept;
  SkyJsonValue object;

  if (house->options.recovery_msec == 0 || session->revision == 3
      || !sky_json_parse (auth, strlen (auth), &object, NULL, NULL) || object.type != SKY_JSON_OBJECT)
    return NULL;
  pid = get_text (auth, &object, "pid");
  offset = get_text (auth, &object, "offset");
  if (pid == NULL || offset == NULL)
    return NULL;
  sky_host_recovery_expire (house->recovery, sky_clock_now_usec (), house->options.recovery_msec);
  kept = sky_host_recovery_take (house->recovery, nsp, pid, offset, missed, &verdict);
  if (verdict == SKY_RECOVERY_UNKNOWN && is_here (house, nsp, pid))
    sky_link_note (session->link, SKY_LAYER_NOTE, SKY_KIND_STATE,
                   _("Not recovered: the connection before is still open"));
  else if (verdict == SKY_RECOVERY_UNKNOWN)
    sky_link_note (session->link, SKY_LAYER_NOTE, SKY_KIND_STATE,
                   _("Not recovered: that connection broke more than %u ms ago, or it did not break but was ended"),
                   house->options.recovery_msec);
  else if (verdict == SKY_RECOVERY_LOST)
    sky_link_note (session->link, SKY_LAYER_NOTE, SKY_KIND_STATE,
                   _("Not recovered: not all that it has missed is remembered"));
  return kept;
}

/* Its rooms, as they were, and what was said there: before the answer to CONNECT, PROTOCOL §11.4. */
void
sky_host_talk_restore (SkyHostMember *member, const SkyHostKept *kept, GPtrArray *missed)
{
  SkyHostSession *session = sky_host_member_get_owner (member);

  for (gsize i = 0; kept->rooms[i] != NULL; i++)
    sky_host_talk_join (member, kept->rooms[i], _("by recovery"));
  sky_host_member_set_offset (member, kept->n_sent);
  sky_link_note (session->link, SKY_LAYER_NOTE, SKY_KIND_STATE,
                 g_dngettext (GETTEXT_PACKAGE, "Recovered: the same socket as before, with its rooms; it has missed %u event",
                              "Recovered: the same socket as before, with its rooms; it has missed %u events", missed->len),
                 missed->len);
  for (guint i = 0; i < missed->len; i++)
    {
      const SkyHostSaid *said = g_ptr_array_index (missed, i);

      sky_host_talk_send (session, said->attachments != NULL && said->attachments->len > 0 ? SKY_SIO_BINARY_EVENT : SKY_SIO_EVENT,
                          kept->nsp, NULL, said->json, said->attachments);
      sky_host_member_set_offset (member, said->offset);
    }
}
