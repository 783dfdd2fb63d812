#pragma once

#include "peer/host/host.h"

void    sky_host_options_dup (const SkyHostOptions *from, SkyHostOptions *to);
void    sky_host_options_copy (const SkyHostOptions *from, SkyHostOptions *to);
void    sky_host_options_clear (SkyHostOptions *self);
guint64 sky_host_options_get_max_echo (const SkyHostOptions *given);
