/*
 * Watches a real server through its admin namespace, and acts on it.
 *   watcher URL NAMESPACE [AUTH]
 * Prints a line of JSON whenever something is another; takes orders, an object of JSON a line, until its input ends:
 * {"emit": [nsp, to, except, event, args]} {"join": [nsp, who, room]} {"leave": …} {"disconnect": [nsp, who, close]}
 */
#include "peer/roster/admin-watch-private.h"

#include <gio/gunixinputstream.h>
#include <json-glib/json-glib.h>
#include <locale.h>
#include <string.h>

typedef struct
{
  SkyClient     *client;
  SkyAdminWatch *watch;
  SkyRoster     *roster;
  GMainLoop     *loop;
  char          *last; /* what was printed */
  guint          idle;
  gint64         begun_usec, longest_usec; /* longest: that the main loop was kept from turning */
  gint64         turned_usec;
} Watcher;

static void
add_string (JsonBuilder *out, const char *name, const char *value)
{
  json_builder_add_string_value (json_builder_set_member_name (out, name), value != NULL ? value : "");
}

static void
add_int (JsonBuilder *out, const char *name, gint64 value)
{
  json_builder_add_int_value (json_builder_set_member_name (out, name), value);
}

static void
add_bool (JsonBuilder *out, const char *name, gboolean value)
{
  json_builder_add_boolean_value (json_builder_set_member_name (out, name), value);
}

static void
add_sockets (Watcher *w, JsonBuilder *out, const char *nsp)
{
  SkyRosterSocket s;

  for (guint i = 0; i < 20 && sky_roster_get_socket (w->roster, nsp, NULL, i, &s); i++)
    {
      g_autoptr(GPtrArray) rooms = sky_roster_get_rooms_of (w->roster, nsp, s.id);
      g_autofree char *handshake = sky_roster_redact (s.handshake);

      json_builder_begin_object (out);
      add_string (out, "id", s.id);
      add_string (out, "label", s.label);
      add_string (out, "transport", s.transport);
      add_string (out, "address", s.address);
      add_string (out, "handshake", handshake);
      add_int (out, "revision", s.revision);
      add_int (out, "in", (gint64) s.n_in);
      add_int (out, "out", (gint64) s.n_out);
      json_builder_begin_array (json_builder_set_member_name (out, "rooms"));
      for (guint r = 0; r < rooms->len; r++)
        json_builder_add_string_value (out, g_ptr_array_index (rooms, r));
      json_builder_end_object (json_builder_end_array (out));
    }
}

static void
add_spaces (Watcher *w, JsonBuilder *out)
{
  const char *nsp;

  json_builder_begin_object (json_builder_set_member_name (out, "spaces"));
  for (guint i = 0; (nsp = sky_roster_get_namespace (w->roster, i)) != NULL; i++)
    {
      json_builder_begin_object (json_builder_set_member_name (out, nsp));
      add_int (out, "n", sky_roster_get_n_sockets (w->roster, nsp, NULL));
      add_int (out, "rooms", sky_roster_get_n_rooms (w->roster, nsp, FALSE));
      add_int (out, "told", sky_roster_get_n_told (w->roster, nsp));
      json_builder_begin_array (json_builder_set_member_name (out, "sockets"));
      add_sockets (w, out, nsp);
      json_builder_end_object (json_builder_end_array (out));
    }
  json_builder_end_object (out);
}

static gboolean
on_idle (gpointer user_data)
{
  Watcher *w = user_data;
  g_autoptr(JsonBuilder) out = json_builder_new ();
  g_autoptr(JsonNode) node = NULL;
  g_autofree char *line = NULL;

  w->idle = 0;
  sky_roster_catch_up (w->roster);
  json_builder_begin_object (out);
  add_bool (out, "live", sky_admin_watch_is_live (w->watch));
  add_bool (out, "loading", w->watch->snapshot.on);
  add_bool (out, "development", sky_admin_watch_is_development (w->watch));
  add_int (out, "features", w->watch->features);
  add_int (out, "servers", sky_admin_watch_get_n_servers (w->watch));
  add_string (out, "problem", sky_admin_watch_get_problem (w->watch));
  add_spaces (w, out);
  json_builder_end_object (out);
  node = json_builder_get_root (out);
  line = json_to_string (node, FALSE);
  if (g_strcmp0 (line, w->last) != 0)
    g_print ("%.*s,\"ms\":%" G_GINT64_FORMAT ",\"stuck_ms\":%" G_GINT64_FORMAT "}\n", (int) strlen (line) - 1, line,
             (g_get_monotonic_time () - w->begun_usec) / 1000, w->longest_usec / 1000);
  g_free (w->last);
  w->last = g_steal_pointer (&line);
  return G_SOURCE_REMOVE;
}

static void
on_changed (gpointer source, Watcher *w)
{
  if (w->idle == 0)
    w->idle = g_idle_add (on_idle, w);
}

static const char *
word (JsonArray *words, guint i)
{
  JsonNode *node = i < json_array_get_length (words) ? json_array_get_element (words, i) : NULL;

  return node != NULL && JSON_NODE_HOLDS_VALUE (node) ? json_node_get_string (node) : NULL;
}

static gboolean
obey (Watcher *w, JsonObject *order, GError **error)
{
  JsonArray *words;

  if (json_object_has_member (order, "emit"))
    {
      words = json_object_get_array_member (order, "emit");
      return sky_roster_emit (w->roster, word (words, 0), word (words, 1), word (words, 2), word (words, 3),
                              word (words, 4), FALSE, error);
    }
  if (json_object_has_member (order, "join"))
    {
      words = json_object_get_array_member (order, "join");
      return sky_roster_make_join (w->roster, word (words, 0), word (words, 1), word (words, 2), error);
    }
  if (json_object_has_member (order, "leave"))
    {
      words = json_object_get_array_member (order, "leave");
      return sky_roster_make_leave (w->roster, word (words, 0), word (words, 1), word (words, 2), error);
    }
  words = json_object_get_array_member (order, "disconnect");
  return sky_roster_make_disconnect (w->roster, word (words, 0), word (words, 1),
                                     json_array_get_boolean_element (words, 2), error);
}

static void
on_line (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Watcher *w = user_data;
  g_autofree char *line = g_data_input_stream_read_line_finish (G_DATA_INPUT_STREAM (source), result, NULL, NULL);
  g_autoptr(JsonNode) node = line != NULL ? json_from_string (line, NULL) : NULL;
  g_autoptr(GError) error = NULL;

  if (line == NULL)
    {
      g_main_loop_quit (w->loop);
      return;
    }
  if (node != NULL && obey (w, json_node_get_object (node), &error))
    g_print ("{\"ordered\": true}\n");
  else
    g_print ("{\"ordered\": false, \"why\": \"%s\"}\n", error != NULL ? error->message : "?");
  g_data_input_stream_read_line_async (G_DATA_INPUT_STREAM (source), G_PRIORITY_DEFAULT, NULL, on_line, w);
}

static gboolean
on_tick (gpointer user_data)
{
  Watcher *w = user_data;
  gint64 now = g_get_monotonic_time ();

  if (w->turned_usec != 0)
    w->longest_usec = MAX (w->longest_usec, now - w->turned_usec);
  w->turned_usec = now;
  return G_SOURCE_CONTINUE;
}

static SkyProfile *
make_profile (int argc, char **argv)
{
  SkyProfile *profile = sky_profile_new (argv[1]);

  profile->protocol = SKY_PROTOCOL_SOCKET_IO;
  profile->namespaces = g_strsplit (argv[2], " ", -1);
  profile->auth = g_strdup (argc > 3 ? argv[3] : NULL);
  profile->reconnect = (SkyReconnect) { .attempts = -1, .delay_msec = 50, .max_msec = 50 };
  return profile;
}

int
main (int argc, char **argv)
{
  g_autoptr(SkyProfile) profile = NULL;
  g_autoptr(GInputStream) input = g_unix_input_stream_new (0, FALSE);
  g_autoptr(GDataInputStream) lines = g_data_input_stream_new (input);
  Watcher watcher = { .loop = g_main_loop_new (NULL, FALSE), .begun_usec = g_get_monotonic_time () }, *w = &watcher;

  setlocale (LC_ALL, "");
  if (argc < 3)
    g_error ("usage: watcher URL NAMESPACE [AUTH]");
  profile = make_profile (argc, argv);
  w->client = sky_client_new (profile, NULL);
  w->watch = sky_admin_watch_new (w->client, argv[2]);
  w->roster = sky_admin_watch_get_roster (w->watch);
  g_signal_connect (w->watch, "changed", G_CALLBACK (on_changed), w);
  g_signal_connect (w->roster, "changed", G_CALLBACK (on_changed), w);
  g_timeout_add (1, on_tick, w);
  g_data_input_stream_read_line_async (lines, G_PRIORITY_DEFAULT, NULL, on_line, w);
  sky_peer_start (SKY_PEER (w->client));
  g_main_loop_run (w->loop);
  g_clear_handle_id (&w->idle, g_source_remove);
  g_signal_handlers_disconnect_by_data (w->roster, w);
  g_clear_object (&w->watch);
  g_clear_object (&w->client);
  g_main_loop_unref (w->loop);
  g_free (w->last);
  return 0;
}
