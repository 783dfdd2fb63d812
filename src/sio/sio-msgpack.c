#include "config.h"

#include "sio/sio-msgpack.h"

#include "sio/sio-attach.h"

/* The signatures stand; what they do follows. */

gboolean
sky_sio_msgpack_is (G_GNUC_UNUSED const guint8 *data, G_GNUC_UNUSED gsize len)
{
  return FALSE;
}

gboolean
sky_sio_msgpack_decode (G_GNUC_UNUSED const guint8 *data, G_GNUC_UNUSED gsize len, SkySioMsgpack *packet)
{
  *packet = (SkySioMsgpack) { .type = SKY_SIO_UNKNOWN, .faults = SKY_SIO_FAULT_TYPE };
  return FALSE;
}

void
sky_sio_msgpack_clear (SkySioMsgpack *packet)
{
  g_clear_pointer (&packet->nsp, g_free);
  g_clear_pointer (&packet->data, g_free);
}

GBytes *
sky_sio_msgpack_encode (G_GNUC_UNUSED SkySioType type, G_GNUC_UNUSED const char *nsp, G_GNUC_UNUSED gint64 id,
                        G_GNUC_UNUSED const char *json, GError **error)
{
  sky_fail (error, SKY_SIO_ERROR, SKY_SIO_ERROR_BASE64, "not written yet");
  return NULL;
}
