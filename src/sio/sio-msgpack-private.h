#pragma once

#include "base/json.h"
#include "sio/sio-msgpack.h"

/* The one key of an object that stands for what JSON has not. */
typedef enum
{
  SKY_SIO_MARK_NONE,
  SKY_SIO_MARK_BIN,  /* "$bin" */
  SKY_SIO_MARK_DATE, /* "$date" */
  SKY_SIO_MARK_NUM,  /* "$num" */
  SKY_SIO_MARK_EXT,  /* "$ext" */
} SkySioMark;

SkySioMark sky_sio_mark_of (const char *text, const SkyJsonValue *key);
gboolean   sky_sio_mark_base64 (const char *text, const SkyJsonValue *value);
gboolean   sky_sio_mark_date (const char *text, const SkyJsonValue *value, gint64 *msec);
gboolean   sky_sio_mark_num (const char *text, const SkyJsonValue *value, double *real);
gboolean   sky_sio_mark_ext (const char *text, const SkyJsonValue *value, gint8 *type, SkyJsonValue *base64);

gboolean sky_sio_msgpack_find_text (const char *text, gsize len, SkySioPacket *packet);
void     sky_sio_msgpack_fields_text (const SkySioPacket *packet, const char *text, gsize len, SkyFields *fields);
