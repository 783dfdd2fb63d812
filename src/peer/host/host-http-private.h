#pragma once

#include "peer/host/host-http.h"

/* What an upgrade becomes. */
typedef struct
{
  SkyProtocol protocol;
  guint       revision; /* of Engine.IO, or 0 */
  const char *sid;      /* nullable: of the session that is upgraded */
  gboolean    base64;   /* "b64=1": this client takes no binary messages */
} SkyHostAim;

void     sky_host_http_say (SoupServerMessage *message, guint status, const char *type, const char *body);
void     sky_host_http_hang_up (SoupServerMessage *message);
gboolean sky_host_http_wants_upgrade (SoupServerMessage *message);
void     sky_host_http_grant (SkyHostSocket *socket, SoupServerMessage *message, const SkyHostAim *aim,
                              SkyHostHttpFind find, gpointer user_data);

void     sky_host_http_watch_body (SkyHostSocket *socket, SoupServerMessage *message);
void     sky_host_http_refuse_body (SkyHostSocket *socket);
void     sky_host_http_check_head (SkyHostSocket *socket, SoupServerMessage *message);
void     sky_host_http_refuse_head (SoupServerMessage *message);
void     sky_host_http_refuse_surplus (SoupServerMessage *message);

gboolean sky_host_http_is_welcome (const SkyHostHouse *house, SoupServerMessage *message);
void     sky_host_http_add_cors (const SkyHostHouse *house, SoupServerMessage *message);
gboolean sky_host_http_preflight (const SkyHostHouse *house, SoupServerMessage *message);
void     sky_host_http_add_cookies (SkyHostSession *session, SoupServerMessage *message);
