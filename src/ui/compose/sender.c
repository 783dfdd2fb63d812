#include "ui/compose/sender.h"

#include <glib/gi18n-lib.h>

#include "base/base64.h"
#include "base/clock.h"
#include "ui/compose/file-load.h"
#include "ui/parts/json-args.h"

struct _SkySender
{
  GObject       parent_instance;
  SkyClient    *client; /* nullable */
  SkyHistory   *history;
  GCancellable *cancellable; /* of what is read for @client */
  guint         latest;      /* counts what was sent: only the latest is told of */
  char         *held;        /* nullable: the event that was sent last, while it waits for the connection */
  guint         look_source; /* whether it waits still */
};

G_DEFINE_FINAL_TYPE (SkySender, sky_sender, G_TYPE_OBJECT)

static guint told_signal;

/* An event on its way, while its files are read or its ack is waited for. */
typedef struct
{
  GWeakRef sender;
  SkySent *sent;
  GArray  *files; /* nullable: of SkyJsonFile */
  guint    serial;
} Errand;

static Errand *
errand_new (SkySender *self, SkySent *sent)
{
  Errand *errand = g_new0 (Errand, 1);

  g_weak_ref_init (&errand->sender, self);
  errand->sent = g_object_ref (sent);
  errand->serial = self->latest;
  return errand;
}

static void
errand_free (gpointer data)
{
  Errand *errand = data;

  g_weak_ref_clear (&errand->sender);
  g_object_unref (errand->sent);
  g_clear_pointer (&errand->files, g_array_unref);
  g_free (errand);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Errand, errand_free)

/**
 * sky_sender_tell:
 * @text: a sentence
 *
 * Emits "told".
 */
void
sky_sender_tell (SkySender *self, SkyTold told, const char *text)
{
  g_return_if_fail (SKY_IS_SENDER (self));

  g_signal_emit (self, told_signal, 0, (guint) told, text);
}

static void
on_ack (SkyClient *client, const char *args, gint64 latency_usec, const GError *error,
        gpointer user_data)
{
  Errand *errand = user_data;
  g_autoptr(SkySender) self = g_weak_ref_get (&errand->sender);
  g_autofree char *latency = sky_clock_format_span (latency_usec);
  g_autofree char *text = NULL;
  guint timeout_sec = errand->sent->timeout_sec;

  if (self == NULL || self->latest != errand->serial)
    return;
  if (g_error_matches (error, SKY_CLIENT_ERROR, SKY_CLIENT_ERROR_TIMEOUT))
    text = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "No ack within %u second",
                                         "No ack within %u seconds", timeout_sec),
                            timeout_sec);
  else if (g_error_matches (error, SKY_CLIENT_ERROR, SKY_CLIENT_ERROR_GONE))
    text = g_strdup (_("The connection ended before the ack came"));
  if (error != NULL)
    sky_sender_tell (self, text != NULL ? SKY_TOLD_WARNING : SKY_TOLD_ERROR,
                     text != NULL ? text : error->message);
  else
    {
      text = args == NULL || *args == '\0'
                 ? g_strdup_printf (_("ack after %s, without an answer"), latency)
                 : g_strdup_printf (_("ack after %s: %s"), latency, args);
      sky_sender_tell (self, SKY_TOLD_DONE, text);
    }
}

/* How what was held fares is told too: it went out with the others, or was dropped with them. */
static void
on_look (gpointer user_data)
{
  SkySender *self = user_data;
  g_autofree char *event = NULL, *text = NULL;
  gboolean open = self->client != NULL && sky_peer_get_state (SKY_PEER (self->client)) == SKY_PEER_OPEN;

  self->look_source = 0;
  if (self->held == NULL || (self->client != NULL && sky_client_get_n_held (self->client) > 0))
    return;
  event = g_steal_pointer (&self->held);
  text = g_strdup_printf (open ? _("Sent “%s”, now that there is a connection") : _("“%s” was never sent: the connection ended"),
                          event);
  sky_sender_tell (self, open ? SKY_TOLD_DONE : SKY_TOLD_WARNING, text);
}

static void
on_spaces (SkySender *self)
{
  if (self->held != NULL && self->look_source == 0)
    self->look_source = g_idle_add_once (on_look, self);
}

static void
tell_held (SkySender *self, const SkySent *sent)
{
  g_autofree char *text = NULL;

  text = g_strdup_printf (sent->is_volatile ? _("“%s” was dropped: it is volatile, and there is no connection yet")
                                            : _("“%s” will be sent when connected"),
                          sent->event);
  sky_sender_tell (self, sent->is_volatile ? SKY_TOLD_WARNING : SKY_TOLD_WAITING, text);
  if (!sent->is_volatile && !sent->ask) /* who asked for an ack hears of that */
    self->held = g_strdup (sent->event);
}

/* @text is what @sent says, with the contents of files in their place. */
static gboolean
emit (SkySender *self, SkySent *sent, const char *text, GError **error)
{
  g_autofree char *waiting = NULL;

  if (!sent->ask)
    return sky_client_emit (self->client, sent->nsp, sent->event, text,
                            sent->is_volatile ? SKY_EMIT_VOLATILE : SKY_EMIT_NONE, error);
  waiting = g_strdup_printf (sky_sender_would_hold (self, sent->nsp)
                                 ? _("“%s” will be sent when connected, and its ack is waited for…")
                                 : _("Waiting for the ack of “%s”…"),
                             sent->event);
  sky_sender_tell (self, SKY_TOLD_WAITING, waiting);
  return sky_client_emit_with_ack (self->client, sent->nsp, sent->event, text,
                                   sent->timeout_sec * 1000, on_ack, errand_new (self, sent),
                                   errand_free, error);
}

static gboolean
speak (SkySender *self, SkySent *sent, const char *text, GError **error)
{
  g_autoptr(GBytes) bytes = NULL;
  guchar *octets;
  gsize len;

  switch (sent->kind)
    {
    case SKY_SENT_EVENT:
      return emit (self, sent, text, error);
    case SKY_SENT_TEXT:
      return sky_client_send_text (self->client, text, error);
    case SKY_SENT_BINARY:
      octets = g_base64_decode (text, &len);
      bytes = g_bytes_new_take (octets, len);
      return sky_client_send_binary (self->client, bytes, error);
    }
  return FALSE;
}

static char *
describe_size (const SkySent *sent)
{
  gsize len = strlen (sent->text);

  if (sent->kind == SKY_SENT_BINARY)
    len = sky_base64_decoded_len (sent->text, len);
  return g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "Sent %zu byte",
                                       "Sent %zu bytes", len),
                          len);
}

static void
deliver (SkySender *self, SkySent *sent, const char *text)
{
  g_autoptr(GError) error = NULL;
  gboolean held = sent->kind == SKY_SENT_EVENT && sky_sender_would_hold (self, sent->nsp);
  gboolean full = sent->is_volatile && sky_client_get_buffered (self->client) > 0;
  g_autofree char *done = NULL;

  if (!speak (self, sent, text, &error))
    {
      sky_sender_tell (self, SKY_TOLD_ERROR, error->message);
      return;
    }
  sky_history_add (self->history, sent);
  if (held)
    tell_held (self, sent);
  if (held || (sent->kind == SKY_SENT_EVENT && sent->ask))
    return;
  if (full)
    {
      done = g_strdup_printf (_("“%s” was dropped: it is volatile, and the server is slow to read"), sent->event);
      sky_sender_tell (self, SKY_TOLD_WARNING, done);
      return;
    }
  done = sent->kind == SKY_SENT_EVENT ? g_strdup_printf (_("Sent “%s”"), sent->event)
                                      : describe_size (sent);
  sky_sender_tell (self, SKY_TOLD_DONE, done);
}

static void
on_loaded (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(Errand) errand = user_data;
  g_autoptr(SkySender) self = g_weak_ref_get (&errand->sender);
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) contents = sky_file_load_finish (result, &error);
  g_autofree char *text = NULL;

  if (self == NULL || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (contents == NULL)
    {
      sky_sender_tell (self, SKY_TOLD_ERROR, error->message);
      return;
    }
  text = sky_json_args_put_files (errand->sent->text, errand->files, contents);
  deliver (self, errand->sent, text);
}

static void
load_files (SkySender *self, SkySent *sent, GArray *files)
{
  Errand *errand = errand_new (self, sent);
  g_autoptr(GPtrArray) paths = g_ptr_array_new ();

  errand->files = g_array_ref (files);
  for (guint i = 0; i < files->len; i++)
    g_ptr_array_add (paths, g_array_index (files, SkyJsonFile, i).path);
  g_ptr_array_add (paths, NULL);
  sky_sender_tell (self, SKY_TOLD_WAITING, _("Reading files…"));
  sky_file_load_async ((const char *const *) paths->pdata, self->cancellable, on_loaded, errand);
}

static void
forget_held (SkySender *self)
{
  g_clear_pointer (&self->held, g_free);
  g_clear_handle_id (&self->look_source, g_source_remove);
}

/**
 * sky_sender_send:
 * @sent: what to send now, as its page checked it
 *
 * How that goes is told by "told". If it was sent it is put into the history.
 */
void
sky_sender_send (SkySender *self, SkySent *sent)
{
  g_autoptr(GArray) files = NULL;
  const char *obstacle;

  g_return_if_fail (SKY_IS_SENDER (self) && SKY_IS_SENT (sent));

  obstacle = sky_sender_get_obstacle (self, sent->kind == SKY_SENT_EVENT ? sent->nsp : NULL);
  forget_held (self);

  self->latest++;
  if (obstacle != NULL)
    {
      sky_sender_tell (self, SKY_TOLD_WARNING, obstacle);
      return;
    }
  if (sent->kind == SKY_SENT_EVENT)
    files = sky_json_args_files (sent->text);
  if (files != NULL && files->len > 0)
    load_files (self, sent, files);
  else
    deliver (self, sent, sent->text);
}

/* Returns: whether the client knows the namespace, with its state in @info */
static gboolean
find_space (SkySender *self, const char *nsp, SkySpaceInfo *info)
{
  for (guint i = 0; self->client != NULL && sky_client_get_space (self->client, i, info); i++)
    if (g_str_equal (info->nsp, nsp))
      return TRUE;
  return FALSE;
}

/**
 * sky_sender_would_hold:
 * @nsp: where to emit
 *
 * Returns: whether an event emitted there now would wait for the connection, and go out with it
 */
gboolean
sky_sender_would_hold (SkySender *self, const char *nsp)
{
  SkyPeerState state = self->client != NULL ? sky_peer_get_state (SKY_PEER (self->client)) : SKY_PEER_IDLE;
  SkySpaceInfo info;

  if ((state != SKY_PEER_WORKING && state != SKY_PEER_WAITING && state != SKY_PEER_OPEN) || !find_space (self, nsp, &info))
    return FALSE;
  /* What was lost with the connection is joined again with it; what was left is not. */
  return info.state == SKY_SPACE_CONNECTING || (info.state == SKY_SPACE_DISCONNECTED && state != SKY_PEER_OPEN);
}

/**
 * sky_sender_get_obstacle:
 * @nsp: (nullable): the namespace to emit in; %NULL for a message, which does not wait for a connection
 *
 * Returns: (nullable) (transfer none): why nothing can be sent now, as advice
 */
const char *
sky_sender_get_obstacle (SkySender *self, const char *nsp)
{
  SkySpaceInfo info;

  if (self->client == NULL)
    return _("Connect first");
  if (nsp != NULL && sky_sender_would_hold (self, nsp))
    return NULL;
  if (nsp != NULL && sky_peer_get_state (SKY_PEER (self->client)) == SKY_PEER_OPEN && find_space (self, nsp, &info)
      && info.state != SKY_SPACE_CONNECTED)
    return _("This namespace is not connected: choose another, or connect it again");
  switch (sky_peer_get_state (SKY_PEER (self->client)))
    {
    case SKY_PEER_OPEN:
      return NULL;
    case SKY_PEER_WORKING:
    case SKY_PEER_WAITING:
      return _("Not connected yet");
    case SKY_PEER_IDLE:
    case SKY_PEER_CLOSING:
    case SKY_PEER_CLOSED:
    case SKY_PEER_FAILED:
      break;
    }
  return _("Connect first");
}

/**
 * sky_sender_set_client:
 * @client: (nullable): who sends from now on
 *
 * Whatever is still under way for another client is not told of any more.
 */
void
sky_sender_set_client (SkySender *self, SkyClient *client)
{
  g_return_if_fail (SKY_IS_SENDER (self));

  if (self->client == client)
    return;
  if (self->client != NULL)
    g_signal_handlers_disconnect_by_data (self->client, self);
  g_set_object (&self->client, client);
  g_cancellable_cancel (self->cancellable);
  g_object_unref (self->cancellable);
  self->cancellable = g_cancellable_new ();
  self->latest++;
  forget_held (self);
  if (client != NULL)
    g_signal_connect_object (client, "spaces-changed", G_CALLBACK (on_spaces), self, G_CONNECT_SWAPPED);
  sky_sender_tell (self, SKY_TOLD_NOTHING, "");
}

/* Returns: (nullable) (transfer none) */
SkyClient *
sky_sender_get_client (SkySender *self)
{
  return self->client;
}

/* Returns: (transfer none) */
SkyHistory *
sky_sender_get_history (SkySender *self)
{
  return self->history;
}

/* Returns: (transfer none): the address of the client's profile, "" without one */
const char *
sky_sender_get_url (SkySender *self)
{
  const SkyProfile *profile = self->client != NULL ? sky_client_get_profile (self->client) : NULL;

  return profile != NULL && profile->url != NULL ? profile->url : "";
}

SkySender *
sky_sender_new (void)
{
  return g_object_new (SKY_TYPE_SENDER, NULL);
}

static void
sky_sender_finalize (GObject *object)
{
  SkySender *self = SKY_SENDER (object);

  g_cancellable_cancel (self->cancellable);
  g_object_unref (self->cancellable);
  forget_held (self);
  g_clear_object (&self->client);
  sky_history_flush (self->history);
  g_object_unref (self->history);
  G_OBJECT_CLASS (sky_sender_parent_class)->finalize (object);
}

static void
sky_sender_class_init (SkySenderClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = sky_sender_finalize;
  told_signal = g_signal_new ("told", SKY_TYPE_SENDER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                              G_TYPE_NONE, 2, G_TYPE_UINT, G_TYPE_STRING);
}

static void
sky_sender_init (SkySender *self)
{
  self->cancellable = g_cancellable_new ();
  self->history = sky_history_get_default ();
}
