#pragma once

#include <libsoup/soup.h>

#include "eio/eio-open.h"
#include "peer/carrier/carrier.h"
#include "peer/profile/profile.h"
#include "sio/sio-packet.h"
#include "ws/ws-frame.h"

/**
 * SkyTalker:
 *
 * Speaks on one carrier at a time, as either end of it: plain messages, Engine.IO packets or Socket.IO
 * packets. What others hear is put together in stack/stack.c; what we say is put together here.
 */
#define SKY_TYPE_TALKER (sky_talker_get_type ())
G_DECLARE_FINAL_TYPE (SkyTalker, sky_talker, SKY, TALKER, GObject)

/* One Socket.IO packet that came in whole, its attachments with it. Borrowed for the call. */
typedef struct
{
  SkySioType  type;
  const char *nsp;
  gboolean    has_id;
  guint64     id;
  const char *event;       /* nullable: of an event */
  const char *args;        /* the text between the brackets, after the name; placeholders stand for @attachments */
  const char *json;        /* the whole JSON of the packet; "" if it has none */
  GPtrArray  *attachments; /* of GBytes; nullable */
} SkyTalk;

/* What a talker tells its owner; each may be NULL. None is called after sky_talker_silence(). */
typedef struct
{
  void (*open) (SkyTalker *talker, const SkyEioOpen *open, gpointer owner);
  void (*message) (SkyTalker *talker, GBytes *data, gboolean binary, gpointer owner);
  void (*talk) (SkyTalker *talker, const SkyTalk *talk, gpointer owner);
  void (*heartbeat) (SkyTalker *talker, gboolean ping, gpointer owner); /* an Engine.IO ping or pong came */
  gboolean (*ping) (SkyTalker *talker, gpointer owner);  /* an Engine.IO ping: FALSE leaves it unanswered */
  /* The peer broke the protocol: @engine if it was Engine.IO, not what lies within. */
  void (*broken) (SkyTalker *talker, gboolean engine, const char *what, gpointer owner);
  void (*refused) (SkyTalker *talker, guint code, const char *why, gpointer owner); /* … that of WebSocket */
  void (*closed) (SkyTalker *talker, guint code, const char *reason, const GError *error, gpointer owner);
} SkyTalkerFuncs;

SkyTalker *sky_talker_new (SkyCarrier *carrier, SkyProtocol protocol, const SkyTalkerFuncs *funcs, gpointer owner);
void       sky_talker_move (SkyTalker *self, SkyCarrier *carrier);
void       sky_talker_set_parser (SkyTalker *self, SkyParser parser);
SkyParser  sky_talker_get_parser (SkyTalker *self);
void       sky_talker_set_revision (SkyTalker *self, guint revision);
void       sky_talker_silence (SkyTalker *self);
gboolean   sky_talker_is_open (SkyTalker *self);
guint64    sky_talker_emit (SkyTalker *self, const char *nsp, const char *event, const char *args,
                            GPtrArray *attachments, gboolean ask);
guint64    sky_talker_take_id (SkyTalker *self, const char *nsp);
gboolean   sky_talker_has_asked (SkyTalker *self, const char *nsp, guint64 id);
void       sky_talker_ack (SkyTalker *self, const char *nsp, guint64 id, const char *args, GPtrArray *attachments);
void       sky_talker_packet (SkyTalker *self, SkySioType type, const char *nsp, const char *json);
void       sky_talker_open (SkyTalker *self, const SkyEioOpen *open);
void       sky_talker_ping (SkyTalker *self);
void       sky_talker_text (SkyTalker *self, const char *text, gsize len);
void       sky_talker_binary (SkyTalker *self, GBytes *data);
gboolean   sky_talker_frame (SkyTalker *self, SkyWsFrame *frame, GBytes *payload);
void       sky_talker_close (SkyTalker *self, guint code, const char *reason);
