#pragma once

#include <gio/gio.h>

const char *sky_file_problem (const GError *error);
