#include "config.h"

#include "sio/sio-msgpack.h"

#include <math.h>

#include "base/date.h"
#include "base/json.h"
#include "base/msgpack.h"
#include "base/utf8.h"

/* What stands for a value that JSON has not may be two brackets deep. */
#define MAX_DEPTH (SKY_JSON_MAX_DEPTH - 2)

/* An array or map that is open where the writer stands. */
typedef struct
{
  guint32  left; /* items or pairs that have not begun yet */
  gboolean map;
} Level;

/* One pass over MessagePack that has been skipped over once already: it is whole. */
typedef struct
{
  const guint8 *data;
  gsize         pos, end;
  GArray       *levels; /* of Level: depth costs memory and not stack */
  GString      *out;
  guint32       faults;
} Writer;

static const guint8 *
octets_of (const Writer *w, const SkyMsgpackToken *token)
{
  return w->data + token->start + token->head_len;
}

static void
put_string (Writer *w, const SkyMsgpackToken *token)
{
  const char *text = (const char *) octets_of (w, token);
  g_autofree char *valid = NULL;

  if (sky_utf8_valid ((const guint8 *) text, token->len))
    {
      sky_json_quote (w->out, text, (gssize) token->len);
      return;
    }
  w->faults |= SKY_SIO_FAULT_MSGPACK;
  valid = g_utf8_make_valid (text, (gssize) token->len);
  sky_json_quote (w->out, valid, -1);
}

/* The fewest digits that are read as the same number again. */
static void
put_real (Writer *w, double real)
{
  char digits[G_ASCII_DTOSTR_BUF_SIZE] = "";

  if (!isfinite (real))
    {
      g_string_append_printf (w->out, "{\"$num\":\"%s\"}", isnan (real) ? "NaN" : real > 0 ? "Infinity" : "-Infinity");
      return;
    }
  for (int precision = 15; precision <= 17; precision++)
    {
      char format[8] = { '%', '.', '1', (char) ('0' + precision - 10), 'g', '\0' };

      g_ascii_formatd (digits, sizeof digits, format, real);
      if (g_ascii_strtod (digits, NULL) == real)
        break;
    }
  g_string_append (w->out, digits);
  if (strpbrk (digits, ".e") == NULL)
    g_string_append (w->out, ".0");
}

static void
put_base64 (Writer *w, const SkyMsgpackToken *token)
{
  const guint8 *octets = octets_of (w, token);
  gsize at = w->out->len, room = (token->len + 2) / 3 * 4 + 5;
  int state = 0, save = 0;
  gsize n;

  if (at + room > SKY_SIO_MSGPACK_MAX_JSON)
    {
      w->faults |= SKY_SIO_FAULT_SIZE;
      return;
    }
  g_string_set_size (w->out, at + room);
  n = g_base64_encode_step (octets, token->len, FALSE, w->out->str + at, &state, &save);
  n += g_base64_encode_close (FALSE, w->out->str + at + n, &state, &save);
  g_string_truncate (w->out, at + n);
}

static void
put_binary (Writer *w, const SkyMsgpackToken *token)
{
  g_string_append (w->out, "{\"$bin\":\"");
  put_base64 (w, token);
  g_string_append (w->out, "\"}");
}

/* The extension −1: seconds in 4 octets, 34 bits of them after 30 bits of nanoseconds, or both in full. */
static gboolean
read_timestamp (const guint8 *octets, gsize len, gint64 *msec, guint32 *nsec)
{
  guint64 first = 0, second = 0;
  gint64 seconds;

  for (gsize i = 0; i < 4 && len >= 4; i++)
    first = first << 8 | octets[i];
  for (gsize i = 4; i < len; i++)
    second = second << 8 | octets[i];
  if (len == 4)
    *nsec = 0;
  else
    *nsec = (guint32) (len == 8 ? first >> 2 : first);
  seconds = len == 4 ? (gint64) first : len == 8 ? (gint64) ((first & 3) << 32 | second) : (gint64) second;
  if ((len != 4 && len != 8 && len != 12) || *nsec > 999999999 || ABS (seconds / 1000) > SKY_DATE_MAX_MSEC / 1000000)
    return FALSE;
  *msec = seconds * 1000 + *nsec / 1000000;
  *nsec %= 1000000;
  return ABS (*msec) <= SKY_DATE_MAX_MSEC;
}

static gboolean
read_date (const Writer *w, const SkyMsgpackToken *token, gint64 *msec, guint32 *nsec)
{
  const guint8 *octets = octets_of (w, token);
  guint64 bits = 0;

  if (token->ext == -1)
    return read_timestamp (octets, token->len, msec, nsec);
  if (token->ext != 0 || !token->fixed || token->len != 8)
    return FALSE;
  for (gsize i = 0; i < 8; i++)
    bits = bits << 8 | octets[i];
  *msec = (gint64) bits;
  *nsec = 0;
  return *msec >= -SKY_DATE_MAX_MSEC && *msec <= SKY_DATE_MAX_MSEC;
}

static void
put_ext (Writer *w, const SkyMsgpackToken *token)
{
  gint64 msec;
  guint32 nsec;

  if (read_date (w, token, &msec, &nsec))
    {
      g_autofree char *date = sky_date_format (msec, nsec);

      g_string_append_printf (w->out, "{\"$date\":\"%s\"}", date);
    }
  else if (token->ext == 0 && !token->fixed)
    put_binary (w, token);
  else if (token->ext == 0 && token->len == 1)
    g_string_append (w->out, "null");
  else
    {
      g_string_append_printf (w->out, "{\"$ext\":[%d,\"", token->ext);
      put_base64 (w, token);
      g_string_append (w->out, "\"]}");
    }
}

static void
put_scalar (Writer *w, const SkyMsgpackToken *token)
{
  switch (token->type)
    {
    case SKY_MSGPACK_NIL:
      g_string_append (w->out, "null");
      break;
    case SKY_MSGPACK_FALSE:
    case SKY_MSGPACK_TRUE:
      g_string_append (w->out, token->type == SKY_MSGPACK_TRUE ? "true" : "false");
      break;
    case SKY_MSGPACK_UINT:
      g_string_append_printf (w->out, "%" G_GUINT64_FORMAT, token->uint);
      break;
    case SKY_MSGPACK_INT:
      g_string_append_printf (w->out, "%" G_GINT64_FORMAT, token->sint);
      break;
    case SKY_MSGPACK_FLOAT:
      put_real (w, token->real);
      break;
    case SKY_MSGPACK_STRING:
      put_string (w, token);
      break;
    case SKY_MSGPACK_BINARY:
      put_binary (w, token);
      break;
    case SKY_MSGPACK_EXT:
      put_ext (w, token);
      break;
    case SKY_MSGPACK_ARRAY:
    case SKY_MSGPACK_MAP:
      break;
    }
}

/* A key: JavaScript makes a string of whatever it is. */
static gboolean
put_key (Writer *w)
{
  SkyMsgpackToken key;
  gsize pos = w->pos;

  if (!sky_msgpack_skip (w->data, w->end, &w->pos) || !sky_msgpack_next (w->data, w->end, &pos, &key))
    return FALSE;
  if (key.type == SKY_MSGPACK_STRING)
    put_string (w, &key);
  else
    {
      g_string_append_c (w->out, '"');
      if (key.type < SKY_MSGPACK_STRING && (key.type != SKY_MSGPACK_FLOAT || isfinite (key.real)))
        put_scalar (w, &key);
      g_string_append_c (w->out, '"');
    }
  g_string_append_c (w->out, ':');
  return TRUE;
}

static gboolean
open_level (Writer *w, const SkyMsgpackToken *token)
{
  gboolean map = token->type == SKY_MSGPACK_MAP;
  Level level = { .left = token->n_items, .map = map };

  if (w->levels->len == MAX_DEPTH)
    {
      w->faults |= SKY_SIO_FAULT_DEPTH;
      return FALSE;
    }
  g_array_append_val (w->levels, level);
  g_string_append_c (w->out, map ? '{' : '[');
  return TRUE;
}

/* A value has ended: closes what it was the last of. Returns: FALSE if that was all */
static gboolean
close_levels (Writer *w)
{
  while (w->levels->len > 0)
    {
      Level *level = &g_array_index (w->levels, Level, w->levels->len - 1);

      if (level->left > 0)
        return TRUE;
      g_string_append_c (w->out, level->map ? '}' : ']');
      g_array_set_size (w->levels, w->levels->len - 1);
    }
  return FALSE;
}

/* Begins the next item of what is open. Returns: FALSE if there is no such thing */
static gboolean
begin_item (Writer *w)
{
  Level *level;
  char last;

  if (w->levels->len == 0)
    return TRUE;
  level = &g_array_index (w->levels, Level, w->levels->len - 1);
  last = w->out->str[w->out->len - 1];
  level->left--;
  if (last != '[' && last != '{')
    g_string_append_c (w->out, ',');
  return !level->map || put_key (w);
}

static gboolean
write_value (Writer *w)
{
  SkyMsgpackToken token;

  do
    {
      if (!begin_item (w) || !sky_msgpack_next (w->data, w->end, &w->pos, &token))
        return FALSE;
      if (token.type < SKY_MSGPACK_ARRAY)
        put_scalar (w, &token);
      else if (!open_level (w, &token))
        return FALSE;
      if (w->out->len > SKY_SIO_MSGPACK_MAX_JSON)
        w->faults |= SKY_SIO_FAULT_SIZE;
      if (w->faults & SKY_SIO_FAULT_SIZE)
        return FALSE;
    }
  while (close_levels (w));
  return TRUE;
}

/**
 * sky_sio_msgpack_json:
 * @data: the bytes that @packet was found in
 * @packet: as sky_sio_msgpack_find() set it
 * @json_len: (out) (optional): bytes
 * @faults: (inout): gets what is wrong with the data
 *
 * Writes a packet's data as JSON, without white space: how, the header says. Integers keep all
 * their digits, duplicate keys stay. What is not UTF-8 becomes U+FFFD and is faulted.
 *
 * Returns: (transfer full) (nullable): the JSON; %NULL if there are no data, if they are nested
 *   too deep to be read as JSON, or if it would be over %SKY_SIO_MSGPACK_MAX_JSON bytes
 */
char *
sky_sio_msgpack_json (const guint8 *data, const SkySioPacket *packet, gsize *json_len, guint32 *faults)
{
  g_autoptr(GArray) levels = g_array_new (FALSE, FALSE, sizeof (Level));
  Writer w = { .data = data, .pos = packet->data_start, .end = packet->data_start + packet->data_len };
  gboolean ok;

  if (json_len != NULL)
    *json_len = 0;
  if (packet->data_len == 0)
    return NULL;
  if (data[0] == '{')
    {
      if (json_len != NULL)
        *json_len = packet->data_len;
      return g_strndup ((const char *) data + packet->data_start, packet->data_len);
    }
  w.levels = levels;
  w.out = g_string_sized_new (MIN (packet->data_len, SKY_SIO_MSGPACK_MAX_JSON) + 64);
  ok = write_value (&w);
  *faults |= w.faults;
  if (json_len != NULL && ok)
    *json_len = w.out->len;
  return g_string_free (w.out, !ok);
}
