#pragma once

#include "peer/client/client.h"
#include "ui/compose/history.h"

typedef enum
{
  SKY_TOLD_NOTHING,
  SKY_TOLD_WAITING, /* for a file or an ack */
  SKY_TOLD_DONE,
  SKY_TOLD_WARNING,
  SKY_TOLD_ERROR,
} SkyTold;

/**
 * SkySender:
 *
 * Hands what a person composed to the client, reads the files that it names, waits for the ack,
 * and puts it into the history.
 *
 * Signal "told" (guint SkyTold, const char *text): how the latest of these fares.
 */
#define SKY_TYPE_SENDER (sky_sender_get_type ())
G_DECLARE_FINAL_TYPE (SkySender, sky_sender, SKY, SENDER, GObject)

SkySender  *sky_sender_new (void);
void        sky_sender_set_client (SkySender *self, SkyClient *client);
SkyClient  *sky_sender_get_client (SkySender *self);
SkyHistory *sky_sender_get_history (SkySender *self);
const char *sky_sender_get_url (SkySender *self);
const char *sky_sender_get_obstacle (SkySender *self, const char *nsp);
gboolean    sky_sender_would_hold (SkySender *self, const char *nsp);
void        sky_sender_send (SkySender *self, SkySent *sent);
void        sky_sender_tell (SkySender *self, SkyTold told, const char *text);
