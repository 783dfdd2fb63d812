#pragma once

#include "tcp/tcp-dial.h"

/* What a dial knows about itself when it fails. */
typedef struct
{
  const char          *host;
  guint16              port;
  const char          *ca_file; /* nullable */
  guint                timeout_msec;
  SkyTcpStep           step;         /* the last one that was reported */
  GTlsCertificate     *certificate;  /* nullable; the one that was refused */
  GTlsCertificateFlags certificate_errors;
} SkyTcpDialState;

char   *sky_tcp_format_where (const char *host, guint16 port);
GError *sky_tcp_dial_explain (const SkyTcpDialState *state, const GError *error);
GError *sky_tcp_dial_explain_timeout (const SkyTcpDialState *state);
