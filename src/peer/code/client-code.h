#pragma once

#include "peer/host/host.h"

/* In the order of a menu */
typedef enum
{
  SKY_CLIENT_CODE_BROWSER, /* a page with a script element */
  SKY_CLIENT_CODE_NODE,
  SKY_CLIENT_CODE_PYTHON,
  SKY_CLIENT_CODE_SHELL, /* curl, or websocat where there is nothing but WebSocket */
} SkyClientCode;

#define SKY_N_CLIENT_CODES (SKY_CLIENT_CODE_SHELL + 1)

const char *sky_client_code_get_name (SkyClientCode code);
const char *sky_client_code_get_id (SkyClientCode code);
gboolean    sky_client_code_from_id (const char *id, SkyClientCode *code);
char       *sky_client_code_write (SkyClientCode code, SkyHost *host);
