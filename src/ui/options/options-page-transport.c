#include "ui/options/options-pages.h"
#include "ui/ui.h"

/* How the bytes travel. */

#define DEFAULT_TIMEOUT_MSEC 20000

/* In the order of the drop-downs */
static const SkyTransports transports[]
    = { SKY_TRANSPORTS_BOTH, SKY_TRANSPORTS_WEBSOCKET, SKY_TRANSPORTS_POLLING, SKY_TRANSPORTS_WEBSOCKET_FIRST };
static const guint revisions[] = { 0, 4, 3 };
static const SkyParser parsers[] = { SKY_PARSER_AUTO, SKY_PARSER_DEFAULT, SKY_PARSER_MSGPACK };

static void
build (SkyOptionsForm *form)
{
  sky_options_form_add_heading (form, "Socket.IO", NULL);
  sky_options_form_add_choice (form, "transports", _("Transports"),
                               (const char *const[]) { _("Polling, then WebSocket (as socket.io-client does)"),
                                                       _("WebSocket only"), _("Polling only"),
                                                       _("WebSocket, polling if that fails"), NULL },
                               _("Polling is plain HTTP requests: it passes every proxy, but it is slower."));
  sky_options_form_add_switch (form, "upgrade", _("Upgrade to WebSocket"),
                               _("After polling has begun. Without it the connection stays on polling."));
  sky_options_form_add_choice (form, "eio", _("Engine.IO"),
                               (const char *const[]) { _("Find out"), _("4 (Socket.IO 3 and 4)"),
                                                       _("3 (Socket.IO 1 and 2)"), NULL },
                               _("The revision of the protocol below Socket.IO. Choose one if finding out takes too long."));
  sky_options_form_add_choice (form, "parser", _("Parser"),
                               (const char *const[]) { _("Find out"), _("JSON, as it comes"),
                                                       _("MessagePack (socket.io-msgpack-parser)"), NULL },
                               _("How the server writes packets. Both sides have to use the same one."));
  sky_options_form_add_heading (form, _("All connections"), NULL);
  sky_options_form_add_switch (form, "deflate", _("Offer compression"),
                               _("permessage-deflate: smaller messages, for a little time. The server decides."));
  sky_options_form_add_number (form, "timeout", _("Timeout"), "ms", 1, 600000, 1000,
                               _("How long to wait for the connection, and for each answer of the handshake."));
}

static guint
find (const guint *list, guint n, guint wanted)
{
  for (guint i = 0; i < n; i++)
    if (list[i] == wanted)
      return i;
  return 0;
}

static void
load (SkyOptionsForm *form, const SkyProfile *profile)
{
  static const char *const of_socket_io[] = { "transports", "upgrade", "eio", "parser" };

  sky_options_form_set_chosen (form, "transports",
                               find ((const guint *) transports, G_N_ELEMENTS (transports), profile->transports));
  sky_options_form_set_chosen (form, "eio", find (revisions, G_N_ELEMENTS (revisions), profile->eio));
  sky_options_form_set_chosen (form, "parser", find ((const guint *) parsers, G_N_ELEMENTS (parsers), profile->parser));
  sky_options_form_set_on (form, "upgrade", !profile->no_upgrade);
  sky_options_form_set_on (form, "deflate", !profile->no_deflate);
  sky_options_form_set_number (form, "timeout", profile->timeout_msec != 0 ? profile->timeout_msec : DEFAULT_TIMEOUT_MSEC);
  for (guint i = 0; i < G_N_ELEMENTS (of_socket_io); i++)
    sky_options_form_set_sensitive (form, of_socket_io[i], sky_options_speaks_socket_io (profile));
}

static void
store (SkyOptionsForm *form, SkyProfile *profile)
{
  guint timeout_msec = sky_options_form_get_number (form, "timeout");

  profile->transports = transports[sky_options_form_get_chosen (form, "transports")];
  profile->eio = revisions[sky_options_form_get_chosen (form, "eio")];
  profile->parser = parsers[sky_options_form_get_chosen (form, "parser")];
  profile->no_upgrade = !sky_options_form_get_on (form, "upgrade");
  profile->no_deflate = !sky_options_form_get_on (form, "deflate");
  profile->timeout_msec = timeout_msec != DEFAULT_TIMEOUT_MSEC ? timeout_msec : 0;
}

static gboolean
check (SkyOptionsForm *form)
{
  return TRUE;
}

const SkyOptionsPage sky_options_page_transport = { "transport", N_("Transport"), build, load, store, check };
