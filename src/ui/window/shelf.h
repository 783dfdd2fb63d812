#pragma once

#include "peer/profile/secrets.h"
#include "ui/kept/recent.h"
#include "ui/kept/saved.h"

/* What the windows of the program share, so that none writes over what another has written. */
typedef struct
{
  SkyRecent  *recent;
  SkySaved   *saved;
  SkySecrets *secrets;
  guint       n_looks; /* how often a window has shown what is in them: it does so after each change */
} SkyShelf;

SkyShelf *sky_shelf_ref_shared (void);
void      sky_shelf_unref (SkyShelf *self);
