#pragma once

#include <gio/gio.h>

typedef struct _SkyTcpShakes SkyTcpShakes;
typedef struct _SkyTcpShake  SkyTcpShake;

typedef enum
{
  SKY_TCP_SHAKE_DONE,     /* the handshake is done, or failed: what is read says so */
  SKY_TCP_SHAKE_GIVE_WAY, /* others wait, and this one takes long: it ought to be closed */
} SkyTcpShakeEvent;

/**
 * SkyTcpShakeFunc:
 *
 * It may free the handshake; after DONE it has to, in time. GIVE_WAY may come again.
 */
typedef void (*SkyTcpShakeFunc) (SkyTcpShakeEvent event, gpointer user_data);

SkyTcpShakes *sky_tcp_shakes_new (void);
void          sky_tcp_shakes_unref (SkyTcpShakes *self);

SkyTcpShake *sky_tcp_shake_new (SkyTcpShakes *shakes, GTlsConnection *tls, SkyTcpShakeFunc func, gpointer user_data,
                                GDestroyNotify destroy);
void         sky_tcp_shake_free (SkyTcpShake *self);
