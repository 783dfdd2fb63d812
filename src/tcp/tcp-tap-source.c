#include "tcp/tcp-tap-private.h"

/*
 * A source whose readiness follows the tap's own state. libsoup keeps its input source for the
 * life of a connection, so a source that was right when it was made is not enough. A reader also
 * waits for the base stream, by a child source; it is taken away while the line's share is spent,
 * for a child that is ready makes its parent ready.
 */
typedef struct
{
  GSource        source;
  SkyTcpTapLine *line;    /* owned */
  GObject       *stream;  /* owned */
  GSource       *child;   /* nullable; owned by source as long as it is not destroyed */
  SkyTcpTapWait  wait;
  gboolean       waiting; /* stands in the turn's list */
} SkyTcpTapSource;

static gboolean
check (GSource *source)
{
  SkyTcpTapSource *self = (SkyTcpTapSource *) source;

  switch (self->wait)
    {
    case SKY_TCP_TAP_WAIT_READ:
      return sky_tcp_tap_line_can_read (self->line);
    case SKY_TCP_TAP_WAIT_WRITE:
      return sky_tcp_tap_line_can_write (self->line);
    case SKY_TCP_TAP_WAIT_DRAINED:
      return sky_tcp_tap_line_is_drained (self->line);
    }
  g_assert_not_reached ();
}

static gboolean
prepare (GSource *source, int *timeout_msec)
{
  return check (source);
}

static void
stop_waiting (SkyTcpTapSource *self)
{
  if (self->waiting)
    sky_tcp_tap_turn_remove_waiting (self->line->turn, &self->source);
  self->waiting = FALSE;
}

static void
remove_child (SkyTcpTapSource *self)
{
  if (self->child != NULL)
    g_source_remove_child_source (&self->source, self->child);
  self->child = NULL;
}

static void
add_child (SkyTcpTapSource *self)
{
  g_autoptr(GSource) child = g_pollable_input_stream_create_source (self->line->base_in, NULL);

  g_source_set_dummy_callback (child);
  g_source_add_child_source (&self->source, child);
  self->child = child;
}

/* Waits for the base stream, or for the next turn if this one's share is spent. */
static void
sync_child (SkyTcpTapSource *self)
{
  SkyTcpTapLine *line = self->line;

  if (self->wait != SKY_TCP_TAP_WAIT_READ)
    return;
  if (line->closed || line->ended)
    remove_child (self);
  else if (sky_tcp_tap_turn_is_spent (line->turn, line))
    {
      remove_child (self);
      if (!self->waiting)
        sky_tcp_tap_turn_add_waiting (line->turn, &self->source);
      self->waiting = TRUE;
    }
  else if (self->child == NULL)
    add_child (self);
}

static gboolean
invoke (GSourceFunc callback, GObject *stream, gpointer user_data)
{
  return ((GPollableSourceFunc) (void (*) (void)) callback) (stream, user_data);
}

static gboolean
dispatch (GSource *source, GSourceFunc callback, gpointer user_data)
{
  SkyTcpTapSource *self = (SkyTcpTapSource *) source;
  gboolean again;

  g_source_set_ready_time (source, -1);
  again = callback != NULL && invoke (callback, self->stream, user_data);
  if (again && !g_source_is_destroyed (source))
    sync_child (self);
  return again;
}

static void
finalize (GSource *source)
{
  SkyTcpTapSource *self = (SkyTcpTapSource *) source;

  stop_waiting (self);
  self->line->sources = g_slist_remove (self->line->sources, self);
  g_clear_pointer (&self->line, sky_tcp_tap_line_unref);
  g_clear_object (&self->stream);
}

/* libsoup's server sets its callback as a closure. */
static gboolean
invoke_closure (GObject *stream, gpointer user_data)
{
  g_auto(GValue) param = G_VALUE_INIT, result = G_VALUE_INIT;

  g_value_init (&param, G_TYPE_OBJECT);
  g_value_set_object (&param, stream);
  g_value_init (&result, G_TYPE_BOOLEAN);
  g_closure_invoke (user_data, &result, 1, &param, NULL);
  return g_value_get_boolean (&result);
}

static GSourceFuncs funcs = {
  .prepare = prepare,
  .check = check,
  .dispatch = dispatch,
  .finalize = finalize,
  .closure_callback = G_SOURCE_FUNC (invoke_closure),
};

/*
 * @stream: what the callback, a #GPollableSourceFunc, is given
 *
 * Returns: (transfer full): a source that is ready while @wait holds, @line is closed or
 *   @cancellable is cancelled
 */
GSource *
sky_tcp_tap_source_new (SkyTcpTapLine *line, gpointer stream, SkyTcpTapWait wait,
                        GCancellable *cancellable)
{
  GSource *source = g_source_new (&funcs, sizeof (SkyTcpTapSource));
  SkyTcpTapSource *self = (SkyTcpTapSource *) source;

  self->line = sky_tcp_tap_line_ref (line);
  self->stream = g_object_ref (stream);
  self->wait = wait;
  line->sources = g_slist_prepend (line->sources, self);
  g_source_set_static_name (source, "tap");
  if (cancellable != NULL)
    {
      g_autoptr(GSource) child = g_cancellable_source_new (cancellable);

      g_source_set_dummy_callback (child);
      g_source_add_child_source (source, child);
    }
  sync_child (self);
  return source;
}

/* The base stream is about to close: its descriptor may be another's by the next poll. */
void
sky_tcp_tap_source_let_go (GSource *source)
{
  SkyTcpTapSource *self = (SkyTcpTapSource *) source;

  if (!g_source_is_destroyed (source))
    remove_child (self);
}

/* A new turn: the source may fire, and then watches the base stream again. */
void
sky_tcp_tap_source_renew (GSource *source)
{
  SkyTcpTapSource *self = (SkyTcpTapSource *) source;

  self->waiting = FALSE;
  g_source_set_ready_time (source, 0);
}
