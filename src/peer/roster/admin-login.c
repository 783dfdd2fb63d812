#include "peer/roster/admin-login.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define NSP         "/admin" /* as @socket.io/admin-ui calls it if it is not told otherwise */
#define ANSWER_SEC  10       /* how long the namespace may take to answer, once there is a connection */

struct _SkyAdminLogin
{
  GObject parent_instance;

  SkyClient         *client;
  SkyAdminWatch     *watch; /* nullable */
  char              *nsp, *user, *password; /* as typed last */
  SkyAdminLoginState state;
  char              *problem;  /* nullable */
  gboolean           wanted;   /* until it is refused, or a person stops it */
  gboolean           dial;     /* as soon as the client is at rest */
  gboolean           asked;    /* the namespace was asked for on this connection */
  gboolean           was_in;   /* and what was seen then is still shown */
  guint              deadline; /* source */
};

G_DEFINE_FINAL_TYPE (SkyAdminLogin, sky_admin_login, G_TYPE_OBJECT)

static void step (SkyAdminLogin *self);

static void
replace (char **text, const char *with)
{
  char *copy = g_strdup (with != NULL ? with : "");

  g_free (*text);
  *text = copy;
}

static void
set_state (SkyAdminLogin *self, SkyAdminLoginState state, const char *problem)
{
  gboolean same = self->state == state && g_strcmp0 (self->problem, problem) == 0;
  char *copy = g_strdup (problem);

  if (state == SKY_ADMIN_LOGIN_OUT || state == SKY_ADMIN_LOGIN_IN)
    g_clear_handle_id (&self->deadline, g_source_remove);
  self->was_in = state == SKY_ADMIN_LOGIN_IN || (self->was_in && state == SKY_ADMIN_LOGIN_WAITING);
  g_free (self->problem);
  self->problem = copy;
  self->state = state;
  if (!same)
    g_signal_emit_by_name (self, "changed");
}

/* Nobody listens any more. Returns: (nullable) (transfer full): who watched */
static SkyAdminWatch *
take_watch (SkyAdminLogin *self)
{
  if (self->watch != NULL)
    g_signal_handlers_disconnect_by_data (self->watch, self);
  return g_steal_pointer (&self->watch);
}

static gboolean
find_space (SkyAdminLogin *self, const char *nsp, SkySpaceInfo *out)
{
  for (guint i = 0; sky_client_get_space (self->client, i, out); i++)
    if (strcmp (out->nsp, nsp) == 0)
      return TRUE;
  return FALSE;
}

static gboolean
is_joined (const SkySpaceInfo *info)
{
  return info->state == SKY_SPACE_CONNECTED || info->state == SKY_SPACE_CONNECTING;
}

/* Whether a namespace besides @nsp needs the connection, too */
static gboolean
has_others (SkyAdminLogin *self, const char *nsp)
{
  SkySpaceInfo info;

  for (guint i = 0; sky_client_get_space (self->client, i, &info); i++)
    if (is_joined (&info) && strcmp (info.nsp, nsp) != 0)
      return TRUE;
  return FALSE;
}

static void
leave (SkyAdminLogin *self, const char *nsp)
{
  SkySpaceInfo info;

  if (find_space (self, nsp, &info) && is_joined (&info))
    sky_client_disconnect_space (self->client, nsp, NULL);
}

/* @problem: (nullable): why it is over */
static void
give_up (SkyAdminLogin *self, const char *problem)
{
  g_autofree char *why = g_strdup (problem);
  g_autoptr(SkyAdminWatch) watch = take_watch (self);

  self->wanted = self->dial = FALSE;
  set_state (self, SKY_ADMIN_LOGIN_OUT, why);
}

static gboolean
on_deadline (gpointer user_data)
{
  g_autoptr(SkyAdminLogin) self = g_object_ref (SKY_ADMIN_LOGIN (user_data));
  g_autofree char *nsp = g_strdup (sky_admin_watch_get_nsp (self->watch));
  g_autofree char *problem = g_strdup_printf (_("The server did not answer for %s within %d seconds."), nsp, ANSWER_SEC);

  self->deadline = 0;
  give_up (self, problem);
  leave (self, nsp);
  return G_SOURCE_REMOVE;
}

static void
dial (SkyAdminLogin *self)
{
  self->dial = FALSE;
  set_state (self, SKY_ADMIN_LOGIN_DIALING, NULL);
  sky_peer_start (SKY_PEER (self->client));
}

/* The client is not connected, and does not try to be. Where the namespace was refused, the watch says why. */
static void
rest (SkyAdminLogin *self)
{
  const char *problem = sky_peer_get_state (SKY_PEER (self->client)) == SKY_PEER_FAILED
                            ? sky_peer_get_problem (SKY_PEER (self->client))
                            : NULL;
  SkySpaceInfo info;

  if (self->dial)
    dial (self);
  else if (self->asked && find_space (self, sky_admin_watch_get_nsp (self->watch), &info)
           && info.state == SKY_SPACE_REFUSED)
    {
      if (sky_admin_watch_get_problem (self->watch) != NULL)
        give_up (self, sky_admin_watch_get_problem (self->watch));
    }
  else
    {
      self->asked = FALSE;
      set_state (self, SKY_ADMIN_LOGIN_OUT,
                 problem != NULL ? problem : _("The connection was closed: nothing is watched any more."));
    }
}

/* The server has answered, or not yet. @info: of the namespace */
static void
judge (SkyAdminLogin *self, const SkySpaceInfo *info)
{
  const char *problem = sky_admin_watch_get_problem (self->watch);

  if (!is_joined (info) && problem != NULL)
    give_up (self, problem);
  else if (sky_admin_watch_is_live (self->watch))
    set_state (self, SKY_ADMIN_LOGIN_IN, NULL);
  else if (info->state == SKY_SPACE_CONNECTED && problem != NULL)
    {
      g_autofree char *nsp = g_strdup (info->nsp);

      give_up (self, problem);
      leave (self, nsp);
    }
  else
    {
      if (self->deadline == 0 && sky_peer_get_state (SKY_PEER (self->client)) == SKY_PEER_OPEN)
        self->deadline = g_timeout_add_seconds (ANSWER_SEC, on_deadline, self);
      set_state (self, self->was_in ? SKY_ADMIN_LOGIN_WAITING : SKY_ADMIN_LOGIN_ASKING, NULL);
    }
}

/* There is a connection, or there will be one: the namespace is asked for as early as can be. */
static void
ask (SkyAdminLogin *self)
{
  SkySpaceInfo info;
  gboolean open = sky_peer_get_state (SKY_PEER (self->client)) == SKY_PEER_OPEN;
  gboolean known = find_space (self, sky_admin_watch_get_nsp (self->watch), &info);
  g_autoptr(GError) error = NULL;

  self->dial = FALSE;
  if (known && (is_joined (&info) || self->asked))
    {
      self->asked = TRUE;
      if (sky_client_get_sid (self->client) != NULL)
        judge (self, &info);
      return;
    }
  self->asked = sky_client_connect_space (self->client, sky_admin_watch_get_nsp (self->watch), NULL, &error);
  if (!self->asked && open)
    give_up (self, error->message);
}

/* Something is another at the client, or at the namespace. */
static void
step (SkyAdminLogin *self)
{
  g_autoptr(SkyAdminLogin) alive = g_object_ref (self);

  if (!self->wanted)
    return;
  switch (sky_peer_get_state (SKY_PEER (self->client)))
    {
    case SKY_PEER_IDLE:
    case SKY_PEER_CLOSED:
    case SKY_PEER_FAILED:
      rest (self);
      break;
    case SKY_PEER_CLOSING:
      break;
    case SKY_PEER_WAITING:
      g_clear_handle_id (&self->deadline, g_source_remove);
      if (self->dial)
        dial (self);
      else
        set_state (self, self->was_in ? SKY_ADMIN_LOGIN_WAITING : SKY_ADMIN_LOGIN_DIALING,
                   sky_peer_get_problem (SKY_PEER (self->client)));
      break;
    case SKY_PEER_WORKING:
    case SKY_PEER_OPEN:
      ask (self);
      break;
    }
}

static void
sky_admin_login_dispose (GObject *object)
{
  SkyAdminLogin *self = SKY_ADMIN_LOGIN (object);
  g_autoptr(SkyAdminWatch) watch = take_watch (self);

  g_clear_handle_id (&self->deadline, g_source_remove);
  if (self->client != NULL)
    g_signal_handlers_disconnect_by_data (self->client, self);
  g_clear_object (&self->client);
  G_OBJECT_CLASS (sky_admin_login_parent_class)->dispose (object);
}

static void
sky_admin_login_finalize (GObject *object)
{
  SkyAdminLogin *self = SKY_ADMIN_LOGIN (object);

  g_free (self->nsp);
  g_free (self->user);
  g_free (self->password);
  g_free (self->problem);
  G_OBJECT_CLASS (sky_admin_login_parent_class)->finalize (object);
}

static void
sky_admin_login_class_init (SkyAdminLoginClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = sky_admin_login_dispose;
  G_OBJECT_CLASS (klass)->finalize = sky_admin_login_finalize;
  g_signal_new ("changed", SKY_TYPE_ADMIN_LOGIN, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
sky_admin_login_init (SkyAdminLogin *self)
{
}

/**
 * sky_admin_login_new:
 * @client: whose server may be watched
 *
 * Returns: (transfer full): nobody is asked yet; what is typed is what the client's profile remembers
 */
SkyAdminLogin *
sky_admin_login_new (SkyClient *client)
{
  SkyAdminLogin *self = g_object_new (SKY_TYPE_ADMIN_LOGIN, NULL);
  const SkyProfile *profile = sky_client_get_profile (client);

  self->client = g_object_ref (client);
  sky_admin_login_type (self, profile->admin_nsp != NULL ? profile->admin_nsp : NSP, profile->admin_user,
                        profile->admin_password);
  g_signal_connect_swapped (client, "notify::state", G_CALLBACK (step), self);
  return self;
}

/* Returns: (transfer none) */
SkyClient *
sky_admin_login_get_client (SkyAdminLogin *self)
{
  return self->client;
}

/**
 * sky_admin_login_type:
 * @nsp: of the admin namespace; "/admin" if it is empty when it is needed
 * @user: (nullable): "" where the server asks for none
 * @password: (nullable): likewise
 *
 * What sky_admin_login_begin() will take. Where the server is watched already nothing changes by it.
 */
void
sky_admin_login_type (SkyAdminLogin *self, const char *nsp, const char *user, const char *password)
{
  g_return_if_fail (SKY_IS_ADMIN_LOGIN (self));

  replace (&self->nsp, nsp);
  replace (&self->user, user);
  replace (&self->password, password);
}

/* Returns: (transfer none): as typed */
const char *
sky_admin_login_get_nsp (SkyAdminLogin *self)
{
  return self->nsp;
}

/* Returns: (transfer none): as typed */
const char *
sky_admin_login_get_user (SkyAdminLogin *self)
{
  return self->user;
}

/* Returns: (transfer none): as typed */
const char *
sky_admin_login_get_password (SkyAdminLogin *self)
{
  return self->password;
}

/* The profile remembers it as it does all the rest. */
static void
remember (SkyAdminLogin *self)
{
  g_autoptr(SkyProfile) profile = sky_profile_copy (sky_client_get_profile (self->client));
  g_autofree char *title = g_strdup (sky_peer_get_title (SKY_PEER (self->client)));

  replace (&profile->admin_nsp, self->nsp);
  replace (&profile->admin_user, self->user);
  replace (&profile->admin_password, self->password);
  sky_client_set_profile (self->client, profile);
  sky_peer_set_title (SKY_PEER (self->client), title);
}

/*
 * What an admin namespace says first it says once: who is in it already has to come in again. With the last namespace
 * the connection goes, and is dialled again.
 */
static void
come_in_anew (SkyAdminLogin *self, const char *nsp)
{
  SkySpaceInfo info;

  self->asked = FALSE;
  if (!find_space (self, nsp, &info) || !is_joined (&info))
    return;
  if (has_others (self, nsp))
    leave (self, nsp);
  else
    {
      self->dial = TRUE;
      sky_peer_stop (SKY_PEER (self->client));
    }
}

/**
 * sky_admin_login_begin:
 *
 * Watches the server, with what was typed. If the client is not connected it is dialled. What was watched before is
 * forgotten.
 */
void
sky_admin_login_begin (SkyAdminLogin *self)
{
  g_autofree char *typed = g_strstrip (g_strdup (self->nsp));
  g_autofree char *nsp = *typed == '\0' ? g_strdup (NSP) : g_strconcat (*typed == '/' ? "" : "/", typed, NULL);
  g_autoptr(SkyAdminWatch) before = NULL;

  g_return_if_fail (SKY_IS_ADMIN_LOGIN (self));

  before = take_watch (self);
  g_clear_handle_id (&self->deadline, g_source_remove);
  self->wanted = FALSE; /* while what was is taken down */
  replace (&self->nsp, nsp);
  remember (self);
  come_in_anew (self, nsp);
  g_clear_object (&before);
  self->watch = sky_admin_watch_new (self->client, nsp);
  sky_admin_watch_set_login (self->watch, self->user, self->password);
  g_signal_connect_swapped (self->watch, "changed", G_CALLBACK (step), self);
  self->wanted = self->dial = TRUE;
  self->was_in = FALSE;
  self->state = SKY_ADMIN_LOGIN_DIALING;
  g_clear_pointer (&self->problem, g_free);
  g_signal_emit_by_name (self, "changed");
  step (self);
}

/**
 * sky_admin_login_end:
 *
 * Watches no more, and leaves the admin namespace; if it is the only one, the connection is closed.
 */
void
sky_admin_login_end (SkyAdminLogin *self)
{
  g_autofree char *nsp = NULL;

  g_return_if_fail (SKY_IS_ADMIN_LOGIN (self));

  nsp = self->watch != NULL ? g_strdup (sky_admin_watch_get_nsp (self->watch)) : NULL;
  give_up (self, NULL);
  if (nsp != NULL)
    leave (self, nsp);
}

/**
 * sky_admin_login_forget:
 *
 * The client is to dial another server, whose business the password is not.
 */
void
sky_admin_login_forget (SkyAdminLogin *self)
{
  sky_admin_login_end (self);
  replace (&self->password, NULL);
}

SkyAdminLoginState
sky_admin_login_get_state (SkyAdminLogin *self)
{
  return self->state;
}

/* Returns: (nullable) (transfer none): why the server is not watched, in a sentence; %NULL if nobody wanted to */
const char *
sky_admin_login_get_problem (SkyAdminLogin *self)
{
  return self->problem;
}

/* Returns: (nullable) (transfer none): who watches, from when that was wanted until it is given up */
SkyAdminWatch *
sky_admin_login_get_watch (SkyAdminLogin *self)
{
  return self->watch;
}
