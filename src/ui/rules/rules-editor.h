#pragma once

#include <gtk/gtk.h>

#include "ui/compose/complete-keys.h"

/**
 * SkyRulesEditor:
 *
 * A source view for rules: one mistake is underlined where it stands and marked beside its line, and
 * rules are found again while lines are added above them.
 *
 * Signals: "settled" when nobody has typed for a moment: time to judge.
 */
#define SKY_TYPE_RULES_EDITOR (sky_rules_editor_get_type ())
G_DECLARE_FINAL_TYPE (SkyRulesEditor, sky_rules_editor, SKY, RULES_EDITOR, GtkWidget)

char *sky_rules_editor_get_text (SkyRulesEditor *self);
void  sky_rules_editor_set_text (SkyRulesEditor *self, const char *text);
void  sky_rules_editor_insert (SkyRulesEditor *self, const char *text);
void  sky_rules_editor_settle (SkyRulesEditor *self);
void  sky_rules_editor_set_keys (SkyRulesEditor *self, SkyCompleteKeys *keys);
void  sky_rules_editor_clear_error (SkyRulesEditor *self);
void  sky_rules_editor_mark_error (SkyRulesEditor *self, gsize pos, gsize len, const char *message);
void  sky_rules_editor_go_to_error (SkyRulesEditor *self);
void  sky_rules_editor_set_rows (SkyRulesEditor *self, const guint *lines, guint n_lines);
void  sky_rules_editor_go_to_row (SkyRulesEditor *self, guint row);
