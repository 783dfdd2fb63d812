#pragma once

#include "trace/store.h"

char *sky_export_json_line (SkyStore *store, guint32 number);
char *sky_export_human_line (SkyStore *store, guint32 number, gboolean colour);
