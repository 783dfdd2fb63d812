#include "peer/rules/rules-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "sio/sio-event.h"

/* Namespaces of a rules file, and how a connection finds its own. */

typedef struct
{
  SkyRules      *rules;
  SkyRulesSpace *space;
  const char    *name; /* as in the file */
} Into;

SkyRulesSpace *
sky_rules_space_new (const char *name)
{
  SkyRulesSpace *self = g_new0 (SkyRulesSpace, 1);

  self->name = g_strdup (name);
  self->rejects = g_ptr_array_new ();
  self->on = g_hash_table_new (g_str_hash, g_str_equal);
  return self;
}

void
sky_rules_space_free (SkyRulesSpace *self)
{
  g_free (self->name);
  g_clear_pointer (&self->regex, g_regex_unref);
  g_ptr_array_unref (self->rejects);
  g_hash_table_unref (self->on);
  g_free (self);
}

static gboolean
read_if (SkyRulesReader *r, const SkyRulesMember *member, const SkyJsonValue *value, gpointer into)
{
  SkyRulesRule *rule = into;

  rule->condition = sky_rules_condition_read (r, value);
  return rule->condition != NULL;
}

static gboolean
read_message (SkyRulesReader *r, const SkyRulesMember *member, const SkyJsonValue *value, gpointer into)
{
  SkyRulesRule *rule = into;

  if (value->type != SKY_JSON_STRING)
    return sky_rules_reader_wrong_type (r, value, _("a text"));
  rule->message = sky_rules_template_read (r, value);
  return rule->message != NULL;
}

static gboolean
read_data (SkyRulesReader *r, const SkyRulesMember *member, const SkyJsonValue *value, gpointer into)
{
  SkyRulesRule *rule = into;

  rule->data = sky_rules_template_read (r, value);
  return rule->data != NULL;
}

static gboolean
read_reject (SkyRulesReader *r, const SkyRulesMember *member, const SkyJsonValue *value, gpointer user_data)
{
  static const SkyRulesMember members[] = { { "if", read_if }, { "message", read_message }, { "data", read_data } };
  Into *into = user_data;
  SkyJsonIter iter;
  SkyJsonValue item;
  gboolean ok = TRUE;

  if (value->type != SKY_JSON_ARRAY)
    return sky_rules_reader_wrong_type (r, value, _("a list of reasons to reject"));
  sky_json_iter_init (&iter, r->text, value);
  while (ok && sky_json_iter_next (&iter, NULL, &item))
    {
      gsize mark = sky_rules_reader_enter_item (r, iter.n_items - 1);
      g_autofree char *label = g_strdup_printf ("reject %" G_GSIZE_FORMAT, iter.n_items);
      SkyRulesRule *rule = sky_rules_rule_new (r, into->rules, into->name, item.start, label);

      g_ptr_array_add (into->space->rejects, rule);
      ok = sky_rules_reader_members (r, &item, members, G_N_ELEMENTS (members), rule);
      sky_rules_reader_leave (r, mark);
    }
  return ok;
}

/* onConnect, onAny, onDisconnect */
static gboolean
read_on_one (SkyRulesReader *r, const SkyRulesMember *member, const SkyJsonValue *value, gpointer user_data)
{
  Into *into = user_data;
  SkyRulesRule **field = (SkyRulesRule **) G_STRUCT_MEMBER_P (into->space, member->offset);

  *field = sky_rules_rule_new (r, into->rules, into->name, value->start, member->name);
  return sky_rules_rule_read (r, value, (SkyRulesOccasion) member->min, *field);
}

static gboolean
read_on_event (SkyRulesReader *r, const SkyJsonValue *key, const SkyJsonValue *value, Into *into)
{
  g_autofree char *name = sky_json_unquote (r->text, key, NULL);
  gsize mark = sky_rules_reader_enter_key (r, name);
  gboolean ok;

  if (sky_sio_event_reserved (name))
    ok = sky_rules_reader_wrong (r, SKY_RULES_ERROR_VALUE, key, _("a name that Socket.IO uses itself"),
                                 _("the name of an event; see onConnect and onDisconnect"));
  else
    {
      SkyRulesRule *rule = sky_rules_rule_new (r, into->rules, into->name, key->start, name);

      g_hash_table_insert (into->space->on, rule->row.label, rule);
      ok = sky_rules_rule_read (r, value, SKY_RULES_ON_EVENT, rule);
    }
  sky_rules_reader_leave (r, mark);
  return ok;
}

static gboolean
read_on (SkyRulesReader *r, const SkyRulesMember *member, const SkyJsonValue *value, gpointer user_data)
{
  SkyJsonIter iter;
  SkyJsonValue key, each;
  gboolean ok = TRUE;

  if (value->type != SKY_JSON_OBJECT)
    return sky_rules_reader_wrong_type (r, value, _("an object of events and their actions"));
  sky_json_iter_init (&iter, r->text, value);
  while (ok && sky_json_iter_next (&iter, &key, &each))
    ok = read_on_event (r, &key, &each, user_data);
  return ok;
}

static SkyRulesSpace *
add_space (SkyRulesReader *r, SkyRules *rules, const char *name, const SkyJsonValue *key)
{
  SkyRulesSpace *space = sky_rules_space_new (name[0] == '~' ? name + 1 : name);

  if (name[0] == '/')
    {
      g_hash_table_replace (rules->spaces, space->name, space);
      return space;
    }
  g_ptr_array_add (rules->patterns, space);
  if (name[0] == '~')
    space->regex = sky_rules_regex_read (r, key, name + 1);
  else
    sky_rules_reader_wrong (r, SKY_RULES_ERROR_VALUE, key, _("this name"),
                            _("/ and a name, or ~ and a regular expression"));
  return space->regex != NULL ? space : NULL;
}

/* Returns: %FALSE after an error, which is then set */
gboolean
sky_rules_spaces_read (SkyRulesReader *r, const SkyJsonValue *value, SkyRules *rules)
{
  static const SkyRulesMember members[] = {
    { "reject", read_reject },
    { "onConnect", read_on_one, G_STRUCT_OFFSET (SkyRulesSpace, on_connect), SKY_RULES_ON_CONNECT },
    { "on", read_on },
    { "onAny", read_on_one, G_STRUCT_OFFSET (SkyRulesSpace, on_any), SKY_RULES_ON_EVENT },
    { "onDisconnect", read_on_one, G_STRUCT_OFFSET (SkyRulesSpace, on_disconnect), SKY_RULES_ON_END },
  };
  SkyJsonIter iter;
  SkyJsonValue key, each;
  gboolean ok = TRUE;

  if (value->type != SKY_JSON_OBJECT)
    return sky_rules_reader_wrong_type (r, value, _("an object of namespaces"));
  sky_json_iter_init (&iter, r->text, value);
  while (ok && sky_json_iter_next (&iter, &key, &each))
    {
      g_autofree char *name = sky_json_unquote (r->text, &key, NULL);
      gsize mark = sky_rules_reader_enter_key (r, name);
      Into into = { rules, add_space (r, rules, name, &key), name };

      ok = into.space != NULL
           && sky_rules_reader_members (r, &each, members, G_N_ELEMENTS (members), &into);
      sky_rules_reader_leave (r, mark);
    }
  return ok;
}

/**
 * sky_rules_find_space:
 * @nsp: a namespace that a client asks for, without its query
 *
 * Exact names come first, then patterns in the order of the file; "/" is always there.
 *
 * Returns: (nullable) (transfer none): %NULL if there is no such namespace
 */
const SkyRulesSpace *
sky_rules_find_space (const SkyRules *self, const char *nsp)
{
  const SkyRulesSpace *space = g_hash_table_lookup (self->spaces, nsp);

  for (guint i = 0; space == NULL && i < self->patterns->len; i++)
    {
      const SkyRulesSpace *each = g_ptr_array_index (self->patterns, i);

      if (sky_rules_regex_matches (each->regex, nsp, strlen (nsp)))
        space = each;
    }
  return space;
}

static int
by_name (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

/* Returns: (transfer container) (element-type utf8): the exact names, sorted; "/" is among them */
GPtrArray *
sky_rules_get_space_names (const SkyRules *self)
{
  GPtrArray *names = g_ptr_array_new ();
  GHashTableIter iter;
  gpointer name;

  g_hash_table_iter_init (&iter, self->spaces);
  while (g_hash_table_iter_next (&iter, &name, NULL))
    g_ptr_array_add (names, name);
  g_ptr_array_sort (names, by_name);
  return names;
}
