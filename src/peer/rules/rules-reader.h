#pragma once

#include "base/json.h"

/*
 * Walks a rules file where it lies, so that what is wrong has its path, line and column, and what
 * is right keeps its spelling.
 */

#define SKY_RULES_MAX_LEN 1048576 /* bytes of a file */
#define SKY_RULES_MAX_DEPTH 64    /* lists and objects within each other */

#define SKY_RULES_ERROR (sky_rules_error_quark ())
GQuark sky_rules_error_quark (void);

typedef enum
{
  SKY_RULES_ERROR_SIZE,      /* longer than SKY_RULES_MAX_LEN */
  SKY_RULES_ERROR_SYNTAX,    /* not JSON, or not UTF-8 */
  SKY_RULES_ERROR_DEPTH,     /* deeper than SKY_RULES_MAX_DEPTH */
  SKY_RULES_ERROR_DUPLICATE, /* a key stands twice in one object */
  SKY_RULES_ERROR_KEY,       /* a key that nothing has there */
  SKY_RULES_ERROR_TYPE,      /* a list where a text should be, and the like */
  SKY_RULES_ERROR_VALUE,     /* the right type, but out of range or of no meaning */
  SKY_RULES_ERROR_MISSING,   /* a key that has to be there is not */
} SkyRulesError;

/* Where in the file an error is; of a #GError of SKY_RULES_ERROR. */
typedef struct
{
  guint line, column; /* from 1; columns are characters, not bytes */
  gsize pos, len;     /* bytes: what to mark in an editor; @len is positive, except at the end */
  char *path;         /* "namespaces./.on.join[1].to"; "" is the whole file */
} SkyRulesPlace;

const SkyRulesPlace *sky_rules_error_get_place (const GError *error);

typedef struct
{
  const char *text;
  gsize       len;
  GString    *path;
  GError    **error;
  guint       protocol; /* SkyRulesProtocol of the file, once it is known */
  guint       moment;   /* what the actions that are read answer to: see rules-action.c */
} SkyRulesReader;

typedef struct _SkyRulesMember SkyRulesMember;
struct _SkyRulesMember
{
  const char *name;
  gboolean (*read) (SkyRulesReader *r, const SkyRulesMember *member, const SkyJsonValue *value,
                    gpointer into);
  gsize  offset; /* of the field that it goes to */
  gint64 min, max;
};

gboolean sky_rules_reader_check (SkyRulesReader *r, SkyJsonValue *root);
gboolean sky_rules_reader_wrong (SkyRulesReader *r, SkyRulesError code, const SkyJsonValue *at,
                                 const char *found, const char *expected);
gboolean sky_rules_reader_wrong_type (SkyRulesReader *r, const SkyJsonValue *at,
                                      const char *expected);
gsize    sky_rules_reader_enter_key (SkyRulesReader *r, const char *key);
gsize    sky_rules_reader_enter_item (SkyRulesReader *r, gsize index);
void     sky_rules_reader_leave (SkyRulesReader *r, gsize mark);
char    *sky_rules_reader_found (SkyRulesReader *r, const SkyJsonValue *value);
guint    sky_rules_reader_line (SkyRulesReader *r, gsize pos, guint *column);

gboolean sky_rules_reader_members (SkyRulesReader *r, const SkyJsonValue *object,
                                   const SkyRulesMember *members, gsize n_members, gpointer into);
gboolean sky_rules_read_string (SkyRulesReader *r, const SkyRulesMember *member,
                                const SkyJsonValue *value, gpointer into);
gboolean sky_rules_read_flag (SkyRulesReader *r, const SkyRulesMember *member,
                              const SkyJsonValue *value, gpointer into);
gboolean sky_rules_read_number (SkyRulesReader *r, const SkyRulesMember *member,
                                const SkyJsonValue *value, gpointer into);
gboolean sky_rules_read_ignored (SkyRulesReader *r, const SkyRulesMember *member,
                                 const SkyJsonValue *value, gpointer into);
