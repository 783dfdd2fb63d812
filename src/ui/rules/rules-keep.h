#pragma once

#include "peer/rules/rules-draft.h"

/*
 * The rules of a server are kept between two runs: what was written for the server on a port is there
 * again when a server is hosted on it, however the program ended.
 */

SkyRulesDraft *sky_rules_keep_draft (SkyHost *host, guint16 port, const char *first);
void           sky_rules_keep_flush (void);
