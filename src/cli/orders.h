#pragma once

#include <gio/gio.h>

/**
 * Orders:
 *
 * Commands that come on standard input, one JSON object a line. They are done one after the
 * other: the next line is read when the one before was taken.
 */
typedef struct _Orders Orders;

/* Does one order. Returns: %TRUE if it was taken or is wrong; %FALSE to be called with it again later */
typedef gboolean (*OrdersFunc) (const char *json, gpointer user_data);

Orders *orders_new (OrdersFunc func, void (*ended) (gpointer), gpointer user_data);
void    orders_free (Orders *self);

gboolean orders_member_string (const char *json, const char *name, char **out);
gboolean orders_member_raw (const char *json, const char *name, char **out);
gboolean orders_member_uint (const char *json, const char *name, guint64 *out);
gboolean orders_member_true (const char *json, const char *name);
gboolean orders_member_false (const char *json, const char *name);
gboolean orders_split_event (const char *array, char **event, char **args);
