#include <string.h>

#include "sio/sio-event.h"

typedef struct
{
  const char *name, *json;
  gboolean    named, no_array;
  const char *event; /* NULL if it has no name */
  const char *args;
  guint       n_args;
} Vector;

static const Vector vectors[] = {
  { "event", "[\"hello\",1,\"b\"]", TRUE, .event = "hello", .args = "1,\"b\"", .n_args = 2 },
  { "no-args", "[\"hello\"]", TRUE, .event = "hello", .args = "" },
  { "space", " [ \"hello\" , 1 , [ 2 , 3 ] ] ", TRUE, .event = "hello", .args = "1 , [ 2 , 3 ]",
    .n_args = 2 },
  { "escapes", "[\"a\\\"\\u00e9,]\",{\"k\":\",\"}]", TRUE, .event = "a\"\xc3\xa9,]",
    .args = "{\"k\":\",\"}", .n_args = 1 },
  { "number", "[-1.50,null]", TRUE, .event = "-1.50", .args = "null", .n_args = 1 },
  { "empty-name", "[\"\",1]", TRUE, .event = "", .args = "1", .n_args = 1 },
  { "null-name", "[null,1]", TRUE, .args = "null,1", .n_args = 2 },
  { "nothing", "[]", TRUE, .args = "" },
  { "ack", "[\"ok\",1]", FALSE, .args = "\"ok\",1", .n_args = 2 },
  { "ack-empty", "[ ]", FALSE, .args = "" },
  { "ack-kept-spelling", "[1.0,1e300,9007199254740993,{\"a\":1,\"a\":2}]", FALSE,
    .args = "1.0,1e300,9007199254740993,{\"a\":1,\"a\":2}", .n_args = 4 },
  { "object", "{\"a\":1}", TRUE, .no_array = TRUE },
  { "string", "\"[]\"", TRUE, .no_array = TRUE },
  { "bracket", "[", TRUE, .no_array = TRUE },
  { "empty", "", TRUE, .no_array = TRUE },
};

static void
test_decode (gconstpointer data)
{
  const Vector *v = data;
  SkySioEvent event = { 0 };
  g_autofree char *name = NULL;

  for (gsize len = 0; len <= strlen (v->json); len++) /* a cut is no JSON, but must not do harm */
    {
      g_autofree char *exact = g_memdup2 (v->json, len);

      if (sky_sio_event_decode (exact, len, v->named, &event))
        g_assert_cmpuint (event.args_start + event.args_len, <, len);
    }
  g_assert_cmpint (sky_sio_event_decode (v->json, strlen (v->json), v->named, &event), ==,
                   !v->no_array);
  if (v->no_array)
    return;
  name = sky_sio_event_name (&event, v->json);
  g_assert_cmpint (event.has_name, ==, v->event != NULL);
  g_assert_cmpstr (name, ==, v->event);
  g_assert_cmpuint (event.n_args, ==, v->n_args);
  g_assert_cmpmem (v->json + event.args_start, event.args_len, v->args, strlen (v->args));
}

static void
test_reserved (void)
{
  g_assert_true (sky_sio_event_reserved ("connect"));
  g_assert_true (sky_sio_event_reserved ("connect_error"));
  g_assert_true (sky_sio_event_reserved ("disconnect"));
  g_assert_true (sky_sio_event_reserved ("disconnecting"));
  g_assert_true (sky_sio_event_reserved ("newListener"));
  g_assert_true (sky_sio_event_reserved ("removeListener"));
  g_assert_false (sky_sio_event_reserved ("error"));
  g_assert_false (sky_sio_event_reserved ("message"));
  g_assert_false (sky_sio_event_reserved ("ping"));
  g_assert_false (sky_sio_event_reserved (""));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autofree char *path = g_strconcat ("/sio-event/", vectors[i].name, NULL);

      g_test_add_data_func (path, &vectors[i], test_decode);
    }
  g_test_add_func ("/sio-event/reserved", test_reserved);
  return g_test_run ();
}
