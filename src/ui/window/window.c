#include "ui/window/window.h"

#include "config.h"
#include "peer/client/client.h"
#include "peer/host/host.h"
#include "ui/link/state-dot.h"
#include "ui/ui.h"
#include "ui/window/window-private.h"

/* How long the window waits, unseen, for the connections to be closed as the protocol asks. */
#define FAREWELL_TICK_MSEC 20
#define N_FAREWELL_TICKS   50

G_DEFINE_FINAL_TYPE (SkyWindow, sky_window, GTK_TYPE_APPLICATION_WINDOW)

static const char *
get_kind (SkyPeer *peer)
{
  if (SKY_IS_HOST (peer))
    return _("Test server");
  if (!SKY_IS_CLIENT (peer))
    return _("Capture");
  switch (sky_client_get_protocol (SKY_CLIENT (peer)))
    {
    case SKY_PROTOCOL_SOCKET_IO:
      return "Socket.IO";
    case SKY_PROTOCOL_ENGINE_IO:
      return "Engine.IO";
    case SKY_PROTOCOL_WEBSOCKET:
      return "WebSocket";
    case SKY_PROTOCOL_AUTO:
    default:
      return NULL;
    }
}

/* "Socket.IO · /chat": what it is, then what it says of itself. */
static char *
make_subtitle (SkyPeer *peer)
{
  const char *kind = get_kind (peer), *own = sky_peer_get_subtitle (peer);

  if (kind == NULL || own == NULL || *own == '\0' || g_str_has_prefix (own, kind))
    return g_strdup (own != NULL && *own != '\0' ? own : kind);
  return g_strdup_printf ("%s · %s", kind, own);
}

static void
on_title (SkyWindow *self)
{
  const char *title = self->shown != NULL ? sky_peer_get_title (self->shown) : NULL;
  g_autofree char *subtitle = self->shown != NULL ? make_subtitle (self->shown) : NULL;
  g_autofree char *whole = title != NULL ? g_strdup_printf ("%s — Sockeye", title) : g_strdup ("Sockeye");

  gtk_label_set_text (self->title, title != NULL ? title : "Sockeye");
  gtk_label_set_text (self->subtitle, subtitle != NULL ? subtitle : "");
  gtk_widget_set_visible (GTK_WIDGET (self->subtitle), subtitle != NULL && *subtitle != '\0');
  gtk_window_set_title (GTK_WINDOW (self), whole);
}

/* A page costs memory and time: it is made when first looked at. */
static GtkWidget *
ensure_page (SkyWindow *self, SkyPeer *peer)
{
  GtkWidget *page = g_hash_table_lookup (self->pages, peer);

  if (page == NULL)
    {
      page = sky_link_page_new (peer);
      gtk_stack_add_child (self->stack, page);
      g_hash_table_insert (self->pages, g_object_ref (peer), page);
    }
  return page;
}

/**
 * sky_window_show_sidebar:
 *
 * Shows the sidebar if there is something in it and the person has not put it away.
 */
void
sky_window_show_sidebar (SkyWindow *self)
{
  gtk_widget_set_visible (GTK_WIDGET (self->sidebar),
                          self->sidebar_wanted && sky_sidebar_get_n_peers (self->sidebar) > 0);
}

static void
on_selected (SkyWindow *self)
{
  SkyPeer *peer = sky_sidebar_get_selected (self->sidebar);

  if (self->shown != NULL)
    g_signal_handlers_disconnect_by_func (self->shown, on_title, self);
  g_set_object (&self->shown, peer);
  if (peer != NULL)
    {
      g_set_weak_pointer (&self->last, peer);
      g_signal_connect_object (peer, "notify::title", G_CALLBACK (on_title), self, G_CONNECT_SWAPPED);
      g_signal_connect_object (peer, "notify::subtitle", G_CALLBACK (on_title), self, G_CONNECT_SWAPPED);
      g_signal_connect_object (peer, "notify::state", G_CALLBACK (on_title), self, G_CONNECT_SWAPPED);
    }
  else
    sky_window_refresh_recent (self);
  gtk_stack_set_visible_child (self->stack, peer != NULL ? ensure_page (self, peer) : GTK_WIDGET (self->start_page));
  gtk_widget_set_visible (self->find_button, peer != NULL);
  sky_window_update_actions (self);
  on_title (self);
}

/**
 * sky_window_get_page:
 *
 * Returns: (nullable) (transfer none): the page that is shown, %NULL if that is the start page
 */
SkyLinkPage *
sky_window_get_page (SkyWindow *self)
{
  return self->shown != NULL ? g_hash_table_lookup (self->pages, self->shown) : NULL;
}

/**
 * sky_window_add_peer:
 * @peer: goes to the sidebar
 */
void
sky_window_add_peer (SkyWindow *self, SkyPeer *peer)
{
  sky_state_watch (peer);
  sky_sidebar_add (self->sidebar, peer);
  sky_window_show_sidebar (self);
}

/* What was closed by mistake comes back within the ten seconds of the notice. */
typedef struct
{
  SkyWindow *window; /* borrowed: it owns the notice */
  SkyPeer   *peer;
  gboolean   was_open;
} Closed;

static void
closed_free (gpointer data)
{
  Closed *closed = data;

  g_object_unref (closed->peer);
  g_free (closed);
}

static void
on_undo (gpointer user_data)
{
  Closed *closed = user_data;

  sky_window_add_peer (closed->window, closed->peer);
  sky_sidebar_select (closed->window->sidebar, closed->peer);
  if (closed->was_open)
    sky_peer_start (closed->peer);
}

static void
offer_undo (SkyWindow *self, SkyPeer *peer, gboolean was_open)
{
  SkyStore *store = sky_peer_get_store (peer);
  guint32 n_saved = GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (peer), SKY_PEER_SAVED));
  guint32 n_records = store != NULL ? sky_store_get_n_records (store) : 0;
  guint32 n_unsaved = n_records > n_saved ? n_records - n_saved : 0;
  Closed *closed = g_new0 (Closed, 1);
  g_autofree char *text = NULL;

  if (n_records > 0 && store != NULL && sky_store_get_path (store) != NULL)
    text = g_strdup_printf (_("Closed %s. Its capture is kept among the recent ones."),
                            sky_peer_get_title (peer));
  else if (n_unsaved > 0)
    text = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "Closed %s. %u record was not saved.",
                                         "Closed %s. %u records were not saved.", n_unsaved),
                            sky_peer_get_title (peer), n_unsaved);
  else
    text = g_strdup_printf (_("Closed %s."), sky_peer_get_title (peer));
  *closed = (Closed) { .window = self, .peer = g_object_ref (peer), .was_open = was_open };
  sky_notice_bar_offer (self->notice, text, _("Undo"), on_undo, closed, closed_free);
}

/* A demo whose every part was closed by hand may go; the next one begins anew. */
static void
drop_empty_demo (SkyWindow *self)
{
  if (self->demo_source != 0) /* it is about to be shown */
    return;
  for (guint i = 0; self->demo != NULL && i < sky_sidebar_get_n_peers (self->sidebar); i++)
    {
      g_autoptr(SkyPeer) peer = sky_sidebar_get_nth (self->sidebar, i);

      if (g_object_get_data (G_OBJECT (peer), SKY_PEER_OF_DEMO) != NULL)
        return;
    }
  g_clear_pointer (&self->demo, sky_demo_free);
}

/**
 * sky_window_close_peer:
 * @peer: is stopped and taken out of the sidebar, with its page; a notice offers to undo it
 */
void
sky_window_close_peer (SkyWindow *self, SkyPeer *peer)
{
  SkyPeerState state = sky_peer_get_state (peer);
  gboolean was_open = state == SKY_PEER_OPEN || state == SKY_PEER_WORKING || state == SKY_PEER_WAITING;
  g_autoptr(SkyPeer) closed = g_object_ref (peer);
  GtkWidget *page = g_hash_table_lookup (self->pages, peer);

  if (was_open)
    sky_peer_stop (peer);
  /* Its goodbye may outlast the program: what is not on disk yet does not wait for it. */
  if (sky_peer_get_store (peer) != NULL)
    sky_store_flush (sky_peer_get_store (peer), NULL);
  sky_sidebar_remove (self->sidebar, peer);
  if (page != NULL)
    {
      g_hash_table_remove (self->pages, peer);
      gtk_stack_remove (self->stack, page);
    }
  sky_window_show_sidebar (self);
  offer_undo (self, closed, was_open);
  drop_empty_demo (self);
}

static gboolean
is_leaving (SkyWindow *self)
{
  for (guint i = 0; i < sky_sidebar_get_n_peers (self->sidebar); i++)
    {
      g_autoptr(SkyPeer) peer = sky_sidebar_get_nth (self->sidebar, i);

      if (sky_peer_get_state (peer) == SKY_PEER_CLOSING)
        return TRUE;
    }
  return FALSE;
}

static gboolean
on_farewell (gpointer user_data)
{
  SkyWindow *self = user_data;

  if (++self->farewell_ticks < N_FAREWELL_TICKS && is_leaving (self))
    return G_SOURCE_CONTINUE;
  self->farewell = 0;
  gtk_window_destroy (GTK_WINDOW (self));
  return G_SOURCE_REMOVE;
}

/* The window is gone for the person at once; the far ends still get their close frames. */
static gboolean
sky_window_close_request (GtkWindow *window)
{
  SkyWindow *self = SKY_WINDOW (window);

  if (self->farewell != 0 || sky_window_waits_for_disk (self))
    return TRUE;
  sky_window_keep_shape (self);
  for (guint i = 0; i < sky_sidebar_get_n_peers (self->sidebar); i++)
    {
      g_autoptr(SkyPeer) peer = sky_sidebar_get_nth (self->sidebar, i);
      SkyPeerState state = sky_peer_get_state (peer);

      if (state == SKY_PEER_OPEN || state == SKY_PEER_WORKING || state == SKY_PEER_WAITING)
        sky_peer_stop (peer);
    }
  if (!is_leaving (self))
    return GTK_WINDOW_CLASS (sky_window_parent_class)->close_request (window);
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
  self->farewell = g_timeout_add (FAREWELL_TICK_MSEC, on_farewell, self);
  return TRUE;
}

static void
sky_window_dispose (GObject *object)
{
  SkyWindow *self = SKY_WINDOW (object);

  g_clear_handle_id (&self->farewell, g_source_remove);
  g_clear_handle_id (&self->demo_source, g_source_remove);
  /* Nobody can undo any more: what was closed comes to its end, and what was removed goes. */
  if (gtk_window_get_child (GTK_WINDOW (self)) != NULL)
    sky_notice_bar_hide (self->notice);
  if (self->sidebar != NULL)
    g_signal_handlers_disconnect_by_data (self->sidebar, self);
  if (self->shown != NULL)
    g_signal_handlers_disconnect_by_data (self->shown, self);
  g_clear_object (&self->shown);
  g_clear_weak_pointer (&self->last);
  if (self->pages != NULL)
    g_hash_table_remove_all (self->pages);
  gtk_window_set_child (GTK_WINDOW (self), NULL);
  g_clear_pointer (&self->demo, sky_demo_free);
  G_OBJECT_CLASS (sky_window_parent_class)->dispose (object);
}

static void
sky_window_finalize (GObject *object)
{
  SkyWindow *self = SKY_WINDOW (object);

  g_hash_table_unref (self->pages);
  sky_shelf_unref (self->shelf);
  g_free (self->removing);
  G_OBJECT_CLASS (sky_window_parent_class)->finalize (object);
}

/* What another window opened or saved meanwhile is in the lists here, too. */
static void
on_active (SkyWindow *self)
{
  if (gtk_window_is_active (GTK_WINDOW (self)) && self->shown == NULL && self->look != self->shelf->n_looks)
    sky_window_refresh_recent (self);
}

static void
sky_window_init (SkyWindow *self)
{
  self->pages = g_hash_table_new_full (NULL, NULL, g_object_unref, NULL);
  self->shelf = sky_shelf_ref_shared ();
  self->recent = self->shelf->recent;
  self->saved = self->shelf->saved;
  self->secrets = self->shelf->secrets;
  self->sidebar_wanted = TRUE;
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_widget_add_css_class (gtk_widget_get_first_child (self->new_button), "suggested-action");
  sky_window_refresh_recent (self);
  sky_window_add_actions (self);
  sky_window_add_saved_actions (self);
  sky_window_update_actions (self);
  sky_window_restore_shape (self);
  sky_start_page_focus_url (self->start_page);
}

static void
sky_window_class_init (SkyWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sky_window_dispose;
  G_OBJECT_CLASS (klass)->finalize = sky_window_finalize;
  GTK_WINDOW_CLASS (klass)->close_request = sky_window_close_request;
  g_type_ensure (SKY_TYPE_SIDEBAR);
  g_type_ensure (SKY_TYPE_START_PAGE);
  g_type_ensure (SKY_TYPE_NOTICE_BAR);
  gtk_widget_class_set_template_from_resource (widget_class, SKY_UI "window.ui");
  gtk_widget_class_bind_template_child (widget_class, SkyWindow, overlay);
  gtk_widget_class_bind_template_child (widget_class, SkyWindow, find_button);
  gtk_widget_class_bind_template_child (widget_class, SkyWindow, new_button);
  gtk_widget_class_bind_template_child (widget_class, SkyWindow, title);
  gtk_widget_class_bind_template_child (widget_class, SkyWindow, subtitle);
  gtk_widget_class_bind_template_child (widget_class, SkyWindow, stack);
  gtk_widget_class_bind_template_child (widget_class, SkyWindow, sidebar);
  gtk_widget_class_bind_template_child (widget_class, SkyWindow, start_page);
  gtk_widget_class_bind_template_child (widget_class, SkyWindow, notice);
  gtk_widget_class_bind_template_callback (widget_class, on_active);
  gtk_widget_class_bind_template_callback (widget_class, on_selected);
  gtk_widget_class_bind_template_callback (widget_class, sky_window_close_peer);
}

/**
 * sky_window_new:
 * @app: the application that owns it
 *
 * Returns: (transfer none): a window with the start page, not shown yet
 */
SkyWindow *
sky_window_new (GtkApplication *app)
{
  return g_object_new (SKY_TYPE_WINDOW, "application", app, NULL);
}
