#pragma once

#include <gio/gio.h>

/* How windows were left; see data/io.github.sockeye.Sockeye.gschema.xml for the keys. */
GSettings *sky_settings_get (void);
