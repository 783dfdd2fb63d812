#include "trace/redact.h"

#include <string.h>

#include "base/secret.h"

#define BLANK       "\"…\""
#define SESSION_LEN 16 /* hex digits: FEATURES §4.4 */

/*
 * An admin namespace tells its watchers everybody's cookies, and the watchers send it a password. Texts are walked by
 * their strings alone: what holds them may be a packet, a frame, or a polled payload of several, and be cut anywhere.
 */

typedef struct
{
  const char *text;
  gsize       len, pos;
  GString    *out;   /* nullable: nothing was blanked yet */
  gsize       n_out; /* bytes of the text that stand in @out */
} Walk;

static gboolean
holds (const char *text, gsize len, const char *part)
{
  return g_strstr_len (text, (gssize) len, part) != NULL;
}

/* A text may hold what ends a C string: it is looked through piece by piece. */
static gboolean
has (const char *text, gsize len, const char *part)
{
  for (const char *end = text + len; text < end; text += strnlen (text, (gsize) (end - text)) + 1)
    if (holds (text, strnlen (text, (gsize) (end - text)), part))
      return TRUE;
  return FALSE;
}

static gboolean
tells_handshakes (const char *text, gsize len)
{
  return has (text, len, "\"handshake\"") && (has (text, len, "\"headers\"") || has (text, len, "\"url\""));
}

/* CONNECT, or its payload: PROTOCOL §8.1. An event may say what it likes. */
static gboolean
tells_login (const char *text, gsize len)
{
  return len > 1 && (text[0] == '{' || strncmp (text, "0/", 2) == 0 || has (text, len, "40/"))
         && (has (text, len, "\"sessionId\":") || (has (text, len, "\"username\":") && has (text, len, "\"password\":")));
}

/* The walk stands at a quote. Returns: where the string ends, behind its quote if it has one */
static gsize
end_of_string (const Walk *walk)
{
  gsize at = walk->pos + 1;

  while (at < walk->len && walk->text[at] != '"')
    at += walk->text[at] == '\\' ? 2 : 1;
  return MIN (at + 1, walk->len);
}

static void
skip_space (Walk *walk)
{
  while (walk->pos < walk->len && g_ascii_isspace (walk->text[walk->pos]))
    walk->pos++;
}

static void
blank_until (Walk *walk, gsize end)
{
  if (walk->out == NULL)
    walk->out = g_string_new (NULL);
  g_string_append_len (walk->out, walk->text + walk->n_out, (gssize) (walk->pos - walk->n_out));
  g_string_append (walk->out, BLANK);
  walk->n_out = end;
}

/* The value of a secret: a string, or all strings of a list. */
static void
blank_value (Walk *walk)
{
  gboolean list = walk->pos < walk->len && walk->text[walk->pos] == '[';

  for (walk->pos += list; walk->pos < walk->len && walk->text[walk->pos] != ']'; walk->pos++)
    {
      gsize end;

      if (walk->text[walk->pos] != '"' && !list)
        return;
      if (walk->text[walk->pos] != '"')
        continue;
      end = end_of_string (walk);
      blank_until (walk, end);
      walk->pos = end;
      if (!list || end == walk->len)
        return;
      walk->pos--;
    }
}

static gboolean
is_secret (const char *name)
{
  return sky_secret_header (name) || sky_secret_query (name);
}

/* An address may have a token in its query: it goes as a whole. */
static gboolean
is_url_with_query (const Walk *walk, const char *name)
{
  return strcmp (name, "url") == 0 && walk->pos < walk->len && walk->text[walk->pos] == '"'
         && memchr (walk->text + walk->pos, '?', end_of_string (walk) - walk->pos) != NULL;
}

static void
walk_string (Walk *walk)
{
  gsize start = walk->pos + 1, end = end_of_string (walk);
  g_autofree char *name = g_strndup (walk->text + start, end > start ? end - start - 1 : 0);

  walk->pos = end;
  skip_space (walk);
  if (walk->pos >= walk->len || walk->text[walk->pos] != ':')
    {
      walk->pos = end;
      return;
    }
  walk->pos++;
  skip_space (walk);
  if (is_secret (name) || is_url_with_query (walk, name))
    blank_value (walk);
}

static gboolean
is_session (const char *text, gsize len)
{
  gsize n = 0;

  while (n < len && g_ascii_isxdigit (text[n]))
    n++;
  return n == SESSION_LEN;
}

/* ["session","82fbe0772aedd3a6"]: it lets in whoever has it, without a password. */
static void
walk_session (Walk *walk)
{
  static const char start[] = "[\"session\",\"";
  gsize len = sizeof start - 1;

  for (; walk->len >= len && walk->pos <= walk->len - len; walk->pos++)
    if (memcmp (walk->text + walk->pos, start, len) == 0
        && is_session (walk->text + walk->pos + len, walk->len - walk->pos - len))
      {
        walk->pos += len - 1;
        blank_until (walk, end_of_string (walk));
        walk->pos = walk->n_out - 1;
      }
}

/**
 * sky_redact_admin:
 * @text: (array length=len): what a record carries, whatever its layer, ended by a 0 that is not counted
 * @out_len: (out) (optional): bytes of what is returned: U+0000 may be among them, as in @text
 *
 * If it is of an admin namespace: cookies, Authorization and tokens in handshakes, the password of a login and the
 * session's id have "…" for a value. FEATURES §4.4: they are sent as they came.
 *
 * Returns: (nullable) (transfer full): what may be given away; %NULL if that is @text as it is
 */
char *
sky_redact_admin (const char *text, gsize len, gsize *out_len)
{
  Walk walk = { .text = text, .len = len };

  if (tells_handshakes (text, len) || tells_login (text, len))
    for (; walk.pos < len;)
      if (text[walk.pos] == '"')
        walk_string (&walk);
      else
        walk.pos++;
  else if (has (text, len, "[\"session\","))
    walk_session (&walk);
  if (walk.out == NULL)
    return NULL;
  g_string_append_len (walk.out, text + walk.n_out, (gssize) (len - walk.n_out));
  if (out_len != NULL)
    *out_len = walk.out->len;
  return g_string_free (walk.out, FALSE);
}

/**
 * sky_redact_admin_event:
 * @event: (nullable): its name
 * @args: its arguments, a JSON array or the beginning of one, with its bracket or without
 *
 * Returns: (nullable) (transfer full): as sky_redact_admin()
 */
char *
sky_redact_admin_event (const char *event, const char *args)
{
  const char *id = args + (*args == '[') + 1;

  if (g_strcmp0 (event, "session") == 0 && strlen (args) > 2 && id[-1] == '"' && is_session (id, strlen (id)))
    return g_strconcat (*args == '[' ? "[" BLANK : BLANK, id[SESSION_LEN] == '"' ? id + SESSION_LEN + 1 : "", NULL);
  if (g_strcmp0 (event, "all_sockets") == 0 || g_strcmp0 (event, "socket_connected") == 0)
    return sky_redact_admin (args, strlen (args), NULL);
  return NULL;
}
