#include "cli/profile-options.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/fault.h"
#include "base/json.h"
#include "config.h"

#define SHA256_LEN 32 /* bytes */

/* No sentence shows a value that may be a secret: it would stay in logs and scrollbacks. */
#define fail(error, ...) sky_fail_false (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, __VA_ARGS__)

struct _ProfileOptions
{
  SkyProfile *said;
  gboolean    unused_delay; /* the details of reconnecting were given */
};

static gboolean
replace (char **field, const char *value)
{
  g_free (*field);
  *field = g_strdup (value);
  return TRUE;
}

static gboolean
append (GStrv *list, const char *value)
{
  guint n = *list != NULL ? g_strv_length (*list) : 0;

  *list = g_renew (char *, *list, n + 2);
  (*list)[n] = g_strdup (value);
  (*list)[n + 1] = NULL;
  return TRUE;
}

static gboolean
has_line_break (const char *text)
{
  return strpbrk (text, "\r\n") != NULL;
}

/* ---- values that are taken as they stand */

static gboolean
take_text (const char *name, const char *value, gpointer data, GError **error)
{
  SkyProfile *said = ((ProfileOptions *) data)->said;
  const struct
  {
    const char *name;
    char      **field;
  } fields[] = {
    { "--path", &said->path },     { "--origin", &said->origin },   { "--ca", &said->ca_file },
    { "--cert", &said->cert_file }, { "--key", &said->key_file },
  };

  if (*value == '\0' || has_line_break (value))
    return fail (error, _("%s takes one line of text that is not empty."), name);
  for (guint i = 0; i < G_N_ELEMENTS (fields); i++)
    if (strcmp (name, fields[i].name) == 0)
      return replace (fields[i].field, value);
  g_return_val_if_reached (FALSE);
}

static gboolean
take_flag (const char *name, const char *value, gpointer data, GError **error)
{
  SkyProfile *said = ((ProfileOptions *) data)->said;

  if (strcmp (name, "--insecure") == 0)
    said->insecure = TRUE;
  else if (strcmp (name, "--no-deflate") == 0)
    said->no_deflate = TRUE;
  else
    said->no_upgrade = TRUE;
  return TRUE;
}

static gboolean
take_subprotocol (const char *name, const char *value, gpointer data, GError **error)
{
  SkyProfile *said = ((ProfileOptions *) data)->said;
  g_autofree char *before = said->subprotocols;

  said->subprotocols = before != NULL ? g_strconcat (before, ", ", value, NULL) : g_strdup (value);
  return TRUE;
}

/* ---- values out of a list */

static gboolean
take_choice (const char *name, const char *value, gpointer data, GError **error)
{
  SkyProfile *said = ((ProfileOptions *) data)->said;

  if (strcmp (name, "--protocol") == 0)
    return sky_protocol_from_id (value, &said->protocol)
           || fail (error, _("“%s” is no protocol. There are auto, socket.io, engine.io and websocket."), value);
  if (strcmp (name, "--transports") == 0)
    return sky_transports_from_id (value, &said->transports)
           || fail (error, _("--transports takes polling, websocket, or both in their order with a comma between, not “%s”."), value);
  return sky_parser_from_id (value, &said->parser)
         || fail (error, _("“%s” is no parser. There are auto, default and msgpack."), value);
}

static gboolean
take_number (const char *name, const char *value, gpointer data, GError **error)
{
  ProfileOptions *self = data;
  SkyReconnect *reconnect = &self->said->reconnect;
  const struct
  {
    const char *name;
    int         min, max;
    gpointer    field; /* int or guint */
  } numbers[] = {
    { "--eio", 3, 4, &self->said->eio },
    { "--timeout", 1, G_MAXINT, &self->said->timeout_msec },
    { "--reconnect", -1, G_MAXINT, &reconnect->attempts },
    { "--reconnect-delay", 1, G_MAXINT, &reconnect->delay_msec },
    { "--reconnect-max", 1, G_MAXINT, &reconnect->max_msec },
    { "--reconnect-jitter", 0, 100, &reconnect->jitter },
  };

  self->unused_delay |= g_str_has_prefix (name, "--reconnect-");
  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    {
      gint64 number;

      if (strcmp (name, numbers[i].name) != 0)
        continue;
      if (!g_ascii_string_to_signed (value, 10, numbers[i].min, numbers[i].max, &number, NULL))
        return fail (error, _("%s takes a number from %d to %d, not “%s”."), name, numbers[i].min, numbers[i].max, value);
      *(int *) numbers[i].field = (int) number;
      return TRUE;
    }
  g_return_val_if_reached (FALSE);
}

/* ---- secrets, which need not stand in the shell's history */

static const char *
from_environment (const char *name, const char *variable, GError **error)
{
  const char *value = g_getenv (variable);

  if (value == NULL)
    fail (error, _("%s takes the name of an environment variable, and %s is not set."), name, variable);
  return value;
}

static gboolean
set_auth (SkyProfile *said, const char *json, GError **error)
{
  guint n = said->namespaces != NULL ? g_strv_length (said->namespaces) : 0;
  g_autoptr(GError) json_error = NULL;
  SkyJsonValue value;
  gsize at = 0;

  if (!sky_json_parse (json, strlen (json), &value, &at, &json_error))
    return fail (error, _("The payload of --auth is no JSON at byte %zu. %s"), at + 1, json_error->message);
  if (value.type != SKY_JSON_OBJECT)
    return fail (error, _("The payload of --auth has to be a JSON object, such as {\"token\":\"x\"}."));
  return replace (n > 0 ? &said->auths[n - 1] : &said->auth, json);
}

/* An --auth after a --namespace belongs to that one; before any it is for all. */
static gboolean
take_auth (const char *name, const char *value, gpointer data, GError **error)
{
  ProfileOptions *self = data;
  g_autofree char *file = NULL;

  if (*value == '@')
    {
      if (!g_file_get_contents (value + 1, &file, NULL, error))
        return FALSE;
      value = g_strstrip (file);
    }
  return set_auth (self->said, value, error);
}

static gboolean
take_auth_env (const char *name, const char *value, gpointer data, GError **error)
{
  ProfileOptions *self = data;
  const char *json = from_environment (name, value, error);

  return json != NULL && set_auth (self->said, json, error);
}

static gboolean
take_user (const char *name, const char *value, gpointer data, GError **error)
{
  ProfileOptions *self = data;

  if (strcmp (name, "--user-env") == 0)
    value = from_environment (name, value, error);
  if (value == NULL)
    return FALSE;
  if (strchr (value, ':') == NULL)
    return fail (error, _("--user takes a name and a password with a colon between: NAME:PASSWORD."));
  return replace (&self->said->user, value);
}

/* ---- values with a form of their own */

static gboolean
take_namespace (const char *name, const char *value, gpointer data, GError **error)
{
  SkyProfile *said = ((ProfileOptions *) data)->said;
  g_autofree char *nsp = g_strconcat (*value != '/' ? "/" : "", value, NULL);

  if (strchr (nsp, ',') != NULL)
    return fail (error, _("--namespace takes one name without a comma, not “%s”; repeat the option for more."), value);
  if (said->namespaces != NULL && g_strv_contains ((const char *const *) said->namespaces, nsp))
    return fail (error, _("--namespace %s is given twice."), nsp);
  append (&said->auths, "");
  return append (&said->namespaces, nsp);
}

/* RFC 9110 §5.6.2 */
static gboolean
is_token (const char *text, gsize len)
{
  for (gsize i = 0; i < len; i++)
    if (!g_ascii_isalnum (text[i]) && strchr ("!#$%&'*+-.^_`|~", text[i]) == NULL)
      return FALSE;
  return len > 0;
}

static gboolean
take_header (const char *name, const char *value, gpointer data, GError **error)
{
  SkyProfile *said = ((ProfileOptions *) data)->said;
  const char *colon = strchr (value, ':');
  g_autofree char *header = NULL;

  if (colon == NULL || !is_token (value, (gsize) (colon - value)) || has_line_break (value))
    return fail (error, _("--header takes one line of the form 'Name: value', or 'Name:' to leave a default one out."));
  if (colon[1 + strspn (colon + 1, " \t")] != '\0')
    return append (&said->headers, value);
  header = g_strndup (value, (gsize) (colon - value));
  return append (&said->without, header);
}

/* RFC 6265 §4.1.1: what may stand in a Cookie header */
static gboolean
take_cookie (const char *name, const char *value, gpointer data, GError **error)
{
  SkyProfile *said = ((ProfileOptions *) data)->said;
  const char *equals = strchr (value, '=');

  if (equals == NULL || !is_token (value, (gsize) (equals - value)) || strpbrk (value, ";\r\n") != NULL)
    return fail (error, _("--cookie takes one NAME=VALUE without a semicolon; repeat the option for more."));
  return append (&said->cookies, value);
}

static gboolean
take_query (const char *name, const char *value, gpointer data, GError **error)
{
  SkyProfile *said = ((ProfileOptions *) data)->said;

  if (*value == '\0' || *value == '=')
    return fail (error, _("--query takes KEY=VALUE, not encoded; repeat the option for more."));
  return append (&said->query, value);
}

static gboolean
take_reply (const char *name, const char *value, gpointer data, GError **error)
{
  SkyProfile *said = ((ProfileOptions *) data)->said;
  const char *equals = strchr (value, '=');
  g_autofree char *array = equals != NULL ? g_strconcat ("[", equals + 1, "]", NULL) : NULL;
  SkyJsonValue whole;

  if (array == NULL || equals == value || !sky_json_parse (array, strlen (array), &whole, NULL, NULL))
    return fail (error, _("--reply takes EVENT=ARGUMENTS, the arguments as JSON with commas between, not “%s”."), value);
  return append (&said->replies, value);
}

/* Returns: whether @text leads to a proxy; without a scheme, as curl takes it, the port has to be said */
static gboolean
is_proxy (const char *text)
{
  const char *const schemes[] = { "http", "https", "socks", "socks4", "socks4a", "socks5", "socks5h", NULL };
  gboolean bare = strstr (text, "://") == NULL;
  g_autofree char *whole = g_strconcat (bare ? "http://" : "", text, NULL);
  g_autoptr(GUri) uri = g_uri_parse (whole, G_URI_FLAGS_HAS_PASSWORD | G_URI_FLAGS_SCHEME_NORMALIZE, NULL);

  return uri != NULL && g_strv_contains (schemes, g_uri_get_scheme (uri)) && g_uri_get_host (uri) != NULL
         && *g_uri_get_host (uri) != '\0' && (!bare || strrchr (text, ':') != NULL);
}

static gboolean
take_proxy (const char *name, const char *value, gpointer data, GError **error)
{
  SkyProfile *said = ((ProfileOptions *) data)->said;

  if (strcmp (value, "none") != 0 && !is_proxy (value))
    return fail (error, _("--proxy takes none, or a URI such as http://proxy.example:3128 or socks5://127.0.0.1:1080."));
  return replace (&said->proxy, value);
}

/* Kept as it is shown elsewhere: "AB:CD:…". */
static gboolean
take_fingerprint (const char *name, const char *value, gpointer data, GError **error)
{
  SkyProfile *said = ((ProfileOptions *) data)->said;
  g_autoptr(GString) colons = g_string_new (NULL);
  guint n = 0;

  for (; *value != '\0'; value++)
    if (g_ascii_isxdigit (*value))
      {
        if (n > 0 && n % 2 == 0)
          g_string_append_c (colons, ':');
        g_string_append_c (colons, g_ascii_toupper (*value));
        n++;
      }
    else if (*value != ':' && *value != ' ')
      break;
  if (*value != '\0' || n != 2 * SHA256_LEN)
    return fail (error, _("--accept-certificate takes a SHA-256 fingerprint: 64 hexadecimal digits, colons allowed."));
  return replace (&said->accepted, colons->str);
}

/* ---- what --help says */

#define TAKES(func)      0, G_OPTION_ARG_CALLBACK, (gpointer) func
#define TAKES_FILE(func) G_OPTION_FLAG_FILENAME, G_OPTION_ARG_CALLBACK, (gpointer) func
#define IS_FLAG          G_OPTION_FLAG_NO_ARG, G_OPTION_ARG_CALLBACK, (gpointer) take_flag

static const GOptionEntry connection_entries[] = {
  { "protocol", 0, TAKES (take_choice), N_("auto, socket.io, engine.io or websocket"), N_("NAME") },
  { "query", 0, TAKES (take_query), N_("Add to the query, not encoded yet (repeat)"), "K=V" },
  { "header", 0, TAKES (take_header), N_("Add a header; 'Name:' leaves a default one out (repeat)"), N_("'NAME: VALUE'") },
  { "cookie", 0, TAKES (take_cookie), N_("Send a cookie (repeat)"), N_("NAME=VALUE") },
  { "origin", 0, TAKES (take_text), N_("The Origin header"), N_("URL") },
  { "subprotocol", 0, TAKES (take_subprotocol), N_("Offer these subprotocols (repeat, or commas)"), N_("LIST") },
  { "user", 0, TAKES (take_user), N_("HTTP Basic credentials"), N_("NAME:PASSWORD") },
  { "user-env", 0, TAKES (take_user), N_("… from this environment variable"), N_("VAR") },
  { "no-deflate", 0, IS_FLAG, N_("Do not offer permessage-deflate"), NULL },
  { "timeout", 0, TAKES (take_number), N_("For the dial, each handshake, and each ack (20000; ack 5000)"), "MS" },
  { NULL },
};

static const GOptionEntry socket_io_entries[] = {
  { "path", 0, TAKES (take_text), N_("Path of the Engine.IO server (/socket.io/)"), N_("PATH") },
  { "namespace", 0, TAKES (take_namespace), N_("Connect to this namespace (repeat)"), "/NSP" },
  { "auth", 0, TAKES (take_auth), N_("CONNECT payload of the --namespace before, or of all"), N_("JSON|@FILE") },
  { "auth-env", 0, TAKES (take_auth_env), N_("… from this environment variable"), N_("VAR") },
  { "reply", 0, TAKES (take_reply), N_("Answer acks that the server asks for with EVENT (repeat)"), N_("'EVENT=JSON,…'") },
  { "transports", 0, TAKES (take_choice), N_("polling,websocket (default), websocket,polling, or one"), N_("LIST") },
  { "no-upgrade", 0, IS_FLAG, N_("Stay on polling"), NULL },
  { "eio", 0, TAKES (take_number), N_("Revision of Engine.IO; found out without it"), "3|4" },
  { "parser", 0, TAKES (take_choice), N_("auto, default or msgpack"), N_("NAME") },
  { NULL },
};

static const GOptionEntry tls_entries[] = {
  { "ca", 0, TAKES_FILE (take_text), N_("Trust the authorities in this PEM file, not the system's"), N_("FILE") },
  { "cert", 0, TAKES_FILE (take_text), N_("Present this PEM client certificate"), N_("FILE") },
  { "key", 0, TAKES_FILE (take_text), N_("… its key, if it is in a file of its own"), N_("FILE") },
  { "accept-certificate", 0, TAKES (take_fingerprint), N_("Take the certificate with this fingerprint"), "SHA256" },
  { "insecure", 0, IS_FLAG, N_("Take any certificate"), NULL },
  { "proxy", 0, TAKES (take_proxy), N_("Dial through it; none: not even through the system's"), N_("URI|none") },
  { NULL },
};

static const GOptionEntry reconnection_entries[] = {
  { "reconnect", 0, TAKES (take_number), N_("Dial again so many times when it breaks; -1 for ever (0)"), "N" },
  { "reconnect-delay", 0, TAKES (take_number), N_("Before the first attempt, doubled for each after it (1000)"), "MS" },
  { "reconnect-max", 0, TAKES (take_number), N_("The longest delay (5000)"), "MS" },
  { "reconnect-jitter", 0, TAKES (take_number), N_("Change each delay at random by up to this (50)"), N_("PERCENT") },
  { NULL },
};

static void
add_group (ProfileOptions *self, GOptionContext *context, const char *name, const char *title, const GOptionEntry *entries)
{
  GOptionGroup *group = g_option_group_new (name, title, title, self, NULL);

  g_option_group_set_translation_domain (group, GETTEXT_PACKAGE);
  g_option_group_add_entries (group, entries);
  g_option_context_add_group (context, group);
}

ProfileOptions *
profile_options_new (void)
{
  ProfileOptions *self = g_new0 (ProfileOptions, 1);

  self->said = sky_profile_new (NULL);
  return self;
}

void
profile_options_free (ProfileOptions *self)
{
  sky_profile_free (self->said);
  g_free (self);
}

/* Adds the options of all who dial; @self has to outlive the parsing. */
void
profile_options_add (ProfileOptions *self, GOptionContext *context)
{
  add_group (self, context, "connection", N_("Connection:"), connection_entries);
  add_group (self, context, "socket.io", N_("Socket.IO:"), socket_io_entries);
  add_group (self, context, "tls", N_("TLS and proxy:"), tls_entries);
}

/* Adds the options of those who dial again when a connection breaks. */
void
profile_options_add_reconnection (ProfileOptions *self, GOptionContext *context)
{
  add_group (self, context, "reconnection", N_("Reconnection:"), reconnection_entries);
}

/**
 * profile_options_make:
 * @self: after the command line was parsed
 * @url: as typed
 * @error: %G_OPTION_ERROR with a sentence, if two options do not go together
 *
 * Returns: (transfer full) (nullable): the profile that the command line describes
 */
SkyProfile *
profile_options_make (ProfileOptions *self, const char *url, GError **error)
{
  SkyProfile *profile;

  if (self->unused_delay && self->said->reconnect.attempts == 0)
    fail (error, _("The delays of reconnecting need --reconnect N, which says how often."));
  else if (self->said->key_file != NULL && self->said->cert_file == NULL)
    fail (error, _("--key needs --cert, the certificate that it belongs to."));
  else
    {
      profile = sky_profile_copy (self->said);
      replace (&profile->url, url);
      return profile;
    }
  return NULL;
}
