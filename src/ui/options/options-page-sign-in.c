#include <string.h>

#include "ui/options/options-pages.h"
#include "ui/ui.h"

/* Who a person is, to the server. */

static void
build (SkyOptionsForm *form)
{
  sky_options_form_add_json (form, "auth", _("Auth payload"), "{\"token\": \"abc\"}",
                             _("Socket.IO: an object that is sent when a namespace is joined. Servers read it as socket.handshake.auth."));
  sky_options_form_add_heading (form, _("User name and password"),
                                _("HTTP: sent in the Authorization header, if a server or a proxy before it asks for that."));
  sky_options_form_add_entry (form, "user", _("User name"), _("none"), NULL);
  sky_options_form_add_password (form, "password", _("Password"),
                                 _("With a saved connection it goes to the desktop’s secret store, never into a file."));
}

static void
load (SkyOptionsForm *form, const SkyProfile *profile)
{
  const char *colon = profile->user != NULL ? strchr (profile->user, ':') : NULL;
  g_autofree char *name = colon != NULL ? g_strndup (profile->user, (gsize) (colon - profile->user)) : g_strdup (profile->user);

  sky_options_form_set_text (form, "auth", profile->auth);
  sky_options_form_set_text (form, "user", name);
  sky_options_form_set_text (form, "password", colon != NULL ? colon + 1 : NULL);
  sky_options_form_set_sensitive (form, "auth", sky_options_speaks_socket_io (profile));
}

static void
store (SkyOptionsForm *form, SkyProfile *profile)
{
  g_autofree char *name = sky_options_form_get_text (form, "user");
  g_autofree char *password = sky_options_form_get_text (form, "password");

  sky_options_form_take_text (form, "auth", &profile->auth);
  g_free (profile->user);
  profile->user = *name != '\0' || *password != '\0' ? g_strconcat (name, ":", password, NULL) : NULL;
}

static gboolean
check (SkyOptionsForm *form)
{
  g_autofree char *auth = sky_options_form_get_text (form, "auth");
  g_autofree char *name = sky_options_form_get_text (form, "user");
  g_autofree char *password = sky_options_form_get_text (form, "password");
  gboolean right = sky_options_form_mark (form, "auth", sky_options_check_auth (auth));

  right &= sky_options_form_mark (form, "password", sky_options_check_line (password));
  return sky_options_form_mark (form, "user", strchr (name, ':') != NULL
                                                  ? g_strdup (_("A user name has no colon: it ends there."))
                                                  : sky_options_check_line (name))
         && right;
}

const SkyOptionsPage sky_options_page_sign_in = { "sign-in", N_("Sign-in"), build, load, store, check };
