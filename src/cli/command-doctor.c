#include <glib/gi18n-lib.h>
#include <json-glib/json-glib.h>
#include <string.h>
#include <unistd.h>

#include "cli/profile-options.h"
#include "cli/session.h"
#include "peer/doctor/doctor.h"

/* The command “doctor”, while it runs. */
typedef struct
{
  Session         session;
  ProfileOptions *options;
  SkyProfile     *profile;
  GCancellable   *cancellable;
  gboolean        colour;
} Doctor;

static const struct
{
  const char *id, *mark, *colour;
} levels[] = {
  [SKY_FINDING_GOOD] = { "good", "✔", "\033[32m" },
  [SKY_FINDING_INFO] = { "info", "•", "\033[36m" },
  [SKY_FINDING_WARNING] = { "warning", "!", "\033[33m" },
  [SKY_FINDING_BAD] = { "bad", "✘", "\033[31m" },
};

static void
print_json (JsonBuilder *builder)
{
  g_autoptr(JsonGenerator) generator = json_generator_new ();
  g_autoptr(JsonNode) root = json_builder_get_root (builder);
  g_autofree char *text = NULL;

  json_generator_set_root (generator, root);
  text = json_generator_to_data (generator, NULL);
  g_print ("%s\n", text);
}

static void
add_member (JsonBuilder *builder, const char *name, const char *value)
{
  if (value == NULL || *value == '\0')
    return;
  json_builder_set_member_name (builder, name);
  json_builder_add_string_value (builder, value);
}

static void
print_finding_json (const SkyFinding *finding)
{
  g_autoptr(JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  add_member (builder, "finding", finding->id);
  add_member (builder, "level", levels[finding->level].id);
  add_member (builder, "title", finding->title);
  add_member (builder, "evidence", finding->evidence);
  add_member (builder, "advice", finding->advice);
  json_builder_end_object (builder);
  print_json (builder);
}

static void
print_indented (const char *text, const char *before)
{
  g_auto(GStrv) lines = g_strsplit (text, "\n", -1);

  for (char **line = lines; *line != NULL; line++)
    g_print ("    %s%s\n", line == lines ? before : "", *line);
}

static void
on_finding (const SkyFinding *finding, gpointer user_data)
{
  Doctor *self = user_data;

  if (self->session.json)
    {
      print_finding_json (finding);
      return;
    }
  if (self->session.quiet)
    return;
  g_print ("%s%s%s %s\n", self->colour ? levels[finding->level].colour : "", levels[finding->level].mark,
           self->colour ? "\033[0m" : "", finding->title);
  if (*finding->evidence != '\0')
    print_indented (finding->evidence, "");
  if (finding->advice != NULL)
    print_indented (finding->advice, "→ ");
}

static void
add_option (GPtrArray *words, const char *name, const char *value, const char *before)
{
  if (g_strcmp0 (value, before) == 0)
    return;
  g_ptr_array_add (words, g_strdup (name));
  g_ptr_array_add (words, g_strdup (value));
}

/* What “connect” would be told: the address, and the options that differ from what was given. */
static GStrv
make_words (const SkyProfile *given, const SkyProfile *better)
{
  GPtrArray *words = g_ptr_array_new ();
  g_autofree char *eio = g_strdup_printf ("%u", better->eio), *given_eio = g_strdup_printf ("%u", given->eio);

  g_ptr_array_add (words, g_strdup (better->url));
  if (better->path != NULL)
    add_option (words, "--path", better->path, given->path);
  add_option (words, "--protocol", sky_protocol_id (better->protocol), sky_protocol_id (given->protocol));
  add_option (words, "--transports", sky_transports_id (better->transports), sky_transports_id (given->transports));
  add_option (words, "--parser", sky_parser_id (better->parser), sky_parser_id (given->parser));
  if (better->eio != 0)
    add_option (words, "--eio", eio, given_eio);
  g_ptr_array_add (words, NULL);
  return (GStrv) g_ptr_array_free (words, FALSE);
}

static void
print_verdict_json (const SkyReport *report, gboolean works, char **words)
{
  g_autoptr(JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  add_member (builder, "verdict", report->verdict);
  json_builder_set_member_name (builder, "works");
  json_builder_add_boolean_value (builder, works);
  if (words != NULL)
    {
      json_builder_set_member_name (builder, "better");
      json_builder_begin_array (builder);
      for (char **word = words; *word != NULL; word++)
        json_builder_add_string_value (builder, *word);
      json_builder_end_array (builder);
    }
  json_builder_end_object (builder);
  print_json (builder);
}

static void
print_verdict (Doctor *self, const SkyReport *report, gboolean works)
{
  g_auto(GStrv) words = report->better != NULL ? make_words (self->profile, report->better) : NULL;

  if (self->session.json)
    {
      print_verdict_json (report, works, words);
      return;
    }
  g_print ("%s\n", report->verdict);
  if (words == NULL)
    return;
  /* Translators: a command to be typed follows */
  g_print ("%s sockeye-cli connect", _("Better:"));
  for (char **word = words; *word != NULL; word++)
    {
      g_autofree char *quoted = strpbrk (*word, " '\"&?;$*()<>|\\`") != NULL ? g_shell_quote (*word) : g_strdup (*word);

      g_print (" %s", quoted);
    }
  g_print ("\n");
}

static void
on_examined (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Doctor *self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(SkyReport) report = sky_doctor_finish (result, &error);
  gboolean wrong_usage = g_error_matches (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
  gboolean works = TRUE;

  if (report == NULL)
    {
      session_say (&self->session, "%s", error->message);
      session_end (&self->session, wrong_usage ? EXIT_USAGE : EXIT_FAILED);
      return;
    }
  for (guint i = 0; i < report->findings->len; i++)
    works &= ((SkyFinding *) report->findings->pdata[i])->level != SKY_FINDING_BAD;
  print_verdict (self, report, works);
  session_end (&self->session, works ? EXIT_DONE : EXIT_FAILED);
}

static void
stop (gpointer user_data)
{
  Doctor *self = user_data;

  g_cancellable_cancel (self->cancellable);
}

/* Returns: the exit status. The bytes of all questions are a capture, if one is wanted */
static ExitStatus
examine (Doctor *self, const char *url)
{
  g_autoptr(GError) error = NULL;

  self->profile = profile_options_make (self->options, url, &error);
  if (self->profile == NULL)
    return session_usage ("%s", error->message);
  self->session.stop = stop;
  self->session.user_data = self;
  self->cancellable = g_cancellable_new ();
  self->colour = isatty (STDOUT_FILENO) && g_getenv ("NO_COLOR") == NULL;
  if (!session_begin (&self->session))
    return self->session.status;
  sky_printer_set_style (self->session.printer, SKY_PRINT_NOTHING);
  sky_doctor_async (self->profile, self->session.store, on_finding, self, self->cancellable, on_examined, self);
  return session_run (&self->session);
}

int
command_doctor (int argc, char **argv)
{
  static const GOptionEntry none[] = { { NULL } };
  Doctor self = { .options = profile_options_new () };
  g_auto(GStrv) words = NULL;
  GOptionContext *context
      = session_options (&self.session, _("URL"), _("Says what answers at an address, and what is wrong with it."), none,
                         NULL);

  profile_options_add (self.options, context);
  if (session_parse (&self.session, context, argc, argv, &words))
    self.session.status = g_strv_length (words) == 1 ? examine (&self, words[0])
                                                     : session_usage (_("“doctor” takes one URL."));
  g_clear_pointer (&self.profile, sky_profile_free);
  g_clear_object (&self.cancellable);
  profile_options_free (self.options);
  session_clear (&self.session);
  return self.session.status;
}
