#pragma once

#include <gio/gio.h>

#include "trace/store.h"

/* An HTTP archive of a browser (HAR 1.2, with _webSocketMessages) that is read in steps. */
typedef struct _SkyHarLoad SkyHarLoad;

#define SKY_HAR_MAX_LEN (G_GUINT64_CONSTANT (256) << 20) /* bytes of a file */

SkyHarLoad *sky_har_load_new (GBytes *text, const char *name, SkyStore *into, GError **error);
gboolean    sky_har_load_step (SkyHarLoad *self, gsize len);
double      sky_har_load_get_part (SkyHarLoad *self);
void        sky_har_load_free (SkyHarLoad *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SkyHarLoad, sky_har_load_free)
