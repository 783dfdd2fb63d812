#include "config.h"

#include "sio/sio-msgpack-private.h"

#include <glib/gi18n-lib.h>

#include "base/json-octet.h"
#include "base/msgpack.h"
#include "sio/sio-attach.h"

/* An array or object of the JSON, in the order of their opening: MessagePack counts ahead. */
typedef struct
{
  guint32      n;    /* items or members */
  SkySioMark   mark; /* SKY_SIO_MARK_NONE, or it becomes one value made of @value, and ends at @end */
  SkyJsonValue value;
  gsize        end;
} Node;

/* One that is open where the first pass stands. */
typedef struct
{
  guint        node;
  gboolean     object, key_is_next;
  SkySioMark   mark; /* of the newest key */
  SkyJsonValue value; /* of the newest member; its length is set once it has ended */
} Level;

typedef struct
{
  const char *text;
  gsize       pos, len;
  GArray     *nodes;  /* of Node */
  GArray     *levels; /* of Level; depth costs memory and not stack */
  guint       n_top_items;
  GByteArray *out;
  GError    **error;
} Walk;

static Level *
top (Walk *w)
{
  return w->levels->len > 0 ? &g_array_index (w->levels, Level, w->levels->len - 1) : NULL;
}

static SkyJsonValue
scalar_at (const Walk *w)
{
  SkyJsonValue value = { sky_json_type_of (w->text[w->pos]), w->pos, 1 };
  gsize end = w->pos + 1;

  if (value.type == SKY_JSON_STRING)
    end = sky_json_skip_string (w->text, w->pos, w->len);
  else
    while (end < w->len && (g_ascii_isalnum (w->text[end]) || strchr ("+-.", w->text[end]) != NULL))
      end++;
  value.len = end - w->pos;
  return value;
}

/* Settles what an object with one key of ours is. Returns: FALSE if it is a "$bin" that is none */
static gboolean
settle (Walk *w, const Level *level, Node *node)
{
  SkyJsonValue base64;
  gint64 msec;
  double real;
  gint8 ext;

  node->value = level->value;
  node->end = w->pos;
  if (level->mark == SKY_SIO_MARK_BIN && level->value.type == SKY_JSON_STRING)
    {
      if (!sky_sio_mark_base64 (w->text, &level->value))
        {
          sky_fail (w->error, SKY_SIO_ERROR, SKY_SIO_ERROR_BASE64,
                    _("The “$bin” in item [%u] is not base64 with padding"), w->n_top_items);
          return FALSE;
        }
      node->mark = SKY_SIO_MARK_BIN;
    }
  /* An extension's array has no brackets in it: not to step over them here keeps time linear. */
  else if ((level->mark == SKY_SIO_MARK_DATE && sky_sio_mark_date (w->text, &level->value, &msec))
           || (level->mark == SKY_SIO_MARK_NUM && sky_sio_mark_num (w->text, &level->value, &real))
           || (level->mark == SKY_SIO_MARK_EXT && w->nodes->len == level->node + 2
               && sky_sio_mark_ext (w->text, &level->value, &ext, &base64)))
    node->mark = level->mark;
  return TRUE;
}

/* A value has begun or ended within @level. */
static void
note_value (Walk *w, Level *level, const SkyJsonValue *value)
{
  if (level == NULL)
    return;
  level->value = *value;
  g_array_index (w->nodes, Node, level->node).n++;
}

static void
open_level (Walk *w)
{
  gboolean object = w->text[w->pos] == '{';
  Level level = { .node = w->nodes->len, .object = object, .key_is_next = object };
  Node node = { 0 };

  note_value (w, top (w), &(SkyJsonValue) { object ? SKY_JSON_OBJECT : SKY_JSON_ARRAY, w->pos, 0 });
  g_array_append_val (w->levels, level);
  g_array_append_val (w->nodes, node);
  w->pos++;
}

static gboolean
close_level (Walk *w)
{
  Level level = *top (w);
  Node *node = &g_array_index (w->nodes, Node, level.node);

  w->pos++;
  g_array_set_size (w->levels, w->levels->len - 1);
  if (top (w) != NULL)
    top (w)->value.len = w->pos - top (w)->value.start;
  if (!level.object || node->n != 1 || level.mark == SKY_SIO_MARK_NONE)
    return TRUE;
  if (!settle (w, &level, node))
    return FALSE;
  if (node->mark != SKY_SIO_MARK_NONE)
    g_array_set_size (w->nodes, level.node + 1); /* what was in it goes with it */
  return TRUE;
}

static void
take_scalar (Walk *w)
{
  SkyJsonValue value = scalar_at (w);
  Level *level = top (w);

  w->pos += value.len;
  if (level != NULL && level->key_is_next)
    {
      level->mark = sky_sio_mark_of (w->text, &value);
      level->key_is_next = FALSE;
    }
  else
    note_value (w, level, &value);
}

/* The first pass: over valid JSON, counts what is in each array and object. */
static gboolean
count (Walk *w)
{
  while ((w->pos = sky_json_skip_space (w->text, w->pos, w->len)) < w->len)
    switch (w->text[w->pos])
      {
      case '[':
      case '{':
        open_level (w);
        break;
      case ']':
      case '}':
        if (!close_level (w))
          return FALSE;
        break;
      case ',':
        top (w)->key_is_next = top (w)->object;
        w->n_top_items += w->levels->len == 1;
        w->pos++;
        break;
      case ':':
        w->pos++;
        break;
      default:
        take_scalar (w);
        break;
      }
  return TRUE;
}

static void
put_string (Walk *w, const SkyJsonValue *value)
{
  gsize len;
  g_autofree char *plain = sky_json_unquote (w->text, value, &len);

  sky_msgpack_put_string (w->out, plain, len);
}

/* An integer as long as 64 bits hold it, and exactly that; JavaScript would have rounded it before. */
static void
put_number (Walk *w, const SkyJsonValue *value)
{
  g_autofree char *digits = g_strndup (w->text + value->start, value->len);
  gboolean below = digits[0] == '-';
  guint64 number = 0;
  gboolean fits = strpbrk (digits, ".eE") == NULL && strcmp (digits, "-0") != 0
                  && g_ascii_string_to_unsigned (digits + below, 10, 0, G_MAXUINT64, &number, NULL)
                  && (!below || number <= (guint64) G_MAXINT64 + 1);

  if (!fits)
    sky_msgpack_put_float (w->out, g_ascii_strtod (digits, NULL));
  else if (below)
    sky_msgpack_put_int (w->out, (gint64) (0 - number));
  else
    sky_msgpack_put_uint (w->out, number);
}

static guint8 *
octets_of (const Walk *w, const SkyJsonValue *base64, gsize *len)
{
  g_autofree char *plain = sky_json_unquote (w->text, base64, NULL);

  return g_base64_decode (plain, len);
}

/* Milliseconds in 64 bits under the extension 0, as notepack writes a Date. */
static void
put_date (Walk *w, const SkyJsonValue *value)
{
  gint64 msec = 0;
  guint8 octets[8];

  sky_sio_mark_date (w->text, value, &msec);
  for (guint i = 0; i < sizeof octets; i++)
    octets[i] = (guint8) ((guint64) msec >> (56 - 8 * i));
  sky_msgpack_put_ext (w->out, 0, octets, sizeof octets);
}

static void
put_marked (Walk *w, const Node *node)
{
  g_autofree guint8 *octets = NULL;
  SkyJsonValue base64;
  double real = 0;
  gint8 ext = 0;
  gsize len;

  switch (node->mark)
    {
    case SKY_SIO_MARK_BIN:
      octets = octets_of (w, &node->value, &len);
      sky_msgpack_put_binary (w->out, octets, len);
      break;
    case SKY_SIO_MARK_DATE:
      put_date (w, &node->value);
      break;
    case SKY_SIO_MARK_NUM:
      sky_sio_mark_num (w->text, &node->value, &real);
      sky_msgpack_put_float (w->out, real);
      break;
    case SKY_SIO_MARK_EXT:
      sky_sio_mark_ext (w->text, &node->value, &ext, &base64);
      octets = octets_of (w, &base64, &len);
      sky_msgpack_put_ext (w->out, ext, octets, len);
      break;
    case SKY_SIO_MARK_NONE:
      break;
    }
}

static void
write_scalar (Walk *w)
{
  SkyJsonValue value = scalar_at (w);

  w->pos += value.len;
  if (value.type == SKY_JSON_STRING)
    put_string (w, &value);
  else if (value.type == SKY_JSON_NUMBER)
    put_number (w, &value);
  else if (value.type == SKY_JSON_NULL)
    sky_msgpack_put_nil (w->out);
  else
    sky_msgpack_put_boolean (w->out, value.type == SKY_JSON_TRUE);
}

/* The second pass: every bracket's count is known. */
static void
write_value (Walk *w)
{
  guint n = 0;

  w->pos = 0;
  while ((w->pos = sky_json_skip_space (w->text, w->pos, w->len)) < w->len)
    {
      char c = w->text[w->pos];
      const Node *node;

      if (strchr ("]},:", c) != NULL)
        {
          w->pos++;
          continue;
        }
      if (c != '[' && c != '{')
        {
          write_scalar (w);
          continue;
        }
      node = &g_array_index (w->nodes, Node, n++);
      w->pos = node->mark != SKY_SIO_MARK_NONE ? node->end : w->pos + 1;
      if (node->mark != SKY_SIO_MARK_NONE)
        put_marked (w, node);
      else if (c == '{')
        sky_msgpack_put_map (w->out, node->n);
      else
        sky_msgpack_put_array (w->out, node->n);
    }
}

static gboolean
put_data (GByteArray *out, const char *json, GError **error)
{
  g_autoptr(GArray) nodes = g_array_new (FALSE, FALSE, sizeof (Node));
  g_autoptr(GArray) levels = g_array_new (FALSE, FALSE, sizeof (Level));
  Walk w = { .text = json, .len = strlen (json), .nodes = nodes, .levels = levels, .out = out, .error = error };
  SkyJsonValue value;

  if (w.len > SKY_SIO_MSGPACK_MAX_JSON)
    return sky_fail (error, SKY_SIO_ERROR, SKY_SIO_ERROR_SIZE, _("The data are larger than one packet can be")) == 0;
  if (!sky_json_parse (json, w.len, &value, NULL, error) || !count (&w))
    return FALSE;
  sky_msgpack_put_string (out, "data", 4);
  write_value (&w);
  return TRUE;
}

static void
put_id (GByteArray *out, gint64 id)
{
  if (id < 0)
    return;
  sky_msgpack_put_string (out, "id", 2);
  sky_msgpack_put_int (out, id);
}

/**
 * sky_sio_msgpack_encode:
 * @nsp: (nullable): the namespace, "/" for %NULL; it is always written
 * @id: the ack id, or -1 for none
 * @json: (nullable): the data, with what JSON has not as the header says; an object that only looks
 *   like that, a "$date" that is none for one, goes as the object that it is
 * @error: a #SkyJsonError; %SKY_SIO_ERROR_BASE64 with the number of the outermost array's item, counted
 *   from 0; or %SKY_SIO_ERROR_SIZE if @json is over %SKY_SIO_MSGPACK_MAX_JSON bytes
 *
 * Writes the keys in the order of the npm packages: type, data, id, nsp; an ack's id before its
 * data. Numbers without point and exponent go as integers in their smallest form if 64 bits hold
 * them, all others as float 64. Attachments there are none: a binary type is a caller's error.
 *
 * Returns: (transfer full) (nullable): the message
 */
GBytes *
sky_sio_msgpack_encode (SkySioType type, const char *nsp, gint64 id, const char *json, GError **error)
{
  g_autoptr(GByteArray) out = g_byte_array_new ();

  g_return_val_if_fail (type <= SKY_SIO_CONNECT_ERROR, NULL);

  nsp = nsp != NULL ? nsp : "/";
  sky_msgpack_put_map (out, 2u + (json != NULL) + (id >= 0));
  sky_msgpack_put_string (out, "type", 4);
  sky_msgpack_put_uint (out, type);
  if (type == SKY_SIO_ACK)
    put_id (out, id);
  if (json != NULL && !put_data (out, json, error))
    return NULL;
  if (type != SKY_SIO_ACK)
    put_id (out, id);
  sky_msgpack_put_string (out, "nsp", 3);
  sky_msgpack_put_string (out, nsp, strlen (nsp));
  return g_byte_array_free_to_bytes (g_steal_pointer (&out));
}
