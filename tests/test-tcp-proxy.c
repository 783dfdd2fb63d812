#include "tcp-rig-proxy.h"

#include <string.h>

#define USER          "alice"
#define CREDENTIALS   "alice:p%40ss%3Aw0rd%2Fhush@"
#define BASIC         "Basic YWxpY2U6cEBzczp3MHJkL2h1c2g=" /* RFC 7617 §2 */

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
dial_through (RigOutcome *outcome, RigProxy *proxy, const char *scheme, SkyTcpTarget target)
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
  RigManner      manner;
  const char *detail; /* of the step, after the address */
  const char *asked;
  gsize       asked_len; /* it may have zeros in it */
} Way;

#define ASKED(text) text, sizeof text - 1

static const Way ways[] = {
  { "http", "http", "http", { RIG_TUNNEL }, " (CONNECT sockeye.invalid:80)",
    ASKED ("CONNECT sockeye.invalid:80 HTTP/1.0\r\n") },
  { "http-credentials", "http", "http", { RIG_TUNNEL }, " (CONNECT sockeye.invalid:80)",
    ASKED ("Proxy-Authorization: " BASIC "\r\n") },
  { "socks5", "socks5", "socks5", { RIG_SOCKS5 }, " (to sockeye.invalid:80)",
    ASKED ("\5\1\0\3\17sockeye.invalid\0\120") },
  { "socks5h", "socks5h", "socks5", { RIG_SOCKS5 }, " (to sockeye.invalid:80)",
    ASKED ("\5\1\0\3\17sockeye.invalid\0\120") },
  { "socks5-credentials", "socks5", "socks5", { RIG_SOCKS5, .asks = TRUE }, " (to sockeye.invalid:80)",
    ASKED ("\1\5" USER "\16" RIG_PASSWORD) },
  { "socks4a", "socks4a", "socks4a", { RIG_SOCKS4A }, " (to sockeye.invalid:80)",
    ASKED ("sockeye.invalid\0") },
};

/* GLib 2.74 loses the eight octets of a SOCKS4 proxy's answer. */
#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/lsan_interface.h>
#define PARDON_LEAKS(manner) ((manner).kind == RIG_SOCKS4A ? __lsan_disable () : (void) 0)
#define PUNISH_LEAKS(manner) ((manner).kind == RIG_SOCKS4A ? __lsan_enable () : (void) 0)
#else
#define PARDON_LEAKS(manner)
#define PUNISH_LEAKS(manner)
#endif

static void
test_way (gconstpointer data)
{
  const Way *way = data;
  RigServer server;
  RigProxy proxy;
  RigOutcome outcome;
  RigManner manner = way->manner;
  g_auto(SkyTcpFacts) facts = { 0 };
  g_autofree char *steps = NULL, *shown = NULL;

  rig_server_init (&server, RIG_SERVE_SILENCE, "127.0.0.1", NULL);
  manner.target_port = sky_tcp_listen_get_port (server.listen);
  rig_proxy_init (&proxy, manner);
  PARDON_LEAKS (manner);
  dial_through (&outcome, &proxy, way->scheme,
                (SkyTcpTarget){ .host = "sockeye.invalid", .port = 80 });
  PUNISH_LEAKS (manner);
  g_assert_no_error (outcome.error);
  shown = g_strdup_printf ("%s://127.0.0.1:%u", way->shown, proxy.port);
  steps = g_strdup_printf ("0 127.0.0.1|1 127.0.0.1|2 127.0.0.1:%u|3 127.0.0.1:%u|4 via %s%s|",
                           proxy.port, proxy.port, shown, way->detail);
  g_assert_cmpstr (outcome.steps->str, ==, steps);
  g_assert_true (rig_proxy_was_asked (&proxy, way->asked, way->asked_len));
  sky_tcp_facts_read (&facts, outcome.stream);
  g_assert_cmpstr (facts.proxy, ==, shown);
  g_assert_false (facts.tls);
  rig_outcome_clear (&outcome);
  rig_proxy_clear (&proxy);
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
    "accepted the connection, but the TLS handshake was not over after 1 s." },
};

static void
test_within (gconstpointer data)
{
  const Within *within = data;
  RigServer server;
  RigProxy proxy;
  RigOutcome outcome;
  gboolean tls = within->serve == RIG_SERVE_TLS;
  g_autofree char *ca = within->ca != NULL ? rig_path (within->ca, "pem") : NULL;
  g_auto(SkyTcpFacts) facts = { 0 };

  rig_server_init (&server, within->serve, "127.0.0.1", tls ? "good" : NULL);
  rig_proxy_init (&proxy, (RigManner){ RIG_TUNNEL, .target_port = sky_tcp_listen_get_port (server.listen) });
  dial_through (&outcome, &proxy, "http",
                (SkyTcpTarget){ .host = "localhost",
                                .port = 443,
                                .tls = TRUE,
                                .ca_file = ca,
                                .timeout_msec = within->serve == RIG_SERVE_SILENCE ? 1000 : 0 });
  g_assert_true (rig_proxy_was_asked (&proxy, ASKED ("CONNECT localhost:443 ")));
  if (within->code >= 0)
    {
      g_assert_true ((sky_tcp_error_get_certificate (outcome.error) != NULL) == tls);
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
  rig_proxy_clear (&proxy);
  rig_server_clear (&server);
}

/* What goes wrong at the proxy. */
typedef struct
{
  const char *name, *scheme;
  RigManner      manner;
  SkyTcpError code;
  const char *sentence; /* PROXY stands for "scheme://127.0.0.1:port" */
} Failure;

static const Failure failures[] = {
  { "407", "http",
    { RIG_ANSWER, "HTTP/1.1 407 RigProxy Authentication Required\r\nProxy-Authenticate: Basic realm=\"x\"\r\n\r\n" },
    SKY_TCP_ERROR_PROXY_AUTH, "The proxy PROXY did not accept the user name and password." },
  { "403", "http", { RIG_ANSWER, "HTTP/1.1 403 Forbidden\r\n\r\n" }, SKY_TCP_ERROR_PROXY_TARGET,
    "The proxy PROXY does not allow a connection to sockeye.invalid:80." },
  { "502", "http", { RIG_ANSWER, "HTTP/1.1 502 Bad Gateway\r\nContent-Length: 3\r\n\r\nno\n" },
    SKY_TCP_ERROR_PROXY_TARGET, "The proxy PROXY could not reach sockeye.invalid:80 (it said 502)." },
  { "429", "http", { RIG_ANSWER, "HTTP/1.1 429 Slow down\r\n\r\n" }, SKY_TCP_ERROR_PROXY,
    "The proxy PROXY answered the request for a tunnel to sockeye.invalid:80 with 429." },
  { "web-server", "http",
    { RIG_ANSWER, "HTTP/1.1 405 Method Not Allowed\r\nContent-Type: text/html\r\n\r\n<h1>No</h1>" },
    SKY_TCP_ERROR_PROXY,
    "What answers on PROXY seems to be a web server and no proxy: to the request for a tunnel "
    "(CONNECT) it said 405." },
  { "html", "http", { RIG_ANSWER, "<!DOCTYPE html>\r\n<title>Welcome</title>\r\n\r\n<h1>It works</h1>" },
    SKY_TCP_ERROR_PROXY, "What answers on PROXY does not act as a proxy: " },
  { "html-without-end", "http", { RIG_ANSWER, "<h1>It works</h1>" }, SKY_TCP_ERROR_PROXY,
    "What answers on PROXY does not act as a proxy: " },
  { "mail", "http", { RIG_HOLD, "220 mail.example ESMTP\r\n\r\n" }, SKY_TCP_ERROR_PROXY,
    "What answers on PROXY does not act as a proxy: " },
  { "says-nothing", "http", { RIG_HOLD, "" }, SKY_TCP_ERROR_PROXY,
    "The proxy PROXY took the connection, but had opened no way to sockeye.invalid:80 after 1 s." },
  { "half-an-answer", "http", { RIG_HOLD, "HTTP/1.1 200 OK\r\nVia: 1.1 slo" }, SKY_TCP_ERROR_PROXY,
    "The proxy PROXY took the connection, but had opened no way to sockeye.invalid:80 after 1 s." },
  { "closes", "http", { RIG_ANSWER, "" }, SKY_TCP_ERROR_PROXY,
    "What answers on PROXY does not act as a proxy: " },
  { "socks-not-allowed", "socks5", { RIG_SOCKS5, .reply = 2 }, SKY_TCP_ERROR_PROXY_TARGET,
    "The proxy PROXY does not allow a connection to sockeye.invalid:80." },
  { "socks-no-way", "socks5", { RIG_SOCKS5, .reply = 4 }, SKY_TCP_ERROR_PROXY_TARGET,
    "The proxy PROXY found no way to sockeye.invalid:80." },
  { "socks-refused", "socks5", { RIG_SOCKS5, .reply = 5 }, SKY_TCP_ERROR_PROXY_TARGET,
    "The proxy PROXY says that sockeye.invalid:80 refused the connection." },
  { "socks-to-http", "http", { RIG_SOCKS5 }, SKY_TCP_ERROR_PROXY, "What answers on PROXY " },
  { "http-to-socks", "socks5", { RIG_HOLD, "" }, SKY_TCP_ERROR_PROXY,
    "The proxy PROXY took the connection, but had opened no way to sockeye.invalid:80 after 1 s." },
  { "untrusted-tls", "https", { RIG_TLS }, SKY_TCP_ERROR_PROXY, "TLS with the proxy PROXY failed: " },
  { "no-tls", "https", { RIG_HOLD, "" }, SKY_TCP_ERROR_PROXY, "PROXY" },
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
  RigProxy proxy;
  RigOutcome outcome;
  g_autofree char *sentence = NULL;

  rig_proxy_init (&proxy, failure->manner);
  dial_through (&outcome, &proxy, failure->scheme,
                (SkyTcpTarget){ .host = "sockeye.invalid",
                                .port = 80,
                                .timeout_msec = failure->manner.kind == RIG_HOLD ? 1000 : 5000 });
  sentence = fill_in (failure->sentence, failure->scheme, proxy.port);
  rig_assert_failed (&outcome, failure->code, sentence);
  rig_proxy_clear (&proxy);
}

/* Without credentials a proxy that wants some is told from one that wants others. */
static void
test_asks (gconstpointer data)
{
  gboolean socks = GPOINTER_TO_INT (data);
  RigProxy proxy;
  RigOutcome outcome;
  g_autofree char *uri = NULL, *sentence = NULL;
  RigManner http = { RIG_ANSWER, "HTTP/1.1 407 RigProxy Authentication Required\r\n\r\n" };

  rig_proxy_init (&proxy, socks ? (RigManner){ RIG_SOCKS5, .asks = TRUE } : http);
  uri = fill_in ("PROXY", socks ? "socks5" : "http", proxy.port);
  rig_dial (&outcome, &(SkyTcpTarget){ .host = "sockeye.invalid", .port = 80, .proxy = uri }, NULL);
  sentence = fill_in ("The proxy PROXY asks for a user name and a password.",
                      socks ? "socks5" : "http", proxy.port);
  rig_assert_failed (&outcome, SKY_TCP_ERROR_PROXY_AUTH, sentence);
  g_assert_nonnull (strstr (sky_tcp_error_advice (SKY_TCP_ERROR_PROXY_AUTH),
                            "http://user:password@host:port"));
  rig_proxy_clear (&proxy);
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
  RigProxy proxy;
  RigOutcome outcome;
  g_autofree char *uri = NULL, *sentence = NULL;

  rig_proxy_init (&proxy, (RigManner){ RIG_TUNNEL });
  uri = g_strdup_printf ("%s127.0.0.1:%u", CREDENTIALS, proxy.port);
  sentence = fill_in ("Nothing listens where the proxy PROXY should be: the connection was refused.",
                      "http", proxy.port);
  rig_proxy_clear (&proxy);
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
  RigProxy proxy;
  RigOutcome outcome;
  g_autofree char *uri = NULL, *shown = NULL;
  const char *answer[] = { NULL, "direct://", NULL };
  g_auto(SkyTcpFacts) facts = { 0 };

  rig_server_init (&server, RIG_SERVE_SILENCE, "127.0.0.1", NULL);
  rig_proxy_init (&proxy, (RigManner){ RIG_TUNNEL, .target_port = sky_tcp_listen_get_port (server.listen) });
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
  rig_proxy_clear (&proxy);
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
