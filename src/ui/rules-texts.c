#include "ui/rules-texts.h"

#include <gio/gio.h>
#include <string.h>

#include "base/json.h"
#include "ui/ui.h"

#define DEMO "demo"

/* In the order of a lesson; the first one is what a new server plays. */
static const char *const files[] = {
  "default", "echo", "chat-with-rooms", "acks-and-timeouts", "auth-required", "binary-files",
  "ticker",  "flaky", "test-page", "websocket", "engine-io", DEMO,
};

static char *
read_member (const char *text, const SkyJsonValue *root, const char *name)
{
  SkyJsonValue value;

  return sky_json_member (text, root, name, &value) ? sky_json_unquote (text, &value, NULL) : g_strdup ("");
}

static const SkyRulesSample *
load (void)
{
  static SkyRulesSample texts[G_N_ELEMENTS (files)];

  if (texts[0].text != NULL)
    return texts;
  for (guint i = 0; i < G_N_ELEMENTS (files); i++)
    {
      g_autofree char *path = g_strconcat (SKY_UI_PREFIX "rules/", files[i], ".json", NULL);
      GBytes *bytes = g_resources_lookup_data (path, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL); /* for good; ends with NUL */
      const char *text = g_bytes_get_data (bytes, NULL);
      SkyJsonValue root = { 0 };

      sky_json_parse (text, strlen (text), &root, NULL, NULL);
      texts[i] = (SkyRulesSample) { text, read_member (text, &root, "name"), read_member (text, &root, "description") };
    }
  return texts;
}

/* Returns: how many there are */
guint
sky_rules_texts_get_n (void)
{
  return G_N_ELEMENTS (files);
}

/* Returns: (transfer none): the one at @index */
const SkyRulesSample *
sky_rules_texts_get (guint index)
{
  g_return_val_if_fail (index < G_N_ELEMENTS (files), NULL);

  return &load ()[index];
}

/* Returns: (transfer none): what a new server plays */
const char *
sky_rules_texts_get_first (void)
{
  return load ()->text;
}

/* Returns: (transfer none): what the demo's server plays */
const char *
sky_rules_texts_get_demo (void)
{
  guint last = G_N_ELEMENTS (files) - 1;

  g_assert (g_str_equal (files[last], DEMO));
  return load ()[last].text;
}

/* Returns: whether @text is one of ours to the letter, which needs no care when another one takes its place */
gboolean
sky_rules_texts_has (const char *text)
{
  for (guint i = 0; i < G_N_ELEMENTS (files); i++)
    if (g_str_equal (load ()[i].text, text))
      return TRUE;
  return FALSE;
}
