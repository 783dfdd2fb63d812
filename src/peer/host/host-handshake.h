#pragma once

#include "peer/host/host-session.h"

/* How a session came, in the words of socket.io's `handshake`; all of it JSON unless it says otherwise. */
void     sky_host_handshake_keep (SkyHostSession *session, SoupServerMessage *message);
void     sky_host_handshake_append_text (GString *json, const char *text);
void     sky_host_handshake_append_headers (GString *json, SoupMessageHeaders *headers);
char    *sky_host_handshake_get_address (SkyHostSession *session);
char    *sky_host_handshake_get_time (SkyHostSession *session);
char    *sky_host_handshake_get_path (SkyHostSession *session);
gboolean sky_host_handshake_is_secure (SkyHostSession *session);
gboolean sky_host_handshake_is_xdomain (SkyHostSession *session);

const char         *sky_host_handshake_get_query (SkyHostSession *session);
SoupMessageHeaders *sky_host_handshake_get_headers (SkyHostSession *session);
