#pragma once

#include "ui/detail/hex-rows.h"
#include "ui/detail/hex-view.h"

/* Bytes of one buffer that share a colour. */
typedef struct
{
  guint buffer, hue;
  gsize start, len;
} SkyHexSpan;

struct _SkyHexView
{
  GtkWidget      parent_instance;
  GtkAdjustment *adjustments[2]; /* by GtkOrientation */
  guint          policies[2];    /* GtkScrollablePolicy */
  SkyHexRows     rows;
  GArray        *marks;     /* of SkyHexSpan, in order of drawing */
  SkyHexSpan     highlight; /* len is 0 if there is none */
  double         char_width, row_height; /* logical pixels; 0 until known */
  guint          cursor_buffer;
  gsize          anchor, cursor; /* what lies between them is selected, both included */
  gboolean       has_cursor;
};

void     sky_hex_view_draw (SkyHexView *self, GtkSnapshot *snapshot);
gboolean sky_hex_view_locate (SkyHexView *self, double x, double y, guint *buffer, gsize *offset);
void     sky_hex_view_reveal (SkyHexView *self, guint buffer, gsize offset);
void     sky_hex_view_install_keys (GtkWidgetClass *widget_class);
void     sky_hex_view_add_pointer (SkyHexView *self);
