#include "peer/roster/admin-watch-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/clock.h"

#define SLICE_USEC   (4 * 1000)           /* at a time, so that a frame can be drawn in between */
#define MAX_HEARD    100000               /* events, and */
#define MAX_LEN      (64 * 1024 * 1024)   /* … bytes that may wait: beyond that they are not left for later */
#define MAX_SESSION  256                  /* bytes */
#define CONFIG_MSEC  5000                 /* how long an admin namespace may take to say what it can do */

/* FEATURES §4.4: the events of an admin namespace, in turn and in slices; and the login. */

G_DEFINE_FINAL_TYPE (SkyAdminWatch, sky_admin_watch, G_TYPE_OBJECT)

static void
heard_free (gpointer data)
{
  SkyAdminHeard *heard = data;

  g_free (heard->event);
  g_free (heard->args);
  g_free (heard);
}

static void
drop_heard (SkyAdminWatch *self)
{
  sky_admin_watch_drop_snapshot (self);
  g_queue_clear_full (&self->heard, heard_free);
  self->heard_len = 0;
  g_clear_handle_id (&self->idle, g_source_remove);
}

static void
sky_admin_watch_dispose (GObject *object)
{
  SkyAdminWatch *self = SKY_ADMIN_WATCH (object);

  drop_heard (self);
  g_clear_handle_id (&self->deadline, g_source_remove);
  if (self->client != NULL)
    g_signal_handlers_disconnect_by_data (self->client, self);
  if (self->roster != NULL)
    sky_roster_set_hands (self->roster, NULL, NULL);
  g_clear_object (&self->roster);
  g_clear_object (&self->client);
  G_OBJECT_CLASS (sky_admin_watch_parent_class)->dispose (object);
}

static void
sky_admin_watch_finalize (GObject *object)
{
  SkyAdminWatch *self = SKY_ADMIN_WATCH (object);

  g_ptr_array_unref (self->in_order);
  g_hash_table_unref (self->servers);
  g_hash_table_unref (self->told);
  g_free (self->nsp);
  g_free (self->session);
  g_free (self->user);
  g_free (self->password);
  g_free (self->problem);
  G_OBJECT_CLASS (sky_admin_watch_parent_class)->finalize (object);
}

static void
sky_admin_watch_class_init (SkyAdminWatchClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = sky_admin_watch_dispose;
  G_OBJECT_CLASS (klass)->finalize = sky_admin_watch_finalize;
  g_signal_new ("changed", SKY_TYPE_ADMIN_WATCH, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
sky_admin_watch_init (SkyAdminWatch *self)
{
  self->roster = sky_roster_new ();
  self->servers = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, sky_admin_server_free);
  self->in_order = g_ptr_array_new ();
  self->told = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_queue_init (&self->heard);
}

void
sky_admin_watch_tell (SkyAdminWatch *self)
{
  g_signal_emit_by_name (self, "changed");
}

static void
set_problem (SkyAdminWatch *self, const char *problem)
{
  g_free (self->problem);
  self->problem = g_strdup (problem);
}

/* Returns: whether it is done with the queue's head */
static gboolean
take_turn (SkyAdminWatch *self, const SkyAdminHeard *heard)
{
  if (strcmp (heard->event, "all_sockets") != 0)
    {
      sky_admin_watch_hear (self, heard);
      return TRUE;
    }
  if (!self->snapshot.on)
    sky_admin_watch_begin_snapshot (self, heard);
  return !sky_admin_watch_step_snapshot (self, heard);
}

static void
take_turns (SkyAdminWatch *self, gint64 until_usec)
{
  SkyAdminHeard *heard;

  while ((heard = g_queue_peek_head (&self->heard)) != NULL)
    {
      if (take_turn (self, heard) && g_queue_peek_head (&self->heard) == heard) /* else it was dropped meanwhile */
        {
          g_queue_pop_head (&self->heard);
          self->heard_len -= heard->len;
          heard_free (heard);
        }
      if (g_get_monotonic_time () >= until_usec)
        break;
    }
}

static gboolean
on_idle (gpointer user_data)
{
  g_autoptr(SkyAdminWatch) self = g_object_ref (SKY_ADMIN_WATCH (user_data));

  take_turns (self, g_get_monotonic_time () + SLICE_USEC);
  if (!g_queue_is_empty (&self->heard))
    return G_SOURCE_CONTINUE;
  self->idle = 0;
  return G_SOURCE_REMOVE;
}

/* Nothing waits for its turn to be let in again. */
static void
hear_session (SkyAdminWatch *self, const char *args)
{
  SkyJsonIter iter = { .text = args, .end = strlen (args) };
  SkyJsonValue value;
  g_autofree char *session = sky_json_iter_next (&iter, NULL, &value) ? sky_admin_take (args, &value) : NULL;

  if (session == NULL || strlen (session) > MAX_SESSION)
    return;
  g_free (self->session);
  self->session = g_steal_pointer (&session);
}

static void
on_event (SkyClient *client, const char *nsp, const char *event, const char *args, gpointer user_data)
{
  g_autoptr(SkyAdminWatch) self = g_object_ref (SKY_ADMIN_WATCH (user_data));
  SkyAdminHeard *heard;

  if (strcmp (nsp, self->nsp) != 0)
    return;
  if (strcmp (event, "session") == 0)
    {
      hear_session (self, args);
      return;
    }
  heard = g_new (SkyAdminHeard, 1);
  *heard = (SkyAdminHeard) { g_strdup (event), g_strdup (args), strlen (args), sky_clock_now_usec () };
  g_queue_push_tail (&self->heard, heard);
  self->heard_len += heard->len;
  if (self->heard.length > MAX_HEARD || self->heard_len > MAX_LEN)
    take_turns (self, G_MAXINT64);
  else if (self->idle == 0)
    self->idle = g_idle_add (on_idle, self);
}

static void
append_string (GString *out, const char *name, const char *value)
{
  g_string_append_printf (out, "%s\"%s\":", out->len > 1 ? "," : "", name);
  sky_json_quote (out, value != NULL ? value : "", -1);
}

/* Of what a person typed: a password may be as long as it likes. */
static void
take_string (char **out, const char *text, const SkyJsonValue *value)
{
  g_free (*out);
  *out = value->type == SKY_JSON_STRING ? sky_json_unquote (text, value, NULL) : NULL;
}

/*
 * Both strings are sent always: a right user name without a password makes the server's own check throw, and end
 * it. With the session's id beside them, one that has forgotten the session lets us in all the same.
 */
static char *
make_payload (SkyAdminWatch *self, const char *auth, const SkyJsonValue *object)
{
  g_autofree char *username = NULL, *password = NULL;
  GString *out = g_string_new ("{");
  SkyJsonValue key, value;
  SkyJsonIter iter;

  sky_json_iter_init (&iter, auth, object);
  while (sky_json_iter_next (&iter, &key, &value))
    {
      if (sky_json_string_equal (auth, &key, "username"))
        take_string (&username, auth, &value);
      else if (sky_json_string_equal (auth, &key, "password"))
        take_string (&password, auth, &value);
      else if (self->session == NULL || !sky_json_string_equal (auth, &key, "sessionId"))
        g_string_append_printf (out, "%s%.*s:%.*s", out->len > 1 ? "," : "", (int) key.len, auth + key.start,
                                (int) value.len, auth + value.start);
    }
  append_string (out, "username", self->user != NULL ? self->user : username);
  append_string (out, "password", self->user != NULL ? self->password : password);
  if (self->session != NULL)
    append_string (out, "sessionId", self->session);
  return g_string_free (g_string_append_c (out, '}'), FALSE);
}

static char *
on_payload (SkyClient *client, const char *nsp, const char *auth, gpointer user_data)
{
  SkyAdminWatch *self = user_data;
  SkyJsonValue object;

  if (strcmp (nsp, self->nsp) != 0)
    return NULL;
  if (auth == NULL || !sky_json_parse (auth, strlen (auth), &object, NULL, NULL) || object.type != SKY_JSON_OBJECT)
    object = (SkyJsonValue) { .type = SKY_JSON_NULL };
  return make_payload (self, auth, &object);
}

static gboolean
on_deadline (gpointer user_data)
{
  SkyAdminWatch *self = user_data;
  g_autofree char *problem = NULL;

  self->deadline = 0;
  problem = g_strdup_printf (_("%s does not speak as the admin namespace of @socket.io/admin-ui does."), self->nsp);
  set_problem (self, problem);
  sky_admin_watch_tell (self);
  return G_SOURCE_REMOVE;
}

/* The roster stays as it was, to be looked at. What is there now is told when it is connected again. */
static void
lose (SkyAdminWatch *self)
{
  self->connected = self->configured = self->skewed = FALSE;
  self->features = 0;
  g_clear_handle_id (&self->deadline, g_source_remove);
  drop_heard (self);
  sky_admin_watch_set_hands (self);
}

static void
judge (SkyAdminWatch *self, const SkySpaceInfo *info)
{
  g_autofree char *problem = NULL;

  if (info->state == SKY_SPACE_CONNECTED && self->connected)
    return;
  if (info->state == SKY_SPACE_REFUSED && g_strcmp0 (info->why, "invalid credentials") == 0)
    problem = g_strdup (_("The server refused the user name or the password."));
  else if (info->state == SKY_SPACE_REFUSED && g_strcmp0 (info->why, "Invalid namespace") == 0)
    problem = g_strdup_printf (_("The server has no namespace %s: it may not use @socket.io/admin-ui, or call it "
                                 "something else."), self->nsp);
  else if (info->state == SKY_SPACE_REFUSED)
    problem = g_strdup_printf (_("The server refused the namespace %s: “%s”."), self->nsp, info->why);
  else if (info->state == SKY_SPACE_DISCONNECTED && self->problem == NULL)
    problem = g_strdup_printf (_("The server is not watched any more: %s."), info->why);
  else if (info->state == SKY_SPACE_DISCONNECTED)
    return;
  set_problem (self, problem);
}

static void
on_spaces (SkyClient *client, gpointer user_data)
{
  g_autoptr(SkyAdminWatch) self = g_object_ref (SKY_ADMIN_WATCH (user_data));
  SkySpaceInfo info = { .state = SKY_SPACE_DISCONNECTED };
  gboolean connected, found = FALSE;

  for (guint i = 0; !found && sky_client_get_space (client, i, &info); i++)
    found = strcmp (info.nsp, self->nsp) == 0;
  connected = found && info.state == SKY_SPACE_CONNECTED;
  if (found)
    judge (self, &info);
  if (self->connected && !connected)
    lose (self);
  else if (!self->connected && connected)
    {
      self->connected = TRUE;
      if (!self->configured)
        self->deadline = g_timeout_add (CONFIG_MSEC, on_deadline, self);
      sky_admin_watch_set_hands (self);
    }
  sky_admin_watch_tell (self);
}

static const struct
{
  const char      *name;
  SkyAdminFeatures feature;
} names[] = {
  { "EMIT", SKY_ADMIN_EMIT },
  { "JOIN", SKY_ADMIN_JOIN },
  { "LEAVE", SKY_ADMIN_LEAVE },
  { "DISCONNECT", SKY_ADMIN_DISCONNECT },
  { "MJOIN", SKY_ADMIN_MJOIN },
  { "MLEAVE", SKY_ADMIN_MLEAVE },
  { "MDISCONNECT", SKY_ADMIN_MDISCONNECT },
  { "AGGREGATED_EVENTS", SKY_ADMIN_AGGREGATED_EVENTS },
  { "ALL_EVENTS", SKY_ADMIN_ALL_EVENTS },
};

/* The handlers of what is not among the features do not exist: commands would be lost without a word. */
void
sky_admin_watch_hear_config (SkyAdminWatch *self, const char *text, const SkyJsonValue *config)
{
  SkyJsonValue list, item;
  SkyJsonIter iter;

  if (!sky_json_member (text, config, "supportedFeatures", &list) || list.type != SKY_JSON_ARRAY)
    return;
  self->features = 0;
  sky_json_iter_init (&iter, text, &list);
  while (sky_json_iter_next (&iter, NULL, &item))
    for (guint i = 0; i < G_N_ELEMENTS (names); i++)
      if (sky_json_string_equal (text, &item, names[i].name))
        self->features |= names[i].feature;
  self->configured = TRUE;
  g_clear_handle_id (&self->deadline, g_source_remove);
  set_problem (self, NULL);
  sky_admin_watch_set_hands (self);
  sky_admin_watch_tell (self);
}

/**
 * sky_admin_watch_new:
 * @client: that is, or will be, connected to @nsp; not changed but for what its CONNECT to @nsp carries
 * @nsp: "/admin", or as the server calls it
 *
 * Returns: (transfer full): who watches as long as there is a reference to it
 */
SkyAdminWatch *
sky_admin_watch_new (SkyClient *client, const char *nsp)
{
  SkyAdminWatch *self = g_object_new (SKY_TYPE_ADMIN_WATCH, NULL);

  self->client = g_object_ref (client);
  self->nsp = g_strconcat (*nsp == '/' ? "" : "/", nsp, NULL);
  g_signal_connect (client, "event", G_CALLBACK (on_event), self);
  g_signal_connect (client, "payload", G_CALLBACK (on_payload), self);
  g_signal_connect (client, "spaces-changed", G_CALLBACK (on_spaces), self);
  sky_admin_watch_set_hands (self);
  on_spaces (client, self);
  return self;
}

/**
 * sky_admin_watch_set_login:
 * @user: (nullable): %NULL to go by what the client's own payload says
 * @password: (nullable): together with it
 */
void
sky_admin_watch_set_login (SkyAdminWatch *self, const char *user, const char *password)
{
  g_free (self->user);
  g_free (self->password);
  self->user = g_strdup (user);
  self->password = g_strdup (password);
}

const char *
sky_admin_watch_get_nsp (SkyAdminWatch *self)
{
  return self->nsp;
}

/* Returns: (transfer none): without the admin namespace's own sockets and rooms */
SkyRoster *
sky_admin_watch_get_roster (SkyAdminWatch *self)
{
  return self->roster;
}

/* Returns: whether what is shown is what is there now */
gboolean
sky_admin_watch_is_live (SkyAdminWatch *self)
{
  return self->connected && self->configured;
}

/* Returns: whether the server tells of each socket; in production it tells numbers only */
gboolean
sky_admin_watch_is_development (SkyAdminWatch *self)
{
  return self->configured
         && ((self->features & SKY_ADMIN_ALL_EVENTS) || !(self->features & SKY_ADMIN_AGGREGATED_EVENTS));
}

/* Returns: (nullable): why nothing is shown, in a sentence */
const char *
sky_admin_watch_get_problem (SkyAdminWatch *self)
{
  return self->problem;
}
