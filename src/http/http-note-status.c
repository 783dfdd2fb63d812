#include <glib/gi18n-lib.h>

#include "http/http-note-table.h"

/* What a status means to one who asked for a WebSocket. The first row that fits is taken. */
const SkyHttpStatusRow sky_http_status_rows[] = {
  { 101, 101, N_("switches to WebSocket"),
    N_("The server agrees: right after the empty line that ends this head, both sides stop speaking HTTP "
       "and send WebSocket frames. RFC 6455 §4.2.2, RFC 9110 §15.2.2.") },
  { 100, 199, N_("an interim answer"),
    N_("The server says that it is at work; the real answer is still to come. RFC 9110 §15.2.") },
  { 200, 200, N_("an ordinary answer"),
    N_("The server answered as it would answer any HTTP request, with a page or data. Asked for a "
       "WebSocket, it has either none at this path or has not noticed the upgrade, often because a proxy "
       "in between dropped the Upgrade header. RFC 9110 §15.3.1.") },
  { 204, 204, N_("done, nothing to send"),
    N_("The request succeeded, and there is nothing to send back. RFC 9110 §15.3.5.") },
  { 200, 299, N_("a success"),
    N_("The server answered as it would answer any HTTP request. RFC 9110 §15.3.") },
  { 301, 303, N_("it is elsewhere"),
    N_("The server points to another address, in Location; often from http to https, or to a path with a "
       "slash at its end. Browsers do not follow a redirect for a WebSocket, so the client must be given "
       "the new address. RFC 9110 §15.4, RFC 6455 §4.1.") },
  { 304, 304, N_("unchanged"),
    N_("The client's cached copy is still good, says the server. RFC 9110 §15.4.5.") },
  { 307, 308, N_("it is elsewhere"),
    N_("The server points to another address, in Location, for the same method. Browsers do not follow a "
       "redirect for a WebSocket, so the client must be given the new address. RFC 9110 §15.4.8, "
       "RFC 6455 §4.1.") },
  { 300, 399, N_("a redirection"),
    N_("The server wants the client to do something more to get what it asked for. RFC 9110 §15.4.") },
  { 400, 400, N_("the server found the request wrong"),
    N_("The server could not or would not understand the request. For an upgrade look at the headers of the "
       "handshake and at the query; Socket.IO servers also say 400 for an unknown sid or transport, and "
       "the body tells why. RFC 9110 §15.5.1.") },
  { 401, 401, N_("who are you?"),
    N_("The server wants credentials, an Authorization header or a cookie, that the request lacks or that "
       "have run out. WWW-Authenticate tells which kind. RFC 9110 §15.5.2.") },
  { 403, 403, N_("forbidden"),
    N_("The server understood and refuses. For a WebSocket the usual reasons are an Origin that it does not "
       "allow, or a missing token. RFC 9110 §15.5.4, RFC 6455 §4.2.2.") },
  { 404, 404, N_("nothing at this path"),
    N_("The server has nothing at this path. Check the address: Socket.IO listens at /socket.io/ unless told "
       "otherwise, and other servers often at /ws. RFC 9110 §15.5.5.") },
  { 405, 405, N_("not with this method"),
    N_("There is something at this path, but not for this method. Allow lists those that work. "
       "RFC 9110 §15.5.6.") },
  { 407, 407, N_("the proxy wants credentials"),
    N_("A proxy on the way, not the server, wants to know who asks. RFC 9110 §15.5.8.") },
  { 408, 408, N_("waited too long for the request"),
    N_("The request was not complete in the time that the server waits. RFC 9110 §15.5.9.") },
  { 426, 426, N_("only by an upgrade"),
    N_("The server speaks only another protocol here, or another version of it: Upgrade names the protocol "
       "and Sec-WebSocket-Version the versions that it knows. A WebSocket server says this to an ordinary "
       "request, and to a version other than its own. RFC 9110 §15.5.22, RFC 6455 §4.2.2.") },
  { 429, 429, N_("too many requests"),
    N_("The client has asked too often. Retry-After may tell how long to wait. RFC 6585 §4.") },
  { 400, 499, N_("the server refuses"),
    N_("The server sees the reason on the client's side; the body often tells more. RFC 9110 §15.5.") },
  { 500, 500, N_("the server failed"),
    N_("Something broke within the server while it answered; its log knows what. RFC 9110 §15.6.1.") },
  { 501, 501, N_("the server cannot do this"),
    N_("The server does not know how to do what was asked. RFC 9110 §15.6.2.") },
  { 502, 502, N_("the proxy got no right answer"),
    N_("A proxy answered: the server behind it is down or gave an answer that it could not use. "
       "RFC 9110 §15.6.3.") },
  { 503, 503, N_("not available now"),
    N_("The server is overloaded or being restarted. Retry-After may tell when to try again. "
       "RFC 9110 §15.6.4.") },
  { 504, 504, N_("the proxy waited in vain"),
    N_("A proxy answered: the server behind it did not reply in time. RFC 9110 §15.6.5.") },
  { 500, 599, N_("the server failed"),
    N_("The server sees the reason on its own side, or on that of a proxy before it. RFC 9110 §15.6.") },
  { 0, G_MAXUINT, N_("an unknown status"),
    N_("HTTP defines no status codes from 600 on. RFC 9110 §15.") },
};
