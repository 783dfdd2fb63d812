#pragma once

#include "cli/printer.h"
#include "peer/host/host.h"

/**
 * HostOrders:
 *
 * What “host” can be told to do on standard input. Answers to a question are printed once all are there, or
 * its time is up: one JSON object on standard output.
 */
typedef struct _HostOrders HostOrders;

HostOrders *host_orders_new (SkyHost *host, SkyPrinter *printer);
void        host_orders_free (HostOrders *self);
gboolean    host_orders_take (HostOrders *self, const char *json, GError **error);
