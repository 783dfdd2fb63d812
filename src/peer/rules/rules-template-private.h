#pragma once

#include "peer/rules/rules-reader.h"
#include "peer/rules/rules-template.h"

typedef enum
{
  SKY_RULES_PART_JSON,   /* as it stands */
  SKY_RULES_PART_VALUE,  /* a value of any type */
  SKY_RULES_PART_LETTERS, /* a value as letters within a string */
  SKY_RULES_PART_COMMA,  /* unless the list has only begun */
  SKY_RULES_PART_SPREAD, /* items into the list, with their commas */
  SKY_RULES_PART_FILL,   /* a string, repeated */
} SkyRulesPartKind;

typedef struct
{
  SkyRulesPartKind  kind;
  GString          *json;  /* JSON */
  SkyRulesPath     *path;  /* VALUE, LETTERS, SPREAD */
  SkyRulesTemplate *what, *times; /* FILL */
} SkyRulesPart;

struct _SkyRulesTemplate
{
  GArray *parts; /* of SkyRulesPart */
};

SkyRulesTemplate *sky_rules_template_read (SkyRulesReader *r, const SkyJsonValue *value);
