#include "ui/window/pane-share.h"

#include "ui/window/settings.h"

/**
 * sky_pane_share_get:
 * @key: of a setting in percent
 * @total: pixels that two panes have
 * @percent: what one has as long as nobody has said otherwise
 *
 * Returns: pixels of that one
 */
int
sky_pane_share_get (const char *key, int total, int percent)
{
  GSettings *settings = sky_settings_get ();

  if (settings != NULL)
    percent = (int) g_settings_get_uint (settings, key);
  return total * percent / 100;
}

/**
 * sky_pane_share_keep:
 * @part: pixels that one of two panes has, of @total
 *
 * For the next page or window. Out of the setting's range it is not kept: such a pane would look lost.
 */
void
sky_pane_share_keep (const char *key, int part, int total)
{
  GSettings *settings = sky_settings_get ();
  guint percent = total > 0 && part > 0 ? (guint) ((part * 100 + total / 2) / total) : 0;
  g_autoptr(GVariant) value = g_variant_ref_sink (g_variant_new_uint32 (percent));
  g_autoptr(GSettingsSchema) schema = NULL;
  g_autoptr(GSettingsSchemaKey) range = NULL;

  if (settings == NULL || g_settings_get_uint (settings, key) == percent)
    return;
  g_object_get (settings, "settings-schema", &schema, NULL);
  range = g_settings_schema_get_key (schema, key);
  if (g_settings_schema_key_range_check (range, value))
    g_settings_set_value (settings, key, value);
}
