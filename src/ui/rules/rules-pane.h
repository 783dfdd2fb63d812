#pragma once

#include <gtk/gtk.h>

#include "peer/rules/rules-draft.h"

/**
 * SkyRulesPane:
 *
 * What a server answers, while a person writes it: the text, its mistake, the rules and how often each
 * one fired, and a guide. The text is that of sky_rules_draft_of(), which others change, too.
 */
#define SKY_TYPE_RULES_PANE (sky_rules_pane_get_type ())
G_DECLARE_FINAL_TYPE (SkyRulesPane, sky_rules_pane, SKY, RULES_PANE, GtkWidget)

GtkWidget *sky_rules_pane_new (SkyHost *host);
