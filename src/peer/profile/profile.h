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

/* Which transports of Engine.IO, in which order. The names are those of CLI.md. */
typedef enum
{
  SKY_TRANSPORTS_BOTH,            /* "polling,websocket": polling, then upgraded, as socket.io-client does */
  SKY_TRANSPORTS_WEBSOCKET,       /* "websocket" */
  SKY_TRANSPORTS_POLLING,         /* "polling" */
  SKY_TRANSPORTS_WEBSOCKET_FIRST, /* "websocket,polling": polling only if WebSocket fails */
} SkyTransports;

/* How Socket.IO packets become messages. */
typedef enum
{
  SKY_PARSER_AUTO,
  SKY_PARSER_DEFAULT, /* socket.io-parser: JSON, binary as attachments */
  SKY_PARSER_MSGPACK, /* socket.io-msgpack-parser */
} SkyParser;

/* When a connection that broke is dialled again, as socket.io-client's Manager does. */
typedef struct
{
  int   attempts;  /* 0: never; -1: without limit */
  guint delay_msec; /* before the first attempt; doubled for each that follows */
  guint max_msec;  /* the longest delay */
  guint jitter;    /* percent by which a delay is changed at random, up or down: 0–100 */
} SkyReconnect;

/**
 * SkyProfile:
 *
 * What a person said of a connection, before it is dialled. Begin with sky_profile_new(), set the
 * fields, then ask sky_route_resolve() where that leads.
 */
typedef struct
{
  char       *url; /* as typed */
  SkyProtocol protocol;
  char       *path;         /* nullable: "/socket.io/" */
  GStrv       namespaces;   /* nullable: the URL's, or "/" */
  char       *auth;         /* nullable: a JSON object, the CONNECT payload of those without one of their own */
  GStrv       auths;        /* nullable: as long as @namespaces: the payload of each; "" to take @auth */
  GStrv       headers;      /* nullable: "Name: value"; one of the same name replaces a default one */
  GStrv       without;      /* nullable: names of default headers that are left out */
  GStrv       cookies;      /* nullable: "name=value" */
  char       *user;         /* nullable: "name:password", for Authorization: Basic */
  GStrv       query;        /* nullable: "key=value", not encoded yet */
  char       *origin;       /* nullable */
  char       *subprotocols; /* nullable: comma-separated */
  char       *ca_file;      /* nullable: PEM authorities instead of the system's */
  char       *cert_file;    /* nullable: PEM client certificate */
  char       *key_file;     /* nullable: … its key, if it stands in a file of its own */
  char       *accepted;     /* nullable: SHA-256 of the one certificate that is taken although not trusted */
  char       *proxy;        /* nullable: the system's; "none"; or a URI */
  GStrv       replies;      /* nullable: "event=arguments as JSON": answers to acks that the server asks for */
  char       *admin_nsp;    /* nullable: through which namespace a person watched the server: see SkyAdminLogin */
  char       *admin_user, *admin_password; /* nullable: … and as whom */
  gboolean    insecure;     /* any certificate is taken */
  gboolean    no_deflate;
  gboolean    no_upgrade;   /* stay on polling */
  SkyTransports transports;
  guint       eio;          /* 3 or 4; 0 to find out */
  SkyParser   parser;
  SkyReconnect reconnect;
  guint       timeout_msec; /* of the dial and each handshake; 0: 20 s */
} SkyProfile;

SkyProfile *sky_profile_new (const char *url);
SkyProfile *sky_profile_copy (const SkyProfile *self);
void        sky_profile_free (SkyProfile *self);
const char *sky_profile_get_auth (const SkyProfile *self, const char *nsp);
const char *sky_profile_get_reply (const SkyProfile *self, const char *event);
guint       sky_reconnect_delay (const SkyReconnect *self, guint attempt, double chance);
const char *sky_transports_id (SkyTransports transports);
gboolean    sky_transports_from_id (const char *id, SkyTransports *transports);
const char *sky_parser_id (SkyParser parser);
gboolean    sky_parser_from_id (const char *id, SkyParser *parser);
const char *sky_protocol_id (SkyProtocol protocol);
gboolean    sky_protocol_from_id (const char *id, SkyProtocol *protocol);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SkyProfile, sky_profile_free)
