#pragma once

#include <gtk/gtk.h>

#include "ui/options/options-table.h"

/**
 * SkyOptionsForm:
 *
 * One page of options: a field has a label, a control, a line of help, and a place for what is wrong
 * with it. Fields are known by an id. Signal "changed": a person, or the program, has changed one.
 */
#define SKY_TYPE_OPTIONS_FORM (sky_options_form_get_type ())
G_DECLARE_FINAL_TYPE (SkyOptionsForm, sky_options_form, SKY, OPTIONS_FORM, GtkWidget)

GtkWidget  *sky_options_form_new (void);
void        sky_options_form_add_heading (SkyOptionsForm *self, const char *text, const char *help);
void        sky_options_form_add_entry (SkyOptionsForm *self, const char *id, const char *label, const char *hint,
                                        const char *help);
void        sky_options_form_add_password (SkyOptionsForm *self, const char *id, const char *label, const char *help);
void        sky_options_form_add_file (SkyOptionsForm *self, const char *id, const char *label, const char *hint,
                                       const char *help);
void        sky_options_form_add_choice (SkyOptionsForm *self, const char *id, const char *label,
                                         const char *const *choices, const char *help);
void        sky_options_form_add_switch (SkyOptionsForm *self, const char *id, const char *label, const char *help);
void        sky_options_form_add_number (SkyOptionsForm *self, const char *id, const char *label, const char *unit,
                                         double least, double most, double step, const char *help);
void        sky_options_form_add_wide (SkyOptionsForm *self, const char *id, const char *label, GtkWidget *control,
                                       const char *help);
void        sky_options_form_add_json (SkyOptionsForm *self, const char *id, const char *label, const char *hint,
                                       const char *help);
void        sky_options_form_add_note (SkyOptionsForm *self, const char *id, const char *text);

void        sky_options_form_changed (SkyOptionsForm *self);
GtkWidget  *sky_options_form_get (SkyOptionsForm *self, const char *id);
char       *sky_options_form_get_text (SkyOptionsForm *self, const char *id);
void        sky_options_form_take_text (SkyOptionsForm *self, const char *id, char **to);
void        sky_options_form_set_text (SkyOptionsForm *self, const char *id, const char *text);
guint       sky_options_form_get_chosen (SkyOptionsForm *self, const char *id);
void        sky_options_form_set_chosen (SkyOptionsForm *self, const char *id, guint chosen);
gboolean    sky_options_form_get_on (SkyOptionsForm *self, const char *id);
void        sky_options_form_set_on (SkyOptionsForm *self, const char *id, gboolean on);
guint       sky_options_form_get_number (SkyOptionsForm *self, const char *id);
void        sky_options_form_set_number (SkyOptionsForm *self, const char *id, guint number);

void        sky_options_form_set_visible (SkyOptionsForm *self, const char *id, gboolean visible);
void        sky_options_form_set_sensitive (SkyOptionsForm *self, const char *id, gboolean sensitive);
gboolean    sky_options_form_mark (SkyOptionsForm *self, const char *id, char *problem);
gboolean    sky_options_form_check_table (SkyOptionsForm *self, const char *id);
void        sky_options_form_focus (SkyOptionsForm *self, const char *id);
void        sky_options_form_begin (SkyOptionsForm *self);
void        sky_options_form_name_pages (GtkWidget *sidebar);
