#include "peer/rules/rules-run-private.h"

#include <string.h>

#include "base/clock.h"

/* What the paths of a template lead to while a rule is played. */

static gboolean
give (GString *scratch, SkyRulesText *found)
{
  *found = (SkyRulesText) { scratch->str, scratch->len };
  return TRUE;
}

static gboolean
give_string (const char *text, GString *scratch, SkyRulesText *found)
{
  if (text == NULL)
    return FALSE;
  sky_json_quote (scratch, text, -1);
  return give (scratch, found);
}

static gboolean
give_number (guint64 number, GString *scratch, SkyRulesText *found)
{
  g_string_append_printf (scratch, "%" G_GUINT64_FORMAT, number);
  return give (scratch, found);
}

/* As JavaScript's Math.random() has it. */
static gboolean
give_random (guint64 bits, GString *scratch, SkyRulesText *found)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];

  g_string_append (scratch, g_ascii_dtostr (text, sizeof text, (double) (bits >> 11) / 9007199254740992.0));
  return give (scratch, found);
}

/* RFC 9562 §5.4 */
static gboolean
give_uuid (guint64 high, guint64 low, GString *scratch, SkyRulesText *found)
{
  g_string_append_printf (scratch, "\"%08x-%04x-4%03x-%04x-%04x%08x\"", (guint) (high >> 32),
                          (guint) (high >> 16 & 0xffff), (guint) (high & 0xfff),
                          (guint) (0x8000 | (low >> 48 & 0x3fff)), (guint) (low >> 32 & 0xffff),
                          (guint) (low & G_MAXUINT32));
  return give (scratch, found);
}

/* ISO 8601 with milliseconds, as JavaScript's Date writes it. */
static gboolean
give_now (gint64 now_usec, GString *scratch, SkyRulesText *found)
{
  g_autofree char *text = sky_clock_format_iso (now_usec);

  if (strlen (text) < 23)
    return FALSE;
  g_string_append_printf (scratch, "\"%.23sZ\"", text);
  return give (scratch, found);
}

static gboolean
give_variable (GHashTable *variables, const char *name, GString *scratch, SkyRulesText *found)
{
  const char *json;

  if (name == NULL)
    {
      sky_rules_append_variables (variables, scratch);
      return give (scratch, found);
    }
  json = variables != NULL ? g_hash_table_lookup (variables, name) : NULL;
  if (json == NULL)
    return FALSE;
  *found = (SkyRulesText) { json, strlen (json) };
  return TRUE;
}

static gboolean
give_text (const SkyRulesText *text, SkyRulesText *found)
{
  *found = *text;
  return text->text != NULL;
}

static gboolean
give_acked (const SkyRulesBranch *b, SkyRulesText *found)
{
  if (b->acked == NULL)
    return FALSE;
  found->text = g_bytes_get_data (b->acked, &found->len);
  if (found->text == NULL)
    found->text = "";
  return TRUE;
}

static gboolean
lookup (const SkyRulesScope *scope, const SkyRulesPath *path, GString *scratch, SkyRulesText *found)
{
  const SkyRulesBranch *b = scope->owner;
  const SkyRulesHands *hands = b->player->stage->hands;
  gpointer owner = b->player->owner;
  guint64 bits;

  switch (path->root)
    {
    case SKY_RULES_ROOT_ARGS:
      return give_text (&b->moment->args, found);
    case SKY_RULES_ROOT_ACKED:
      return give_acked (b, found);
    case SKY_RULES_ROOT_EVENT:
      return give_string (b->moment->event, scratch, found);
    case SKY_RULES_ROOT_WANTS_ACK:
      g_string_append (scratch, b->moment->ack >= 0 ? "true" : "false");
      return give (scratch, found);
    case SKY_RULES_ROOT_DATA:
      return give_text (&b->moment->data, found);
    case SKY_RULES_ROOT_REASON:
      return give_string (b->moment->reason, scratch, found);
    case SKY_RULES_ROOT_CODE:
      return b->moment->code != 0 && give_number (b->moment->code, scratch, found);
    case SKY_RULES_ROOT_VAR:
      return give_variable (b->player->variables, path->subject, scratch, found);
    case SKY_RULES_ROOT_GLOBAL:
      return give_variable (b->player->stage->globals, path->subject, scratch, found);
    case SKY_RULES_ROOT_I:
      return give_number (b->i, scratch, found);
    case SKY_RULES_ROOT_N:
      return give_number (++b->player->stage->n, scratch, found);
    case SKY_RULES_ROOT_NOW:
      return give_now (hands->now_usec (owner), scratch, found);
    case SKY_RULES_ROOT_RANDOM:
      return give_random (hands->random (owner), scratch, found);
    case SKY_RULES_ROOT_UUID:
      bits = hands->random (owner);
      return give_uuid (bits, hands->random (owner), scratch, found);
    case SKY_RULES_ROOT_NONE:
      return FALSE;
    case SKY_RULES_ROOT_ID:
    case SKY_RULES_ROOT_SID:
    case SKY_RULES_ROOT_NSP:
    case SKY_RULES_ROOT_ROOMS:
    case SKY_RULES_ROOT_TRANSPORT:
    case SKY_RULES_ROOT_EIO:
    case SKY_RULES_ROOT_HANDSHAKE:
    case SKY_RULES_ROOT_AUTH:
    case SKY_RULES_ROOT_QUERY:
    case SKY_RULES_ROOT_HEADERS:
    case SKY_RULES_ROOT_POST_HEADERS:
    case SKY_RULES_ROOT_RECOVERED:
    case SKY_RULES_ROOT_ROOM_SIZE:
      break;
    }
  return hands->lookup != NULL && hands->lookup (owner, path->root, path->subject, scratch, found);
}

/* Returns: what @b sees; as long as @b is where it is */
SkyRulesScope
sky_rules_branch_scope (SkyRulesBranch *b)
{
  return (SkyRulesScope) { lookup, b, b->player->stage->scratch };
}

/* Appends an object; the order of its keys means nothing. */
void
sky_rules_append_variables (GHashTable *variables, GString *json)
{
  GHashTableIter iter;
  gpointer name, value;
  gboolean first = TRUE;

  g_string_append_c (json, '{');
  if (variables != NULL)
    g_hash_table_iter_init (&iter, variables);
  while (variables != NULL && g_hash_table_iter_next (&iter, &name, &value))
    {
      if (!first)
        g_string_append_c (json, ',');
      sky_json_quote (json, name, -1);
      g_string_append_printf (json, ":%s", (char *) value);
      first = FALSE;
    }
  g_string_append_c (json, '}');
}
