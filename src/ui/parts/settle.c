#include "ui/parts/settle.h"

static void
on_rest (gpointer user_data)
{
  SkySettle *self = user_data;

  self->source = 0;
  self->func (self->user_data);
}

/**
 * sky_settle_wait:
 * @self: of one who stops it when they go
 *
 * Something has changed: the moment begins anew.
 */
void
sky_settle_wait (SkySettle *self)
{
  sky_settle_stop (self);
  self->source = g_timeout_add_once (self->msec, on_rest, self);
}

/**
 * sky_settle_now:
 *
 * Calls the function at once instead of in a moment, if something has changed.
 */
void
sky_settle_now (SkySettle *self)
{
  if (self->source == 0)
    return;
  sky_settle_stop (self);
  self->func (self->user_data);
}

/* What has changed needs no look. */
void
sky_settle_stop (SkySettle *self)
{
  g_clear_handle_id (&self->source, g_source_remove);
}
