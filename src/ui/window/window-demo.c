#include "peer/client/client.h"
#include "peer/host/host.h"
#include "ui/rules/rules-texts.h"
#include "ui/ui.h"
#include "ui/window/window-private.h"

/* The demo's handshakes are over by then: a page that is built meanwhile would be part of their times. */
#define DEMO_SETTLE_MSEC 120

static void
add_of_demo (SkyWindow *self, SkyPeer *peer)
{
  g_object_set_data (G_OBJECT (peer), SKY_PEER_OF_DEMO, self);
  sky_window_add_peer (self, peer);
}

static void
show_demo (gpointer user_data)
{
  SkyWindow *self = user_data;
  SkyClient *client;

  self->demo_source = 0;
  for (guint i = 0; (client = sky_demo_get_client (self->demo, i)) != NULL; i++)
    add_of_demo (self, SKY_PEER (client));
  add_of_demo (self, SKY_PEER (sky_demo_get_host (self->demo)));
  sky_sidebar_select (self->sidebar, SKY_PEER (sky_demo_get_client (self->demo, 0)));
  sky_link_page_focus (sky_window_get_page (self));
}

static gboolean
begin_demo (gpointer user_data)
{
  SkyWindow *self = user_data;

  self->demo = sky_demo_new (sky_rules_texts_get_demo ());
  self->demo_source = g_timeout_add_once (DEMO_SETTLE_MSEC, show_demo, self);
  return G_SOURCE_REMOVE;
}

/* The first of the demo's peers that the person has not closed */
static void
select_demo (SkyWindow *self)
{
  for (guint i = 0; i < sky_sidebar_get_n_peers (self->sidebar); i++)
    {
      g_autoptr(SkyPeer) peer = sky_sidebar_get_nth (self->sidebar, i);

      if (g_object_get_data (G_OBJECT (peer), SKY_PEER_OF_DEMO) == NULL)
        continue;
      sky_sidebar_select (self->sidebar, peer);
      return;
    }
}

/**
 * sky_window_show_demo:
 *
 * Adds a server and clients that chat, or comes back to them, with one client's page shown. It
 * begins when the window has been painted.
 */
void
sky_window_show_demo (SkyWindow *self)
{
  if (self->demo_source != 0)
    return;
  if (self->demo != NULL)
    select_demo (self);
  else
    self->demo_source = g_idle_add_full (G_PRIORITY_LOW, begin_demo, self, NULL);
}
