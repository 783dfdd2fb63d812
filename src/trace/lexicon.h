#pragma once

#include <glib.h>

#define SKY_LEXICON_MAX_EVENTS 500  /* half of them received, half sent; what was not heard for longest goes first */
#define SKY_LEXICON_MAX_SAMPLE 4096 /* bytes of arguments that are kept */
#define SKY_LEXICON_MAX_NAME   128  /* bytes of an event's name, and of a namespace */

/* One name of an event, with all that is known of how it is used in its namespace. */
typedef struct
{
  char  *event;       /* owned */
  guint  n_in, n_out; /* how often it was received, and sent */
  gint64 last_usec;   /* when last, either way: microseconds since 1970-01-01 UTC */
  guint  rank;        /* how well it fits what was typed: 0 is best */
} SkyWord;

/* One event as it was heard. */
typedef struct
{
  const char *nsp, *event;
  gint64      time_usec;
  gboolean    in;   /* received */
  gboolean    asks; /* for an ack */
  const char *args; /* nullable: a JSON array; NULL if nobody looked at them */
} SkyHeard;

/**
 * SkyLexicon:
 *
 * The events of a conversation: names, how often, and the shape of their arguments and acks. Pure,
 * of bounded size, and O(1) an event besides the length of its arguments.
 */
typedef struct _SkyLexicon SkyLexicon;

SkyLexicon *sky_lexicon_new (void);
void        sky_lexicon_free (SkyLexicon *self);
void        sky_lexicon_hear (SkyLexicon *self, const SkyHeard *heard);
void        sky_lexicon_hear_ack (SkyLexicon *self, const SkyHeard *event, const char *args);
guint       sky_lexicon_get_count (SkyLexicon *self, const char *nsp, const char *event, gboolean in);

GPtrArray *sky_lexicon_suggest (SkyLexicon *self, const char *nsp, const char *prefix);
char      *sky_lexicon_format (SkyLexicon *self, const char *nsp, const char *event);
char      *sky_lexicon_skeleton (SkyLexicon *self, const char *nsp, const char *event);
char      *sky_lexicon_sample (SkyLexicon *self, const char *nsp, const char *event);
GStrv      sky_lexicon_keys (SkyLexicon *self, const char *nsp, const char *event, guint arg, const char *const *path);

gboolean sky_word_rank (const char *name, const char *typed, guint *rank);
SkyWord *sky_word_new (const char *event, guint rank);
void     sky_word_free (SkyWord *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SkyLexicon, sky_lexicon_free)
