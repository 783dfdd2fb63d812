#include "base/json.h"

#include "base/json-octet.h"

/* Values that sky_json_scan() has accepted: nothing is checked again but where they end. */

static gsize
skip_container (const char *text, gsize pos, gsize end)
{
  gsize depth = 0;

  while (pos < end)
    {
      char c = text[pos];

      if (c == '"')
        {
          pos = sky_json_skip_string (text, pos, end);
          continue;
        }
      pos++;
      if (c == '[' || c == '{')
        depth++;
      else if ((c == ']' || c == '}') && --depth == 0)
        break;
    }
  return pos;
}

static SkyJsonValue
take_value (SkyJsonIter *iter)
{
  SkyJsonValue value = { .type = sky_json_type_of (iter->text[iter->pos]), .start = iter->pos };

  if (value.type == SKY_JSON_STRING)
    iter->pos = sky_json_skip_string (iter->text, iter->pos, iter->end);
  else if (value.type == SKY_JSON_ARRAY || value.type == SKY_JSON_OBJECT)
    iter->pos = skip_container (iter->text, iter->pos, iter->end);
  else
    while (iter->pos < iter->end && iter->text[iter->pos] != ','
           && !sky_json_is_space (iter->text[iter->pos]))
      iter->pos++;
  value.len = iter->pos - value.start;
  return value;
}

/* Skips white space with one @mark in it. */
static void
skip_mark (SkyJsonIter *iter, char mark)
{
  iter->pos = sky_json_skip_space (iter->text, iter->pos, iter->end);
  if (iter->pos < iter->end && iter->text[iter->pos] == mark)
    iter->pos = sky_json_skip_space (iter->text, iter->pos + 1, iter->end);
}

/**
 * sky_json_iter_init:
 * @iter: (out caller-allocates): the iterator; it borrows @text
 * @text: the text that was scanned
 * @container: a value that sky_json_scan() gave, or that another iterator did
 *
 * Begins a walk over the members of an object or the items of an array. Any other value has none.
 */
void
sky_json_iter_init (SkyJsonIter *iter, const char *text, const SkyJsonValue *container)
{
  gboolean walkable = container->type >= SKY_JSON_ARRAY && container->len >= 2;

  iter->text = text;
  iter->pos = walkable ? container->start + 1 : 0;
  iter->end = walkable ? container->start + container->len - 1 : 0;
  iter->object = container->type == SKY_JSON_OBJECT;
  iter->n_items = 0;
}

/**
 * sky_json_iter_next:
 * @iter: begun with sky_json_iter_init()
 * @key: (out caller-allocates) (nullable): a member's name, a string; of length 0 in an array
 * @value: (out caller-allocates): the member's value, or the item
 *
 * Gives members in the order they were sent, and all of them if a name occurs twice.
 *
 * Returns: %FALSE after the last, when nothing is set
 */
gboolean
sky_json_iter_next (SkyJsonIter *iter, SkyJsonValue *key, SkyJsonValue *value)
{
  SkyJsonValue name = { .type = SKY_JSON_STRING };

  skip_mark (iter, ',');
  if (iter->pos >= iter->end)
    return FALSE;
  name.start = iter->pos;
  if (iter->object)
    {
      name = take_value (iter);
      skip_mark (iter, ':');
      if (iter->pos >= iter->end)
        return FALSE;
    }
  *value = take_value (iter);
  if (key != NULL)
    *key = name;
  iter->n_items++;
  return TRUE;
}

/**
 * sky_json_member:
 * @text: the text that was scanned
 * @object: a value in it
 * @name: NUL-terminated UTF-8
 * @value: (out caller-allocates): the member's value, set only if it is there
 *
 * Looks a member up as JSON.parse() would: names are compared without their escapes, and the
 * last of two alike counts. A value that is no object has no members. Walks all of @object.
 *
 * Returns: whether @object has it
 */
gboolean
sky_json_member (const char *text,
                 const SkyJsonValue *object,
                 const char *name,
                 SkyJsonValue *value)
{
  SkyJsonIter iter;
  SkyJsonValue key, each;
  gboolean found = FALSE;

  if (object->type != SKY_JSON_OBJECT)
    return FALSE;
  sky_json_iter_init (&iter, text, object);
  while (sky_json_iter_next (&iter, &key, &each))
    if (sky_json_string_equal (text, &key, name))
      {
        *value = each;
        found = TRUE;
      }
  return found;
}

/* Four hexadecimal digits, which the scan has seen. */
static gunichar
hex4 (const char *at)
{
  gunichar c = 0;

  for (int i = 0; i < 4; i++)
    c = c << 4 | (gunichar) (g_ascii_xdigit_value (at[i]) & 15);
  return c;
}

/* Takes the escape that begins at *@pos. Returns: how many octets of UTF-8 it became in @out */
static gsize
take_escape (const char *text, gsize *pos, gsize end, char out[6])
{
  static const char named[256] = {
    ['b'] = '\b', ['f'] = '\f', ['n'] = '\n', ['r'] = '\r', ['t'] = '\t',
  };
  const char *at = text + *pos;
  gsize left = end - *pos;
  gunichar c;

  if (left < 6 || at[1] != 'u')
    {
      guint8 octet = left >= 2 ? (guint8) at[1] : '\\';

      *pos += MIN (left, 2);
      out[0] = named[octet] != 0 ? named[octet] : (char) octet;
      return 1;
    }
  c = hex4 (at + 2);
  *pos += 6;
  if (c >= 0xd800 && c <= 0xdbff && left >= 12 && at[6] == '\\' && at[7] == 'u')
    {
      gunichar low = hex4 (at + 8);

      if (low >= 0xdc00 && low <= 0xdfff)
        {
          *pos += 6;
          c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
        }
    }
  if (c >= 0xd800 && c <= 0xdfff)
    c = 0xfffd;
  return (gsize) g_unichar_to_utf8 (c, out);
}

/**
 * sky_json_unquote:
 * @text: the text that was scanned
 * @string: a string in it
 * @len: (out) (nullable): bytes of the result; U+0000 may be among them
 *
 * Takes quotes and escapes off. Half of a surrogate pair becomes U+FFFD; octets that are not
 * UTF-8 stay as they are.
 *
 * Returns: (transfer full): NUL-terminated; "" if @string is not a string
 */
char *
sky_json_unquote (const char *text, const SkyJsonValue *string, gsize *len)
{
  gboolean is_string = string->type == SKY_JSON_STRING && string->len >= 2;
  gsize pos = string->start + 1, end = is_string ? string->start + string->len - 1 : pos;
  char *plain = g_malloc (end - pos + 1); /* no escape is shorter than what it stands for */
  gsize n = 0;

  while (pos < end)
    {
      const char *slash = memchr (text + pos, '\\', end - pos);
      gsize run = slash != NULL ? (gsize) (slash - text) - pos : end - pos;
      char out[6];
      gsize n_out;

      memcpy (plain + n, text + pos, run);
      n += run;
      pos += run;
      if (pos == end)
        break;
      n_out = take_escape (text, &pos, end, out);
      memcpy (plain + n, out, n_out);
      n += n_out;
    }
  plain[n] = '\0';
  if (len != NULL)
    *len = n;
  return plain;
}

/**
 * sky_json_string_equal:
 * @text: the text that was scanned
 * @string: a value in it
 * @expected: NUL-terminated UTF-8
 *
 * Returns: whether @string is a string that says @expected once its escapes are off
 */
gboolean
sky_json_string_equal (const char *text, const SkyJsonValue *string, const char *expected)
{
  gsize pos = string->start + 1, end = string->start + string->len - 1, left = strlen (expected);

  if (string->type != SKY_JSON_STRING || string->len < 2 || end - pos < left)
    return FALSE;
  if (memchr (text + pos, '\\', end - pos) == NULL)
    return end - pos == left && memcmp (text + pos, expected, left) == 0;
  while (pos < end)
    {
      char out[6] = { text[pos] };
      gsize n_out = 1;

      if (text[pos] == '\\')
        n_out = take_escape (text, &pos, end, out);
      else
        pos++;
      if (n_out > left || memcmp (out, expected, n_out) != 0)
        return FALSE;
      expected += n_out;
      left -= n_out;
    }
  return left == 0;
}

/**
 * sky_json_uint:
 * @text: the text that was scanned
 * @number: a value in it
 * @out: (out): the number, set only on success
 *
 * Returns: whether @number is written with digits only and fits; 1.0, 1e3 and -0 are not
 */
gboolean
sky_json_uint (const char *text, const SkyJsonValue *number, guint64 *out)
{
  guint64 n = 0;

  if (number->type != SKY_JSON_NUMBER || number->len == 0)
    return FALSE;
  for (gsize i = number->start; i < number->start + number->len; i++)
    {
      guint64 digit = (guint64) (guint8) text[i] - '0';

      if (digit > 9 || n > (G_MAXUINT64 - digit) / 10)
        return FALSE;
      n = n * 10 + digit;
    }
  *out = n;
  return TRUE;
}
