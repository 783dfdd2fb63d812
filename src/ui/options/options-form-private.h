#pragma once

#include "ui/options/options-form.h"

/* All borrowed */
typedef struct
{
  GtkWidget *label, *control, *below;
  GtkLabel  *error;
} SkyOptionsField;

struct _SkyOptionsForm
{
  GtkWidget   parent_instance;
  GtkWidget  *scroller;
  GtkGrid    *grid;
  GHashTable *fields; /* id (static) to SkyOptionsField, owned */
  int         n_rows;
};

SkyOptionsField *sky_options_form_find (SkyOptionsForm *self, const char *id);
