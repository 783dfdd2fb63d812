#pragma once

#include <gtk/gtk.h>

#include "peer/rules/rules-draft.h"

/* @sentence: (nullable): what went wrong; @pane: lives */
typedef void (*SkyRulesFilesFunc) (SkyRulesDraft *draft, const char *sentence, gpointer pane);

char *sky_rules_files_name (GFile *file);
void  sky_rules_files_open (SkyRulesDraft *draft, GtkWidget *pane, SkyRulesFilesFunc func);
void  sky_rules_files_save (SkyRulesDraft *draft, GtkWidget *pane, gboolean as, SkyRulesFilesFunc func);
