#pragma once

#include "base/json.h"

#define SKY_RULES_MAX_EXPANDED 67108864 /* bytes that one template may become */

/* What a path begins with. */
typedef enum
{
  SKY_RULES_ROOT_ARGS,  /* "0", "1.name", "*" */
  SKY_RULES_ROOT_ACKED, /* answers to an event of ours */
  SKY_RULES_ROOT_EVENT,
  SKY_RULES_ROOT_WANTS_ACK,
  SKY_RULES_ROOT_DATA, /* a raw message */
  SKY_RULES_ROOT_REASON,
  SKY_RULES_ROOT_CODE,
  SKY_RULES_ROOT_VAR,
  SKY_RULES_ROOT_GLOBAL,
  SKY_RULES_ROOT_I,
  SKY_RULES_ROOT_N,
  SKY_RULES_ROOT_NOW,
  SKY_RULES_ROOT_RANDOM,
  SKY_RULES_ROOT_UUID,
  SKY_RULES_ROOT_ID, /* from here on: what only the host knows */
  SKY_RULES_ROOT_SID,
  SKY_RULES_ROOT_NSP,
  SKY_RULES_ROOT_ROOMS,
  SKY_RULES_ROOT_TRANSPORT,
  SKY_RULES_ROOT_EIO,
  SKY_RULES_ROOT_HANDSHAKE,
  SKY_RULES_ROOT_AUTH,
  SKY_RULES_ROOT_QUERY,
  SKY_RULES_ROOT_HEADERS,      /* an object whose keys are in lower case */
  SKY_RULES_ROOT_POST_HEADERS, /* the same */
  SKY_RULES_ROOT_RECOVERED, /* whether the socket was here before */
  SKY_RULES_ROOT_ROOM_SIZE,
  SKY_RULES_ROOT_NONE, /* a word that stands for nothing: null */
} SkyRulesRoot;

typedef struct
{
  SkyRulesRoot root;
  char        *subject; /* nullable; ROOM_SIZE: the room; VAR, GLOBAL: which; NONE: the word */
  char       **steps;   /* what follows: keys and indexes */
  gboolean     all;     /* ends with "*" */
} SkyRulesPath;

/* JSON that belongs to somebody else, without white space around it. */
typedef struct
{
  const char *text;
  gsize       len;
} SkyRulesText;

/**
 * SkyRulesScope:
 *
 * Where the values of templates come from. @lookup gives the value of a path's root, borrowed until
 * the next call or written to @scratch, which is empty; of ARGS and ACKED it is the list without its
 * brackets. It returns %FALSE if there is none.
 */
typedef struct _SkyRulesScope SkyRulesScope;
struct _SkyRulesScope
{
  gboolean (*lookup) (const SkyRulesScope *scope, const SkyRulesPath *path, GString *scratch,
                      SkyRulesText *found);
  gpointer owner;
  GString *scratch; /* nullable: one to use again and again */
};

/**
 * SkyRulesTemplate:
 *
 * JSON with `{{path}}` in its strings, taken apart once so that it is filled in fast.
 */
typedef struct _SkyRulesTemplate SkyRulesTemplate;

SkyRulesTemplate *sky_rules_template_new (const char *json, gsize len, GError **error);
void              sky_rules_template_free (SkyRulesTemplate *self);
gboolean          sky_rules_template_expand (const SkyRulesTemplate *self, const SkyRulesScope *scope,
                                             GString *out);
gboolean          sky_rules_template_is_fixed (const SkyRulesTemplate *self, SkyRulesText *json);
const SkyRulesPath *sky_rules_template_get_path (const SkyRulesTemplate *self);

SkyRulesPath *sky_rules_path_new (const char *text);
void          sky_rules_path_free (SkyRulesPath *self);
gboolean      sky_rules_path_resolve (const SkyRulesPath *self, const SkyRulesScope *scope,
                                      GString *scratch, SkyRulesText *found);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SkyRulesTemplate, sky_rules_template_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SkyRulesPath, sky_rules_path_free)
