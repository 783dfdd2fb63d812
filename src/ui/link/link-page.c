#include "ui/link/link-page.h"

#include <string.h>

#include "peer/client/client.h"
#include "peer/host/host.h"
#include "peer/profile/route.h"
#include "peer/roster/admin-login.h"
#include "ui/compose/composer.h"
#include "ui/detail/detail-pane.h"
#include "ui/handshake/handshake-pane.h"
#include "ui/host/host-bar.h"
#include "ui/link/link-bar.h"
#include "ui/link/link-strip.h"
#include "ui/link/problem-bar.h"
#include "ui/rooms/clients-pane.h"
#include "ui/rooms/rooms-pane.h"
#include "ui/rules/rules-pane.h"
#include "ui/timeline/timeline.h"
#include "ui/ui.h"
#include "ui/watch/watch-pane.h"
#include "ui/window/pane-share.h"

struct _SkyLinkPage
{
  GtkWidget      parent_instance;
  GtkWidget     *box, *handshake_box, *rooms_box, *clients_box, *rules_box;
  GtkStackPage  *rules_page;
  GtkStackPage  *rooms_page, *clients_page; /* seen at a host that speaks Socket.IO */
  SkyLinkBar    *bar;
  SkyHostBar    *host_bar; /* borrowed, nullable: of a host, in the place of @bar */
  SkyProblemBar *problem;
  SkyLinkStrip  *strip;
  GtkStack      *stack;
  GtkPaned      *rows, *columns;
  SkyTimeline   *timeline;
  SkyDetailPane *detail;
  SkyComposer   *composer;  /* borrowed, nullable: only a client has one */
  GtkWidget     *handshake; /* borrowed, nullable until first looked at */
  SkyPeer       *peer;
  SkyAdminLogin *login; /* nullable: a client's, to watch its server */
  SkyProfile    *next; /* owned, nullable: to be dialled as soon as the present connection has ended */
  gboolean       placed;
};

G_DEFINE_FINAL_TYPE (SkyLinkPage, sky_link_page, GTK_TYPE_WIDGET)

static void
on_record_selected (SkyLinkPage *self, guint number)
{
  if (self->peer != NULL) /* the timeline may outlive it for a moment */
    sky_detail_pane_set_record (self->detail, sky_peer_get_store (self->peer), number);
}

/* A pane is made when it is first looked at: of the host's own roster, or of what a remote server tells. */
static void
fill_roster_pane (SkyLinkPage *self, GtkWidget *box, GtkWidget *(*make) (SkyRoster *roster))
{
  const char *title = box == self->rooms_box ? _("See who is in which room of this server")
                                             : _("See who is connected to this server");
  GtkWidget *pane;

  if (self->peer == NULL || gtk_widget_get_first_child (box) != NULL)
    return;
  if (SKY_IS_HOST (self->peer))
    pane = make (sky_host_get_roster (SKY_HOST (self->peer)));
  else if (self->login != NULL)
    pane = sky_watch_pane_new (self->login, title, make);
  else
    return;
  gtk_widget_set_hexpand (pane, TRUE);
  gtk_box_append (GTK_BOX (box), pane);
}

static void
fill_rules_pane (SkyLinkPage *self)
{
  GtkWidget *pane;

  if (self->peer == NULL || !SKY_IS_HOST (self->peer) || gtk_widget_get_first_child (self->rules_box) != NULL)
    return;
  pane = sky_rules_pane_new (SKY_HOST (self->peer));
  gtk_widget_set_hexpand (pane, TRUE);
  gtk_box_append (GTK_BOX (self->rules_box), pane);
}

static void
on_pane (SkyLinkPage *self)
{
  const char *name = gtk_stack_get_visible_child_name (self->stack);

  if (g_strcmp0 (name, "rooms") == 0)
    fill_roster_pane (self, self->rooms_box, sky_rooms_pane_new);
  else if (g_strcmp0 (name, "clients") == 0)
    fill_roster_pane (self, self->clients_box, sky_clients_pane_new);
  else if (g_strcmp0 (name, "rules") == 0)
    fill_rules_pane (self);
  if (self->peer == NULL || self->handshake != NULL
      || g_strcmp0 (name, "handshake") != 0)
    return;
  self->handshake = sky_handshake_pane_new ();
  gtk_widget_set_hexpand (self->handshake, TRUE);
  gtk_box_append (GTK_BOX (self->handshake_box), self->handshake);
  sky_handshake_pane_set_store (SKY_HANDSHAKE_PANE (self->handshake), sky_peer_get_store (self->peer));
}

static gboolean
speaks_socket_io (SkyPeer *peer)
{
  SkyProtocol protocol = SKY_IS_CLIENT (peer) ? sky_client_get_protocol (SKY_CLIENT (peer)) : SKY_PROTOCOL_SOCKET_IO;

  return protocol != SKY_PROTOCOL_WEBSOCKET;
}

/*
 * A host that does not speak Socket.IO has clients, and no rooms. A client may find out only now that its server
 * does not, and then knows of neither.
 */
static void
show_roster_tabs (SkyLinkPage *self)
{
  gboolean host = SKY_IS_HOST (self->peer);
  gboolean clients = host || (SKY_IS_CLIENT (self->peer) && speaks_socket_io (self->peer));
  gboolean rooms = host ? !sky_roster_is_flat (sky_host_get_roster (SKY_HOST (self->peer))) : clients;

  if (!rooms && g_strcmp0 (gtk_stack_get_visible_child_name (self->stack), "rooms") == 0)
    gtk_stack_set_visible_child_name (self->stack, clients ? "clients" : "timeline");
  if (!clients && g_strcmp0 (gtk_stack_get_visible_child_name (self->stack), "clients") == 0)
    gtk_stack_set_visible_child_name (self->stack, "timeline");
  gtk_stack_page_set_visible (self->rooms_page, rooms);
  gtk_stack_page_set_visible (self->clients_page, clients);
}

static void
dial_next (SkyLinkPage *self)
{
  g_autoptr(SkyProfile) profile = g_steal_pointer (&self->next);

  sky_client_set_profile (SKY_CLIENT (self->peer), profile);
  sky_link_bar_refresh (self->bar);
  sky_peer_start (self->peer);
}

static gboolean
is_at_rest (SkyPeerState state)
{
  return state == SKY_PEER_IDLE || state == SKY_PEER_CLOSED || state == SKY_PEER_FAILED;
}

static void
on_login (SkyLinkPage *self)
{
  SkyAdminWatch *watch = sky_admin_login_get_watch (self->login);

  if (watch != NULL)
    sky_timeline_hide_namespace (self->timeline, sky_admin_watch_get_nsp (watch));
}

static void
on_state (SkyLinkPage *self)
{
  sky_timeline_set_kind (self->timeline, speaks_socket_io (self->peer));
  show_roster_tabs (self);
  if (self->next != NULL && is_at_rest (sky_peer_get_state (self->peer)))
    dial_next (self);
}

/**
 * sky_link_page_dial:
 * @profile: of the connection that a person wants instead
 *
 * What is open is closed first, politely.
 */
void
sky_link_page_dial (SkyLinkPage *self, const SkyProfile *profile)
{
  SkyPeerState state = sky_peer_get_state (self->peer);
  const SkyProfile *before = sky_client_get_profile (SKY_CLIENT (self->peer));

  if (!sky_route_same_server (before, profile))
    sky_admin_login_forget (self->login);
  else if (g_strcmp0 (before->url, profile->url) != 0)
    sky_admin_login_end (self->login);
  g_clear_pointer (&self->next, sky_profile_free);
  self->next = sky_profile_copy (profile);
  if (is_at_rest (state))
    dial_next (self);
  else if (state != SKY_PEER_CLOSING)
    sky_peer_stop (self->peer);
}

static void
on_remedy (SkyLinkPage *self, SkyProfile *profile)
{
  sky_link_page_dial (self, profile);
}

/**
 * sky_link_page_focus:
 *
 * Puts the cursor where a person goes on: into the composer, or the timeline where there is none.
 */
void
sky_link_page_focus (SkyLinkPage *self)
{
  g_return_if_fail (SKY_IS_LINK_PAGE (self));

  if (self->composer != NULL)
    sky_composer_focus (self->composer);
  else
    gtk_widget_child_focus (GTK_WIDGET (self->timeline), GTK_DIR_TAB_FORWARD);
}

/* Returns: (nullable): the first one below that is in view */
static GtkWidget *
find_search (GtkWidget *widget)
{
  GtkWidget *found = GTK_IS_SEARCH_ENTRY (widget) && gtk_widget_get_mapped (widget) ? widget : NULL;

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL && found == NULL;
       child = gtk_widget_get_next_sibling (child))
    found = find_search (child);
  return found;
}

/**
 * sky_link_page_focus_filter:
 *
 * Puts the cursor into the filter of the pane that is shown, or of the timeline if that has none.
 */
void
sky_link_page_focus_filter (SkyLinkPage *self)
{
  GtkWidget *search;

  g_return_if_fail (SKY_IS_LINK_PAGE (self));

  search = find_search (gtk_stack_get_visible_child (self->stack));
  if (search != NULL && strcmp (gtk_stack_get_visible_child_name (self->stack), "timeline") != 0)
    {
      gtk_widget_grab_focus (search);
      return;
    }
  gtk_stack_set_visible_child_name (self->stack, "timeline");
  sky_timeline_focus_filter (self->timeline);
}

/**
 * sky_link_page_focus_url:
 *
 * Puts the cursor into the address, all of it selected.
 */
void
sky_link_page_focus_url (SkyLinkPage *self)
{
  g_return_if_fail (SKY_IS_LINK_PAGE (self));

  if (self->host_bar != NULL)
    sky_host_bar_focus_port (self->host_bar);
  else
    sky_link_bar_focus_url (self->bar);
}

static void
hide_problem (GtkWidget *widget, const char *action, GVariant *parameter)
{
  sky_problem_bar_hide (SKY_LINK_PAGE (widget)->problem);
}

static void
use_port (GtkWidget *widget, const char *action, GVariant *parameter)
{
  SkyLinkPage *self = SKY_LINK_PAGE (widget);

  if (self->host_bar != NULL)
    sky_host_bar_use_port (self->host_bar, g_variant_get_uint16 (parameter));
}

static void
sky_link_page_measure (GtkWidget     *widget,
                       GtkOrientation orientation,
                       int            for_size,
                       int           *minimum,
                       int           *natural,
                       int           *minimum_baseline,
                       int           *natural_baseline)
{
  gtk_widget_measure (SKY_LINK_PAGE (widget)->box, orientation, for_size, minimum, natural, minimum_baseline,
                      natural_baseline);
}

/* What is left of @height for the panes, below the bars. */
static int
get_panes_height (SkyLinkPage *self, int width, int height)
{
  for (GtkWidget *child = gtk_widget_get_first_child (self->box); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      int minimum = 0;

      if (child != GTK_WIDGET (self->stack) && gtk_widget_should_layout (child))
        gtk_widget_measure (child, GTK_ORIENTATION_VERTICAL, width, &minimum, NULL, NULL, NULL);
      height -= minimum;
    }
  return height;
}

/* The panes take their share of the first real size; the composer makes no less of it than its minimum. */
static void
place_panes (SkyLinkPage *self, int width, int height)
{
  int composer = sky_pane_share_get ("composer-height", height, 25);

  gtk_paned_set_position (self->columns, sky_pane_share_get ("timeline-width", width, 60));
  if (self->composer != NULL)
    gtk_paned_set_position (self->rows, MAX (get_panes_height (self, width, height) - composer, 0));
  self->placed = TRUE;
}

/* Whoever has moved a handle finds it there on the next page. */
static void
sky_link_page_unmap (GtkWidget *widget)
{
  SkyLinkPage *self = SKY_LINK_PAGE (widget);
  int width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget);

  if (self->placed && gtk_stack_get_visible_child (self->stack) == GTK_WIDGET (self->rows))
    {
      sky_pane_share_keep ("timeline-width", gtk_paned_get_position (self->columns), width);
      if (self->composer != NULL)
        sky_pane_share_keep ("composer-height", gtk_widget_get_height (GTK_WIDGET (self->composer)), height);
    }
  GTK_WIDGET_CLASS (sky_link_page_parent_class)->unmap (widget);
}

static void
sky_link_page_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  SkyLinkPage *self = SKY_LINK_PAGE (widget);

  if (!self->placed && width > 0)
    place_panes (self, width, height);
  gtk_widget_allocate (self->box, width, height, baseline, NULL);
}

static void
sky_link_page_dispose (GObject *object)
{
  SkyLinkPage *self = SKY_LINK_PAGE (object);

  if (self->peer != NULL)
    g_signal_handlers_disconnect_by_data (self->peer, self);
  g_clear_pointer (&self->box, gtk_widget_unparent);
  g_clear_pointer (&self->next, sky_profile_free);
  g_clear_object (&self->login);
  g_clear_object (&self->peer);
  G_OBJECT_CLASS (sky_link_page_parent_class)->dispose (object);
}

static void
sky_link_page_init (SkyLinkPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect_object (self->bar, "dial", G_CALLBACK (sky_link_page_dial), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->problem, "remedy", G_CALLBACK (on_remedy), self, G_CONNECT_SWAPPED);
}

static void
sky_link_page_class_init (SkyLinkPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sky_link_page_dispose;
  widget_class->measure = sky_link_page_measure;
  widget_class->size_allocate = sky_link_page_size_allocate;
  widget_class->unmap = sky_link_page_unmap;
  g_type_ensure (SKY_TYPE_LINK_BAR);
  g_type_ensure (SKY_TYPE_LINK_STRIP);
  g_type_ensure (SKY_TYPE_PROBLEM_BAR);
  g_type_ensure (SKY_TYPE_TIMELINE);
  g_type_ensure (SKY_TYPE_DETAIL_PANE);
  gtk_widget_class_set_css_name (widget_class, "linkpage");
  gtk_widget_class_set_template_from_resource (widget_class, SKY_UI "link-page.ui");
  gtk_widget_class_bind_template_child (widget_class, SkyLinkPage, box);
  gtk_widget_class_bind_template_child (widget_class, SkyLinkPage, bar);
  gtk_widget_class_bind_template_child (widget_class, SkyLinkPage, problem);
  gtk_widget_class_bind_template_child (widget_class, SkyLinkPage, strip);
  gtk_widget_class_bind_template_child (widget_class, SkyLinkPage, stack);
  gtk_widget_class_bind_template_child (widget_class, SkyLinkPage, rows);
  gtk_widget_class_bind_template_child (widget_class, SkyLinkPage, columns);
  gtk_widget_class_bind_template_child (widget_class, SkyLinkPage, timeline);
  gtk_widget_class_bind_template_child (widget_class, SkyLinkPage, detail);
  gtk_widget_class_bind_template_child (widget_class, SkyLinkPage, handshake_box);
  gtk_widget_class_bind_template_child (widget_class, SkyLinkPage, rooms_page);
  gtk_widget_class_bind_template_child (widget_class, SkyLinkPage, rooms_box);
  gtk_widget_class_bind_template_child (widget_class, SkyLinkPage, clients_page);
  gtk_widget_class_bind_template_child (widget_class, SkyLinkPage, clients_box);
  gtk_widget_class_bind_template_child (widget_class, SkyLinkPage, rules_page);
  gtk_widget_class_bind_template_child (widget_class, SkyLinkPage, rules_box);
  gtk_widget_class_bind_template_callback (widget_class, on_record_selected);
  gtk_widget_class_bind_template_callback (widget_class, on_pane);
  gtk_widget_class_install_action (widget_class, "page.hide-problem", NULL, hide_problem);
  gtk_widget_class_install_action (widget_class, "page.use-port", "q", use_port);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "page.hide-problem", NULL);
}

/**
 * sky_link_page_new:
 * @peer: whom the page shows
 *
 * Returns: (transfer floating): the page
 */
GtkWidget *
sky_link_page_new (SkyPeer *peer)
{
  SkyLinkPage *self = g_object_new (SKY_TYPE_LINK_PAGE, NULL);

  self->peer = g_object_ref (peer);
  if (SKY_IS_HOST (peer))
    {
      self->host_bar = SKY_HOST_BAR (sky_host_bar_new (SKY_HOST (peer)));
      gtk_box_prepend (GTK_BOX (self->box), GTK_WIDGET (self->host_bar));
      gtk_widget_set_visible (GTK_WIDGET (self->bar), FALSE);
    }
  else
    sky_link_bar_set_peer (self->bar, peer);
  sky_problem_bar_set_peer (self->problem, peer);
  sky_link_strip_set_peer (self->strip, peer);
  sky_timeline_set_store (self->timeline, sky_peer_get_store (peer));
  if (SKY_IS_CLIENT (peer))
    {
      self->composer = SKY_COMPOSER (sky_composer_new ());
      sky_composer_set_client (self->composer, SKY_CLIENT (peer));
      gtk_paned_set_end_child (self->rows, GTK_WIDGET (self->composer));
      self->login = sky_admin_login_new (SKY_CLIENT (peer));
      g_signal_connect_object (self->login, "changed", G_CALLBACK (on_login), self, G_CONNECT_SWAPPED);
    }
  gtk_stack_page_set_visible (self->rooms_page, FALSE);
  gtk_stack_page_set_visible (self->clients_page, FALSE);
  if (SKY_IS_HOST (peer))
    {
      g_signal_connect_object (sky_host_get_roster (SKY_HOST (peer)), "flat", G_CALLBACK (show_roster_tabs), self,
                               G_CONNECT_SWAPPED);
      show_roster_tabs (self);
    }
  gtk_stack_page_set_visible (self->rules_page, SKY_IS_HOST (peer));
  g_signal_connect_object (peer, "notify::state", G_CALLBACK (on_state), self, G_CONNECT_SWAPPED);
  on_state (self);
  return GTK_WIDGET (self);
}
