#pragma once

#include <gtk/gtk.h>

#include "trace/store.h"

/* What a record carries: its payload, and each of its attachments. */
typedef struct
{
  char   *title; /* owned */
  char   *text;  /* owned, nullable: not if it is binary */
  GBytes *raw;   /* owned */
} SkyPayloadPart;

GPtrArray  *sky_payload_parts_new (SkyStore *store, guint32 number);
char       *sky_payload_fit (const char *text, gsize max_len, gsize max_line, gboolean *cut);
gboolean    sky_payload_is_image (GBytes *bytes, const char **suffix);
GdkTexture *sky_payload_load_image (GBytes *bytes);
