#pragma once

#include <glib.h>

/*
 * A scanner that walks JSON (RFC 8259) where it lies. A peer's text is never rebuilt from a
 * parsed tree: key order, the spelling of numbers and duplicate keys stay as they were sent.
 * It does not recurse, and it copies nothing that it is not asked for.
 */

#define SKY_JSON_MAX_DEPTH 2048 /* arrays and objects within each other */

#define SKY_JSON_ERROR (sky_json_error_quark ())
GQuark sky_json_error_quark (void);

typedef enum
{
  SKY_JSON_ERROR_SYNTAX,    /* no JSON text begins like this */
  SKY_JSON_ERROR_TRUNCATED, /* the text ends within a value: more bytes could make it right */
  SKY_JSON_ERROR_DEPTH,     /* deeper than SKY_JSON_MAX_DEPTH */
} SkyJsonError;

typedef enum
{
  SKY_JSON_NULL,
  SKY_JSON_FALSE,
  SKY_JSON_TRUE,
  SKY_JSON_NUMBER,
  SKY_JSON_STRING,
  SKY_JSON_ARRAY,
  SKY_JSON_OBJECT,
} SkyJsonType;

/* A value where it lies: the bytes [@start, @start + @len) of the text that was scanned. */
typedef struct
{
  SkyJsonType type;
  gsize       start; /* bytes from the text's beginning */
  gsize       len;   /* bytes, quotes and brackets included */
} SkyJsonValue;

typedef struct
{
  const char *text;
  gsize       pos, end;
  gboolean    object;
  gsize       n_items; /* given so far */
} SkyJsonIter;

gboolean sky_json_scan (const char *text, gsize len, gsize *pos, SkyJsonValue *value, GError **error);
gboolean sky_json_parse (const char *text, gsize len, SkyJsonValue *value, gsize *error_pos, GError **error);

void     sky_json_iter_init (SkyJsonIter *iter, const char *text, const SkyJsonValue *container);
gboolean sky_json_iter_next (SkyJsonIter *iter, SkyJsonValue *key, SkyJsonValue *value);
gboolean sky_json_member (const char *text, const SkyJsonValue *object, const char *name, SkyJsonValue *value);

char    *sky_json_unquote (const char *text, const SkyJsonValue *string, gsize *len);
gboolean sky_json_string_equal (const char *text, const SkyJsonValue *string, const char *expected);
gboolean sky_json_uint (const char *text, const SkyJsonValue *number, guint64 *out);
void     sky_json_quote (GString *out, const char *utf8, gssize len);

char    *sky_json_pretty (const char *text, gsize len, guint indent);
char    *sky_json_minify (const char *text, gsize len);
