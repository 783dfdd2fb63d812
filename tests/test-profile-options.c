#include "cli/profile-options.h"

#include <glib/gstdio.h>
#include <string.h>

#define MAX_WORDS 16

/* What a command line makes of a profile, as dump() writes it; or words of the sentence that refuses it. */
typedef struct
{
  const char *name;
  const char *words[MAX_WORDS];
  const char *profile;
  const char *refusal;
} Vector;

#define PRINT      "ab:CD:00 0102030405060708091011121314151617181920212223242526272829"
#define PRINT_KEPT "AB:CD:00:01:02:03:04:05:06:07:08:09:10:11:12:13:14:15:16:17:18:19:20:21:22:23:24:25:26:27:28:29"

static const Vector vectors[] = {
  { "nothing", { NULL }, "" },
  { "protocol", { "--protocol", "engine.io" }, "protocol=engine.io;" },
  { "texts", { "--path", "/io/", "--origin", "https://a.b", "--ca", "ca.pem", "--cert", "c.pem", "--key", "k.pem" },
    "path=/io/;origin=https://a.b;ca=ca.pem;cert=c.pem;key=k.pem;" },
  { "flags", { "--insecure", "--no-deflate", "--no-upgrade" }, "insecure;no-deflate;no-upgrade;" },
  { "polling-first", { "--transports", "polling,websocket" }, "" },
  { "websocket-only", { "--transports", "websocket" }, "transports=websocket;" },
  { "polling-only", { "--transports=polling" }, "transports=polling;" },
  { "websocket-first", { "--transports", "websocket,polling" }, "transports=websocket,polling;" },
  { "eio-3", { "--eio", "3" }, "eio=3;" },
  { "eio-4", { "--eio", "4" }, "eio=4;" },
  { "parser-auto", { "--parser", "auto" }, "" },
  { "parser-default", { "--parser", "default" }, "parser=default;" },
  { "msgpack", { "--parser", "msgpack" }, "parser=msgpack;" },
  { "timeout", { "--timeout", "1500" }, "timeout=1500;" },
  { "last-wins", { "--timeout", "1", "--timeout", "2", "--path", "/a", "--path", "/b" }, "path=/b;timeout=2;" },
  { "query", { "--query", "a=b c&d", "--query", "flag" }, "query=a=b c&d|flag;" },
  { "headers", { "--header", "X-A: 1", "--header", "X-B:2", "--header", "Origin:", "--header", "User-Agent:  " },
    "headers=X-A: 1|X-B:2;without=Origin|User-Agent;" },
  { "cookies", { "--cookie", "a=b", "--cookie", "c=d=e" }, "cookies=a=b|c=d=e;" },
  { "subprotocols", { "--subprotocol", "soap", "--subprotocol", "v1,v2" }, "subprotocols=soap, v1,v2;" },
  { "user", { "--user", "me:pass:word" }, "user=me:pass:word;" },
  { "user-without-password", { "--user", "me:" }, "user=me:;" },
  { "user-env", { "--user-env", "TEST_USER" }, "user=env:secret;" },
  { "auth-for-all", { "--auth", "{\"a\":1}", "--namespace", "/x" }, "namespaces=/x{};auth={\"a\":1};" },
  { "auth-for-one", { "--namespace", "/x", "--auth", "{\"a\":1}" }, "namespaces=/x{{\"a\":1}};" },
  { "auth-for-each",
    { "--auth", "{}", "--namespace", "/x", "--namespace", "y", "--auth", "{\"y\":1}", "--namespace", "/", "--auth", "{\"z\":1}" },
    "namespaces=/x{}|/y{{\"y\":1}}|/{{\"z\":1}};auth={};" },
  { "auth-env", { "--auth-env", "TEST_AUTH" }, "auth={\"env\":true};" },
  { "replies", { "--reply", "ask=1,\"two\",{\"$bin\":\"AA==\"}", "--reply", "ok=" },
    "replies=ask=1,\"two\",{\"$bin\":\"AA==\"}|ok=;" },
  { "proxy", { "--proxy", "http://u:p@h:3128" }, "proxy=http://u:p@h:3128;" },
  { "proxy-socks", { "--proxy", "socks5://[::1]:1080" }, "proxy=socks5://[::1]:1080;" },
  { "proxy-bare", { "--proxy", "h:3128" }, "proxy=h:3128;" },
  { "proxy-capitals", { "--proxy", "HTTP://h" }, "proxy=HTTP://h;" },
  { "no-proxy", { "--proxy", "none" }, "proxy=none;" },
  { "fingerprint", { "--accept-certificate", PRINT }, "accepted=" PRINT_KEPT ";" },
  { "reconnect", { "--reconnect", "3" }, "reconnect=3/1000/5000/50;" },
  { "reconnect-for-ever", { "--reconnect", "-1", "--reconnect-delay", "10", "--reconnect-max", "20", "--reconnect-jitter", "0" },
    "reconnect=-1/10/20/0;" },
  { "reconnect-details-first", { "--reconnect-delay", "10", "--reconnect", "1" }, "reconnect=1/10/5000/50;" },

  { "no-protocol", { "--protocol", "pigeon" }, .refusal = "pigeon" },
  { "no-transports", { "--transports", "polling,polling" }, .refusal = "--transports" },
  { "no-parser", { "--parser", "json" }, .refusal = "“json” is no parser" },
  { "eio-5", { "--eio", "5" }, .refusal = "--eio takes a number from 3 to 4, not “5”" },
  { "eio-text", { "--eio", "4x" }, .refusal = "“4x”" },
  { "eio-empty", { "--eio", "" }, .refusal = "--eio" },
  { "timeout-none", { "--timeout", "0" }, .refusal = "--timeout" },
  { "timeout-large", { "--timeout", "99999999999" }, .refusal = "--timeout" },
  { "path-empty", { "--path", "" }, .refusal = "--path" },
  { "origin-break", { "--origin", "a\r\nX: y" }, .refusal = "--origin" },
  { "query-without-key", { "--query", "=v" }, .refusal = "--query" },
  { "header-without-colon", { "--header", "X-A" }, .refusal = "--header" },
  { "header-without-name", { "--header", ": x" }, .refusal = "--header" },
  { "header-space-in-name", { "--header", "X A: x" }, .refusal = "--header" },
  { "header-break", { "--header", "X-A: x\nY: z" }, .refusal = "--header" },
  { "cookie-without-value", { "--cookie", "a" }, .refusal = "--cookie" },
  { "two-cookies-in-one", { "--cookie", "a=b; c=d" }, .refusal = "--cookie" },
  { "user-without-colon", { "--user", "secret" }, .refusal = "NAME:PASSWORD" },
  { "user-env-unset", { "--user-env", "TEST_UNSET" }, .refusal = "TEST_UNSET is not set" },
  { "auth-env-unset", { "--auth-env", "TEST_UNSET" }, .refusal = "TEST_UNSET is not set" },
  { "auth-no-json", { "--auth", "{\"secret\":}" }, .refusal = "byte 11" },
  { "auth-no-object", { "--auth", "[\"secret\"]" }, .refusal = "JSON object" },
  { "auth-empty", { "--auth", "" }, .refusal = "--auth" },
  { "auth-no-file", { "--auth", "@/nowhere/at/all" }, .refusal = "/nowhere/at/all" },
  { "namespace-comma", { "--namespace", "/a,/b" }, .refusal = "--namespace" },
  { "namespace-twice", { "--namespace", "/a", "--namespace", "a" }, .refusal = "/a is given twice" },
  { "reply-without-event", { "--reply", "=1" }, .refusal = "--reply" },
  { "reply-without-equals", { "--reply", "ask" }, .refusal = "--reply" },
  { "reply-no-json", { "--reply", "ask=1,]" }, .refusal = "--reply" },
  { "proxy-other-scheme", { "--proxy", "ftp://secret@h" }, .refusal = "--proxy" },
  { "proxy-no-host", { "--proxy", "http://" }, .refusal = "--proxy" },
  { "proxy-bad-port", { "--proxy", "secret:x" }, .refusal = "--proxy" },
  { "proxy-word", { "--proxy", "secret" }, .refusal = "--proxy" },
  { "fingerprint-short", { "--accept-certificate", "AB:CD" }, .refusal = "SHA-256" },
  { "fingerprint-long", { "--accept-certificate", PRINT "00" }, .refusal = "SHA-256" },
  { "fingerprint-other", { "--accept-certificate", "x" PRINT }, .refusal = "SHA-256" },
  { "key-alone", { "--key", "k.pem" }, .refusal = "--key needs --cert" },
  { "delay-alone", { "--reconnect-delay", "5" }, .refusal = "--reconnect N" },
  { "reconnect-below", { "--reconnect", "-2" }, .refusal = "--reconnect" },
  { "jitter-above", { "--reconnect", "1", "--reconnect-jitter", "101" }, .refusal = "from 0 to 100" },
  { "unknown", { "--carrier", "x" }, .refusal = "--carrier" },
};

static void
dump_text (GString *out, const char *name, const char *value)
{
  if (value != NULL)
    g_string_append_printf (out, "%s=%s;", name, value);
}

static void
dump_list (GString *out, const char *name, GStrv list)
{
  g_autofree char *joined = list != NULL ? g_strjoinv ("|", list) : NULL;

  dump_text (out, name, joined);
}

static void
dump_namespaces (GString *out, const SkyProfile *profile)
{
  if (profile->namespaces == NULL)
    return;
  g_assert_cmpuint (g_strv_length (profile->namespaces), ==, g_strv_length (profile->auths));
  for (guint i = 0; profile->namespaces[i] != NULL; i++)
    g_string_append_printf (out, "%s%s{%s}", i == 0 ? "namespaces=" : "|", profile->namespaces[i], profile->auths[i]);
  g_string_append_c (out, ';');
}

/* All fields that are not as sky_profile_new() left them. */
static char *
dump (const SkyProfile *profile)
{
  GString *out = g_string_new (NULL);
  const SkyReconnect *again = &profile->reconnect;

  if (profile->protocol != SKY_PROTOCOL_AUTO)
    dump_text (out, "protocol", sky_protocol_id (profile->protocol));
  dump_text (out, "path", profile->path);
  dump_namespaces (out, profile);
  dump_text (out, "auth", profile->auth);
  dump_list (out, "query", profile->query);
  dump_list (out, "headers", profile->headers);
  dump_list (out, "without", profile->without);
  dump_list (out, "cookies", profile->cookies);
  dump_text (out, "origin", profile->origin);
  dump_text (out, "subprotocols", profile->subprotocols);
  dump_text (out, "user", profile->user);
  dump_text (out, "ca", profile->ca_file);
  dump_text (out, "cert", profile->cert_file);
  dump_text (out, "key", profile->key_file);
  dump_text (out, "accepted", profile->accepted);
  dump_text (out, "proxy", profile->proxy);
  dump_list (out, "replies", profile->replies);
  g_string_append (out, profile->insecure ? "insecure;" : "");
  g_string_append (out, profile->no_deflate ? "no-deflate;" : "");
  g_string_append (out, profile->no_upgrade ? "no-upgrade;" : "");
  if (profile->transports != SKY_TRANSPORTS_BOTH)
    dump_text (out, "transports", sky_transports_id (profile->transports));
  if (profile->eio != 0)
    g_string_append_printf (out, "eio=%u;", profile->eio);
  if (profile->parser != SKY_PARSER_AUTO)
    dump_text (out, "parser", sky_parser_id (profile->parser));
  if (profile->timeout_msec != 0)
    g_string_append_printf (out, "timeout=%u;", profile->timeout_msec);
  if (again->attempts != 0)
    g_string_append_printf (out, "reconnect=%d/%u/%u/%u;", again->attempts, again->delay_msec, again->max_msec, again->jitter);
  return g_string_free (out, FALSE);
}

static SkyProfile *
parse (const char *const *words, GError **error)
{
  g_autoptr(ProfileOptions) options = profile_options_new ();
  g_autoptr(GOptionContext) context = g_option_context_new (NULL);
  g_autoptr(GPtrArray) args = g_ptr_array_new_with_free_func (g_free);
  g_auto(GStrv) argv = NULL;

  g_ptr_array_add (args, g_strdup ("connect"));
  for (; *words != NULL; words++)
    g_ptr_array_add (args, g_strdup (*words));
  g_ptr_array_add (args, g_strdup ("ws://h/"));
  g_ptr_array_add (args, NULL);
  argv = (GStrv) g_ptr_array_free (g_steal_pointer (&args), FALSE);
  profile_options_add (options, context);
  profile_options_add_reconnection (options, context);
  if (!g_option_context_parse_strv (context, &argv, error))
    return NULL;
  return profile_options_make (options, argv[1], error);
}

static void
test_words (gconstpointer data)
{
  const Vector *v = data;
  g_autoptr(GError) error = NULL;
  g_autoptr(SkyProfile) profile = parse (v->words, &error);
  g_autofree char *text = NULL;

  if (v->refusal != NULL)
    {
      g_assert_null (profile);
      g_assert_nonnull (error);
      g_assert_nonnull (strstr (error->message, v->refusal));
      g_assert_null (strchr (error->message, '\n'));
      g_assert_null (strstr (error->message, "secret"));
      return;
    }
  g_assert_no_error (error);
  g_assert_cmpstr (profile->url, ==, "ws://h/");
  text = dump (profile);
  g_assert_cmpstr (text, ==, v->profile);
}

/* The file's last line break is none of the payload. */
static void
test_auth_file (void)
{
  g_autofree char *path = NULL;
  g_autofree char *word = NULL;
  g_autoptr(GError) error = NULL;
  g_autoptr(SkyProfile) profile = NULL;
  int fd = g_file_open_tmp ("sky-auth-XXXXXX", &path, &error);

  g_assert_no_error (error);
  g_close (fd, NULL);
  g_file_set_contents (path, "{\"token\": \"x\"}\n", -1, &error);
  g_assert_no_error (error);
  word = g_strconcat ("@", path, NULL);
  profile = parse ((const char *const[]) { "--namespace", "/a", "--auth", word, NULL }, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (sky_profile_get_auth (profile, "/a"), ==, "{\"token\": \"x\"}");
  g_assert_null (sky_profile_get_auth (profile, "/b"));
  g_unlink (path);
}

int
main (int argc, char **argv)
{
  g_setenv ("TEST_AUTH", "{\"env\":true}", TRUE);
  g_setenv ("TEST_USER", "env:secret", TRUE);
  g_unsetenv ("TEST_UNSET");
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autofree char *path = g_strconcat ("/profile-options/", vectors[i].name, NULL);

      g_test_add_data_func (path, &vectors[i], test_words);
    }
  g_test_add_func ("/profile-options/auth-file", test_auth_file);
  return g_test_run ();
}
