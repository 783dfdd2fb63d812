#pragma once

#include "peer/host/host.h"

/**
 * SkyRulesDraft:
 *
 * The rules of a host while a person edits them: one text, perhaps with a mistake in it, perhaps from a
 * file. It is the one place where a host of the window is set up: its bar, its options and its editor
 * all change this text. What has no mistake is given to the host at once, and holds for whoever is there.
 *
 * Signals: "changed" (the text, by anybody but sky_rules_draft_set_text(), or the file), "judged" (the
 * problem, or that the host took the text). Bounded: SKY_RULES_MAX_LEN bytes.
 *
 * The window reaches the one draft of a host with sky_rules_draft_of(), whoever asks first.
 */
#define SKY_TYPE_RULES_DRAFT (sky_rules_draft_get_type ())
G_DECLARE_FINAL_TYPE (SkyRulesDraft, sky_rules_draft, SKY, RULES_DRAFT, GObject)

/* What is wrong with the text as it stands. Borrowed until the next change. */
typedef struct
{
  const char *message;
  guint       line, column; /* from 1; 0 if it is no matter of a place */
  gsize       pos, len;     /* bytes of the text */
} SkyRulesProblem;

SkyRulesDraft *sky_rules_draft_new (SkyHost *host, const char *text);
SkyRulesDraft *sky_rules_draft_of (SkyHost *host);
void           sky_rules_draft_keep (SkyRulesDraft *self);
SkyHost       *sky_rules_draft_get_host (SkyRulesDraft *self);

const char *sky_rules_draft_get_text (SkyRulesDraft *self);
void        sky_rules_draft_set_text (SkyRulesDraft *self, const char *text); /* as typed; the host takes it if it can */
void        sky_rules_draft_replace (SkyRulesDraft *self, const char *text);  /* the same, and the editor has to follow */
gboolean    sky_rules_draft_get_problem (SkyRulesDraft *self, SkyRulesProblem *out);
gboolean    sky_rules_draft_set_server (SkyRulesDraft *self, const char *member, const char *json, GError **error);
char       *sky_rules_draft_get_server (SkyRulesDraft *self, const char *member);

GFile   *sky_rules_draft_get_file (SkyRulesDraft *self);
gboolean sky_rules_draft_is_modified (SkyRulesDraft *self); /* against the file, or against what it began as */
void     sky_rules_draft_return_to (SkyRulesDraft *self, GFile *file, gboolean modified);
void     sky_rules_draft_revert (SkyRulesDraft *self);
const char *sky_rules_draft_get_notice (SkyRulesDraft *self); /* what became of the file */
void     sky_rules_draft_load_async (SkyRulesDraft *self, GFile *file, GAsyncReadyCallback callback, gpointer user_data);
gboolean sky_rules_draft_load_finish (SkyRulesDraft *self, GAsyncResult *result, GError **error);
void     sky_rules_draft_save_async (SkyRulesDraft *self, GFile *file, GAsyncReadyCallback callback, gpointer user_data);
gboolean sky_rules_draft_save_finish (SkyRulesDraft *self, GAsyncResult *result, GError **error);
