#pragma once

#include "trace/record-list.h"
#include "ui/follow.h"
#include "ui/layer-switch.h"
#include "ui/timeline.h"

struct _SkyTimeline
{
  GtkWidget           parent_instance;
  GtkWidget          *box, *menu, *empty_button;
  SkyLayerSwitch     *layers;
  GtkEditable        *entry;
  GtkToggleButton    *follow_button;
  GtkLabel           *error, *empty_title, *empty_text;
  GtkStack           *stack;
  GtkScrolledWindow  *scroller;
  GtkColumnView      *view;
  SkyFollow          *follow;
  SkyStore           *store;     /* nullable */
  SkyRecordList      *list;      /* nullable: none without a store */
  GtkSingleSelection *selection; /* nullable */
  guint32             selected;  /* number of the record that was chosen, or SKY_RECORD_NONE */
  guint               tick;      /* 0 while nothing is to be done in the next frame */
  gboolean            socket_io, filtered;
  gboolean            reselecting; /* our own doing, not a person's */
  gboolean            resume;      /* follow again, once a key is done */
};

/* For timeline.c and timeline-actions.c */
void sky_timeline_install_actions (GtkWidgetClass *widget_class);
void sky_timeline_select (SkyTimeline *self, guint32 number);
void sky_timeline_show_all (SkyTimeline *self);
