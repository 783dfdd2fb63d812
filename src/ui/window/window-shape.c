#include "ui/window/settings.h"
#include "ui/window/window-private.h"

/* How a window was left is how the next one opens. */

/**
 * sky_window_restore_shape:
 *
 * Takes size and sidebar from the settings, before the window is shown.
 */
void
sky_window_restore_shape (SkyWindow *self)
{
  GSettings *settings = sky_settings_get ();
  int width, height;

  if (settings == NULL)
    return;
  g_settings_get (settings, "window-size", "(ii)", &width, &height);
  if (width > 0 && height > 0)
    gtk_window_set_default_size (GTK_WINDOW (self), width, height);
  if (g_settings_get_boolean (settings, "window-maximized"))
    gtk_window_maximize (GTK_WINDOW (self));
  g_action_group_change_action_state (G_ACTION_GROUP (self), "sidebar",
                                      g_settings_get_value (settings, "sidebar-visible"));
}

/**
 * sky_window_keep_shape:
 *
 * Remembers them, when the window closes.
 */
void
sky_window_keep_shape (SkyWindow *self)
{
  GSettings *settings = sky_settings_get ();
  int width, height;

  if (settings == NULL)
    return;
  gtk_window_get_default_size (GTK_WINDOW (self), &width, &height);
  g_settings_set_boolean (settings, "window-maximized", gtk_window_is_maximized (GTK_WINDOW (self)));
  if (width > 0 && height > 0)
    g_settings_set (settings, "window-size", "(ii)", width, height);
  g_settings_set_boolean (settings, "sidebar-visible", self->sidebar_wanted);
}
