#pragma once

#include "tcp/tcp-poll.h"
#include "tcp/tcp-tap.h"

#define SKY_TCP_TAP_BLOCK_LEN (64 * 1024)  /* bytes asked of the base stream at once */
#define SKY_TCP_TAP_SHARE_LEN (256 * 1024) /* bytes that one connection may take in one turn */
#define SKY_TCP_TAP_HOLD_LEN  (256 * 1024) /* bytes that wait for the socket at most */

typedef struct _SkyTcpTapTurn SkyTcpTapTurn;

/**
 * SkyTcpTapLine:
 *
 * What the tap and its two streams share. Each of them holds a reference, for libsoup may keep a
 * stream longer than the #GIOStream that it came from; the line holds none of them.
 */
typedef struct
{
  GIOStream             *base;
  GPollableInputStream  *base_in;  /* borrowed from base */
  GPollableOutputStream *base_out; /* borrowed from base */
  SkyTcpTapFunc          func;     /* NULL once muted */
  gpointer               user_data;
  SkyTcpTapTurn         *turn;

  SkyTcpTapHearFunc hear; /* nullable: who reads all that comes */
  gpointer          hear_data;
  SkyTcpWatch       watch;
  GSource          *reader; /* nullable; instead of the watch where TLS reads ahead */

  GByteArray *in; /* nullable; read and reported, not yet handed out */
  gsize       in_pos;
  guint64     share_turn; /* number of the turn that share_taken counts in */
  gsize       share_taken;

  GByteArray *held;    /* nullable; written in this turn */
  GByteArray *sending; /* nullable; on its way, and not touched until the socket has all of it */
  gsize       sent;    /* bytes of sending that the socket took */
  gsize       ahead;   /* bytes that it took besides, not yet reported */
  gint64      ahead_usec;
  GSource    *writable;
  GSList     *sources; /* of SkyTcpTapSource, borrowed: they leave it when they are freed */
  GError     *broken;  /* nullable; why neither direction works any more */

  guint watched : 1;
  guint held_shared : 1; /* others hold it too: it is not to be changed */
  guint sending_shared : 1;
  guint dirty : 1; /* stands in the turn's list of lines to push */
  guint pushing : 1;
  guint flushing : 1; /* what is held has to go before more is taken */
  guint ended : 1; /* END was reported, or would have been */
  guint closed : 1;
} SkyTcpTapLine;

SkyTcpTapLine *sky_tcp_tap_line_new (GIOStream *base, SkyTcpTapFunc func, gpointer user_data);
SkyTcpTapLine *sky_tcp_tap_line_ref (SkyTcpTapLine *self);
void           sky_tcp_tap_line_unref (SkyTcpTapLine *self);
gssize         sky_tcp_tap_line_read (SkyTcpTapLine *self, void *buffer, gsize count, gboolean blocking,
                                      GCancellable *cancellable, GError **error);
gssize         sky_tcp_tap_line_hold (SkyTcpTapLine *self, const void *data, gsize count, GError **error);
gssize         sky_tcp_tap_line_write (SkyTcpTapLine *self, const void *data, gsize count,
                                       GCancellable *cancellable, GError **error);
gboolean       sky_tcp_tap_line_hear (SkyTcpTapLine *self);
void           sky_tcp_tap_line_say (SkyTcpTapLine *self, const guint8 *head, gsize head_len, const guint8 *data,
                                     gsize len);
void           sky_tcp_tap_line_send_ahead (SkyTcpTapLine *self);
void           sky_tcp_tap_line_stop_sending (SkyTcpTapLine *self);
void           sky_tcp_tap_line_unwatch (SkyTcpTapLine *self);
gboolean       sky_tcp_tap_line_push (SkyTcpTapLine *self, gboolean blocking, GCancellable *cancellable,
                                      GError **error);
gboolean       sky_tcp_tap_line_flush (SkyTcpTapLine *self, GError **error);
gsize          sky_tcp_tap_line_get_buffered (SkyTcpTapLine *self);
gboolean       sky_tcp_tap_line_can_read (SkyTcpTapLine *self);
gboolean       sky_tcp_tap_line_can_write (SkyTcpTapLine *self);
gboolean       sky_tcp_tap_line_is_drained (SkyTcpTapLine *self);
void           sky_tcp_tap_line_shut (SkyTcpTapLine *self);

/* Between the line's two files */
void     sky_tcp_tap_line_report (SkyTcpTapLine *self, SkyTcpTapEvent event, const guint8 *data, gsize len,
                                  gint64 now_usec, const GError *error);
void     sky_tcp_tap_line_break (SkyTcpTapLine *self, const GError *error);
gboolean sky_tcp_tap_line_refuse (SkyTcpTapLine *self, GError **error);
gboolean sky_tcp_tap_line_is_fatal (const GError *error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SkyTcpTapLine, sky_tcp_tap_line_unref)

SkyTcpTapLine *sky_tcp_tap_get_line (SkyTcpTap *self);

/* What a source waits for. */
typedef enum
{
  SKY_TCP_TAP_WAIT_READ,
  SKY_TCP_TAP_WAIT_WRITE,
  SKY_TCP_TAP_WAIT_DRAINED,
} SkyTcpTapWait;

GSource *sky_tcp_tap_source_new (SkyTcpTapLine *line, gpointer stream, SkyTcpTapWait wait,
                                 GCancellable *cancellable);
void     sky_tcp_tap_source_let_go (GSource *source);
void     sky_tcp_tap_source_renew (GSource *source);

SkyTcpTapTurn *sky_tcp_tap_turn_get (void);
void           sky_tcp_tap_turn_unref (SkyTcpTapTurn *self);
GMainContext  *sky_tcp_tap_turn_get_context (SkyTcpTapTurn *self);
SkyTcpPoll    *sky_tcp_tap_turn_get_poll (SkyTcpTapTurn *self);
guint8        *sky_tcp_tap_turn_take_block (SkyTcpTapTurn *self);
void           sky_tcp_tap_turn_give_block (SkyTcpTapTurn *self, guint8 *block);
GByteArray    *sky_tcp_tap_turn_share (SkyTcpTapTurn *self, const guint8 *head, gsize head_len, const guint8 *data,
                                       gsize len);
GByteArray    *sky_tcp_tap_turn_take_spare (SkyTcpTapTurn *self, gsize len);
void           sky_tcp_tap_turn_give_spare (SkyTcpTapTurn *self, GByteArray *bytes);
void           sky_tcp_tap_turn_count (SkyTcpTapTurn *self, SkyTcpTapLine *line, gsize len, gint64 now_usec);
gboolean       sky_tcp_tap_turn_is_spent (SkyTcpTapTurn *self, SkyTcpTapLine *line);
void           sky_tcp_tap_turn_add_waiting (SkyTcpTapTurn *self, GSource *source);
void           sky_tcp_tap_turn_remove_waiting (SkyTcpTapTurn *self, GSource *source);
void           sky_tcp_tap_turn_add_dirty (SkyTcpTapTurn *self, SkyTcpTapLine *line);
void           sky_tcp_tap_turn_remove_dirty (SkyTcpTapTurn *self, SkyTcpTapLine *line);

#define SKY_TYPE_TCP_TAP_INPUT (sky_tcp_tap_input_get_type ())
G_DECLARE_FINAL_TYPE (SkyTcpTapInput, sky_tcp_tap_input, SKY, TCP_TAP_INPUT, GInputStream)
GInputStream *sky_tcp_tap_input_new (SkyTcpTapLine *line);

#define SKY_TYPE_TCP_TAP_OUTPUT (sky_tcp_tap_output_get_type ())
G_DECLARE_FINAL_TYPE (SkyTcpTapOutput, sky_tcp_tap_output, SKY, TCP_TAP_OUTPUT, GOutputStream)
GOutputStream *sky_tcp_tap_output_new (SkyTcpTapLine *line);
