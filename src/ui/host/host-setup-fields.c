#include "ui/host/host-setup.h"

#include <string.h>

#include "base/json.h"
#include "peer/rules/rules-edit.h"
#include "peer/rules/rules.h"
#include "ui/rules/rules-texts.h"
#include "ui/ui.h"

/* Fields with one control each; the table of all. */

/* Returns: (transfer full): @text as JSON */
char *
sky_host_setup_quote (const char *text)
{
  GString *out = g_string_new (NULL);

  sky_json_quote (out, text, -1);
  return g_string_free (out, FALSE);
}

/* Returns: (nullable) (transfer full): the text that is the string @json, %NULL if it is something else */
char *
sky_host_setup_unquote (const char *json)
{
  SkyJsonValue value;

  if (json == NULL || !sky_json_parse (json, strlen (json), &value, NULL, NULL) || value.type != SKY_JSON_STRING)
    return NULL;
  return sky_json_unquote (json, &value, NULL);
}

static void
build_switch (const SkyHostField *self, SkyOptionsForm *form)
{
  sky_options_form_add_switch (form, self->member, _(self->label), _(self->help));
}

static void
load_switch (const SkyHostField *self, SkyOptionsForm *form, const char *json)
{
  sky_options_form_set_on (form, self->member, g_strcmp0 (json, "true") == 0);
}

static char *
make_switch (const SkyHostField *self, SkyOptionsForm *form)
{
  return sky_options_form_get_on (form, self->member) ? g_strdup ("true") : NULL;
}

static void
build_number (const SkyHostField *self, SkyOptionsForm *form)
{
  sky_options_form_add_number (form, self->member, _(self->label), self->unit != NULL ? _(self->unit) : "", self->least,
                               self->most, self->step, _(self->help));
}

static void
load_number (const SkyHostField *self, SkyOptionsForm *form, const char *json)
{
  guint64 number = self->usual;

  if (json != NULL)
    g_ascii_string_to_unsigned (json, 10, 0, G_MAXUINT, &number, NULL);
  sky_options_form_set_number (form, self->member, (guint) number);
}

static char *
make_number (const SkyHostField *self, SkyOptionsForm *form)
{
  guint number = sky_options_form_get_number (form, self->member);

  return number != self->usual ? g_strdup_printf ("%u", number) : NULL;
}

static void
build_choice (const SkyHostField *self, SkyOptionsForm *form)
{
  const char *translated[4] = { NULL };

  for (guint i = 0; self->choices[i] != NULL; i++)
    translated[i] = _(self->choices[i]);
  sky_options_form_add_choice (form, self->member, _(self->label), translated, _(self->help));
}

/* Blanks do not matter. */
static void
load_choice (const SkyHostField *self, SkyOptionsForm *form, const char *json)
{
  g_autofree char *plain = json != NULL ? sky_json_minify (json, strlen (json)) : NULL;

  sky_options_form_set_chosen (form, self->member, 0);
  for (guint i = 1; self->choices[i] != NULL; i++)
    if (g_strcmp0 (plain, self->jsons[i]) == 0)
      sky_options_form_set_chosen (form, self->member, i);
}

static char *
make_choice (const SkyHostField *self, SkyOptionsForm *form)
{
  return g_strdup (self->jsons[sky_options_form_get_chosen (form, self->member)]);
}

static void
build_text (const SkyHostField *self, SkyOptionsForm *form)
{
  sky_options_form_add_entry (form, self->member, _(self->label), _("none"), _(self->help));
}

static void
load_text (const SkyHostField *self, SkyOptionsForm *form, const char *json)
{
  g_autofree char *text = sky_host_setup_unquote (json);

  sky_options_form_set_text (form, self->member, text);
}

static char *
make_text (const SkyHostField *self, SkyOptionsForm *form)
{
  g_autofree char *text = sky_options_form_get_text (form, self->member);

  return *text != '\0' ? sky_host_setup_quote (text) : NULL;
}

/* RFC 6265 §4.1.1: a token. */
static gboolean
check_cookie (const SkyHostField *self, SkyOptionsForm *form)
{
  g_autofree char *text = sky_options_form_get_text (form, self->member);

  for (const char *c = text; *c != '\0'; c++)
    if (!g_ascii_isalnum (*c) && strchr ("!#$%&'*+-.^_`|~", *c) == NULL)
      return sky_options_form_mark (form, self->member, g_strdup (_("A cookie’s name has no blank, no ; and no =.")));
  return sky_options_form_mark (form, self->member, NULL);
}

static const char *const transports[] = { N_("Polling and WebSocket"), N_("WebSocket only"), N_("Polling only"), NULL };
static const char *const transports_json[] = { NULL, "[\"websocket\"]", "[\"polling\"]" };
static const char *const parsers[] = { N_("JSON, as it comes"), N_("MessagePack (socket.io-msgpack-parser)"), NULL };
static const char *const parsers_json[] = { NULL, "\"msgpack\"" };

#define ONE(kind) .build = build_##kind, .load = load_##kind, .make = make_##kind
#define SWITCH    ONE (switch)
#define TEXT      ONE (text)
#define NUMBER(u, l, m, s, d) ONE (number), .unit = u, .least = l, .most = m, .step = s, .usual = d
#define MSEC(d)      NUMBER ("ms", 1, SKY_RULES_MAX_MSEC, 1000, d)
#define CHOICE(c, j) ONE (choice), .choices = c, .jsons = j
#define PART(name)                                               \
  .build = sky_host_setup_##name##_build, .load = sky_host_setup_##name##_load, \
  .make = sky_host_setup_##name##_make, .check = sky_host_setup_##name##_check

/* In the order of the pages */
const SkyHostField sky_host_fields[] = {
  { SKY_HOST_PAGE_ENGINE, "transports", N_("Transports"),
    N_("Polling is plain HTTP requests: it passes every proxy, but it is slower."),
    .of_engine_io = TRUE, CHOICE (transports, transports_json) },
  { SKY_HOST_PAGE_ENGINE, "parser", N_("Parser"),
    N_("How packets are written. Clients have to use the same one."),
    .of_socket_io = TRUE, CHOICE (parsers, parsers_json) },
  { SKY_HOST_PAGE_ENGINE, "eio3", N_("Take clients of Socket.IO 1 and 2"),
    N_("They speak Engine.IO 3."),
    .of_engine_io = TRUE, SWITCH },
  { SKY_HOST_PAGE_ENGINE, "perMessageDeflate", N_("Compress messages over WebSocket"),
    N_("permessage-deflate, if the client offers it."),
    SWITCH },
  { SKY_HOST_PAGE_ENGINE, "maxPayload", N_("Largest message"),
    N_("Who sends a larger one is disconnected."),
    NUMBER (N_("bytes"), 1, SKY_RULES_MAX_PAYLOAD, 100000, 1000000) },
  { SKY_HOST_PAGE_ENGINE, "pingInterval", N_("Ping every"),
    N_("How often a client is asked whether it is still there."),
    .of_engine_io = TRUE, MSEC (25000) },
  { SKY_HOST_PAGE_ENGINE, "pingTimeout", N_("Wait for a pong"),
    N_("Then the client is taken for gone."),
    .of_engine_io = TRUE, MSEC (20000) },
  { SKY_HOST_PAGE_ENGINE, "connectTimeout", N_("Wait for a namespace"),
    N_("A client that joins none is sent away."),
    .of_socket_io = TRUE, MSEC (45000) },
  { SKY_HOST_PAGE_ENGINE, "upgradeTimeout", N_("Wait for an upgrade"),
    N_("From polling to WebSocket; then polling goes on."),
    .of_engine_io = TRUE, MSEC (10000) },

  { SKY_HOST_PAGE_WEB, "cors", N_("Let pages in from"),
    N_("Origins, with blanks between them: http://localhost:8080. “*” is every page. A browser asks for this (CORS)."),
    PART (cors) },
  { SKY_HOST_PAGE_WEB, "checkOrigin", N_("Refuse all other pages"),
    N_("Over WebSocket too, for which browsers ask nobody."),
    SWITCH },
  { SKY_HOST_PAGE_WEB, "cookie", N_("Session cookie"),
    N_("The name of a cookie with the session’s id, for proxies that share out clients by it: io."),
    .of_engine_io = TRUE, TEXT, .check = check_cookie },
  { SKY_HOST_PAGE_WEB, "setCookies", N_("More cookies"),
    N_("Set-Cookie headers of the handshake’s answer. Attributes follow the value: dark; Path=/; HttpOnly"),
    PART (cookies) },
  { SKY_HOST_PAGE_WEB, "handshakeDelay", N_("Answer handshakes late"),
    N_("To see what clients make of a slow server."),
    NUMBER ("ms", 0, SKY_RULES_MAX_MSEC, 100, 0) },
  { SKY_HOST_PAGE_WEB, "denyQuery", N_("Refuse by query"),
    N_("A handshake whose address has this key, as in ?deny=1, is refused with error 4."),
    .of_engine_io = TRUE, TEXT },

  { SKY_HOST_PAGE_SECURITY, "tls", N_("Encryption (TLS)"),
    N_("Clients then connect to https:// or wss://."),
    PART (tls) },
  { SKY_HOST_PAGE_SECURITY, "maxConnections", N_("Connections at once"),
    N_("The next ones are told that there are too many."),
    NUMBER (NULL, 1, SKY_RULES_MAX_CONNECTIONS, 10, 1000) },
  { SKY_HOST_PAGE_SECURITY, "maxBuffered", N_("Unsent to one client"),
    N_("A client that does not read is dropped once more than this waits to be sent to it."),
    NUMBER (N_("bytes"), 1, SKY_RULES_MAX_BUFFERED, 1048576, 16777216) },
  { SKY_HOST_PAGE_SECURITY, "idleTimeout", N_("Wait for a request"),
    N_("How long a connection may stay silent, or take over one request."),
    MSEC (30000) },

  { SKY_HOST_PAGE_RECOVERY, "recovery", N_("Keep the state of broken connections"),
    N_("A client that comes back in time gets its id and rooms again, and what it missed (Socket.IO 4.6)."),
    .of_socket_io = TRUE, PART (recovery) },

  { SKY_HOST_PAGE_ADMIN, "admin", N_("Serve the Admin UI at /admin"),
    N_("The official Socket.IO Admin UI can then connect to this server."),
    .of_socket_io = TRUE, PART (admin) },
};
const guint sky_n_host_fields = G_N_ELEMENTS (sky_host_fields);

/**
 * sky_host_setup_begin:
 *
 * A server without rules answers by itself, but one with some only as they say: before the first thing is
 * set there have to be rules that answer.
 */
void
sky_host_setup_begin (SkyRulesDraft *draft)
{
  if (sky_rules_edit_is_blank (sky_rules_draft_get_text (draft)))
    sky_rules_draft_replace (draft, sky_rules_texts_get_first ());
}

/**
 * sky_host_setup_summarize:
 *
 * Returns: (transfer full): a line for each option that the rules set; of secrets the name alone
 */
GStrv
sky_host_setup_summarize (SkyRulesDraft *draft)
{
  g_autoptr(GStrvBuilder) lines = g_strv_builder_new ();

  for (guint i = 0; i < sky_n_host_fields; i++)
    {
      const SkyHostField *field = &sky_host_fields[i];
      g_autofree char *json = sky_rules_draft_get_server (draft, field->member), *line = NULL;
      gboolean is_long = json != NULL && (*json == '{' || g_utf8_strlen (json, -1) > 40);

      if (json == NULL)
        continue;
      line = is_long ? g_strdup (_(field->label)) : g_strdup_printf (_("%s: %s"), _(field->label), json);
      g_strv_builder_add (lines, line);
    }
  return g_strv_builder_end (lines);
}

/**
 * sky_host_setup_get_example:
 * @text: (out) (optional): its text
 *
 * Returns: (nullable) (transfer none): the name of rules to begin with on a server of that protocol
 */
const char *
sky_host_setup_get_example (SkyProtocol protocol, const char **text)
{
  for (guint i = 0; i < sky_rules_texts_get_n (); i++)
    {
      const SkyRulesSample *example = sky_rules_texts_get (i);
      g_autoptr(SkyRules) rules = sky_rules_load (example->text, strlen (example->text), NULL);
      gint64 speaks = rules != NULL ? sky_rules_get_server (rules)->protocol : -1;

      if (speaks == (protocol == SKY_PROTOCOL_SOCKET_IO   ? SKY_RULES_SOCKET_IO
                     : protocol == SKY_PROTOCOL_ENGINE_IO ? SKY_RULES_ENGINE_IO
                                                          : SKY_RULES_WEBSOCKET))
        {
          if (text != NULL)
            *text = example->text;
          return example->name;
        }
    }
  return NULL;
}
