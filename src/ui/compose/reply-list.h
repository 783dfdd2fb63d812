#pragma once

#include <gtk/gtk.h>

#include "peer/client/client.h"

/**
 * SkyReplyList:
 *
 * What is answered by itself, and what never: each with a button to end that.
 *
 * Signal "removed" (const char *event).
 */
#define SKY_TYPE_REPLY_LIST (sky_reply_list_get_type ())
G_DECLARE_FINAL_TYPE (SkyReplyList, sky_reply_list, SKY, REPLY_LIST, GtkWidget)

void sky_reply_list_fill (SkyReplyList *self, SkyClient *client, GHashTable *never);
