#pragma once

#include "peer/profile/profile.h"

/* Where a profile leads. */
typedef struct
{
  char       *host; /* owned; without brackets */
  guint16     port;
  gboolean    tls;
  SkyProtocol protocol;    /* never AUTO */
  char       *host_header; /* owned; "localhost:3000" */
  char       *base;        /* owned; path and query, on Engine.IO without what belongs to the engine */
  char       *target;      /* owned; path and query of the request: see sky_route_aim() */
  char       *nsp;         /* owned; Socket.IO: from the URL's path */
  guint       eio;         /* 3 or 4 if profile or URL say so, else 0 */
  SkyTransports transports;
} SkyRoute;

gboolean sky_route_resolve (SkyRoute *route, const SkyProfile *profile, GError **error);
char    *sky_route_make_origin (const SkyProfile *profile);
gboolean sky_route_same_server (const SkyProfile *a, const SkyProfile *b);
void     sky_route_aim (SkyRoute *route, guint revision, const char *transport, const char *sid);
void     sky_route_copy (const SkyRoute *route, SkyRoute *copy);
void     sky_route_clear (SkyRoute *route);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SkyRoute, sky_route_clear)
