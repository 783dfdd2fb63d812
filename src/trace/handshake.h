#pragma once

#include "stack/handshake.h"
#include "trace/store.h"

/* What a stretch of the beginning was spent on. */
typedef enum
{
  SKY_PHASE_RESOLVE,
  SKY_PHASE_PROXY,
  SKY_PHASE_CONNECT,
  SKY_PHASE_TLS,
  SKY_PHASE_REQUEST, /* until it was sent */
  SKY_PHASE_UPGRADE, /* until it was answered */
} SkyPhaseKind;

typedef struct
{
  SkyPhaseKind kind;
  char        *text;      /* owned, nullable; what the record says: "example.org is 203.0.113.9" */
  gint64       start_usec; /* microseconds since the beginning of the handshake */
  gint64       len_usec;
} SkyPhase;

/* How one connection began. */
typedef struct
{
  guint16    link;
  GPtrArray *phases;        /* of SkyPhase, in order of time */
  gint64     total_usec;
  GBytes    *request_raw;   /* nullable: the head as sent */
  GBytes    *response_raw;  /* nullable */
  GPtrArray *request;       /* of SkyHandshakeLine; empty if there is none */
  GPtrArray *response;
  GPtrArray *problems;      /* of char *: what Sockeye noted as going wrong */
} SkyHandshake;

void        sky_handshake_free (SkyHandshake *self);
const char *sky_phase_title (SkyPhaseKind kind);

/**
 * SkyHandshakes:
 *
 * Which records of a trace belong to the beginnings of its connections, found in one walk that
 * goes on where it stopped.
 */
typedef struct _SkyHandshakes SkyHandshakes;

SkyHandshakes *sky_handshakes_new (SkyStore *store);
void           sky_handshakes_free (SkyHandshakes *self);
gboolean       sky_handshakes_catch_up (SkyHandshakes *self);
guint          sky_handshakes_get_n (SkyHandshakes *self);
guint16        sky_handshakes_get_link (SkyHandshakes *self, guint index);
gboolean       sky_handshakes_is_upgrade (SkyHandshakes *self, guint index);
guint          sky_handshakes_get_newest (SkyHandshakes *self);
SkyHandshake  *sky_handshakes_make (SkyHandshakes *self, guint index);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SkyHandshake, sky_handshake_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SkyHandshakes, sky_handshakes_free)
