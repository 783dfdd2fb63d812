#include "trace/shape-private.h"

#include <string.h>

#include "base/json.h"

#define SHOWN_DEPTH 3   /* levels that a line tells of */
#define SHOWN_KEYS  6   /* of one object */
#define SHOWN_LEN   240 /* bytes after which a line ends */

static const struct
{
  guint       type;
  const char *name;
} names[] = {
  { SKY_SHAPE_STRING, "string" }, { SKY_SHAPE_NUMBER, "number" }, { SKY_SHAPE_BOOLEAN, "boolean" },
  { SKY_SHAPE_BINARY, "binary" }, { SKY_SHAPE_NULL, "null" },
};

static void format_node (GString *out, const SkyShapeNode *node, guint depth);

/* A name that needs no quotes in JavaScript goes without. */
static void
format_key (GString *out, const char *name)
{
  gboolean plain = g_ascii_isalpha (*name) || *name == '_' || *name == '$';

  for (const char *at = name; *at != '\0'; at++)
    plain &= g_ascii_isalnum (*at) || *at == '_' || *at == '$';
  if (plain)
    g_string_append (out, name);
  else
    sky_json_quote (out, name, -1);
}

static void
format_object (GString *out, const SkyShapeNode *node, guint depth)
{
  guint n = node->keys != NULL ? node->keys->len : 0;

  if (n > 0 && depth >= SHOWN_DEPTH)
    {
      g_string_append (out, "{…}");
      return;
    }
  g_string_append_c (out, '{');
  for (guint i = 0; i < MIN (n, SHOWN_KEYS) && out->len < SHOWN_LEN; i++)
    {
      const SkyShapeNode *key = node->keys->pdata[i];

      g_string_append (out, i > 0 ? ", " : "");
      format_key (out, key->name);
      g_string_append (out, key->n_seen < node->n_objects ? "?: " : ": ");
      format_node (out, key, depth + 1);
    }
  g_string_append (out, n > SHOWN_KEYS || node->more ? ", …}" : "}");
}

static void
format_array (GString *out, const SkyShapeNode *node, guint depth)
{
  const SkyShapeNode *item = node->items != NULL ? node->items->pdata[0] : NULL;
  gboolean several = item != NULL && (item->types & (item->types - 1)) != 0;

  if (item == NULL || depth >= SHOWN_DEPTH)
    {
      g_string_append (out, item == NULL ? "[]" : "[…]");
      return;
    }
  g_string_append (out, several ? "(" : "");
  format_node (out, item, depth + 1);
  g_string_append (out, several ? ")[]" : "[]");
}

/* As TypeScript would say it. */
static void
format_node (GString *out, const SkyShapeNode *node, guint depth)
{
  gsize start = out->len;

  if (node->types & SKY_SHAPE_OBJECT)
    format_object (out, node, depth);
  if (node->types & SKY_SHAPE_ARRAY)
    {
      g_string_append (out, out->len > start ? " | " : "");
      format_array (out, node, depth);
    }
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (node->types & names[i].type)
      g_string_append_printf (out, "%s%s", out->len > start ? " | " : "", names[i].name);
}

/**
 * sky_shape_format:
 *
 * Returns: (transfer full): one line for people: "(string, {user: string, at?: number})". What was not in every
 *   sample has a question mark; what would be too long is cut off with an ellipsis
 */
char *
sky_shape_format (const SkyShape *self)
{
  guint n = sky_shape_get_n_args (self);
  GString *out = g_string_new ("(");

  for (guint i = 0; i < n; i++)
    {
      const SkyShapeNode *arg = self->args.keys->pdata[i];

      g_string_append (out, i > 0 ? ", " : "");
      if (i >= SHOWN_KEYS || out->len >= SHOWN_LEN)
        {
          g_string_append (out, "…");
          break;
        }
      format_node (out, arg, 0);
      if (arg->n_seen < self->args.n_objects)
        g_string_append (out, "?");
    }
  g_string_append_c (out, ')');
  return g_string_free (out, FALSE);
}

/* What stands in half of the samples or more belongs to the usual picture. */
static gboolean
is_usual (const SkyShapeNode *node, guint n_samples)
{
  return 2 * (guint64) node->n_seen >= n_samples;
}

static void
fill_node (GString *out, const SkyShapeNode *node)
{
  gboolean any = FALSE;

  if (node->types & SKY_SHAPE_OBJECT)
    {
      g_string_append_c (out, '{');
      for (guint i = 0; node->keys != NULL && i < node->keys->len; i++)
        {
          const SkyShapeNode *key = node->keys->pdata[i];

          if (!is_usual (key, node->n_objects))
            continue;
          g_string_append (out, any ? "," : "");
          sky_json_quote (out, key->name, -1);
          g_string_append_c (out, ':');
          fill_node (out, key);
          any = TRUE;
        }
      g_string_append_c (out, '}');
    }
  else if (node->types & SKY_SHAPE_ARRAY)
    {
      g_string_append_c (out, '[');
      if (node->items != NULL)
        fill_node (out, node->items->pdata[0]);
      g_string_append_c (out, ']');
    }
  else
    g_string_append (out, node->types & SKY_SHAPE_STRING    ? "\"\""
                          : node->types & SKY_SHAPE_NUMBER  ? "0"
                          : node->types & SKY_SHAPE_BOOLEAN ? "false"
                          : node->types & SKY_SHAPE_BINARY  ? "{\"$bin\":\"\"}"
                                                            : "null");
}

/**
 * sky_shape_skeleton:
 *
 * Returns: (transfer full): arguments of this shape with nothing in them, without the brackets around: valid JSON
 *   values with commas between; "" if there are none
 */
char *
sky_shape_skeleton (const SkyShape *self)
{
  GString *out = g_string_new (NULL);

  for (guint i = 0; i < sky_shape_get_n_args (self); i++)
    {
      const SkyShapeNode *arg = self->args.keys->pdata[i];

      if (!is_usual (arg, self->args.n_objects))
        break;
      g_string_append (out, i > 0 ? "," : "");
      fill_node (out, arg);
    }
  return g_string_free (out, FALSE);
}
