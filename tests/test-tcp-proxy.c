#include "tcp-rig.h"

#include <poll.h>
#include <string.h>

#define USER          "alice"
#define PASSWORD      "p@ss:w0rd/hush"
#define CREDENTIALS   "alice:p%40ss%3Aw0rd%2Fhush@"
#define BASIC         "Basic YWxpY2U6cEBzczp3MHJkL2h1c2g=" /* RFC 7617 §2 */

/* How the proxy of a test behaves. */
typedef struct
{
  enum
  {
    TUNNEL,  /* CONNECT, to whatever host, ends at target_port of this computer */
    SOCKS5,  /* RFC 1928 likewise */
    SOCKS4A, /* likewise */
    ANSWER,  /* says its answer and closes */
    HOLD,    /* says its answer and holds the line */
    TLS,     /* wants TLS, with a certificate that nobody trusts */
  } kind;
  const char *answer;       /* ANSWER and HOLD */
  gboolean    asks;         /* SOCKS5: for a user name and a password */
  guint8      reply;        /* SOCKS5: of RFC 1928 §6 */
  guint16     target_port;
} Manner;

typedef struct
{
  Manner          manner;
  GSocketService *service;
  guint16         port;
  GMutex          lock;
  GString        *heard; /* what it was asked */
  GPtrArray      *threads;
} Proxy;

/* One connection of a proxy, in a thread of its own. */
typedef struct
{
  Proxy             *proxy;
  GSocketConnection *connection;
} Visit;

static void
hear (Proxy *proxy, const void *data, gsize len)
{
  g_mutex_lock (&proxy->lock);
  g_string_append_len (proxy->heard, data, (gssize) len);
  g_mutex_unlock (&proxy->lock);
}

static gboolean
take (Proxy *proxy, GIOStream *stream, guint8 *data, gsize len)
{
  gsize got = 0;

  g_input_stream_read_all (g_io_stream_get_input_stream (stream), data, len, &got, NULL, NULL);
  hear (proxy, data, got);
  return got == len;
}

static void
say (GIOStream *stream, const void *data, gsize len)
{
  g_output_stream_write_all (g_io_stream_get_output_stream (stream), data, len, NULL, NULL, NULL);
}

static gboolean
pass_on (int from, int to)
{
  char part[4096];
  gssize len = read (from, part, sizeof part);

  for (gssize at = 0, n; at < len; at += n)
    {
      struct pollfd room = { .fd = to, .events = POLLOUT };

      poll (&room, 1, -1);
      n = write (to, part + at, (gsize) (len - at));
      if (n <= 0)
        return FALSE;
    }
  return len > 0;
}

static void
join (GIOStream *a, guint16 port)
{
  g_autoptr(GSocketAddress) address = g_inet_socket_address_new_from_string ("127.0.0.1", port);
  g_autoptr(GSocket) b
      = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, NULL);
  struct pollfd fds[2] = { { .events = POLLIN }, { .events = POLLIN } };

  g_assert_true (g_socket_connect (b, address, NULL, NULL));
  fds[0].fd = g_socket_get_fd (g_socket_connection_get_socket (G_SOCKET_CONNECTION (a)));
  fds[1].fd = g_socket_get_fd (b);
  while (poll (fds, 2, -1) > 0)
    if ((fds[0].revents != 0 && !pass_on (fds[0].fd, fds[1].fd))
        || (fds[1].revents != 0 && !pass_on (fds[1].fd, fds[0].fd)))
      break;
}

static gboolean
take_head (Proxy *proxy, GIOStream *stream)
{
  guint8 octet;
  guint32 last = 0;

  while (last != 0x0d0a0d0a && take (proxy, stream, &octet, 1))
    last = last << 8 | octet;
  return last == 0x0d0a0d0a;
}

/* RFC 1928 §3-§6, RFC 1929 §2. */
static void
serve_socks5 (Proxy *proxy, GIOStream *stream)
{
  guint8 data[512], reply[10] = { 5, proxy->manner.reply, 0, 1 };

  if (!take (proxy, stream, data, 2) || data[0] != 5 || !take (proxy, stream, data + 2, data[1]))
    return;
  if (proxy->manner.asks && memchr (data + 2, 2, data[1]) == NULL)
    {
      say (stream, "\5\xff", 2);
      return;
    }
  say (stream, proxy->manner.asks ? "\5\2" : "\5\0", 2);
  if (proxy->manner.asks)
    {
      if (!take (proxy, stream, data, 2) || !take (proxy, stream, data, data[1])
          || !take (proxy, stream, data, 1) || !take (proxy, stream, data, data[0]))
        return;
      say (stream, memcmp (data, PASSWORD, strlen (PASSWORD)) == 0 ? "\1\0" : "\1\1", 2);
    }
  if (!take (proxy, stream, data, 5) || data[3] != 3 || !take (proxy, stream, data, data[4] + 2u))
    return;
  say (stream, reply, sizeof reply);
  if (proxy->manner.reply == 0)
    join (stream, proxy->manner.target_port);
}

static void
serve_socks4a (Proxy *proxy, GIOStream *stream)
{
  guint8 data[8], octet = 1;

  if (!take (proxy, stream, data, 8) || data[0] != 4)
    return;
  for (guint n_ends = 0; n_ends < 2 && take (proxy, stream, &octet, 1);)
    n_ends += octet == 0;
  say (stream, "\0\x5a\0\0\0\0\0\0", 8);
  join (stream, proxy->manner.target_port);
}

static void
serve_tls (GIOStream *stream)
{
  g_autofree char *cert = rig_path ("good", "pem"), *key = rig_path ("good", "key");
  g_autoptr(GTlsCertificate) certificate = g_tls_certificate_new_from_files (cert, key, NULL);
  g_autoptr(GIOStream) tls = g_tls_server_connection_new (stream, certificate, NULL);

  g_tls_connection_handshake (G_TLS_CONNECTION (tls), NULL, NULL);
  g_io_stream_close (tls, NULL, NULL);
}

static gpointer
serve (gpointer user_data)
{
  Visit *visit = user_data;
  Proxy *proxy = visit->proxy;
  g_autoptr(GIOStream) stream = G_IO_STREAM (visit->connection);
  const char *answer = proxy->manner.answer;
  guint8 rest;

  switch (proxy->manner.kind)
    {
    case SOCKS5:
      serve_socks5 (proxy, stream);
      break;
    case SOCKS4A:
      serve_socks4a (proxy, stream);
      break;
    case TLS:
      serve_tls (stream);
      break;
    case TUNNEL:
      if (!take_head (proxy, stream))
        break;
      say (stream, "HTTP/1.1 200 Connection established\r\n\r\n", 39);
      join (stream, proxy->manner.target_port);
      break;
    case ANSWER:
    case HOLD:
      if (!take_head (proxy, stream))
        break;
      say (stream, answer, strlen (answer));
      while (proxy->manner.kind == HOLD && take (proxy, stream, &rest, 1))
        ;
      break;
    }
  g_io_stream_close (stream, NULL, NULL);
  g_free (visit);
  return NULL;
}

static gboolean
on_visit (GSocketService *service, GSocketConnection *connection, GObject *source, gpointer user_data)
{
  Proxy *proxy = user_data;
  Visit *visit = g_new0 (Visit, 1);

  visit->proxy = proxy;
  visit->connection = g_object_ref (connection);
  g_ptr_array_add (proxy->threads, g_thread_new ("visit", serve, visit));
  return TRUE;
}

static void
proxy_init (Proxy *proxy, Manner manner)
{
  g_autoptr(GSocketAddress) address = g_inet_socket_address_new_from_string ("127.0.0.1", 0);
  g_autoptr(GSocketAddress) bound = NULL;

  *proxy = (Proxy){ .manner = manner, .heard = g_string_new (NULL), .threads = g_ptr_array_new () };
  g_mutex_init (&proxy->lock);
  proxy->service = g_socket_service_new ();
  g_assert_true (g_socket_listener_add_address (G_SOCKET_LISTENER (proxy->service), address,
                                                G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, NULL,
                                                &bound, NULL));
  proxy->port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (bound));
  g_signal_connect (proxy->service, "incoming", G_CALLBACK (on_visit), proxy);
}

static void
proxy_clear (Proxy *proxy)
{
  g_socket_service_stop (proxy->service);
  g_socket_listener_close (G_SOCKET_LISTENER (proxy->service));
  /* Each ends when its client is gone; one that does not is stopped by the test's own time. */
  for (guint i = 0; i < proxy->threads->len; i++)
    g_thread_join (proxy->threads->pdata[i]);
  g_ptr_array_unref (proxy->threads);
  g_clear_object (&proxy->service);
  g_string_free (proxy->heard, TRUE);
  g_mutex_clear (&proxy->lock);
}

static gboolean
was_asked (Proxy *proxy, const void *what, gsize len)
{
  g_autoptr(GMutexLocker) locker = g_mutex_locker_new (&proxy->lock);

  for (gsize at = 0; at + len <= proxy->heard->len; at++)
    if (memcmp (proxy->heard->str + at, what, len) == 0)
      return TRUE;
  return FALSE;
}

/* Whatever came of it: no word of the credentials in anything that is shown. */
static void
assert_secret_kept (RigOutcome *outcome)
{
  static const char *const words[] = { USER, "p@ss", "p%40ss", "w0rd", "hush" };
  g_auto(SkyTcpFacts) facts = { 0 };

  if (outcome->stream != NULL)
    sky_tcp_facts_read (&facts, outcome->stream);
  for (gsize i = 0; i < G_N_ELEMENTS (words); i++)
    {
      g_assert_null (strstr (outcome->steps->str, words[i]));
      g_assert_true (outcome->error == NULL || strstr (outcome->error->message, words[i]) == NULL);
      g_assert_true (facts.proxy == NULL || strstr (facts.proxy, words[i]) == NULL);
    }
}

static void
dial_through (RigOutcome *outcome, Proxy *proxy, const char *scheme, SkyTcpTarget target)
{
  g_autofree char *uri = g_strdup_printf ("%s://%s127.0.0.1:%u", scheme, CREDENTIALS, proxy->port);

  target.proxy = uri;
  rig_dial (outcome, &target, NULL);
  assert_secret_kept (outcome);
}

/* A way through, of each kind; the name is one that only the proxy can look up. */
typedef struct
{
  const char *name, *scheme, *shown;
  Manner      manner;
  const char *detail; /* of the step, after the address */
  const char *asked;
  gsize       asked_len; /* it may have zeros in it */
} Way;

#define ASKED(text) text, sizeof text - 1

static const Way ways[] = {
  { "http", "http", "http", { TUNNEL }, " (CONNECT sockeye.invalid:80)",
    ASKED ("CONNECT sockeye.invalid:80 HTTP/1.0\r\n") },
  { "http-credentials", "http", "http", { TUNNEL }, " (CONNECT sockeye.invalid:80)",
    ASKED ("Proxy-Authorization: " BASIC "\r\n") },
  { "socks5", "socks5", "socks5", { SOCKS5 }, " (to sockeye.invalid:80)",
    ASKED ("\5\1\0\3\17sockeye.invalid\0\120") },
  { "socks5h", "socks5h", "socks5", { SOCKS5 }, " (to sockeye.invalid:80)",
    ASKED ("\5\1\0\3\17sockeye.invalid\0\120") },
  { "socks5-credentials", "socks5", "socks5", { SOCKS5, .asks = TRUE }, " (to sockeye.invalid:80)",
    ASKED ("\1\5" USER "\16" PASSWORD) },
  { "socks4a", "socks4a", "socks4a", { SOCKS4A }, " (to sockeye.invalid:80)",
    ASKED ("sockeye.invalid\0") },
};

/* GLib 2.74 loses the eight octets of a SOCKS4 proxy's answer. */
#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/lsan_interface.h>
#define PARDON_LEAKS(manner) ((manner).kind == SOCKS4A ? __lsan_disable () : (void) 0)
#define PUNISH_LEAKS(manner) ((manner).kind == SOCKS4A ? __lsan_enable () : (void) 0)
#else
#define PARDON_LEAKS(manner)
#define PUNISH_LEAKS(manner)
#endif

static void
test_way (gconstpointer data)
{
  const Way *way = data;
  RigServer server;
  Proxy proxy;
  RigOutcome outcome;
  Manner manner = way->manner;
  g_auto(SkyTcpFacts) facts = { 0 };
  g_autofree char *steps = NULL, *shown = NULL;

  rig_server_init (&server, RIG_SERVE_SILENCE, "127.0.0.1", NULL);
  manner.target_port = sky_tcp_listen_get_port (server.listen);
  proxy_init (&proxy, manner);
  PARDON_LEAKS (manner);
  dial_through (&outcome, &proxy, way->scheme,
                (SkyTcpTarget){ .host = "sockeye.invalid", .port = 80 });
  PUNISH_LEAKS (manner);
  g_assert_no_error (outcome.error);
  shown = g_strdup_printf ("%s://127.0.0.1:%u", way->shown, proxy.port);
  steps = g_strdup_printf ("0 127.0.0.1|1 127.0.0.1|2 127.0.0.1:%u|3 127.0.0.1:%u|4 via %s%s|",
                           proxy.port, proxy.port, shown, way->detail);
  g_assert_cmpstr (outcome.steps->str, ==, steps);
  g_assert_true (was_asked (&proxy, way->asked, way->asked_len));
  sky_tcp_facts_read (&facts, outcome.stream);
  g_assert_cmpstr (facts.proxy, ==, shown);
  g_assert_false (facts.tls);
  rig_outcome_clear (&outcome);
  proxy_clear (&proxy);
  rig_server_clear (&server);
}

/* TLS within the tunnel is with the server, and what is said of it names the proxy. */
typedef struct
{
  const char *name;
  RigServe    serve;
  const char *ca;
  int         code; /* -1: it succeeds */
  const char *sentence;
} Within;

static const Within withins[] = {
  { "trusted", RIG_SERVE_TLS, "good", -1, ", verified|" },
  { "untrusted", RIG_SERVE_TLS, NULL, SKY_TCP_ERROR_TLS_UNTRUSTED,
    "The certificate of localhost was not issued" },
  { "plain", RIG_SERVE_PLAIN, NULL, SKY_TCP_ERROR_NOT_TLS,
    "localhost:443 through the proxy http://127.0.0.1:" },
  { "silent", RIG_SERVE_SILENCE, NULL, SKY_TCP_ERROR_TIMEOUT,
    "accepted the connection, but the TLS handshake was not over after 0.4 s." },
};

static void
test_within (gconstpointer data)
{
  const Within *within = data;
  RigServer server;
  Proxy proxy;
  RigOutcome outcome;
  gboolean tls = within->serve == RIG_SERVE_TLS;
  g_autofree char *ca = within->ca != NULL ? rig_path (within->ca, "pem") : NULL;
  g_auto(SkyTcpFacts) facts = { 0 };

  rig_server_init (&server, within->serve, "127.0.0.1", tls ? "good" : NULL);
  proxy_init (&proxy, (Manner){ TUNNEL, .target_port = sky_tcp_listen_get_port (server.listen) });
  dial_through (&outcome, &proxy, "http",
                (SkyTcpTarget){ .host = "localhost",
                                .port = 443,
                                .tls = TRUE,
                                .ca_file = ca,
                                .timeout_msec = within->serve == RIG_SERVE_SILENCE ? 400 : 0 });
  g_assert_true (was_asked (&proxy, ASKED ("CONNECT localhost:443 ")));
  if (within->code >= 0)
    {
      g_assert_true ((sky_tcp_dial_get_certificate (outcome.dial) != NULL) == tls);
      rig_assert_failed (&outcome, (SkyTcpError) within->code, within->sentence);
    }
  else
    {
      g_assert_no_error (outcome.error);
      g_assert_true (g_str_has_suffix (outcome.steps->str, within->sentence));
      sky_tcp_facts_read (&facts, outcome.stream);
      g_assert_true (facts.tls && facts.proxy != NULL);
      rig_outcome_clear (&outcome);
    }
  proxy_clear (&proxy);
  rig_server_clear (&server);
}

/* What goes wrong at the proxy. */
typedef struct
{
  const char *name, *scheme;
  Manner      manner;
  SkyTcpError code;
  const char *sentence; /* PROXY stands for "scheme://127.0.0.1:port" */
} Failure;

static const Failure failures[] = {
  { "407", "http",
    { ANSWER, "HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=\"x\"\r\n\r\n" },
    SKY_TCP_ERROR_PROXY_AUTH, "The proxy PROXY did not accept the user name and password." },
  { "403", "http", { ANSWER, "HTTP/1.1 403 Forbidden\r\n\r\n" }, SKY_TCP_ERROR_PROXY_TARGET,
    "The proxy PROXY does not allow a connection to sockeye.invalid:80." },
  { "502", "http", { ANSWER, "HTTP/1.1 502 Bad Gateway\r\nContent-Length: 3\r\n\r\nno\n" },
    SKY_TCP_ERROR_PROXY_TARGET, "The proxy PROXY could not reach sockeye.invalid:80 (it said 502)." },
  { "429", "http", { ANSWER, "HTTP/1.1 429 Slow down\r\n\r\n" }, SKY_TCP_ERROR_PROXY,
    "The proxy PROXY answered the request for a tunnel to sockeye.invalid:80 with 429." },
  { "web-server", "http",
    { ANSWER, "HTTP/1.1 405 Method Not Allowed\r\nContent-Type: text/html\r\n\r\n<h1>No</h1>" },
    SKY_TCP_ERROR_PROXY,
    "What answers on PROXY seems to be a web server and no proxy: to the request for a tunnel "
    "(CONNECT) it said 405." },
  { "html", "http", { ANSWER, "<!DOCTYPE html>\r\n<title>Welcome</title>\r\n\r\n<h1>It works</h1>" },
    SKY_TCP_ERROR_PROXY, "What answers on PROXY does not act as a proxy: " },
  { "html-without-end", "http", { ANSWER, "<h1>It works</h1>" }, SKY_TCP_ERROR_PROXY,
    "What answers on PROXY does not act as a proxy: " },
  { "mail", "http", { HOLD, "220 mail.example ESMTP\r\n\r\n" }, SKY_TCP_ERROR_PROXY,
    "What answers on PROXY does not act as a proxy: " },
  { "says-nothing", "http", { HOLD, "" }, SKY_TCP_ERROR_PROXY,
    "The proxy PROXY took the connection, but had opened no way to sockeye.invalid:80 after 0.4 s." },
  { "half-an-answer", "http", { HOLD, "HTTP/1.1 200 OK\r\nVia: 1.1 slo" }, SKY_TCP_ERROR_PROXY,
    "The proxy PROXY took the connection, but had opened no way to sockeye.invalid:80 after 0.4 s." },
  { "closes", "http", { ANSWER, "" }, SKY_TCP_ERROR_PROXY,
    "What answers on PROXY does not act as a proxy: " },
  { "socks-not-allowed", "socks5", { SOCKS5, .reply = 2 }, SKY_TCP_ERROR_PROXY_TARGET,
    "The proxy PROXY does not allow a connection to sockeye.invalid:80." },
  { "socks-no-way", "socks5", { SOCKS5, .reply = 4 }, SKY_TCP_ERROR_PROXY_TARGET,
    "The proxy PROXY found no way to sockeye.invalid:80." },
  { "socks-refused", "socks5", { SOCKS5, .reply = 5 }, SKY_TCP_ERROR_PROXY_TARGET,
    "The proxy PROXY says that sockeye.invalid:80 refused the connection." },
  { "socks-to-http", "http", { SOCKS5 }, SKY_TCP_ERROR_PROXY, "What answers on PROXY " },
  { "http-to-socks", "socks5", { HOLD, "" }, SKY_TCP_ERROR_PROXY,
    "The proxy PROXY took the connection, but had opened no way to sockeye.invalid:80 after 0.4 s." },
  { "untrusted-tls", "https", { TLS }, SKY_TCP_ERROR_PROXY, "TLS with the proxy PROXY failed: " },
  { "no-tls", "https", { HOLD, "" }, SKY_TCP_ERROR_PROXY, "PROXY" },
};

static char *
fill_in (const char *text, const char *scheme, guint16 port)
{
  GString *filled = g_string_new (text);
  g_autofree char *shown = g_strdup_printf ("%s://127.0.0.1:%u", scheme, port);

  g_string_replace (filled, "PROXY", shown, 0);
  return g_string_free (filled, FALSE);
}

static void
test_failure (gconstpointer data)
{
  const Failure *failure = data;
  Proxy proxy;
  RigOutcome outcome;
  g_autofree char *sentence = NULL;

  proxy_init (&proxy, failure->manner);
  dial_through (&outcome, &proxy, failure->scheme,
                (SkyTcpTarget){ .host = "sockeye.invalid",
                                .port = 80,
                                .timeout_msec = failure->manner.kind == HOLD ? 400 : 5000 });
  sentence = fill_in (failure->sentence, failure->scheme, proxy.port);
  rig_assert_failed (&outcome, failure->code, sentence);
  proxy_clear (&proxy);
}

/* Without credentials a proxy that wants some is told from one that wants others. */
static void
test_asks (gconstpointer data)
{
  gboolean socks = GPOINTER_TO_INT (data);
  Proxy proxy;
  RigOutcome outcome;
  g_autofree char *uri = NULL, *sentence = NULL;
  Manner http = { ANSWER, "HTTP/1.1 407 Proxy Authentication Required\r\n\r\n" };

  proxy_init (&proxy, socks ? (Manner){ SOCKS5, .asks = TRUE } : http);
  uri = fill_in ("PROXY", socks ? "socks5" : "http", proxy.port);
  rig_dial (&outcome, &(SkyTcpTarget){ .host = "sockeye.invalid", .port = 80, .proxy = uri }, NULL);
  sentence = fill_in ("The proxy PROXY asks for a user name and a password.",
                      socks ? "socks5" : "http", proxy.port);
  rig_assert_failed (&outcome, SKY_TCP_ERROR_PROXY_AUTH, sentence);
  g_assert_nonnull (strstr (sky_tcp_error_advice (SKY_TCP_ERROR_PROXY_AUTH),
                            "http://user:password@host:port"));
  proxy_clear (&proxy);
}

/* Texts that are no address, and how each is shown. */
static const struct
{
  const char *text, *shown;
} invalids[] = {
  { "ftp://proxy:21", "ftp://proxy:21" },
  { "http://", "http://" },
  { "http://proxy:port", "http://proxy:port" },
  { "http://proxy:3128/path", "http://proxy:3128/path" },
  { "http://proxy:0", "http://proxy:0" },
  { "http//" CREDENTIALS "proxy:3128", "proxy:3128" },
  { "gopher://" CREDENTIALS "proxy:3128", "proxy:3128" },
  { "http://" USER ":p@ss/w0rd#hush@proxy:3128", "proxy:3128" },
  { "http://" CREDENTIALS, "" },
  { "direct://", "direct://" },
};

static void
test_invalid (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  RigOutcome outcome;
  g_autofree char *sentence
      = g_strdup_printf ("“%s” is not the address of a proxy.", invalids[i].shown);

  rig_dial (&outcome,
            &(SkyTcpTarget){ .host = "sockeye.invalid", .port = 80, .proxy = invalids[i].text }, NULL);
  g_assert_cmpstr (outcome.error->message, ==, sentence);
  g_assert_cmpstr (outcome.steps->str, ==, "");
  assert_secret_kept (&outcome);
  rig_assert_failed (&outcome, SKY_TCP_ERROR_PROXY, sentence);
}

/* Nobody is where the proxy should be; without a scheme it is http. */
static void
test_absent (void)
{
  Proxy proxy;
  RigOutcome outcome;
  g_autofree char *uri = NULL, *sentence = NULL;

  proxy_init (&proxy, (Manner){ TUNNEL });
  uri = g_strdup_printf ("%s127.0.0.1:%u", CREDENTIALS, proxy.port);
  sentence = fill_in ("Nothing listens where the proxy PROXY should be: the connection was refused.",
                      "http", proxy.port);
  proxy_clear (&proxy);
  rig_dial (&outcome, &(SkyTcpTarget){ .host = "sockeye.invalid", .port = 80, .proxy = uri }, NULL);
  assert_secret_kept (&outcome);
  rig_assert_failed (&outcome, SKY_TCP_ERROR_PROXY, sentence);
}

/* What the settings of the system of this test say. */
static const char *const *system_answer; /* NULL: they cannot be read */
static char *system_asked;

struct _SystemProxy
{
  GObject parent_instance;
};

#define TYPE_SYSTEM_PROXY (system_proxy_get_type ())
G_DECLARE_FINAL_TYPE (SystemProxy, system_proxy, SYSTEM, PROXY, GObject)

static void system_proxy_resolver_init (GProxyResolverInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (SystemProxy, system_proxy, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_PROXY_RESOLVER, system_proxy_resolver_init))

static gboolean
system_proxy_is_supported (GProxyResolver *resolver)
{
  return TRUE;
}

static void
system_proxy_lookup_async (GProxyResolver *resolver, const char *uri, GCancellable *cancellable,
                           GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr(GTask) task = g_task_new (resolver, cancellable, callback, user_data);

  g_free (system_asked);
  system_asked = g_strdup (uri);
  if (system_answer != NULL)
    g_task_return_pointer (task, g_strdupv ((char **) system_answer), (GDestroyNotify) g_strfreev);
  else
    g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_FAILED, "the script is broken");
}

static char **
system_proxy_lookup_finish (GProxyResolver *resolver, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
system_proxy_resolver_init (GProxyResolverInterface *iface)
{
  iface->is_supported = system_proxy_is_supported;
  iface->lookup_async = system_proxy_lookup_async;
  iface->lookup_finish = system_proxy_lookup_finish;
}

static void
system_proxy_class_init (SystemProxyClass *klass)
{
}

static void
system_proxy_init (SystemProxy *self)
{
}

static void
test_system (void)
{
  RigServer server;
  Proxy proxy;
  RigOutcome outcome;
  g_autofree char *uri = NULL, *shown = NULL;
  const char *answer[] = { NULL, "direct://", NULL };
  g_auto(SkyTcpFacts) facts = { 0 };

  rig_server_init (&server, RIG_SERVE_SILENCE, "127.0.0.1", NULL);
  proxy_init (&proxy, (Manner){ TUNNEL, .target_port = sky_tcp_listen_get_port (server.listen) });
  answer[0] = uri = fill_in ("PROXY", "http", proxy.port);
  system_answer = answer;
  rig_dial (&outcome, &(SkyTcpTarget){ .host = "sockeye.invalid", .port = 8080 }, NULL);
  g_assert_no_error (outcome.error);
  g_assert_cmpstr (system_asked, ==, "http://sockeye.invalid:8080");
  shown = fill_in ("|4 via PROXY (CONNECT sockeye.invalid:8080)|", "http", proxy.port);
  g_assert_true (g_str_has_suffix (outcome.steps->str, shown));
  sky_tcp_facts_read (&facts, outcome.stream);
  g_assert_cmpstr (facts.proxy, ==, uri);
  rig_outcome_clear (&outcome);
  proxy_clear (&proxy);
  rig_server_clear (&server);
}

/* The settings name a proxy that is down, and allow to go without; or no proxy; or nobody asks them. */
static void
test_system_direct (gconstpointer data)
{
  const char *proxy = data;
  const char *dead[] = { "http://127.0.0.1:9", "direct://", NULL };
  RigServer server;
  RigOutcome outcome;
  g_auto(SkyTcpFacts) facts = { 0 };

  rig_server_init (&server, RIG_SERVE_SILENCE, "127.0.0.1", NULL);
  system_answer = proxy != NULL && g_str_equal (proxy, "direct") ? dead + 1 : dead;
  g_clear_pointer (&system_asked, g_free);
  rig_dial (&outcome,
            &(SkyTcpTarget){ .host = "127.0.0.1",
                             .port = sky_tcp_listen_get_port (server.listen),
                             .proxy = g_strcmp0 (proxy, "none") == 0 ? "none" : NULL },
            NULL);
  g_assert_no_error (outcome.error);
  g_assert_true ((system_asked == NULL) == (g_strcmp0 (proxy, "none") == 0));
  g_assert_null (strstr (outcome.steps->str, "|4 "));
  sky_tcp_facts_read (&facts, outcome.stream);
  g_assert_null (facts.proxy);
  rig_outcome_clear (&outcome);
  rig_server_clear (&server);
}

static void
test_system_broken (void)
{
  RigOutcome outcome;

  system_answer = NULL;
  rig_dial (&outcome, &(SkyTcpTarget){ .host = "sockeye.invalid", .port = 80 }, NULL);
  rig_assert_failed (&outcome, SKY_TCP_ERROR_PROXY,
                     "The system's settings do not say which proxy to use: the script is broken");
}

/* RFC 6761 §6.4: the proxy's name does not exist, and the sentence is about the proxy. */
static void
test_no_name (gconstpointer data)
{
  static const char *const answer[] = { "http://proxy.invalid:3128", NULL };
  gboolean system = GPOINTER_TO_INT (data);
  RigOutcome outcome;

  system_answer = answer;
  rig_dial (&outcome,
            &(SkyTcpTarget){ .host = "localhost",
                             .port = 80,
                             .timeout_msec = 3000,
                             .proxy = system ? NULL : "http://" CREDENTIALS "proxy.invalid:3128" },
            NULL);
  assert_secret_kept (&outcome);
  g_assert_error (outcome.error, SKY_TCP_ERROR, SKY_TCP_ERROR_PROXY);
  if (strstr (outcome.error->message, "gave no answer within") == NULL)
    g_assert_cmpstr (outcome.error->message, ==,
                     "No address is known for the proxy http://proxy.invalid:3128.");
  rig_outcome_clear (&outcome);
}

#define ADD(table, part, test) \
  for (gsize i = 0; i < G_N_ELEMENTS (table); i++) \
    { \
      g_autofree char *path = g_strconcat ("/tcp-proxy/" part "/", table[i].name, NULL); \
      g_test_add_data_func (path, &table[i], test); \
    }

static void
add_tests (gboolean with_certificates)
{
  ADD (ways, "way", test_way)
  ADD (failures, "failure", test_failure)
  if (with_certificates)
    ADD (withins, "within", test_within)
  for (gsize i = 0; i < G_N_ELEMENTS (invalids); i++)
    {
      g_autofree char *path = g_strdup_printf ("/tcp-proxy/invalid/%" G_GSIZE_FORMAT, i);

      g_test_add_data_func (path, GSIZE_TO_POINTER (i), test_invalid);
    }
  g_test_add_data_func ("/tcp-proxy/asks/http", GINT_TO_POINTER (FALSE), test_asks);
  g_test_add_data_func ("/tcp-proxy/asks/socks", GINT_TO_POINTER (TRUE), test_asks);
  g_test_add_func ("/tcp-proxy/absent", test_absent);
  g_test_add_func ("/tcp-proxy/system/proxy", test_system);
  g_test_add_data_func ("/tcp-proxy/system/dead-then-direct", NULL, test_system_direct);
  g_test_add_data_func ("/tcp-proxy/system/direct", "direct", test_system_direct);
  g_test_add_data_func ("/tcp-proxy/system/not-asked", "none", test_system_direct);
  g_test_add_func ("/tcp-proxy/system/broken", test_system_broken);
  g_test_add_data_func ("/tcp-proxy/no-name/chosen", GINT_TO_POINTER (FALSE), test_no_name);
  g_test_add_data_func ("/tcp-proxy/no-name/system", GINT_TO_POINTER (TRUE), test_no_name);
}

int
main (int argc, char **argv)
{
  int status;

  g_setenv ("GIO_USE_PROXY_RESOLVER", "test", TRUE);
  g_test_init (&argc, &argv, NULL);
  g_io_extension_point_register (G_PROXY_RESOLVER_EXTENSION_POINT_NAME);
  g_io_extension_point_implement (G_PROXY_RESOLVER_EXTENSION_POINT_NAME, TYPE_SYSTEM_PROXY,
                                  "test", 100);
  add_tests (rig_make_certificates ());
  status = g_test_run ();
  rig_remove_certificates ();
  g_free (system_asked);
  return status;
}
