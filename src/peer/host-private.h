#pragma once

#include "peer/host-socket.h"
#include "peer/host.h"
#include "tcp/tcp-listen.h"

struct _SkyHost
{
  SkyPeer       parent_instance;
  char         *bind;
  guint16       wanted_port;
  guint16       port; /* 0 unless it listens, or did */
  SkyHostHouse  house;
  SkyTcpListen *listen;
  SoupServer   *server;
  GHashTable   *sockets; /* remote GSocketAddress, by identity → SkyHostSocket */
  guint         n_accepted;
  guint         n_clients; /* open WebSockets */
  guint         stop;      /* source */
};
