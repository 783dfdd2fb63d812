#pragma once

#include "base/json.h"

/* What an archive says of a request, an answer or a message, as the bytes that may have passed. */
GByteArray *sky_har_write_request (const char *text, const SkyJsonValue *request);
GByteArray *sky_har_write_response (const char *text, const SkyJsonValue *response);
GByteArray *sky_har_write_message (const char *text, const SkyJsonValue *message, gboolean from_client);

char *sky_har_get_string (const char *text, const SkyJsonValue *object, const char *name);
gboolean sky_har_get_number (const char *text, const SkyJsonValue *object, const char *name, double *out);
