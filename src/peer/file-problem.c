#include "peer/file-problem.h"

#include <glib/gi18n-lib.h>

/**
 * sky_file_problem:
 * @error: of GIO, which says the whole path again where the file's name is enough
 *
 * Returns: (transfer none): what is wrong, for the end of a sentence that names the file
 */
const char *
sky_file_problem (const GError *error)
{
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND))
    return _("there is no such file");
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_IS_DIRECTORY))
    return _("it is a folder");
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED))
    return _("you are not allowed to");
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE))
    return _("the disk is full");
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return _("the disk did not answer");
  return error->message;
}
