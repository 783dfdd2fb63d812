#pragma once

#include "trace/record-list.h"
#include "ui/timeline/follow.h"
#include "ui/timeline/layer-switch.h"
#include "ui/timeline/timeline.h"

struct _SkyTimeline
{
  GtkWidget           parent_instance;
  GtkWidget          *box, *menu, *empty_button;
  SkyLayerSwitch     *layers;
  GtkEditable        *entry;
  GtkToggleButton    *follow_button, *hidden_button;
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
  char               *hidden;    /* nullable: the namespace that stands on @hidden_button */
  gboolean            socket_io;
  gboolean            reveal;      /* scroll to the selected record as soon as it is listed */
  gboolean            reselecting; /* our own doing, not a person's */
  gboolean            resume;      /* follow again, once a key is done */
};

/* Between the timeline's three files */
void sky_timeline_install_actions (GtkWidgetClass *widget_class);
void sky_timeline_install_filter (GtkWidgetClass *widget_class);
void sky_timeline_update_actions (SkyTimeline *self);
void sky_timeline_select (SkyTimeline *self, guint32 number);
void sky_timeline_list_changed (SkyTimeline *self);
void sky_timeline_apply_filter (SkyTimeline *self);
void sky_timeline_show_all (SkyTimeline *self);
void sky_timeline_update_hidden (SkyTimeline *self);
void sky_timeline_update_placeholder (SkyTimeline *self);
