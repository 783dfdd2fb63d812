#pragma once

#include <glib.h>

#include "peer/rules/rules-reader.h"

/* What the numbers of a server may be at most, wherever they are given: RULES.md, "server". */
#define SKY_RULES_MAX_MSEC        86400000   /* a day: what a delay may be, too */
#define SKY_RULES_MAX_PAYLOAD     67108864   /* bytes */
#define SKY_RULES_MAX_CONNECTIONS 100000
#define SKY_RULES_MAX_BUFFERED    1073741824 /* bytes */

typedef enum
{
  SKY_RULES_SOCKET_IO,
  SKY_RULES_ENGINE_IO,
  SKY_RULES_WEBSOCKET,
} SkyRulesProtocol;

typedef enum
{
  SKY_RULES_POLLING = 1 << 0,
  SKY_RULES_TRANSPORT_WEBSOCKET = 1 << 1,
} SkyRulesTransports;

typedef enum
{
  SKY_RULES_TO_SELF,
  SKY_RULES_TO_ALL,
  SKY_RULES_TO_OTHERS,
  SKY_RULES_TO_ROOMS, /* and ids of sockets */
} SkyRulesTo;

typedef enum
{
  SKY_RULES_CLOSE_ENGINE, /* the session of Engine.IO */
  SKY_RULES_CLOSE_TCP,    /* without a word */
  SKY_RULES_CLOSE_CODE,   /* as RFC 6455 §7 */
} SkyRulesClose;

/* How a server is set up: "server" of a rules file, with what is the default for the rest. */
typedef struct
{
  gint64   protocol;   /* SkyRulesProtocol */
  gint64   port;       /* 0: any free one; -1: the file does not say */
  char    *bind;       /* "127.0.0.1" */
  char    *path;       /* nullable: any, as websocket servers have it */
  gint64   transports; /* SkyRulesTransports */
  gboolean eio3;
  gint64   ping_interval_msec, ping_timeout_msec, connect_timeout_msec, upgrade_timeout_msec;
  gint64   max_payload; /* bytes */
  char   **cors;        /* nullable: no CORS; origins, or "*" alone */
  gboolean check_origin; /* who comes from any other origin is refused */
  gboolean per_message_deflate;
  gboolean msgpack;
  gint64   recovery_msec; /* 0: no recovery of connection state */
  char    *cookie;        /* nullable: no cookie; its name */
  char    *cookie_attributes; /* "; Path=/; HttpOnly; SameSite=Lax" */
  char   **set_cookies;       /* nullable: values of further Set-Cookie headers */
  gint64   handshake_delay_msec;
  char    *deny_query; /* nullable: the key */
  gint64   max_connections, max_buffered, idle_timeout_msec; /* max_buffered: bytes of each client */
  gboolean self_signed;
  char    *tls_cert, *tls_key; /* nullable: files */
  gboolean admin;
  char    *admin_username, *admin_password; /* nullable: no one is asked */
  gboolean admin_readonly, admin_production;
} SkyRulesServer;

/* One entry of a rules file, as a list of rules shows it. */
typedef struct
{
  char *path;  /* "namespaces./.on.join", "namespaces./.reject[0]", "onMessage[1]" */
  char *nsp;   /* nullable: the namespace as the file names it */
  char *label; /* "join", "onConnect", "reject 1", "onMessage 2" */
  guint line;  /* where it stands, from 1 */
} SkyRulesRow;

/**
 * SkyRules:
 *
 * A rules file that has no mistakes: see sky_rules_load(). It never changes and may be shared.
 */
typedef struct _SkyRules SkyRules;

/* What a namespace answers. Belongs to its SkyRules. */
typedef struct _SkyRulesSpace SkyRulesSpace;

SkyRules *sky_rules_load (const char *text, gsize len, GError **error);
SkyRules *sky_rules_ref (SkyRules *self);
void      sky_rules_unref (SkyRules *self);

const char           *sky_rules_get_name (const SkyRules *self);
const SkyRulesServer *sky_rules_get_server (const SkyRules *self);
guint                 sky_rules_get_n_rows (const SkyRules *self);
const SkyRulesRow    *sky_rules_get_row (const SkyRules *self, guint index);

const SkyRulesSpace *sky_rules_find_space (const SkyRules *self, const char *nsp);
GPtrArray           *sky_rules_get_space_names (const SkyRules *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SkyRules, sky_rules_unref)
