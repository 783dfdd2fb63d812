#include "ui/host/host-setup.h"

#include <string.h>

#include "base/json.h"
#include "peer/rules/rules.h"
#include "ui/ui.h"

/* The fields that are more than one control, or one whose value has several shapes. */

/* Returns: (transfer full): a text by itself, or the texts of a list */
static GStrv
read_strings (const char *json)
{
  g_autoptr(GStrvBuilder) out = g_strv_builder_new ();
  SkyJsonValue value, item;
  SkyJsonIter iter;

  if (json != NULL && sky_json_parse (json, strlen (json), &value, NULL, NULL))
    {
      if (value.type == SKY_JSON_STRING)
        {
          g_autofree char *text = sky_json_unquote (json, &value, NULL);

          g_strv_builder_add (out, text);
        }
      sky_json_iter_init (&iter, json, &value);
      while (value.type == SKY_JSON_ARRAY && sky_json_iter_next (&iter, NULL, &item))
        {
          g_autofree char *text = item.type == SKY_JSON_STRING ? sky_json_unquote (json, &item, NULL) : NULL;

          if (text != NULL)
            g_strv_builder_add (out, text);
        }
    }
  return g_strv_builder_end (out);
}

/* Returns: (nullable) (transfer full): one as a text if @alone, several as a list, %NULL for none */
static char *
write_strings (const char *const *texts, gboolean alone)
{
  g_autoptr(GString) out = g_string_new (NULL);
  guint n = 0;

  for (guint i = 0; texts[i] != NULL; i++)
    if (*texts[i] != '\0')
      {
        g_string_append (out, n++ > 0 ? ", " : "");
        sky_json_quote (out, texts[i], -1);
      }
  if (n == 0)
    return NULL;
  return n == 1 && alone ? g_strdup (out->str) : g_strdup_printf ("[%s]", out->str);
}

void
sky_host_setup_cors_build (const SkyHostField *self, SkyOptionsForm *form)
{
  sky_options_form_add_entry (form, self->member, _(self->label), _("no other pages"), _(self->help));
}

void
sky_host_setup_cors_load (const SkyHostField *self, SkyOptionsForm *form, const char *json)
{
  g_auto(GStrv) origins = read_strings (json);
  g_autofree char *text = g_strjoinv (" ", origins);

  sky_options_form_set_text (form, self->member, text);
}

char *
sky_host_setup_cors_make (const SkyHostField *self, SkyOptionsForm *form)
{
  g_autofree char *text = sky_options_form_get_text (form, self->member);
  g_auto(GStrv) origins = g_strsplit_set (text, " ,\t", -1);

  return write_strings ((const char *const *) origins, TRUE);
}

/* What a browser sends as Origin: RFC 6454 §6.2. */
gboolean
sky_host_setup_cors_check (const SkyHostField *self, SkyOptionsForm *form)
{
  g_autofree char *text = sky_options_form_get_text (form, self->member);
  g_auto(GStrv) origins = g_strsplit_set (text, " ,\t", -1);
  gboolean any = g_strv_contains ((const char *const *) origins, "*");

  for (guint i = 0; origins[i] != NULL; i++)
    {
      const char *host = strstr (origins[i], "://");

      if (*origins[i] == '\0' || g_str_equal (origins[i], "null") || (any && g_strv_length (origins) == 1))
        continue;
      if (any)
        return sky_options_form_mark (form, self->member,
                                      g_strdup (_("“*” is every page: no other origin beside it.")));
      if (host == NULL || host[3] == '\0' || strchr (host + 3, '/') != NULL)
        return sky_options_form_mark (
            form, self->member,
            g_strdup_printf (_("“%s” is no origin, which is scheme, host and port: http://localhost:8080"),
                             origins[i]));
    }
  return sky_options_form_mark (form, self->member, NULL);
}

void
sky_host_setup_cookies_build (const SkyHostField *self, SkyOptionsForm *form)
{
  sky_options_form_add_wide (
      form, self->member, _(self->label),
      sky_options_table_new (_("Cookie"), _("Value of cookie"), _("name"), _("value; Path=/"), NULL),
      _(self->help));
}

void
sky_host_setup_cookies_load (const SkyHostField *self, SkyOptionsForm *form, const char *json)
{
  g_auto(GStrv) cookies = read_strings (json);

  sky_options_table_set (SKY_OPTIONS_TABLE (sky_options_form_get (form, self->member)), (const char *const *) cookies,
                         "=");
}

char *
sky_host_setup_cookies_make (const SkyHostField *self, SkyOptionsForm *form)
{
  g_auto(GStrv) cookies = sky_options_table_get (SKY_OPTIONS_TABLE (sky_options_form_get (form, self->member)), "=");

  return cookies != NULL ? write_strings ((const char *const *) cookies, FALSE) : NULL;
}

gboolean
sky_host_setup_cookies_check (const SkyHostField *self, SkyOptionsForm *form)
{
  return sky_options_form_check_table (form, self->member);
}

/* TLS */

enum { TLS_NONE, TLS_SELF_SIGNED, TLS_FILES };

#define HALF_FINGERPRINT 48 /* letters: sixteen octets and the colons behind them, a line each */

/* The dialog may have been closed meanwhile. */
static void
on_written (GObject *file, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(SkyOptionsForm) form = user_data;
  g_autoptr(GError) error = NULL;

  if (!g_file_replace_contents_finish (G_FILE (file), result, NULL, &error)
      && gtk_widget_get_root (GTK_WIDGET (form)) != NULL)
    sky_options_form_mark (form, "certificate", g_strdup (error->message));
}

static void
on_saved (GtkNativeDialog *dialog, int response, SkyOptionsForm *form)
{
  const char *pem = g_object_get_data (G_OBJECT (sky_options_form_get (form, "certificate")), "pem");

  if (response == GTK_RESPONSE_ACCEPT && pem != NULL)
    {
      g_autoptr(GFile) file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));
      g_autoptr(GBytes) bytes = g_bytes_new (pem, strlen (pem));

      sky_options_form_mark (form, "certificate", NULL);
      g_file_replace_contents_bytes_async (file, bytes, NULL, FALSE, G_FILE_CREATE_NONE, NULL, on_written,
                                           g_object_ref (form));
    }
  g_object_unref (dialog);
}

static void
on_save (SkyOptionsForm *form)
{
  GtkFileChooserNative *dialog
      = gtk_file_chooser_native_new (_("Save certificate"), GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (form))),
                                     GTK_FILE_CHOOSER_ACTION_SAVE, NULL, NULL);

  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (dialog), "sockeye.pem");
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (dialog), TRUE);
  g_signal_connect_object (dialog, "response", G_CALLBACK (on_saved), form, 0);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (dialog));
}

/* Its fingerprint, and a button that saves it */
static GtkWidget *
make_certificate (SkyOptionsForm *form)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget *label = gtk_label_new (NULL), *button = gtk_button_new_with_label (_("Save certificate…"));

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_selectable (GTK_LABEL (label), TRUE);
  gtk_widget_set_hexpand (label, TRUE);
  gtk_widget_add_css_class (label, "monospace");
  gtk_widget_add_css_class (label, "caption");
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  g_signal_connect_object (button, "clicked", G_CALLBACK (on_save), form, G_CONNECT_SWAPPED);
  gtk_box_append (GTK_BOX (box), label);
  gtk_box_append (GTK_BOX (box), button);
  return box;
}

void
sky_host_setup_tls_build (const SkyHostField *self, SkyOptionsForm *form)
{
  const char *const choices[]
      = { _("None: http:// and ws://"), _("A certificate made on the spot"), _("A certificate in files"), NULL };

  sky_options_form_add_choice (form, self->member, _(self->label), choices, _(self->help));
  sky_options_form_add_file (form, "tls-cert", _("Certificate"), "/…/cert.pem",
                             _("A PEM file; behind it those of its authorities, if there are any."));
  sky_options_form_add_file (form, "tls-key", _("Private key"), "/…/key.pem",
                             _("A PEM file with its key. Only the path is kept."));
  sky_options_form_add_wide (
      form, "certificate", _("The certificate at work (SHA-256)"), make_certificate (form),
      _("A browser: open the server’s https:// address once and accept it, or import the saved file among its "
         "authorities. Node: NODE_EXTRA_CA_CERTS=sockeye.pem. Python: REQUESTS_CA_BUNDLE=sockeye.pem. curl: --cacert "
         "sockeye.pem. “Copy client code” has it built in. Compare the fingerprint with what the client shows."));
}

/**
 * sky_host_setup_tls_show_certificate:
 * @host: whose certificate is shown, if it runs with TLS
 */
void
sky_host_setup_tls_show_certificate (SkyOptionsForm *form, SkyHost *host)
{
  GtkWidget *box = sky_options_form_get (form, "certificate");
  gboolean open = sky_peer_get_state (SKY_PEER (host)) == SKY_PEER_OPEN;
  g_autofree char *fingerprint = open ? sky_host_get_fingerprint (host) : NULL, *lines = NULL;
  char *pem = NULL;

  sky_options_form_set_visible (form, "certificate", fingerprint != NULL);
  if (fingerprint == NULL)
    return;
  lines = g_strdup_printf ("%.*s\n%s", HALF_FINGERPRINT, fingerprint, fingerprint + HALF_FINGERPRINT);
  g_object_get (sky_host_get_certificate (host), "certificate-pem", &pem, NULL);
  g_object_set_data_full (G_OBJECT (box), "pem", pem, g_free);
  gtk_label_set_text (GTK_LABEL (gtk_widget_get_first_child (box)), lines);
}

void
sky_host_setup_tls_load (const SkyHostField *self, SkyOptionsForm *form, const char *json)
{
  g_autofree char *word = sky_host_setup_unquote (json);
  const char *const members[] = { "cert", "key" }, *const ids[] = { "tls-cert", "tls-key" };
  SkyJsonValue root, value;

  sky_options_form_set_chosen (form, self->member, word != NULL ? TLS_SELF_SIGNED : json != NULL ? TLS_FILES : TLS_NONE);
  for (guint i = 0; i < G_N_ELEMENTS (ids); i++)
    {
      g_autofree char *path = NULL;

      if (json != NULL && word == NULL && sky_json_parse (json, strlen (json), &root, NULL, NULL)
          && root.type == SKY_JSON_OBJECT && sky_json_member (json, &root, members[i], &value)
          && value.type == SKY_JSON_STRING)
        path = sky_json_unquote (json, &value, NULL);
      sky_options_form_set_text (form, ids[i], path);
    }
}

char *
sky_host_setup_tls_make (const SkyHostField *self, SkyOptionsForm *form)
{
  guint chosen = sky_options_form_get_chosen (form, self->member);
  g_autofree char *cert = sky_options_form_get_text (form, "tls-cert"),
                  *key = sky_options_form_get_text (form, "tls-key");
  g_autofree char *cert_json = sky_host_setup_quote (cert), *key_json = sky_host_setup_quote (*key != '\0' ? key : cert);

  if (chosen == TLS_NONE)
    return NULL;
  return chosen == TLS_SELF_SIGNED ? g_strdup ("\"self-signed\"")
                                   : g_strdup_printf ("{ \"cert\": %s, \"key\": %s }", cert_json, key_json);
}

gboolean
sky_host_setup_tls_check (const SkyHostField *self, SkyOptionsForm *form)
{
  gboolean files = sky_options_form_get_chosen (form, self->member) == TLS_FILES, right;
  g_autofree char *cert = sky_options_form_get_text (form, "tls-cert"),
                  *key = sky_options_form_get_text (form, "tls-key");

  sky_options_form_set_visible (form, "tls-cert", files);
  sky_options_form_set_visible (form, "tls-key", files);
  right = sky_options_form_mark (form, "tls-cert", !files          ? NULL
                                                   : *cert == '\0' ? g_strdup (_("Choose the file."))
                                                                   : sky_options_check_file (cert));
  return sky_options_form_mark (form, "tls-key", files ? sky_options_check_file (key) : NULL) && right;
}

/* Recovery */

#define USUAL_RECOVERY_MSEC 120000

void
sky_host_setup_recovery_build (const SkyHostField *self, SkyOptionsForm *form)
{
  sky_options_form_add_switch (form, self->member, _(self->label), _(self->help));
  sky_options_form_add_number (form, "recovery-msec", _("For at most"), "ms", 1, SKY_RULES_MAX_MSEC, 1000,
                               _("Who comes back later begins anew."));
}

void
sky_host_setup_recovery_load (const SkyHostField *self, SkyOptionsForm *form, const char *json)
{
  guint64 msec = USUAL_RECOVERY_MSEC;
  SkyJsonValue root, value;

  if (json != NULL && sky_json_parse (json, strlen (json), &root, NULL, NULL) && root.type == SKY_JSON_OBJECT
      && sky_json_member (json, &root, "maxDisconnectionDuration", &value) && value.type == SKY_JSON_NUMBER)
    sky_json_uint (json, &value, &msec);
  sky_options_form_set_on (form, self->member, json != NULL && !g_str_equal (json, "false"));
  sky_options_form_set_number (form, "recovery-msec", (guint) msec);
}

char *
sky_host_setup_recovery_make (const SkyHostField *self, SkyOptionsForm *form)
{
  if (!sky_options_form_get_on (form, self->member))
    return NULL;
  return g_strdup_printf ("{ \"maxDisconnectionDuration\": %u }", sky_options_form_get_number (form, "recovery-msec"));
}

gboolean
sky_host_setup_recovery_check (const SkyHostField *self, SkyOptionsForm *form)
{
  sky_options_form_set_sensitive (form, "recovery-msec", sky_options_form_get_on (form, self->member));
  return TRUE;
}

/* Admin */

static const char *const of_admin[] = { "admin-user", "admin-password", "admin-readonly", "admin-mode" };

void
sky_host_setup_admin_build (const SkyHostField *self, SkyOptionsForm *form)
{
  const char *const modes[] = { _("Development: every socket and event"), _("Production: totals only"), NULL };

  sky_options_form_add_switch (form, self->member, _(self->label), _(self->help));
  sky_options_form_add_entry (form, "admin-user", _("User name"), _("none: anybody may look"), NULL);
  sky_options_form_add_password (form, "admin-password", _("Password"),
                                 _("It stands in the rules as it is: take one that is used nowhere else."));
  sky_options_form_add_switch (form, "admin-readonly", _("Look only"), _("It cannot join, leave or disconnect sockets."));
  sky_options_form_add_choice (form, "admin-mode", _("Shows"), modes,
                               _("Totals cost less where there are many clients."));
}

static char *
get_string (const char *json, const SkyJsonValue *root, const char *member)
{
  SkyJsonValue value;

  return sky_json_member (json, root, member, &value) && value.type == SKY_JSON_STRING
             ? sky_json_unquote (json, &value, NULL)
             : NULL;
}

void
sky_host_setup_admin_load (const SkyHostField *self, SkyOptionsForm *form, const char *json)
{
  g_autofree char *user = NULL, *password = NULL, *mode = NULL;
  SkyJsonValue root, readonly = { 0 };
  gboolean on = json != NULL && sky_json_parse (json, strlen (json), &root, NULL, NULL) && root.type == SKY_JSON_OBJECT;

  if (on)
    {
      user = get_string (json, &root, "username");
      password = get_string (json, &root, "password");
      mode = get_string (json, &root, "mode");
      sky_json_member (json, &root, "readonly", &readonly);
    }
  sky_options_form_set_on (form, self->member, on);
  sky_options_form_set_text (form, "admin-user", user);
  sky_options_form_set_text (form, "admin-password", password);
  sky_options_form_set_on (form, "admin-readonly", readonly.type == SKY_JSON_TRUE);
  sky_options_form_set_chosen (form, "admin-mode", g_strcmp0 (mode, "production") == 0);
}

static void
append_member (GString *out, const char *name, const char *json)
{
  g_string_append_printf (out, "%s\"%s\": %s", out->len > 2 ? ", " : "", name, json);
}

char *
sky_host_setup_admin_make (const SkyHostField *self, SkyOptionsForm *form)
{
  g_autofree char *user = sky_options_form_get_text (form, "admin-user");
  g_autofree char *password = sky_options_form_get_text (form, "admin-password");
  g_autofree char *user_json = sky_host_setup_quote (user), *password_json = sky_host_setup_quote (password);
  g_autoptr(GString) out = g_string_new ("{ ");

  if (!sky_options_form_get_on (form, self->member))
    return NULL;
  if (*user != '\0')
    {
      append_member (out, "username", user_json);
      append_member (out, "password", password_json);
    }
  if (sky_options_form_get_on (form, "admin-readonly"))
    append_member (out, "readonly", "true");
  if (sky_options_form_get_chosen (form, "admin-mode") == 1)
    append_member (out, "mode", "\"production\"");
  g_string_append (out, out->len > 2 ? " }" : "}");
  return g_strdup (out->len > 3 ? out->str : "{}");
}

gboolean
sky_host_setup_admin_check (const SkyHostField *self, SkyOptionsForm *form)
{
  gboolean on = sky_options_form_get_on (form, self->member), right;
  g_autofree char *user = sky_options_form_get_text (form, "admin-user");
  g_autofree char *password = sky_options_form_get_text (form, "admin-password");

  for (guint i = 0; i < G_N_ELEMENTS (of_admin); i++)
    sky_options_form_set_sensitive (form, of_admin[i], on);
  right = sky_options_form_mark (form, "admin-user", on && *user == '\0' && *password != '\0'
                                                         ? g_strdup (_("A password needs a user name.")) : NULL);
  return sky_options_form_mark (
             form, "admin-password",
             on && *user != '\0' && *password == '\0' ? g_strdup (_("A user name needs a password.")) : NULL)
         && right;
}
