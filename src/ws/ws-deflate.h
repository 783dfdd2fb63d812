#pragma once

#include "ws/ws-frame.h"

/* The parameters of permessage-deflate (RFC 7692 §7.1). */
typedef struct
{
  gboolean enabled;
  gboolean server_no_context_takeover, client_no_context_takeover;
  guint    server_max_window_bits, client_max_window_bits; /* 8–15; 15 if not given */
  gboolean client_max_window_bits_offered; /* it stands there; in an offer without value too */
  gboolean client_max_window_bits_valued;  /* and with a value, as it must in an answer */
} SkyWsDeflateParams;

gboolean sky_ws_deflate_parse (const char *extensions, SkyWsDeflateParams *params);
char    *sky_ws_deflate_format (const SkyWsDeflateParams *params);
gboolean sky_ws_deflate_accepts (const SkyWsDeflateParams *offer, const SkyWsDeflateParams *answer);

/* Inflates, or deflates, the messages of one direction, with the context that they share. */
typedef struct _SkyWsInflater SkyWsInflater;
typedef struct _SkyWsDeflater SkyWsDeflater;

SkyWsInflater *sky_ws_inflater_new (guint window_bits, gboolean no_context_takeover);
gboolean       sky_ws_inflater_message (SkyWsInflater *self, const guint8 *data, gsize len, gsize max_len,
                                        GByteArray *out, GError **error);
void           sky_ws_inflater_free (SkyWsInflater *self);

SkyWsDeflater *sky_ws_deflater_new (guint window_bits, gboolean no_context_takeover);
void           sky_ws_deflater_message (SkyWsDeflater *self, const guint8 *data, gsize len, GByteArray *out);
void           sky_ws_deflater_free (SkyWsDeflater *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SkyWsInflater, sky_ws_inflater_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SkyWsDeflater, sky_ws_deflater_free)
