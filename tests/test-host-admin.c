#include "host-rig.h"

#include "peer/host/host-admin.h"

#define ENGINE_WS "/socket.io/?EIO=4&transport=websocket"
#define N_CROWD   300 /* receivers of one event, and of more octets in all than may wait for an admin */

/* FEATURES §4.4: what the real clients in tests/peers cannot see: bounds, and who does not read. */

static const SkyHostOptions basic = { .admin = TRUE, .admin_username = "admin", .admin_password = "changeit" };
static const SkyHostOptions open_to_all = { .admin = TRUE };
static const SkyHostOptions watch_only = { .admin = TRUE, .admin_read_only = TRUE };
static const SkyHostOptions strict = { .admin = TRUE, .check_origin = TRUE };
static const SkyHostOptions with_cors = { .admin = TRUE, .cors = (const char *const[]) { "*", NULL } };

static Line *
enter (Rig *rig)
{
  Line *line = line_new_websocket (rig, ENGINE_WS);
  g_autofree char *open = line_hear_frame (line);

  g_assert_true (g_str_has_prefix (open, "1:0{\"sid\":\""));
  return line;
}

static void
expect_begin (Line *line, const char *begin)
{
  g_autofree char *frame = line_hear_frame (line);

  if (!g_str_has_prefix (frame, begin))
    g_error ("%s instead of %s", frame, begin);
}

/* Skips all frames that do not begin so. Returns: (transfer full): the one that does */
static char *
find (Line *line, const char *begin)
{
  for (;;)
    {
      g_autofree char *frame = line_hear_frame (line);

      g_assert_nonnull (frame);
      if (g_str_has_prefix (frame, begin))
        return g_steal_pointer (&frame);
    }
}

static void
skip_to (Line *line, const char *begin)
{
  g_free (find (line, begin));
}

/* Returns: an admin that has been told all that admins are told first */
static Line *
watch (Rig *rig)
{
  Line *line = enter (rig);

  line_text (line, "40/admin,");
  expect_begin (line, "1:42/admin,[\"room_joined\",\"/admin\",");
  expect_begin (line, "1:40/admin,{\"sid\":\"");
  expect_begin (line, "1:42/admin,[\"socket_connected\",{\"id\":");
  expect_begin (line, "1:42/admin,[\"config\",{\"supportedFeatures\":[");
  expect_begin (line, "1:42/admin,[\"all_sockets\",[{\"id\":");
  return line;
}

static Line *
join (Rig *rig)
{
  Line *line = enter (rig);

  line_text (line, "40");
  expect_begin (line, "1:40{\"sid\":\"");
  return line;
}

/* What cannot be a login is none; the names of members may not lie elsewhere. */
static void
test_login (Rig *rig, gconstpointer options)
{
  static const char *const wrong[]
      = { "", "{}", "{\"username\":\"admin\"}", "{\"username\":\"admin\",\"password\":null}",
          "{\"username\":\"admin\",\"password\":\"changeit\\u0000\"}", "{\"auth\":{\"username\":\"admin\",\"password\":\"changeit\"}}",
          "{\"username\":\"admin\",\"password\":\"changei\"}", "{\"sessionId\":\"\"}", "{\"sessionId\":null}" };
  g_autoptr(Line) line = enter (rig);

  for (gsize i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      g_autofree char *packet = g_strconcat ("40/admin,", wrong[i], NULL);

      line_text (line, packet);
      line_expect (line, "1:44/admin,{\"message\":\"invalid credentials\"}");
    }
  line_text (line, "40/admin,{\"username\":\"admin\",\"password\":\"changeit\"}");
  expect_begin (line, "1:42/admin,[\"session\",\"");
}

/* With the session that it is told somebody comes in again; with one that was made up nobody does. */
static void
test_session (Rig *rig, gconstpointer options)
{
  g_autoptr(Line) first = enter (rig), second = enter (rig);
  g_autofree char *told = NULL, *packet = NULL;

  line_text (first, "40/admin,{\"username\":\"admin\",\"password\":\"changeit\"}");
  told = line_hear_frame (first);
  g_assert_cmpuint (strlen (told), ==, strlen ("1:42/admin,[\"session\",\"0123456789abcdef\"]"));
  packet = g_strdup_printf ("40/admin,{\"sessionId\":\"%.16s\"}", told + strlen ("1:42/admin,[\"session\",\""));
  line_text (second, "40/admin,{\"sessionId\":\"0123456789abcdef\"}");
  line_expect (second, "1:44/admin,{\"message\":\"invalid credentials\"}");
  line_text (second, packet);
  expect_begin (second, "1:42/admin,[\"room_joined\"");
  expect_begin (second, "1:40/admin,{\"sid\":\"");
}

/*
 * After ten wrong passwords the right one is not taken either, with a session that was made up or without; who has one
 * comes in all the same.
 */
static void
test_many_tries (Rig *rig, gconstpointer options)
{
  g_autoptr(Line) first = enter (rig), line = enter (rig), second = enter (rig);
  g_autofree char *told = NULL, *packet = NULL;

  line_text (first, "40/admin,{\"username\":\"admin\",\"password\":\"changeit\"}");
  told = line_hear_frame (first);
  packet = g_strdup_printf ("40/admin,{\"sessionId\":\"%.16s\"}", told + strlen ("1:42/admin,[\"session\",\""));
  for (guint i = 0; i < 10; i++)
    {
      line_text (line, i % 2 == 0 ? "40/admin,{\"username\":\"admin\",\"password\":\"x\"}"
                                  : "40/admin,{\"sessionId\":\"0\",\"username\":\"admin\",\"password\":\"x\"}");
      line_expect (line, "1:44/admin,{\"message\":\"invalid credentials\"}");
    }
  line_text (line, "40/admin,{\"username\":\"admin\",\"password\":\"changeit\"}");
  expect_begin (line, "1:44/admin,{\"message\":\"too many wrong passwords");
  line_text (second, packet);
  expect_begin (second, "1:42/admin,[\"room_joined\"");
}

/* What is no order does nothing, and says so if it is asked. */
static void
test_orders (Rig *rig, gconstpointer options)
{
  static const char *const orders[][2] = {
    { "420[\"emit\"]", "430[{\"message\":" },
    { "421[\"emit\",\"/\",null,\"connect\"]", "431[{\"message\":" },
    { "422[\"emit\",\"/nowhere\",null,\"x\"]", "432[{\"message\":" },
    { "423[\"emit\",\"/\",{},\"x\"]", "433[null,[]]" },
    { "424[\"join\",\"/\",{}]", "434[{\"message\":" },
    { "425[\"join\",\"/\",\"\"]", "435[{\"message\":" },
    { "426[\"leave\",\"/\",\"r\",true]", "436[null,0]" },
    { "427[\"_disconnect\",\"/\",false,\"nobody\"]", "437[null,0]" },
    { "428[\"join\",\"/\",[\"a\",\"b\"],[\"nobody\"]]", "438[null,0]" },
  };
  g_autoptr(Line) admin = watch (rig), client = join (rig);

  skip_to (admin, "1:42/admin,[\"socket_connected\"");
  for (gsize i = 0; i < G_N_ELEMENTS (orders); i++)
    {
      g_autofree char *packet = g_strdup_printf ("42/admin,%s", orders[i][0] + 2);
      g_autofree char *answer = g_strdup_printf ("1:43/admin,%s", orders[i][1] + 2);

      line_text (admin, packet);
      expect_begin (admin, answer);
    }
  line_text (client, "420[\"sync\"]");
  line_expect (client, "1:430[]");
}

/* Who may only look is not even refused: FEATURES §4.4. */
static void
test_read_only (Rig *rig, gconstpointer options)
{
  g_autoptr(Line) admin = watch (rig), client = join (rig);

  skip_to (admin, "1:42/admin,[\"socket_connected\"");
  line_text (admin, "42/admin,7[\"_disconnect\",\"/\",true]");
  line_text (admin, "42/admin,8[\"emit\",\"/\",null,\"x\"]");
  line_text (client, "420[\"sync\"]");
  line_expect (client, "1:430[]");
  expect_begin (admin, "1:42/admin,[\"event_received\",\"/\",");
}

/* An admin that waits for answers has them, or an error once somebody cannot answer any more. */
static void
test_answers (Rig *rig, gconstpointer options)
{
  g_autoptr(Line) admin = watch (rig), ann = join (rig), bob = join (rig);

  line_text (admin, "42/admin,1[\"emit\",\"/\",null,\"ask\",{\"a\":1}]");
  line_expect (ann, "1:420[\"ask\",{\"a\":1}]");
  line_expect (bob, "1:420[\"ask\",{\"a\":1}]");
  line_text (ann, "430[1.50,2]");
  line_text (bob, "430[]");
  skip_to (admin, "1:43/admin,1[null,[");
  line_text (admin, "42/admin,2[\"emit\",\"/\",null,\"ask\"]");
  line_expect (ann, "1:421[\"ask\"]");
  line_text (ann, "431[true]");
  line_expect (bob, "1:421[\"ask\"]");
  line_text (bob, "41");
  skip_to (admin, "1:43/admin,2[{\"message\":\"operation has timed out\"},[true]]");
}

/* An admin may send itself away; what it asked is not answered then. */
static void
test_itself (Rig *rig, gconstpointer options)
{
  g_autoptr(Line) admin = watch (rig), other = watch (rig), client = join (rig);

  line_text (admin, "42/admin,1[\"emit\",\"/\",null,\"ask\"]");
  line_expect (client, "1:420[\"ask\"]");
  line_text (admin, "42/admin,[\"_disconnect\",\"/admin\",false]");
  skip_to (admin, "1:41/admin,");
  skip_to (other, "1:41/admin,");
  line_text (client, "430[]");
  line_text (client, "421[\"sync\"]");
  line_expect (client, "1:431[]");
  line_text (admin, "40/admin,");
  skip_to (admin, "1:40/admin,");
}

/* Each receiver of a large event would have it once more: who is behind misses some, and stays. */
static void
test_behind (Rig *rig, gconstpointer options)
{
  g_autoptr(Line) admin = watch (rig);
  g_autoptr(GPtrArray) crowd = g_ptr_array_new_with_free_func ((GDestroyNotify) line_free);
  g_autofree char *large = g_strnfill (100000, 'x'), *args = g_strconcat ("\"", large, "\"", NULL);
  guint n_sent = 0;

  for (guint i = 0; i < N_CROWD; i++)
    {
      g_ptr_array_add (crowd, join (rig));
      skip_to (admin, "1:42/admin,[\"socket_connected\"");
    }
  g_assert_true (sky_host_emit (rig->host, "/", NULL, NULL, "large", args, NULL));
  g_assert_true (sky_host_join (rig->host, "nobody", "r", NULL) == FALSE);
  line_text (g_ptr_array_index (crowd, 0), "42[\"join\",\"after\"]");
  for (;;)
    {
      g_autofree char *frame = line_hear_frame (admin);

      g_assert_nonnull (frame);
      n_sent += g_str_has_prefix (frame, "1:42/admin,[\"event_sent\"");
      if (g_str_has_prefix (frame, "1:42/admin,[\"room_joined\",\"/\",\"after\""))
        break;
    }
  g_assert_cmpuint (n_sent, >, 10);
  g_assert_cmpuint (n_sent, <, N_CROWD);
  g_assert_cmpuint (count_notes (rig, SKY_KIND_ERROR, "does not keep up"), ==, 1);
}

/* One that does not read at all misses events, and after 16 MiB of what cannot be left out it is dropped. */
static void
test_deaf (Rig *rig, gconstpointer options)
{
  g_autoptr(Line) admin = watch (rig), client = join (rig);
  g_autofree char *name = g_strnfill (1000, 'r'), *room = NULL;
  guint n = sky_host_get_n_clients (rig->host);

  g_cancellable_cancel (admin->cancellable);
  for (guint i = 0; i < 40000 && sky_host_get_n_clients (rig->host) == n; i++)
    {
      g_free (room);
      room = g_strdup_printf ("42[\"%s\",\"%s\"]", i % 2 == 0 ? "join" : "leave", name);
      line_text (client, room);
      if (i % 16 == 0)
        while (g_main_context_iteration (NULL, FALSE))
          ;
    }
  WAIT (sky_host_get_n_clients (rig->host) == n - 1);
  g_assert_cmpuint (count_notes (rig, SKY_KIND_ERROR, "does not read"), ==, 1);
}

#define RULES(admin) "{\"server\":{" admin "},\"namespaces\":{\"/\":{},\"/admin\":{\"onConnect\":[{\"emit\":[\"plain\"]}]}}}"

/* Rules have no say in the namespace while it is the Admin UI's, and all of it otherwise. */
static void
test_rules (Rig *rig, gconstpointer options)
{
  static const char plain[] = RULES (""), with[] = RULES ("\"admin\":{}"), secret[]
      = RULES ("\"admin\":{\"username\":\"a\",\"password\":\"b\"}");
  g_autoptr(Line) line = enter (rig), other = enter (rig);

  g_assert_true (sky_host_set_rules (rig->host, plain, NULL));
  line_text (line, "40/admin,");
  expect_begin (line, "1:40/admin,{\"sid\":\"");
  line_expect (line, "1:42/admin,[\"plain\"]");
  g_assert_true (sky_host_set_rules (rig->host, with, NULL));
  line_expect (line, "1:41/admin,");
  line_text (line, "40/admin,");
  skip_to (line, "1:42/admin,[\"all_sockets\"");
  g_assert_true (sky_host_set_rules (rig->host, with, NULL)); /* the same again: nobody goes */
  line_text (line, "42/admin,7[\"leave\",\"/\",\"x\"]");
  skip_to (line, "1:43/admin,7[null,0]");
  g_assert_true (sky_host_set_rules (rig->host, secret, NULL));
  skip_to (line, "1:41/admin,");
  line_text (line, "40/admin,");
  line_expect (line, "1:44/admin,{\"message\":\"invalid credentials\"}");
  line_text (other, "40/admin,{\"username\":\"a\",\"password\":\"b\"}");
  expect_begin (other, "1:42/admin,[\"session\"");
  g_assert_true (sky_host_set_rules (rig->host, plain, NULL));
  skip_to (other, "1:41/admin,");
}

/* Cookies and the like are not for whoever looks. */
static void
test_secrets (Rig *rig, gconstpointer options)
{
  g_autoptr(Line) admin = watch (rig), line = line_new (rig);
  g_autoptr(Answer) answer
      = line_ask (line, "GET", ENGINE_WS "&token=s3cret&x=1", UPGRADE "Cookie: a=s3cret\r\nAuthorization: s3cret\r\nX-Forwarded-For: 10.1.2.3\r\n", NULL);
  g_autofree char *open = NULL, *told = NULL;

  g_assert_cmpuint (answer->status, ==, 101);
  open = line_hear_frame (line);
  line_text (line, "40{\"token\":\"s3cret\"}");
  told = find (admin, "1:42/admin,[\"socket_connected\"");
  g_assert_null (strstr (told, "s3cret"));
  g_assert_nonnull (strstr (told, "\"cookie\":\"…\""));
  g_assert_nonnull (strstr (told, "\"address\":\"10.1.2.3\""));
  g_assert_nonnull (strstr (told, "\"x\":\"1\""));
  g_assert_null (strstr (told, "\"auth\""));
}

static void
expect_cors (Rig *rig, const char *method, const char *origin, guint status, const char *allowed, gboolean credentials)
{
  g_autoptr(Line) line = line_new (rig);
  g_autofree char *header = g_strdup_printf ("Origin: %s\r\n", origin);
  g_autofree char *expected = g_strdup_printf ("\r\nAccess-Control-Allow-Origin: %s\r\n", allowed);
  g_autoptr(Answer) answer = line_ask (line, method, ENGINE, header, NULL);

  g_assert_cmpuint (answer->status, ==, status);
  g_assert_cmpint (strstr (answer->head, expected) != NULL, ==, allowed != NULL);
  g_assert_cmpint (strstr (answer->head, "Access-Control-Allow-Credentials: true") != NULL, ==, credentials);
}

/* The page of the hosted Admin UI is let in, and no other. */
static void
test_origin (Rig *rig, gconstpointer options)
{
  expect_cors (rig, "GET", SKY_HOST_ADMIN_ORIGIN, 200, SKY_HOST_ADMIN_ORIGIN, TRUE);
  expect_cors (rig, "GET", SKY_HOST_ADMIN_ORIGIN ".evil", options == &strict ? 403 : 200,
               options == &with_cors ? "*" : NULL, FALSE);
  expect_cors (rig, "GET", "http://admin.socket.io", options == &strict ? 403 : 200, options == &with_cors ? "*" : NULL, FALSE);
  expect_cors (rig, "OPTIONS", SKY_HOST_ADMIN_ORIGIN, 204, SKY_HOST_ADMIN_ORIGIN, TRUE);
}

static void
test_origin_without (Rig *rig, gconstpointer options)
{
  expect_cors (rig, "GET", SKY_HOST_ADMIN_ORIGIN, 200, NULL, FALSE);
}

int
main (int argc, char **argv)
{
  static const struct
  {
    const char *name;
    gconstpointer options;
    void (*run) (Rig *rig, gconstpointer options);
  } tests[] = {
    { "/host-admin/login", &basic, test_login },
    { "/host-admin/session", &basic, test_session },
    { "/host-admin/many-tries", &basic, test_many_tries },
    { "/host-admin/orders", &open_to_all, test_orders },
    { "/host-admin/read-only", &watch_only, test_read_only },
    { "/host-admin/answers", &open_to_all, test_answers },
    { "/host-admin/itself", &open_to_all, test_itself },
    { "/host-admin/behind", &open_to_all, test_behind },
    { "/host-admin/deaf", &open_to_all, test_deaf },
    { "/host-admin/rules", NULL, test_rules },
    { "/host-admin/secrets", &open_to_all, test_secrets },
    { "/host-admin/origin", &open_to_all, test_origin },
    { "/host-admin/origin-strict", &strict, test_origin },
    { "/host-admin/origin-cors", &with_cors, test_origin },
    { "/host-admin/origin-without", NULL, test_origin_without },
  };

  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].name, Rig, tests[i].options, rig_set_up, tests[i].run, rig_tear_down);
  return g_test_run ();
}
