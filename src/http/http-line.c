#include "http/http-line.h"

#include <string.h>

/**
 * sky_http_line_value_fits:
 *
 * Returns: whether @value has no control character but tabs, and so cannot end its line (RFC 9110 §5.5)
 */
gboolean
sky_http_line_value_fits (const char *value)
{
  for (; *value != '\0'; value++)
    if (g_ascii_iscntrl (*value) && *value != '\t')
      return FALSE;
  return TRUE;
}

/**
 * sky_http_line_name_len:
 * @line: "Name: value", without its end
 *
 * Returns: bytes of the name that @line begins with (RFC 9110 §5.1), 0 if it is no header line
 */
gsize
sky_http_line_name_len (const char *line)
{
  gsize len = strcspn (line, ":");

  for (gsize i = 0; i < len; i++)
    if (!g_ascii_isgraph (line[i]) || strchr ("\"(),/;<=>?@[\\]{}", line[i]) != NULL)
      return 0;
  return line[len] == ':' && sky_http_line_value_fits (line) ? len : 0;
}

/* Returns: whether @line is a header line of that name, in whatever case */
gboolean
sky_http_line_is (const char *line, const char *name)
{
  gsize len = sky_http_line_name_len (line);

  return len > 0 && len == strlen (name) && g_ascii_strncasecmp (line, name, len) == 0;
}

/**
 * sky_http_line_append_target:
 * @target: path and query; "/" is written for an empty one
 *
 * Appends @target to a start line. Control characters, spaces and what is not ASCII are percent-encoded.
 */
void
sky_http_line_append_target (GString *head, const char *target)
{
  if (*target == '\0')
    g_string_append_c (head, '/');
  for (; *target != '\0'; target++)
    if (g_ascii_isgraph (*target))
      g_string_append_c (head, *target);
    else
      g_string_append_printf (head, "%%%02X", (guint8) *target);
}
