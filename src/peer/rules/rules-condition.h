#pragma once

#include "peer/rules/rules-template.h"
#include "peer/rules/rules-reader.h"

#define SKY_RULES_MAX_PATTERN 4096  /* bytes of a regular expression */
#define SKY_RULES_MAX_MATCHED 65536 /* bytes that one is held against; what is longer does not match */

/**
 * SkyRulesCondition:
 *
 * The `if` of a rule.
 */
typedef struct _SkyRulesCondition SkyRulesCondition;

SkyRulesCondition *sky_rules_condition_read (SkyRulesReader *r, const SkyJsonValue *value);
void               sky_rules_condition_free (SkyRulesCondition *self);
gboolean sky_rules_condition_holds (const SkyRulesCondition *self, const SkyRulesScope *scope);

GRegex  *sky_rules_regex_read (SkyRulesReader *r, const SkyJsonValue *at, const char *pattern);
gboolean sky_rules_regex_matches (GRegex *regex, const char *text, gsize len);

gboolean sky_rules_json_equal (const SkyRulesText *a, const SkyRulesText *b);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SkyRulesCondition, sky_rules_condition_free)
