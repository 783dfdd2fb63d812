#include "peer/roster/roster.h"

#include <string.h>

#include "base/json.h"
#include "peer/profile/profile-secrets.h"

#define BLANK "\"…\""

/* A handshake tells who somebody is and how they prove it: the proofs stay in the house. */

static gboolean
always (const char *name)
{
  return TRUE;
}

static char *
blank_url (const char *json, const SkyJsonValue *value)
{
  g_autofree char *url = value->type == SKY_JSON_STRING ? sky_json_unquote (json, value, NULL) : NULL;
  g_autofree char *blank = url != NULL ? sky_secret_blank_url (url) : NULL;
  GString *out;

  if (blank == NULL)
    return g_strndup (json + value->start, value->len);
  out = g_string_new (NULL);
  sky_json_quote (out, blank, -1);
  return g_string_free (out, FALSE);
}

static void
append_member (GString *out, const char *json, const SkyJsonValue *key, const char *value, gsize len)
{
  if (out->len > 1)
    g_string_append_c (out, ',');
  g_string_append_len (out, json + key->start, (gssize) key->len);
  g_string_append_c (out, ':');
  g_string_append_len (out, value, (gssize) len);
}

/* Returns: (transfer full): an object whose members with a secret name are blank; what is no object goes wholly */
static char *
blank_members (const char *json, const SkyJsonValue *object, gboolean (*is_secret) (const char *name))
{
  GString *out = g_string_new ("{");
  SkyJsonIter iter;
  SkyJsonValue key, value;

  if (object->type != SKY_JSON_OBJECT)
    return g_string_free (g_string_assign (out, BLANK), FALSE);
  sky_json_iter_init (&iter, json, object);
  while (sky_json_iter_next (&iter, &key, &value))
    {
      g_autofree char *name = sky_json_unquote (json, &key, NULL);
      gboolean secret = is_secret (name);

      append_member (out, json, &key, secret ? BLANK : json + value.start, secret ? strlen (BLANK) : value.len);
    }
  return g_string_free (g_string_append_c (out, '}'), FALSE);
}

static char *
blank (const char *json, const SkyJsonValue *key, const SkyJsonValue *value)
{
  if (sky_json_string_equal (json, key, "headers"))
    return blank_members (json, value, sky_secret_header);
  if (sky_json_string_equal (json, key, "query"))
    return blank_members (json, value, sky_secret_query);
  if (sky_json_string_equal (json, key, "auth"))
    return blank_members (json, value, always);
  if (sky_json_string_equal (json, key, "url"))
    return blank_url (json, value);
  return g_strndup (json + value->start, value->len);
}

/**
 * sky_roster_redact:
 * @handshake: (nullable): of a socket: JSON with "headers", "query", "url", "auth"
 *
 * What an export or the clipboard may have of it: cookies, Authorization, tokens in the query and all of auth
 * have "…" for a value. FEATURES §4.4: the admin namespace sends these headers as they came.
 *
 * Returns: (transfer full): JSON; "{}" if it was not
 */
char *
sky_roster_redact (const char *handshake)
{
  GString *out = g_string_new ("{");
  SkyJsonValue root, key, value;
  SkyJsonIter iter;

  if (handshake == NULL || !sky_json_parse (handshake, strlen (handshake), &root, NULL, NULL)
      || root.type != SKY_JSON_OBJECT)
    return g_string_free (g_string_append_c (out, '}'), FALSE);
  sky_json_iter_init (&iter, handshake, &root);
  while (sky_json_iter_next (&iter, &key, &value))
    {
      g_autofree char *blanked = blank (handshake, &key, &value);

      append_member (out, handshake, &key, blanked, strlen (blanked));
    }
  return g_string_free (g_string_append_c (out, '}'), FALSE);
}
