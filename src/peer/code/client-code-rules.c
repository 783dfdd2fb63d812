#include "peer/code/client-code-private.h"

#include <string.h>

#include "base/json.h"

/* What a client should say first: read from the rules, as a person would look for what they answer. */

#define MAX_ARGS  8
#define MAX_DEPTH 64 /* of the rules, and of one path */

/* One argument, or one member of one, or of the auth payload. */
typedef struct
{
  char      *literal; /* nullable: JSON of what a rule waits for */
  GPtrArray *names;   /* nullable: members of which rules speak; of Want */
  char      *name;
  gboolean   is_room;
} Want;

typedef struct
{
  const char *text;
  Want       *args[MAX_ARGS];
  guint       n_args;
  Want       *auth;
  gboolean    ack;
} Study;

static Want *
want_new (const char *name)
{
  Want *self = g_new0 (Want, 1);

  self->name = g_strdup (name);
  return self;
}

static void
want_free (gpointer data)
{
  Want *self = data;

  g_free (self->literal);
  g_free (self->name);
  g_clear_pointer (&self->names, g_ptr_array_unref);
  g_free (self);
}

static Want *
get_member (Want *self, const char *name)
{
  Want *member;

  if (self->names == NULL)
    self->names = g_ptr_array_new_with_free_func (want_free);
  for (guint i = 0; i < self->names->len; i++)
    if (g_str_equal (((Want *) self->names->pdata[i])->name, name))
      return self->names->pdata[i];
  member = want_new (name);
  g_ptr_array_add (self->names, member);
  return member;
}

/* Returns: (nullable) (transfer none): what "0", "1.name" or "auth.token" is; other paths are no affair of a client's */
static Want *
find_want (Study *s, const char *path)
{
  g_auto(GStrv) steps = g_strsplit (path, ".", MAX_DEPTH + 1);
  guint n_steps = g_strv_length (steps);
  Want *want = s->auth;

  if (n_steps == 0 || n_steps > MAX_DEPTH)
    return NULL;
  if (g_ascii_isdigit (path[0]))
    {
      guint64 index = g_ascii_strtoull (steps[0], NULL, 10);

      if (index >= MAX_ARGS)
        return NULL;
      while (s->n_args <= index)
        s->args[s->n_args++] = want_new (NULL);
      want = s->args[index];
    }
  else if (!g_str_equal (steps[0], "auth") || steps[1] == NULL)
    return NULL;
  for (guint i = 1; i < n_steps; i++)
    want = get_member (want, steps[i]);
  return want;
}

/* @key: what the text is the value of */
static void
note_text (Study *s, const char *string, const char *key)
{
  const char *at = string, *end;

  while ((at = strstr (at, "{{")) != NULL && (end = strstr (at, "}}")) != NULL)
    {
      g_autofree char *path = g_strstrip (g_strndup (at + 2, (gsize) (end - at - 2)));
      Want *want = find_want (s, g_str_equal (path, "*") ? "0" : path);

      if (want != NULL && (g_str_equal (key, "join") || g_str_equal (key, "leave") || g_str_equal (key, "to")))
        want->is_room = TRUE;
      at = end;
    }
}

/* "matches": [a, pattern] tells what is welcome. */
static void
note_pattern (Study *s, const SkyJsonValue *pair)
{
  g_autofree char *left = NULL, *right = NULL, *sample = NULL;
  g_autoptr(GString) quoted = g_string_new (NULL);
  SkyJsonIter iter;
  SkyJsonValue a, b;
  Want *want;

  sky_json_iter_init (&iter, s->text, pair);
  if (!sky_json_iter_next (&iter, NULL, &a) || !sky_json_iter_next (&iter, NULL, &b) || a.type != SKY_JSON_STRING
      || b.type != SKY_JSON_STRING)
    return;
  left = sky_json_unquote (s->text, &a, NULL);
  right = sky_json_unquote (s->text, &b, NULL);
  if (!g_str_has_prefix (left, "{{") || !g_str_has_suffix (left, "}}") || strstr (right, "{{") != NULL)
    return;
  left[strlen (left) - 2] = '\0';
  want = find_want (s, left + 2);
  sample = sky_client_code_sample (right);
  if (want == NULL || sample == NULL)
    return;
  sky_client_code_quote (quoted, sample);
  g_free (want->literal);
  want->literal = g_strdup (quoted->str);
}

static void
walk (Study *s, const SkyJsonValue *value, const char *key, guint depth)
{
  SkyJsonIter iter;
  SkyJsonValue name, item;

  if (value->type == SKY_JSON_STRING)
    {
      g_autofree char *string = sky_json_unquote (s->text, value, NULL);

      note_text (s, string, key);
    }
  if ((value->type != SKY_JSON_ARRAY && value->type != SKY_JSON_OBJECT) || depth == MAX_DEPTH)
    return;
  if (value->type == SKY_JSON_ARRAY && g_str_equal (key, "matches"))
    note_pattern (s, value);
  sky_json_iter_init (&iter, s->text, value);
  while (sky_json_iter_next (&iter, &name, &item))
    {
      g_autofree char *own = value->type == SKY_JSON_OBJECT ? sky_json_unquote (s->text, &name, NULL) : NULL;

      s->ack = s->ack || (own != NULL && g_str_equal (own, "ack"));
      walk (s, &item, own != NULL ? own : key, depth + 1);
    }
}

/* A name is no greeting. */
static const char *
word_for (const Want *want)
{
  if (want->is_room)
    return "room-42";
  if (want->name != NULL && strstr (want->name, "name") != NULL)
    return "Ann";
  return want->name != NULL && strstr (want->name, "token") != NULL ? "secret" : "hello";
}

static void
append_want (GString *out, const Want *want)
{
  if (want->literal != NULL)
    g_string_append (out, want->literal);
  else if (want->names == NULL)
    sky_client_code_quote (out, word_for (want));
  else
    {
      g_string_append (out, "{ ");
      for (guint i = 0; i < want->names->len; i++)
        {
          const Want *member = want->names->pdata[i];

          g_string_append (out, i > 0 ? ", " : "");
          sky_client_code_quote (out, member->name);
          g_string_append (out, ": ");
          append_want (out, member);
        }
      g_string_append (out, " }");
    }
}

/* A name that the rules have a namespace for; of a pattern one that fits it. */
static char *
choose_name (const SkyRules *rules, const char *name)
{
  g_autofree char *sample = *name == '~' ? sky_client_code_sample (name + 1) : NULL;

  if (*name != '~')
    return g_strdup (name);
  return sample != NULL && *sample == '/' && sky_rules_find_space (rules, sample) != NULL ? g_steal_pointer (&sample)
                                                                                           : g_strdup ("/");
}

static void
take_space (SkyClientFacts *self, Study *s, const SkyJsonValue *space)
{
  static const char *const of_connect[] = { "reject", "onConnect" };
  g_autoptr(GString) args = g_string_new (NULL), auth = g_string_new (NULL);
  SkyJsonValue on, part, event;
  SkyJsonIter iter;

  for (guint i = 0; i < G_N_ELEMENTS (of_connect); i++)
    if (sky_json_member (s->text, space, of_connect[i], &part))
      walk (s, &part, "", 0);
  s->ack = FALSE;
  if (sky_json_member (s->text, space, "on", &on))
    {
      sky_json_iter_init (&iter, s->text, &on);
      if (sky_json_iter_next (&iter, &event, &part))
        {
          self->event = sky_json_unquote (s->text, &event, NULL);
          walk (s, &part, "", 0);
        }
    }
  for (guint i = 0; i < s->n_args; i++)
    {
      g_string_append (args, i > 0 ? ", " : "");
      append_want (args, s->args[i]);
    }
  if (s->auth->names != NULL)
    append_want (auth, s->auth);
  self->args = g_strdup (args->str);
  self->auth = auth->len > 0 ? g_strdup (auth->str) : NULL;
  self->ack = s->ack;
}

static gboolean
has_events (const char *text, const SkyJsonValue *space)
{
  SkyJsonValue on;

  return sky_json_member (text, space, "on", &on) && on.len > 2;
}

/* The first namespace with an event, or else the first. */
static void
study_spaces (SkyClientFacts *self, const SkyRules *rules, Study *s, const SkyJsonValue *spaces)
{
  SkyJsonValue name, space, best_name, best;
  gboolean any = FALSE;
  SkyJsonIter iter;

  sky_json_iter_init (&iter, s->text, spaces);
  while (sky_json_iter_next (&iter, &name, &space))
    if (!any || (!has_events (s->text, &best) && has_events (s->text, &space)))
      {
        any = TRUE;
        best_name = name;
        best = space;
      }
  if (any)
    {
      g_autofree char *key = sky_json_unquote (s->text, &best_name, NULL);

      self->nsp = choose_name (rules, key);
      take_space (self, s, &best);
    }
}

/* The first message that a rule waits for by its very words, unless it ends all. */
static char *
study_messages (const char *text, const SkyJsonValue *root)
{
  SkyJsonValue list, rule, condition, pair, item, answer;
  SkyJsonIter iter, of_pair;

  if (!sky_json_member (text, root, "onMessage", &list))
    return NULL;
  sky_json_iter_init (&iter, text, &list);
  while (sky_json_iter_next (&iter, NULL, &rule))
    if (rule.type == SKY_JSON_OBJECT && sky_json_member (text, &rule, "if", &condition)
        && condition.type == SKY_JSON_OBJECT && sky_json_member (text, &condition, "eq", &pair)
        && !sky_json_member (text, &rule, "close", &answer))
      {
        sky_json_iter_init (&of_pair, text, &pair);
        if (sky_json_iter_next (&of_pair, NULL, &item) && sky_json_string_equal (text, &item, "{{data}}")
            && sky_json_iter_next (&of_pair, NULL, &item) && item.type == SKY_JSON_STRING)
          return sky_json_unquote (text, &item, NULL);
      }
  return NULL;
}

/**
 * sky_client_facts_study:
 * @rules: (nullable): what answers; %NULL for a host without rules, which echoes
 * @text: (nullable): its text
 *
 * Finds out which namespace to connect to, and with what auth; what to emit, with what arguments.
 */
void
sky_client_facts_study (SkyClientFacts *self, const SkyRules *rules, const char *text)
{
  Study s = { .text = text, .auth = want_new (NULL) };
  SkyJsonValue root, spaces;

  if (text != NULL && rules != NULL && sky_json_parse (text, strlen (text), &root, NULL, NULL))
    {
      if (sky_json_member (text, &root, "namespaces", &spaces))
        study_spaces (self, rules, &s, &spaces);
      self->message = study_messages (text, &root);
    }
  else
    {
      self->event = g_strdup ("hello");
      self->args = g_strdup ("\"world\"");
      self->ack = TRUE;
    }
  if (self->nsp == NULL)
    self->nsp = g_strdup ("/");
  if (self->args == NULL)
    self->args = g_strdup ("");
  if (self->message == NULL)
    self->message = g_strdup ("hello");
  for (guint i = 0; i < s.n_args; i++)
    want_free (s.args[i]);
  want_free (s.auth);
}
