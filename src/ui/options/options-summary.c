#include "ui/options/options-summary.h"

#include <string.h>

#include "peer/profile/route.h"
#include "ui/ui.h"

/**
 * sky_options_default_reconnect:
 *
 * Returns: what a new connection of the window does when it breaks: Socket.IO as socket.io-client,
 *   which never gives up; plain WebSocket as a browser, which never tries again
 */
SkyReconnect
sky_options_default_reconnect (const SkyProfile *profile)
{
  SkyReconnect reconnect = { .delay_msec = 1000, .max_msec = 5000, .jitter = 50 };
  g_auto(SkyRoute) route = { 0 };

  if (sky_route_resolve (&route, profile, NULL) && route.protocol == SKY_PROTOCOL_SOCKET_IO)
    reconnect.attempts = -1;
  return reconnect;
}

static gboolean
same_reconnect (const SkyReconnect *a, const SkyReconnect *b)
{
  return a->attempts == b->attempts && a->delay_msec == b->delay_msec && a->max_msec == b->max_msec
         && a->jitter == b->jitter;
}

/**
 * sky_options_follow_protocol:
 * @profile: has another address or protocol than
 * @before: the profile as it was
 *
 * What nobody changed stays the default, of the new protocol.
 */
void
sky_options_follow_protocol (SkyProfile *profile, const SkyProfile *before)
{
  SkyReconnect was = sky_options_default_reconnect (before);

  if (same_reconnect (&before->reconnect, &was) && same_reconnect (&profile->reconnect, &was))
    profile->reconnect = sky_options_default_reconnect (profile);
}

static void
add (GPtrArray *lines, const char *label, const char *what)
{
  g_ptr_array_add (lines, g_strconcat (label, what != NULL ? ": " : NULL, what, NULL));
}

static void
add_text (GPtrArray *lines, const char *label, const char *text)
{
  if (text != NULL)
    add (lines, label, text);
}

/* Names only: the values may be secret, and a tooltip is read over a shoulder. */
static void
add_names (GPtrArray *lines, const char *label, char **items, char separator)
{
  g_autoptr(GString) names = g_string_new (NULL);

  for (; items != NULL && *items != NULL; items++)
    g_string_append_printf (names, "%s%.*s", names->len > 0 ? ", " : "",
                            (int) strcspn (*items, (const char[]) { separator, '\0' }), *items);
  if (names->len > 0)
    add (lines, label, names->str);
}

static void
add_address (GPtrArray *lines, const SkyProfile *profile)
{
  g_autofree char *name = g_strndup (profile->user != NULL ? profile->user : "",
                                     profile->user != NULL ? strcspn (profile->user, ":") : 0);

  add_text (lines, _("Path"), profile->path);
  add_names (lines, _("Query"), profile->query, '=');
  add_names (lines, _("Namespaces"), profile->namespaces, '\n');
  add_text (lines, _("Subprotocols"), profile->subprotocols);
  add_names (lines, _("Headers"), profile->headers, ':');
  add_names (lines, _("Without the headers"), profile->without, '\n');
  add_names (lines, _("Cookies"), profile->cookies, '=');
  add_text (lines, _("Origin"), profile->origin);
  if (profile->auth != NULL || profile->auths != NULL)
    add (lines, _("Auth payload"), NULL);
  if (profile->user != NULL)
    add (lines, _("User"), name);
}

static void
add_transport (GPtrArray *lines, const SkyProfile *profile)
{
  static const char *const transports[] = {
    [SKY_TRANSPORTS_WEBSOCKET] = N_("WebSocket only"),
    [SKY_TRANSPORTS_POLLING] = N_("Polling only"),
    [SKY_TRANSPORTS_WEBSOCKET_FIRST] = N_("WebSocket, polling if that fails"),
  };
  g_autofree char *timeout = g_strdup_printf ("%u ms", profile->timeout_msec);

  if (profile->transports != SKY_TRANSPORTS_BOTH)
    add (lines, _(transports[profile->transports]), NULL);
  if (profile->eio != 0)
    add (lines, "Engine.IO", profile->eio == 3 ? "3" : "4");
  if (profile->parser != SKY_PARSER_AUTO)
    add (lines, _("Parser"), profile->parser == SKY_PARSER_MSGPACK ? "MessagePack" : "JSON");
  if (profile->no_upgrade)
    add (lines, _("No upgrade to WebSocket"), NULL);
  if (profile->no_deflate)
    add (lines, _("No compression"), NULL);
  if (profile->timeout_msec != 0)
    add (lines, _("Timeout"), timeout);
}

static void
add_security (GPtrArray *lines, const SkyProfile *profile)
{
  if (profile->insecure)
    add (lines, _("Any certificate is taken"), NULL);
  add_text (lines, _("Authorities"), profile->ca_file);
  if (profile->accepted != NULL)
    add (lines, _("A certificate was accepted"), NULL);
  add_text (lines, _("Your certificate"), profile->cert_file);
  if (g_strcmp0 (profile->proxy, "none") == 0)
    add (lines, _("No proxy"), NULL);
  else if (profile->proxy != NULL)
    add (lines, _("A proxy of its own"), NULL);
}

/**
 * sky_options_summarize:
 *
 * Returns: (transfer full): what differs from the defaults of a new connection, a line each, without secrets
 */
GStrv
sky_options_summarize (const SkyProfile *profile)
{
  GPtrArray *lines = g_ptr_array_new ();
  SkyReconnect usual = sky_options_default_reconnect (profile);

  add_address (lines, profile);
  add_transport (lines, profile);
  add_security (lines, profile);
  if (!same_reconnect (&profile->reconnect, &usual))
    add (lines, profile->reconnect.attempts == 0 ? _("No reconnection") : _("Reconnection of its own"), NULL);
  add_names (lines, _("Answers"), profile->replies, '=');
  g_ptr_array_add (lines, NULL);
  return (GStrv) g_ptr_array_free (lines, FALSE);
}
