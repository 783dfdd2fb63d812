#include "peer/host/host-admin-private.h"

#include <string.h>

#include "base/json.h"
#include "peer/host/host-hand.h"
#include "peer/host/host-talk-private.h"
#include "peer/roster/roster-ask.h"
#include "sio/sio-attach.h"

#define ASK_MSEC 10000
#define MAX_ASKS 100 /* questions that admins wait for at once */

/* What admins are answered who want to know what came of their order. */

/* An event that an admin had emitted, and of which it wants the acks. */
typedef struct
{
  SkyHostAdmin  *admin;
  SkyHostMember *member;
  guint64        id; /* of the ack that it waits for */
  SkyRosterAsk  *ask;
} Question;

/* @json: an array; @attachments: (nullable): for its placeholders */
void
sky_host_admin_reply (SkyHostMember *member, guint64 id, const char *json, GPtrArray *attachments)
{
  gboolean binary = attachments != NULL && attachments->len > 0;

  sky_host_talk_send (sky_host_member_get_owner (member), binary ? SKY_SIO_BINARY_ACK : SKY_SIO_ACK, SKY_HOST_ADMIN_NSP,
                      &id, json, binary ? attachments : NULL);
}

static void on_answer (SkyRosterAsk *ask, Question *question);

static void
question_free (Question *self)
{
  g_ptr_array_remove_fast (self->admin->asks, self);
  g_signal_handlers_disconnect_by_func (self->ask, on_answer, self);
  g_object_unref (self->ask);
  g_free (self);
}

/* The first argument of each answer counts, as with the reference. What is too long to be kept is null. */
static void
append_answer (GString *json, const char *args)
{
  gsize pos = 0;
  SkyJsonValue value;

  if (json->str[json->len - 1] != '[')
    g_string_append_c (json, ',');
  if (sky_json_scan (args, strlen (args), &pos, &value, NULL))
    g_string_append_len (json, args + value.start, (gssize) value.len);
  else
    g_string_append (json, "null");
}

/* `[null, [answers]]`; if somebody has not answered, an error and the answers of the others. */
static void
answer (Question *self)
{
  gboolean all = sky_roster_ask_count (self->ask, SKY_ROSTER_REPLY_CAME) == sky_roster_ask_get_n_replies (self->ask);
  g_autoptr(GString) json
      = g_string_new (all ? "[null,[" : "[{\"message\":\"operation has timed out\"},[");
  g_autoptr(GPtrArray) attachments = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  g_autofree char *lifted = NULL;
  SkyRosterReply reply;

  for (guint i = 0; sky_roster_ask_get_reply (self->ask, i, &reply); i++)
    if (reply.state == SKY_ROSTER_REPLY_CAME)
      append_answer (json, reply.args != NULL ? reply.args : "");
  g_string_append (json, "]]");
  lifted = sky_sio_attach_lift (json->str, json->len, attachments, NULL);
  sky_host_admin_reply (self->member, self->id,
                        lifted != NULL ? lifted : "[{\"message\":\"too much binary in the answers\"},[]]", attachments);
}

static void
on_answer (SkyRosterAsk *ask, Question *question)
{
  if (!sky_roster_ask_is_over (ask))
    return;
  answer (question);
  question_free (question);
}

/**
 * sky_host_admin_ask:
 * @member: an admin, who waits for an ack of @id
 * @members: (element-type SkyHostMember): who gets the event
 * @json: its name and arguments
 *
 * Sends an event, and the admin what all of them answer within ten seconds.
 */
void
sky_host_admin_ask (SkyHostMember *member, guint64 id, const char *nsp, GPtrArray *members, const char *json,
                    GPtrArray *attachments)
{
  SkyHostSession *session = sky_host_member_get_owner (member);
  SkyHostAdmin *admin = session->house->admin;
  Question *question;

  if (admin->asks->len >= MAX_ASKS)
    {
      sky_host_admin_reply (member, id, "[{\"message\":\"too many questions at once\"}]", NULL);
      return;
    }
  question = g_new0 (Question, 1);
  *question = (Question) { admin, member, id, sky_roster_ask_new (nsp, ASK_MSEC) };
  g_ptr_array_add (admin->asks, question);
  sky_host_hand_ask (members, nsp, json, attachments, question->ask);
  g_signal_connect (question->ask, "changed", G_CALLBACK (on_answer), question);
  sky_roster_ask_begin (question->ask);
  if (sky_roster_ask_get_n_replies (question->ask) > 0)
    return;
  answer (question);
  question_free (question);
}

/* It goes: nobody waits for what it asked. */
void
sky_host_admin_forget_asks (SkyHostAdmin *self, SkyHostMember *watcher)
{
  for (guint i = self->asks->len; i > 0; i--)
    if (((Question *) g_ptr_array_index (self->asks, i - 1))->member == watcher)
      question_free (g_ptr_array_index (self->asks, i - 1));
}
