#include "peer/carrier/caller-private.h"

#include <string.h>

#include "peer/carrier/request.h"

/* What is being written has to stay until that is over, even if the call is not. */
typedef struct
{
  GTask      *task;
  GByteArray *wire;
} Writing;

/* What went wrong with writing shows in reading: the server may have answered before it hung up. */
static void
on_written (GObject *output, GAsyncResult *result, gpointer user_data)
{
  Writing *writing = user_data;
  g_autoptr(GTask) task = writing->task;
  SkyCaller *self = g_task_get_source_object (task);
  SkyCallerCall *call = g_task_get_task_data (task);
  GIOStream *stream = self->link != NULL ? sky_link_get_stream (self->link) : NULL;

  g_output_stream_write_all_finish (G_OUTPUT_STREAM (output), result, NULL, NULL);
  if (self->task == task && stream != NULL && g_io_stream_get_output_stream (stream) == G_OUTPUT_STREAM (output))
    call->writing = FALSE;
  g_byte_array_unref (writing->wire);
  g_free (writing);
}

static GByteArray *
make_wire (SkyCaller *self, SkyCallerCall *call)
{
  gsize body_len = call->body != NULL ? g_bytes_get_size (call->body) : 0;
  g_autofree char *head = sky_request_head (self->profile, &call->route, self->jar,
                                            &(SkyRequest) { .method = call->method,
                                                            .target = call->route.target,
                                                            .content_type = call->content_type,
                                                            .body_len = call->body != NULL ? (gssize) body_len : -1 });
  GByteArray *wire = g_byte_array_sized_new ((guint) (strlen (head) + body_len));

  g_byte_array_append (wire, (const guint8 *) head, (guint) strlen (head));
  if (body_len > 0)
    g_byte_array_append (wire, g_bytes_get_data (call->body, NULL), (guint) body_len);
  return wire;
}

void
sky_caller_write (GTask *task)
{
  SkyCaller *self = g_task_get_source_object (task);
  SkyCallerCall *call = g_task_get_task_data (task);
  GIOStream *stream = sky_link_get_stream (self->link);
  GInputStream *input = g_io_stream_get_input_stream (stream);
  Writing *writing = g_new0 (Writing, 1);

  sky_caller_clear_source (&self->idle);
  self->alive = FALSE;
  writing->task = g_object_ref (task);
  writing->wire = make_wire (self, call);
  sky_reply_clear (&call->reply);
  sky_reply_init (&call->reply, call->route.host_header, call->method);
  call->n_taken = sky_link_get_n_taken (self->link);
  call->writing = TRUE;
  call->readable = g_pollable_input_stream_create_source (G_POLLABLE_INPUT_STREAM (input), NULL);
  g_source_set_callback (call->readable, G_SOURCE_FUNC (sky_caller_on_readable), g_object_ref (task), g_object_unref);
  g_source_attach (call->readable, g_main_context_get_thread_default ());
  g_output_stream_write_all_async (g_io_stream_get_output_stream (stream), writing->wire->data, writing->wire->len,
                                   G_PRIORITY_DEFAULT, call->io, on_written, writing);
}
