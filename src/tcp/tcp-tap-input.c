#include "tcp/tcp-tap-private.h"

/* The reading half of a tap. */
struct _SkyTcpTapInput
{
  GInputStream   parent_instance;
  SkyTcpTapLine *line;
};

static void sky_tcp_tap_input_iface_init (GPollableInputStreamInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (SkyTcpTapInput, sky_tcp_tap_input, G_TYPE_INPUT_STREAM,
                               G_IMPLEMENT_INTERFACE (G_TYPE_POLLABLE_INPUT_STREAM,
                                                      sky_tcp_tap_input_iface_init))

static gssize
sky_tcp_tap_input_read (GInputStream *stream, void *buffer, gsize count, GCancellable *cancellable,
                        GError **error)
{
  return sky_tcp_tap_line_read (SKY_TCP_TAP_INPUT (stream)->line, buffer, count, TRUE, cancellable,
                                error);
}

static gssize
sky_tcp_tap_input_read_nonblocking (GPollableInputStream *stream, void *buffer, gsize count,
                                    GError **error)
{
  return sky_tcp_tap_line_read (SKY_TCP_TAP_INPUT (stream)->line, buffer, count, FALSE, NULL,
                                error);
}

static gboolean
sky_tcp_tap_input_is_readable (GPollableInputStream *stream)
{
  SkyTcpTapLine *line = SKY_TCP_TAP_INPUT (stream)->line;

  return sky_tcp_tap_line_can_read (line)
         || (!sky_tcp_tap_turn_is_spent (line->turn, line)
             && g_pollable_input_stream_is_readable (line->base_in));
}

static GSource *
sky_tcp_tap_input_create_source (GPollableInputStream *stream, GCancellable *cancellable)
{
  return sky_tcp_tap_source_new (SKY_TCP_TAP_INPUT (stream)->line, stream, SKY_TCP_TAP_WAIT_READ,
                                 cancellable);
}

/* Closing one half leaves the line to the other; GLib's own way would need a thread for it. */
static void
sky_tcp_tap_input_close_async (GInputStream *stream, int io_priority, GCancellable *cancellable,
                               GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr(GTask) task = g_task_new (stream, cancellable, callback, user_data);

  g_task_return_boolean (task, TRUE);
}

static gboolean
sky_tcp_tap_input_close_finish (GInputStream *stream, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
sky_tcp_tap_input_finalize (GObject *object)
{
  SkyTcpTapInput *self = SKY_TCP_TAP_INPUT (object);

  g_clear_pointer (&self->line, sky_tcp_tap_line_unref);
  G_OBJECT_CLASS (sky_tcp_tap_input_parent_class)->finalize (object);
}

static void
sky_tcp_tap_input_class_init (SkyTcpTapInputClass *klass)
{
  GInputStreamClass *stream_class = G_INPUT_STREAM_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = sky_tcp_tap_input_finalize;
  stream_class->read_fn = sky_tcp_tap_input_read;
  stream_class->close_async = sky_tcp_tap_input_close_async;
  stream_class->close_finish = sky_tcp_tap_input_close_finish;
}

static void
sky_tcp_tap_input_iface_init (GPollableInputStreamInterface *iface)
{
  iface->is_readable = sky_tcp_tap_input_is_readable;
  iface->create_source = sky_tcp_tap_input_create_source;
  iface->read_nonblocking = sky_tcp_tap_input_read_nonblocking;
}

static void
sky_tcp_tap_input_init (SkyTcpTapInput *self)
{
}

GInputStream *
sky_tcp_tap_input_new (SkyTcpTapLine *line)
{
  SkyTcpTapInput *self = g_object_new (SKY_TYPE_TCP_TAP_INPUT, NULL);

  self->line = sky_tcp_tap_line_ref (line);
  return G_INPUT_STREAM (self);
}
