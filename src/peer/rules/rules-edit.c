#include "peer/rules/rules-edit.h"

#include <gio/gio.h>
#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/fault.h"
#include "peer/rules/rules-reader.h"

#define fail(error, ...) sky_fail_false (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, __VA_ARGS__)

/* A member of an object, and what surrounds it: offsets into the text. */
typedef struct
{
  SkyJsonValue key, value;
  gsize        before; /* behind the bracket or comma that it follows */
  gsize        end_before; /* behind the value before it, or as @before */
} Member;

/* Bytes [from, to) of the text become what is in with. */
static char *
splice (const char *text, gsize from, gsize to, const char *with)
{
  g_autoptr(GString) out = g_string_sized_new (strlen (text) + strlen (with) + 1);

  g_string_append_len (out, text, (gssize) from);
  g_string_append (out, with);
  g_string_append (out, text + to);
  return g_string_free (g_steal_pointer (&out), FALSE);
}

static gsize
get_end (const SkyJsonValue *value)
{
  return value->start + value->len;
}

static gboolean
iterate (SkyJsonIter *iter, const SkyJsonValue *object, Member *at)
{
  gsize end_before = iter->n_items > 0 ? get_end (&at->value) : object->start + 1;
  const char *comma;

  if (!sky_json_iter_next (iter, &at->key, &at->value))
    return FALSE;
  comma = iter->n_items > 1 ? memchr (iter->text + end_before, ',', at->key.start - end_before) : NULL;
  at->end_before = end_before;
  at->before = comma != NULL ? (gsize) (comma - iter->text) + 1 : end_before;
  return TRUE;
}

/* The last of two alike counts. */
static gboolean
find (const char *text, const SkyJsonValue *object, const char *name, Member *found)
{
  SkyJsonIter iter;
  Member at = { 0 };
  gboolean any = FALSE;

  sky_json_iter_init (&iter, text, object);
  while (iterate (&iter, object, &at))
    if (sky_json_string_equal (text, &at.key, name))
      {
        *found = at;
        any = TRUE;
      }
  return any;
}

static gboolean
find_last (const char *text, const SkyJsonValue *object, Member *last)
{
  SkyJsonIter iter;
  gboolean any = FALSE;

  sky_json_iter_init (&iter, text, object);
  while (iterate (&iter, object, last))
    any = TRUE;
  return any;
}

/* Behind the last member, spaced as that is. */
static char *
append_member (const char *text, const SkyJsonValue *object, const char *name, const char *json)
{
  Member last = { 0 };
  g_autofree char *space = NULL, *colon = NULL, *with = NULL;

  if (!find_last (text, object, &last))
    {
      with = g_strdup_printf ("{ \"%s\": %s }", name, json);
      return splice (text, object->start, get_end (object), with);
    }
  space = last.before == object->start + 1 && last.key.start == last.before
              ? g_strdup ("")
              : g_strndup (text + last.before, last.key.start - last.before);
  colon = g_strndup (text + get_end (&last.key), last.value.start - get_end (&last.key));
  with = g_strdup_printf (",%s\"%s\"%s%s", space, name, colon, json);
  return splice (text, get_end (&last.value), get_end (&last.value), with);
}

static char *
remove_member (const char *text, const SkyJsonValue *object, const Member *member)
{
  SkyJsonIter iter;
  Member at = { 0 };

  if (member->end_before != object->start + 1)
    return splice (text, member->end_before, get_end (&member->value), "");
  sky_json_iter_init (&iter, text, object);
  iterate (&iter, object, &at);
  if (iterate (&iter, object, &at)) /* the next one takes its place */
    return splice (text, member->key.start, at.key.start, "");
  return splice (text, object->start, get_end (object), "{}");
}

/* What says whose rules these are stands above, all else below. */
static gboolean
is_title (const char *text, const SkyJsonValue *key)
{
  return sky_json_string_equal (text, key, "$schema") || sky_json_string_equal (text, key, "name")
         || sky_json_string_equal (text, key, "description");
}

static char *
insert_server (const char *text, const SkyJsonValue *root, const char *name, const char *json)
{
  g_autofree char *server = g_strdup_printf ("{ \"%s\": %s }", name, json), *with = NULL, *space = NULL;
  SkyJsonIter iter;
  Member at = { 0 };

  sky_json_iter_init (&iter, text, root);
  while (iterate (&iter, root, &at))
    if (!is_title (text, &at.key))
      {
        space = g_strndup (text + at.before, at.key.start - at.before);
        with = g_strdup_printf ("\"server\": %s,%s", server, *space != '\0' ? space : " ");
        return splice (text, at.key.start, at.key.start, with);
      }
  if (iter.n_items > 0)
    return append_member (text, root, "server", server);
  with = g_strdup_printf ("{\n  \"server\": %s\n}", server);
  return splice (text, root->start, get_end (root), with);
}

/* Whether @text is an object, as far as its syntax goes. */
static gboolean
parse (const char *text, SkyJsonValue *root, GError **error)
{
  g_autoptr(GError) problem = NULL;
  SkyRulesReader r = { .text = text, .len = strlen (text) };
  gsize pos = 0;

  if (!sky_json_parse (text, r.len, root, &pos, &problem))
    return fail (error, _("The rules have a mistake in line %u, which has to be mended first: %s"),
                 sky_rules_reader_line (&r, pos, NULL), problem->message);
  if (root->type != SKY_JSON_OBJECT)
    return fail (error, _("The rules are no object, “{ … }”, which has to be mended first"));
  return TRUE;
}

/* Returns: whether @text is nothing but white space, which is no rules at all */
gboolean
sky_rules_edit_is_blank (const char *text)
{
  return text[strspn (text, " \t\r\n")] == '\0';
}

/**
 * sky_rules_edit_server:
 * @text: a rules file, perhaps with mistakes, but none of syntax; or nothing at all
 * @member: of its `server`: a word without need for escapes
 * @json: (nullable): the member's value as it is to be spelled; %NULL takes it away
 * @error: G_IO_ERROR_INVALID_DATA: a sentence for the person who wrote @text
 *
 * Only the bytes of that member change. One that was not there comes last, spaced as the one before
 * it; a `server` that was not there comes behind the name and description.
 *
 * Returns: (nullable) (transfer full): the new text; %NULL if nothing can be done to this one
 */
char *
sky_rules_edit_server (const char *text, const char *member, const char *json, GError **error)
{
  SkyJsonValue root, value;
  Member server, found;

  if (json != NULL && !sky_json_parse (json, strlen (json), &value, NULL, NULL))
    {
      fail (error, _("“%s” cannot be set to %s: that is not JSON"), member, json);
      return NULL;
    }
  if (sky_rules_edit_is_blank (text))
    text = "{}\n";
  if (!parse (text, &root, error))
    return NULL;
  if (!find (text, &root, "server", &server))
    return json != NULL ? insert_server (text, &root, member, json) : g_strdup (text);
  if (server.value.type != SKY_JSON_OBJECT)
    {
      fail (error, _("“server” of the rules is no object, “{ … }”, which has to be mended first"));
      return NULL;
    }
  if (!find (text, &server.value, member, &found))
    return json != NULL ? append_member (text, &server.value, member, json) : g_strdup (text);
  if (json == NULL)
    return remove_member (text, &server.value, &found);
  return splice (text, found.value.start, get_end (&found.value), json);
}

/**
 * sky_rules_edit_find_server:
 *
 * Returns: (nullable) (transfer full): the value of that member of `server` as it is spelled, %NULL if
 *   there is none or @text has a mistake in its syntax
 */
char *
sky_rules_edit_find_server (const char *text, const char *member)
{
  SkyJsonValue root, server, value;

  if (!sky_json_parse (text, strlen (text), &root, NULL, NULL) || !sky_json_member (text, &root, "server", &server)
      || !sky_json_member (text, &server, member, &value))
    return NULL;
  return g_strndup (text + value.start, value.len);
}
