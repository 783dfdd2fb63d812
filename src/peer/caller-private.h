#pragma once

#include "http/http-body.h"
#include "peer/caller.h"

/* One answer on its way: its bytes come in pieces of any size. */
typedef struct
{
  const char *host;      /* borrowed: whom the sentences of errors name */
  GByteArray *head_data; /* until the head is whole: what came; then the head */
  SkyHttpHead head;
  gboolean    has_head;
  gboolean    to_head; /* it answers a HEAD */
  SkyHttpBody framing;
  GByteArray *body;
  guint64     n_bytes;   /* that came, of it and of what stood before it */
  guint       n_interim; /* answers 1xx before it */
  gboolean    done;
  gboolean    excess; /* more came than belongs to it */
} SkyReply;

void       sky_reply_init (SkyReply *self, const char *host, const char *method);
void       sky_reply_clear (SkyReply *self);
gboolean   sky_reply_feed (SkyReply *self, const guint8 *data, gsize len, GError **error);
gboolean   sky_reply_end (SkyReply *self, const GError *why, GError **error);
gboolean   sky_reply_keeps_alive (const SkyReply *self, guint *idle_msec);
SkyAnswer *sky_reply_finish (SkyReply *self, const SkyRoute *route, GError **error);
gboolean   sky_reply_redirect (const SkyReply *self, SkyRoute *route, gboolean *redirects, GError **error);
