#pragma once

#include <gio/gio.h>

#include "trace/store.h"

/* A file that is read in steps, whatever of the kinds that Sockeye knows it is. */
typedef struct _SkyCaptureLoad SkyCaptureLoad;

SkyCaptureLoad *sky_capture_load_new (GFile *file, SkyStore *into, GCancellable *cancellable, GError **error);
gboolean        sky_capture_load_step (SkyCaptureLoad *self, gsize len, GError **error);
double          sky_capture_load_get_part (SkyCaptureLoad *self);
void            sky_capture_load_free (SkyCaptureLoad *self);

gboolean sky_capture_load_all (GFile *file, SkyStore *into, GCancellable *cancellable, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SkyCaptureLoad, sky_capture_load_free)
