#include "ui/options/options-pages.h"
#include "ui/ui.h"

/* Where the connection leads, besides the URL in the bar. */

static void
build (SkyOptionsForm *form)
{
  sky_options_form_add_entry (form, "path", _("Path"), "/socket.io/",
                              _("Where the Socket.IO server listens. It is not the namespace, which is the URL’s path."));
  sky_options_form_add_entry (form, "subprotocols", _("Subprotocols"), _("none"),
                              _("Names that the server may choose one from, with commas between: graphql-ws, mqtt."));
  sky_options_form_add_wide (form, "query", _("Query"),
                             sky_options_table_new (_("Query name"), _("Query value"), _("name"), _("value"),
                                                    sky_options_check_query),
                             _("Goes behind the “?” of the address. Write it as it is meant: it is encoded for you."));
  sky_options_form_add_wide (form, "namespaces", _("Namespaces"),
                             sky_options_table_new (_("Namespace"), _("Auth of namespace"), "/chat",
                                                    _("auth as JSON, or nothing for the common one"),
                                                    sky_options_check_namespace),
                             _("Separate channels of one server, all on this connection. Empty: the one that the URL names."));
}

static void
load (SkyOptionsForm *form, const SkyProfile *profile)
{
  gboolean socket_io = sky_options_speaks_socket_io (profile);

  sky_options_form_set_text (form, "path", profile->path);
  sky_options_form_set_text (form, "subprotocols", profile->subprotocols);
  sky_options_table_set (SKY_OPTIONS_TABLE (sky_options_form_get (form, "query")),
                         (const char *const *) profile->query, "=");
  sky_options_table_set_columns (SKY_OPTIONS_TABLE (sky_options_form_get (form, "namespaces")),
                                 (const char *const *) profile->namespaces, (const char *const *) profile->auths);
  sky_options_form_set_sensitive (form, "path", socket_io);
  sky_options_form_set_sensitive (form, "namespaces", socket_io);
}

static void
store (SkyOptionsForm *form, SkyProfile *profile)
{
  gboolean own = FALSE;

  sky_options_form_take_text (form, "path", &profile->path);
  sky_options_form_take_text (form, "subprotocols", &profile->subprotocols);
  g_strfreev (profile->query);
  profile->query = sky_options_table_get (SKY_OPTIONS_TABLE (sky_options_form_get (form, "query")), "=");
  g_strfreev (profile->namespaces);
  g_strfreev (profile->auths);
  sky_options_table_get_columns (SKY_OPTIONS_TABLE (sky_options_form_get (form, "namespaces")), &profile->namespaces,
                                 &profile->auths);
  for (guint i = 0; profile->auths != NULL && profile->auths[i] != NULL; i++)
    own |= *profile->auths[i] != '\0';
  if (!own)
    g_clear_pointer (&profile->auths, g_strfreev);
}

static gboolean
check (SkyOptionsForm *form)
{
  g_autofree char *path = sky_options_form_get_text (form, "path");
  g_autofree char *subprotocols = sky_options_form_get_text (form, "subprotocols");
  gboolean right = sky_options_form_mark (form, "path", sky_options_check_path (path));

  right &= sky_options_form_mark (form, "subprotocols",
                                  *subprotocols != '\0' ? sky_options_check_subprotocols (subprotocols) : NULL);
  right &= sky_options_form_check_table (form, "query");
  return sky_options_form_check_table (form, "namespaces") && right;
}

const SkyOptionsPage sky_options_page_address = { "address", N_("Address"), build, load, store, check };
