#include "ui/doctor/doctor-finding.h"

#include "ui/parts/label.h"
#include "ui/ui.h"

static const struct
{
  const char *icon, *css, *words;
} looks[] = {
  [SKY_FINDING_GOOD] = { "object-select-symbolic", "good", N_("Works") },
  [SKY_FINDING_INFO] = { "dialog-information-symbolic", "info", N_("Note") },
  [SKY_FINDING_WARNING] = { "dialog-warning-symbolic", "warning", N_("Warning") },
  [SKY_FINDING_BAD] = { "dialog-error-symbolic", "bad", N_("Fault") },
};

/* Returns: (transfer none): the level in a word, translated */
const char *
sky_doctor_finding_words (SkyFindingLevel level)
{
  return _(looks[level].words);
}

static void
add_label (GtkBox *box, const char *text, const char *css, gboolean selectable)
{
  GtkWidget *label;

  if (text == NULL || *text == '\0')
    return;
  label = sky_label_new_wrapped (text, css);
  gtk_label_set_selectable (GTK_LABEL (label), selectable);
  if (selectable)
    gtk_widget_set_focus_on_click (label, TRUE);
  gtk_box_append (box, label);
}

/**
 * sky_doctor_finding_new:
 * @finding: copied
 *
 * Returns: (transfer floating): a box with what was found
 */
GtkWidget *
sky_doctor_finding_new (const SkyFinding *finding)
{
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 10);
  GtkWidget *text = gtk_box_new (GTK_ORIENTATION_VERTICAL, 2);
  GtkWidget *icon = gtk_image_new_from_icon_name (looks[finding->level].icon);

  gtk_widget_set_valign (icon, GTK_ALIGN_START);
  gtk_widget_set_tooltip_text (icon, sky_doctor_finding_words (finding->level));
  gtk_accessible_update_property (GTK_ACCESSIBLE (icon), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  sky_doctor_finding_words (finding->level), -1);
  gtk_widget_add_css_class (row, "finding");
  gtk_widget_add_css_class (row, looks[finding->level].css);
  gtk_widget_set_hexpand (text, TRUE);
  add_label (GTK_BOX (text), finding->title, "finding-title", FALSE);
  add_label (GTK_BOX (text), finding->evidence, "evidence", TRUE);
  add_label (GTK_BOX (text), finding->advice, "advice", FALSE);
  gtk_box_append (GTK_BOX (row), icon);
  gtk_box_append (GTK_BOX (row), text);
  return row;
}
