#pragma once

#include <glib.h>

/* A moment in which nothing has changed: time to look at what was typed. */
typedef struct
{
  guint           msec; /* how long that is */
  GSourceOnceFunc func;
  gpointer        user_data;
  guint           source; /* 0: nothing has changed since */
} SkySettle;

void sky_settle_wait (SkySettle *self);
void sky_settle_now (SkySettle *self);
void sky_settle_stop (SkySettle *self);
