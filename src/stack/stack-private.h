#pragma once

#include "eio/eio-session.h"
#include "http/http-body.h"
#include "sio/sio-packet.h"
#include "sio/sio-space.h"
#include "stack/stack.h"
#include "ws/ws-deflate.h"
#include "ws/ws-message.h"

#define SKY_STACK_MAX_EXCHANGES 256 /* requests without response that are remembered */

typedef enum
{
  SIO_UNKNOWN, /* the first message will tell */
  SIO_NO,
  SIO_YES,
} SioState;

typedef enum
{
  PARSER_UNKNOWN, /* the first Socket.IO message will tell */
  PARSER_TEXT,
  PARSER_MSGPACK,
} Parser;

/* One request that waits for its response. */
typedef struct
{
  SkyHttpHead *head;
  guint8      *data; /* the head's bytes */
  guint32      record;
  gboolean     upgrade, polling;
  gboolean     opening; /* the first poll of a session */
  gboolean     jsonp;
} Exchange;

/* The packet that was heard last: stack-echo.c. */
typedef struct
{
  GByteArray  *text; /* nullable; empty if it was too long to be remembered */
  char        *nsp;  /* nullable: nothing was heard yet */
  SkySioPacket packet;
} SkyStackEcho;

/* What all connections share: stack-talk.c. */
struct _SkyStackSessions
{
  GHashTable  *talks; /* id → Talk, referenced */
  GQueue       sids;  /* the keys, the oldest first */
  SkyStackEcho echo;
};

/* What is known of a session above its transports: stack-talk.c. */
typedef struct
{
  guint         n_refs;
  guint         revision;       /* of Engine.IO: 3 or 4 */
  gboolean      revision_heard; /* … and that is what the server speaks, not what the client asked for */
  SioState      sio;
  Parser        parser;
  SkySioSpaces *spaces;
  guint         due[2];   /* by SkyFrom: attachments still to come */
  guint32       event[2]; /* … of this record */
} Talk;

/* One direction of the connection. */
typedef struct
{
  GByteArray *pending; /* nullable: heard, not understood yet */
  guint64     offset;  /* of the next byte to understand, in the stream */
  gboolean    raw;     /* understood by no layer any more */
  gboolean    ended;

  SkyHttpHead *head; /* of the message whose body is on its way */
  GByteArray  *body; /* what came of it, dechunked */
  SkyHttpBody  framing;
  guint8      *head_data; /* its bytes */
  guint64      head_start; /* where it begins in the stream */
  gsize        head_len, body_len; /* bytes on the wire so far */
  guint32      head_faults;
  gboolean     unwrapped; /* @body is without its content coding, or JSONP */
  gboolean     sealed;    /* … or still has it, since that cannot be taken off */

  SkyWsMessage   message;
  SkyWsInflater *inflater;
  GByteArray    *joined;  /* nullable: payloads of a fragmented message so far */
  GByteArray    *scratch; /* nullable: a payload unmasked */
  GByteArray    *inflated; /* nullable */
  guint64        skip; /* bytes of an over-long payload still to pass over */
  guint32        last_part; /* record of the newest fragment */
  guint32        message_too_long : 1;
} Side;

struct _SkyStack
{
  SkyStackSink      sink;
  gpointer          sink_data;
  SkySpeech         speech;
  gint64            now_usec;
  Side              sides[2]; /* by SkyFrom */
  GQueue            exchanges; /* of Exchange, oldest first */
  gboolean          websocket; /* upgraded */
  SkyEioSession     session;
  gboolean          midway; /* the session began elsewhere, unheard: who joined what is not known */
  Talk             *talk;
  SkyStackSessions *sessions; /* nullable: of all connections */
};

Talk    *sky_talk_new (void);
Talk    *sky_talk_ref (Talk *self);
void     sky_talk_unref (Talk *self);
void     sky_stack_name_session (SkyStack *self, const char *sid);
gboolean sky_stack_join_session (SkyStack *self, const char *sid);

SkyRecord sky_stack_blank (SkyStack *self, SkyFrom from, SkyLayer layer, SkyKind kind);
void      sky_stack_empty (GByteArray **bytes);
guint32   sky_stack_put (SkyStack *self, const SkyRecord *record);
void      sky_stack_amend (SkyStack *self, guint32 number, guint8 flags, guint8 unflags, guint32 faults,
                           guint32 mate);
void      sky_stack_derive (SkyStack *self, SkyRecord *record, const guint8 *data, gsize len);

gsize sky_stack_hear_http (SkyStack *self, SkyFrom from, const guint8 *data, gsize len);
void  sky_stack_end_http (SkyStack *self, SkyFrom from);
void  sky_stack_clear_http (SkyStack *self);

void  sky_stack_begin_ws (SkyStack *self, const char *extensions);
gsize sky_stack_hear_ws (SkyStack *self, SkyFrom from, const guint8 *data, gsize len);
void  sky_stack_end_ws (SkyStack *self, SkyFrom from);

gboolean sky_stack_is_eio_target (const char *target, const char *transport);
void     sky_stack_begin_eio (SkyStack *self, const char *target, gboolean websocket);
gboolean sky_stack_is_eio (SkyStack *self);
void     sky_stack_hear_message (SkyStack *self, SkyFrom from, guint32 parent, const guint8 *data, gsize len,
                                 gboolean binary);
void     sky_stack_hear_payload (SkyStack *self, SkyFrom from, guint32 parent, const guint8 *data, gsize len);
void     sky_stack_end_eio (SkyStack *self, SkyFrom from);

void sky_stack_echo_hear (SkyStackEcho *self, const char *text, gsize len);
void sky_stack_echo_clear (SkyStackEcho *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SkyStackEcho, sky_stack_echo_clear)

guint32  sky_stack_put_sio (SkyStack *self, SkyRecord *record, const SkySioPacket *packet, const char *nsp);
gboolean sky_stack_is_msgpack (SkyStack *self, const guint8 *data, gsize len, gboolean binary);
gboolean sky_stack_begins_msgpack (const guint8 *data, gsize len);
void     sky_stack_hear_msgpack (SkyStack *self, SkyFrom from, guint32 parent, const guint8 *data, gsize len);
