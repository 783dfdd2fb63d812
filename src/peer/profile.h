#pragma once

#include <gio/gio.h>

/* The names are those of CLI.md. */
typedef enum
{
  SKY_PROTOCOL_AUTO,
  SKY_PROTOCOL_SOCKET_IO,
  SKY_PROTOCOL_ENGINE_IO,
  SKY_PROTOCOL_WEBSOCKET,
} SkyProtocol;

/**
 * SkyProfile:
 *
 * What a person said of a connection, before it is dialled. Begin with sky_profile_new(), set the
 * fields, then ask sky_profile_resolve() where that leads.
 */
typedef struct
{
  char       *url; /* as typed */
  SkyProtocol protocol;
  char       *path;         /* nullable: "/socket.io/" */
  GStrv       namespaces;   /* nullable: the URL's, or "/" */
  char       *auth;         /* nullable: a JSON object, the CONNECT payload */
  GStrv       headers;      /* nullable: "Name: value" */
  GStrv       query;        /* nullable: "key=value", not encoded yet */
  char       *origin;       /* nullable */
  char       *subprotocols; /* nullable: comma-separated */
  char       *ca_file;      /* nullable */
  gboolean    insecure;
  gboolean    no_deflate;
  guint       timeout_msec; /* 0: 20 s */
} SkyProfile;

/* Where a profile leads. */
typedef struct
{
  char       *host; /* owned; without brackets */
  guint16     port;
  gboolean    tls;
  SkyProtocol protocol;    /* never AUTO */
  char       *host_header; /* owned; "localhost:3000" */
  char       *target;      /* owned; path and query of the WebSocket handshake */
  char       *nsp;         /* owned; Socket.IO: from the URL's path */
} SkyRoute;

SkyProfile *sky_profile_new (const char *url);
SkyProfile *sky_profile_copy (const SkyProfile *self);
void        sky_profile_free (SkyProfile *self);
gboolean    sky_profile_resolve (const SkyProfile *self, SkyRoute *route, GError **error);
void        sky_route_copy (const SkyRoute *route, SkyRoute *copy);
void        sky_route_clear (SkyRoute *route);
const char *sky_protocol_id (SkyProtocol protocol);
gboolean    sky_protocol_from_id (const char *id, SkyProtocol *protocol);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SkyProfile, sky_profile_free)
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SkyRoute, sky_route_clear)
