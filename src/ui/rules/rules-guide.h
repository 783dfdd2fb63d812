#pragma once

#include <gtk/gtk.h>

/**
 * SkyRulesGuide:
 *
 * What can be written in rules, to look through while writing.
 *
 * Signals: "chosen" (example): a person wants that in the text.
 */
#define SKY_TYPE_RULES_GUIDE (sky_rules_guide_get_type ())
G_DECLARE_FINAL_TYPE (SkyRulesGuide, sky_rules_guide, SKY, RULES_GUIDE, GtkWidget)
