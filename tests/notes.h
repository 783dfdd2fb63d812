#pragma once

#include <string.h>

#include "trace/store.h"

/* Returns: how many notes of @kind the trace has whose text has @part in it */
static inline guint
count_notes_in (SkyStore *store, SkyKind kind, const char *part)
{
  guint n = 0;

  for (guint32 i = 0; i < sky_store_get_n_records (store); i++)
    {
      const SkyRecord *record = sky_store_get_record (store, i);
      g_autoptr(GBytes) body = NULL;

      if (record->layer != SKY_LAYER_NOTE || record->kind != kind)
        continue;
      body = sky_store_get_body (store, i, G_MAXSIZE);
      n += g_strstr_len (g_bytes_get_data (body, NULL), (gssize) g_bytes_get_size (body), part) != NULL;
    }
  return n;
}
