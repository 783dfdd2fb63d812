#pragma once

#include <gio/gio.h>
#include <json-glib/json-glib.h>

/**
 * SkySecrets:
 *
 * The desktop's secret store, an item for each saved connection. One thing is done after the other,
 * in the order in which it was asked for. A store that is not there, locked or refused is an error
 * of that one operation; none takes longer than its deadline.
 */
#define SKY_TYPE_SECRETS (sky_secrets_get_type ())
G_DECLARE_FINAL_TYPE (SkySecrets, sky_secrets, SKY, SECRETS, GObject)

SkySecrets *sky_secrets_new (void);
void        sky_secrets_store_async (SkySecrets *self, const char *id, const char *label, JsonObject *secrets,
                                     GAsyncReadyCallback callback, gpointer user_data);
gboolean    sky_secrets_store_finish (SkySecrets *self, GAsyncResult *result, GError **error);
void        sky_secrets_lookup_async (SkySecrets *self, const char *id, GCancellable *cancellable,
                                      GAsyncReadyCallback callback, gpointer user_data);
JsonObject *sky_secrets_lookup_finish (SkySecrets *self, GAsyncResult *result, GError **error);
void        sky_secrets_forget_async (SkySecrets *self, const char *id, GAsyncReadyCallback callback,
                                      gpointer user_data);
gboolean    sky_secrets_forget_finish (SkySecrets *self, GAsyncResult *result, GError **error);
