#include "config.h"

#include "sio/sio-msgpack-private.h"

#include <math.h>

#include "base/base64.h"
#include "base/date.h"

/* The objects of one key that stand in JSON for what it has not: sio-msgpack.h lists them. */

/**
 * sky_sio_mark_of:
 * @text: the text that @key lies in
 *
 * Returns: which of them @key is the key of
 */
SkySioMark
sky_sio_mark_of (const char *text, const SkyJsonValue *key)
{
  static const char *const names[] = {
    [SKY_SIO_MARK_BIN] = "$bin", [SKY_SIO_MARK_DATE] = "$date", [SKY_SIO_MARK_NUM] = "$num", [SKY_SIO_MARK_EXT] = "$ext",
  };

  for (SkySioMark mark = SKY_SIO_MARK_BIN; mark <= SKY_SIO_MARK_EXT; mark++)
    if (sky_json_string_equal (text, key, names[mark]))
      return mark;
  return SKY_SIO_MARK_NONE;
}

/**
 * sky_sio_mark_base64:
 *
 * Returns: whether @value is a string of base64 with padding
 */
gboolean
sky_sio_mark_base64 (const char *text, const SkyJsonValue *value)
{
  g_autofree char *plain = NULL;
  gsize len;

  if (value->type != SKY_JSON_STRING)
    return FALSE;
  plain = sky_json_unquote (text, value, &len);
  return sky_base64_valid (plain, len);
}

/**
 * sky_sio_mark_date:
 * @msec: (out): milliseconds since 1970-01-01 UTC
 *
 * Returns: whether @value is a string that sky_date_parse() reads
 */
gboolean
sky_sio_mark_date (const char *text, const SkyJsonValue *value, gint64 *msec)
{
  g_autofree char *plain = NULL;
  gsize len;

  if (value->type != SKY_JSON_STRING)
    return FALSE;
  plain = sky_json_unquote (text, value, &len);
  return sky_date_parse (plain, len, msec);
}

/**
 * sky_sio_mark_num:
 * @real: (out): what JSON has no number for
 *
 * Returns: whether @value is one of the three words
 */
gboolean
sky_sio_mark_num (const char *text, const SkyJsonValue *value, double *real)
{
  if (sky_json_string_equal (text, value, "NaN"))
    *real = (double) NAN;
  else if (sky_json_string_equal (text, value, "Infinity"))
    *real = (double) INFINITY;
  else if (sky_json_string_equal (text, value, "-Infinity"))
    *real = (double) -INFINITY;
  else
    return FALSE;
  return TRUE;
}

static gboolean
is_plain (const char *text, const SkyJsonValue *number)
{
  for (gsize i = 0; i < number->len; i++)
    if (strchr (".eE", text[number->start + i]) != NULL)
      return FALSE;
  return TRUE;
}

/**
 * sky_sio_mark_ext:
 * @type: (out): from -128 to 127
 * @base64: (out caller-allocates): where the octets are
 *
 * Returns: whether @value is [type, "base64"]
 */
gboolean
sky_sio_mark_ext (const char *text, const SkyJsonValue *value, gint8 *type, SkyJsonValue *base64)
{
  SkyJsonValue number, more;
  SkyJsonIter iter;
  gint64 n;

  if (value->type != SKY_JSON_ARRAY)
    return FALSE;
  sky_json_iter_init (&iter, text, value);
  if (!sky_json_iter_next (&iter, NULL, &number) || number.type != SKY_JSON_NUMBER || number.len > 4
      || !is_plain (text, &number) || !sky_json_iter_next (&iter, NULL, base64)
      || sky_json_iter_next (&iter, NULL, &more) || !sky_sio_mark_base64 (text, base64))
    return FALSE;
  n = g_ascii_strtoll (text + number.start, NULL, 10);
  *type = (gint8) n;
  return n >= G_MININT8 && n <= G_MAXINT8;
}
