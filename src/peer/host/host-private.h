#pragma once

#include "peer/host/host-session.h"
#include "peer/host/host.h"
#include "tcp/tcp-listen.h"
#include "tcp/tcp-shake.h"

#define SKY_HOST_MAX_SURPLUS 100 /* connections that are one too many and told so; those beyond are not even answered */

struct _SkyHost
{
  SkyPeer       parent_instance;
  guint16       port; /* 0 unless it listens, or did */
  guint16       free_port; /* 0 unless the one that was wanted is taken */
  gboolean      behind; /* its rules set it up otherwise than it runs */
  SkyHostHouse  house;
  SkyHostOptions given;     /* as it was made, before any rules */
  char          *rules_text; /* nullable */
  SkyTcpListen *listen;
  SoupServer   *server;
  GTlsCertificate *certificate; /* nullable: it speaks TLS */
  GTlsCertificate *self_made;   /* nullable: the one that it once made */
  SkyTcpShakes *shakes;
  GIOStream    *anchor;  /* its server listens there, where nobody comes */
  GHashTable   *sockets; /* remote GSocketAddress, by identity → SkyHostSocket */
  guint         n_accepted;
  guint         n_clients; /* sessions of Engine.IO, and echoes */
  guint         stop;      /* source */
  guint         check;     /* source: perhaps everyone has gone */
  guint         sweep;     /* source: nobody is remembered for ever */
};

void sky_host_apply_rules (SkyHost *self, gboolean running);
void sky_host_refresh_subtitle (SkyHost *self);
gboolean sky_host_listen (SkyHost *self);
void sky_host_accept (SkyTcpListen *listen, GSocketConnection *connection, gpointer user_data);
