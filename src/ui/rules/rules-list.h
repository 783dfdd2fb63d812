#pragma once

#include <gtk/gtk.h>

#include "peer/host/host.h"

/**
 * SkyRulesList:
 *
 * The rules that a host plays, a row each, with how often each one fired; who fires lights up.
 *
 * Signals: "go" (index): a person wants to see that rule in the text.
 */
#define SKY_TYPE_RULES_LIST (sky_rules_list_get_type ())
G_DECLARE_FINAL_TYPE (SkyRulesList, sky_rules_list, SKY, RULES_LIST, GtkWidget)

void sky_rules_list_set_host (SkyRulesList *self, SkyHost *host);
void sky_rules_list_refresh (SkyRulesList *self);
