#pragma once

#include "http/http-body.h"
#include "peer/carrier/caller.h"

/* One answer on its way: its bytes come in pieces of any size. */
typedef struct
{
  const char *host;      /* borrowed: whom the sentences of errors name */
  GByteArray *head_data; /* until the head is whole: what came; then the head */
  SkyHttpHead head;
  gboolean    has_head;
  gboolean    to_head; /* it answers a HEAD */
  SkyHttpBody framing;
  GByteArray *body;
  guint64     n_bytes;   /* that came, of it and of what stood before it */
  guint       n_interim; /* answers 1xx before it */
  gboolean    done;
  gboolean    excess; /* more came than belongs to it */
} SkyReply;

void       sky_reply_init (SkyReply *self, const char *host, const char *method);
void       sky_reply_clear (SkyReply *self);
gboolean   sky_reply_feed (SkyReply *self, const guint8 *data, gsize len, GError **error);
gboolean   sky_reply_end (SkyReply *self, const GError *why, GError **error);
gboolean   sky_reply_keeps_alive (const SkyReply *self, guint *idle_msec);
SkyAnswer *sky_reply_finish (SkyReply *self, const SkyRoute *route, GError **error);
gboolean   sky_reply_redirect (const SkyReply *self, SkyRoute *route, gboolean *redirects, GError **error);

struct _SkyCaller
{
  GObject        parent_instance;
  SkyStore      *store;
  char          *name;
  SkyProfile    *profile;
  SkyRoute       home;
  SoupCookieJar *jar; /* nullable */

  SkyLink *link;       /* nullable: the last connection */
  SkyRoute there;      /* … where it leads */
  gboolean alive;      /* … it can take another request */
  gint64   until_usec; /* … until then, on the monotonic clock; 0: nobody said */
  GSource *idle;       /* … tells when the server ends it meanwhile */
  GTask   *task;       /* nullable, borrowed: the call under way */
  gboolean        quiet; /* its connections are further ones of a session */
};

/* One call on its way; it belongs to the task. */
typedef struct
{
  char         *method, *content_type;
  GBytes       *body; /* nullable */
  guint         timeout_msec;
  gboolean      no_redirects;
  SkyRoute      route; /* whom to ask for what: redirects change it */
  guint         n_redirects;
  GCancellable *io; /* of the dial and of writing */
  guint64       n_taken; /* bytes that the socket had taken before */
  gboolean      writing, reused;
  GSource      *readable, *cancelled;
  guint         timeout;
  SkyReply      reply;
} SkyCallerCall;

void     sky_caller_clear_source (GSource **source);
void     sky_caller_drop_line (SkyCaller *self, gboolean cut);
void     sky_caller_keep_line (SkyCaller *self, guint idle_msec);
gboolean sky_caller_leads_there (SkyCaller *self, const SkyRoute *route);
void     sky_caller_write (GTask *task);
gboolean sky_caller_on_readable (GObject *input, gpointer user_data);
