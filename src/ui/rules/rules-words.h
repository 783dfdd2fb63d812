#pragma once

#include <glib.h>

/* Where in a rules file a word belongs. */
typedef enum
{
  SKY_RULES_IN_FILE,
  SKY_RULES_IN_SERVER,
  SKY_RULES_IN_SPACE,   /* one namespace */
  SKY_RULES_IN_REJECT,
  SKY_RULES_IN_ACTION,  /* what is done */
  SKY_RULES_IN_ANY,     /* beside what is done */
  SKY_RULES_IN_IF,
  SKY_RULES_IN_TEXT,    /* {{…}} */
  SKY_RULES_N_PLACES,
} SkyRulesPlaces;

/* One thing that can be written in a rules file, with an example to begin with. */
typedef struct
{
  SkyRulesPlaces place;
  const char    *word;
  const char    *example; /* JSON, or what stands between quotes: what is put into the text */
  const char    *what;    /* a sentence for who does not know it; to be translated */
} SkyRulesWord;

guint               sky_rules_words_get_n (void);
const SkyRulesWord *sky_rules_words_get (guint index);
const char         *sky_rules_words_get_title (SkyRulesPlaces place);
GStrv               sky_rules_words_complete (const char *const *path);
