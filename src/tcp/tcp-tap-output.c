#include "tcp/tcp-tap-private.h"

/* The writing half of a tap. */
struct _SkyTcpTapOutput
{
  GOutputStream  parent_instance;
  SkyTcpTapLine *line;
};

static void sky_tcp_tap_output_iface_init (GPollableOutputStreamInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (SkyTcpTapOutput, sky_tcp_tap_output, G_TYPE_OUTPUT_STREAM,
                               G_IMPLEMENT_INTERFACE (G_TYPE_POLLABLE_OUTPUT_STREAM,
                                                      sky_tcp_tap_output_iface_init))

static gssize
sky_tcp_tap_output_write (GOutputStream *stream, const void *buffer, gsize count,
                          GCancellable *cancellable, GError **error)
{
  return sky_tcp_tap_line_write (SKY_TCP_TAP_OUTPUT (stream)->line, buffer, count, cancellable,
                                 error);
}

static gssize
sky_tcp_tap_output_write_nonblocking (GPollableOutputStream *stream, const void *buffer,
                                      gsize count, GError **error)
{
  return sky_tcp_tap_line_hold (SKY_TCP_TAP_OUTPUT (stream)->line, buffer, count, error);
}

static gboolean
sky_tcp_tap_output_is_writable (GPollableOutputStream *stream)
{
  return sky_tcp_tap_line_can_write (SKY_TCP_TAP_OUTPUT (stream)->line);
}

static GSource *
sky_tcp_tap_output_create_source (GPollableOutputStream *stream, GCancellable *cancellable)
{
  return sky_tcp_tap_source_new (SKY_TCP_TAP_OUTPUT (stream)->line, stream, SKY_TCP_TAP_WAIT_WRITE,
                                 cancellable);
}

/*
 * libsoup's server flushes from within the main loop at the end of each answer: to wait there for a client
 * that does not read would stop everyone.
 */
static gboolean
sky_tcp_tap_output_flush (GOutputStream *stream, GCancellable *cancellable, GError **error)
{
  return sky_tcp_tap_line_flush (SKY_TCP_TAP_OUTPUT (stream)->line, error);
}

static gboolean
on_drained (GObject *stream, gpointer user_data)
{
  GTask *task = user_data;
  SkyTcpTapLine *line = SKY_TCP_TAP_OUTPUT (stream)->line;

  if (g_task_return_error_if_cancelled (task))
    return G_SOURCE_REMOVE;
  if (line->broken != NULL)
    g_task_return_error (task, g_error_copy (line->broken));
  else
    g_task_return_boolean (task, TRUE);
  return G_SOURCE_REMOVE;
}

static void
sky_tcp_tap_output_flush_async (GOutputStream *stream, int io_priority, GCancellable *cancellable,
                                GAsyncReadyCallback callback, gpointer user_data)
{
  SkyTcpTapLine *line = SKY_TCP_TAP_OUTPUT (stream)->line;
  g_autoptr(GTask) task = g_task_new (stream, cancellable, callback, user_data);
  g_autoptr(GSource) source
      = sky_tcp_tap_source_new (line, stream, SKY_TCP_TAP_WAIT_DRAINED, cancellable);

  sky_tcp_tap_line_push (line, FALSE, NULL, NULL);
  g_task_set_priority (task, io_priority);
  g_task_attach_source (task, source, G_SOURCE_FUNC (on_drained));
}

/* GOutputStream flushes before it comes here. */
static void
sky_tcp_tap_output_close_async (GOutputStream *stream, int io_priority, GCancellable *cancellable,
                                GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr(GTask) task = g_task_new (stream, cancellable, callback, user_data);

  g_task_return_boolean (task, TRUE);
}

static gboolean
sky_tcp_tap_output_finish (GOutputStream *stream, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
sky_tcp_tap_output_finalize (GObject *object)
{
  SkyTcpTapOutput *self = SKY_TCP_TAP_OUTPUT (object);

  g_clear_pointer (&self->line, sky_tcp_tap_line_unref);
  G_OBJECT_CLASS (sky_tcp_tap_output_parent_class)->finalize (object);
}

static void
sky_tcp_tap_output_class_init (SkyTcpTapOutputClass *klass)
{
  GOutputStreamClass *stream_class = G_OUTPUT_STREAM_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = sky_tcp_tap_output_finalize;
  stream_class->write_fn = sky_tcp_tap_output_write;
  stream_class->flush = sky_tcp_tap_output_flush;
  stream_class->flush_async = sky_tcp_tap_output_flush_async;
  stream_class->flush_finish = sky_tcp_tap_output_finish;
  stream_class->close_async = sky_tcp_tap_output_close_async;
  stream_class->close_finish = sky_tcp_tap_output_finish;
}

static void
sky_tcp_tap_output_iface_init (GPollableOutputStreamInterface *iface)
{
  iface->is_writable = sky_tcp_tap_output_is_writable;
  iface->create_source = sky_tcp_tap_output_create_source;
  iface->write_nonblocking = sky_tcp_tap_output_write_nonblocking;
}

static void
sky_tcp_tap_output_init (SkyTcpTapOutput *self)
{
}

GOutputStream *
sky_tcp_tap_output_new (SkyTcpTapLine *line)
{
  SkyTcpTapOutput *self = g_object_new (SKY_TYPE_TCP_TAP_OUTPUT, NULL);

  self->line = sky_tcp_tap_line_ref (line);
  return G_OUTPUT_STREAM (self);
}
