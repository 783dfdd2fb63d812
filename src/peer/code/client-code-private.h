#pragma once

#include "peer/code/client-code.h"

/* What every snippet is made of. Owned; JSON is also right as JavaScript and as Python: it has no null, true or false. */
typedef struct
{
  SkyProtocol   protocol;
  SkyTransports transports;
  gboolean      msgpack;
  gboolean      any_page;   /* its CORS let pages of every origin in */
  gboolean      everywhere; /* it listens on all addresses: others use another one than this */
  char         *http, *ws;  /* "https://127.0.0.1:3000", "wss://127.0.0.1:3000" */
  char         *path;       /* "/socket.io/" */
  char         *pem;        /* nullable: the certificate that nobody vouches for; its lines end with newlines */
  gboolean      tls_file;   /* its certificate is from a file: who vouches for it is not known here */

  char    *nsp;     /* "/chat" */
  char    *event;   /* nullable: the first that its rules answer */
  char    *args;    /* what goes with it: JSON without brackets, perhaps empty */
  gboolean ack;     /* it is answered with an ack */
  char    *auth;    /* nullable: an object, if the rules look at it */
  char    *message; /* what is sent where there are no events */
} SkyClientFacts;

void sky_client_facts_study (SkyClientFacts *self, const SkyRules *rules, const char *text);

gboolean sky_client_facts_may_poll (const SkyClientFacts *self);
gboolean sky_client_facts_may_websocket (const SkyClientFacts *self);
void     sky_client_code_quote (GString *out, const char *utf8);
char    *sky_client_code_quoted (const char *utf8);
char    *sky_client_code_sample (const char *pattern);

void sky_client_code_browser (GString *out, const SkyClientFacts *facts);
void sky_client_code_node (GString *out, const SkyClientFacts *facts);
void sky_client_code_python (GString *out, const SkyClientFacts *facts);
void sky_client_code_shell (GString *out, const SkyClientFacts *facts);
