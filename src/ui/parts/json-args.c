#include "ui/parts/json-args.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/base64.h"
#include "base/json.h"

#define WORD_LEN    24  /* characters of a bare word that a sentence repeats */
#define PREVIEW_LEN 400 /* bytes of arguments that a preview takes in */

typedef enum
{
  TOKEN_FILE,
  TOKEN_BIN,
} TokenKind;

/* An object of ours that stands for octets. */
typedef struct
{
  TokenKind    kind;
  gsize        start, len; /* bytes, braces included */
  SkyJsonValue content;    /* the string: a path, or base64 */
} Token;

static gsize
skip_space (const char *text, gsize pos, gsize len)
{
  while (pos < len && strchr (" \t\r\n", text[pos]) != NULL)
    pos++;
  return pos;
}

/* Quotes within a JSON string are escaped, so what looks like a token in valid JSON is one. */
static gboolean
read_token (const char *text, gsize len, gsize key, Token *token)
{
  gsize at, start = key;

  if (g_str_has_prefix (text + key, "\"$file\""))
    *token = (Token) { .kind = TOKEN_FILE };
  else if (g_str_has_prefix (text + key, "\"$bin\""))
    *token = (Token) { .kind = TOKEN_BIN };
  else
    return FALSE;
  while (start > 0 && strchr (" \t\r\n", text[start - 1]) != NULL)
    start--;
  if (start == 0 || text[--start] != '{')
    return FALSE;
  at = skip_space (text, key + strlen (token->kind == TOKEN_FILE ? "\"$file\"" : "\"$bin\""), len);
  if (at >= len || text[at] != ':')
    return FALSE;
  at++;
  if (!sky_json_scan (text, len, &at, &token->content, NULL)
      || token->content.type != SKY_JSON_STRING)
    return FALSE;
  at = skip_space (text, at, len);
  if (at >= len || text[at] != '}')
    return FALSE;
  token->start = start;
  token->len = at + 1 - start;
  return TRUE;
}

static gboolean
next_token (const char *text, gsize len, gsize *pos, Token *token)
{
  const char *at;

  while ((at = g_strstr_len (text + *pos, (gssize) (len - *pos), "\"$")) != NULL)
    {
      gsize key = (gsize) (at - text);

      *pos = key + 2;
      if (read_token (text, len, key, token))
        {
          *pos = token->start + token->len;
          return TRUE;
        }
    }
  return FALSE;
}

static gboolean
fail (SkyJsonArgs *args, gsize pos, char *problem)
{
  g_free (args->problem);
  args->problem = problem;
  args->error_pos = pos;
  return FALSE;
}

/* What a person forgets most: the quotes around a text. */
static gboolean
fail_bare_word (SkyJsonArgs *args, const char *text, gsize pos)
{
  g_autofree char *word = NULL;
  const char *end = text + pos;
  guint n_chars = 0;

  if (!g_unichar_isalpha (g_utf8_get_char (end)))
    return FALSE;
  while (*end != '\0' && strchr (" \t\r\n,\"\\{}[]:", *end) == NULL && n_chars++ < WORD_LEN)
    end = g_utf8_next_char (end);
  word = g_strndup (text + pos, (gsize) (end - text) - pos);
  fail (args, pos, g_strdup_printf (_("Text needs double quotes: \"%s\""), word));
  return TRUE;
}

/* A value, and what may stand behind it; @pos goes to the next value or the end. */
static gboolean
check_one (const char *text, gsize len, gsize *pos, SkyJsonArgs *args)
{
  g_autoptr(GError) error = NULL;
  SkyJsonValue value;
  gsize start = *pos, comma;

  if (!sky_json_scan (text, len, pos, &value, &error))
    {
      if (*pos == start && fail_bare_word (args, text, start))
        return FALSE;
      return fail (args, *pos, g_strdup (error->message));
    }
  args->n_args++;
  comma = *pos = skip_space (text, *pos, len);
  if (*pos == len)
    return TRUE;
  if (text[*pos] == ']' || text[*pos] == '}')
    return fail (args, *pos, g_strdup (_("This bracket closes nothing")));
  if (text[*pos] != ',')
    return fail (args, *pos, g_strdup (_("A comma is missing before this")));
  *pos = skip_space (text, *pos + 1, len);
  if (*pos == len)
    return fail (args, comma, g_strdup (_("A comma has nothing after it")));
  return TRUE;
}

static gboolean
check_tokens (const char *text, gsize len, SkyJsonArgs *args)
{
  Token token;

  for (gsize pos = 0; next_token (text, len, &pos, &token);)
    {
      if (token.kind == TOKEN_FILE)
        args->n_files++;
      else if (sky_base64_valid (text + token.content.start + 1, token.content.len - 2))
        args->n_binary++;
      else
        return fail (args, token.content.start,
                     g_strdup (_("What stands for bytes here is no base64")));
    }
  return TRUE;
}

/**
 * sky_json_args_check:
 * @text: UTF-8
 * @args: (out caller-allocates): all of it is set; clear with sky_json_args_clear()
 *
 * Says whether @text between brackets is a JSON array (RFC 8259), and else where it is wrong, in
 * a sentence for the person who wrote it.
 *
 * Returns: whether it is right
 */
gboolean
sky_json_args_check (const char *text, SkyJsonArgs *args)
{
  gsize len = strlen (text), pos = skip_space (text, 0, len);

  *args = (SkyJsonArgs) { 0 };
  while (pos < len)
    if (!check_one (text, len, &pos, args))
      return FALSE;
  return check_tokens (text, len, args);
}

void
sky_json_args_clear (SkyJsonArgs *args)
{
  g_clear_pointer (&args->problem, g_free);
}

/**
 * sky_json_args_count:
 * @args: of a text that is right
 *
 * Returns: (transfer full): "3 arguments", "1 argument, 1 file"
 */
char *
sky_json_args_count (const SkyJsonArgs *args)
{
  g_autofree char *n_args = NULL;

  if (args->n_args == 0)
    return g_strdup (_("No arguments"));
  n_args = g_strdup_printf (
      g_dngettext (GETTEXT_PACKAGE, "%u argument", "%u arguments", args->n_args), args->n_args);
  if (args->n_files == 0)
    return g_steal_pointer (&n_args);
  return g_strdup_printf (
      g_dngettext (GETTEXT_PACKAGE, "%s, %u file", "%s, %u files", args->n_files), n_args,
      args->n_files);
}

static void
clear_file (gpointer data)
{
  g_free (((SkyJsonFile *) data)->path);
}

/**
 * sky_json_args_files:
 * @text: that sky_json_args_check() found right
 *
 * Returns: (transfer full) (element-type SkyJsonFile): in the order of the text
 */
GArray *
sky_json_args_files (const char *text)
{
  GArray *files = g_array_new (FALSE, FALSE, sizeof (SkyJsonFile));
  gsize len = strlen (text);
  Token token;

  g_array_set_clear_func (files, clear_file);
  for (gsize pos = 0; next_token (text, len, &pos, &token);)
    if (token.kind == TOKEN_FILE)
      {
        SkyJsonFile file
            = { token.start, token.len, sky_json_unquote (text, &token.content, NULL) };

        g_array_append_val (files, file);
      }
  return files;
}

/**
 * sky_json_args_put_files:
 * @files: (element-type SkyJsonFile): what sky_json_args_files() found in @text
 * @contents: (element-type GBytes): one for each of @files
 *
 * Returns: (transfer full): @text with a {"$bin":"…"} in each file's place
 */
char *
sky_json_args_put_files (const char *text, const GArray *files, const GPtrArray *contents)
{
  GString *out = g_string_new (NULL);
  gsize copied = 0;

  g_return_val_if_fail (files->len == contents->len, g_string_free (out, FALSE));

  for (guint i = 0; i < files->len; i++)
    {
      const SkyJsonFile *file = &g_array_index (files, SkyJsonFile, i);
      gsize n;
      const guint8 *data = g_bytes_get_data (contents->pdata[i], &n);
      g_autofree char *base64 = n > 0 ? g_base64_encode (data, n) : g_strdup ("");

      g_string_append_len (out, text + copied, (gssize) (file->start - copied));
      g_string_append (out, "{\"$bin\":\"");
      g_string_append (out, base64);
      g_string_append (out, "\"}");
      copied = file->start + file->len;
    }
  g_string_append (out, text + copied);
  return g_string_free (out, FALSE);
}

/**
 * sky_json_args_file_token:
 * @path: of a file, or its URI
 *
 * Returns: (transfer full): what stands for the file among arguments
 */
char *
sky_json_args_file_token (const char *path)
{
  GString *out = g_string_new ("{\"$file\":");

  sky_json_quote (out, path, -1);
  g_string_append_c (out, '}');
  return g_string_free (out, FALSE);
}

/* A JSON text with a placeholder for each attachment, cut off at a length that a line can show. */
static void
append_preview (GString *out, const char *json, guint *n_attachments)
{
  gsize len = strlen (json), copied = 0;
  gsize limit = out->len + PREVIEW_LEN;
  Token token;

  for (gsize pos = 0; next_token (json, len, &pos, &token);)
    {
      if (out->len < limit)
        {
          g_string_append_len (out, json + copied,
                               (gssize) MIN (token.start - copied, 2 * PREVIEW_LEN));
          g_string_append_printf (out, "{\"_placeholder\":true,\"num\":%u}", *n_attachments);
        }
      copied = token.start + token.len;
      ++*n_attachments;
    }
  if (out->len < limit)
    g_string_append_len (out, json + copied, (gssize) MIN (len - copied, 2 * PREVIEW_LEN));
  if (out->len > limit)
    {
      g_string_truncate (out,
                         (gsize) (g_utf8_find_prev_char (out->str, out->str + limit) - out->str));
      g_string_append (out, "…");
    }
}

/**
 * sky_json_args_preview:
 * @nsp: the namespace
 * @event: its name
 * @text: arguments that sky_json_args_check() found right
 * @ask: whether an ack is asked for; its id is not known yet
 *
 * Returns: (transfer full): the message as it will be sent, or its beginning: Engine.IO's 4, then
 *   a Socket.IO EVENT or BINARY_EVENT (protocol 5)
 */
char *
sky_json_args_preview (const char *nsp, const char *event, const char *text, gboolean ask)
{
  g_autoptr(GString) array = g_string_new ("[");
  g_autoptr(GString) shown = g_string_new (NULL);
  g_autofree char *minified = NULL;
  guint n_attachments = 0;
  GString *out;

  sky_json_quote (array, event, -1);
  if (text[skip_space (text, 0, strlen (text))] != '\0')
    g_string_append_printf (array, ",%s", text);
  g_string_append_c (array, ']');
  minified = sky_json_minify (array->str, array->len);
  append_preview (shown, minified, &n_attachments);
  out = g_string_new (NULL);
  if (n_attachments > 0)
    g_string_append_printf (out, "45%u-", n_attachments);
  else
    g_string_append (out, "42");
  if (!g_str_equal (nsp, "/"))
    g_string_append_printf (out, "%s,", nsp);
  if (ask)
    /* Translators: stands for a number that is not known yet */
    g_string_append (out, _("‹id›"));
  g_string_append_len (out, shown->str, (gssize) shown->len);
  return g_string_free (out, FALSE);
}

/**
 * sky_text_place:
 * @text: UTF-8
 * @pos: bytes from its beginning
 * @line: (out): from 1
 * @column: (out): characters from the line's beginning, from 1
 */
void
sky_text_place (const char *text, gsize pos, guint *line, guint *column)
{
  const char *start = text;

  *line = 1;
  for (const char *at = text; at < text + pos && *at != '\0'; at++)
    if (*at == '\n')
      {
        ++*line;
        start = at + 1;
      }
  *column = (guint) g_utf8_strlen (start, (gssize) (text + pos - start)) + 1;
}
