#include "peer/carrier/carrier-poll-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/fault.h"
#include "eio/eio-open.h"
#include "peer/profile/profile-secrets.h"

#define DEFAULT_TIMEOUT 20000

/*
 * A redirect of the handshake counts for the whole session: what the engine wrote into the query
 * is taken out again, for each request writes its own.
 */
static char *
strip_engine (const char *target)
{
  g_auto(GStrv) halves = g_strsplit (target, "?", 2);
  g_auto(GStrv) pieces = g_strsplit (halves[0] != NULL && halves[1] != NULL ? halves[1] : "", "&", -1);
  GString *base = g_string_new (halves[0]);
  const char *joint = "?";

  for (char **piece = pieces; *piece != NULL; piece++)
    if (**piece != '\0' && !g_str_has_prefix (*piece, "EIO=") && !g_str_has_prefix (*piece, "transport=")
        && !g_str_has_prefix (*piece, "sid="))
      {
        g_string_append (base, joint);
        g_string_append (base, *piece);
        joint = "&";
      }
  return g_string_free (base, FALSE);
}

static void
follow (SkyCarrierPoll *self, const SkyAnswer *answer)
{
  if (answer->target == NULL)
    return;
  sky_route_clear (&self->route);
  sky_route_copy (&answer->route, &self->route);
  g_free (self->route.base);
  self->route.base = strip_engine (answer->target);
  sky_caller_aim (self->polling, &self->route);
  sky_caller_aim (self->posts, &self->route);
}

/* The first packet of the first answer opens the session, and its body tells the revision: PROTOCOL §1.1, §14.1. */
static gboolean
read_open (SkyCarrierPoll *self, GBytes *body)
{
  gsize len, pos = 0, start, packet_len;
  const guint8 *data = g_bytes_get_data (body, &len);
  guint revision = sky_eio_payload_revision (data, len);
  SkyEioForm form = sky_eio_payload_form (revision, data, len);
  g_auto(SkyEioOpen) open = { 0 };
  SkyEioPacket packet;

  if (revision == 0 || !sky_eio_payload_step (form, data, len, &pos, &start, &packet_len))
    return FALSE;
  sky_eio_packet_decode_form (data + start, packet_len, form, &packet);
  if (packet.type != SKY_EIO_OPEN
      || !sky_eio_open_decode ((const char *) data + start + packet.data_start, packet.data_len, &open))
    return FALSE;
  self->revision = revision;
  self->sid = g_steal_pointer (&open.sid);
  self->max_payload = open.max_payload;
  return TRUE;
}

static void
on_answered (GObject *caller, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(GTask) task = user_data;
  SkyCarrierPoll *self = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr(SkyAnswer) answer = sky_caller_call_finish (SKY_CALLER (caller), result, &error);

  if (answer == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  follow (self, answer);
  if (answer->status != 200)
    error = sky_carrier_poll_error_from_answer (answer, &answer->route, TRUE);
  else if (!read_open (self, answer->body))
    {
      g_autofree char *target = sky_secret_blank_url (answer->route.target);

      sky_fail (&error, SKY_CARRIER_POLL_ERROR, SKY_CARRIER_POLL_ERROR_NO_ENGINE,
                _("%s answered, but what it says at %s opens no Engine.IO session."), answer->route.host_header,
                target);
    }
  if (error != NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  sky_carrier_poll_take_body (self, answer->body);
  g_task_return_pointer (task, g_object_ref (self), g_object_unref);
}

/**
 * sky_carrier_poll_open_async:
 * @store: the trace; GETs and POSTs are two connections in it
 * @route: where it leads
 * @revision: of Engine.IO that is asked for, 3 or 4; 0 means 4. The answer may be in another.
 * @jar: (nullable): cookies of this and other connections of the same session; shared
 *
 * Asks for an Engine.IO session over HTTP long-polling. Redirects are followed, and the session is
 * where they lead. PROTOCOL §1.1, §12.6
 */
void
sky_carrier_poll_open_async (SkyStore *store, const SkyProfile *profile, const SkyRoute *route, guint revision,
                             SoupCookieJar *jar, GCancellable *cancellable, GAsyncReadyCallback callback,
                             gpointer user_data)
{
  GTask *task = g_task_new (NULL, cancellable, callback, user_data);
  SkyCarrierPoll *self = g_object_new (SKY_TYPE_CARRIER_POLL, NULL);
  /* Translators: what a connection to this server is for: to wait for packets, or to send some */
  g_autofree char *polling = g_strdup_printf (_("%s polling"), route->host_header);
  g_autofree char *posts = g_strdup_printf (_("%s posts"), route->host_header);

  sky_route_copy (route, &self->route);
  sky_route_aim (&self->route, revision, "polling", NULL);
  self->polling = sky_caller_new (store, polling, profile, route, jar);
  self->posts = sky_caller_new (store, posts, profile, route, jar);
  sky_caller_set_quiet (self->posts);
  g_task_set_task_data (task, self, g_object_unref);
  sky_caller_call_async (self->polling,
                         &(SkyCall) { .method = "GET",
                                      .target = self->route.target,
                                      .timeout_msec = profile->timeout_msec != 0 ? profile->timeout_msec
                                                                                 : DEFAULT_TIMEOUT },
                         cancellable, on_answered, task);
}

/**
 * sky_carrier_poll_open_finish:
 * @error: %SKY_CARRIER_POLL_ERROR, %SKY_CALLER_ERROR, %SKY_TCP_ERROR or %G_IO_ERROR_CANCELLED, with a
 *   whole sentence
 *
 * Returns: (transfer full) (nullable): a carrier that says nothing until sky_carrier_poll_begin()
 */
SkyCarrierPoll *
sky_carrier_poll_open_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
