#include "peer/profile/secrets.h"

#include <glib/gi18n-lib.h>
#include <libsecret/secret.h>

/* A person may have to type the password of a locked store first. */
#define DEADLINE_SEC 60

struct _SkySecrets
{
  GObject parent_instance;
  GQueue  waiting; /* of GTask, owned; the first is under way if @busy */
  gboolean busy;
};

G_DEFINE_FINAL_TYPE (SkySecrets, sky_secrets, G_TYPE_OBJECT)

typedef enum { DO_STORE, DO_LOOKUP, DO_FORGET } What;

typedef struct
{
  What          what;
  char         *id, *label, *text;
  GCancellable *cancellable; /* at the deadline, or when the caller wants it */
  guint         deadline;
  gboolean      late;
} Order;

static const SecretSchema schema = {
  "io.github.sockeye.Sockeye", SECRET_SCHEMA_NONE, { { "connection", SECRET_SCHEMA_ATTRIBUTE_STRING } }
};

static void do_next (SkySecrets *self);

static void
order_free (gpointer data)
{
  Order *order = data;

  g_clear_handle_id (&order->deadline, g_source_remove);
  g_object_unref (order->cancellable);
  g_free (order->id);
  g_free (order->label);
  g_free (order->text);
  g_free (order);
}

/* Returns: (transfer full): the first task, which is over; the next may begin */
static GTask *
finish_first (SkySecrets *self)
{
  GTask *task = g_queue_pop_head (&self->waiting);
  Order *order = g_task_get_task_data (task);

  g_clear_handle_id (&order->deadline, g_source_remove);
  self->busy = FALSE;
  return task;
}

static void
return_error (GTask *task, GError *error)
{
  Order *order = g_task_get_task_data (task);

  if (order->late)
    {
      g_clear_error (&error);
      error = g_error_new (G_IO_ERROR, G_IO_ERROR_TIMED_OUT, _("The desktop’s secret store did not answer within %d s."),
                           DEADLINE_SEC);
    }
  g_task_return_error (task, error);
}

/* Returns: (transfer full): what is in the item; empty if it is none of ours */
static JsonObject *
parse (const char *text)
{
  g_autoptr(JsonNode) root = text != NULL ? json_from_string (text, NULL) : NULL;

  return root != NULL && JSON_NODE_HOLDS_OBJECT (root) ? json_node_dup_object (root) : json_object_new ();
}

static void
on_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(SkySecrets) self = user_data;
  g_autoptr(GTask) task = finish_first (self);
  Order *order = g_task_get_task_data (task);
  GError *error = NULL;
  char *text;

  switch (order->what)
    {
    case DO_STORE:
      secret_password_store_finish (result, &error);
      break;
    case DO_FORGET:
      secret_password_clear_finish (result, &error);
      break;
    case DO_LOOKUP:
      text = secret_password_lookup_finish (result, &error);
      if (error == NULL)
        g_task_return_pointer (task, parse (text), (GDestroyNotify) json_object_unref);
      secret_password_free (text);
      break;
    }
  if (error != NULL)
    return_error (task, error);
  else if (order->what != DO_LOOKUP)
    g_task_return_boolean (task, TRUE);
  do_next (self);
}

static void
on_deadline (gpointer user_data)
{
  Order *order = user_data;

  order->deadline = 0;
  order->late = TRUE;
  g_cancellable_cancel (order->cancellable);
}

static void
do_next (SkySecrets *self)
{
  GTask *task = g_queue_peek_head (&self->waiting);
  Order *order = task != NULL ? g_task_get_task_data (task) : NULL;

  if (task == NULL || self->busy)
    return;
  self->busy = TRUE;
  order->deadline = g_timeout_add_once (DEADLINE_SEC * 1000, on_deadline, order);
  switch (order->what)
    {
    case DO_STORE:
      secret_password_store (&schema, SECRET_COLLECTION_DEFAULT, order->label, order->text, order->cancellable, on_done,
                             g_object_ref (self), "connection", order->id, NULL);
      break;
    case DO_LOOKUP:
      secret_password_lookup (&schema, order->cancellable, on_done, g_object_ref (self), "connection", order->id, NULL);
      break;
    case DO_FORGET:
      secret_password_clear (&schema, order->cancellable, on_done, g_object_ref (self), "connection", order->id, NULL);
      break;
    }
}

static void
add (SkySecrets *self, GTask *task, What what, const char *id, const char *label, char *text)
{
  GCancellable *theirs = g_task_get_cancellable (task);
  Order *order = g_new0 (Order, 1);

  *order = (Order) { .what = what, .id = g_strdup (id), .label = g_strdup (label), .text = text,
                     .cancellable = theirs != NULL ? g_object_ref (theirs) : g_cancellable_new () };
  g_task_set_task_data (task, order, order_free);
  g_queue_push_tail (&self->waiting, task);
  do_next (self);
}

/**
 * sky_secrets_store_async:
 * @id: of the saved connection
 * @label: what a person reads in the desktop's own list of secrets
 * @secrets: as sky_profile_split() gives them
 *
 * Puts them in place of what was stored under @id.
 */
void
sky_secrets_store_async (SkySecrets         *self,
                         const char         *id,
                         const char         *label,
                         JsonObject         *secrets,
                         GAsyncReadyCallback callback,
                         gpointer            user_data)
{
  g_autoptr(JsonNode) root = json_node_init_object (json_node_alloc (), secrets);
  GTask *task = g_task_new (self, NULL, callback, user_data);

  g_task_set_source_tag (task, sky_secrets_store_async);
  add (self, task, DO_STORE, id, label, json_to_string (root, FALSE));
}

/* Returns: %FALSE with @error, a sentence, if they are not stored */
gboolean
sky_secrets_store_finish (SkySecrets *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * sky_secrets_lookup_async:
 * @cancellable: (nullable): is cancelled at the deadline too
 *
 * Asks for what sky_secrets_store_async() put under @id. A locked store makes the desktop ask for its password.
 */
void
sky_secrets_lookup_async (SkySecrets         *self,
                          const char         *id,
                          GCancellable       *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer            user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, sky_secrets_lookup_async);
  g_task_set_check_cancellable (task, FALSE);
  add (self, task, DO_LOOKUP, id, NULL, NULL);
}

/* Returns: (transfer full) (nullable): an object, empty if nothing is stored; %NULL with @error */
JsonObject *
sky_secrets_lookup_finish (SkySecrets *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * sky_secrets_forget_async:
 *
 * Takes away what is stored under @id. That nothing is stored there is no error.
 */
void
sky_secrets_forget_async (SkySecrets *self, const char *id, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (self, NULL, callback, user_data);

  g_task_set_source_tag (task, sky_secrets_forget_async);
  add (self, task, DO_FORGET, id, NULL, NULL);
}

/* Returns: %FALSE with @error, a sentence, if it may be there still */
gboolean
sky_secrets_forget_finish (SkySecrets *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
sky_secrets_init (SkySecrets *self)
{
  g_queue_init (&self->waiting);
}

static void
sky_secrets_class_init (SkySecretsClass *klass)
{
}

/* Returns: (transfer full): a way to the store; nothing is asked of it yet */
SkySecrets *
sky_secrets_new (void)
{
  return g_object_new (SKY_TYPE_SECRETS, NULL);
}
