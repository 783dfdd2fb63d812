#include "peer/host/host-talk-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/json.h"
#include "peer/host/host-roster.h"
#include "peer/host/host-rules.h"

/* What a host without rules answers to events. */

/* One event, while it is answered. */
typedef struct
{
  SkyHostSession *session;
  SkyHostMember *member;
  const SkyTalk *talk;
  char          *first;  /* nullable: the first argument, if it is a string or a number */
  const char    *others; /* the text of the arguments after it */
} Event;

static void
answer (const Event *event, const char *json, GPtrArray *attachments)
{
  gboolean binary = attachments != NULL && attachments->len > 0;

  if (event->talk->has_id)
    sky_host_talk_send (event->session, binary ? SKY_SIO_BINARY_ACK : SKY_SIO_ACK, event->talk->nsp,
          &event->talk->id, json, attachments);
}

static void
append_rooms (GString *json, const SkyHostMember *member)
{
  g_autoptr(GPtrArray) rooms = sky_host_member_get_rooms (member);

  g_string_append (json, "\"rooms\":[");
  for (guint i = 0; i < rooms->len; i++)
    {
      if (i > 0)
        g_string_append_c (json, ',');
      sky_json_quote (json, g_ptr_array_index (rooms, i), -1);
    }
  g_string_append_c (json, ']');
}

static void
answer_rooms (const Event *event)
{
  g_autoptr(GString) json = NULL;

  if (!event->talk->has_id)
    return;
  json = g_string_new ("[{\"ok\":true,");
  append_rooms (json, event->member);
  g_string_append (json, "}]");
  answer (event, json->str, NULL);
}

static void
on_join (const Event *event)
{
  if (sky_host_member_get_n_rooms (event->member) >= SKY_HOST_MAX_ROOMS)
    {
      answer (event, "[{\"ok\":false,\"error\":\"too many rooms\"}]", NULL);
      return;
    }
  sky_host_talk_join (event->member, event->first, _("by event \"join\""));
  answer_rooms (event);
}

static void
on_leave (const Event *event)
{
  sky_host_talk_leave (event->member, event->first, _("by event \"leave\""));
  answer_rooms (event);
}

/* To all others of the room: who said it, and then the arguments as they came. */
static void
on_say (const Event *event)
{
  const char *id = sky_host_member_get_id (event->member);
  g_autofree char *json = g_strdup_printf ("[\"say\",\"%s\"%s%s]", id,
                                           *event->others != '\0' ? "," : "", event->others);
  guint n = sky_host_talk_tell (event->session->house, event->talk->nsp, event->first, id, json,
                                event->talk->attachments);
  g_autofree char *told = g_strdup_printf ("[{\"ok\":true,\"delivered\":%u}]", n);

  sky_host_roster_tell (event->session->house, event->talk->nsp, (const char *[]) { event->first, NULL }, id, n,
                        _("by event \"say\""));
  answer (event, told, NULL);
}

static void
on_whoami (const Event *event)
{
  g_autoptr(GString) json = g_string_new (event->talk->has_id ? "[{" : "[\"whoami\",{");

  g_string_append_printf (json, "\"id\":\"%s\",", sky_host_member_get_id (event->member));
  append_rooms (json, event->member);
  g_string_append (json, "}]");
  if (event->talk->has_id)
    answer (event, json->str, NULL);
  else
    sky_host_talk_say (event->member, json->str, NULL);
}

/* Any other event comes back as it was: as the answer, or as an event. */
static void
on_any (const Event *event)
{
  const SkyTalk *talk = event->talk;
  g_autofree char *json = NULL;

  if (talk->has_id)
    {
      json = g_strconcat ("[", talk->args != NULL ? talk->args : "", "]", NULL);
      answer (event, json, talk->attachments);
    }
  else
    sky_host_talk_say (event->member, talk->json, talk->attachments);
}

static const struct
{
  const char *name;
  void (*func) (const Event *event);
  gboolean    wants_room; /* as its first argument */
} handlers[] = {
  { "join", on_join, TRUE },
  { "leave", on_leave, TRUE },
  { "say", on_say, TRUE },
  { "whoami", on_whoami, FALSE },
};

/* Takes the first argument off: a room is a string, or a number as in JavaScript. */
static void
split_args (Event *event)
{
  const char *args = event->talk->args != NULL ? event->talk->args : "";
  gsize len = strlen (args), pos = 0, name_len;
  SkyJsonValue value;

  event->others = "";
  if (!sky_json_scan (args, len, &pos, &value, NULL))
    return;
  if (value.type == SKY_JSON_NUMBER)
    event->first = g_strndup (args + value.start, value.len);
  else if (value.type == SKY_JSON_STRING)
    event->first = sky_json_unquote (args, &value, &name_len);
  if (event->first != NULL && value.type == SKY_JSON_STRING && strlen (event->first) != name_len)
    g_clear_pointer (&event->first, g_free);
  pos += strspn (args + pos, " \t\r\n");
  event->others = args[pos] == ',' ? args + pos + 1 : "";
}

/* Here it is decided what answers an event; the caller has seen to it that @member may send it. */
void
sky_host_talk_answer (SkyHostSession *session, SkyHostMember *member, const SkyTalk *talk)
{
  Event event = { .session = session, .member = member, .talk = talk };
  gsize i = 0;

  if (sky_host_rules_event (session, talk))
    return;
  while (i < G_N_ELEMENTS (handlers) && g_strcmp0 (talk->event, handlers[i].name) != 0)
    i++;
  if (i == G_N_ELEMENTS (handlers))
    {
      on_any (&event);
      return;
    }
  split_args (&event);
  if (handlers[i].wants_room && (event.first == NULL || strlen (event.first) > SKY_HOST_MAX_NAME_LEN))
    answer (&event, "[{\"ok\":false,\"error\":\"the first argument must name a room\"}]", NULL);
  else
    handlers[i].func (&event);
  g_free (event.first);
}
