#include "peer/client/client-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "peer/carrier/opening.h"
#include "ws/ws-close.h"

/* Why a connection that was open ended, said to a person, and whether it is dialled again. */

/* Engine.IO 4 refuses a revision after its 101: the head of a 400 comes where a frame should. */
static gboolean
answers_http (SkyClient *self)
{
  SkyStore *store = sky_peer_get_store (SKY_PEER (self));

  for (guint32 n = sky_store_get_n_records (store); n > 0; n--)
    {
      const SkyRecord *record = sky_store_get_record (store, n - 1);
      g_autoptr(GBytes) wire = NULL;

      if (record->layer != SKY_LAYER_WS || record->from != SKY_FROM_SERVER)
        continue;
      wire = sky_store_get_wire (store, n - 1, 7);
      return g_bytes_get_size (wire) == 7 && memcmp (g_bytes_get_data (wire, NULL), "HTTP/1.", 7) == 0;
    }
  return FALSE;
}

/**
 * sky_client_judge_peer:
 * @code: what the close frame says that we answer with: RFC 6455 §7.4.1
 *
 * Returns: (transfer full): a sentence about a peer that must not be listened to any more
 */
char *
sky_client_judge_peer (SkyClient *self, guint code)
{
  if (code == SOUP_WEBSOCKET_CLOSE_TOO_BIG)
    return g_strdup_printf (_("%s sent a message of more than %d MiB, which Sockeye does not take; the connection was closed with 1009."),
                            self->route.host_header, SKY_OPENING_MAX_MESSAGE >> 20);
  if (self->route.protocol != SKY_PROTOCOL_WEBSOCKET && self->open.sid == NULL && answers_http (self))
    return g_strdup_printf (_("%s took the WebSocket, and then refused with an HTTP answer: it does not speak this revision of Engine.IO."),
                            self->route.host_header);
  return g_strdup_printf (_("%s broke the WebSocket protocol; the connection was closed with %u %s."),
                          self->route.host_header, code, sky_ws_close_code_name (code));
}

/* The line broke, or ended, in the middle of everything. */
static void
judge_broken_line (SkyClient *self, const GError *error)
{
  const GError *why = error != NULL ? error : self->link != NULL ? sky_link_get_end_error (self->link) : NULL;
  g_autofree char *problem
      = why != NULL ? g_strdup_printf (_("The connection to %s broke without a close frame (1006): %s."),
                                       self->route.host_header, why->message)
                    : g_strdup_printf (_("%s ended the connection without a close frame (1006)."),
                                       self->route.host_header);

  sky_client_fail (self, problem, _("The server may have crashed or been restarted, or a proxy has cut the line."),
                   why != NULL ? "transport error" : "transport close");
}

/* Ended in order, but by the other side, and not because it left: a program would connect again. */
static void
judge_farewell (SkyClient *self)
{
  gboolean early = sky_peer_get_state (SKY_PEER (self)) == SKY_PEER_WORKING;
  g_autofree char *problem
      = g_strdup_printf (early ? _("%s closed the connection before it answered CONNECT.") : _("%s closed the connection."),
                         self->route.host_header);
  SkyClientEnd end;

  if (early)
    {
      sky_client_fail (self, problem, _("Check that a Socket.IO server, and not bare Engine.IO, runs at this path."),
                       "transport close");
      return;
    }
  sky_client_end_run (self, "transport close", &end);
  if (!sky_client_retry (self, problem, NULL))
    {
      sky_client_take_held (self, NULL, &end.held);
      sky_peer_set_state (SKY_PEER (self), SKY_PEER_CLOSED);
    }
  sky_client_tell_end (self, &end);
}

/**
 * sky_client_judge_close:
 * @code: what the close frame said, or 1006; 0 on polling
 * @error: (nullable): why polling broke
 *
 * The connection was open and has ended without the person's doing. Ends the run.
 */
void
sky_client_judge_close (SkyClient *self, guint code, const char *reason, const GError *error)
{
  g_autofree char *problem = g_steal_pointer (&self->refusal);

  if (problem != NULL)
    sky_client_fail (self, problem, _("The faults in the timeline show what the server did wrong."), "transport error");
  else if (code == 0 && error != NULL)
    sky_client_fail (self, error->message, error->domain == SKY_CARRIER_POLL_ERROR ? sky_client_advise_polling (error) : NULL,
                     "transport error");
  else if (code == SKY_WS_CLOSE_ABNORMAL)
    judge_broken_line (self, error);
  else if (code == 0 || code == SOUP_WEBSOCKET_CLOSE_NORMAL || code == SOUP_WEBSOCKET_CLOSE_GOING_AWAY
           || code == SKY_WS_CLOSE_NO_STATUS)
    judge_farewell (self);
  else
    {
      problem = reason != NULL && *reason != '\0'
                    ? g_strdup_printf (_("%s closed the connection with %u %s: “%s”."), self->route.host_header, code,
                                       sky_ws_close_code_name (code), reason)
                    : g_strdup_printf (_("%s closed the connection with %u %s."), self->route.host_header, code,
                                       sky_ws_close_code_name (code));
      sky_client_fail (self, problem, sky_ws_close_code_meaning (code), "transport close");
    }
}

/* Engine.IO 4 was demanded, and the server answered CONNECT without a sid, as Socket.IO 2 does: PROTOCOL §8.11. */
void
sky_client_judge_old (SkyClient *self, const char *nsp)
{
  g_autofree char *problem = g_strdup_printf (_("%s answered CONNECT to %s without a sid, as Socket.IO 2 does."),
                                              self->route.host_header, nsp);

  sky_client_note (self, SKY_KIND_CONNECT_FAILED, "%s", problem);
  sky_client_refuse (self, problem, _("Choose Engine.IO 3 under Options, or Auto."));
}
