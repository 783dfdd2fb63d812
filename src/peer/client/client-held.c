#include "peer/client/client-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define MAX_HELD 1000 /* emits that wait for the connection */

/* Emits while there is no connection: they wait for it and go out in order, PROTOCOL §9.6. */

typedef struct
{
  SkyClient       *client; /* borrowed */
  char            *nsp, *event, *args;
  GPtrArray       *attachments;
  gsize            len; /* bytes */
  gboolean         ask;
  guint            timeout_msec, timeout; /* until when its ack is waited for; source */
  gint64           asked_usec;            /* monotonic */
  SkyClientAckFunc func;
  gpointer         user_data;
  GDestroyNotify   destroy;
} Held;

static void
held_free (Held *held)
{
  g_clear_handle_id (&held->timeout, g_source_remove);
  if (held->destroy != NULL)
    held->destroy (held->user_data);
  g_ptr_array_unref (held->attachments);
  g_free (held->nsp);
  g_free (held->event);
  g_free (held->args);
  g_free (held);
}

static void
give_up (SkyClient *self, Held *held, SkyClientError code, const char *why)
{
  g_autoptr(GError) error = g_error_new_literal (SKY_CLIENT_ERROR, code, why);

  if (held->func != NULL)
    held->func (self, NULL, g_get_monotonic_time () - held->asked_usec, error, held->user_data);
  held_free (held);
}

/* Its time is over before it was sent: it is not sent any more, PROTOCOL §9.5. */
static gboolean
on_timeout (gpointer user_data)
{
  Held *held = user_data;
  g_autoptr(SkyClient) self = g_object_ref (held->client);
  g_autofree char *why = g_strdup_printf (_("“%s” was not sent: no connection came within %u ms."), held->event,
                                          held->timeout_msec);

  held->timeout = 0;
  g_queue_remove (&self->held, held);
  self->held_len -= held->len;
  sky_client_note (self, SKY_KIND_HELD, "%s", why);
  give_up (self, held, SKY_CLIENT_ERROR_TIMEOUT, why);
  return G_SOURCE_REMOVE;
}

static gsize
get_len (const char *event, const char *args, GPtrArray *attachments)
{
  gsize len = strlen (event) + strlen (args);

  for (guint i = 0; i < attachments->len; i++)
    len += g_bytes_get_size (g_ptr_array_index (attachments, i));
  return len;
}

/* Keeps an emit until its namespace is connected. As sky_client_emit_with_ack() but for @attachments. */
gboolean
sky_client_hold (SkyClient *self, const char *nsp, const char *event, const char *args, GPtrArray *attachments,
                 gboolean ask, guint timeout_msec, SkyClientAckFunc func, gpointer user_data, GDestroyNotify destroy,
                 GError **error)
{
  gsize len = get_len (event, args, attachments);
  Held *held;

  if (self->held.length >= MAX_HELD || self->held_len + len > SKY_CLIENT_MAX_BUFFERED)
    {
      g_set_error (error, SKY_CLIENT_ERROR, SKY_CLIENT_ERROR_FULL,
                   _("%u events wait for the connection already. Connect first."), self->held.length);
      return FALSE;
    }
  held = g_new0 (Held, 1);
  *held = (Held) { .client = self,
                   .nsp = g_strdup (nsp),
                   .event = g_strdup (event),
                   .args = g_strdup (args),
                   .attachments = g_ptr_array_ref (attachments),
                   .len = len,
                   .ask = ask,
                   .timeout_msec = timeout_msec,
                   .asked_usec = g_get_monotonic_time (),
                   .func = func,
                   .user_data = user_data,
                   .destroy = destroy };
  if (ask && timeout_msec > 0)
    held->timeout = g_timeout_add (timeout_msec, on_timeout, held);
  g_queue_push_tail (&self->held, held);
  self->held_len += len;
  sky_client_note (self, SKY_KIND_HELD, _("“%s” waits for %s to be connected"), event, nsp);
  return TRUE;
}

static gboolean
is_wanted (SkyClient *self, const Held *held)
{
  SkyClientSpace *space = sky_client_find_space (self, held->nsp);

  return space != NULL && space->active;
}

/* Takes those of @nsp, of all if it is %NULL, or of none that is still asked for if it is "". */
static void
take (SkyClient *self, const char *nsp, GQueue *taken)
{
  GList *next;

  for (GList *l = self->held.head; l != NULL; l = next)
    {
      Held *held = l->data;

      next = l->next;
      if (nsp != NULL && (*nsp != '\0' ? strcmp (held->nsp, nsp) != 0 : is_wanted (self, held)))
        continue;
      g_queue_unlink (&self->held, l);
      g_queue_push_tail_link (taken, l);
      g_clear_handle_id (&held->timeout, g_source_remove);
      self->held_len -= held->len;
    }
}

static guint
get_time_left (const Held *held)
{
  gint64 waited_msec = (g_get_monotonic_time () - held->asked_usec) / 1000;

  return held->timeout_msec == 0 ? 0 : (guint) MAX (held->timeout_msec - waited_msec, 1);
}

/* @nsp is connected: what waited for it goes out, in its order. Who hears of it may end the connection. */
void
sky_client_release_held (SkyClient *self, const char *nsp)
{
  GQueue taken = G_QUEUE_INIT;
  g_autoptr(SkyTalker) talker = g_object_ref (self->talker);
  Held *held;

  if (!sky_talker_is_open (talker))
    return;
  take (self, nsp, &taken);
  while (self->talker == talker && sky_talker_is_open (talker) && (held = g_queue_pop_head (&taken)) != NULL)
    {
      sky_client_send_now (self, nsp, held->event, held->args, held->attachments, held->ask, get_time_left (held),
                           held->func, held->user_data, g_steal_pointer (&held->destroy));
      held_free (held);
    }
  sky_client_give_up_held (self, &taken);
}

/**
 * sky_client_take_held:
 * @nsp: (nullable): a namespace that is not connected any more; %NULL for all, since no connection
 *   comes; "" for those of which nobody asks any more
 * @taken: to be given to sky_client_give_up_held() once whoever hears of it may do anything
 */
void
sky_client_take_held (SkyClient *self, const char *nsp, GQueue *taken)
{
  guint before = taken->length;

  take (self, nsp, taken);
  if (taken->length > before)
    sky_client_note (self, SKY_KIND_HELD,
                     g_dngettext (GETTEXT_PACKAGE, "%u event that waited for the connection was dropped",
                                  "%u events that waited for the connection were dropped", taken->length - before),
                     taken->length - before);
}

void
sky_client_give_up_held (SkyClient *self, GQueue *taken)
{
  Held *held;

  while ((held = g_queue_pop_head (taken)) != NULL)
    give_up (self, held, SKY_CLIENT_ERROR_GONE, _("The connection ended before the event was sent."));
}

/* The client goes away: nobody is told. */
void
sky_client_free_held (SkyClient *self)
{
  g_queue_clear_full (&self->held, (GDestroyNotify) held_free);
  self->held_len = 0;
}

/* Returns: how many emits wait for the connection */
guint
sky_client_get_n_held (SkyClient *self)
{
  return self->held.length;
}
