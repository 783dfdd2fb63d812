#include "peer/capture/capture.h"
#include "peer/client/client.h"
#include "ui/doctor/doctor-window.h"
#include "ui/ui.h"
#include "ui/window/window-private.h"

/* Kept on a doctor's window: the SkyPeer that it examines, and the SkyCapture of what was said. */
#define OF_PEER "sky-doctor-of"
#define TRACE   "sky-doctor-trace"

/* The page may have been closed meanwhile. */
static void
on_apply (GtkWindow *doctor, SkyProfile *better, SkyWindow *self)
{
  SkyPeer *peer = g_object_get_data (G_OBJECT (doctor), OF_PEER);
  SkyLinkPage *page = g_hash_table_lookup (self->pages, peer);

  if (page == NULL)
    return;
  sky_sidebar_select (self->sidebar, peer);
  sky_link_page_dial (page, better);
}

static gboolean
is_listed (SkyWindow *self, SkyPeer *wanted)
{
  for (guint i = 0; i < sky_sidebar_get_n_peers (self->sidebar); i++)
    {
      g_autoptr(SkyPeer) peer = sky_sidebar_get_nth (self->sidebar, i);

      if (peer == wanted)
        return TRUE;
    }
  return FALSE;
}

static void
on_show_trace (GtkWindow *doctor, SkyStore *store, SkyWindow *self)
{
  SkyPeer *trace = g_object_get_data (G_OBJECT (doctor), TRACE);

  if (trace == NULL || sky_peer_get_store (trace) != store)
    {
      trace = SKY_PEER (sky_capture_new_for_store (store, gtk_window_get_title (doctor)));
      g_object_set_data_full (G_OBJECT (doctor), TRACE, trace, g_object_unref);
    }
  if (!is_listed (self, trace))
    sky_window_add_peer (self, trace);
  sky_sidebar_select (self->sidebar, trace);
  gtk_window_present (GTK_WINDOW (self));
}

static GtkWindow *
find_doctor (SkyPeer *peer)
{
  g_autoptr(GList) windows = gtk_window_list_toplevels ();

  for (GList *l = windows; l != NULL; l = l->next)
    if (SKY_IS_DOCTOR_WINDOW (l->data) && g_object_get_data (l->data, OF_PEER) == peer)
      return l->data;
  return NULL;
}

/**
 * sky_window_examine:
 * @peer: a client
 *
 * Asks the doctor what answers there, in a window of its own; the one that is there already is shown.
 */
void
sky_window_examine (SkyWindow *self, SkyPeer *peer)
{
  GtkWindow *doctor = find_doctor (peer);

  if (doctor == NULL)
    {
      doctor = GTK_WINDOW (sky_doctor_window_new (GTK_WINDOW (self), sky_client_get_profile (SKY_CLIENT (peer)),
                                                  sky_peer_get_title (peer)));
      g_object_set_data_full (G_OBJECT (doctor), OF_PEER, g_object_ref (peer), g_object_unref);
      g_signal_connect_object (doctor, "apply", G_CALLBACK (on_apply), self, 0);
      g_signal_connect_object (doctor, "show-trace", G_CALLBACK (on_show_trace), self, 0);
    }
  gtk_window_present (doctor);
}
