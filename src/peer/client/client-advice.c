#include "peer/client/client-private.h"

#include <glib/gi18n-lib.h>

#include "peer/carrier/opening.h"

/* What a person can do about a connection that failed. */

/* Returns: the status that refused the connection, 0 if @error is no such */
guint
sky_client_get_status (const GError *error)
{
  guint status = sky_opening_error_get_status (error);

  return status != 0 ? status : sky_carrier_poll_get_status (error);
}

/* A server of Node.js with nothing but Socket.IO leaves requests to other paths without an answer. */
static const char *
advise_silent (const SkyRoute *route)
{
  return route->protocol == SKY_PROTOCOL_SOCKET_IO || route->protocol == SKY_PROTOCOL_ENGINE_IO
             ? _("The port takes connections but does not answer: check the path, that the port is the right one, and that the server is not stopped in a debugger.")
             : _("The port takes connections but does not answer: check that it is the right one, and that the server is not stopped in a debugger.");
}

const char *
sky_client_advise_opening (const GError *error, const SkyRoute *route)
{
  guint status = sky_client_get_status (error);

  switch ((SkyOpeningError) error->code)
    {
    case SKY_OPENING_ERROR_STATUS:
      return status == 404 ? _("Check the path: the server is there, but nothing speaks WebSocket at this one.")
             : status == 401 || status == 403
                 ? _("The server wants credentials or another Origin: add the header it asks for under Options.")
                 : _("Check the address and the path, and whether a proxy in between lets upgrades through.");
    case SKY_OPENING_ERROR_NOT_HTTP:
      return route->tls ? _("Check the port: another kind of server answers there.")
                        : _("Check the port. If the server expects TLS, use wss:// or https://.");
    case SKY_OPENING_ERROR_WRONG:
      return _("The server, or a proxy in between, has a fault: the Handshake pane shows the line.");
    case SKY_OPENING_ERROR_SILENT:
      return advise_silent (route);
    case SKY_OPENING_ERROR_CLOSED:
    default:
      return _("Check the path, and that a WebSocket server runs at this port.");
    }
}

const char *
sky_client_advise_caller (const GError *error, const SkyRoute *route)
{
  if (error->domain != SKY_CALLER_ERROR)
    return NULL;
  switch ((SkyCallerError) error->code)
    {
    case SKY_CALLER_ERROR_NOT_HTTP:
      return route->tls ? _("Check the port: another kind of server answers there.")
                        : _("Check the port. If the server expects TLS, use wss:// or https://.");
    case SKY_CALLER_ERROR_SILENT:
      return advise_silent (route);
    case SKY_CALLER_ERROR_REDIRECTS:
      return _("Use the address that the server redirects to.");
    case SKY_CALLER_ERROR_BROKEN:
    case SKY_CALLER_ERROR_TOO_LONG:
    case SKY_CALLER_ERROR_CODING:
    default:
      return _("The server, or a proxy in between, has a fault: the timeline shows what it answered.");
    }
}

const char *
sky_client_advise_polling (const GError *error)
{
  switch ((SkyCarrierPollError) error->code)
    {
    case SKY_CARRIER_POLL_ERROR_STATUS:
      return sky_carrier_poll_get_status (error) == 401 || sky_carrier_poll_get_status (error) == 403
                 ? _("The server wants credentials or another Origin: add the header it asks for under Options.")
                 : _("Check the path: the server is there, but no Socket.IO at this one.");
    case SKY_CARRIER_POLL_ERROR_NO_ENGINE:
    case SKY_CARRIER_POLL_ERROR_PAYLOAD:
      return _("Check the address and the path: something else answers there.");
    case SKY_CARRIER_POLL_ERROR_TRANSPORT:
      return _("Polling is switched off there: choose WebSocket under Options, Transport.");
    case SKY_CARRIER_POLL_ERROR_SESSION:
      return _("Another process of the server may have answered: sessions have to be sticky, or WebSocket the only transport.");
    case SKY_CARRIER_POLL_ERROR_FORBIDDEN:
      return _("The server's own check refused the request: it wants a header, a cookie or another Origin.");
    case SKY_CARRIER_POLL_ERROR_REVISION:
      return _("Choose the other Engine.IO revision under Options, or Auto.");
    case SKY_CARRIER_POLL_ERROR_REQUEST:
    default:
      return _("A proxy in between may change the requests: the Handshake pane shows what was sent and answered.");
    }
}
