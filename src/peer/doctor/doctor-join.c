#include "peer/doctor/doctor-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/json.h"
#include "eio/eio-payload.h"
#include "sio/sio-msgpack.h"
#include "sio/sio-packet.h"

#define MAX_NAMESPACES 5
#define MAX_POLLS      3

/* Is it Socket.IO, does it let us into the namespace, and with which parser? */

typedef enum
{
  JOIN_NONE,    /* nothing about the namespace came */
  JOIN_DONE,
  JOIN_ECHO,    /* CONNECT came back as it was: whoever answers does not know what it is */
  JOIN_REFUSED,
} Join;

static const char *
wanted_nsp (SkyDoctor *self)
{
  guint n = self->asked->namespaces != NULL ? g_strv_length (self->asked->namespaces) : 0;

  return self->nsp < n ? self->asked->namespaces[self->nsp] : self->engine.nsp != NULL ? self->engine.nsp : "/";
}

static guint
n_namespaces (SkyDoctor *self)
{
  guint n = self->asked->namespaces != NULL ? g_strv_length (self->asked->namespaces) : 0;

  return CLAMP (n, 1, MAX_NAMESPACES);
}

static gboolean
same_nsp (const char *came, const char *wanted)
{
  return strncmp (came, wanted, strcspn (wanted, "?")) == 0 && strcspn (came, "?") == strcspn (wanted, "?");
}

static Join
judge_packet (SkyDoctor *self, SkySioType type, const char *nsp, const char *json, char **why)
{
  SkyJsonValue root, member;
  gboolean object = json != NULL && sky_json_parse (json, strlen (json), &root, NULL, NULL) && root.type == SKY_JSON_OBJECT;

  if (!same_nsp (nsp, wanted_nsp (self)))
    return JOIN_NONE;
  if (type == SKY_SIO_CONNECT)
    return self->signs.revision == 3 || (object && sky_json_member (json, &root, "sid", &member)) ? JOIN_DONE : JOIN_ECHO;
  if (type != SKY_SIO_CONNECT_ERROR)
    return JOIN_NONE;
  if (why != NULL && object && sky_json_member (json, &root, "message", &member) && member.type == SKY_JSON_STRING)
    *why = sky_json_unquote (json, &member, NULL);
  else if (why != NULL)
    *why = g_strdup (json != NULL ? json : "");
  return JOIN_REFUSED;
}

/* In MessagePack; Socket.IO 2 writes CONNECT as text even so. */
static Join
judge_msgpack (SkyDoctor *self, const guint8 *data, gsize len, char **why)
{
  g_auto(SkySioMsgpack) packet = { 0 };
  Join join;

  if (!sky_sio_msgpack_is (data, len) || !sky_sio_msgpack_decode (data, len, &packet))
    return JOIN_NONE;
  join = judge_packet (self, packet.type, packet.nsp, packet.data, why);
  self->msgpack |= join != JOIN_NONE;
  return join;
}

static Join
judge_text (SkyDoctor *self, const char *text, gsize len, char **why)
{
  SkySioPacket packet;
  g_autofree char *nsp = NULL, *json = NULL;

  if (len > 0 && text[0] == '{')
    return judge_msgpack (self, (const guint8 *) text, len, why);
  sky_sio_packet_decode (text, len, &packet);
  if (packet.type > SKY_SIO_CONNECT_ERROR)
    return JOIN_NONE;
  nsp = sky_sio_packet_nsp (&packet, text);
  json = g_strndup (text + packet.data_start, packet.data_len);
  return judge_packet (self, packet.type, nsp, json, why);
}

static Join
judge_octets (SkyDoctor *self, const guint8 *data, gsize len, char **why)
{
  if (self->signs.revision == 3 && len > 0 && data[0] == SKY_EIO_MESSAGE)
    {
      data++;
      len--;
    }
  return judge_msgpack (self, data, len, why);
}

/* All that came after the open packet. @why: (out) (nullable): of a refusal */
static Join
judge_messages (SkyDoctor *self, const SkyAsk *ask, char **why)
{
  for (guint i = 1; i < ask->messages->len; i++)
    {
      const SkyAskMessage *message = ask->messages->pdata[i];
      gsize len;
      const char *data = g_bytes_get_data (message->data, &len);
      Join join = JOIN_NONE;

      if (message->binary)
        join = judge_octets (self, (const guint8 *) data, len, why);
      else if (len > 0 && data[0] == '0' + SKY_EIO_MESSAGE)
        join = judge_text (self, data + 1, len - 1, why);
      if (join != JOIN_NONE)
        return join;
    }
  return JOIN_NONE;
}

static gboolean
is_answered (const SkyAsk *ask)
{
  return judge_messages (ask->doctor, ask, NULL) != JOIN_NONE;
}

/* Bare Engine.IO says so by its silence, or by an echo. */
static void
find_bare (SkyDoctor *self, char *evidence)
{
  gboolean fits = self->asked->protocol == SKY_PROTOCOL_ENGINE_IO;

  g_free (self->what);
  self->what = g_strdup_printf ("Engine.IO %u", self->signs.revision);
  sky_doctor_find (self, fits ? SKY_FINDING_GOOD : SKY_FINDING_BAD, "engine.io",
                   fits ? g_strdup_printf (_("It is Engine.IO %u without Socket.IO."), self->signs.revision)
                        : g_strdup_printf (_("CONNECT to %s is not answered: it is Engine.IO without Socket.IO, or its middleware is very slow."),
                                           wanted_nsp (self)),
                   evidence, fits ? NULL : _("Choose Engine.IO, or look at what the server's middleware waits for."));
  if (fits)
    return;
  sky_doctor_mend_protocol (self, SKY_PROTOCOL_ENGINE_IO);
  g_free (self->better->path);
  self->better->path = g_strndup (self->engine.base, strcspn (self->engine.base, "?"));
}

static void
find_refused (SkyDoctor *self, const char *why, char *evidence)
{
  gboolean unknown = strstr (why, "Invalid namespace") != NULL;

  self->hopeless = TRUE;
  sky_doctor_find (self, SKY_FINDING_BAD, unknown ? "invalid-namespace" : "namespace-refused",
                   unknown ? g_strdup_printf (_("The server has no namespace %s."), wanted_nsp (self))
                           : g_strdup_printf (_("The server's middleware refuses the namespace %s: “%s”."),
                                              wanted_nsp (self), why),
                   evidence,
                   unknown ? _("Check the namespace: it is the path of the address, or --namespace.")
                           : _("Check the auth payload (--auth): the middleware decides on it."));
}

static void
find_parser (SkyDoctor *self)
{
  SkyParser used = self->msgpack ? SKY_PARSER_MSGPACK : SKY_PARSER_DEFAULT;
  gboolean wrong = self->asked->parser != SKY_PARSER_AUTO && self->asked->parser != used;

  if (self->nsp > 0 || (!self->msgpack && !wrong))
    return;
  sky_doctor_find (self, wrong ? SKY_FINDING_BAD : SKY_FINDING_INFO, self->msgpack ? "msgpack" : "default-parser",
                   g_strdup (self->msgpack ? _("The server uses the MessagePack parser.")
                                           : _("The server uses the default parser, not MessagePack.")),
                   NULL,
                   !wrong          ? NULL
                   : self->msgpack ? _("Choose the MessagePack parser (--parser msgpack).")
                                   : _("Choose the default parser (--parser default)."));
  if (!wrong)
    return;
  self->better->parser = used;
  self->changed = TRUE;
}

static void
find_joined (SkyDoctor *self, char *evidence)
{
  self->joined = TRUE;
  sky_doctor_find (self, SKY_FINDING_GOOD, "namespace",
                   g_strdup_printf (_("The namespace %s is joined."), wanted_nsp (self)), evidence, NULL);
  find_parser (self);
}

static void join_by_websocket (SkyDoctor *self);
static void join_by_polling (SkyDoctor *self);

static void
go_on (SkyDoctor *self)
{
  if (++self->nsp < n_namespaces (self))
    sky_doctor_join (self);
  else
    sky_doctor_origin (self);
}

static void
on_joined (SkyDoctor *self, SkyAsk *ask)
{
  g_autofree char *why = NULL;
  Join join = judge_messages (self, ask, &why);

  if (join == JOIN_NONE && (ask->closed || self->msgpack) && !self->parser_tried)
    {
      self->parser_tried = TRUE;
      self->msgpack = !self->msgpack;
      join_by_websocket (self);
      return;
    }
  if (join == JOIN_DONE)
    find_joined (self, sky_ask_evidence (ask));
  else if (join == JOIN_REFUSED)
    {
      find_parser (self);
      find_refused (self, why, sky_ask_evidence (ask));
    }
  else if (ask->closed)
    {
      self->hopeless = TRUE;
      sky_doctor_find (self, SKY_FINDING_BAD, "connect-closed",
                       g_strdup_printf (_("The server closes the connection instead of answering CONNECT to %s."),
                                        wanted_nsp (self)),
                       sky_ask_evidence (ask), _("Look at the server's log: it does not take this packet, or has crashed."));
    }
  else
    find_bare (self, sky_ask_evidence (ask));
  go_on (self);
}

/* @binary: (out): whether it is a binary message */
static GBytes *
make_connect (SkyDoctor *self, gboolean *binary)
{
  const char *nsp = wanted_nsp (self);
  const char *auth = self->signs.revision == 3 ? NULL : sky_profile_get_auth (self->asked, nsp);
  g_autofree char *packet = NULL;

  *binary = self->msgpack && self->signs.revision != 3;
  if (*binary)
    {
      GBytes *octets = sky_sio_msgpack_encode (SKY_SIO_CONNECT, nsp, -1, auth, NULL);

      return octets != NULL ? octets : sky_sio_msgpack_encode (SKY_SIO_CONNECT, nsp, -1, NULL, NULL);
    }
  packet = self->msgpack ? sky_sio_msgpack_encode_text (SKY_SIO_CONNECT, nsp, NULL)
                         : sky_sio_packet_encode (SKY_SIO_CONNECT, 0, nsp, -1, auth);
  return g_bytes_new_take (g_strconcat ("4", packet, NULL), strlen (packet) + 1);
}

static void
join_by_websocket (SkyDoctor *self)
{
  gboolean binary;
  g_autoptr(GBytes) connect = make_connect (self, &binary);
  gboolean by_itself = self->signs.revision == 3 && strcmp (wanted_nsp (self), "/") == 0;

  sky_route_aim (&self->engine, self->signs.revision, "websocket", NULL);
  sky_doctor_open (self,
                   &(SkyQuestion) { .route = &self->engine,
                                    .name = _("doctor: CONNECT"),
                                    .say = by_itself ? NULL : connect,
                                    .say_binary = binary,
                                    .enough = is_answered },
                   on_joined);
}

static Join
judge_base64 (SkyDoctor *self, const char *text, gsize len, char **why)
{
  g_autofree char *copy = g_strndup (text, len);
  g_autofree guchar *octets = g_base64_decode (copy, &len);

  return judge_msgpack (self, octets, len, why);
}

/* The packets of a poll, as if they had come one by one. */
static Join
judge_payload (SkyDoctor *self, const SkyAsk *ask, char **why)
{
  gsize len = ask->body != NULL ? g_bytes_get_size (ask->body) : 0, pos = 0, start, packet_len;
  const guint8 *data = len > 0 ? g_bytes_get_data (ask->body, NULL) : NULL;
  SkyEioForm form = sky_eio_payload_form (self->signs.revision, data, len);

  while (len > 0 && sky_eio_payload_step (form, data, len, &pos, &start, &packet_len))
    {
      SkyEioPacket packet;
      Join join = JOIN_NONE;

      sky_eio_packet_decode_form (data + start, packet_len, form, &packet);
      if (packet.type == SKY_EIO_MESSAGE && !packet.binary)
        join = judge_text (self, (const char *) data + start + packet.data_start, packet.data_len, why);
      else if (packet.type == SKY_EIO_MESSAGE && packet.base64)
        join = judge_base64 (self, (const char *) data + start + packet.data_start, packet.data_len, why);
      if (join != JOIN_NONE)
        return join;
    }
  return JOIN_NONE;
}

static void
on_polled (SkyDoctor *self, SkyAsk *ask)
{
  g_autofree char *why = NULL;
  Join join = ask->status == 200 ? judge_payload (self, ask, &why) : JOIN_NONE;

  if (join == JOIN_NONE && ask->status == 200 && ++self->n_polls < MAX_POLLS)
    {
      sky_doctor_call (self, &(SkyQuestion) { .route = &ask->route, .name = _("doctor: poll") }, on_polled);
      return;
    }
  if (join == JOIN_DONE)
    find_joined (self, sky_ask_evidence (ask));
  else if (join == JOIN_REFUSED)
    find_refused (self, why, sky_ask_evidence (ask));
  else if (ask->status == 400)
    {
      self->hopeless = TRUE;
      sky_doctor_find (self, SKY_FINDING_BAD, "connect-closed",
                       g_strdup_printf (_("The server ends the session instead of answering CONNECT to %s."), wanted_nsp (self)),
                       sky_ask_evidence (ask), _("It may use another parser: try --parser msgpack; else look at its log."));
    }
  else
    find_bare (self, sky_ask_evidence (ask));
  go_on (self);
}

static void
on_connect_posted (SkyDoctor *self, SkyAsk *ask)
{
  self->n_polls = 0;
  sky_doctor_call (self, &(SkyQuestion) { .route = &ask->route, .name = _("doctor: poll") }, on_polled);
}

static void
join_by_polling (SkyDoctor *self)
{
  g_autoptr(GBytes) connect = NULL;
  g_autoptr(GByteArray) payload = g_byte_array_new ();
  const guint8 *data;
  gboolean binary;
  gsize len;

  if (self->signs.joined && strcmp (wanted_nsp (self), "/") == 0)
    {
      find_joined (self, g_strdup (_("it came with the session, unasked")));
      go_on (self);
      return;
    }
  connect = make_connect (self, &binary);
  data = g_bytes_get_data (connect, &len);
  sky_eio_payload_append (payload, self->signs.revision, SKY_EIO_MESSAGE, binary, data + !binary, len - !binary);
  g_byte_array_append (payload, (const guint8 *) "", 1);
  sky_route_aim (&self->engine, self->signs.revision, "polling", self->signs.sid);
  sky_doctor_call (self,
                   &(SkyQuestion) { .route = &self->engine, .name = _("doctor: CONNECT"), .body = (const char *) payload->data },
                   on_connect_posted);
}

/**
 * sky_doctor_join:
 *
 * Asks to join the namespace, as a client of Socket.IO does; over WebSocket if there is one.
 */
void
sky_doctor_join (SkyDoctor *self)
{
  if (self->asked->protocol == SKY_PROTOCOL_ENGINE_IO)
    {
      sky_doctor_origin (self);
      return;
    }
  if (self->nsp == 0)
    self->msgpack = self->asked->parser == SKY_PARSER_MSGPACK || self->signs.msgpack;
  if (self->has_websocket)
    join_by_websocket (self);
  else
    join_by_polling (self);
}
