#include "config.h"
#include "peer/capture/capture.h"
#include "peer/client/client.h"
#include "peer/host/host.h"
#include "peer/profile/route.h"
#include "trace/keep.h"
#include "ui/link/link-bar.h"
#include "ui/options/options-summary.h"
#include "ui/rules/rules-keep.h"
#include "ui/rules/rules-texts.h"
#include "ui/ui.h"
#include "ui/window/window-private.h"

/* What cannot be remembered for next time is no reason to disturb: the thing itself is open. */
static void
remember (SkyWindow *self, SkyRecentKind kind, const char *what, const char *protocol)
{
  sky_recent_add (self->recent, kind, what, protocol);
  sky_window_refresh_recent (self);
}

static void
remember_host (SkyWindow *self, SkyHost *host, const char *port)
{
  SkyRulesStage *stage = sky_host_get_stage (host);
  const char *rules = stage != NULL ? sky_rules_get_name (sky_rules_stage_get_rules (stage)) : NULL;

  sky_recent_add_host (self->recent, port, rules);
  sky_window_refresh_recent (self);
}

static void
add_and_start (SkyWindow *self, SkyPeer *peer)
{
  sky_window_add_peer (self, peer);
  sky_sidebar_select (self->sidebar, peer);
  sky_link_page_focus (sky_window_get_page (self));
  sky_peer_start (peer);
}

/* Whose capture it is: host and port, never the path or query, which may hold secrets. */
static char *
name_of (const SkyProfile *profile)
{
  g_auto(SkyRoute) route = { 0 };

  if (!sky_route_resolve (&route, profile, NULL))
    /* Translators: in place of an address that cannot be read */
    return g_strdup (_("connection"));
  return g_strdup (route.host_header);
}

/**
 * sky_window_connect_profile:
 * @profile: how to connect
 * @entry: (nullable): the saved connection that this is; else it is remembered as a recent one
 *
 * Adds a client, shows its page and lets it dial. What fails is told on the page.
 */
void
sky_window_connect_profile (SkyWindow *self, const SkyProfile *profile, const SkyRecentEntry *entry)
{
  g_autofree char *name = name_of (profile);
  g_autoptr(SkyStore) store = sky_window_make_store (self, name);
  g_autoptr(SkyClient) client = NULL;

  if (store == NULL)
    return;
  client = sky_client_new (profile, store);
  if (entry != NULL)
    {
      g_object_set_data_full (G_OBJECT (client), SKY_PEER_ENTRY, g_strdup (entry->id), g_free);
      sky_peer_set_title (SKY_PEER (client), entry->name);
      sky_saved_update (self->saved, entry->id, NULL, NULL);
    }
  else
    sky_recent_add_client (self->recent, profile, NULL);
  sky_window_refresh_recent (self);
  add_and_start (self, SKY_PEER (client));
}

/**
 * sky_window_connect:
 * @url: as typed
 * @protocol: as in sky_protocol_id()
 *
 * Connects with the options of a new connection.
 */
void
sky_window_connect (SkyWindow *self, const char *url, const char *protocol)
{
  g_autoptr(SkyProfile) profile = sky_profile_new (url);

  if (!sky_protocol_from_id (protocol, &profile->protocol))
    profile->protocol = SKY_PROTOCOL_AUTO;
  profile->reconnect = sky_options_default_reconnect (profile);
  sky_window_connect_profile (self, profile, NULL);
}

/* What was kept may have another one: the person has just said which. */
static void
stay_on (SkyRulesDraft *draft, guint16 port)
{
  g_autofree char *kept = sky_rules_draft_get_server (draft, "port"), *wanted = g_strdup_printf ("%u", port);

  if (kept != NULL && !g_str_equal (kept, wanted))
    sky_rules_draft_set_server (draft, "port", wanted, NULL);
}

/**
 * sky_window_host:
 * @port: 0 for any free one
 * @sample: the number of the rules to begin with; 0: those that it had last time, or else the first ones
 *
 * Adds a server, shows its page and lets it listen on this computer.
 */
void
sky_window_host (SkyWindow *self, guint16 port, guint sample)
{
  SkyHostOptions options = { .usual_port = port };
  g_autofree char *what = g_strdup_printf ("%u", port);
  g_autofree char *name = port != 0 ? g_strdup_printf ("%s:%u", _("server"), port) : g_strdup (_("server"));
  g_autoptr(SkyStore) store = sky_window_make_store (self, name);
  g_autoptr(SkyHost) host = NULL;
  SkyRulesDraft *draft;

  if (store == NULL)
    return;
  host = sky_host_new (&options, store);
  draft = sky_rules_keep_draft (host, port, sky_rules_texts_get_first ());
  if (sample > 0 && sample < sky_rules_texts_get_n ())
    sky_rules_draft_replace (draft, sky_rules_texts_get (sample)->text);
  stay_on (draft, port);
  remember_host (self, host, what);
  add_and_start (self, SKY_PEER (host));
}

/**
 * sky_window_open_file:
 * @file: a capture
 *
 * Adds it, shows its page and begins to load it.
 */
void
sky_window_open_file (SkyWindow *self, GFile *file)
{
  g_autoptr(SkyCapture) capture = sky_capture_new (file);
  g_autofree char *uri = g_file_get_uri (file);
  g_autofree char *kept = g_file_peek_path (file) != NULL ? sky_keep_get_name (g_file_peek_path (file)) : NULL;

  g_object_set_data (G_OBJECT (capture), SKY_PEER_SAVED, GUINT_TO_POINTER (G_MAXUINT32));
  g_object_set_data_full (G_OBJECT (capture), SKY_PEER_PATH, g_file_get_parse_name (file), g_free);
  /* What is kept is in the list by itself, and under a better name than its file's. */
  if (kept != NULL)
    sky_peer_set_title (SKY_PEER (capture), kept);
  else
    remember (self, SKY_RECENT_CAPTURE, uri, NULL);
  add_and_start (self, SKY_PEER (capture));
}

/**
 * sky_window_ask_connection:
 *
 * Shows the start page, with the cursor in the address.
 */
void
sky_window_ask_connection (SkyWindow *self)
{
  sky_sidebar_select (self->sidebar, NULL);
  sky_start_page_focus_url (self->start_page);
}

/**
 * sky_window_ask_host:
 *
 * Shows the start page, with the cursor where a server is set up.
 */
void
sky_window_ask_host (SkyWindow *self)
{
  sky_sidebar_select (self->sidebar, NULL);
  sky_start_page_focus_port (self->start_page);
}

static void
on_new_connection (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  sky_window_ask_connection (user_data);
}

static void
on_new_host (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  sky_window_ask_host (user_data);
}

static void
on_connect (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  const char *url, *protocol;

  g_variant_get (parameter, "(&s&s)", &url, &protocol);
  sky_window_connect (user_data, url, protocol);
}

static void
on_host (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  sky_window_host (user_data, g_variant_get_uint16 (parameter), 0);
}

static void
on_host_sample (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  guint16 port;
  guint32 sample;

  g_variant_get (parameter, "(qu)", &port, &sample);
  sky_window_host (user_data, port, sample);
}

static void
on_open_uri (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  g_autoptr(GFile) file = g_file_new_for_uri (g_variant_get_string (parameter, NULL));

  sky_window_open_file (user_data, file);
}

static void
on_remove_kept (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  g_autofree char *path = g_filename_from_uri (g_variant_get_string (parameter, NULL), NULL, NULL);

  if (path != NULL)
    sky_window_remove_kept (user_data, path);
}

static void
on_forget_recent (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  SkyWindow *self = user_data;

  sky_recent_clear (self->recent, &self->told);
  sky_window_refresh_recent (self);
}

static void
on_open (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  sky_window_ask_open (user_data);
}

/* Who writes rules means these. */
static void
on_save (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  GtkWidget *focus = gtk_window_get_focus (GTK_WINDOW (user_data));

  if (focus == NULL || !gtk_widget_activate_action (focus, "rules.save", NULL))
    sky_window_ask_save (user_data);
}

/* With nothing left to close, what is meant is the window. */
static void
on_close (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  SkyWindow *self = user_data;
  g_autoptr(SkyPeer) peer = self->shown != NULL ? g_object_ref (self->shown) : NULL;

  if (peer != NULL)
    sky_window_close_peer (self, peer);
  else
    gtk_window_close (GTK_WINDOW (self));
}

static void
on_find (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  SkyLinkPage *page = sky_window_get_page (user_data);

  if (page != NULL)
    sky_link_page_focus_filter (page);
}

static void
on_focus_url (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  SkyWindow *self = user_data;
  SkyLinkPage *page = sky_window_get_page (self);

  if (page != NULL)
    sky_link_page_focus_url (page);
  else
    sky_start_page_focus_url (self->start_page);
}

static void
on_item (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  SkyWindow *self = user_data;
  g_autoptr(SkyPeer) peer = sky_sidebar_get_nth (self->sidebar, g_variant_get_int32 (parameter) - 1);

  if (peer == NULL)
    return;
  sky_sidebar_select (self->sidebar, peer);
  sky_link_page_focus (sky_window_get_page (self));
}

/* Esc on the start page: back to where one came from. */
static void
on_back (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  SkyWindow *self = user_data;

  if (self->shown == NULL && self->last != NULL)
    sky_sidebar_select (self->sidebar, self->last);
}

static void
on_sidebar (GSimpleAction *action, GVariant *state, gpointer user_data)
{
  SkyWindow *self = user_data;

  self->sidebar_wanted = g_variant_get_boolean (state);
  g_simple_action_set_state (action, state);
  sky_window_show_sidebar (self);
}

static void
on_doctor (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  SkyWindow *self = user_data;

  if (self->shown != NULL && SKY_IS_CLIENT (self->shown))
    sky_window_examine (self, self->shown);
}

static const GActionEntry actions[] = {
  { "new-connection", on_new_connection },
  { "new-host", on_new_host },
  { "connect", on_connect, "(ss)" },
  { "host", on_host, "q" },
  { "host-sample", on_host_sample, "(qu)" },
  { "open", on_open },
  { "open-uri", on_open_uri, "s" },
  { "remove-kept", on_remove_kept, "s" },
  { "forget-recent", on_forget_recent },
  { "save", on_save },
  { "close", on_close },
  { "find", on_find },
  { "focus-url", on_focus_url },
  { "item", on_item, "i" },
  { "back", on_back },
  { "doctor", on_doctor },
  { "sidebar", NULL, NULL, "true", on_sidebar },
};

/**
 * sky_window_add_actions:
 *
 * Gives the window its "win." actions.
 */
void
sky_window_add_actions (SkyWindow *self)
{
  g_action_map_add_action_entries (G_ACTION_MAP (self), actions, G_N_ELEMENTS (actions), self);
}

/**
 * sky_window_update_actions:
 *
 * Enables what makes sense with the page that is shown.
 */
void
sky_window_update_actions (SkyWindow *self)
{
  static const char *const of_page[] = { "save", "find" };

  for (guint i = 0; i < G_N_ELEMENTS (of_page); i++)
    g_simple_action_set_enabled (G_SIMPLE_ACTION (g_action_map_lookup_action (G_ACTION_MAP (self), of_page[i])),
                                 self->shown != NULL);
  g_simple_action_set_enabled (G_SIMPLE_ACTION (g_action_map_lookup_action (G_ACTION_MAP (self), "doctor")),
                               self->shown != NULL && SKY_IS_CLIENT (self->shown));
  sky_window_refresh_saved (self);
}
