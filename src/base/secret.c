#include "base/secret.h"

#include <string.h>

/* What proves who somebody is, by the name that it stands under. */

static gboolean
has_word (const char *name, const char *const *within, const char *const *whole)
{
  g_autofree char *lower = g_ascii_strdown (name, -1);

  for (; *within != NULL; within++)
    if (strstr (lower, *within) != NULL)
      return TRUE;
  return g_strv_contains (whole, lower);
}

/**
 * sky_secret_header:
 * @name: of a header, in any case
 *
 * Returns: whether its value usually proves who somebody is
 */
gboolean
sky_secret_header (const char *name)
{
  static const char *const within[] = { "auth", "token", "secret", "passw", "api-key", "apikey", "credential",
                                        "session", "signature", "jwt", NULL };
  static const char *const whole[] = { "cookie", "x-key", "x-access-key", "x-csrf", NULL };

  return has_word (name, within, whole);
}

/**
 * sky_secret_query:
 * @name: the key of a part of a query
 *
 * Returns: whether its value usually proves who somebody is
 */
gboolean
sky_secret_query (const char *name)
{
  static const char *const within[] = { "auth", "token", "secret", "passw", "api_key", "api-key", "apikey",
                                        "credential", "session", "signature", "jwt", "access_key", "access-key", NULL };
  static const char *const whole[] = { "key", "pwd", "pass", "pin", "sig", NULL };

  return has_word (name, within, whole);
}

/* "user:password@" at the beginning of what follows "://": the password goes. */
static void
blank_authority (GString *out, const char *rest, gsize len)
{
  const char *at = g_strrstr_len (rest, (gssize) len, "@");
  const char *colon = at != NULL ? memchr (rest, ':', (gsize) (at - rest)) : NULL;

  if (colon == NULL)
    {
      g_string_append_len (out, rest, (gssize) len);
      return;
    }
  g_string_append_len (out, rest, colon + 1 - rest);
  g_string_append_len (out, at, rest + len - at);
}

static void
blank_query (GString *out, const char *query, gsize len)
{
  g_autofree char *whole = g_strndup (query, len);
  g_auto(GStrv) pieces = g_strsplit (whole, "&", -1);

  for (guint i = 0; pieces[i] != NULL; i++)
    {
      char *equals = strchr (pieces[i], '=');
      g_autofree char *name = g_uri_unescape_segment (pieces[i], equals, NULL);

      if (equals != NULL && name != NULL && sky_secret_query (name))
        equals[1] = '\0';
      g_string_append_printf (out, "%s%s", i > 0 ? "&" : "", pieces[i]);
    }
}

/**
 * sky_secret_blank_url:
 * @url: as a person typed it
 *
 * Returns: (transfer full): the same without a password, and without the values of its query that
 *   are secret by their name
 */
char *
sky_secret_blank_url (const char *url)
{
  const char *slash = url + strcspn (url, "/?#");
  gboolean scheme = slash > url && slash[-1] == ':' && g_str_has_prefix (slash, "//");
  const char *rest = scheme ? slash + 2 : url;
  gsize authority = strcspn (rest, "/?#");
  const char *path = rest + authority;
  const char *query = path + strcspn (path, "?#");
  GString *out = g_string_new_len (url, rest - url);

  blank_authority (out, rest, authority);
  g_string_append_len (out, path, query - path);
  if (*query == '?')
    {
      gsize len = strcspn (query, "#");

      g_string_append_c (out, '?');
      blank_query (out, query + 1, len - 1);
      query += len;
    }
  g_string_append (out, query);
  return g_string_free (out, FALSE);
}
