#include "ui/compose/compose-draft.h"

#define DRAFT_KEY           "sky-compose-draft"
#define DEFAULT_TIMEOUT_SEC 5

static void
draft_free (gpointer data)
{
  SkyComposeDraft *self = data;

  g_free (self->page);
  g_free (self->nsp);
  g_free (self->event);
  g_free (self->args);
  g_free (self->text);
  g_free (self->binary);
  g_free (self);
}

/**
 * sky_compose_draft_of:
 *
 * The draft lives as long as the client: it outlasts its connections, and the page that shows it.
 *
 * Returns: (transfer none): the client's draft, made empty when first asked for
 */
SkyComposeDraft *
sky_compose_draft_of (SkyClient *client)
{
  SkyComposeDraft *self = g_object_get_data (G_OBJECT (client), DRAFT_KEY);

  if (self != NULL)
    return self;
  self = g_new0 (SkyComposeDraft, 1);
  self->page = g_strdup ("");
  self->nsp = g_strdup ("");
  self->event = g_strdup ("");
  self->args = g_strdup ("");
  self->text = g_strdup ("");
  self->binary = g_strdup ("");
  self->timeout_sec = DEFAULT_TIMEOUT_SEC;
  g_object_set_data_full (G_OBJECT (client), DRAFT_KEY, self, draft_free);
  return self;
}
