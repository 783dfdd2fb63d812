#include "eio/eio-open.h"

#include "base/json.h"

/* Reads an optional member that counts something; some servers write it with an exponent. */
static gboolean
read_number (const char *json, const SkyJsonValue *object, const char *name, guint64 max,
             guint64 *out)
{
  g_autofree char *text = NULL;
  SkyJsonValue value;
  double number;

  if (!sky_json_member (json, object, name, &value))
    return TRUE;
  if (value.type != SKY_JSON_NUMBER)
    return FALSE;
  if (sky_json_uint (json, &value, out))
    {
      *out = MIN (*out, max);
      return TRUE;
    }
  text = g_strndup (json + value.start, value.len);
  number = g_ascii_strtod (text, NULL);
  *out = number >= (double) max ? max : (guint64) MAX (number, 0);
  return number >= 0;
}

static gboolean
read_upgrades (const char *json, const SkyJsonValue *object, gboolean *websocket)
{
  SkyJsonValue upgrades, item;
  SkyJsonIter iter;

  if (!sky_json_member (json, object, "upgrades", &upgrades))
    return TRUE;
  if (upgrades.type != SKY_JSON_ARRAY)
    return FALSE;
  sky_json_iter_init (&iter, json, &upgrades);
  while (sky_json_iter_next (&iter, NULL, &item))
    *websocket |= item.type == SKY_JSON_STRING && sky_json_string_equal (json, &item, "websocket");
  return TRUE;
}

/**
 * sky_eio_open_decode:
 * @json: (array length=len): the data of an open packet
 * @len: bytes
 * @open: (out caller-allocates): what it says, to be cleared with sky_eio_open_clear(); times are
 *   in milliseconds, and a number that is not given is 0
 *
 * Servers of revision 3 leave out maxPayload, and some more. What is given must have the right
 * kind; keys and upgrades that are not known are passed over, as programs do. Engine.IO protocol v4, "Handshake".
 *
 * Returns: %FALSE, with nothing in @open, if it is not a JSON object with a string "sid"
 */
gboolean
sky_eio_open_decode (const char *json, gsize len, SkyEioOpen *open)
{
  guint64 interval_msec = 0, timeout_msec = 0;
  g_auto(SkyEioOpen) o = { 0 };
  SkyJsonValue object, sid;

  *open = (SkyEioOpen) { 0 };
  if (!sky_json_parse (json, len, &object, NULL, NULL) || object.type != SKY_JSON_OBJECT
      || !sky_json_member (json, &object, "sid", &sid) || sid.type != SKY_JSON_STRING)
    return FALSE;
  if (!read_number (json, &object, "pingInterval", G_MAXUINT, &interval_msec)
      || !read_number (json, &object, "pingTimeout", G_MAXUINT, &timeout_msec)
      || !read_number (json, &object, "maxPayload", G_MAXUINT64, &o.max_payload)
      || !read_upgrades (json, &object, &o.upgrades_websocket))
    return FALSE;
  o.sid = sky_json_unquote (json, &sid, NULL);
  o.ping_interval_msec = (guint) interval_msec;
  o.ping_timeout_msec = (guint) timeout_msec;
  *open = o;
  o.sid = NULL;
  return open->sid != NULL;
}

/**
 * sky_eio_open_encode:
 *
 * Writes the data of an open packet, its keys in the order of the reference server. A
 * max_payload of 0 is left out, as revision 3 does.
 *
 * Returns: (transfer full): JSON
 */
char *
sky_eio_open_encode (const SkyEioOpen *open)
{
  GString *json = g_string_new ("{\"sid\":");

  g_return_val_if_fail (open->sid != NULL, g_string_free (json, FALSE));

  sky_json_quote (json, open->sid, -1);
  g_string_append_printf (json, ",\"upgrades\":[%s],\"pingInterval\":%u,\"pingTimeout\":%u",
                          open->upgrades_websocket ? "\"websocket\"" : "", open->ping_interval_msec,
                          open->ping_timeout_msec);
  if (open->max_payload > 0)
    g_string_append_printf (json, ",\"maxPayload\":%" G_GUINT64_FORMAT, open->max_payload);
  g_string_append_c (json, '}');
  return g_string_free (json, FALSE);
}

void
sky_eio_open_clear (SkyEioOpen *open)
{
  g_clear_pointer (&open->sid, g_free);
}
