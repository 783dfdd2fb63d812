#pragma once

#include <gtk/gtk.h>

#include "peer/rules/rules-draft.h"

/* @text: what is to be put in the place of the draft's text; @pane: lives */
typedef void (*SkyRulesExampleFunc) (SkyRulesDraft *draft, const char *text, gpointer pane);

GtkWidget *sky_rules_examples_new (SkyRulesDraft *draft, GtkWidget *pane, SkyRulesExampleFunc func);
