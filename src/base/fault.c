#include "base/fault.h"

/**
 * sky_fault_next:
 * @table: a codec's table, ended by flag 0
 * @faults: the flags of a record
 * @after: (nullable): the row that the last call gave, or %NULL to begin
 *
 * Walks the rows of @table that @faults names.
 *
 * Returns: (nullable) (transfer none): the next row, or %NULL after the last
 */
const SkyFaultInfo *
sky_fault_next (const SkyFaultInfo *table, guint32 faults, const SkyFaultInfo *after)
{
  const SkyFaultInfo *row = after != NULL ? after + 1 : table;

  while (row->flag != 0 && (row->flag & faults) == 0)
    row++;
  return row->flag != 0 ? row : NULL;
}

/**
 * sky_fail:
 * @error: (nullable): where the error goes
 * @format: a whole sentence, translated: what failed, and on what
 *
 * Sets @error, for a decoder to return in one line.
 *
 * Returns: always -1
 */
gssize
sky_fail (GError **error, GQuark domain, int code, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  if (error != NULL)
    *error = g_error_new_valist (domain, code, format, args);
  va_end (args);
  return -1;
}

/**
 * sky_fail_false:
 *
 * As sky_fail(), for a function that says whether it went well.
 *
 * Returns: always %FALSE
 */
gboolean
sky_fail_false (GError **error, GQuark domain, int code, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  if (error != NULL)
    *error = g_error_new_valist (domain, code, format, args);
  va_end (args);
  return FALSE;
}
