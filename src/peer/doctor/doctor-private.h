#pragma once

#include "peer/carrier/caller.h"
#include "peer/doctor/doctor.h"

typedef struct _SkyDoctor SkyDoctor;
typedef struct _SkyAsk SkyAsk;
typedef struct _SkyHunt SkyHunt;

/* @ask is freed when this returns. Not called any more once the doctor is done. */
typedef void (*SkyAskFunc) (SkyDoctor *self, SkyAsk *ask);

/* One message that a WebSocket brought. */
typedef struct
{
  GBytes  *data;
  gboolean binary;
} SkyAskMessage;

/* What is asked, on a connection of its own. All borrowed for the call. */
typedef struct
{
  const SkyRoute *route;
  const char     *name;   /* of the link */
  const char     *target; /* nullable: the route's */
  const char     *origin; /* nullable: the profile's */
  char           *note;   /* nullable, transfer full: for @done */
  guint           index;  /* for @done */

  /* HTTP */
  const char *body;   /* nullable: it is a POST */
  gboolean    follow; /* redirects are followed */

  /* WebSocket */
  GBytes  *say;        /* nullable: said once it is open … */
  gboolean say_binary;
  gboolean say_first;  /* … and not only when the first message has come */
  guint    wait_msec;  /* how long messages are waited for; 0: SKY_ASK_MSEC */
  gboolean (*enough) (const SkyAsk *ask); /* nullable: one message is */
} SkyQuestion;

#define SKY_ASK_MSEC  3000 /* until one question is answered */
#define SKY_ASK_SHOWN 120  /* bytes of an answer that are shown */

/* A question on its way, and what came. */
struct _SkyAsk
{
  SkyDoctor  *doctor;
  GTask      *task;   /* a reference: keeps the doctor */
  SkyProfile *profile;
  SkyRoute    route; /* target included */
  SkyQuestion question;
  char       *method;
  SkyAskFunc  done;
  SkyLink    *link;   /* nullable: a caller has one of its own */
  SkyCaller  *caller; /* nullable */
  SoupWebsocketConnection *socket; /* nullable */
  guint8      block[512];
  GCancellable *cancellable;
  guint       timeout;
  gboolean    late; /* the time is over */
  gboolean    told; /* @done was called, or nobody waits */

  GError     *error;    /* nullable */
  guint       status;   /* 0 if there was no answer of HTTP */
  GBytes     *head;     /* nullable: the answer's */
  GBytes     *body;     /* nullable */
  SkyAnswer  *answer;   /* nullable: HTTP */
  GByteArray *raw;      /* raw: what came */
  GPtrArray  *messages; /* of SkyAskMessage */
  gboolean    opened;   /* the WebSocket was */
  gboolean    closed;   /* … and the server closed it while we waited */
};

void   sky_doctor_dial (SkyDoctor *self, const SkyQuestion *question, SkyAskFunc done);
void   sky_doctor_hear (SkyDoctor *self, const SkyQuestion *question, SkyAskFunc done);
void   sky_doctor_call (SkyDoctor *self, const SkyQuestion *question, SkyAskFunc done);
void   sky_doctor_open (SkyDoctor *self, const SkyQuestion *question, SkyAskFunc done);
void   sky_ask_abandon (SkyAsk *self);
char  *sky_ask_header (const SkyAsk *self, const char *name);
char  *sky_ask_evidence (const SkyAsk *self);

/* What an answer looks like. */
typedef enum
{
  SKY_SIGN_NOTHING,   /* the dial failed */
  SKY_SIGN_ENGINE,    /* an Engine.IO session was opened */
  SKY_SIGN_REFUSAL,   /* an error of Engine.IO: {"code":…,"message":…} */
  SKY_SIGN_WEBSOCKET, /* a WebSocket is open, and no Engine.IO on it */
  SKY_SIGN_UPGRADE,   /* 426 */
  SKY_SIGN_REDIRECT,
  SKY_SIGN_WALL,      /* 401, 403, 407: credentials are wanted, or nobody gets in */
  SKY_SIGN_BACKEND,   /* 502, 503, 504: a proxy is there, and nothing behind it */
  SKY_SIGN_TLS_PORT,  /* a server that complains of plain HTTP on its HTTPS port */
  SKY_SIGN_PAGE,      /* a page of HTML */
  SKY_SIGN_NOT_FOUND, /* 404, 405 and the like */
  SKY_SIGN_OTHER,     /* HTTP, and nothing that is known */
  SKY_SIGN_WRONG,     /* 101, but a wrong handshake */
  SKY_SIGN_SILENT,
  SKY_SIGN_CUT,       /* hung up without an answer */
  SKY_SIGN_NOT_HTTP,
} SkySign;

/* An Engine.IO session, or its refusal, as it was read from an answer. */
typedef struct
{
  SkySign  sign;
  guint    revision;   /* 3 or 4 */
  char    *sid;        /* owned, nullable */
  guint    ping_timeout_msec;
  guint64  max_payload; /* bytes; 0 if not given */
  gboolean upgrades;    /* to WebSocket */
  gboolean joined;      /* Socket.IO 2: CONNECT came by itself */
  gboolean msgpack;     /* … in MessagePack */
  gint     code;        /* of a refusal, else -1 */
  char    *message;     /* owned, nullable */
} SkySigns;

void        sky_signs_read (const SkyAsk *ask, SkySigns *signs);
void        sky_signs_clear (SkySigns *self);
const char *sky_signs_explain_code (gint code);
char       *sky_signs_name_stranger (const guint8 *data, gsize len);
char       *sky_signs_printable (const guint8 *data, gsize len);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SkySigns, sky_signs_clear)

/* An Engine.IO session that is to be closed at the end. */
typedef struct
{
  SkyRoute route;
  char    *sid;
  guint    revision;
} SkyAskSession;

/* One examination. It belongs to its task. */
struct _SkyDoctor
{
  GTask         *task; /* owns us */
  SkyStore      *store;
  SkyProfile    *asked;   /* as it was given */
  SkyProfile    *profile; /* as it is asked with: short deadlines, and what was mended so far */
  SkyProfile    *better;  /* what was given, and what would mend it */
  SkyDoctorFunc  progress;
  gpointer       progress_data;
  GSource       *cancelled;   /* nullable: the caller's */
  guint          deadline;
  SoupCookieJar *jar;
  GPtrArray     *asks;     /* of SkyAsk, not owned: they end by themselves */
  GPtrArray     *findings; /* of SkyFinding */
  GPtrArray     *sessions; /* of SkyAskSession */
  gboolean       ended, ending;

  SkyRoute engine;    /* where Engine.IO is asked for */
  SkyRoute plain;     /* where a plain WebSocket is */
  SkySigns signs;     /* of the Engine.IO server that was found */
  char    *what;      /* nullable: "Socket.IO 4" */
  char    *where;     /* nullable: "http://127.0.0.1:3000/socket.io/" */
  gboolean changed;   /* better is */
  gboolean hopeless;  /* no change of the profile mends it */
  gboolean tls_tried, plain_asked, engine_asked, followed;
  gboolean plain_found;
  gboolean joined;       /* a namespace was */
  gboolean has_polling, has_websocket, has_upgrade, refuses_polling;
  gboolean sticky;
  gboolean msgpack;      /* what CONNECT is written in */
  gboolean parser_tried; /* … the other parser was tried already */
  guint    n_posts;
  guint    nsp;       /* index of the namespace that is asked for */
  guint    n_polls;
  SkySign  first_sign; /* of what was not what was hoped for, … */
  char    *first;      /* nullable: … its evidence */
  SkyHunt *hunt;       /* nullable: while other paths are tried */
};

void     sky_doctor_find (SkyDoctor *self, SkyFindingLevel level, const char *id, char *title, char *evidence,
                          const char *advice);
gboolean sky_doctor_is_bad (SkyDoctor *self);
void     sky_doctor_end (SkyDoctor *self);
gboolean sky_doctor_aim (SkyDoctor *self);
void     sky_doctor_keep_session (SkyDoctor *self, const SkyRoute *route, const SkySigns *signs);

/* What is changed, in what is asked with and in what is offered. */
void sky_doctor_mend_tls (SkyDoctor *self, gboolean tls);
void sky_doctor_mend_protocol (SkyDoctor *self, SkyProtocol protocol);
void sky_doctor_mend_path (SkyDoctor *self, const char *path, gboolean in_url);
void sky_doctor_mend_transports (SkyDoctor *self, SkyTransports transports);

/* The steps, in their order. Each goes on to the next by itself. */
void sky_doctor_reach (SkyDoctor *self);
void sky_doctor_try_tls (SkyDoctor *self, const SkyAsk *ask);
void sky_doctor_speak (SkyDoctor *self);
void sky_doctor_hunt (SkyDoctor *self);
void sky_hunt_free (SkyHunt *self);
void sky_doctor_meet_engine (SkyDoctor *self, char *evidence, gboolean by_websocket, SkySigns *signs);
void sky_doctor_meet_plain (SkyDoctor *self, char *evidence, gboolean engine);
void sky_doctor_post (SkyDoctor *self);
void sky_doctor_upgrade (SkyDoctor *self);
void sky_doctor_join (SkyDoctor *self);
void sky_doctor_origin (SkyDoctor *self);

const char *sky_doctor_version (const SkySigns *signs);
char       *sky_doctor_describe (const char *id);
char       *sky_doctor_verdict (SkyDoctor *self);
