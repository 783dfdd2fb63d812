#include "peer/code/client-code-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/json.h"

static const struct
{
  const char *name;
  void      (*write) (GString *out, const SkyClientFacts *facts);
} kinds[SKY_N_CLIENT_CODES] = {
  [SKY_CLIENT_CODE_BROWSER] = { N_("Browser page"), sky_client_code_browser },
  [SKY_CLIENT_CODE_NODE] = { N_("Node.js"), sky_client_code_node },
  [SKY_CLIENT_CODE_PYTHON] = { N_("Python"), sky_client_code_python },
  [SKY_CLIENT_CODE_SHELL] = { N_("Shell"), sky_client_code_shell },
};

/* Whether its clients may use long-polling, and WebSocket. */
gboolean
sky_client_facts_may_poll (const SkyClientFacts *self)
{
  return self->protocol != SKY_PROTOCOL_WEBSOCKET && self->transports != SKY_TRANSPORTS_WEBSOCKET;
}

gboolean
sky_client_facts_may_websocket (const SkyClientFacts *self)
{
  return self->protocol == SKY_PROTOCOL_WEBSOCKET || self->transports != SKY_TRANSPORTS_POLLING;
}

/**
 * sky_client_code_quote:
 * @utf8: any text
 *
 * Appends it as a literal of JSON, JavaScript and Python that does not end a <script> either.
 */
void
sky_client_code_quote (GString *out, const char *utf8)
{
  gsize start = out->len;
  char *at;

  sky_json_quote (out, utf8, -1);
  while ((at = strchr (out->str + start, '<')) != NULL)
    {
      gsize pos = (gsize) (at - out->str);

      g_string_erase (out, (gssize) pos, 1);
      g_string_insert (out, (gssize) pos, "\\u003c");
      start = pos;
    }
}

/* Returns: (transfer full): what sky_client_code_quote() appends */
char *
sky_client_code_quoted (const char *utf8)
{
  GString *out = g_string_new (NULL);

  sky_client_code_quote (out, utf8);
  return g_string_free (out, FALSE);
}

/* Where a client on this computer finds what listens on @bind */
static const char *
reach (const char *bind)
{
  g_autoptr(GInetAddress) inet = g_inet_address_new_from_string (bind);

  if (inet == NULL || !g_inet_address_get_is_any (inet))
    return bind;
  return g_inet_address_get_family (inet) == G_SOCKET_FAMILY_IPV6 ? "::1" : "127.0.0.1";
}

static char *
make_origin (const char *scheme, gboolean tls, const char *bind, guint16 port)
{
  const char *host = reach (bind);

  return g_strdup_printf (strchr (host, ':') != NULL ? "%s%s://[%s]:%u" : "%s%s://%s:%u", scheme, tls ? "s" : "", host,
                          port);
}

static void
facts_init (SkyClientFacts *self, SkyHost *host)
{
  const SkyHostOptions *options = sky_host_get_options (host);
  SkyRulesStage *stage = sky_host_get_stage (host);
  gboolean tls = options->tls_self_signed || options->tls_cert != NULL || options->tls_key != NULL;
  guint16 port = sky_host_get_port (host) != 0 ? sky_host_get_port (host) : options->port;

  *self = (SkyClientFacts) {
    .protocol = options->protocol,
    .transports = options->transports,
    .msgpack = options->parser == SKY_PARSER_MSGPACK,
    .any_page = options->cors != NULL && g_strv_contains (options->cors, "*"),
    .everywhere = !g_str_equal (reach (options->bind), options->bind),
    .http = make_origin ("http", tls, options->bind, port),
    .ws = make_origin ("ws", tls, options->bind, port),
    .path = g_strdup (options->path != NULL ? options->path : "/"),
    .tls_file = tls && !options->tls_self_signed,
  };
  if (options->tls_self_signed && sky_host_get_certificate (host) != NULL)
    g_object_get (sky_host_get_certificate (host), "certificate-pem", &self->pem, NULL);
  sky_client_facts_study (self, stage != NULL ? sky_rules_stage_get_rules (stage) : NULL, sky_host_get_rules (host));
}

static void
facts_clear (SkyClientFacts *self)
{
  g_free (self->http);
  g_free (self->ws);
  g_free (self->path);
  g_free (self->pem);
  g_free (self->nsp);
  g_free (self->event);
  g_free (self->args);
  g_free (self->auth);
  g_free (self->message);
}

/* Returns: (transfer none): what a menu calls it */
const char *
sky_client_code_get_name (SkyClientCode code)
{
  g_return_val_if_fail ((guint) code < SKY_N_CLIENT_CODES, NULL);

  return _(kinds[code].name);
}

/* Returns: (transfer none): its word on a command line */
const char *
sky_client_code_get_id (SkyClientCode code)
{
  static const char *const ids[SKY_N_CLIENT_CODES] = { "browser", "node", "python", "shell" };

  g_return_val_if_fail ((guint) code < SKY_N_CLIENT_CODES, NULL);

  return ids[code];
}

/**
 * sky_client_code_from_id:
 * @id: as of sky_client_code_get_id()
 * @code: (out)
 *
 * Returns: %FALSE if there is none of that name
 */
gboolean
sky_client_code_from_id (const char *id, SkyClientCode *code)
{
  for (guint i = 0; i < SKY_N_CLIENT_CODES; i++)
    if (g_str_equal (id, sky_client_code_get_id (i)))
      {
        *code = i;
        return TRUE;
      }
  return FALSE;
}

/**
 * sky_client_code_write:
 * @host: that listens, or did: its port and certificate are known then
 *
 * A client for @host as it is set up now, which says the first thing that its rules answer and prints
 * all that it hears. It runs as it stands, with the packages that its first lines name. Its comments
 * are in English, as the words of its language are.
 *
 * Returns: (transfer full): the text of a file
 */
char *
sky_client_code_write (SkyClientCode code, SkyHost *host)
{
  SkyClientFacts facts;
  GString *out = g_string_new (NULL);

  g_return_val_if_fail ((guint) code < SKY_N_CLIENT_CODES && SKY_IS_HOST (host), NULL);

  facts_init (&facts, host);
  kinds[code].write (out, &facts);
  facts_clear (&facts);
  return g_string_free (out, FALSE);
}
