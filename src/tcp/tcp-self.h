#pragma once

#include <gio/gio.h>

/* A certificate of one's own, made on the spot, that nobody vouches for. */
GTlsCertificate *sky_tcp_self_sign (const char *const *names, GError **error);
