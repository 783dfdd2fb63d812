#pragma once

#include <gio/gio.h>

typedef enum
{
  SKY_SENT_EVENT,
  SKY_SENT_TEXT,
  SKY_SENT_BINARY,
} SkySentKind;

/* One thing that a person sent, or is about to. Never changed once made. */
#define SKY_TYPE_SENT (sky_sent_get_type ())
G_DECLARE_FINAL_TYPE (SkySent, sky_sent, SKY, SENT, GObject)

struct _SkySent
{
  GObject parent_instance;

  SkySentKind kind;
  gint64      time_usec; /* microseconds since 1970-01-01 UTC */
  char       *url;       /* of the profile, without its query and password */
  char       *nsp;       /* events; else NULL */
  char       *event;     /* events; else NULL */
  char       *text;      /* arguments; the text; the bytes in base64 */
  gboolean    ask;       /* events: an ack is asked for */
  gboolean    is_volatile; /* events: dropped if it cannot be sent at once */
  guint       timeout_sec;
};

SkySent *sky_sent_new_event (const char *url, const char *nsp, const char *event, const char *args,
                             gboolean ask, guint timeout_sec);
SkySent *sky_sent_new_text (const char *url, const char *text);
SkySent *sky_sent_new_binary (const char *url, GBytes *bytes);
gboolean sky_sent_is_to (const SkySent *self, const char *url);

/**
 * SkyHistory:
 *
 * What was sent, newest first: a GListModel of SkySent, kept in a file.
 */
#define SKY_TYPE_HISTORY (sky_history_get_type ())
G_DECLARE_FINAL_TYPE (SkyHistory, sky_history, SKY, HISTORY, GObject)

SkyHistory *sky_history_new (const char *path);
SkyHistory *sky_history_get_default (void);
void        sky_history_add (SkyHistory *self, SkySent *sent);
void        sky_history_flush (SkyHistory *self);
