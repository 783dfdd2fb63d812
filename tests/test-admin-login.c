#include "client-rig.h"

#include "peer/roster/admin-login.h"

/* How a client comes to watch its server: FEATURES §4.4, with a server of hand-written bytes. */

#define CONFIG   "42/admin,[\"config\",{\"supportedFeatures\":[\"EMIT\",\"AGGREGATED_EVENTS\",\"ALL_EVENTS\"]}]"
#define CONNECT  "40/admin,{\"username\":\"ann\",\"password\":\"pw\"}"
#define ANONYMOUS "40/admin,{\"username\":\"\",\"password\":\"\"}"

typedef struct
{
  Rig            rig;
  SkyAdminLogin *login;
} Desk;

static void
set_up (Desk *self, gconstpointer nsp)
{
  rig_set_up_ws (&self->rig, GINT_TO_POINTER (SKY_PROTOCOL_SOCKET_IO));
  if (nsp != NULL)
    self->rig.profile->namespaces = g_strsplit (nsp, " ", -1);
  rig_reconnect (&self->rig, -1, 20);
  self->rig.ws_first = RIG_OPEN_4;
  self->login = sky_admin_login_new (self->rig.client);
}

static void
tear_down (Desk *self, gconstpointer data)
{
  g_clear_object (&self->login);
  rig_tear_down (&self->rig, NULL);
}

static void
expect (Desk *self, SkyAdminLoginState state, const char *problem)
{
  WAIT (sky_admin_login_get_state (self->login) == state);
  if (problem == NULL)
    g_assert_null (sky_admin_login_get_problem (self->login));
  else
    g_assert_nonnull (strstr (sky_admin_login_get_problem (self->login), problem));
}

static void
let_in (Desk *self, const char *sid)
{
  g_autofree char *connected = g_strdup_printf ("40/admin,{\"sid\":\"%s\"}", sid);

  rig_say (&self->rig, connected);
  rig_say (&self->rig, CONFIG);
  expect (self, SKY_ADMIN_LOGIN_IN, NULL);
}

/* What was typed is dialled with, and remembered; the name of the namespace may lack its slash. */
static void
test_dials (Desk *self, gconstpointer data)
{
  const SkyProfile *profile;

  g_assert_cmpstr (sky_admin_login_get_nsp (self->login), ==, "/admin");
  sky_admin_login_type (self->login, " admin", "ann", "pw");
  sky_admin_login_begin (self->login);
  expect (self, SKY_ADMIN_LOGIN_DIALING, NULL);
  rig_expect (&self->rig, "40");
  rig_expect (&self->rig, CONNECT);
  rig_say (&self->rig, "40{\"sid\":\"s\"}");
  expect (self, SKY_ADMIN_LOGIN_ASKING, NULL);
  let_in (self, "a");
  profile = sky_client_get_profile (self->rig.client);
  g_assert_cmpstr (profile->admin_nsp, ==, "/admin");
  g_assert_cmpstr (profile->admin_user, ==, "ann");
  g_assert_cmpstr (profile->admin_password, ==, "pw");
  sky_admin_login_end (self->login);
  expect (self, SKY_ADMIN_LOGIN_OUT, NULL);
  rig_expect (&self->rig, "41/admin,");
  g_assert_null (sky_admin_login_get_watch (self->login));
  g_assert_cmpint (rig_state (&self->rig), ==, SKY_PEER_OPEN);
}

/* Each way not to be let in is a sentence, and the connection stays for who tries again. */
static void
test_refusals (Desk *self, gconstpointer data)
{
  static const struct
  {
    const char *answer, *problem;
  } rows[] = {
    { "44/admin,{\"message\":\"invalid credentials\"}", "refused the user name or the password." },
    { "44/admin,{\"message\":\"Invalid namespace\"}", "no namespace /admin" },
    { "44/admin,{\"message\":\"not today\"}", "/admin: “not today”." },
    { "41/admin,", "not watched any more" },
  };

  rig_open (&self->rig);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      sky_admin_login_type (self->login, "/admin", "ann", "pw");
      sky_admin_login_begin (self->login);
      rig_expect (&self->rig, CONNECT);
      expect (self, SKY_ADMIN_LOGIN_ASKING, NULL);
      if (g_str_has_prefix (rows[i].answer, "41"))
        let_in (self, "a");
      rig_say (&self->rig, rows[i].answer);
      expect (self, SKY_ADMIN_LOGIN_OUT, rows[i].problem);
      g_assert_cmpstr (sky_admin_login_get_password (self->login), ==, "pw");
      g_assert_cmpint (rig_state (&self->rig), ==, SKY_PEER_OPEN);
      g_ptr_array_set_size (self->rig.heard, 0);
    }
}

static void
test_goes_on (Desk *self, gconstpointer data)
{
  rig_open (&self->rig);
  sky_admin_login_begin (self->login);
  rig_expect (&self->rig, ANONYMOUS);
  let_in (self, "a");
  rig_hang_up (&self->rig);
  WAIT (sky_admin_login_get_state (self->login) == SKY_ADMIN_LOGIN_WAITING);
  rig_expect (&self->rig, "40");
  rig_expect (&self->rig, ANONYMOUS);
  g_assert_cmpint (sky_admin_login_get_state (self->login), ==, SKY_ADMIN_LOGIN_WAITING); /* until it is let in */
  rig_say (&self->rig, "40{\"sid\":\"t\"}");
  let_in (self, "b");
}

/* A person closes, and connects again: it is watched again. Another server has nothing to do with that. */
static void
test_closed (Desk *self, gconstpointer data)
{
  rig_open (&self->rig);
  sky_admin_login_type (self->login, "", "ann", "pw");
  sky_admin_login_begin (self->login);
  rig_expect (&self->rig, CONNECT);
  let_in (self, "a");
  sky_peer_stop (SKY_PEER (self->rig.client));
  expect (self, SKY_ADMIN_LOGIN_OUT, "The connection was closed");
  g_ptr_array_set_size (self->rig.heard, 0);
  WAIT (rig_state (&self->rig) == SKY_PEER_CLOSED);
  rig_start (&self->rig);
  rig_expect (&self->rig, "40");
  rig_expect (&self->rig, CONNECT);
  let_in (self, "b");
  sky_admin_login_forget (self->login);
  expect (self, SKY_ADMIN_LOGIN_OUT, NULL);
  g_assert_cmpstr (sky_admin_login_get_password (self->login), ==, "");
  g_assert_cmpstr (sky_admin_login_get_user (self->login), ==, "ann");
}

/* What is known of one server goes along to its other pages, the password to no other server; a new one is taken. */
static void
test_elsewhere (void)
{
  static const struct
  {
    const char *url, *password, *expected;
  } moves[] = {
    { "http://one.test/chat?a=1", "pw", "pw" },
    { "ws://ONE.test:80", "pw", "pw" },
    { "http://one.test", "other", "other" },
    { "http://one.test:81", "pw", NULL },
    { "https://one.test", "pw", NULL },
    { "http://two.test", "pw", NULL },
    { "http://two.test", "other", "other" },
    { "no address", "pw", NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (moves); i++)
    {
      g_autoptr(SkyProfile) before = sky_profile_new ("http://one.test"), after = sky_profile_new (moves[i].url);
      g_autoptr(SkyClient) client = NULL;

      before->admin_user = g_strdup ("ann");
      before->admin_password = g_strdup ("pw");
      after->admin_user = g_strdup ("ann");
      after->admin_password = g_strdup (moves[i].password);
      client = sky_client_new (before, NULL);
      sky_client_set_profile (client, after);
      g_assert_cmpstr (sky_client_get_profile (client)->admin_password, ==, moves[i].expected);
      g_assert_cmpstr (sky_client_get_profile (client)->admin_user, ==, "ann");
    }
}

/* The admin namespace is all that the client is in: what it says first was said, so it has to come in anew. */
static void
test_alone (Desk *self, gconstpointer data)
{
  rig_start (&self->rig);
  rig_expect (&self->rig, "40/admin,");
  rig_say (&self->rig, "40/admin,{\"sid\":\"a\"}");
  WAIT (rig_state (&self->rig) == SKY_PEER_OPEN);
  g_ptr_array_set_size (self->rig.heard, 0);
  sky_admin_login_begin (self->login);
  rig_expect (&self->rig, "41/admin,");
  rig_expect (&self->rig, "close:1000");
  rig_expect (&self->rig, ANONYMOUS);
  let_in (self, "b");
  g_assert_cmpint (rig_state (&self->rig), ==, SKY_PEER_OPEN);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/admin-login/dials", Desk, NULL, set_up, test_dials, tear_down);
  g_test_add ("/admin-login/refusals", Desk, NULL, set_up, test_refusals, tear_down);
  g_test_add ("/admin-login/goes-on", Desk, NULL, set_up, test_goes_on, tear_down);
  g_test_add ("/admin-login/closed", Desk, NULL, set_up, test_closed, tear_down);
  g_test_add ("/admin-login/alone", Desk, "/admin", set_up, test_alone, tear_down);
  g_test_add_func ("/admin-login/elsewhere", test_elsewhere);
  return g_test_run ();
}
