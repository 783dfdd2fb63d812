#include "peer/arguments.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/json.h"
#include "sio/sio-attach.h"
#include "sio/sio-event.h"

/**
 * sky_arguments_event_problem:
 * @event: what a person calls an event
 *
 * Returns: (nullable) (transfer none): a whole sentence if Socket.IO can send no event of that name
 */
const char *
sky_arguments_event_problem (const char *event)
{
  if (*event == '\0')
    return _("An event needs a name.");
  if (sky_sio_event_reserved (event))
    return _("This name is reserved: Socket.IO raises it itself, and whoever gets it closes the connection.");
  return NULL;
}

/**
 * sky_arguments_prepare:
 * @args: (nullable): the arguments; {"$bin":"base64"} is binary
 * @attachments: (element-type GBytes): the binary ones are appended here
 * @error: a #SkyJsonError or #SkySioError with a whole sentence
 *
 * Checks arguments, and takes the binary ones out.
 *
 * Returns: (transfer full): what stands between the brackets of the packet, or %NULL
 */
char *
sky_arguments_prepare (const char *args, GPtrArray *attachments, GError **error)
{
  g_autofree char *array = g_strconcat ("[", args != NULL ? args : "", "]", NULL);
  g_autofree char *lifted = NULL, *minified = NULL;
  g_autoptr(GError) why = NULL;
  SkyJsonValue root;
  gsize at = 0;

  if (!sky_json_parse (array, strlen (array), &root, &at, &why))
    {
      g_set_error (error, why->domain, why->code, _("The arguments are no JSON at byte %zu. %s"),
                   at, why->message);
      return NULL;
    }
  lifted = sky_sio_attach_lift (array, strlen (array), attachments, error);
  if (lifted == NULL)
    return NULL;
  minified = sky_json_minify (lifted, strlen (lifted));
  return g_strndup (minified + 1, strlen (minified) - 2);
}
