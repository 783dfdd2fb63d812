#include "peer/profile/profile.h"

#include <string.h>

static const char *const protocol_ids[] = {
  [SKY_PROTOCOL_AUTO] = "auto",
  [SKY_PROTOCOL_SOCKET_IO] = "socket.io",
  [SKY_PROTOCOL_ENGINE_IO] = "engine.io",
  [SKY_PROTOCOL_WEBSOCKET] = "websocket",
};

static const char *const transports_ids[] = {
  [SKY_TRANSPORTS_BOTH] = "polling,websocket",
  [SKY_TRANSPORTS_WEBSOCKET] = "websocket",
  [SKY_TRANSPORTS_POLLING] = "polling",
  [SKY_TRANSPORTS_WEBSOCKET_FIRST] = "websocket,polling",
};

static const char *const parser_ids[] = {
  [SKY_PARSER_AUTO] = "auto",
  [SKY_PARSER_DEFAULT] = "default",
  [SKY_PARSER_MSGPACK] = "msgpack",
};

/* Returns: the index of @id, or -1 */
static int
find_id (const char *const *ids, guint n, const char *id)
{
  for (guint i = 0; i < n; i++)
    if (g_strcmp0 (id, ids[i]) == 0)
      return (int) i;
  return -1;
}

/* Returns: (transfer none): the name that CLI.md gives @protocol */
const char *
sky_protocol_id (SkyProtocol protocol)
{
  g_return_val_if_fail (protocol < G_N_ELEMENTS (protocol_ids), "");

  return protocol_ids[protocol];
}

/* Returns: %FALSE, with @protocol as it was, if there is no such name */
gboolean
sky_protocol_from_id (const char *id, SkyProtocol *protocol)
{
  int found = find_id (protocol_ids, G_N_ELEMENTS (protocol_ids), id);

  if (found >= 0)
    *protocol = found;
  return found >= 0;
}

/* Returns: (transfer none): the names, in their order, as --transports takes them */
const char *
sky_transports_id (SkyTransports transports)
{
  g_return_val_if_fail (transports < G_N_ELEMENTS (transports_ids), "");

  return transports_ids[transports];
}

/* Returns: %FALSE, with @transports as they were, if there is no such name */
gboolean
sky_transports_from_id (const char *id, SkyTransports *transports)
{
  int found = find_id (transports_ids, G_N_ELEMENTS (transports_ids), id);

  if (found >= 0)
    *transports = found;
  return found >= 0;
}

/* Returns: (transfer none): the name that CLI.md gives @parser */
const char *
sky_parser_id (SkyParser parser)
{
  g_return_val_if_fail (parser < G_N_ELEMENTS (parser_ids), "");

  return parser_ids[parser];
}

/* Returns: %FALSE, with @parser as it was, if there is no such name */
gboolean
sky_parser_from_id (const char *id, SkyParser *parser)
{
  int found = find_id (parser_ids, G_N_ELEMENTS (parser_ids), id);

  if (found >= 0)
    *parser = found;
  return found >= 0;
}

/**
 * sky_profile_new:
 * @url: what the person typed
 *
 * Returns: (transfer full): a profile with everything else as it comes; what broke is not dialled
 *   again, but if that is changed, the delays are those of socket.io-client
 */
SkyProfile *
sky_profile_new (const char *url)
{
  SkyProfile *self = g_new0 (SkyProfile, 1);

  self->url = g_strdup (url);
  self->reconnect = (SkyReconnect) { .attempts = 0, .delay_msec = 1000, .max_msec = 5000, .jitter = 50 };
  return self;
}

/* Returns: (transfer full): with everything of its own */
SkyProfile *
sky_profile_copy (const SkyProfile *self)
{
  SkyProfile *copy = g_memdup2 (self, sizeof *self);

  copy->url = g_strdup (self->url);
  copy->path = g_strdup (self->path);
  copy->namespaces = g_strdupv (self->namespaces);
  copy->auth = g_strdup (self->auth);
  copy->headers = g_strdupv (self->headers);
  copy->query = g_strdupv (self->query);
  copy->origin = g_strdup (self->origin);
  copy->subprotocols = g_strdup (self->subprotocols);
  copy->ca_file = g_strdup (self->ca_file);
  copy->auths = g_strdupv (self->auths);
  copy->without = g_strdupv (self->without);
  copy->cookies = g_strdupv (self->cookies);
  copy->user = g_strdup (self->user);
  copy->cert_file = g_strdup (self->cert_file);
  copy->key_file = g_strdup (self->key_file);
  copy->accepted = g_strdup (self->accepted);
  copy->proxy = g_strdup (self->proxy);
  copy->replies = g_strdupv (self->replies);
  copy->admin_nsp = g_strdup (self->admin_nsp);
  copy->admin_user = g_strdup (self->admin_user);
  copy->admin_password = g_strdup (self->admin_password);
  return copy;
}

void
sky_profile_free (SkyProfile *self)
{
  g_free (self->url);
  g_free (self->path);
  g_strfreev (self->namespaces);
  g_free (self->auth);
  g_strfreev (self->headers);
  g_strfreev (self->query);
  g_free (self->origin);
  g_free (self->subprotocols);
  g_free (self->ca_file);
  g_strfreev (self->auths);
  g_strfreev (self->without);
  g_strfreev (self->cookies);
  g_free (self->user);
  g_free (self->cert_file);
  g_free (self->key_file);
  g_free (self->accepted);
  g_free (self->proxy);
  g_strfreev (self->replies);
  g_free (self->admin_nsp);
  g_free (self->admin_user);
  g_free (self->admin_password);
  g_free (self);
}

/**
 * sky_reconnect_delay:
 * @attempt: which one, from 1
 * @chance: a random number from -1 to 1
 *
 * min (delay · 2ⁿ, max), changed by up to the jitter, but never over the max. PROTOCOL §12.1
 *
 * Returns: how long to wait before the attempt, in milliseconds
 */
guint
sky_reconnect_delay (const SkyReconnect *self, guint attempt, double chance)
{
  double delay_msec = self->delay_msec;

  for (guint i = 1; i < attempt && delay_msec > 0 && delay_msec < self->max_msec; i++)
    delay_msec *= 2;
  delay_msec = MIN (delay_msec, self->max_msec);
  delay_msec *= 1 + chance * MIN (self->jitter, 100) / 100.0;
  return (guint) CLAMP (delay_msec, 0, self->max_msec);
}

/* Returns: (nullable) (transfer none): the CONNECT payload for @nsp: its own, or the common one */
const char *
sky_profile_get_auth (const SkyProfile *self, const char *nsp)
{
  for (guint i = 0; self->namespaces != NULL && self->auths != NULL; i++)
    {
      if (self->namespaces[i] == NULL || self->auths[i] == NULL)
        break;
      if (strcmp (self->namespaces[i], nsp) == 0 && *self->auths[i] != '\0')
        return self->auths[i];
    }
  return self->auth != NULL && *self->auth != '\0' ? self->auth : NULL;
}

/* Returns: (nullable) (transfer none): what an ack that @event asks for is answered with, at once */
const char *
sky_profile_get_reply (const SkyProfile *self, const char *event)
{
  gsize len = strlen (event);

  for (guint i = 0; self->replies != NULL && self->replies[i] != NULL; i++)
    if (strncmp (self->replies[i], event, len) == 0 && self->replies[i][len] == '=')
      return self->replies[i] + len + 1;
  return NULL;
}
