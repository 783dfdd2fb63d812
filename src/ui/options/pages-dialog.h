#pragma once

#include <gtk/gtk.h>

#include "ui/options/options-form.h"

/**
 * SkyPagesDialog:
 *
 * A window with pages of options, one form each. A page with something wrong on it is marked in the list of pages, as
 * the person may look at another one, and nothing can be applied until it is mended. It begins with the page that was
 * shown last, and destroys itself when it is done.
 *
 * Signal "apply" (gboolean now): what is on the pages shall hold, and at once if @now.
 */
#define SKY_TYPE_PAGES_DIALOG (sky_pages_dialog_get_type ())
G_DECLARE_FINAL_TYPE (SkyPagesDialog, sky_pages_dialog, SKY, PAGES_DIALOG, GtkWindow)

/* What one kind of such a dialog says, to be translated, and does. @data: see sky_pages_dialog_new() */
typedef struct
{
  const char *title, *apply_tip;
  const char *now, *now_tip; /* the button for "apply" with @now */

  /* Marks what is wrong on a page, shows and greys what depends on other fields. Returns: whether all is right */
  gboolean (*check) (SkyOptionsForm *form, guint page, gpointer data);
  /* nullable; before "apply". Returns: %FALSE with @error if it cannot be: that is told, and the dialog stays */
  gboolean (*store) (SkyPagesDialog *self, gpointer data, GError **error);
} SkyPagesDialogKind;

GtkWidget      *sky_pages_dialog_new (GtkWindow *parent, const SkyPagesDialogKind *kind, gpointer data, GDestroyNotify free_data);
SkyOptionsForm *sky_pages_dialog_add_page (SkyPagesDialog *self, const char *id, const char *title);
SkyOptionsForm *sky_pages_dialog_get_page (SkyPagesDialog *self, guint page);
gpointer        sky_pages_dialog_get_data (SkyPagesDialog *self);
void            sky_pages_dialog_set_foot (SkyPagesDialog *self, const char *text, gboolean offers_now);
void            sky_pages_dialog_begin (SkyPagesDialog *self, const char *page);
