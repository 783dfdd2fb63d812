#pragma once

#include <gtk/gtk.h>

/* One line to choose from; all strings nullable but @title. */
typedef struct
{
  const char *mark;   /* a glyph before it */
  const char *title;  /* what is chosen */
  const char *note;   /* more about it, dim */
  const char *aside;  /* at the end */
  const char *spoken; /* for who hears it; @title if NULL */
} SkyChoice;

#define SKY_CHOICE_NONE G_MAXUINT

/**
 * SkyCompletePopover:
 *
 * A short list above an entry, which keeps the focus: who types goes on typing. Keys reach the list through
 * sky_complete_popover_press().
 *
 * Signal "chosen" (guint index): by Return or a click; the list is hidden by then.
 */
#define SKY_TYPE_COMPLETE_POPOVER (sky_complete_popover_get_type ())
G_DECLARE_FINAL_TYPE (SkyCompletePopover, sky_complete_popover, SKY, COMPLETE_POPOVER, GtkPopover)

SkyCompletePopover *sky_complete_popover_new (GtkWidget *entry);
void                sky_complete_popover_clear (SkyCompletePopover *self, const char *label, gboolean columns);
void                sky_complete_popover_add (SkyCompletePopover *self, const SkyChoice *choice);
void                sky_complete_popover_open (SkyCompletePopover *self, guint selected);
gboolean            sky_complete_popover_press (SkyCompletePopover *self, guint keyval);
