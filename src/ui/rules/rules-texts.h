#pragma once

#include <glib.h>

/* Rules to begin with, which the program brings along: what a new server plays, and examples. */
typedef struct
{
  const char *text;        /* the whole file */
  char       *name;        /* what it is called */
  char       *description; /* one or two sentences on it */
} SkyRulesSample;

guint               sky_rules_texts_get_n (void);
const SkyRulesSample *sky_rules_texts_get (guint index);
const char         *sky_rules_texts_get_first (void);
const char         *sky_rules_texts_get_demo (void);
gboolean            sky_rules_texts_has (const char *text);
