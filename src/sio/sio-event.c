#include "sio/sio-event.h"

static const char *const reserved_names[] = { "connect",       "connect_error", "disconnect",
                                              "disconnecting", "newListener",   "removeListener" };

/* The array in valid JSON, without reading it again. */
static gboolean
find_array (const char *json, gsize len, SkyJsonValue *array)
{
  gsize start = 0;

  while (start < len && g_ascii_isspace (json[start]))
    start++;
  while (len > start && g_ascii_isspace (json[len - 1]))
    len--;
  *array = (SkyJsonValue) { SKY_JSON_ARRAY, start, len - start };
  return array->len >= 2 && json[start] == '[' && json[len - 1] == ']';
}

/**
 * sky_sio_event_decode:
 * @json: (array length=len): the data of an event or ack, valid JSON: sky_sio_packet_decode() has
 *   faulted the packet if they are not
 * @len: bytes
 * @named: whether a name comes first: %TRUE for events, %FALSE for acks
 * @event: (out caller-allocates): set only on success; positions count from @json
 *
 * A first item that can be no name is an argument. Socket.IO protocol v5, "Sending and receiving
 * data", "Acknowledgement".
 *
 * Returns: %FALSE if @json is no array
 */
gboolean
sky_sio_event_decode (const char *json, gsize len, gboolean named, SkySioEvent *event)
{
  SkyJsonValue array, item;
  SkyJsonIter iter;
  SkySioEvent e = { 0 };
  gsize args_end;

  if (!find_array (json, len, &array))
    return FALSE;
  args_end = e.args_start = array.start + array.len - 1;
  sky_json_iter_init (&iter, json, &array);
  while (sky_json_iter_next (&iter, NULL, &item))
    {
      if (named && iter.n_items == 1
          && (item.type == SKY_JSON_STRING || item.type == SKY_JSON_NUMBER))
        {
          e.has_name = TRUE;
          e.name = item;
          continue;
        }
      if (e.n_args++ == 0)
        e.args_start = item.start;
      args_end = item.start + item.len;
    }
  e.args_len = args_end - e.args_start;
  *event = e;
  return TRUE;
}

/**
 * sky_sio_event_name:
 * @json: the text that @event was decoded from
 *
 * Returns: (transfer full) (nullable): the event's name without quotes and escapes, or its digits
 *   if it is a number; %NULL if it has none
 */
char *
sky_sio_event_name (const SkySioEvent *event, const char *json)
{
  if (!event->has_name)
    return NULL;
  if (event->name.type == SKY_JSON_STRING)
    return sky_json_unquote (json, &event->name, NULL);
  return g_strndup (json + event->name.start, event->name.len);
}

/**
 * sky_sio_event_reserved:
 *
 * Returns: whether @name tells of the connection itself, so that no peer may send an event of it
 */
gboolean
sky_sio_event_reserved (const char *name)
{
  for (gsize i = 0; i < G_N_ELEMENTS (reserved_names); i++)
    if (g_str_equal (name, reserved_names[i]))
      return TRUE;
  return FALSE;
}

/**
 * sky_sio_event_value_reserved:
 * @json: the text that @name lies in
 *
 * As sky_sio_event_reserved(), without taking the name out.
 */
gboolean
sky_sio_event_value_reserved (const char *json, const SkyJsonValue *name)
{
  for (gsize i = 0; i < G_N_ELEMENTS (reserved_names); i++)
    if (sky_json_string_equal (json, name, reserved_names[i]))
      return TRUE;
  return FALSE;
}
