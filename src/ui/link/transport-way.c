#include "ui/link/transport-way.h"

#include <string.h>

#define WAY "sky-transport-way" /* kept on a SkyClient: "polling → websocket" */

static void
on_transport (SkyClient *client)
{
  const char *transport = sky_client_get_transport (client);
  const char *way = sky_transport_way_get (client);
  const char *arrow = strrchr (way, ' ');
  const char *latest = arrow != NULL ? arrow + 1 : way;
  char *longer = NULL;

  if (transport != NULL && g_str_equal (transport, latest))
    return;
  if (transport != NULL)
    longer = *way != '\0' ? g_strdup_printf ("%s → %s", way, transport) : g_strdup (transport);
  g_object_set_data_full (G_OBJECT (client), WAY, longer, g_free);
}

/* Each run begins its way anew. */
static void
on_state (SkyClient *client)
{
  if (sky_peer_get_state (SKY_PEER (client)) == SKY_PEER_WORKING)
    g_object_set_data (G_OBJECT (client), WAY, NULL);
}

/**
 * sky_transport_way_watch:
 *
 * From now on it is remembered how the connection came to its transport; to be called once.
 */
void
sky_transport_way_watch (SkyClient *client)
{
  g_signal_connect (client, "notify::state", G_CALLBACK (on_state), NULL);
  g_signal_connect (client, "notify::transport", G_CALLBACK (on_transport), NULL);
  on_transport (client);
}

/**
 * sky_transport_way_get:
 * @client: one that is watched
 *
 * Returns: (transfer none): "polling", "websocket", "polling → websocket"; "" if there is no connection
 */
const char *
sky_transport_way_get (SkyClient *client)
{
  const char *way = g_object_get_data (G_OBJECT (client), WAY);

  return way != NULL ? way : "";
}
