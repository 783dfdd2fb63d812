#pragma once

#include "peer/host/host-session.h"

/* Finds the connection that a request came on; NULL once it is gone. */
typedef SkyHostSocket *(*SkyHostHttpFind) (SoupServerMessage *message, gpointer user_data);

void sky_host_http_begin (SkyHostSocket *socket, SoupServerMessage *message, const char *path, GHashTable *query);
void sky_host_http_answer (SkyHostSocket *socket, SoupServerMessage *message, const char *path,
                           GHashTable *query, SkyHostHttpFind find, gpointer user_data);
