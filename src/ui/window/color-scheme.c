#include "ui/window/color-scheme.h"

#define PORTAL_NAME  "org.freedesktop.portal.Desktop"
#define PORTAL_PATH  "/org/freedesktop/portal/desktop"
#define PORTAL_IFACE "org.freedesktop.portal.Settings"
#define SCHEME_GROUP "org.freedesktop.appearance"
#define SCHEME_KEY   "color-scheme"

/* The portal's values */
enum
{
  NO_PREFERENCE,
  PREFER_DARK,
  PREFER_LIGHT,
};

struct _SkyColorScheme
{
  GDBusConnection *bus;
  GCancellable    *cancellable;
  guint            watch;
};

/* With no preference, GTK's own setting stands as the person or the desktop wrote it. */
static void
apply (GVariant *value)
{
  GtkSettings *settings = gtk_settings_get_default ();
  guint32 scheme = NO_PREFERENCE;

  if (g_variant_is_of_type (value, G_VARIANT_TYPE_UINT32))
    scheme = g_variant_get_uint32 (value);
  if (scheme == PREFER_DARK || scheme == PREFER_LIGHT)
    g_object_set (settings, "gtk-application-prefer-dark-theme", scheme == PREFER_DARK, NULL);
  else
    gtk_settings_reset_property (settings, "gtk-application-prefer-dark-theme");
}

static void
on_changed (GDBusConnection *bus,
            const char      *sender,
            const char      *path,
            const char      *iface,
            const char      *signal,
            GVariant        *parameters,
            gpointer         user_data)
{
  const char *group, *key;
  g_autoptr(GVariant) value = NULL;

  if (!g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(ssv)")))
    return;
  g_variant_get (parameters, "(&s&sv)", &group, &key, &value);
  if (g_str_equal (group, SCHEME_GROUP) && g_str_equal (key, SCHEME_KEY))
    apply (value);
}

/* Read() wraps its answer in one variant more than it should; newer portals promise to keep that. */
static void
on_read (GObject *bus, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(GVariant) reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (bus), result, NULL);
  g_autoptr(GVariant) value = NULL;

  if (reply == NULL)
    return;
  g_variant_get (reply, "(v)", &value);
  while (g_variant_is_of_type (value, G_VARIANT_TYPE_VARIANT))
    {
      GVariant *inner = g_variant_get_variant (value);

      g_variant_unref (value);
      value = inner;
    }
  apply (value);
}

static void
on_bus (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GDBusConnection *bus = g_bus_get_finish (result, NULL);
  SkyColorScheme *self = user_data;

  if (bus == NULL)
    return; /* no session bus, or we are gone */
  self->bus = bus;
  self->watch = g_dbus_connection_signal_subscribe (bus, PORTAL_NAME, PORTAL_IFACE, "SettingChanged",
                                                    PORTAL_PATH, SCHEME_GROUP, G_DBUS_SIGNAL_FLAGS_NONE,
                                                    on_changed, self, NULL);
  g_dbus_connection_call (bus, PORTAL_NAME, PORTAL_PATH, PORTAL_IFACE, "Read",
                          g_variant_new ("(ss)", SCHEME_GROUP, SCHEME_KEY), G_VARIANT_TYPE ("(v)"),
                          G_DBUS_CALL_FLAGS_NONE, -1, self->cancellable, on_read, NULL);
}

/**
 * sky_color_scheme_new:
 *
 * Asks the portal and listens for changes, all without waiting. Where there is no portal, GTK's
 * own setting decides.
 *
 * Returns: (transfer full): free with sky_color_scheme_free()
 */
SkyColorScheme *
sky_color_scheme_new (void)
{
  SkyColorScheme *self = g_new0 (SkyColorScheme, 1);

  self->cancellable = g_cancellable_new ();
  g_bus_get (G_BUS_TYPE_SESSION, self->cancellable, on_bus, self);
  return self;
}

/**
 * sky_color_scheme_free:
 * @self: stops listening
 */
void
sky_color_scheme_free (SkyColorScheme *self)
{
  g_cancellable_cancel (self->cancellable);
  if (self->watch != 0)
    g_dbus_connection_signal_unsubscribe (self->bus, self->watch);
  g_clear_object (&self->bus);
  g_object_unref (self->cancellable);
  g_free (self);
}
