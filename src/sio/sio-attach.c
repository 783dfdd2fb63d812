#include "config.h"

#include "sio/sio-attach.h"

#include <glib/gi18n-lib.h>

#include "base/base64.h"
#include "base/fault.h"
#include "base/json-octet.h"

G_DEFINE_QUARK (sky-sio-error-quark, sky_sio_error)

typedef enum
{
  CHECK,
  LIFT,
  LOWER,
} Task;

typedef enum
{
  OTHER_KEY,
  PLACEHOLDER_KEY, /* "_placeholder" */
  NUM_KEY,         /* "num" */
  BIN_KEY,         /* "$bin" */
} Key;

/* An array or object that is open where the walk stands. */
typedef struct
{
  gsize        start;  /* in the text */
  gsize        out_at; /* where it begins, or will begin, in the output */
  guint        n_members;
  Key          key; /* of the member that the walk is in */
  gboolean     object, key_is_next;
  gboolean     marked;  /* "_placeholder" is true */
  gboolean     has_num; /* "num" is a whole number */
  guint64      num;
  SkyJsonValue bin; /* what "$bin" is, if a string; else its length is 0 */
} Level;

/* One pass over valid JSON. What is open is kept here, so depth costs memory and not stack. */
typedef struct
{
  Task       task;
  const char *text;
  gsize       pos, len;
  GArray     *levels;      /* of Level */
  guint       n_top_items; /* of the outermost array, begun so far */
  GString    *out;         /* LIFT, LOWER */
  gsize       copied;      /* of the text, that is in @out */
  GPtrArray  *attachments; /* of GBytes; LIFT, LOWER */
  guint       n_attachments;
  GError    **error;
} Walk;

static Level *
top (Walk *w)
{
  return w->levels->len > 0 ? &g_array_index (w->levels, Level, w->levels->len - 1) : NULL;
}

static gsize
end_of_scalar (const Walk *w)
{
  gsize end = w->pos + 1;

  if (w->text[w->pos] == '"')
    return sky_json_skip_string (w->text, w->pos, w->len);
  while (end < w->len && (g_ascii_isalnum (w->text[end]) || strchr ("+-.", w->text[end]) != NULL))
    end++;
  return end;
}

static Key
key_of (const char *text, const SkyJsonValue *string)
{
  if (sky_json_string_equal (text, string, "_placeholder"))
    return PLACEHOLDER_KEY;
  if (sky_json_string_equal (text, string, "num"))
    return NUM_KEY;
  return sky_json_string_equal (text, string, "$bin") ? BIN_KEY : OTHER_KEY;
}

/* Notes a member's value if it has a part in this; the last of two alike counts. */
static void
take_member (Walk *w, Level *level, const SkyJsonValue *value)
{
  switch (level->key)
    {
    case PLACEHOLDER_KEY:
      level->marked = value->type == SKY_JSON_TRUE;
      break;
    case NUM_KEY:
      level->has_num = sky_json_uint (w->text, value, &level->num);
      break;
    case BIN_KEY:
      level->bin = *value;
      if (value->type != SKY_JSON_STRING)
        level->bin.len = 0;
      break;
    case OTHER_KEY:
      break;
    }
}

static void
take_scalar (Walk *w)
{
  Level *level = top (w);
  SkyJsonValue value = { SKY_JSON_NULL, w->pos, end_of_scalar (w) - w->pos };
  char first = w->text[w->pos];

  w->pos += value.len;
  if (level == NULL || !level->object)
    return;
  value.type = first == '"'   ? SKY_JSON_STRING
               : first == 't' ? SKY_JSON_TRUE
               : first == 'f' ? SKY_JSON_FALSE
               : first == 'n' ? SKY_JSON_NULL
                              : SKY_JSON_NUMBER;
  if (!level->key_is_next)
    {
      take_member (w, level, &value);
      return;
    }
  level->key_is_next = FALSE;
  level->key = key_of (w->text, &value);
  level->n_members++;
}

static void
open_level (Walk *w)
{
  Level *parent = top (w);
  gboolean object = w->text[w->pos] == '{';
  Level level = { .start = w->pos, .object = object, .key_is_next = object };

  if (w->out != NULL)
    level.out_at = w->out->len + (w->pos - w->copied);
  if (parent != NULL && parent->object)
    take_member (w, parent,
                 &(SkyJsonValue) { object ? SKY_JSON_OBJECT : SKY_JSON_ARRAY, w->pos, 0 });
  g_array_append_val (w->levels, level);
  w->pos++;
}

/* Begins to write what stands in the place of @level, which ends here. */
static void
replace (Walk *w, const Level *level)
{
  if (level->start >= w->copied)
    g_string_append_len (w->out, w->text + w->copied, (gssize) (level->start - w->copied));
  else
    g_string_truncate (w->out, level->out_at); /* something within was replaced: that goes too */
  w->copied = w->pos;
}

static gboolean
lift_object (Walk *w, const Level *level)
{
  g_autofree char *base64 = NULL;
  guchar *data;
  gsize len;

  if (level->n_members != 1 || level->bin.len == 0)
    return TRUE;
  base64 = sky_json_unquote (w->text, &level->bin, &len);
  if (!sky_base64_valid (base64, len))
    {
      sky_fail (w->error, SKY_SIO_ERROR, SKY_SIO_ERROR_BASE64,
                _("The “$bin” in item [%u] is not base64 with padding"),
                MAX (w->n_top_items, 1) - 1);
      return FALSE;
    }
  data = g_base64_decode (base64, &len);
  replace (w, level);
  g_string_append_printf (w->out, "{\"_placeholder\":true,\"num\":%u}", w->attachments->len);
  g_ptr_array_add (w->attachments, g_bytes_new_take (data, len));
  return TRUE;
}

static void
lower_object (Walk *w, const Level *level)
{
  g_autofree char *base64 = NULL;
  gconstpointer data;
  gsize len;

  if (!level->marked || !level->has_num || level->num >= w->attachments->len)
    return;
  data = g_bytes_get_data (g_ptr_array_index (w->attachments, level->num), &len);
  base64 = g_base64_encode (data, len);
  replace (w, level);
  g_string_append_printf (w->out, "{\"$bin\":\"%s\"}", base64);
}

static gboolean
close_level (Walk *w)
{
  Level level = *top (w);

  w->pos++;
  g_array_set_size (w->levels, w->levels->len - 1);
  switch (w->task)
    {
    case CHECK:
      return !level.marked || (level.has_num && level.num < w->n_attachments);
    case LIFT:
      return lift_object (w, &level);
    case LOWER:
      lower_object (w, &level);
      break;
    }
  return TRUE;
}

static void
take_comma (Walk *w)
{
  Level *level = top (w);

  level->key_is_next = level->object;
  w->n_top_items += w->levels->len == 1;
  w->pos++;
}

/* Returns: FALSE if something was wrong; the text must be valid JSON */
static gboolean
walk (Walk *w)
{
  g_autoptr(GArray) levels = g_array_new (FALSE, FALSE, sizeof (Level));
  gboolean ok = TRUE;

  w->levels = levels;
  w->n_top_items = 1;
  while (ok && (w->pos = sky_json_skip_space (w->text, w->pos, w->len)) < w->len)
    switch (w->text[w->pos])
      {
      case '[':
      case '{':
        open_level (w);
        break;
      case ']':
      case '}':
        ok = close_level (w);
        break;
      case ',':
        take_comma (w);
        break;
      case ':':
        w->pos++;
        break;
      default:
        take_scalar (w);
        break;
      }
  return ok;
}

static char *
finish (Walk *w)
{
  g_string_append_len (w->out, w->text + w->copied, (gssize) (w->len - w->copied));
  return g_string_free (w->out, FALSE);
}

/**
 * sky_sio_attach_placeholder:
 * @json: the text that @value lies in
 * @num: (out): the attachment's number, which may well be out of range
 *
 * Returns: whether @value stands for an attachment: an object whose "_placeholder" is true and
 *   whose "num" is a whole number; a receiver looks at no other key
 */
gboolean
sky_sio_attach_placeholder (const char *json, const SkyJsonValue *value, guint64 *num)
{
  SkyJsonValue member;

  return sky_json_member (json, value, "_placeholder", &member) && member.type == SKY_JSON_TRUE
         && sky_json_member (json, value, "num", &member) && sky_json_uint (json, &member, num);
}

/**
 * sky_sio_attach_check:
 * @json: (array length=len): the data of a binary event or ack
 * @len: bytes
 * @n_attachments: how many the packet announces
 *
 * Judges each object whose "_placeholder" is true, as deep as it may lie; what only looks similar
 * is the user's own. Takes time as @json is long. Socket.IO protocol v5, "Packet encoding".
 *
 * Returns: whether each of them has a whole "num" below @n_attachments; %FALSE too if @json is not
 *   JSON
 */
gboolean
sky_sio_attach_check (const char *json, gsize len, guint n_attachments)
{
  Walk w = { .task = CHECK, .text = json, .len = len, .n_attachments = n_attachments };
  SkyJsonValue value;

  return sky_json_parse (json, len, &value, NULL, NULL) && walk (&w);
}

/**
 * sky_sio_attach_lift:
 * @json: (array length=len): JSON as a person writes it, octets as `{"$bin":"base64"}`
 * @len: bytes
 * @attachments: (element-type GBytes): the octets are appended here, in document order; as it was
 *   after an error
 * @error: a #SkyJsonError, or %SKY_SIO_ERROR_BASE64 with the number of the outermost array's item,
 *   counted from 0
 *
 * Puts a placeholder in the place of each object that has the one key "$bin" with a string. All
 * else stays byte for byte.
 *
 * Returns: (transfer full): the JSON to send, or %NULL
 */
char *
sky_sio_attach_lift (const char *json, gsize len, GPtrArray *attachments, GError **error)
{
  Walk w = { .task = LIFT, .text = json, .len = len, .attachments = attachments, .error = error };
  guint n_before = attachments->len;
  SkyJsonValue value;

  if (!sky_json_parse (json, len, &value, NULL, error))
    return NULL;
  w.out = g_string_sized_new (len + 1);
  if (walk (&w))
    return finish (&w);
  g_string_free (w.out, TRUE);
  g_ptr_array_set_size (attachments, (int) n_before);
  return NULL;
}

/**
 * sky_sio_attach_lower:
 * @json: (array length=len): JSON as it came
 * @len: bytes
 * @attachments: (element-type GBytes): what came with it
 *
 * The reverse of sky_sio_attach_lift(), for people and for answers: each placeholder that points at
 * an attachment becomes `{"$bin":"base64"}`. All else stays byte for byte, what is not JSON too.
 *
 * Returns: (transfer full): the text
 */
char *
sky_sio_attach_lower (const char *json, gsize len, GPtrArray *attachments)
{
  Walk w = { .task = LOWER, .text = json, .len = len, .attachments = attachments };
  SkyJsonValue value;

  if (!sky_json_parse (json, len, &value, NULL, NULL))
    return len > 0 ? g_strndup (json, len) : g_strdup ("");
  w.out = g_string_sized_new (len + 1);
  walk (&w);
  return finish (&w);
}
