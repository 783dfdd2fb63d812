#pragma once

#include <gtk/gtk.h>

#include "ui/compose/complete-keys.h"

/**
 * SkyJsonEditor:
 *
 * A source view for JSON, or for plain text, that shows where its text is wrong.
 *
 * Properties: "label" (its accessible name), "placeholder", "plain" (no highlighting of JSON).
 * Signals: "typed" at each change; "settled" when nobody has typed for a moment: time to check.
 */
#define SKY_TYPE_JSON_EDITOR (sky_json_editor_get_type ())
G_DECLARE_FINAL_TYPE (SkyJsonEditor, sky_json_editor, SKY, JSON_EDITOR, GtkWidget)

char    *sky_json_editor_get_text (SkyJsonEditor *self);
void     sky_json_editor_set_text (SkyJsonEditor *self, const char *text, gboolean undoable);
void     sky_json_editor_set_placeholder (SkyJsonEditor *self, const char *placeholder);
void     sky_json_editor_insert_argument (SkyJsonEditor *self, const char *text);
void     sky_json_editor_set_keys (SkyJsonEditor *self, SkyCompleteKeys *keys);
void     sky_json_editor_go_to_gap (SkyJsonEditor *self);
void     sky_json_editor_settle (SkyJsonEditor *self);
void     sky_json_editor_clear_marks (SkyJsonEditor *self);
void     sky_json_editor_mark_error (SkyJsonEditor *self, gsize pos);
void     sky_json_editor_mark_chip (SkyJsonEditor *self, gsize pos, gsize len);
