#include "ui/host/host-setup.h"

#include "ui/ui.h"

static const struct
{
  const char *id, *title;
} pages[SKY_N_HOST_PAGES] = {
  [SKY_HOST_PAGE_ENGINE] = { "engine", N_("Engine.IO") },
  [SKY_HOST_PAGE_WEB] = { "web", N_("Web pages") },
  [SKY_HOST_PAGE_SECURITY] = { "security", N_("Security") },
  [SKY_HOST_PAGE_RECOVERY] = { "recovery", N_("Recovery") },
  [SKY_HOST_PAGE_ADMIN] = { "admin", N_("Admin") },
};

typedef struct
{
  SkyRulesDraft *draft;  /* owned */
  GPtrArray     *before; /* of each field what it made when it was loaded: JSON, owned, nullable */
} Setup;

static void
setup_free (gpointer data)
{
  Setup *setup = data;

  g_object_unref (setup->draft);
  g_ptr_array_unref (setup->before);
  g_free (setup);
}

static gboolean
check (SkyOptionsForm *form, guint page, gpointer data)
{
  gboolean right = TRUE;

  for (guint i = 0; i < sky_n_host_fields; i++)
    {
      const SkyHostField *field = &sky_host_fields[i];

      if (field->page == page && field->check != NULL)
        right &= field->check (field, form);
    }
  return right;
}

/* What the person did not touch stays as it is spelled. */
static gboolean
store (SkyPagesDialog *self, gpointer data, GError **error)
{
  Setup *setup = data;

  for (guint i = 0; i < sky_n_host_fields; i++)
    {
      const SkyHostField *field = &sky_host_fields[i];
      g_autofree char *json = field->make (field, sky_pages_dialog_get_page (self, field->page));

      if (g_strcmp0 (json, setup->before->pdata[i]) == 0)
        continue;
      sky_host_setup_begin (setup->draft);
      if (!sky_rules_draft_set_server (setup->draft, field->member, json, error))
        return FALSE;
      g_free (setup->before->pdata[i]);
      setup->before->pdata[i] = g_steal_pointer (&json);
    }
  return TRUE;
}

static const SkyPagesDialogKind kind = {
  .title = N_("Server options"),
  .apply_tip = N_("Write this into the rules (Ctrl+Return)"),
  .now = N_("Apply and restart"),
  .now_tip = N_("Write this into the rules, and start the server again with it"),
  .check = check,
  .store = store,
};

static void
load (SkyPagesDialog *self, Setup *setup)
{
  const SkyHostOptions *options = sky_host_get_options (sky_rules_draft_get_host (setup->draft));

  for (guint i = 0; i < sky_n_host_fields; i++)
    {
      const SkyHostField *field = &sky_host_fields[i];
      SkyOptionsForm *form = sky_pages_dialog_get_page (self, field->page);
      g_autofree char *json = sky_rules_draft_get_server (setup->draft, field->member);

      field->load (field, form, json);
      g_ptr_array_add (setup->before, field->make (field, form));
      sky_options_form_set_sensitive (form, field->member,
                                      (!field->of_socket_io || options->protocol == SKY_PROTOCOL_SOCKET_IO)
                                          && (!field->of_engine_io || options->protocol != SKY_PROTOCOL_WEBSOCKET));
    }
}

static void
on_state (SkyPagesDialog *self, GParamSpec *property, SkyHost *host)
{
  gboolean open = sky_peer_get_state (SKY_PEER (host)) == SKY_PEER_OPEN;

  sky_pages_dialog_set_foot (self,
                             open ? _("The server runs. Encryption, pings and the parser change when it is started "
                                      "again; all else at once.")
                                  : NULL,
                             open);
}

/**
 * sky_host_setup_dialog_new:
 * @draft: whose `server` is shown to be changed
 * @page: the page to begin with: "engine", "web", "security", "recovery", "admin"; "" for the last one
 *
 * Returns: (transfer none): a SkyPagesDialog; once it is applied the rules are changed, and now is to start a running
 *   server again
 */
GtkWidget *
sky_host_setup_dialog_new (GtkWindow *parent, SkyRulesDraft *draft, const char *page)
{
  Setup *setup = g_new0 (Setup, 1);
  GtkWidget *dialog = sky_pages_dialog_new (parent, &kind, setup, setup_free);
  SkyPagesDialog *self = SKY_PAGES_DIALOG (dialog);
  SkyHost *host = sky_rules_draft_get_host (draft);

  *setup = (Setup) { g_object_ref (draft), g_ptr_array_new_with_free_func (g_free) };
  for (guint i = 0; i < SKY_N_HOST_PAGES; i++)
    sky_pages_dialog_add_page (self, pages[i].id, _(pages[i].title));
  for (guint i = 0; i < sky_n_host_fields; i++)
    sky_host_fields[i].build (&sky_host_fields[i], sky_pages_dialog_get_page (self, sky_host_fields[i].page));
  load (self, setup);
  sky_host_setup_tls_show_certificate (sky_pages_dialog_get_page (self, SKY_HOST_PAGE_SECURITY), host);
  on_state (self, NULL, host);
  g_signal_connect_object (host, "notify::state", G_CALLBACK (on_state), self, G_CONNECT_SWAPPED);
  sky_pages_dialog_begin (self, *page != '\0' ? page : NULL);
  return dialog;
}
