#include "peer/probe.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "http/http-head.h"
#include "peer/opening-dial.h"

#define PROBE_MSEC 3000
#define MAX_ANSWER 8192 /* bytes that are looked at */

typedef struct
{
  SkyLink    *link;
  SkyProfile *profile;
  SkyRoute    route;
  char       *request;
  GByteArray *answer;
  guint8      block[1024];
  guint       timeout;
} Probe;

static void
probe_free (gpointer data)
{
  Probe *self = data;

  g_clear_handle_id (&self->timeout, g_source_remove);
  sky_link_free (self->link);
  sky_profile_free (self->profile);
  sky_route_clear (&self->route);
  g_free (self->request);
  g_byte_array_unref (self->answer);
  g_free (self);
}

/* FEATURES §4.5: the first octets of the body tell the revision. */
static SkyProbeResult
judge (const GByteArray *answer)
{
  g_autofree SkyHttpHead *head = g_new0 (SkyHttpHead, 1);
  gssize n = sky_http_head_decode (answer->data, answer->len, TRUE, head, NULL);
  g_autofree char *body = NULL;

  if (n <= 0)
    return SKY_PROBE_NOTHING;
  if (head->status == 426)
    return SKY_PROBE_WEBSOCKET;
  body = g_strndup ((const char *) answer->data + n, answer->len - n);
  if (head->status == 400 && strstr (body, "\"code\":") != NULL && strstr (body, "\"message\":") != NULL)
    return SKY_PROBE_ENGINE_4;
  if (head->status != 200 || strstr (body, "{\"sid\":") == NULL)
    return SKY_PROBE_NOTHING;
  return strstr (body, ":0{\"sid\":") != NULL ? SKY_PROBE_ENGINE_3 : SKY_PROBE_ENGINE_4;
}

static void
finish (GTask *task)
{
  Probe *self = g_task_get_task_data (task);

  if (!g_task_get_completed (task))
    g_task_return_int (task, judge (self->answer));
}

static gboolean
is_enough (const GByteArray *answer)
{
  return answer->len >= MAX_ANSWER || g_strstr_len ((const char *) answer->data, answer->len, "}") != NULL;
}

static void
on_read (GObject *input, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(GTask) task = user_data;
  Probe *self = g_task_get_task_data (task);
  gssize n = g_input_stream_read_finish (G_INPUT_STREAM (input), result, NULL);

  if (n > 0)
    g_byte_array_append (self->answer, self->block, n);
  if (n <= 0 || is_enough (self->answer) || g_task_get_completed (task))
    {
      finish (task);
      return;
    }
  g_input_stream_read_async (G_INPUT_STREAM (input), self->block, sizeof self->block, G_PRIORITY_DEFAULT,
                             g_task_get_cancellable (task), on_read, g_object_ref (task));
}

static void
on_written (GObject *output, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(GTask) task = user_data;
  Probe *self = g_task_get_task_data (task);
  GInputStream *input = g_io_stream_get_input_stream (sky_link_get_stream (self->link));

  if (!g_output_stream_write_all_finish (G_OUTPUT_STREAM (output), result, NULL, NULL))
    {
      finish (task);
      return;
    }
  g_input_stream_read_async (input, self->block, sizeof self->block, G_PRIORITY_DEFAULT,
                             g_task_get_cancellable (task), on_read, g_object_ref (task));
}

static void
on_dialed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(GTask) task = user_data;
  Probe *self = g_task_get_task_data (task);
  GIOStream *stream = sky_opening_dial_finish (result, NULL);

  if (stream == NULL)
    {
      finish (task);
      return;
    }
  g_output_stream_write_all_async (g_io_stream_get_output_stream (stream), self->request, strlen (self->request),
                                   G_PRIORITY_DEFAULT, g_task_get_cancellable (task), on_written,
                                   g_object_ref (task));
}

static gboolean
on_timeout (gpointer user_data)
{
  GTask *task = user_data;
  Probe *self = g_task_get_task_data (task);

  self->timeout = 0;
  g_cancellable_cancel (g_task_get_cancellable (task));
  return G_SOURCE_REMOVE;
}

/**
 * sky_probe_async:
 * @store: the trace in which the probe is recorded, as a connection of its own
 * @path: of the Engine.IO server: "/socket.io/"
 *
 * Asks the profile's host for an Engine.IO session over long-polling, to find out what it speaks.
 * The answer is looked at within three seconds and never an error.
 */
void
sky_probe_async (SkyStore *store, const SkyProfile *profile, const char *path, GCancellable *cancellable,
                 GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr(GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  g_autofree char *safe_path = NULL;
  Probe *self = g_new0 (Probe, 1);

  self->profile = sky_profile_copy (profile);
  self->answer = g_byte_array_new ();
  self->link = sky_link_new (store, _("probe for Socket.IO"), SKY_ROLE_CLIENT);
  g_task_set_task_data (task, self, probe_free);
  g_task_set_check_cancellable (task, FALSE);
  if (!sky_route_resolve (&self->route, profile, NULL))
    {
      finish (task);
      return;
    }
  safe_path = g_uri_escape_string (path, "/", FALSE); /* no line break gets into the request */
  self->request = g_strdup_printf ("GET %s?EIO=4&transport=polling HTTP/1.1\r\nHost: %s\r\n"
                                   "Connection: close\r\nAccept: */*\r\n\r\n",
                                   safe_path, self->route.host_header);
  self->timeout = g_timeout_add (PROBE_MSEC, on_timeout, task);
  sky_opening_dial_async (self->link, self->profile, &self->route, cancellable, on_dialed, g_steal_pointer (&task));
}

SkyProbeResult
sky_probe_finish (GAsyncResult *result)
{
  gssize value = g_task_propagate_int (G_TASK (result), NULL);

  return value >= 0 ? (SkyProbeResult) value : SKY_PROBE_NOTHING;
}
