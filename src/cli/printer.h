#pragma once

#include "trace/store.h"

/* Prints a trace as it grows: data for standard output. */
typedef struct _SkyPrinter SkyPrinter;

typedef enum
{
  SKY_PRINT_LINES,
  SKY_PRINT_JSON,
  SKY_PRINT_NOTHING,
} SkyPrintStyle;

SkyPrinter *sky_printer_new (SkyStore *store, const char *layers, const char *filter, GError **error);
void        sky_printer_free (SkyPrinter *self);
void        sky_printer_set_style (SkyPrinter *self, SkyPrintStyle style);
void        sky_printer_set_limit (SkyPrinter *self, guint count, void (*reached) (gpointer), gpointer user_data);
void        sky_printer_print_new (SkyPrinter *self);
void        sky_printer_say (SkyPrinter *self, const char *line);
void        sky_printer_finish (SkyPrinter *self);
gboolean    sky_printer_is_done (SkyPrinter *self);
gboolean    sky_printer_is_behind (SkyPrinter *self);
const char *sky_printer_get_trouble (SkyPrinter *self);
