#include "peer/rules/rules-private.h"

#include <glib/gi18n-lib.h>

static void
rule_free (gpointer data)
{
  SkyRulesRule *rule = data;

  g_free (rule->row.path);
  g_free (rule->row.nsp);
  g_free (rule->row.label);
  g_clear_pointer (&rule->actions, g_ptr_array_unref);
  g_clear_pointer (&rule->condition, sky_rules_condition_free);
  g_clear_pointer (&rule->message, sky_rules_template_free);
  g_clear_pointer (&rule->data, sky_rules_template_free);
  g_free (rule);
}

/* Returns: (transfer none): a new row of @rules, for what stands where the reader is */
SkyRulesRule *
sky_rules_rule_new (SkyRulesReader *r, SkyRules *rules, const char *nsp, gsize pos, const char *label)
{
  SkyRulesRule *rule = g_new0 (SkyRulesRule, 1);

  rule->row.path = g_strdup (r->path->str);
  rule->row.nsp = g_strdup (nsp);
  rule->row.label = g_strdup (label);
  rule->row.line = sky_rules_reader_line (r, pos, NULL);
  rule->index = rules->rules->len;
  g_ptr_array_add (rules->rules, rule);
  return rule;
}

gboolean
sky_rules_rule_read (SkyRulesReader *r, const SkyJsonValue *value, SkyRulesOccasion moment,
                     SkyRulesRule *rule)
{
  r->moment = moment;
  rule->actions = sky_rules_actions_read (r, value);
  return rule->actions != NULL;
}

static gboolean
wrong_server (SkyRulesReader *r, const SkyRulesMember *member, const SkyJsonValue *value)
{
  return sky_rules_reader_wrong (r, SKY_RULES_ERROR_KEY, value,
                                 r->protocol == SKY_RULES_SOCKET_IO ? _("what is for raw messages")
                                                                    : _("what is for Socket.IO"),
                                 r->protocol == SKY_RULES_SOCKET_IO
                                     ? _("namespaces, as server.protocol is socket.io")
                                     : _("onOpen, onMessage or onClose, as server.protocol says"));
}

static gboolean
read_namespaces (SkyRulesReader *r, const SkyRulesMember *member, const SkyJsonValue *value, gpointer into)
{
  return r->protocol == SKY_RULES_SOCKET_IO ? sky_rules_spaces_read (r, value, into)
                                            : wrong_server (r, member, value);
}

static gboolean
read_raw (SkyRulesReader *r, const SkyRulesMember *member, const SkyJsonValue *value, gpointer into)
{
  SkyRulesRule **field = (SkyRulesRule **) G_STRUCT_MEMBER_P (into, member->offset);

  if (r->protocol == SKY_RULES_SOCKET_IO)
    return wrong_server (r, member, value);
  *field = sky_rules_rule_new (r, into, NULL, value->start, member->name);
  return sky_rules_rule_read (r, value, (SkyRulesOccasion) member->min, *field);
}

/* Each action is a rule of its own: the first whose `if` holds is played. */
static gboolean
read_on_message (SkyRulesReader *r, const SkyRulesMember *member, const SkyJsonValue *value, gpointer into)
{
  SkyRules *self = into;
  SkyJsonIter iter;
  SkyJsonValue item;
  gboolean ok = TRUE;

  if (r->protocol == SKY_RULES_SOCKET_IO)
    return wrong_server (r, member, value);
  if (value->type != SKY_JSON_ARRAY)
    return sky_rules_reader_wrong_type (r, value, _("a list of actions"));
  self->on_message = g_ptr_array_new ();
  r->moment = SKY_RULES_ON_EVENT;
  sky_json_iter_init (&iter, r->text, value);
  while (ok && sky_json_iter_next (&iter, NULL, &item))
    {
      gsize mark = sky_rules_reader_enter_item (r, iter.n_items - 1);
      g_autofree char *label = g_strdup_printf ("onMessage %" G_GSIZE_FORMAT, iter.n_items);
      SkyRulesRule *rule = sky_rules_rule_new (r, self, NULL, item.start, label);
      SkyRulesAction *action = sky_rules_action_read (r, &item);

      rule->actions = g_ptr_array_new_with_free_func ((GDestroyNotify) sky_rules_action_free);
      ok = action != NULL;
      if (ok)
        g_ptr_array_add (rule->actions, action);
      g_ptr_array_add (self->on_message, rule);
      sky_rules_reader_leave (r, mark);
    }
  return ok;
}

/* It was read before all else. */
static gboolean
skip_server (SkyRulesReader *r, const SkyRulesMember *member, const SkyJsonValue *value, gpointer into)
{
  return TRUE;
}

static gboolean
read_server (SkyRulesReader *r, const SkyJsonValue *root, SkyRules *self)
{
  SkyJsonValue value;
  gboolean ok = TRUE;

  if (sky_json_member (r->text, root, "server", &value))
    {
      gsize mark = sky_rules_reader_enter_key (r, "server");

      ok = sky_rules_server_read (r, &value, &self->server);
      sky_rules_reader_leave (r, mark);
    }
  sky_rules_server_settle (&self->server);
  r->protocol = (guint) self->server.protocol;
  return ok;
}

static gboolean
read_all (SkyRulesReader *r, SkyRules *self)
{
  static const SkyRulesMember members[] = {
    { "$schema", sky_rules_read_ignored },
    { "name", sky_rules_read_string, G_STRUCT_OFFSET (SkyRules, name) },
    { "description", sky_rules_read_ignored },
    { "server", skip_server },
    { "namespaces", read_namespaces },
    { "onOpen", read_raw, G_STRUCT_OFFSET (SkyRules, on_open), SKY_RULES_ON_CONNECT },
    { "onMessage", read_on_message },
    { "onClose", read_raw, G_STRUCT_OFFSET (SkyRules, on_close), SKY_RULES_ON_END },
  };
  SkyJsonValue root;

  return sky_rules_reader_check (r, &root) && read_server (r, &root, self)
         && sky_rules_reader_members (r, &root, members, G_N_ELEMENTS (members), self);
}

static SkyRules *
rules_new (void)
{
  SkyRules *self = g_new0 (SkyRules, 1);

  g_atomic_ref_count_init (&self->ref_count);
  sky_rules_server_init (&self->server);
  self->rules = g_ptr_array_new_with_free_func (rule_free);
  self->spaces = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify) sky_rules_space_free);
  self->patterns = g_ptr_array_new_with_free_func ((GDestroyNotify) sky_rules_space_free);
  return self;
}

/**
 * sky_rules_load:
 * @text: (array length=len): a rules file
 * @len: bytes; %SKY_RULES_MAX_LEN at most
 * @error: a #SkyRulesError; sky_rules_error_get_place() says where
 *
 * Reads all of it and checks it: what nothing has there, what is of the wrong type or out of range,
 * what stands twice, is refused. The first mistake is told.
 *
 * Returns: (nullable) (transfer full): the rules, or %NULL
 */
SkyRules *
sky_rules_load (const char *text, gsize len, GError **error)
{
  g_autoptr(SkyRules) self = rules_new ();
  g_autoptr(GString) path = g_string_new (NULL);
  g_autoptr(GError) own_error = NULL;
  SkyRulesReader reader = { .text = text, .len = len, .path = path, .error = &own_error };

  g_return_val_if_fail (text != NULL || len == 0, NULL);

  if (!read_all (&reader, self))
    {
      g_propagate_error (error, g_steal_pointer (&own_error));
      return NULL;
    }
  if (!g_hash_table_contains (self->spaces, "/")) /* every server has it */
    {
      SkyRulesSpace *main = sky_rules_space_new ("/");

      g_hash_table_replace (self->spaces, main->name, main);
    }
  return g_steal_pointer (&self);
}

SkyRules *
sky_rules_ref (SkyRules *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
sky_rules_unref (SkyRules *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  sky_rules_server_clear (&self->server);
  g_hash_table_unref (self->spaces);
  g_ptr_array_unref (self->patterns);
  g_clear_pointer (&self->on_message, g_ptr_array_unref);
  g_ptr_array_unref (self->rules);
  g_free (self->name);
  g_free (self);
}

/* Returns: (nullable) (transfer none): what the file calls itself */
const char *
sky_rules_get_name (const SkyRules *self)
{
  return self->name;
}

/* Returns: (transfer none): how the server is set up */
const SkyRulesServer *
sky_rules_get_server (const SkyRules *self)
{
  return &self->server;
}

/* Returns: how many rows there are, which have the indexes from 0 on */
guint
sky_rules_get_n_rows (const SkyRules *self)
{
  return self->rules->len;
}

/* Returns: (transfer none): one row, in the order of the file */
const SkyRulesRow *
sky_rules_get_row (const SkyRules *self, guint index)
{
  const SkyRulesRule *rule;

  g_return_val_if_fail (index < self->rules->len, NULL);

  rule = g_ptr_array_index (self->rules, index);
  return &rule->row;
}
