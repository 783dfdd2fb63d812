#include "cli/plan.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/fault.h"
#include "base/json.h"

#define fail(error, ...) sky_fail_false (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, __VA_ARGS__)

static void
step_free (gpointer data)
{
  Step *step = data;

  g_free (step->name);
  g_clear_pointer (&step->bytes, g_bytes_unref);
  if (step->args != NULL)
    g_string_free (step->args, TRUE);
  g_free (step);
}

void
plan_init (Plan *self)
{
  *self = (Plan) { .steps = g_ptr_array_new_with_free_func (step_free) };
}

void
plan_clear (Plan *self)
{
  g_ptr_array_unref (self->steps);
  g_free (self->close_reason);
}

static Step *
add_step (Plan *self, StepKind kind, const char *name)
{
  Step *step = g_new0 (Step, 1);

  step->kind = kind;
  step->name = g_strdup (name);
  step->args = kind == STEP_EMIT ? g_string_new (NULL) : NULL;
  g_ptr_array_add (self->steps, step);
  return step;
}

/* The event that --arg, --file and --ack belong to. */
static Step *
last_emit (Plan *self, const char *option, GError **error)
{
  Step *last = self->steps->len > 0 ? g_ptr_array_index (self->steps, self->steps->len - 1) : NULL;

  if (last == NULL || last->kind != STEP_EMIT)
    {
      fail (error, _("%s belongs to an --emit before it."), option);
      return NULL;
    }
  return last;
}

static gboolean
append_arg (Step *step, const char *json)
{
  if (step->args->len > 0)
    g_string_append_c (step->args, ',');
  g_string_append (step->args, json);
  return TRUE;
}

static gboolean
add_json (Step *step, const char *json, GError **error)
{
  g_autoptr(GError) json_error = NULL;
  SkyJsonValue value;
  gsize at = 0;

  if (!sky_json_parse (json, strlen (json), &value, &at, &json_error))
    return fail (error, _("--arg %s is no JSON at byte %zu. %s"), json, at + 1, json_error->message);
  return append_arg (step, json);
}

static gboolean
add_file (Step *step, const char *path, GError **error)
{
  g_autofree char *data = NULL, *base64 = NULL, *json = NULL;
  gsize len;

  if (!g_file_get_contents (path, &data, &len, error))
    return FALSE;
  base64 = g_base64_encode ((const guchar *) data, len);
  json = g_strdup_printf ("{\"$bin\":\"%s\"}", base64);
  return append_arg (step, json);
}

static gboolean
add_message_file (Plan *self, const char *path, GError **error)
{
  char *data;
  gsize len;

  if (!g_file_get_contents (path, &data, &len, error))
    return FALSE;
  add_step (self, STEP_BINARY, NULL)->bytes = g_bytes_new_take (data, len);
  return TRUE;
}

static gboolean
set_close (Plan *self, const char *value, GError **error)
{
  char *end;
  guint64 code = g_ascii_strtoull (value, &end, 10);

  if (end == value || code > G_MAXUINT16 || (*end != '\0' && *end != ':'))
    return fail (error, _("--close takes a code and a reason, such as 1000:bye, not %s."), value);
  self->close = TRUE;
  self->close_code = (guint) code;
  g_free (self->close_reason);
  self->close_reason = *end == ':' ? g_strdup (end + 1) : NULL;
  return TRUE;
}

static gboolean
ask_for_ack (Step *step, GError **error)
{
  step->ack = TRUE;
  return !step->is_volatile || fail (error, _("--ack and --volatile do not go together: what is dropped is never answered."));
}

static gboolean
make_volatile (Step *step, GError **error)
{
  step->is_volatile = TRUE;
  return !step->ack || fail (error, _("--ack and --volatile do not go together: what is dropped is never answered."));
}

/* A GOptionArgFunc: the order of these options counts. */
static gboolean
on_option (const char *name, const char *value, gpointer data, GError **error)
{
  Plan *self = data;
  Step *step;

  if (g_str_equal (name, "--emit"))
    return add_step (self, STEP_EMIT, value) != NULL;
  if (g_str_equal (name, "--send"))
    return add_step (self, STEP_TEXT, value) != NULL;
  if (g_str_equal (name, "--send-file"))
    return add_message_file (self, value, error);
  if (g_str_equal (name, "--close"))
    return set_close (self, value, error);
  if (g_str_equal (name, "--stdin"))
    return self->orders = TRUE;
  step = last_emit (self, name, error);
  if (step == NULL)
    return FALSE;
  if (g_str_equal (name, "--arg"))
    return add_json (step, value, error);
  if (g_str_equal (name, "--file"))
    return add_file (step, value, error);
  return g_str_equal (name, "--ack") ? ask_for_ack (step, error) : make_volatile (step, error);
}

#define TAKES      0, G_OPTION_ARG_CALLBACK, (gpointer) on_option
#define TAKES_FILE G_OPTION_FLAG_FILENAME, G_OPTION_ARG_CALLBACK, (gpointer) on_option
#define IS_FLAG    G_OPTION_FLAG_NO_ARG, G_OPTION_ARG_CALLBACK, (gpointer) on_option

const GOptionEntry plan_entries[] = {
  { "emit", 0, TAKES, N_("Emit an event; what follows belongs to it (repeat)"), N_("EVENT") },
  { "arg", 0, TAKES, N_("… an argument, as JSON (repeat)"), N_("JSON") },
  { "file", 0, TAKES_FILE, N_("… a file as binary argument (repeat)"), N_("PATH") },
  { "ack", 0, IS_FLAG, N_("… ask for an ack, and wait for it"), NULL },
  { "volatile", 0, IS_FLAG, N_("… drop it if it cannot be sent at once"), NULL },
  { "send", 0, TAKES, N_("Send a text message (repeat)"), N_("TEXT") },
  { "send-file", 0, TAKES_FILE, N_("Send a file as a binary message (repeat)"), N_("PATH") },
  { "close", 0, TAKES, N_("Close when all is done"), N_("CODE[:REASON]") },
  { "stdin", 0, IS_FLAG, N_("Take orders on standard input, one JSON object a line"), NULL },
  { NULL },
};
