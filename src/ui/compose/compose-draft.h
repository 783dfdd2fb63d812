#pragma once

#include "peer/client/client.h"
#include "ui/compose/binary-text.h"

/* What a person has written for one client and may not have sent; never NULL strings. */
typedef struct
{
  char           *page; /* the composer's, that was in front; "" if none was chosen */
  char           *nsp, *event, *args;
  gboolean        ask, is_volatile;
  guint           timeout_sec;
  char           *text, *binary; /* of the raw message */
  gboolean        is_binary;
  SkyBinaryFormat format;
} SkyComposeDraft;

SkyComposeDraft *sky_compose_draft_of (SkyClient *client);
