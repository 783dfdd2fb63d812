#include "cli/orders.h"

#include <gio/gunixinputstream.h>
#include <string.h>
#include <unistd.h>

#include "base/json.h"

#define RETRY_MSEC 20

struct _Orders
{
  GDataInputStream *lines;
  GCancellable     *cancellable;
  OrdersFunc        func;
  void (*ended) (gpointer);
  gpointer user_data;
  char    *waiting; /* an order that could not be taken yet */
  guint    retry;
};

static void read_next (Orders *self);

static gboolean
on_retry (gpointer user_data)
{
  Orders *self = user_data;
  g_autofree char *order = g_steal_pointer (&self->waiting);

  if (!self->func (order, self->user_data))
    {
      self->waiting = g_steal_pointer (&order);
      return G_SOURCE_CONTINUE;
    }
  self->retry = 0;
  read_next (self);
  return G_SOURCE_REMOVE;
}

static void
on_line (GObject *lines, GAsyncResult *result, gpointer user_data)
{
  Orders *self = user_data;
  g_autoptr(GError) error = NULL;
  g_autofree char *line = g_data_input_stream_read_line_finish_utf8 (G_DATA_INPUT_STREAM (lines), result, NULL, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (error != NULL)
    g_printerr ("%s\n", error->message);
  if (line == NULL)
    {
      self->ended (self->user_data);
      return;
    }
  if (*g_strstrip (line) != '\0' && !self->func (line, self->user_data))
    {
      self->waiting = g_steal_pointer (&line);
      self->retry = g_timeout_add (RETRY_MSEC, on_retry, self);
      return;
    }
  read_next (self);
}

static void
read_next (Orders *self)
{
  if (!g_cancellable_is_cancelled (self->cancellable))
    g_data_input_stream_read_line_async (self->lines, G_PRIORITY_DEFAULT, self->cancellable, on_line, self);
}

/**
 * orders_new:
 * @func: takes each order
 * @ended: called once, when standard input has ended
 *
 * Returns: (transfer full): a reader of standard input
 */
Orders *
orders_new (OrdersFunc func, void (*ended) (gpointer), gpointer user_data)
{
  Orders *self = g_new0 (Orders, 1);
  g_autoptr(GInputStream) input = g_unix_input_stream_new (STDIN_FILENO, FALSE);

  self->lines = g_data_input_stream_new (input);
  self->cancellable = g_cancellable_new ();
  self->func = func;
  self->ended = ended;
  self->user_data = user_data;
  read_next (self);
  return self;
}

void
orders_free (Orders *self)
{
  g_cancellable_cancel (self->cancellable);
  g_clear_handle_id (&self->retry, g_source_remove);
  while (g_input_stream_has_pending (G_INPUT_STREAM (self->lines)))
    g_main_context_iteration (NULL, TRUE);
  g_object_unref (self->lines);
  g_object_unref (self->cancellable);
  g_free (self->waiting);
  g_free (self);
}

static gboolean
find (const char *json, const char *name, SkyJsonValue *value)
{
  SkyJsonValue root;

  return sky_json_parse (json, strlen (json), &root, NULL, NULL) && root.type == SKY_JSON_OBJECT
         && sky_json_member (json, &root, name, value);
}

/* Returns: whether @json has a string called @name */
gboolean
orders_member_string (const char *json, const char *name, char **out)
{
  SkyJsonValue value;

  if (!find (json, name, &value) || value.type != SKY_JSON_STRING)
    return FALSE;
  *out = sky_json_unquote (json, &value, NULL);
  return TRUE;
}

/* Returns: whether @json has anything called @name; @out is its text as it stands */
gboolean
orders_member_raw (const char *json, const char *name, char **out)
{
  SkyJsonValue value;

  if (!find (json, name, &value))
    return FALSE;
  *out = g_strndup (json + value.start, value.len);
  return TRUE;
}

gboolean
orders_member_uint (const char *json, const char *name, guint64 *out)
{
  SkyJsonValue value;

  return find (json, name, &value) && value.type == SKY_JSON_NUMBER && sky_json_uint (json, &value, out);
}

gboolean
orders_member_true (const char *json, const char *name)
{
  SkyJsonValue value;

  return find (json, name, &value) && value.type == SKY_JSON_TRUE;
}

gboolean
orders_member_false (const char *json, const char *name)
{
  SkyJsonValue value;

  return find (json, name, &value) && value.type == SKY_JSON_FALSE;
}

/**
 * orders_split_event:
 * @array: ["name", args…]
 * @args: (out): the text between the brackets, after the name
 */
gboolean
orders_split_event (const char *array, char **event, char **args)
{
  SkyJsonValue root, key, name, next;
  SkyJsonIter iter;

  if (!sky_json_parse (array, strlen (array), &root, NULL, NULL) || root.type != SKY_JSON_ARRAY)
    return FALSE;
  sky_json_iter_init (&iter, array, &root);
  if (!sky_json_iter_next (&iter, &key, &name) || name.type != SKY_JSON_STRING)
    return FALSE;
  *event = sky_json_unquote (array, &name, NULL);
  if (sky_json_iter_next (&iter, &key, &next))
    *args = g_strndup (array + next.start, root.start + root.len - 1 - next.start);
  else
    *args = g_strdup ("");
  return TRUE;
}
