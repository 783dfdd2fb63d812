#include "peer/capture/har-write.h"

#include <string.h>

#include "base/base64.h"
#include "ws/ws-frame.h"

/*
 * An archive keeps what was meant, not the bytes: headers as a list, bodies decoded, messages whole. They are written
 * again as HTTP/1.1 (RFC 9112) and as frames (RFC 6455 §5), so that they go through the same stack as what was heard.
 */

/* @len: (out): bytes; U+0000 may be among them, with which STOMP ends each of its frames */
static char *
get_text (const char *text, const SkyJsonValue *object, const char *name, gsize *len)
{
  SkyJsonValue value;

  *len = 0;
  if (object->type != SKY_JSON_OBJECT || !sky_json_member (text, object, name, &value) || value.type != SKY_JSON_STRING)
    return NULL;
  return sky_json_unquote (text, &value, len);
}

/**
 * sky_har_get_string:
 *
 * Returns: (nullable) (transfer full): the text that member @name of @object is
 */
char *
sky_har_get_string (const char *text, const SkyJsonValue *object, const char *name)
{
  gsize len;

  return get_text (text, object, name, &len);
}

/**
 * sky_har_get_number:
 * @out: (out): member @name of @object
 *
 * Returns: whether it is a number
 */
gboolean
sky_har_get_number (const char *text, const SkyJsonValue *object, const char *name, double *out)
{
  SkyJsonValue value;
  g_autofree char *digits = NULL;

  if (object->type != SKY_JSON_OBJECT || !sky_json_member (text, object, name, &value) || value.type != SKY_JSON_NUMBER)
    return FALSE;
  digits = g_strndup (text + value.start, value.len);
  *out = g_ascii_strtod (digits, NULL);
  return TRUE;
}

static void
append (GByteArray *out, const char *format, ...) G_GNUC_PRINTF (2, 3);

static void
append (GByteArray *out, const char *format, ...)
{
  va_list args;
  g_autofree char *line = NULL;

  va_start (args, format);
  line = g_strdup_vprintf (format, args);
  va_end (args);
  g_byte_array_append (out, (const guint8 *) line, (guint) strlen (line));
}

/* A body stands decoded and whole in the archive; HTTP/2 has headers of its own. */
static gboolean
is_kept (const char *name)
{
  static const char *const left_out[] = { "content-length", "content-encoding", "transfer-encoding" };

  for (gsize i = 0; i < G_N_ELEMENTS (left_out); i++)
    if (g_ascii_strcasecmp (name, left_out[i]) == 0)
      return FALSE;
  return *name != ':' && *name != '\0' && strpbrk (name, "\r\n") == NULL;
}

/* Returns: whether there is a Host among them */
static gboolean
append_headers (GByteArray *out, const char *text, const SkyJsonValue *message)
{
  SkyJsonValue headers, header;
  SkyJsonIter iter;
  gboolean has_host = FALSE;

  if (!sky_json_member (text, message, "headers", &headers) || headers.type != SKY_JSON_ARRAY)
    return FALSE;
  sky_json_iter_init (&iter, text, &headers);
  while (sky_json_iter_next (&iter, NULL, &header))
    {
      g_autofree char *name = sky_har_get_string (text, &header, "name");
      g_autofree char *value = sky_har_get_string (text, &header, "value");

      if (name == NULL || value == NULL || !is_kept (name))
        continue;
      has_host = has_host || g_ascii_strcasecmp (name, "host") == 0;
      append (out, "%s: %s\r\n", name, g_strdelimit (value, "\r\n", ' '));
    }
  return has_host;
}

static void
append_body (GByteArray *out, const guint8 *body, gsize len)
{
  append (out, "Content-Length: %" G_GSIZE_FORMAT "\r\n\r\n", len);
  g_byte_array_append (out, body, (guint) len);
}

/**
 * sky_har_write_request:
 * @text: the archive
 * @request: `request` of an entry
 *
 * Returns: (nullable) (transfer full): it, %NULL if it says not what was asked for
 */
GByteArray *
sky_har_write_request (const char *text, const SkyJsonValue *request)
{
  g_autofree char *method = sky_har_get_string (text, request, "method");
  g_autofree char *address = sky_har_get_string (text, request, "url");
  g_autoptr(GUri) uri = address != NULL ? g_uri_parse (address, G_URI_FLAGS_ENCODED | G_URI_FLAGS_PARSE_RELAXED, NULL)
                                        : NULL;
  g_autofree char *body = NULL;
  SkyJsonValue post;
  GByteArray *out;
  gsize len;

  if (method == NULL || strpbrk (method, " \r\n") != NULL || uri == NULL || g_uri_get_host (uri) == NULL)
    return NULL;
  out = g_byte_array_new ();
  append (out, "%s %s%s%s HTTP/1.1\r\n", method, *g_uri_get_path (uri) != '\0' ? g_uri_get_path (uri) : "/",
          g_uri_get_query (uri) != NULL ? "?" : "", g_uri_get_query (uri) != NULL ? g_uri_get_query (uri) : "");
  if (!append_headers (out, text, request))
    append (out, g_uri_get_port (uri) > 0 ? "Host: %s:%d\r\n" : "Host: %s\r\n", g_uri_get_host (uri), g_uri_get_port (uri));
  if (sky_json_member (text, request, "postData", &post))
    body = get_text (text, &post, "text", &len);
  if (body != NULL)
    append_body (out, (const guint8 *) body, len);
  else
    append (out, "\r\n");
  return out;
}

/* Returns: (nullable) (transfer full): the body of an answer, as it was before it was packed */
static guint8 *
get_content (const char *text, const SkyJsonValue *response, gsize *len)
{
  SkyJsonValue content;
  g_autofree char *body = NULL, *encoding = NULL;

  *len = 0;
  if (!sky_json_member (text, response, "content", &content))
    return NULL;
  body = get_text (text, &content, "text", len);
  encoding = sky_har_get_string (text, &content, "encoding");
  if (body == NULL)
    return NULL;
  if (g_strcmp0 (encoding, "base64") == 0 && sky_base64_valid (body, *len))
    return g_base64_decode (body, len);
  return (guint8 *) g_steal_pointer (&body);
}

/**
 * sky_har_write_response:
 * @text: the archive
 * @response: `response` of an entry
 *
 * Returns: (nullable) (transfer full): it, %NULL if none came
 */
GByteArray *
sky_har_write_response (const char *text, const SkyJsonValue *response)
{
  double status = 0;
  g_autofree char *words = sky_har_get_string (text, response, "statusText");
  g_autofree guint8 *body = NULL;
  GByteArray *out;
  gsize len;

  if (!sky_har_get_number (text, response, "status", &status) || !(status >= 100 && status <= 999))
    return NULL;
  out = g_byte_array_new ();
  append (out, "HTTP/1.1 %d %s\r\n", (int) status, words != NULL ? g_strdelimit (words, "\r\n", ' ') : "");
  append_headers (out, text, response);
  body = get_content (text, response, &len);
  if ((int) status == 101)
    append (out, "\r\n");
  else
    append_body (out, body, len);
  return out;
}

/* Returns: (transfer full): what a message says; archives write binary ones as base64 */
static guint8 *
get_payload (const char *text, const SkyJsonValue *message, guint opcode, gsize *len)
{
  g_autofree char *data = get_text (text, message, "data", len);

  if (opcode != SKY_WS_TEXT && data != NULL && sky_base64_valid (data, *len))
    return g_base64_decode (data, len);
  return (guint8 *) g_steal_pointer (&data);
}

/**
 * sky_har_write_message:
 * @text: the archive
 * @message: one of `_webSocketMessages`
 *
 * Returns: (nullable) (transfer full): it as one frame, %NULL if it is none: browsers note errors there, too
 */
GByteArray *
sky_har_write_message (const char *text, const SkyJsonValue *message, gboolean from_client)
{
  double opcode = SKY_WS_TEXT;
  g_autofree guint8 *payload = NULL;
  guint8 header[SKY_WS_MAX_HEADER];
  SkyWsFrame frame = { .fin = TRUE, .masked = from_client }; /* by zeros: which mask there was, nobody knows */
  GByteArray *out;
  gsize len;

  sky_har_get_number (text, message, "opcode", &opcode);
  if (!(opcode >= 0 && opcode <= 15))
    return NULL;
  frame.opcode = (guint8) opcode;
  payload = get_payload (text, message, frame.opcode, &len);
  frame.payload_len = len;
  out = g_byte_array_new ();
  g_byte_array_append (out, header, (guint) sky_ws_frame_encode (&frame, header));
  g_byte_array_append (out, payload, (guint) len);
  return out;
}
