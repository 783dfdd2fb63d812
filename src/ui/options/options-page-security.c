#include "ui/options/options-pages.h"
#include "ui/ui.h"

/* Whom to believe, who we are, and through whom we go. */

enum { TRUST_SYSTEM, TRUST_FILE, TRUST_ANY };
enum { PROXY_SYSTEM, PROXY_NONE, PROXY_OWN };

static void
on_forget (SkyOptionsForm *form)
{
  GtkWidget *label = gtk_widget_get_first_child (sky_options_form_get (form, "accepted"));

  gtk_label_set_text (GTK_LABEL (label), "");
  sky_options_form_changed (form);
  sky_options_form_focus (form, "trust");
}

/* The fingerprint, and a button that forgets it */
static GtkWidget *
make_accepted (SkyOptionsForm *form)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget *label = gtk_label_new (""), *button = gtk_button_new_with_label (_("Forget"));

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_CHAR);
  gtk_label_set_selectable (GTK_LABEL (label), TRUE);
  gtk_label_set_width_chars (GTK_LABEL (label), 24);
  gtk_label_set_max_width_chars (GTK_LABEL (label), 48);
  gtk_widget_set_hexpand (label, TRUE);
  gtk_widget_add_css_class (label, "monospace");
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  g_signal_connect_object (button, "clicked", G_CALLBACK (on_forget), form, G_CONNECT_SWAPPED);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _("Forget the accepted certificate"), -1);
  gtk_box_append (GTK_BOX (box), label);
  gtk_box_append (GTK_BOX (box), button);
  return box;
}

static void
build (SkyOptionsForm *form)
{
  sky_options_form_add_heading (form, _("The server’s certificate"), NULL);
  sky_options_form_add_choice (form, "trust", _("Trust"),
                               (const char *const[]) { _("The authorities of this system"), _("The authorities in a file"),
                                                       _("Any certificate"), NULL },
                               _("Whose word counts that the server is who it says it is. For https:// and wss:// only."));
  sky_options_form_add_note (form, "any", _("Nobody proves who the server is: whoever is on the way can read and change "
                                            "everything, passwords too. Only for servers of your own."));
  sky_options_form_add_file (form, "ca", _("Authorities"), "/…/ca.pem",
                             _("A PEM file with the certificates of the authorities to trust."));
  sky_options_form_add_wide (form, "accepted", _("Accepted certificate"), make_accepted (form),
                             _("SHA-256 of the one certificate that you took for this host although nobody vouches for it."));
  sky_options_form_add_heading (form, _("Your certificate"), NULL);
  sky_options_form_add_file (form, "cert", _("Certificate"), _("none"),
                             _("A PEM file that proves who you are, if the server asks for one."));
  sky_options_form_add_file (form, "key", _("Private key"), _("in the same file"),
                             _("A PEM file with its key, if it is not in the same one. Only the path is kept."));
  sky_options_form_add_heading (form, _("Proxy"), NULL);
  sky_options_form_add_choice (form, "via", _("Connect through"),
                               (const char *const[]) { _("The system’s proxy, if there is one"), _("No proxy"),
                                                       _("This proxy"), NULL },
                               _("A company’s network may let connections out only through its proxy."));
  sky_options_form_add_entry (form, "proxy", _("Proxy’s address"), "http://proxy.example:3128",
                              _("http:// or socks5://, with user:password@ before the host if it asks for that."));
}

static GtkLabel *
get_accepted (SkyOptionsForm *form)
{
  return GTK_LABEL (gtk_widget_get_first_child (sky_options_form_get (form, "accepted")));
}

static void
load (SkyOptionsForm *form, const SkyProfile *profile)
{
  gboolean none = g_strcmp0 (profile->proxy, "none") == 0;

  sky_options_form_set_chosen (form, "trust", profile->insecure          ? TRUST_ANY
                                              : profile->ca_file != NULL ? TRUST_FILE
                                                                         : TRUST_SYSTEM);
  sky_options_form_set_text (form, "ca", profile->ca_file);
  gtk_label_set_text (get_accepted (form), profile->accepted != NULL ? profile->accepted : "");
  sky_options_form_set_text (form, "cert", profile->cert_file);
  sky_options_form_set_text (form, "key", profile->key_file);
  sky_options_form_set_chosen (form, "via", profile->proxy == NULL ? PROXY_SYSTEM : none ? PROXY_NONE : PROXY_OWN);
  sky_options_form_set_text (form, "proxy", none ? NULL : profile->proxy);
}

static void
store (SkyOptionsForm *form, SkyProfile *profile)
{
  guint trust = sky_options_form_get_chosen (form, "trust"), via = sky_options_form_get_chosen (form, "via");
  const char *accepted = gtk_label_get_text (get_accepted (form));

  profile->insecure = trust == TRUST_ANY;
  sky_options_form_take_text (form, "ca", &profile->ca_file);
  if (trust != TRUST_FILE)
    g_clear_pointer (&profile->ca_file, g_free);
  g_free (profile->accepted);
  profile->accepted = *accepted != '\0' ? g_strdup (accepted) : NULL;
  sky_options_form_take_text (form, "cert", &profile->cert_file);
  sky_options_form_take_text (form, "key", &profile->key_file);
  sky_options_form_take_text (form, "proxy", &profile->proxy);
  if (via != PROXY_OWN)
    {
      g_free (profile->proxy);
      profile->proxy = via == PROXY_NONE ? g_strdup ("none") : NULL;
    }
}

/* Marks a file; one that is needed but not named is wrong too. */
static gboolean
check_file (SkyOptionsForm *form, const char *id, gboolean used, gboolean needed)
{
  g_autofree char *path = sky_options_form_get_text (form, id);

  if (used && needed && *path == '\0')
    return sky_options_form_mark (form, id, g_strdup (_("Choose the file.")));
  return sky_options_form_mark (form, id, used ? sky_options_check_file (path) : NULL);
}

static gboolean
check (SkyOptionsForm *form)
{
  guint trust = sky_options_form_get_chosen (form, "trust");
  gboolean own_proxy = sky_options_form_get_chosen (form, "via") == PROXY_OWN, right = TRUE;
  g_autofree char *proxy = sky_options_form_get_text (form, "proxy");
  g_autofree char *key = sky_options_form_get_text (form, "key");

  sky_options_form_set_visible (form, "ca", trust == TRUST_FILE);
  sky_options_form_set_visible (form, "any", trust == TRUST_ANY);
  sky_options_form_set_visible (form, "accepted", *gtk_label_get_text (get_accepted (form)) != '\0');
  sky_options_form_set_visible (form, "proxy", own_proxy);
  right &= check_file (form, "ca", trust == TRUST_FILE, TRUE);
  right &= check_file (form, "cert", TRUE, *key != '\0');
  right &= check_file (form, "key", TRUE, FALSE);
  return sky_options_form_mark (form, "proxy", own_proxy ? sky_options_check_proxy (proxy) : NULL) && right;
}

const SkyOptionsPage sky_options_page_security = { "security", N_("Security"), build, load, store, check };
