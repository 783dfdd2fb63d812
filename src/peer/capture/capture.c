#include "peer/capture/capture.h"

#include <glib/gi18n-lib.h>

#include "peer/capture/capture-load.h"

/* Loading shares the thread with the window: a frame's time is for more than this. */
#define SLICE_USEC 6000
#define STEP_LEN   (64 * 1024) /* bytes, between two looks at the clock */

struct _SkyCapture
{
  SkyPeer        parent_instance;
  GFile         *file;
  GCancellable  *cancellable;
  SkyCaptureLoad *load;  /* nullable: where reading has come to */
  guint          source; /* reads on when nothing else is to be done */
  gboolean       opening; /* a thread does */
  gboolean       loaded;
};

G_DEFINE_FINAL_TYPE (SkyCapture, sky_capture, SKY_TYPE_PEER)

static void
show_progress (SkyCapture *self)
{
  guint32 n_records = sky_store_get_n_records (sky_peer_get_store (SKY_PEER (self)));
  g_autofree char *subtitle = NULL;

  if (self->load != NULL)
    subtitle = g_strdup_printf (_("%u %% read"), (guint) (sky_capture_load_get_part (self->load) * 100));
  else
    subtitle = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%u record", "%u records", n_records), n_records);
  sky_peer_set_subtitle (SKY_PEER (self), subtitle);
}

static void
finish (SkyCapture *self, const GError *error)
{
  SkyPeer *peer = SKY_PEER (self);

  g_clear_pointer (&self->load, sky_capture_load_free);
  self->loaded = error == NULL;
  show_progress (self);
  if (self->loaded)
    sky_peer_set_state (peer, SKY_PEER_OPEN);
  else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND))
    sky_peer_fail (peer, error->message,
                   _("It may have been moved or deleted since: open it from where it is now."),
                   SKY_REMEDY_NONE);
  else
    sky_peer_fail (peer, error->message,
                   _("Open a .pcapng or .pcap file, such as Sockeye, Wireshark or tcpdump write, or a .har file of a browser."),
                   SKY_REMEDY_NONE);
}

static gboolean
on_idle (gpointer user_data)
{
  g_autoptr(SkyCapture) self = g_object_ref (user_data);
  gint64 end_usec = g_get_monotonic_time () + SLICE_USEC;
  g_autoptr(GError) error = NULL;
  gboolean more = TRUE;

  while (error == NULL && more && g_get_monotonic_time () < end_usec)
    more = sky_capture_load_step (self->load, STEP_LEN, &error);
  if (error == NULL && more)
    {
      show_progress (self);
      return G_SOURCE_CONTINUE;
    }
  self->source = 0;
  finish (self, error);
  return G_SOURCE_REMOVE;
}

/* A disk may not answer, and all of an archive is looked through before its first record. */
static void
open_file (GTask *task, gpointer source, gpointer store, GCancellable *cancellable)
{
  GError *error = NULL;
  SkyCaptureLoad *load = sky_capture_load_new (SKY_CAPTURE (source)->file, store, cancellable, &error);

  if (load != NULL)
    g_task_return_pointer (task, load, (GDestroyNotify) sky_capture_load_free);
  else
    g_task_return_error (task, error);
}

/* Whoever has stopped it meanwhile hears of an error when it is started again. */
static void
on_opened (GObject *source, GAsyncResult *result, gpointer user_data)
{
  SkyCapture *self = SKY_CAPTURE (source);
  g_autoptr(GError) error = NULL;
  gboolean wanted = sky_peer_get_state (SKY_PEER (self)) == SKY_PEER_WORKING;

  self->opening = FALSE;
  self->load = g_task_propagate_pointer (G_TASK (result), &error);
  if (wanted && self->load != NULL)
    self->source = g_idle_add (on_idle, self);
  else if (wanted)
    finish (self, error);
}

static void
begin (SkyCapture *self)
{
  g_autoptr(GTask) task = g_task_new (self, self->cancellable, on_opened, NULL);

  self->opening = TRUE;
  g_task_set_task_data (task, g_object_ref (sky_peer_get_store (SKY_PEER (self))), g_object_unref);
  g_task_run_in_thread (task, open_file);
}

/* A trace only grows: what was read once is not read again, and what was stopped goes on. */
static void
sky_capture_start (SkyPeer *peer)
{
  SkyCapture *self = SKY_CAPTURE (peer);

  if (self->source != 0)
    return;
  if (self->loaded)
    {
      sky_peer_set_state (peer, SKY_PEER_OPEN);
      return;
    }
  if (self->load == NULL && sky_store_get_n_records (sky_peer_get_store (peer)) > 0)
    return;
  sky_peer_set_state (peer, SKY_PEER_WORKING);
  if (self->load != NULL)
    self->source = g_idle_add (on_idle, self);
  else if (!self->opening)
    begin (self);
}

static void
sky_capture_stop (SkyPeer *peer)
{
  SkyCapture *self = SKY_CAPTURE (peer);

  g_clear_handle_id (&self->source, g_source_remove);
  if (sky_peer_get_state (peer) != SKY_PEER_FAILED)
    sky_peer_set_state (peer, SKY_PEER_CLOSED);
}

static void
sky_capture_dispose (GObject *object)
{
  SkyCapture *self = SKY_CAPTURE (object);

  g_clear_handle_id (&self->source, g_source_remove);
  g_cancellable_cancel (self->cancellable);
  G_OBJECT_CLASS (sky_capture_parent_class)->dispose (object);
}

static void
sky_capture_finalize (GObject *object)
{
  SkyCapture *self = SKY_CAPTURE (object);

  g_clear_pointer (&self->load, sky_capture_load_free);
  g_clear_object (&self->file);
  g_clear_object (&self->cancellable);
  G_OBJECT_CLASS (sky_capture_parent_class)->finalize (object);
}

static void
sky_capture_class_init (SkyCaptureClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = sky_capture_dispose;
  G_OBJECT_CLASS (klass)->finalize = sky_capture_finalize;
  SKY_PEER_CLASS (klass)->start = sky_capture_start;
  SKY_PEER_CLASS (klass)->stop = sky_capture_stop;
}

static void
sky_capture_init (SkyCapture *self)
{
  self->cancellable = g_cancellable_new ();
}

/**
 * sky_capture_new:
 * @file: a .pcapng, .pcap or .har file; it is read when the capture is started
 *
 * Reading takes a slice of time whenever the main loop has nothing else to do. To stop it is to
 * keep what was read; a start reads on.
 *
 * Returns: (transfer full): a capture named after its file
 */
SkyCapture *
sky_capture_new (GFile *file)
{
  SkyCapture *self;
  g_autofree char *name = NULL, *title = NULL;

  g_return_val_if_fail (G_IS_FILE (file), NULL);

  self = g_object_new (SKY_TYPE_CAPTURE, NULL);
  self->file = g_object_ref (file);
  name = g_file_get_basename (file);
  title = g_filename_display_name (name != NULL ? name : "");
  sky_peer_set_title (SKY_PEER (self), title);
  return self;
}

/**
 * sky_capture_new_for_store:
 * @store: a trace of this program that nobody talks on any more, or that is being written
 * @title: what to call it
 *
 * Returns: (transfer full): a capture that is loaded already
 */
SkyCapture *
sky_capture_new_for_store (SkyStore *store, const char *title)
{
  SkyCapture *self;

  g_return_val_if_fail (SKY_IS_STORE (store), NULL);

  self = g_object_new (SKY_TYPE_CAPTURE, "store", store, NULL);
  self->loaded = TRUE;
  sky_peer_set_title (SKY_PEER (self), title);
  sky_peer_set_state (SKY_PEER (self), SKY_PEER_OPEN);
  return self;
}
