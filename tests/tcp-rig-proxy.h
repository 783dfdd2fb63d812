#pragma once

#include "tcp-rig.h"

#define RIG_PASSWORD "p@ss:w0rd/hush" /* what a SOCKS5 proxy that asks for one takes */

/* How the proxy of a test behaves. */
typedef struct
{
  enum
  {
    RIG_TUNNEL,  /* CONNECT, to whatever host, ends at target_port of this computer */
    RIG_SOCKS5,  /* RFC 1928 likewise */
    RIG_SOCKS4A, /* likewise */
    RIG_ANSWER,  /* says its answer and closes */
    RIG_HOLD,    /* says its answer and holds the line */
    RIG_TLS,     /* wants TLS, with a certificate that nobody trusts */
  } kind;
  const char *answer; /* RIG_ANSWER and RIG_HOLD */
  gboolean    asks;   /* RIG_SOCKS5: for a user name and a password */
  guint8      reply;  /* RIG_SOCKS5: of RFC 1928 §6 */
  guint16     target_port;
} RigManner;

typedef struct
{
  RigManner       manner;
  GSocketService *service;
  guint16         port;
  GMutex          lock;
  GString        *heard; /* what it was asked */
  GPtrArray      *threads;
} RigProxy;

void     rig_proxy_init (RigProxy *proxy, RigManner manner);
void     rig_proxy_clear (RigProxy *proxy);
gboolean rig_proxy_was_asked (RigProxy *proxy, const void *what, gsize len);
