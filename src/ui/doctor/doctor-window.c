#include "ui/doctor/doctor-window.h"

#include "peer/doctor/doctor.h"
#include "peer/profile/profile-secrets.h"
#include "ui/doctor/doctor-finding.h"
#include "ui/ui.h"

struct _SkyDoctorWindow
{
  GtkWindow     parent_instance;
  GtkWidget    *spinner, *again, *apply, *said, *copy;
  GtkLabel     *verdict;
  GtkBox       *list;
  SkyProfile   *profile;
  SkyStore     *store;       /* of the examination that is shown */
  SkyReport    *report;      /* nullable: until it is ended */
  GCancellable *cancellable; /* nullable: of the examination under way */
  GString      *text;        /* the findings, to be copied */
};

G_DEFINE_FINAL_TYPE (SkyDoctorWindow, sky_doctor_window, GTK_TYPE_WINDOW)

static guint apply_signal, show_trace_signal;

/* An examination outlives its window by a turn of the main loop, and then finds nobody. */
static GWeakRef *
visit_new (SkyDoctorWindow *self)
{
  GWeakRef *visit = g_new0 (GWeakRef, 1);

  g_weak_ref_init (visit, self);
  return visit;
}

static void
visit_free (GWeakRef *visit)
{
  g_weak_ref_clear (visit);
  g_free (visit);
}

static void
show_state (SkyDoctorWindow *self)
{
  gboolean busy = self->cancellable != NULL;

  gtk_spinner_set_spinning (GTK_SPINNER (self->spinner), busy);
  gtk_widget_set_visible (self->spinner, busy);
  gtk_button_set_label (GTK_BUTTON (self->again), busy ? _("Stop") : _("Examine again"));
  gtk_widget_set_visible (self->apply, self->report != NULL && self->report->better != NULL);
  gtk_widget_set_sensitive (self->copy, self->text->len > 0);
  gtk_widget_set_sensitive (self->said, self->store != NULL);
}

static void
add_text (SkyDoctorWindow *self, const SkyFinding *finding)
{
  g_string_append_printf (self->text, "%s: %s\n", sky_doctor_finding_words (finding->level), finding->title);
  if (finding->evidence != NULL && *finding->evidence != '\0')
    g_string_append_printf (self->text, "    %s\n", finding->evidence);
  if (finding->advice != NULL)
    g_string_append_printf (self->text, "    → %s\n", finding->advice);
}

static void
on_finding (const SkyFinding *finding, gpointer user_data)
{
  g_autoptr(SkyDoctorWindow) self = g_weak_ref_get (user_data);

  if (self == NULL || self->cancellable == NULL)
    return;
  gtk_box_append (self->list, sky_doctor_finding_new (finding));
  add_text (self, finding);
  gtk_widget_set_sensitive (self->copy, TRUE);
}

static void
on_report (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(SkyDoctorWindow) self = g_weak_ref_get (user_data);
  g_autoptr(GError) error = NULL;
  g_autoptr(SkyReport) report = sky_doctor_finish (result, &error);

  visit_free (user_data);
  if (self == NULL)
    return;
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      if (self->cancellable == NULL) /* by the button, and not examined again since */
        gtk_label_set_text (self->verdict, _("The examination was stopped."));
      return;
    }
  g_clear_object (&self->cancellable);
  gtk_label_set_text (self->verdict, error != NULL ? error->message : report->verdict);
  self->report = g_steal_pointer (&report);
  show_state (self);
  gtk_widget_grab_focus (gtk_widget_get_visible (self->apply) ? self->apply : self->again);
}

static void
clear (SkyDoctorWindow *self)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self->list))) != NULL)
    gtk_box_remove (self->list, child);
  g_string_truncate (self->text, 0);
  g_clear_pointer (&self->report, sky_report_free);
  g_clear_object (&self->store);
}

static void
examine (SkyDoctorWindow *self)
{
  g_autoptr(GError) error = NULL;
  GWeakRef *visit;

  clear (self);
  self->store = sky_store_new (NULL, &error);
  if (self->store == NULL)
    {
      gtk_label_set_text (self->verdict, error->message);
      show_state (self);
      return;
    }
  self->cancellable = g_cancellable_new ();
  gtk_label_set_text (self->verdict, _("Examining what answers there…"));
  show_state (self);
  visit = visit_new (self);
  sky_doctor_async (self->profile, self->store, on_finding, visit, self->cancellable, on_report, visit);
}

static void
stop (SkyDoctorWindow *self)
{
  g_autoptr(GCancellable) cancellable = g_steal_pointer (&self->cancellable);

  if (cancellable != NULL)
    g_cancellable_cancel (cancellable);
}

static void
on_again (SkyDoctorWindow *self)
{
  if (self->cancellable == NULL)
    {
      examine (self);
      return;
    }
  stop (self);
  show_state (self);
}

static void
on_apply (SkyDoctorWindow *self)
{
  g_autoptr(SkyProfile) better = NULL;

  if (self->report == NULL || self->report->better == NULL)
    return;
  better = sky_profile_copy (self->report->better);
  g_signal_emit (self, apply_signal, 0, better);
  gtk_window_close (GTK_WINDOW (self));
}

static void
on_said (SkyDoctorWindow *self)
{
  if (self->store != NULL)
    g_signal_emit (self, show_trace_signal, 0, self->store);
}

/* What is copied is meant for others: no password, no token. */
static void
on_copy (SkyDoctorWindow *self)
{
  g_autofree char *url = sky_secret_blank_url (self->profile->url);
  g_autofree char *text = g_strdup_printf ("%s\n%s\n\n%s", url, gtk_label_get_text (self->verdict), self->text->str);

  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)), text);
}

static void
sky_doctor_window_dispose (GObject *object)
{
  SkyDoctorWindow *self = SKY_DOCTOR_WINDOW (object);

  stop (self);
  g_clear_object (&self->store);
  g_clear_pointer (&self->report, sky_report_free);
  g_clear_pointer (&self->profile, sky_profile_free);
  G_OBJECT_CLASS (sky_doctor_window_parent_class)->dispose (object);
}

static void
sky_doctor_window_finalize (GObject *object)
{
  g_string_free (SKY_DOCTOR_WINDOW (object)->text, TRUE);
  G_OBJECT_CLASS (sky_doctor_window_parent_class)->finalize (object);
}

static void
sky_doctor_window_init (SkyDoctorWindow *self)
{
  self->text = g_string_new (NULL);
  gtk_widget_init_template (GTK_WIDGET (self));
}

static void
sky_doctor_window_class_init (SkyDoctorWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sky_doctor_window_dispose;
  G_OBJECT_CLASS (klass)->finalize = sky_doctor_window_finalize;
  apply_signal = g_signal_new ("apply", SKY_TYPE_DOCTOR_WINDOW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
                               1, G_TYPE_POINTER);
  show_trace_signal = g_signal_new ("show-trace", SKY_TYPE_DOCTOR_WINDOW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                    G_TYPE_NONE, 1, SKY_TYPE_STORE);
  gtk_widget_class_set_template_from_resource (widget_class, SKY_UI "doctor-window.ui");
  gtk_widget_class_bind_template_child (widget_class, SkyDoctorWindow, spinner);
  gtk_widget_class_bind_template_child (widget_class, SkyDoctorWindow, again);
  gtk_widget_class_bind_template_child (widget_class, SkyDoctorWindow, apply);
  gtk_widget_class_bind_template_child (widget_class, SkyDoctorWindow, said);
  gtk_widget_class_bind_template_child (widget_class, SkyDoctorWindow, copy);
  gtk_widget_class_bind_template_child (widget_class, SkyDoctorWindow, verdict);
  gtk_widget_class_bind_template_child (widget_class, SkyDoctorWindow, list);
  gtk_widget_class_bind_template_callback (widget_class, on_again);
  gtk_widget_class_bind_template_callback (widget_class, on_apply);
  gtk_widget_class_bind_template_callback (widget_class, on_said);
  gtk_widget_class_bind_template_callback (widget_class, on_copy);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_w, GDK_CONTROL_MASK, "window.close", NULL);
}

/**
 * sky_doctor_window_new:
 * @parent: over which it stands
 * @profile: what to examine; copied
 * @title: what the connection is called
 *
 * Returns: (transfer none): a window, not shown yet, that has begun to examine
 */
GtkWidget *
sky_doctor_window_new (GtkWindow *parent, const SkyProfile *profile, const char *title)
{
  SkyDoctorWindow *self = g_object_new (SKY_TYPE_DOCTOR_WINDOW, "transient-for", parent, NULL);
  g_autofree char *whole = g_strdup_printf (_("Doctor: %s"), title);

  gtk_window_set_title (GTK_WINDOW (self), whole);
  self->profile = sky_profile_copy (profile);
  examine (self);
  return GTK_WIDGET (self);
}
