#pragma once

#include "trace/feed.h"
#include "trace/tcp-packet.h"

/**
 * SkyTcpJoin:
 *
 * Makes connections out of captured packets: puts each direction's bytes in order, drops what was
 * sent twice, says where bytes are missing, and gives them to a feed a connection.
 */
typedef struct _SkyTcpJoin SkyTcpJoin;

SkyTcpJoin *sky_tcp_join_new (SkyStore *store);
void        sky_tcp_join_free (SkyTcpJoin *self);
void        sky_tcp_join_take (SkyTcpJoin *self, const SkyCapturePacket *packet);
void        sky_tcp_join_end (SkyTcpJoin *self);
void        sky_tcp_join_note (SkyTcpJoin *self, const char *name, const char *text);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SkyTcpJoin, sky_tcp_join_free)
