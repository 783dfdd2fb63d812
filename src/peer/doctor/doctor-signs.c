#include "peer/doctor/doctor-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/json.h"
#include "eio/eio-open.h"
#include "eio/eio-payload.h"
#include "peer/carrier/opening.h"
#include "sio/sio-msgpack.h"
#include "sio/sio-packet.h"
#include "tcp/tcp-dial.h"

/* What an answer tells of the server: FEATURES.md §4.5, measured. Nothing here asks or changes anything. */

void
sky_signs_clear (SkySigns *self)
{
  g_clear_pointer (&self->sid, g_free);
  g_clear_pointer (&self->message, g_free);
}

/* Socket.IO 2 connects without being asked, and so tells its parser. */
static void
read_message (const guint8 *body, const SkyEioPacket *packet, SkySigns *signs)
{
  SkySioPacket sio;

  if (packet->binary || (packet->data_len > 0 && body[0] == '{'))
    {
      signs->msgpack |= !packet->base64 && sky_sio_msgpack_is (body, packet->data_len);
      signs->joined |= signs->msgpack;
      return;
    }
  sky_sio_packet_decode ((const char *) body, packet->data_len, &sio);
  signs->joined |= sio.type == SKY_SIO_CONNECT && packet->data_len > 0;
}

/* One packet of a session's first answer. Returns: whether it is one that fits there */
static gboolean
read_packet (const guint8 *data, gsize len, SkyEioForm form, SkySigns *signs)
{
  g_auto(SkyEioOpen) open = { 0 };
  SkyEioPacket packet;
  const guint8 *body;

  sky_eio_packet_decode_form (data, len, form, &packet);
  body = data + packet.data_start;
  if (packet.type == SKY_EIO_MESSAGE && signs->sid != NULL)
    {
      read_message (body, &packet, signs);
      return TRUE;
    }
  if (packet.type != SKY_EIO_OPEN || signs->sid != NULL
      || !sky_eio_open_decode ((const char *) body, packet.data_len, &open))
    return FALSE;
  signs->sid = g_steal_pointer (&open.sid);
  signs->ping_timeout_msec = open.ping_timeout_msec;
  signs->max_payload = open.max_payload;
  signs->upgrades = open.upgrades_websocket;
  return TRUE;
}

static gboolean
read_session (const guint8 *data, gsize len, SkySigns *signs)
{
  guint revision = len > 0 && data[0] == '0' ? 4 : 3;
  SkyEioForm form = sky_eio_payload_form (revision, data, len);
  gsize pos = 0, start, packet_len;

  while (sky_eio_payload_step (form, data, len, &pos, &start, &packet_len))
    if (!read_packet (data + start, packet_len, form, signs))
      break;
  signs->revision = revision;
  return signs->sid != NULL;
}

/* {"code":…,"message":"…"}: PROTOCOL.md §2.1. */
static gboolean
read_refusal (const char *text, gsize len, SkySigns *signs)
{
  SkyJsonValue root, code, message;
  guint64 number;

  if (!sky_json_parse (text, len, &root, NULL, NULL) || root.type != SKY_JSON_OBJECT
      || !sky_json_member (text, &root, "code", &code) || !sky_json_uint (text, &code, &number) || number > 5
      || !sky_json_member (text, &root, "message", &message) || message.type != SKY_JSON_STRING)
    return FALSE;
  signs->code = (gint) number;
  signs->message = sky_json_unquote (text, &message, NULL);
  return TRUE;
}

/* A refused upgrade says only the message, as text: PROTOCOL.md §2.4. */
static gboolean
read_plain_refusal (const char *text, gsize len, SkySigns *signs)
{
  static const char *const messages[]
      = { "Transport unknown", "Session ID unknown", "Bad handshake method", "Bad request", "Forbidden",
          "Unsupported protocol version" };

  for (guint i = 0; i < G_N_ELEMENTS (messages); i++)
    if (len == strlen (messages[i]) && memcmp (text, messages[i], len) == 0)
      {
        signs->code = (gint) i;
        signs->message = g_strdup (messages[i]);
        return TRUE;
      }
  return FALSE;
}

static gboolean
has_text (const char *text, gsize len, const char *needle)
{
  return g_strstr_len (text, (gssize) len, needle) != NULL;
}

static gboolean
is_page (const char *text, gsize len)
{
  gsize n = strspn (text, " \t\r\n");

  return n < len && text[n] == '<';
}

static SkySign
judge_status (const SkyAsk *ask, const char *text, gsize len)
{
  guint status = ask->status;

  if (status == 426)
    return SKY_SIGN_UPGRADE;
  if (status >= 300 && status < 400 && status != 304)
    return SKY_SIGN_REDIRECT;
  if (status == 401 || status == 403 || status == 407)
    return SKY_SIGN_WALL;
  if (status >= 502 && status <= 504)
    return SKY_SIGN_BACKEND;
  if (status == 497 || (status == 400 && (has_text (text, len, "HTTPS port") || has_text (text, len, "HTTPS server"))))
    return SKY_SIGN_TLS_PORT;
  if (status == 404 || status == 405 || status == 410 || status == 501)
    return SKY_SIGN_NOT_FOUND;
  return is_page (text, len) ? SKY_SIGN_PAGE : SKY_SIGN_OTHER;
}

static SkySign
judge_error (const GError *error)
{
  if (error == NULL)
    return SKY_SIGN_CUT;
  if (error->domain == SKY_OPENING_ERROR)
    switch ((SkyOpeningError) error->code)
      {
      case SKY_OPENING_ERROR_STATUS:
        return SKY_SIGN_OTHER;
      case SKY_OPENING_ERROR_NOT_HTTP:
        return SKY_SIGN_NOT_HTTP;
      case SKY_OPENING_ERROR_WRONG:
        return SKY_SIGN_WRONG;
      case SKY_OPENING_ERROR_SILENT:
        return SKY_SIGN_SILENT;
      case SKY_OPENING_ERROR_CLOSED:
        return SKY_SIGN_CUT;
      }
  if (error->domain == SKY_CALLER_ERROR)
    return error->code == SKY_CALLER_ERROR_NOT_HTTP ? SKY_SIGN_NOT_HTTP
           : error->code == SKY_CALLER_ERROR_SILENT ? SKY_SIGN_SILENT
           : error->code == SKY_CALLER_ERROR_BROKEN ? SKY_SIGN_CUT
                                                    : SKY_SIGN_OTHER;
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT))
    return SKY_SIGN_SILENT;
  return error->domain == SKY_TCP_ERROR ? SKY_SIGN_NOTHING : SKY_SIGN_CUT;
}

static void
read_websocket (const SkyAsk *ask, SkySigns *signs)
{
  const SkyAskMessage *first = ask->messages->len > 0 ? ask->messages->pdata[0] : NULL;
  gsize len;
  const guint8 *data = first != NULL ? g_bytes_get_data (first->data, &len) : NULL;

  signs->sign = SKY_SIGN_WEBSOCKET;
  if (first == NULL || first->binary || !read_packet (data, len, SKY_EIO_FORM_TEXT, signs))
    return;
  signs->sign = SKY_SIGN_ENGINE;
  signs->revision = strstr (ask->route.target, "EIO=3") != NULL ? 3 : 4;
}

/**
 * sky_signs_read:
 * @ask: an answer, or what came instead
 * @signs: (out caller-allocates): what it tells; sky_signs_clear() it
 */
void
sky_signs_read (const SkyAsk *ask, SkySigns *signs)
{
  gsize len = 0;
  const char *text = ask->body != NULL ? g_bytes_get_data (ask->body, &len) : NULL;
  g_autofree char *copy = g_strndup (text != NULL ? text : "", MIN (len, 4096));

  *signs = (SkySigns) { .code = -1 };
  len = MIN (len, 4096);
  if (ask->opened)
    read_websocket (ask, signs);
  else if (ask->status == 0 || ask->status == 101)
    signs->sign = judge_error (ask->error);
  else if (ask->status == 200 && read_session ((const guint8 *) copy, len, signs))
    signs->sign = SKY_SIGN_ENGINE;
  else if (ask->status >= 400 && (read_refusal (copy, len, signs) || read_plain_refusal (copy, len, signs)))
    signs->sign = SKY_SIGN_REFUSAL;
  else
    signs->sign = judge_status (ask, copy, len);
}

/* Returns: (transfer none): an error code of Engine.IO in words: PROTOCOL.md §2.1 */
const char *
sky_signs_explain_code (gint code)
{
  static const char *const texts[] = {
    N_("Code 0: the server does not offer this transport."),
    N_("Code 1: the server does not know the session: another process answers, or it was restarted."),
    N_("Code 2: a session is opened with GET, and this was another method."),
    N_("Code 3: the request does not fit: an upgrade that lost its Upgrade header, or another transport than the session's."),
    N_("Code 4: the server's own check (allowRequest) turned the request away."),
    N_("Code 5: the server does not speak this revision of Engine.IO."),
  };

  return code >= 0 && code < (gint) G_N_ELEMENTS (texts) ? _(texts[code]) : _("The code is not one of Engine.IO.");
}

/* MySQL greets with its length, number 0, protocol 10 and a version in text. */
static gboolean
is_mysql (const guint8 *data, gsize len)
{
  return len > 6 && data[3] == 0 && (data[4] == 10 || data[4] == 0xff) && data[0] + 256u * data[1] + 4u <= len + 64
         && data[2] == 0;
}

/* The first frame of an HTTP/2 server is SETTINGS on stream 0: RFC 9113 §3.4. */
static gboolean
is_http2 (const guint8 *data, gsize len)
{
  return len >= 9 && data[0] == 0 && data[1] == 0 && data[3] == 4 && data[4] <= 1 && memcmp (data + 5, "\0\0\0\0", 4) == 0;
}

/**
 * sky_signs_name_stranger:
 * @data: (array length=len): the first octets of a server that does not speak HTTP
 *
 * Returns: (transfer full) (nullable): what it looks like, as the subject of a sentence's end
 */
char *
sky_signs_name_stranger (const guint8 *data, gsize len)
{
  static const struct
  {
    const char *start, *holds, *name;
  } known[] = {
    { "SSH-", NULL, N_("an SSH server") },
    { "\x15\x03", NULL, N_("a TLS server") },
    { "PRI * HTTP/2", NULL, N_("HTTP/2 without HTTP/1.1") },
    { "-ERR wrong number", NULL, N_("a Redis server") },
    { "-ERR unknown command", NULL, N_("a Redis server") },
    { "-DENIED", NULL, N_("a Redis server") },
    { "-NOAUTH", NULL, N_("a Redis server") },
    { "220", "FTP", N_("an FTP server") },
    { "220", "SMTP", N_("a mail server (SMTP)") },
    { "220", NULL, N_("a mail or FTP server") },
    { "+OK", NULL, N_("a mail server (POP3)") },
    { "* OK", NULL, N_("a mail server (IMAP)") },
    { "RFB 00", NULL, N_("a VNC server") },
    { "AMQP", NULL, N_("an AMQP broker") },
    { "ERROR\r\n", NULL, N_("a memcached server") },
    { "E", "SFATAL", N_("a PostgreSQL server") },
    { "RTSP/", NULL, N_("an RTSP server") },
    { "SIP/2.0", NULL, N_("a SIP server") },
  };

  for (guint i = 0; i < G_N_ELEMENTS (known); i++)
    {
      gsize n = strlen (known[i].start);

      if (len >= n && memcmp (data, known[i].start, n) == 0
          && (known[i].holds == NULL || has_text ((const char *) data, len, known[i].holds)))
        return g_strdup (_(known[i].name));
    }
  if (is_http2 (data, len))
    return g_strdup (_("HTTP/2 without HTTP/1.1"));
  return is_mysql (data, len) ? g_strdup (_("a MySQL server")) : NULL;
}

/* Returns: (transfer full): @data in one line, octets that cannot be shown as \xNN */
char *
sky_signs_printable (const guint8 *data, gsize len)
{
  GString *text = g_string_new (NULL);

  for (gsize pos = 0; pos < len;)
    {
      gunichar c = g_utf8_get_char_validated ((const char *) data + pos, (gssize) (len - pos));

      if (c != (gunichar) -1 && c != (gunichar) -2 && g_unichar_isprint (c))
        {
          g_string_append_unichar (text, c);
          pos += g_unichar_to_utf8 (c, NULL);
          continue;
        }
      if (data[pos] == '\n')
        g_string_append (text, "\\n");
      else if (data[pos] != '\r')
        g_string_append_printf (text, "\\x%02x", data[pos]);
      pos++;
    }
  return g_string_free (text, FALSE);
}
