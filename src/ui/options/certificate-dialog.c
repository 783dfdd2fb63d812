#include "ui/options/certificate-dialog.h"

#include "ui/parts/label.h"
#include "ui/ui.h"

struct _SkyCertificateDialog
{
  GtkWindow  parent_instance;
  GtkWidget *scroller, *cancel;
  GtkGrid   *facts;
  GtkLabel  *lead, *problems;
  char      *fingerprint;
  int        n_rows;
};

G_DEFINE_FINAL_TYPE (SkyCertificateDialog, sky_certificate_dialog, GTK_TYPE_WINDOW)

static guint accept_signal;

static void
on_accept (SkyCertificateDialog *self)
{
  g_signal_emit (self, accept_signal, 0, self->fingerprint);
  gtk_window_close (GTK_WINDOW (self));
}

static void
add_fact (SkyCertificateDialog *self, const char *label, const char *text)
{
  GtkWidget *name, *value;

  if (text == NULL || *text == '\0')
    return;
  name = gtk_label_new (label);
  value = sky_label_new_wrapped (text, NULL);
  gtk_label_set_xalign (GTK_LABEL (name), 0);
  gtk_widget_set_valign (name, GTK_ALIGN_START);
  gtk_widget_add_css_class (name, "dim-label");
  gtk_label_set_selectable (GTK_LABEL (value), TRUE);
  gtk_label_set_width_chars (GTK_LABEL (value), 44);
  gtk_widget_set_hexpand (value, TRUE);
  gtk_grid_attach (self->facts, name, 0, self->n_rows, 1, 1);
  gtk_grid_attach (self->facts, value, 1, self->n_rows++, 1, 1);
}

static char *
format_day (gint64 time_sec)
{
  g_autoptr(GDateTime) time = g_date_time_new_from_unix_local (time_sec);

  return time != NULL && time_sec != 0 ? g_date_time_format (time, "%x %H:%M") : g_strdup (_("unknown"));
}

/* 32 octets with colons are one word of 95 letters: two lines of sixteen can be compared. */
static char *
break_fingerprint (const char *fingerprint)
{
  return strlen (fingerprint) == 95 ? g_strdup_printf ("%.48s\n%s", fingerprint, fingerprint + 48) : g_strdup (fingerprint);
}

static void
show (SkyCertificateDialog *self, const char *host, const SkyTcpCertificate *certificate)
{
  g_autofree char *lead = g_strdup_printf (_("The certificate of %s is not trusted"), host);
  g_autofree char *names = g_strjoinv (", ", certificate->names);
  g_autofree char *problems = g_strjoinv ("\n", certificate->problems);
  g_autofree char *from = format_day (certificate->valid_from), *until = format_day (certificate->valid_until);
  g_autofree char *valid = g_strdup_printf (_("from %s until %s"), from, until);
  g_autofree char *fingerprint = break_fingerprint (certificate->fingerprint);

  self->fingerprint = g_strdup (certificate->fingerprint);
  gtk_label_set_text (self->lead, lead);
  gtk_label_set_text (self->problems, problems);
  gtk_widget_set_visible (GTK_WIDGET (self->problems), *problems != '\0');
  add_fact (self, _("Whose it is"), certificate->subject);
  add_fact (self, _("For the hosts"), *names != '\0' ? names : _("none are named"));
  add_fact (self, _("Issued by"), certificate->issuer);
  add_fact (self, _("Valid"), valid);
  add_fact (self, _("SHA-256"), fingerprint);
  gtk_widget_add_css_class (gtk_grid_get_child_at (self->facts, 1, self->n_rows - 1), "monospace");
}

static void
sky_certificate_dialog_dispose (GObject *object)
{
  SkyCertificateDialog *self = SKY_CERTIFICATE_DIALOG (object);

  gtk_window_set_child (GTK_WINDOW (self), NULL);
  g_clear_pointer (&self->fingerprint, g_free);
  G_OBJECT_CLASS (sky_certificate_dialog_parent_class)->dispose (object);
}

static void
sky_certificate_dialog_init (SkyCertificateDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

static void
sky_certificate_dialog_class_init (SkyCertificateDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sky_certificate_dialog_dispose;
  accept_signal = g_signal_new ("accept", SKY_TYPE_CERTIFICATE_DIALOG, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                G_TYPE_NONE, 1, G_TYPE_STRING);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
  gtk_widget_class_set_template_from_resource (widget_class, SKY_UI "certificate-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, SkyCertificateDialog, scroller);
  gtk_widget_class_bind_template_child (widget_class, SkyCertificateDialog, cancel);
  gtk_widget_class_bind_template_child (widget_class, SkyCertificateDialog, facts);
  gtk_widget_class_bind_template_child (widget_class, SkyCertificateDialog, lead);
  gtk_widget_class_bind_template_child (widget_class, SkyCertificateDialog, problems);
  gtk_widget_class_bind_template_callback (widget_class, on_accept);
}

/**
 * sky_certificate_dialog_new:
 * @client: whose last handshake failed for a certificate
 *
 * Returns: (transfer none) (nullable): a window that destroys itself when it is done; %NULL if there is no certificate
 */
GtkWidget *
sky_certificate_dialog_new (GtkWindow *parent, SkyClient *client)
{
  const SkyTcpCertificate *certificate = sky_client_get_certificate (client);
  SkyCertificateDialog *self;

  if (certificate == NULL)
    return NULL;
  self = g_object_new (SKY_TYPE_CERTIFICATE_DIALOG, "transient-for", parent, NULL);
  show (self, sky_peer_get_title (SKY_PEER (client)), certificate);
  gtk_widget_grab_focus (self->cancel); /* Return by itself accepts nothing */
  return GTK_WIDGET (self);
}
