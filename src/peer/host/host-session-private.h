#pragma once

#include "peer/host/host-session.h"

void sky_host_session_clear_timers (SkyHostSession *self);
void sky_host_session_end (SkyHostSession *self, const char *why);
