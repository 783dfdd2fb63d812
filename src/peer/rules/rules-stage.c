#include "peer/rules/rules-run-private.h"

/**
 * sky_rules_stage_new:
 * @rules: what is played
 * @hands: who does it; has to live longer
 */
SkyRulesStage *
sky_rules_stage_new (SkyRules *rules, const SkyRulesHands *hands)
{
  SkyRulesStage *self = g_new0 (SkyRulesStage, 1);

  self->rules = sky_rules_ref (rules);
  self->hands = hands;
  self->scratch = g_string_new (NULL);
  self->fired = g_array_new (FALSE, TRUE, sizeof (guint64));
  g_array_set_size (self->fired, sky_rules_get_n_rows (rules));
  return self;
}

/* All players have to be freed before. */
void
sky_rules_stage_free (SkyRulesStage *self)
{
  sky_rules_unref (self->rules);
  g_clear_pointer (&self->globals, g_hash_table_unref);
  g_array_unref (self->fired);
  g_string_free (self->scratch, TRUE);
  g_free (self);
}

/**
 * sky_rules_stage_set_rules:
 *
 * From the next event on, @rules are played; what waits ends as it began. Rows with the same path
 * keep their count, variables their values. What `server` says is the host's business.
 */
void
sky_rules_stage_set_rules (SkyRulesStage *self, SkyRules *rules)
{
  g_autoptr(GHashTable) counts = g_hash_table_new (g_str_hash, g_str_equal);
  GArray *fired = g_array_new (FALSE, TRUE, sizeof (guint64));
  g_autoptr(SkyRules) old = self->rules;

  for (guint i = 0; i < sky_rules_get_n_rows (old); i++)
    g_hash_table_insert (counts, sky_rules_get_row (old, i)->path, &g_array_index (self->fired, guint64, i));
  g_array_set_size (fired, sky_rules_get_n_rows (rules));
  for (guint i = 0; i < fired->len; i++)
    {
      const guint64 *count = g_hash_table_lookup (counts, sky_rules_get_row (rules, i)->path);

      g_array_index (fired, guint64, i) = count != NULL ? *count : 0;
    }
  g_array_unref (self->fired);
  self->fired = fired;
  self->rules = sky_rules_ref (rules);
}

/* Returns: (transfer none): what is played */
SkyRules *
sky_rules_stage_get_rules (SkyRulesStage *self)
{
  return self->rules;
}

/* Returns: how often the row @index of the rules was played, or rejected somebody */
guint64
sky_rules_stage_get_fired (const SkyRulesStage *self, guint index)
{
  g_return_val_if_fail (index < self->fired->len, 0);

  return g_array_index (self->fired, guint64, index);
}
