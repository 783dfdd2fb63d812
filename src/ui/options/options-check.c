#include "ui/options/options-check.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/json.h"
#include "ui/parts/json-args.h"

/* RFC 9110 §5.6.2 */
static gboolean
is_token (const char *text)
{
  for (const char *at = text; *at != '\0'; at++)
    if (!g_ascii_isalnum (*at) && strchr ("!#$%&'*+-.^_`|~", *at) == NULL)
      return FALSE;
  return *text != '\0';
}

static gboolean
has_control (const char *text)
{
  for (; *text != '\0'; text++)
    if (g_ascii_iscntrl (*text) && *text != '\t')
      return TRUE;
  return FALSE;
}

char *
sky_options_check_header (const char *name, const char *value)
{
  if (*name == '\0')
    return g_strdup (_("This header has no name."));
  if (strchr (name, ':') != NULL)
    return g_strdup (_("The colon is not part of the name."));
  if (!is_token (name))
    return g_strdup (_("A header’s name has letters, digits and hyphens, no spaces."));
  return sky_options_check_line (value);
}

/* RFC 6265 §4.1.1 */
char *
sky_options_check_cookie (const char *name, const char *value)
{
  if (*name == '\0')
    return g_strdup (_("This cookie has no name."));
  if (!is_token (name))
    return g_strdup (_("A cookie’s name has no spaces, and none of ( ) < > @ , ; : / [ ] ? = { }."));
  if (strpbrk (value, "; ,\"\\") != NULL || has_control (value))
    return g_strdup (_("A cookie’s value has no spaces, quotes, commas or semicolons."));
  return NULL;
}

char *
sky_options_check_query (const char *name, const char *value)
{
  if (*name == '\0')
    return g_strdup (_("This part of the query has no name."));
  return strchr (name, '=') != NULL ? g_strdup (_("The equals sign is not part of the name.")) : NULL;
}

/* @pos: bytes of @text */
static char *
say_place (const char *text, gsize pos, const char *what)
{
  guint line, column;

  sky_text_place (text, pos, &line, &column);
  return g_strdup_printf (_("Line %u, column %u: %s"), line, column, what);
}

/**
 * sky_options_check_auth:
 * @text: the payload of CONNECT; nothing is right too
 */
char *
sky_options_check_auth (const char *text)
{
  g_autoptr(GError) error = NULL;
  SkyJsonValue value;
  gsize pos = 0;

  if (text[strspn (text, " \t\r\n")] == '\0')
    return NULL;
  if (!sky_json_parse (text, strlen (text), &value, &pos, &error))
    return say_place (text, pos, error->message);
  return value.type != SKY_JSON_OBJECT ? g_strdup (_("It has to be an object, such as {\"token\": \"abc\"}.")) : NULL;
}

char *
sky_options_check_namespace (const char *name, const char *auth)
{
  if (*name == '\0')
    return g_strdup (_("This namespace has no name. The main one is “/”."));
  if (*name != '/')
    return g_strdup (_("A namespace begins with a slash, such as /chat."));
  if (strchr (name, ',') != NULL)
    return g_strdup (_("A namespace has no comma. Use a line for each."));
  return sky_options_check_auth (auth);
}

char *
sky_options_check_reply (const char *event, const char *args)
{
  g_auto(SkyJsonArgs) checked = { 0 };

  if (*event == '\0')
    return g_strdup (_("This answer has no event."));
  if (strchr (event, '=') != NULL)
    return g_strdup (_("An answer can be set for names without an equals sign only."));
  return sky_json_args_check (args, &checked) ? NULL : say_place (args, checked.error_pos, checked.problem);
}

char *
sky_options_check_line (const char *text)
{
  return has_control (text) ? g_strdup (_("A line break or control character cannot be sent here.")) : NULL;
}

char *
sky_options_check_path (const char *text)
{
  if (*text == '\0')
    return NULL;
  if (*text != '/')
    return g_strdup (_("A path begins with a slash, such as /socket.io/."));
  if (strpbrk (text, " ?#") != NULL)
    return g_strdup (_("A path has no spaces, “?” or “#”. What follows the “?” goes into the query below."));
  return sky_options_check_line (text);
}

char *
sky_options_check_subprotocols (const char *text)
{
  g_auto(GStrv) names = g_strsplit (text, ",", -1);

  for (guint i = 0; names[i] != NULL; i++)
    if (!is_token (g_strstrip (names[i])))
      return g_strdup (_("Names of letters, digits and hyphens, with commas between."));
  return NULL;
}

char *
sky_options_check_file (const char *path)
{
  if (*path == '\0')
    return NULL;
  if (!g_path_is_absolute (path))
    return g_strdup (_("Give the whole path of the file, from “/” on."));
  if (!g_file_test (path, G_FILE_TEST_EXISTS))
    return g_strdup (_("There is no such file."));
  return g_file_test (path, G_FILE_TEST_IS_DIR) ? g_strdup (_("This is a folder.")) : NULL;
}

char *
sky_options_check_proxy (const char *text)
{
  static const char *const schemes[]
      = { "http", "https", "socks", "socks4", "socks4a", "socks5", "socks5h", NULL };
  g_autofree char *scheme = g_uri_parse_scheme (text);
  g_autoptr(GUri) uri = g_uri_parse (text, G_URI_FLAGS_HAS_PASSWORD | G_URI_FLAGS_NON_DNS, NULL);

  if (*text == '\0')
    return g_strdup (_("Which proxy? For example http://proxy.example:3128."));
  if (strstr (text, "://") == NULL || uri == NULL || g_uri_get_host (uri) == NULL || *g_uri_get_host (uri) == '\0')
    return g_strdup (_("An address such as http://proxy.example:3128 or socks5://127.0.0.1:1080."));
  return !g_strv_contains (schemes, scheme) ? g_strdup (_("A proxy speaks http, https or socks5.")) : NULL;
}
