#include "ui/window/shelf.h"

static SkyShelf *shared; /* weak: as long as a window holds it */

/**
 * sky_shelf_ref_shared:
 *
 * Reads what was kept when the first window asks.
 *
 * Returns: (transfer full): the one of this process; let go with sky_shelf_unref()
 */
SkyShelf *
sky_shelf_ref_shared (void)
{
  g_autofree char *recent = g_build_filename (g_get_user_state_dir (), "sockeye", "recent.json", NULL);
  g_autofree char *saved = g_build_filename (g_get_user_data_dir (), "sockeye", "connections.json", NULL);

  if (shared != NULL)
    return g_rc_box_acquire (shared);
  shared = g_rc_box_new0 (SkyShelf);
  *shared = (SkyShelf) { .recent = sky_recent_new (recent),
                         .saved = sky_saved_new (saved),
                         .secrets = sky_secrets_new () };
  return shared;
}

static void
clear (gpointer data)
{
  SkyShelf *self = data;

  sky_recent_free (self->recent);
  sky_saved_free (self->saved);
  g_object_unref (self->secrets);
  shared = NULL;
}

/* Lets go of what sky_shelf_ref_shared() gave. */
void
sky_shelf_unref (SkyShelf *self)
{
  g_rc_box_release_full (self, clear);
}
