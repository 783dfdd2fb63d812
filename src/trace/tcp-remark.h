#pragma once

#include "trace/capture-file.h"
#include "trace/store.h"

/* What a Sockeye capture says of a packet in its comment: JSON, see pcapng-write.c. */
typedef struct
{
  char *what, *text, *name, *role, *layer, *kind, *from; /* owned, nullable; UTF-8 */
  guint64 id; /* of a link; %G_MAXUINT64 if there is none */
  gboolean quiet;
} SkyTcpRemark;

gboolean     sky_tcp_remark_read (SkyTcpRemark *self, const SkyCapturePacket *packet);
void         sky_tcp_remark_clear (SkyTcpRemark *self);
SkyStoreRole sky_tcp_remark_get_role (const SkyTcpRemark *self);
SkyFrom      sky_tcp_remark_get_from (const SkyTcpRemark *self);
gboolean     sky_tcp_remark_get_kind (const SkyTcpRemark *self, SkyKind *kind);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SkyTcpRemark, sky_tcp_remark_clear)
