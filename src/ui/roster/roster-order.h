#pragma once

#include <gtk/gtk.h>

#include "peer/roster/roster.h"

/* What rows of a roster are put in order by. */
typedef enum
{
  SKY_ROSTER_BY_COMING, /* as they came; rooms by their names */
  SKY_ROSTER_BY_NAME,
  SKY_ROSTER_BY_COUNT,  /* of sockets */
  SKY_ROSTER_BY_RATE,   /* events a second */
  SKY_ROSTER_BY_SPACE,
  SKY_ROSTER_BY_ADDRESS,
  SKY_ROSTER_BY_TRANSPORT,
  SKY_ROSTER_BY_LATENCY,
  SKY_ROSTER_BY_BUFFERED,
  SKY_ROSTER_BY_IN,
  SKY_ROSTER_BY_OUT,
} SkyRosterBy;

typedef struct
{
  SkyRosterBy by;
  gboolean    descending;
} SkyRosterOrder;

/* Numbers of rows, as they were within the last second: rows that change places faster nobody can read. */
typedef struct _SkyRosterMeasures SkyRosterMeasures;

SkyRosterMeasures *sky_roster_measures_new (SkyRoster *roster);
void               sky_roster_measures_free (SkyRosterMeasures *self);
void               sky_roster_measures_sort (SkyRosterMeasures *self, GPtrArray *keys, const SkyRosterOrder *order);

/* The titles of a table choose the order, and so does a menu of them, for the keyboard. */
void           sky_roster_order_offer (GtkColumnView *view, GtkColumnViewColumn *column, SkyRosterBy by);
SkyRosterOrder sky_roster_order_get (GtkColumnView *view);
void           sky_roster_order_set (GtkColumnView *view, SkyRosterOrder order);

typedef struct
{
  SkyRosterBy by;
  const char *title;
} SkyRosterOffer;

void sky_roster_order_fill_menu (GtkMenuButton *button, GtkColumnView *view, const SkyRosterOffer *offers,
                                 gsize n_offers, GMenuModel *more);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SkyRosterMeasures, sky_roster_measures_free)
