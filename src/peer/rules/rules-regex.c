#include "peer/rules/rules-condition.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* A pattern of ours meets text of a peer's choice: it may not think for ever, or dig too deep. */
#define LIMITS "(*LIMIT_MATCH=200000)(*LIMIT_DEPTH=2000)"

/**
 * sky_rules_regex_read:
 * @at: where @pattern stands
 * @pattern: as PCRE has them, which is near enough to JavaScript's
 *
 * Compiles it, with limits on what a match may cost.
 *
 * Returns: (nullable) (transfer full): %NULL after an error, which is then set
 */
GRegex *
sky_rules_regex_read (SkyRulesReader *r, const SkyJsonValue *at, const char *pattern)
{
  g_autofree char *limited = g_strconcat (LIMITS, pattern, NULL);
  g_autoptr(GError) error = NULL;
  g_autoptr(GRegex) plain = NULL;
  GRegex *regex;

  if (strlen (pattern) > SKY_RULES_MAX_PATTERN)
    {
      sky_rules_reader_wrong (r, SKY_RULES_ERROR_VALUE, at, _("a regular expression over 4 KiB"),
                              _("a shorter one"));
      return NULL;
    }
  plain = g_regex_new (pattern, 0, 0, &error); /* a complaint is to be about what was written */
  if (plain == NULL)
    {
      sky_rules_reader_wrong (r, SKY_RULES_ERROR_VALUE, at, error->message, _("a regular expression"));
      return NULL;
    }
  regex = g_regex_new (limited, G_REGEX_DOLLAR_ENDONLY, 0, NULL); /* "$" is before no last line break, as there */
  if (regex == NULL)
    sky_rules_reader_wrong_type (r, at, _("a regular expression"));
  return regex;
}

/**
 * sky_rules_regex_matches:
 * @text: (array length=len): letters
 *
 * Returns: whether @regex is found in @text; %FALSE too for what is too long, is not UTF-8 or
 *   would take too long
 */
gboolean
sky_rules_regex_matches (GRegex *regex, const char *text, gsize len)
{
  return len <= SKY_RULES_MAX_MATCHED && g_utf8_validate_len (text, len, NULL)
         && g_regex_match_full (regex, text, (gssize) len, 0, 0, NULL, NULL);
}
