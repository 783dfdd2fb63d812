#pragma once

#include <libsoup/soup.h>

#include "peer/link.h"
#include "peer/profile/route.h"

#define SKY_CALLER_MAX_BODY (64 * 1024 * 1024) /* bytes of an answer's body, inflated */

#define SKY_CALLER_ERROR (sky_caller_error_quark ())
GQuark sky_caller_error_quark (void);

/* Why there is no answer. Failures of the dial are SkyTcpError. The message is a whole sentence that names the host. */
typedef enum
{
  SKY_CALLER_ERROR_NOT_HTTP,
  SKY_CALLER_ERROR_BROKEN,    /* the line ended or broke within the answer, or before it */
  SKY_CALLER_ERROR_SILENT,    /* no whole answer in time */
  SKY_CALLER_ERROR_TOO_LONG,  /* head or body over the limit */
  SKY_CALLER_ERROR_CODING,    /* Content-Encoding unknown, or the body is none of that */
  SKY_CALLER_ERROR_REDIRECTS, /* more than five, in a circle, or to no http address */
} SkyCallerError;

/* One request. All borrowed for the call. */
typedef struct
{
  const char *method;       /* "GET" */
  const char *target;       /* path and query, percent-encoded */
  const char *content_type; /* nullable */
  GBytes     *body;         /* nullable */
  guint       timeout_msec; /* until the answer is whole; 0: none */
  gboolean    no_redirects; /* a redirect is an answer like another */
} SkyCall;

/* One answer, whole. */
typedef struct
{
  guint    status;
  GBytes  *head;    /* as it stood on the wire, with its empty line */
  GBytes  *body;    /* dechunked and inflated */
  char    *target;  /* nullable: where redirects led: path and query */
  SkyRoute route;   /* … and the host that answered */
} SkyAnswer;

/**
 * SkyCaller:
 *
 * Asks one server over HTTP/1.1, on a tapped connection of its own that is kept alive and dialled
 * again when it is gone. One request at a time.
 */
#define SKY_TYPE_CALLER (sky_caller_get_type ())
G_DECLARE_FINAL_TYPE (SkyCaller, sky_caller, SKY, CALLER, GObject)

SkyCaller  *sky_caller_new (SkyStore *store, const char *name, const SkyProfile *profile, const SkyRoute *route,
                            SoupCookieJar *jar);
void        sky_caller_aim (SkyCaller *self, const SkyRoute *route);
void        sky_caller_call_async (SkyCaller *self, const SkyCall *call, GCancellable *cancellable,
                                   GAsyncReadyCallback callback, gpointer user_data);
SkyAnswer  *sky_caller_call_finish (SkyCaller *self, GAsyncResult *result, GError **error);
void        sky_caller_set_quiet (SkyCaller *self);
SkyLink    *sky_caller_get_link (SkyCaller *self);
void        sky_caller_cut (SkyCaller *self);
void        sky_answer_free (SkyAnswer *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SkyAnswer, sky_answer_free)
