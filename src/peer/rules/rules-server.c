#include "peer/rules/rules-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* One of several words, into a gint64 that tells which. */
static gboolean
read_word (SkyRulesReader *r, const SkyJsonValue *value, const char *const *words,
           const char *expected, gint64 *field)
{
  if (value->type == SKY_JSON_STRING)
    for (gint64 i = 0; words[i] != NULL; i++)
      if (sky_json_string_equal (r->text, value, words[i]))
        {
          *field = i;
          return TRUE;
        }
  return sky_rules_reader_wrong_type (r, value, expected);
}

static gboolean
read_protocol (SkyRulesReader *r, const SkyRulesMember *member, const SkyJsonValue *value, gpointer into)
{
  static const char *const words[] = { "socket.io", "engine.io", "websocket", NULL };
  SkyRulesServer *server = into;

  return read_word (r, value, words, _("socket.io, engine.io or websocket"), &server->protocol);
}

static gboolean
read_parser (SkyRulesReader *r, const SkyRulesMember *member, const SkyJsonValue *value, gpointer into)
{
  static const char *const words[] = { "default", "msgpack", NULL };
  SkyRulesServer *server = into;
  gint64 word = 0;

  if (!read_word (r, value, words, _("default or msgpack"), &word))
    return FALSE;
  server->msgpack = word == 1;
  return TRUE;
}

static gboolean
read_path (SkyRulesReader *r, const SkyRulesMember *member, const SkyJsonValue *value, gpointer into)
{
  SkyRulesServer *server = into;

  if (!sky_rules_read_string (r, member, value, into))
    return FALSE;
  return (server->path[0] == '/' && strpbrk (server->path, "?# ") == NULL)
         || sky_rules_reader_wrong_type (r, value, _("a path that begins with / and has no ?, # or blank"));
}

static gboolean
read_transports (SkyRulesReader *r, const SkyRulesMember *member, const SkyJsonValue *value, gpointer into)
{
  static const char *const words[] = { "polling", "websocket", NULL };
  SkyRulesServer *server = into;
  SkyJsonIter iter;
  SkyJsonValue item;
  gboolean ok = TRUE;

  if (value->type != SKY_JSON_ARRAY || value->len == 2)
    return sky_rules_reader_wrong_type (r, value, _("a list of polling and websocket, or one of them"));
  server->transports = 0;
  sky_json_iter_init (&iter, r->text, value);
  while (ok && sky_json_iter_next (&iter, NULL, &item))
    {
      gsize mark = sky_rules_reader_enter_item (r, iter.n_items - 1);
      gint64 word = 0;

      ok = read_word (r, &item, words, _("polling or websocket"), &word);
      server->transports |= G_GINT64_CONSTANT (1) << word;
      sky_rules_reader_leave (r, mark);
    }
  return ok;
}

/* A text, or a list of texts. */
static gboolean
read_strings (SkyRulesReader *r, const SkyRulesMember *member, const SkyJsonValue *value, gpointer into)
{
  char ***field = (char ***) G_STRUCT_MEMBER_P (into, member->offset);
  g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func (g_free);
  const SkyRulesMember one = { .min = 1 };
  SkyJsonIter iter;
  SkyJsonValue item;
  gboolean ok = TRUE;

  if (value->type != SKY_JSON_ARRAY && value->type != SKY_JSON_STRING)
    return sky_rules_reader_wrong_type (r, value, _("a text or a list of texts"));
  sky_json_iter_init (&iter, r->text, value);
  if (value->type == SKY_JSON_STRING)
    {
      g_ptr_array_add (list, NULL);
      ok = sky_rules_read_string (r, &one, value, &list->pdata[0]);
    }
  while (ok && sky_json_iter_next (&iter, NULL, &item))
    {
      gsize mark = sky_rules_reader_enter_item (r, iter.n_items - 1);

      g_ptr_array_add (list, NULL);
      ok = sky_rules_read_string (r, &one, &item, &list->pdata[list->len - 1]);
      sky_rules_reader_leave (r, mark);
    }
  g_ptr_array_add (list, NULL);
  if (ok)
    *field = (char **) g_ptr_array_free (g_steal_pointer (&list), FALSE);
  return ok;
}

static gboolean
read_cors (SkyRulesReader *r, const SkyRulesMember *member, const SkyJsonValue *value, gpointer into)
{
  SkyRulesServer *server = into;
  SkyJsonIter iter;
  SkyJsonValue item;

  if (!read_strings (r, member, value, into))
    return FALSE;
  sky_json_iter_init (&iter, r->text, value);
  for (guint i = 0; value->type == SKY_JSON_ARRAY && sky_json_iter_next (&iter, NULL, &item); i++)
    if (g_str_equal (server->cors[i], "*") && g_strv_length (server->cors) > 1)
      return sky_rules_reader_wrong_type (r, &item, _("“*” by itself, or origins without it"));
  return TRUE;
}

static gboolean
read_recovery (SkyRulesReader *r, const SkyRulesMember *member, const SkyJsonValue *value, gpointer into)
{
  static const SkyRulesMember members[] = {
    { "maxDisconnectionDuration", sky_rules_read_number, G_STRUCT_OFFSET (SkyRulesServer, recovery_msec),
      1, SKY_RULES_MAX_MSEC },
  };
  SkyRulesServer *server = into;

  server->recovery_msec = value->type == SKY_JSON_FALSE ? 0 : 120000;
  return value->type == SKY_JSON_FALSE || value->type == SKY_JSON_TRUE
         || sky_rules_reader_members (r, value, members, G_N_ELEMENTS (members), into);
}

typedef struct
{
  char    *name, *path, *domain, *same_site;
  gboolean http_only, secure;
  gint64   max_age; /* seconds; -1: not said */
} Cookie;

static gboolean
read_same_site (SkyRulesReader *r, const SkyRulesMember *member, const SkyJsonValue *value, gpointer into)
{
  static const char *const words[] = { "strict", "lax", "none", NULL };
  static const char *const written[] = { "Strict", "Lax", "None" };
  Cookie *cookie = into;
  gint64 word = 1;

  if (!read_word (r, value, words, _("strict, lax or none"), &word))
    return FALSE;
  g_free (cookie->same_site);
  cookie->same_site = g_strdup (written[word]);
  return TRUE;
}

static gboolean
read_cookie_name (SkyRulesReader *r, const SkyRulesMember *member, const SkyJsonValue *value, gpointer into)
{
  Cookie *cookie = into;

  if (!sky_rules_read_string (r, member, value, into))
    return FALSE;
  for (const char *c = cookie->name; *c != '\0'; c++)
    if (!g_ascii_isalnum (*c) && strchr ("!#$%&'*+-.^_`|~", *c) == NULL)
      return sky_rules_reader_wrong_type (r, value, _("a cookie's name, which has no blank, ; or ="));
  return TRUE;
}

/* Attributes end with a semicolon (RFC 6265 §4.1.1). */
static gboolean
read_attribute (SkyRulesReader *r, const SkyRulesMember *member, const SkyJsonValue *value, gpointer into)
{
  return sky_rules_read_string (r, member, value, into)
         && (strchr (*(char **) G_STRUCT_MEMBER_P (into, member->offset), ';') == NULL
             || sky_rules_reader_wrong_type (r, value, _("a text without ;")));
}

static char *
cookie_attributes (const Cookie *cookie)
{
  GString *out = g_string_new (NULL);

  g_string_append_printf (out, "; Path=%s", cookie->path);
  if (cookie->domain != NULL)
    g_string_append_printf (out, "; Domain=%s", cookie->domain);
  if (cookie->max_age >= 0)
    g_string_append_printf (out, "; Max-Age=%d", (int) cookie->max_age);
  if (cookie->http_only)
    g_string_append (out, "; HttpOnly");
  if (cookie->secure)
    g_string_append (out, "; Secure");
  g_string_append_printf (out, "; SameSite=%s", cookie->same_site);
  return g_string_free (out, FALSE);
}

static gboolean
read_cookie (SkyRulesReader *r, const SkyRulesMember *member, const SkyJsonValue *value, gpointer into)
{
  static const SkyRulesMember members[] = {
    { "name", read_cookie_name, G_STRUCT_OFFSET (Cookie, name), 1 },
    { "path", read_attribute, G_STRUCT_OFFSET (Cookie, path), 1 },
    { "domain", read_attribute, G_STRUCT_OFFSET (Cookie, domain), 1 },
    { "sameSite", read_same_site },
    { "httpOnly", sky_rules_read_flag, G_STRUCT_OFFSET (Cookie, http_only) },
    { "secure", sky_rules_read_flag, G_STRUCT_OFFSET (Cookie, secure) },
    { "maxAge", sky_rules_read_number, G_STRUCT_OFFSET (Cookie, max_age), 0, G_MAXINT32 },
  };
  Cookie cookie = { g_strdup ("io"), g_strdup ("/"), NULL, g_strdup ("Lax"), TRUE, FALSE, -1 };
  SkyRulesServer *server = into;
  gboolean ok = TRUE;

  if (value->type == SKY_JSON_STRING)
    ok = read_cookie_name (r, &members[0], value, &cookie);
  else if (value->type == SKY_JSON_OBJECT)
    ok = sky_rules_reader_members (r, value, members, G_N_ELEMENTS (members), &cookie);
  else if (value->type != SKY_JSON_TRUE && value->type != SKY_JSON_FALSE)
    ok = sky_rules_reader_wrong_type (r, value, _("a cookie's name, an object, true or false"));
  if (ok && value->type != SKY_JSON_FALSE)
    {
      server->cookie = g_strdup (cookie.name);
      server->cookie_attributes = cookie_attributes (&cookie);
    }
  g_free (cookie.name);
  g_free (cookie.path);
  g_free (cookie.domain);
  g_free (cookie.same_site);
  return ok;
}

static gboolean
read_tls (SkyRulesReader *r, const SkyRulesMember *member, const SkyJsonValue *value, gpointer into)
{
  static const SkyRulesMember members[] = {
    { "cert", sky_rules_read_string, G_STRUCT_OFFSET (SkyRulesServer, tls_cert), 1 },
    { "key", sky_rules_read_string, G_STRUCT_OFFSET (SkyRulesServer, tls_key), 1 },
  };
  SkyRulesServer *server = into;

  server->self_signed = sky_json_string_equal (r->text, value, "self-signed");
  if (server->self_signed)
    return TRUE;
  if (value->type != SKY_JSON_OBJECT)
    return sky_rules_reader_wrong_type (r, value, _("“self-signed” or an object with cert and key"));
  if (!sky_rules_reader_members (r, value, members, G_N_ELEMENTS (members), into))
    return FALSE;
  return (server->tls_cert != NULL && server->tls_key != NULL)
         || sky_rules_reader_wrong (r, SKY_RULES_ERROR_MISSING, value, _("only one of cert and key"), _("both"));
}

static gboolean
read_mode (SkyRulesReader *r, const SkyRulesMember *member, const SkyJsonValue *value, gpointer into)
{
  static const char *const words[] = { "development", "production", NULL };
  SkyRulesServer *server = into;
  gint64 word = 0;

  if (!read_word (r, value, words, _("development or production"), &word))
    return FALSE;
  server->admin_production = word == 1;
  return TRUE;
}

static gboolean
read_admin (SkyRulesReader *r, const SkyRulesMember *member, const SkyJsonValue *value, gpointer into)
{
  static const SkyRulesMember members[] = {
    { "username", sky_rules_read_string, G_STRUCT_OFFSET (SkyRulesServer, admin_username), 1 },
    { "password", sky_rules_read_string, G_STRUCT_OFFSET (SkyRulesServer, admin_password), 1 },
    { "readonly", sky_rules_read_flag, G_STRUCT_OFFSET (SkyRulesServer, admin_readonly) },
    { "mode", read_mode },
  };
  SkyRulesServer *server = into;

  if (!sky_rules_reader_members (r, value, members, G_N_ELEMENTS (members), into))
    return FALSE;
  server->admin = TRUE;
  return (server->admin_username != NULL) == (server->admin_password != NULL)
         || sky_rules_reader_wrong (r, SKY_RULES_ERROR_MISSING, value,
                                    _("only one of username and password"), _("both or none"));
}

#define FIELD(name) G_STRUCT_OFFSET (SkyRulesServer, name)

static const SkyRulesMember members[] = {
  { "protocol", read_protocol },
  { "port", sky_rules_read_number, FIELD (port), 0, 65535 },
  { "bind", sky_rules_read_string, FIELD (bind), 1 },
  { "path", read_path, FIELD (path), 1 },
  { "transports", read_transports },
  { "eio3", sky_rules_read_flag, FIELD (eio3) },
  { "pingInterval", sky_rules_read_number, FIELD (ping_interval_msec), 1, SKY_RULES_MAX_MSEC },
  { "pingTimeout", sky_rules_read_number, FIELD (ping_timeout_msec), 1, SKY_RULES_MAX_MSEC },
  { "connectTimeout", sky_rules_read_number, FIELD (connect_timeout_msec), 1, SKY_RULES_MAX_MSEC },
  { "upgradeTimeout", sky_rules_read_number, FIELD (upgrade_timeout_msec), 1, SKY_RULES_MAX_MSEC },
  { "maxPayload", sky_rules_read_number, FIELD (max_payload), 1, SKY_RULES_MAX_PAYLOAD },
  { "cors", read_cors, FIELD (cors) },
  { "checkOrigin", sky_rules_read_flag, FIELD (check_origin) },
  { "perMessageDeflate", sky_rules_read_flag, FIELD (per_message_deflate) },
  { "parser", read_parser },
  { "recovery", read_recovery },
  { "cookie", read_cookie },
  { "setCookies", read_strings, FIELD (set_cookies) },
  { "handshakeDelay", sky_rules_read_number, FIELD (handshake_delay_msec), 0, SKY_RULES_MAX_MSEC },
  { "denyQuery", sky_rules_read_string, FIELD (deny_query), 1 },
  { "maxConnections", sky_rules_read_number, FIELD (max_connections), 1, SKY_RULES_MAX_CONNECTIONS },
  { "maxBuffered", sky_rules_read_number, FIELD (max_buffered), 1, SKY_RULES_MAX_BUFFERED },
  { "idleTimeout", sky_rules_read_number, FIELD (idle_timeout_msec), 1, SKY_RULES_MAX_MSEC },
  { "tls", read_tls },
  { "admin", read_admin },
};

/* What the socket.io server of npm has where a file says nothing. */
void
sky_rules_server_init (SkyRulesServer *server)
{
  *server = (SkyRulesServer) {
    .port = -1,
    .bind = g_strdup ("127.0.0.1"),
    .transports = SKY_RULES_POLLING | SKY_RULES_TRANSPORT_WEBSOCKET,
    .ping_interval_msec = 25000,
    .ping_timeout_msec = 20000,
    .connect_timeout_msec = 45000,
    .upgrade_timeout_msec = 10000,
    .max_payload = 1000000,
    .max_connections = 1000,
    .max_buffered = 16777216,
    .idle_timeout_msec = 30000,
  };
}

/* Once it is read: what depends on something else. */
void
sky_rules_server_settle (SkyRulesServer *server)
{
  if (server->path == NULL && server->protocol != SKY_RULES_WEBSOCKET)
    server->path = g_strdup (server->protocol == SKY_RULES_SOCKET_IO ? "/socket.io/" : "/engine.io/");
}

void
sky_rules_server_clear (SkyRulesServer *server)
{
  g_free (server->bind);
  g_free (server->path);
  g_strfreev (server->cors);
  g_free (server->cookie);
  g_free (server->cookie_attributes);
  g_strfreev (server->set_cookies);
  g_free (server->deny_query);
  g_free (server->tls_cert);
  g_free (server->tls_key);
  g_free (server->admin_username);
  g_free (server->admin_password);
}

/* Returns: %FALSE after an error; what was read is in @server even then */
gboolean
sky_rules_server_read (SkyRulesReader *r, const SkyJsonValue *value, SkyRulesServer *server)
{
  return sky_rules_reader_members (r, value, members, G_N_ELEMENTS (members), server);
}
