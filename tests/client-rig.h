#pragma once

#include "peer/client/client.h"
#include "script-server.h"

#define RIG_OPEN_4 "0{\"sid\":\"eng\",\"upgrades\":[],\"pingInterval\":25000,\"pingTimeout\":20000,\"maxPayload\":1000000}"
#define RIG_OPEN_UP "0{\"sid\":\"eng\",\"upgrades\":[\"websocket\"],\"pingInterval\":25000,\"pingTimeout\":20000,\"maxPayload\":1000000}"
#define RIG_OPEN_3 "0{\"sid\":\"eng\",\"upgrades\":[],\"pingInterval\":25000,\"pingTimeout\":20000}"

/* A client, and a server of hand-written bytes that says on polling or on a WebSocket what a test wants. */
typedef struct
{
  Server      server;
  SkyProfile *profile;
  SkyClient  *client; /* NULL once it is gone */
  GString    *states; /* a letter for each that was told: Idle Working Open wAiting cLosing Closed Failed */

  /* what the server is like */
  guint       poll_status; /* of the handshake; 0: it is not answered */
  const char *poll_body;
  guint       ws_status; /* 101, or another one, or 0 */
  const char *ws_first;  /* nullable: text said as soon as the WebSocket is open */
  guint       plain_status; /* … of a WebSocket that is no Engine.IO */
  guint       revision;     /* what the server takes, 3 or 4; 0 for any, which it speaks as 4 */
  gboolean    no_probe;  /* an upgrade's probe is not answered */

  /* what became of it */
  GPtrArray *heard; /* of char *: the client's packets, whatever carried them; "close:1000"; octets in <> */
  Line      *get;   /* that waits for its answer; nullable */
  Line      *ws;    /* the last one; nullable */
  Line      *probing; /* … that is not upgraded to yet; nullable */
  gboolean   probed, forgotten;
  guint      n_dead; /* lines that were hung up */
  guint      n_polls, n_upgrades; /* handshakes */
} Rig;

void         rig_set_up (Rig *rig, gconstpointer protocol);
void         rig_set_up_ws (Rig *rig, gconstpointer protocol);
void         rig_tear_down (Rig *rig, gconstpointer data);
void         rig_use_profile (Rig *rig);
void         rig_drop (Rig *rig);
void         rig_start (Rig *rig);
SkyPeerState rig_state (Rig *rig);
void         rig_say (Rig *rig, const char *packet);
void         rig_say_octets (Rig *rig, const void *octets, gsize len);
void         rig_expect (Rig *rig, const char *packet);
void         rig_hang_up (Rig *rig);
void         rig_open (Rig *rig);
char        *rig_notes (Rig *rig);
guint        rig_count (Rig *rig, const char *text);
void         rig_reconnect (Rig *rig, int attempts, guint delay_msec);

#define rig_assert_said(rig, text)                                                                 \
  G_STMT_START                                                                                     \
  {                                                                                                \
    if (rig_count (rig, text) == 0)                                                                \
      g_error ("%s:%d: “%s” is in no note:\n%s", __FILE__, __LINE__, text, rig_notes (rig));       \
  }                                                                                                \
  G_STMT_END
