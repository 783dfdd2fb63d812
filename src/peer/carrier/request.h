#pragma once

#include <libsoup/soup.h>

#include "http/http-head.h"
#include "peer/profile/route.h"

#define SKY_REQUEST_USER_AGENT "Sockeye"

/* What one request asks, apart from what profile and route say. All borrowed. */
typedef struct
{
  const char *method;       /* "GET" */
  const char *target;       /* path and query, percent-encoded */
  const char *content_type; /* nullable */
  gssize      body_len;     /* bytes, or -1 if there is no body */
} SkyRequest;

char *sky_request_head (const SkyProfile *profile, const SkyRoute *route, SoupCookieJar *jar,
                        const SkyRequest *request);
char *sky_request_upgrade (const SkyProfile *profile, const SkyRoute *route, SoupCookieJar *jar);
void  sky_request_keep_cookies (SoupCookieJar *jar, const SkyRoute *route, const SkyHttpHead *head,
                                const guint8 *head_data);
