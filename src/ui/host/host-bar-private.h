#pragma once

#include "peer/rules/rules-draft.h"
#include "ui/host/host-banners.h"
#include "ui/host/host-bar.h"
#include "ui/host/host-code-button.h"
#include "ui/host/host-place.h"

struct _SkyHostBar
{
  GtkWidget       parent_instance;
  GtkWidget      *box, *options, *bind, *port, *path, *wrong_box, *instead;
  GtkLabel       *n_options, *wrong;
  SkyHostCodeButton *code;
  GtkDropDown    *protocol;
  GtkButton      *action;
  SkyHostBanners *banners; /* borrowed */
  SkyHost        *host;
  SkyRulesDraft  *draft;
  gboolean        again;   /* it is started as soon as it has stopped */
  gboolean        loading; /* the fields change by our own hand */
  gboolean        typed[SKY_N_HOST_PLACES]; /* there, and not taken yet */
};

void     sky_host_bar_refresh (SkyHostBar *self, gboolean force);
void     sky_host_bar_restart (SkyHostBar *self);

/* In host-bar-entries.c */
gboolean sky_host_bar_is_at_rest (SkyHostBar *self);
void     sky_host_bar_show_wrong (SkyHostBar *self, GtkWidget *entry, const char *message);
gboolean sky_host_bar_set_server (SkyHostBar *self, GtkWidget *entry, const char *member, const char *json);
void     sky_host_bar_show_entries (SkyHostBar *self, gboolean force);
void     sky_host_bar_mark_typed (SkyHostBar *self, GtkWidget *entry);
void     sky_host_bar_take_entries (SkyHostBar *self);
