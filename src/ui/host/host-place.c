#include "ui/host/host-place.h"

#include <gio/gio.h>
#include <string.h>

#include "ui/host/host-setup.h"
#include "ui/ui.h"

static char *
check_bind (const char *text, char **json)
{
  g_autoptr(GInetAddress) inet = g_inet_address_new_from_string (text);
  gboolean usual = *text == '\0' || g_str_equal (text, "127.0.0.1");

  if (!usual && inet == NULL && !g_str_equal (text, "localhost"))
    return g_strdup_printf (_("“%s” is no address of this computer: 127.0.0.1 is this computer alone, 0.0.0.0 "
                              "all of its networks."), text);
  *json = usual ? NULL : sky_host_setup_quote (text);
  return NULL;
}

static char *
check_port (const char *text, char **json)
{
  guint64 port;

  if (!g_ascii_string_to_unsigned (text, 10, 0, G_MAXUINT16, &port, NULL))
    return g_strdup (_("A port is a number from 1 to 65535; 0 takes any free one."));
  *json = g_strdup_printf ("%u", (guint) port);
  return NULL;
}

static char *
check_path (const char *text, char **json)
{
  if (*text != '\0' && (*text != '/' || strpbrk (text, "?# ") != NULL))
    return g_strdup (_("A path begins with / and has no ?, # or blank."));
  *json = *text != '\0' ? sky_host_setup_quote (text) : NULL;
  return NULL;
}

static const struct
{
  const char *member;
  char     *(*check) (const char *text, char **json);
} places[SKY_N_HOST_PLACES] = {
  [SKY_HOST_PLACE_BIND] = { "bind", check_bind },
  [SKY_HOST_PLACE_PORT] = { "port", check_port },
  [SKY_HOST_PLACE_PATH] = { "path", check_path },
};

/* Returns: what the rules call it, in `server` */
const char *
sky_host_place_get_member (SkyHostPlace place)
{
  return places[place].member;
}

/**
 * sky_host_place_check:
 * @text: as typed, without blanks around it
 * @json: (out) (nullable) (transfer full): what the rules say then; %NULL by default, or if it is wrong
 *
 * Returns: (nullable) (transfer full): what is wrong, a sentence
 */
char *
sky_host_place_check (SkyHostPlace place, const char *text, char **json)
{
  *json = NULL;
  return places[place].check (text, json);
}
