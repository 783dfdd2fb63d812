#pragma once

#include <glib.h>

#include "base/fault.h"
#include "base/field.h"

#define SKY_HTTP_MAX_HEAD    65536 /* bytes of a head; a longer one is an error */
#define SKY_HTTP_MAX_HEADERS 128   /* lines of a head that are taken apart */

#define SKY_HTTP_ERROR (sky_http_error_quark ())
GQuark sky_http_error_quark (void);

typedef enum
{
  SKY_HTTP_ERROR_NOT_HTTP, /* the bytes are no HTTP/1.x start line */
  SKY_HTTP_ERROR_TOO_LONG, /* no end of the head within SKY_HTTP_MAX_HEAD */
  SKY_HTTP_ERROR_CHUNK,    /* a chunk size that is no number */
  SKY_HTTP_ERROR_CODING,   /* a content coding that is not known */
  SKY_HTTP_ERROR_CONTENT,  /* compressed content that is broken */
  SKY_HTTP_ERROR_BOMB,     /* content that inflates to more than is taken */
} SkyHttpError;

/* Rules of HTTP/1.1 (RFC 9112) and of the opening handshake (RFC 6455 §4) that a head breaks. */
typedef enum
{
  SKY_HTTP_FAULT_LINE_END = 1 << 0,     /* a bare LF */
  SKY_HTTP_FAULT_HEADER = 1 << 1,       /* a line without colon, or white space before it */
  SKY_HTTP_FAULT_LENGTH = 1 << 2,       /* Content-Length that is no number, or two that differ */
  SKY_HTTP_FAULT_NO_HOST = 1 << 3,      /* an HTTP/1.1 request without Host */
  SKY_HTTP_FAULT_TRUNCATED = 1 << 4,    /* the connection ended within the head or the body */
  SKY_HTTP_FAULT_NOT_HTTP = 1 << 5,     /* bytes that are no HTTP at all */
  SKY_HTTP_FAULT_TOO_LONG = 1 << 6,     /* head over the limit */
  SKY_HTTP_FAULT_METHOD = 1 << 8,       /* upgrade: not GET, or below HTTP/1.1 */
  SKY_HTTP_FAULT_KEY = 1 << 9,          /* upgrade: Sec-WebSocket-Key missing, or not 16 octets in base64 */
  SKY_HTTP_FAULT_VERSION = 1 << 10,     /* upgrade: Sec-WebSocket-Version is not 13 */
  SKY_HTTP_FAULT_STATUS = 1 << 11,      /* upgrade answered with something else than 101 */
  SKY_HTTP_FAULT_UPGRADE = 1 << 12,     /* 101 without "Upgrade: websocket" */
  SKY_HTTP_FAULT_CONNECTION = 1 << 13,  /* without "Connection: Upgrade" */
  SKY_HTTP_FAULT_ACCEPT = 1 << 14,      /* Sec-WebSocket-Accept missing or wrong */
  SKY_HTTP_FAULT_SUBPROTOCOL = 1 << 15, /* a subprotocol that was not offered, or more than one */
  SKY_HTTP_FAULT_EXTENSION = 1 << 16,   /* an extension that was not offered, or not as offered */
  SKY_HTTP_FAULT_CODING = 1 << 17,      /* a Content-Encoding that is not known here */
  SKY_HTTP_FAULT_CONTENT = 1 << 18,     /* compressed content that does not inflate */
  SKY_HTTP_FAULT_BOMB = 1 << 19,        /* compressed content that inflates to more than is taken */
} SkyHttpFault;

extern const SkyFaultInfo sky_http_faults[];

typedef struct
{
  guint32 name_start, name_len;   /* bytes from the head's beginning; no name: continues the line before */
  guint32 value_start, value_len; /* without the white space around it */
} SkyHttpHeader;

/* A request's or response's head where it lies: all positions count from its first byte. */
typedef struct
{
  gboolean      response;
  guint32       method_start, method_len; /* requests */
  guint32       target_start, target_len;
  guint         status; /* responses: 100–999 */
  guint32       reason_start, reason_len;
  guint         minor; /* HTTP/1.minor */
  guint         n_headers;
  SkyHttpHeader headers[SKY_HTTP_MAX_HEADERS];
  guint32       faults; /* SkyHttpFault, of the first group */
} SkyHttpHead;

gssize      sky_http_head_decode (const guint8 *data, gsize len, gboolean response,
                                  SkyHttpHead *head, GError **error);
char       *sky_http_head_value (const SkyHttpHead *head, const guint8 *data, const char *name);
gboolean    sky_http_head_has_token (const SkyHttpHead *head, const guint8 *data, const char *name,
                                     const char *token);
char       *sky_http_head_method (const SkyHttpHead *head, const guint8 *data);
char       *sky_http_head_target (const SkyHttpHead *head, const guint8 *data);
char       *sky_http_head_reason (const SkyHttpHead *head, const guint8 *data);
gboolean    sky_http_head_content_length (const SkyHttpHead *head, const guint8 *data, guint64 *length);
char       *sky_http_query_value (const char *target, const char *key);
void        sky_http_head_fields (const SkyHttpHead *head, const guint8 *data, gsize head_len,
                                  SkyFields *fields);

/* One line of a head: @index is below n_headers. */
gboolean sky_http_header_is (const SkyHttpHead *head, const guint8 *data, guint index, const char *name);
gboolean sky_http_header_sound (const SkyHttpHead *head, const guint8 *data, guint index);
char    *sky_http_header_name (const SkyHttpHead *head, const guint8 *data, guint index);
char    *sky_http_header_value (const SkyHttpHead *head, const guint8 *data, guint index);
