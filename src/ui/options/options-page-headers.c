#include "ui/options/options-pages.h"
#include "ui/ui.h"

/* What is sent with the handshake and with each request of long-polling. */

#define N_COLUMNS 2

/* What goes out if a person says nothing, and what comes of leaving it out. */
static const struct
{
  const char *name, *why;
} defaults[] = {
  { "Host", N_("Which site is meant. HTTP/1.1 servers answer 400 without it.") },
  { "User-Agent", N_("Who asks: Sockeye. Some servers refuse names that they do not know.") },
  { "Connection", N_("Asks this hop to change the protocol. No WebSocket opens without it.") },
  { "Upgrade", N_("Asks for WebSocket. No WebSocket opens without it.") },
  { "Sec-WebSocket-Key", N_("A random value that the server has to prove it read.") },
  { "Sec-WebSocket-Version", N_("13, the only one. Servers answer 400 or 426 without it.") },
  { "Sec-WebSocket-Extensions", N_("Offers compression.") },
  { "Accept", N_("With long-polling: any kind of answer.") },
  { "Accept-Encoding", N_("With long-polling: answers may be compressed.") },
};

#define OTHERS "sky-others" /* names of a profile that are not in the list above */

static GtkWidget *
make_checks (SkyOptionsForm *form)
{
  GtkWidget *grid = gtk_grid_new ();

  gtk_grid_set_column_homogeneous (GTK_GRID (grid), TRUE);
  for (guint i = 0; i < G_N_ELEMENTS (defaults); i++)
    {
      GtkWidget *check = gtk_check_button_new_with_label (defaults[i].name);

      gtk_widget_set_tooltip_text (check, _(defaults[i].why));
      g_signal_connect_object (check, "toggled", G_CALLBACK (sky_options_form_changed), form, G_CONNECT_SWAPPED);
      gtk_grid_attach (GTK_GRID (grid), check, (int) i % N_COLUMNS, (int) i / N_COLUMNS, 1, 1);
    }
  return grid;
}

static void
build (SkyOptionsForm *form)
{
  sky_options_form_add_wide (form, "headers", _("Your own headers"),
                             sky_options_table_new (_("Header"), _("Value of header"), "X-Api-Key", _("value"),
                                                    sky_options_check_header),
                             _("Sent with the handshake. One with the name of a default header takes its place."));
  sky_options_form_add_wide (form, "cookies", _("Cookies"),
                             sky_options_table_new (_("Cookie"), _("Value of cookie"), "session", _("value"),
                                                    sky_options_check_cookie),
                             _("As a browser would send them after you signed in. Only to this host."));
  sky_options_form_add_entry (form, "origin", _("Origin"), _("none"),
                              _("The page that a browser would be on. Servers use it to turn other sites away."));
  sky_options_form_add_wide (form, "defaults", _("Default headers"), make_checks (form),
                             _("Take away the check mark to leave one out, and see what the server makes of it."));
}

static GtkCheckButton *
get_check (SkyOptionsForm *form, guint i)
{
  return GTK_CHECK_BUTTON (gtk_grid_get_child_at (GTK_GRID (sky_options_form_get (form, "defaults")), (int) i % N_COLUMNS,
                                                  (int) i / N_COLUMNS));
}

static gboolean
take_known (SkyOptionsForm *form, const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (defaults); i++)
    if (g_ascii_strcasecmp (name, defaults[i].name) == 0)
      {
        gtk_check_button_set_active (get_check (form, i), FALSE);
        return TRUE;
      }
  return FALSE;
}

static void
load (SkyOptionsForm *form, const SkyProfile *profile)
{
  g_autoptr(GStrvBuilder) others = g_strv_builder_new ();

  for (guint i = 0; i < G_N_ELEMENTS (defaults); i++)
    gtk_check_button_set_active (get_check (form, i), TRUE);
  for (char **name = profile->without; name != NULL && *name != NULL; name++)
    if (!take_known (form, *name))
      g_strv_builder_add (others, *name);
  g_object_set_data_full (G_OBJECT (form), OTHERS, g_strv_builder_end (others), (GDestroyNotify) g_strfreev);
  sky_options_table_set (SKY_OPTIONS_TABLE (sky_options_form_get (form, "headers")),
                         (const char *const *) profile->headers, ":");
  sky_options_table_set (SKY_OPTIONS_TABLE (sky_options_form_get (form, "cookies")),
                         (const char *const *) profile->cookies, "=");
  sky_options_form_set_text (form, "origin", profile->origin);
}

static void
store (SkyOptionsForm *form, SkyProfile *profile)
{
  g_autoptr(GStrvBuilder) without = g_strv_builder_new ();
  char **others = g_object_get_data (G_OBJECT (form), OTHERS);
  gboolean any = others != NULL && *others != NULL;

  for (guint i = 0; i < G_N_ELEMENTS (defaults); i++)
    if (!gtk_check_button_get_active (get_check (form, i)))
      {
        g_strv_builder_add (without, defaults[i].name);
        any = TRUE;
      }
  if (others != NULL)
    g_strv_builder_addv (without, (const char **) others);
  g_strfreev (profile->without);
  profile->without = any ? g_strv_builder_end (without) : NULL;
  g_strfreev (profile->headers);
  profile->headers = sky_options_table_get (SKY_OPTIONS_TABLE (sky_options_form_get (form, "headers")), ": ");
  g_strfreev (profile->cookies);
  profile->cookies = sky_options_table_get (SKY_OPTIONS_TABLE (sky_options_form_get (form, "cookies")), "=");
  sky_options_form_take_text (form, "origin", &profile->origin);
}

static gboolean
check (SkyOptionsForm *form)
{
  g_autofree char *origin = sky_options_form_get_text (form, "origin");
  gboolean right = sky_options_form_mark (form, "origin", sky_options_check_line (origin));

  right &= sky_options_form_check_table (form, "headers");
  return sky_options_form_check_table (form, "cookies") && right;
}

const SkyOptionsPage sky_options_page_headers = { "headers", N_("Headers"), build, load, store, check };
