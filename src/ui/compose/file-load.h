#pragma once

#include <gio/gio.h>

#define SKY_FILE_LOAD_MAX_LEN (10 << 20) /* bytes, of all files of one message together */

void       sky_file_load_async (const char *const *paths, GCancellable *cancellable,
                                GAsyncReadyCallback callback, gpointer user_data);
GPtrArray *sky_file_load_finish (GAsyncResult *result, GError **error);
