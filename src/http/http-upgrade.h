#pragma once

#include "http/http-head.h"

/* What a client asks for when it opens a WebSocket. All strings are borrowed. */
typedef struct
{
  const char        *host;         /* the Host header: name[:port] */
  const char        *target;       /* path and query, percent-encoded */
  const char        *key;          /* 16 random octets in base64: sky_http_upgrade_key() */
  const char        *origin;       /* nullable: the header is left out */
  const char        *subprotocols; /* nullable: comma-separated */
  const char        *extensions;   /* nullable: "permessage-deflate; client_max_window_bits" */
  const char *const *headers;      /* nullable: more header lines, "Name: value" */
} SkyHttpUpgrade;

char     *sky_http_upgrade_key (const guint8 random[16]);
char     *sky_http_upgrade_accept (const char *key);
gboolean  sky_http_upgrade_key_valid (const char *key);
char     *sky_http_upgrade_request (const SkyHttpUpgrade *upgrade);
gboolean  sky_http_upgrade_is_request (const SkyHttpHead *head, const guint8 *data);
guint32   sky_http_upgrade_check_request (const SkyHttpHead *head, const guint8 *data);
guint32   sky_http_upgrade_check_response (const SkyHttpHead *request, const guint8 *request_data,
                                           const SkyHttpHead *response, const guint8 *response_data);
GStrv     sky_http_upgrade_names (const SkyHttpHead *head, const guint8 *data, const char *name);
