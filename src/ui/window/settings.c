#include "ui/window/settings.h"

#include "config.h"

static GSettings *
make (void)
{
  GSettingsSchemaSource *source = g_settings_schema_source_get_default ();
  g_autoptr(GSettingsSchema) schema = source != NULL ? g_settings_schema_source_lookup (source, SKY_APP_ID, TRUE) : NULL;

  if (schema == NULL)
    g_info ("The schema %s is not installed: windows open as for the first time.", SKY_APP_ID);
  return schema != NULL ? g_settings_new_full (schema, NULL, NULL) : NULL;
}

/**
 * sky_settings_get:
 *
 * A program that runs from where it was built may find no schema; GSettings would end it for that.
 *
 * Returns: (nullable) (transfer none): the settings of this program
 */
GSettings *
sky_settings_get (void)
{
  static GSettings *settings;
  static gsize made;

  if (g_once_init_enter (&made))
    {
      settings = make ();
      g_once_init_leave (&made, 1);
    }
  return settings;
}
