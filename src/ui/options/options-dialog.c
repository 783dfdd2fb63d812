#include "ui/options/options-dialog.h"

#include "ui/options/options-pages.h"
#include "ui/ui.h"

static gboolean
check (SkyOptionsForm *form, guint page, gpointer data)
{
  return sky_options_pages[page]->check (form);
}

static const SkyPagesDialogKind kind = {
  .title = N_("Connection options"),
  .apply_tip = N_("Use this from the next connect on (Ctrl+Return)"),
  .now = N_("Reconnect now"),
  .now_tip = N_("Apply, disconnect, and connect with it"),
  .check = check,
};

/* Returns: (transfer full): the profile with what is on the pages of @self, one of sky_options_dialog_new() */
SkyProfile *
sky_options_dialog_make_profile (SkyPagesDialog *self)
{
  SkyProfile *profile = sky_profile_copy (sky_pages_dialog_get_data (self));

  for (guint i = 0; i < SKY_OPTIONS_N_PAGES; i++)
    sky_options_pages[i]->store (sky_pages_dialog_get_page (self, i), profile);
  return profile;
}

/**
 * sky_options_dialog_new:
 * @profile: shown to be changed; copied
 * @status: (nullable): if there is a connection that would have to be made again: that it is so, a sentence
 *
 * Returns: (transfer none): a SkyPagesDialog
 */
GtkWidget *
sky_options_dialog_new (GtkWindow *parent, const SkyProfile *profile, const char *status)
{
  GtkWidget *dialog
      = sky_pages_dialog_new (parent, &kind, sky_profile_copy (profile), (GDestroyNotify) sky_profile_free);
  SkyPagesDialog *self = SKY_PAGES_DIALOG (dialog);

  for (guint i = 0; i < SKY_OPTIONS_N_PAGES; i++)
    {
      const SkyOptionsPage *page = sky_options_pages[i];
      SkyOptionsForm *form = sky_pages_dialog_add_page (self, page->id, _(page->title));

      page->build (form);
      page->load (form, profile);
    }
  sky_pages_dialog_set_foot (self, status, status != NULL);
  sky_pages_dialog_begin (self, NULL);
  return dialog;
}
