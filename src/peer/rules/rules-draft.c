#include "peer/rules/rules-draft-private.h"

#include <string.h>

#include "peer/rules/rules-edit.h"

#define ON_HOST "sky-rules-draft"

G_DEFINE_FINAL_TYPE (SkyRulesDraft, sky_rules_draft, G_TYPE_OBJECT)

enum { SIGNAL_CHANGED, SIGNAL_JUDGED, N_SIGNALS };
static guint signals[N_SIGNALS];

static void
take_problem (SkyRulesDraft *self, const GError *error)
{
  const SkyRulesPlace *place = error->domain == SKY_RULES_ERROR ? sky_rules_error_get_place (error) : NULL;

  self->message = g_strdup (error->message);
  self->problem = (SkyRulesProblem) { .message = self->message };
  if (place == NULL)
    return;
  self->problem.line = place->line;
  self->problem.column = place->column;
  self->problem.pos = place->pos;
  self->problem.len = place->len;
}

/* Gives the text to the host, which takes it if it can. Nothing but white space is no rules at all. */
static void
judge (SkyRulesDraft *self)
{
  g_autoptr(GError) error = NULL;
  const char *text = sky_rules_edit_is_blank (self->text) ? NULL : self->text;

  g_clear_pointer (&self->message, g_free);
  if (self->host != NULL && g_strcmp0 (sky_host_get_rules (self->host), text) != 0
      && !sky_host_set_rules (self->host, text, &error))
    take_problem (self, error);
  g_signal_emit (self, signals[SIGNAL_JUDGED], 0);
}

/* A host that has stopped can take rules for another protocol. */
static void
on_state (SkyRulesDraft *self)
{
  SkyPeerState state = sky_peer_get_state (SKY_PEER (self->host));

  if (self->message != NULL && (state == SKY_PEER_CLOSED || state == SKY_PEER_FAILED))
    judge (self);
}

/* Puts @text in the place of what is there. */
void
sky_rules_draft_put (SkyRulesDraft *self, const char *text)
{
  char *old = self->text;

  self->text = g_strdup (text);
  g_free (old); /* @text may be a part of it */
  judge (self);
}

/* @notice: (nullable) (transfer full): a sentence about the file */
void
sky_rules_draft_set_notice (SkyRulesDraft *self, char *notice)
{
  g_free (self->notice);
  self->notice = notice;
}

/* The text or the file is not what an editor shows. */
void
sky_rules_draft_tell (SkyRulesDraft *self)
{
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

/* Returns: (transfer none) (nullable): the host; %NULL once that is gone */
SkyHost *
sky_rules_draft_get_host (SkyRulesDraft *self)
{
  g_return_val_if_fail (SKY_IS_RULES_DRAFT (self), NULL);

  return self->host;
}

/* Returns: (transfer none): what was written, right or wrong; until the next change */
const char *
sky_rules_draft_get_text (SkyRulesDraft *self)
{
  g_return_val_if_fail (SKY_IS_RULES_DRAFT (self), NULL);

  return self->text;
}

/**
 * sky_rules_draft_set_text:
 * @text: as a person typed it, UTF-8; all white space: no rules, and the host answers by itself
 *
 * The host takes it at once, if it can; else the rules before stay. "judged" is emitted, "changed" not.
 */
void
sky_rules_draft_set_text (SkyRulesDraft *self, const char *text)
{
  g_return_if_fail (SKY_IS_RULES_DRAFT (self));
  g_return_if_fail (text != NULL);

  if (!g_str_equal (self->text, text))
    sky_rules_draft_put (self, text);
}

/**
 * sky_rules_draft_replace:
 *
 * As sky_rules_draft_set_text(), but not by the editor, which has to follow: "changed" is emitted, too.
 */
void
sky_rules_draft_replace (SkyRulesDraft *self, const char *text)
{
  g_return_if_fail (SKY_IS_RULES_DRAFT (self));
  g_return_if_fail (text != NULL);

  if (g_str_equal (self->text, text))
    return;
  sky_rules_draft_put (self, text);
  sky_rules_draft_tell (self);
}

/**
 * sky_rules_draft_get_problem:
 * @out: (out caller-allocates) (optional): set only if there is one; borrowed until the next change
 *
 * Returns: whether the text does not hold: the rules before do
 */
gboolean
sky_rules_draft_get_problem (SkyRulesDraft *self, SkyRulesProblem *out)
{
  g_return_val_if_fail (SKY_IS_RULES_DRAFT (self), FALSE);

  if (self->message != NULL && out != NULL)
    *out = self->problem;
  return self->message != NULL;
}

static gboolean
is_right (const char *text, GError **error)
{
  g_autoptr(SkyRules) rules = sky_rules_edit_is_blank (text) ? NULL : sky_rules_load (text, strlen (text), error);

  return rules != NULL || sky_rules_edit_is_blank (text);
}

/**
 * sky_rules_draft_set_server:
 * @member: of `server`, see RULES.md: "port", "cors"
 * @json: (nullable): its value; %NULL takes it away, so that the default holds
 * @error: a sentence: the text has a mistake now, or would have one; nothing has changed then
 *
 * Only this member changes, where it lies in the text. "changed" is emitted, and the host takes the
 * text if it can: see sky_rules_draft_get_problem() if it cannot do so now.
 */
gboolean
sky_rules_draft_set_server (SkyRulesDraft *self, const char *member, const char *json, GError **error)
{
  g_autofree char *text = NULL;

  g_return_val_if_fail (SKY_IS_RULES_DRAFT (self), FALSE);
  g_return_val_if_fail (member != NULL, FALSE);

  text = sky_rules_edit_server (self->text, member, json, error);
  if (text == NULL || (is_right (self->text, NULL) && !is_right (text, error)))
    return FALSE;
  sky_rules_draft_replace (self, text);
  return TRUE;
}

/**
 * sky_rules_draft_get_server:
 *
 * Returns: (nullable) (transfer full): that member of `server` as it is spelled in the text; if that has a
 *   mistake in its syntax, in the rules that the host plays meanwhile; %NULL: it is not there
 */
char *
sky_rules_draft_get_server (SkyRulesDraft *self, const char *member)
{
  const char *played;
  SkyJsonValue root;

  g_return_val_if_fail (SKY_IS_RULES_DRAFT (self), NULL);

  if (sky_json_parse (self->text, strlen (self->text), &root, NULL, NULL))
    return sky_rules_edit_find_server (self->text, member);
  played = self->host != NULL ? sky_host_get_rules (self->host) : NULL;
  return played != NULL && !sky_rules_edit_is_blank (self->text) ? sky_rules_edit_find_server (played, member) : NULL;
}

/* Returns: (transfer none) (nullable): where it was read from, or saved to last */
GFile *
sky_rules_draft_get_file (SkyRulesDraft *self)
{
  g_return_val_if_fail (SKY_IS_RULES_DRAFT (self), NULL);

  return self->file;
}

/* Returns: whether the text is another than that of its file, or with no file than what it began as */
gboolean
sky_rules_draft_is_modified (SkyRulesDraft *self)
{
  g_return_val_if_fail (SKY_IS_RULES_DRAFT (self), FALSE);

  return !g_str_equal (self->text, self->base);
}

/**
 * sky_rules_draft_revert:
 *
 * Back to the text of the file, as it was read or saved last, or with no file to what it began as.
 */
void
sky_rules_draft_revert (SkyRulesDraft *self)
{
  g_return_if_fail (SKY_IS_RULES_DRAFT (self));

  sky_rules_draft_replace (self, self->base);
}

/**
 * sky_rules_draft_get_notice:
 *
 * Returns: (nullable) (transfer none): what happened to the file, in a sentence; until "changed"
 */
const char *
sky_rules_draft_get_notice (SkyRulesDraft *self)
{
  g_return_val_if_fail (SKY_IS_RULES_DRAFT (self), NULL);

  return self->notice;
}

static void
sky_rules_draft_dispose (GObject *object)
{
  SkyRulesDraft *self = SKY_RULES_DRAFT (object);

  sky_rules_draft_drop_file (self);
  if (self->host != NULL)
    g_signal_handlers_disconnect_by_data (self->host, self);
  g_clear_weak_pointer (&self->host);
  G_OBJECT_CLASS (sky_rules_draft_parent_class)->dispose (object);
}

static void
sky_rules_draft_finalize (GObject *object)
{
  SkyRulesDraft *self = SKY_RULES_DRAFT (object);

  g_free (self->text);
  g_free (self->base);
  g_free (self->message);
  g_free (self->notice);
  G_OBJECT_CLASS (sky_rules_draft_parent_class)->finalize (object);
}

static void
sky_rules_draft_init (SkyRulesDraft *self)
{
}

static void
sky_rules_draft_class_init (SkyRulesDraftClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = sky_rules_draft_dispose;
  G_OBJECT_CLASS (klass)->finalize = sky_rules_draft_finalize;
  signals[SIGNAL_CHANGED] = g_signal_new ("changed", SKY_TYPE_RULES_DRAFT, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                          G_TYPE_NONE, 0);
  signals[SIGNAL_JUDGED] = g_signal_new ("judged", SKY_TYPE_RULES_DRAFT, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                         G_TYPE_NONE, 0);
}

/**
 * sky_rules_draft_new:
 * @host: not kept alive by it
 * @text: (nullable): what the draft begins as; %NULL: the rules that the host plays, or none
 *
 * The host takes the text at once, if it can. A host has one draft: see sky_rules_draft_of().
 */
SkyRulesDraft *
sky_rules_draft_new (SkyHost *host, const char *text)
{
  SkyRulesDraft *self = g_object_new (SKY_TYPE_RULES_DRAFT, NULL);

  if (text == NULL)
    text = sky_host_get_rules (host);
  g_set_weak_pointer (&self->host, host);
  g_signal_connect_swapped (host, "notify::state", G_CALLBACK (on_state), self);
  self->base = g_strdup (text != NULL ? text : "");
  self->text = g_strdup (self->base);
  judge (self);
  return self;
}

/**
 * sky_rules_draft_of:
 *
 * Returns: (transfer none): the one draft of that host, which lives as long; made with the rules that it
 *   plays if nobody has given it one with sky_rules_draft_keep()
 */
SkyRulesDraft *
sky_rules_draft_of (SkyHost *host)
{
  SkyRulesDraft *draft;

  g_return_val_if_fail (SKY_IS_HOST (host), NULL);

  draft = g_object_get_data (G_OBJECT (host), ON_HOST);
  if (draft == NULL)
    sky_rules_draft_keep (draft = sky_rules_draft_new (host, NULL));
  return draft;
}

/**
 * sky_rules_draft_keep:
 * @self: (transfer full): from now on the draft of its host, for sky_rules_draft_of()
 */
void
sky_rules_draft_keep (SkyRulesDraft *self)
{
  g_return_if_fail (SKY_IS_RULES_DRAFT (self) && self->host != NULL);

  g_object_set_data_full (G_OBJECT (self->host), ON_HOST, self, g_object_unref);
}
