#pragma once

#include "peer/host/host-socket.h"

#define SKY_HOST_RDHUP 0x2000 /* POLLRDHUP of Linux: the peer says nothing more */

void     sky_host_socket_end_request (SkyHostSocket *self);
void     sky_host_socket_expect_next (SkyHostSocket *self);
GSocket *sky_host_socket_find (SkyHostSocket *self);
