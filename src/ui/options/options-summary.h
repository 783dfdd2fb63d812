#pragma once

#include "peer/profile/profile.h"

GStrv        sky_options_summarize (const SkyProfile *profile);
SkyReconnect sky_options_default_reconnect (const SkyProfile *profile);
void         sky_options_follow_protocol (SkyProfile *profile, const SkyProfile *before);
