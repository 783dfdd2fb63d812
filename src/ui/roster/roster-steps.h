#pragma once

#include <glib.h>

/* Rows at @position: @n_gone of them went, @n_came are there instead. */
typedef void (*SkyRosterStepFunc) (guint position, guint n_gone, guint n_came, gpointer user_data);

/* Two rows change places among the keys. Returns: whether they can, by showing each the other's */
typedef gboolean (*SkyRosterSwapFunc) (guint position, guint other, gpointer user_data);

gboolean sky_roster_steps_is_same (GPtrArray *keys, GPtrArray *after);
gboolean sky_roster_steps_take (GPtrArray *keys, GPtrArray *after, guint budget, SkyRosterStepFunc func,
                                SkyRosterSwapFunc swap, gpointer user_data);
