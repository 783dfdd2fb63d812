#include "ui/rules/rules-texts.h"

#include <gio/gio.h>
#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/json.h"
#include "ui/ui.h"

#define DEMO "demo"

/* In the order of a lesson; the first one is what a new server plays. */
static const char *const files[] = {
  "default", "echo", "chat-with-rooms", "acks-and-timeouts", "auth-required", "binary-files",
  "ticker",  "flaky", "test-page", "websocket", "engine-io", DEMO,
};

/* What they say of themselves, for translators: the test of translations holds the two together. */
G_GNUC_UNUSED static const char *const words[] = {
  N_("First server"),
  N_("Greets, echoes, knows rooms. Change a word: it holds at once."),
  N_("Echo"),
  N_("Whatever comes goes back: as an ack if one is wanted, else as the same event."),
  N_("Chat with rooms"),
  N_("Give yourself a name, join rooms, talk in them; the others hear when you come and go."),
  N_("Acks and timeouts"),
  N_("Acks at once, late, never and with many values; and events that ask the client for one."),
  N_("Auth required"),
  N_("Only tokens that look right come in, and only admins into /admin-area. Try { \"token\": \"user-1\" }."),
  N_("Binary files"),
  N_("Take a file, give it back, pass it on to a room; and files of any size to try a client with."),
  N_("Ticker"),
  N_("An event every second for as long as a client is there, and prices for those who subscribe."),
  N_("Flaky server"),
  N_("Slow to open, refuses some, loses answers, cuts connections: for clients that should cope with it."),
  N_("For amritb's test page"),
  N_("Answers what the socketio-client-tool page expects of its server, in its two versions."),
  N_("Plain WebSocket"),
  N_("No Socket.IO: an echo that knows a few words, with messages of text, JSON and octets."),
  N_("Plain Engine.IO"),
  N_("The layer below Socket.IO by itself: messages without events or namespaces."),
  N_("Demo chat"),
  N_("What the demo's server answers: rooms, acks with who was reached, and an echo of what it does not know."),
};

/* Returns: (transfer full): in the person's language, if it is there */
static char *
read_member (const char *text, const SkyJsonValue *root, const char *name)
{
  SkyJsonValue value;
  g_autofree char *said = sky_json_member (text, root, name, &value) ? sky_json_unquote (text, &value, NULL) : NULL;

  return g_strdup (said != NULL ? _(said) : "");
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
