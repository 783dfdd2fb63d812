#pragma once

#include "trace/lexicon.h"
#include "trace/store.h"

/**
 * SkyVocabulary:
 *
 * The events that a trace has, learned as it grows, from its beginning: a SkyLexicon that listens to a store.
 */
#define SKY_TYPE_VOCABULARY (sky_vocabulary_get_type ())
G_DECLARE_FINAL_TYPE (SkyVocabulary, sky_vocabulary, SKY, VOCABULARY, GObject)

SkyVocabulary *sky_vocabulary_of (SkyStore *store);
void           sky_vocabulary_settle (SkyVocabulary *self);

GPtrArray *sky_vocabulary_suggest (SkyVocabulary *self, const char *nsp, const char *prefix);
char      *sky_vocabulary_get_shape (SkyVocabulary *self, const char *nsp, const char *event);
char      *sky_vocabulary_get_skeleton (SkyVocabulary *self, const char *nsp, const char *event);
char      *sky_vocabulary_get_sample (SkyVocabulary *self, const char *nsp, const char *event);
GStrv      sky_vocabulary_get_keys (SkyVocabulary *self, const char *nsp, const char *event, guint arg,
                                        const char *const *path);
