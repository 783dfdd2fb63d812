#include <glib/gi18n-lib.h>

#include "http/http-note-table.h"

/* What is said about each header. Full names stand before those with a "*" that fit them too. */
const SkyHttpNoteRow sky_http_note_rows[] = {
  { "Host", N_("the site that is asked for"),
    N_("Many sites can share one address; Host tells the server which of them is meant, with the port if it "
       "is not the usual one. HTTP/1.1 requires it exactly once. RFC 9110 §7.2, RFC 9112 §3.2."),
    sky_http_note_host },
  { "Upgrade", N_("the protocol to switch to"),
    N_("It names the protocol that shall take the place of HTTP on this connection. To open a WebSocket both "
       "the request and the 101 answer must say \"websocket\". RFC 6455 §4.1, RFC 9110 §7.8."),
    sky_http_note_upgrade },
  { "Connection", N_("options of this connection"),
    N_("It lists what concerns this one hop only: a proxy removes the headers named here and does not pass "
       "them on. Upgrade must be among them in a WebSocket handshake, so that no proxy forwards it blindly. "
       "RFC 9110 §7.6.1, RFC 6455 §4.1."),
    sky_http_note_connection },
  { "Sec-WebSocket-Key", N_("a nonce"),
    N_("The client rolls 16 random bytes and writes them in base64. It is no secret: the server must "
       "compute its answer from it, which proves that it understands WebSocket and that the answer comes "
       "from no cache. RFC 6455 §4.1, §11.3.1."),
    sky_http_note_key },
  { "Sec-WebSocket-Version", N_("the version of the protocol"),
    N_("There is only one version in use, 13. A server that speaks another answers 426 and lists its own "
       "here. RFC 6455 §4.1, §4.4."),
    sky_http_note_version },
  { "Sec-WebSocket-Protocol", N_("subprotocols offered"),
    N_("Subprotocols say what the messages mean, for example MQTT or GraphQL over WebSocket. The client "
       "lists what it can speak, the best first, and the server chooses one of them or none. "
       "RFC 6455 §1.9, §11.3.4."),
    sky_http_note_protocol },
  { "Sec-WebSocket-Extensions", N_("extensions offered"),
    N_("Extensions change the frames themselves; the usual one, permessage-deflate, compresses messages. "
       "The client offers, the server agrees to some of them, and only those are used. "
       "RFC 6455 §9.1, RFC 7692."),
    sky_http_note_extensions },
  { "Sec-WebSocket-Accept", N_("the server's proof"),
    N_("The server joins the client's key and a fixed text, hashes them with SHA-1 and writes the result in "
       "base64. A server that knows nothing of WebSocket cannot give this answer by chance. "
       "RFC 6455 §4.2.2."),
    sky_http_note_accept },
  { "Origin", N_("the page that asks"),
    N_("A browser tells here which site the script came from, and a script cannot change it. Web pages may "
       "open a WebSocket to any server, so the server itself must check this against foreign pages; other "
       "programs can write what they like. RFC 6455 §10.2, RFC 6454 §7.") },
  { "User-Agent", N_("the client's program"),
    N_("It names the program that sends the request. It serves statistics and workarounds and proves "
       "nothing. RFC 9110 §10.1.5.") },
  { "Cookie", N_("the client's cookies for this site"),
    N_("A browser sends the site's cookies with the handshake, even when a foreign page opened the WebSocket "
       "if their SameSite rule allows it. Servers often know the user by it, so do not pass it on. "
       "RFC 6265 §5.4, RFC 6455 §4.1.") },
  { "Set-Cookie", N_("a cookie to keep"),
    N_("The server asks the client to keep this and send it back with later requests. Load balancers use it "
       "to lead all requests of one Socket.IO session to the same server. RFC 6265 §4.1.") },
  { "Authorization", N_("credentials"),
    N_("It proves who asks, with a password or a token. A script in a browser cannot add it to a WebSocket, "
       "so servers for browsers take cookies or the query instead. Do not pass it on. RFC 9110 §11.6.2.") },
  { "Proxy-Authorization", N_("credentials for the proxy"),
    N_("It proves to a proxy on the way who asks; the proxy removes it. RFC 9110 §11.7.2.") },
  { "WWW-Authenticate", N_("how to prove who you are"),
    N_("It stands in a 401 answer and tells what kind of credentials the server would take. "
       "RFC 9110 §11.6.1.") },
  { "Cache-Control", N_("rules for caches"),
    N_("It tells caches whether they may keep the answer. Browsers say no-cache in a handshake, since an old "
       "answer would be of no use. RFC 9111 §5.2.") },
  { "Pragma", N_("rules for old caches"),
    N_("\"no-cache\" says to caches of HTTP/1.0 what Cache-Control says to newer ones. RFC 9111 §5.4.") },
  { "Expires", N_("when the answer grows old"),
    N_("Until this time caches may use the answer again, unless Cache-Control says otherwise. "
       "RFC 9111 §5.3.") },
  { "ETag", N_("this version of the content"),
    N_("A name for just this state of the content, by which a cache can ask whether it has changed. "
       "RFC 9110 §8.8.3.") },
  { "Date", N_("the server's clock"),
    N_("When the answer was made, by the server's clock and in GMT. RFC 9110 §6.6.1.") },
  { "Server", N_("the server's program"),
    N_("It names the program that answered, which may be a proxy before the real server. RFC 9110 §10.2.4.") },
  { "X-Powered-By", N_("the server's framework"),
    N_("Some frameworks, Express among them, name themselves here. It belongs to no standard and does "
       "nothing.") },
  { "Content-Type", N_("the kind of content"),
    N_("It says what the body is, and in which character encoding. Engine.IO polling sends "
       "text/plain; charset=UTF-8. RFC 9110 §8.3.") },
  { "Content-Length", N_("bytes in the body"),
    N_("So many bytes follow the head; after them the next message may begin. RFC 9110 §8.6, RFC 9112 §6.2."),
    sky_http_note_length },
  { "Content-Encoding", N_("how the body is compressed"),
    N_("The body must be decompressed with this to get what Content-Type names. RFC 9110 §8.4.") },
  { "Transfer-Encoding", N_("how the body is sent"),
    N_("With \"chunked\" the body comes in pieces that each tell their size, so that the sender need not know "
       "the whole length beforehand. RFC 9112 §6.1, §7.1."),
    sky_http_note_transfer },
  { "Keep-Alive", N_("how long it stays open"),
    N_("A hint how long the server keeps the idle HTTP connection and for how many requests. It says nothing "
       "about a WebSocket. RFC 2068 §19.7.1.") },
  { "Access-Control-Allow-Origin", N_("the pages that may read this"),
    N_("It tells a browser which sites' scripts may read the answer, \"*\" for all. That matters for Socket.IO "
       "polling; a WebSocket is not bound by it. Fetch Standard, \"CORS protocol\".") },
  { "Access-Control-Allow-Credentials", N_("cookies are allowed"),
    N_("With \"true\" a browser gives the answer to a foreign page even if the request carried cookies. A "
       "WebSocket is not bound by it. Fetch Standard, \"CORS protocol\".") },
  { "Access-Control-*", N_("rules for foreign pages (CORS)"),
    N_("By these headers a browser and a server settle what scripts of other sites may do. They matter for "
       "Socket.IO polling; a WebSocket is not bound by them. Fetch Standard, \"CORS protocol\".") },
  { "Vary", N_("what else the answer depends on"),
    N_("It lists the request headers that the answer depends on, so that a cache does not give it to the "
       "wrong client. Servers with CORS rules name Origin here. RFC 9110 §12.5.5.") },
  { "Location", N_("the other address"),
    N_("A redirect points here. Browsers do not follow it for a WebSocket, so the client must be given this "
       "address. RFC 9110 §10.2.2.") },
  { "Retry-After", N_("when to try again"),
    N_("Seconds to wait, or a date, before the next attempt makes sense. RFC 9110 §10.2.3.") },
  { "Allow", N_("the methods that work here"),
    N_("It lists the methods that the server takes at this path. RFC 9110 §10.2.1.") },
  { "Accept", N_("the kinds of content wanted"),
    N_("It lists the content types that the client can use, with weights. A WebSocket handshake does not "
       "depend on it. RFC 9110 §12.5.1.") },
  { "Accept-Encoding", N_("the compressions understood"),
    N_("It lists the compressions of an HTTP body that the client understands. WebSocket messages are "
       "compressed by an extension instead, permessage-deflate. RFC 9110 §12.5.3.") },
  { "Accept-Language", N_("the languages wanted"),
    N_("It lists the person's languages, with weights, as set in the browser. RFC 9110 §12.5.4.") },
  { "Accept-*", N_("what the client would like"),
    N_("It tells what the sender can use or would rather have. A WebSocket handshake does not depend on it. "
       "RFC 9110 §12.5.") },
  { "X-Forwarded-For", N_("the client behind the proxy"),
    N_("A proxy writes here for whom it asks, as the server sees only the proxy's address. Anyone can write "
       "it, so it is worth as much as the proxy that set it. A custom; the standard form is Forwarded, "
       "RFC 7239 §5.2.") },
  { "X-Forwarded-*", N_("what the proxy was asked"),
    N_("A proxy writes here which host, port or scheme the client asked it for. Anyone can write it, so it "
       "is worth as much as the proxy that set it. A custom; the standard form is Forwarded, RFC 7239 §5.") },
  { "X-Real-IP", N_("the client behind the proxy"),
    N_("A custom of nginx: the address of the client for whom the proxy asks. The standard form is "
       "Forwarded, RFC 7239 §5.2.") },
  { "Forwarded", N_("what the proxy was asked"),
    N_("A proxy writes here for whom it asks, and by which host and scheme. RFC 7239 §4.") },
  { "Via", N_("the proxies on the way"),
    N_("Each proxy that passed the message on adds its protocol version and name. A proxy on the way that "
       "does not know Upgrade is a common reason for a handshake to fail. RFC 9110 §7.6.3.") },
  { "Sec-Fetch-*", N_("what the browser was doing"),
    N_("A browser tells what kind of request this is and whether it comes from the same site; for a WebSocket "
       "the mode is \"websocket\". No script can change it. Fetch Metadata Request Headers, §2.") },
  { "Referer", N_("the page before"),
    N_("The address of the page that led to this request, as far as its policy lets it be told. "
       "RFC 9110 §10.1.3.") },
  { "Strict-Transport-Security", N_("only with TLS from now on"),
    N_("A browser that has seen this turns every later http address of the site into https, and in practice "
       "ws into wss. RFC 6797 §6.1, §8.3.") },
  { NULL },
};
