#pragma once

#include "trace/vocabulary.h"
#include "ui/compose/history.h"

#define SKY_COMPLETE_MAX_WORDS 60 /* of one list */

GPtrArray *sky_complete_words (SkyVocabulary *vocabulary, SkyHistory *history, const char *url, const char *nsp,
                               const char *typed);
char      *sky_complete_sent (SkyHistory *history, const char *url, const char *nsp, const char *event);
char      *sky_complete_spell (const char *args);
char      *sky_complete_count (const SkyWord *word);
char      *sky_complete_say (const SkyWord *word, const char *shape);
