#include "stack/stack-private.h"

#include <string.h>

#include "eio/eio-jsonp.h"
#include "http/http-content.h"
#include "http/http-upgrade.h"

static void
exchange_free (Exchange *exchange)
{
  g_free (exchange->head);
  g_free (exchange->data);
  g_free (exchange);
}

static void
side_clear_head (Side *side)
{
  g_clear_pointer (&side->head, g_free);
  g_clear_pointer (&side->head_data, g_free);
  sky_stack_empty (&side->body);
  side->head_len = side->body_len = side->head_faults = 0;
  side->unwrapped = side->sealed = FALSE;
}

void
sky_stack_clear_http (SkyStack *self)
{
  g_queue_clear_full (&self->exchanges, (GDestroyNotify) exchange_free);
  side_clear_head (&self->sides[SKY_FROM_CLIENT]);
  side_clear_head (&self->sides[SKY_FROM_SERVER]);
}

/* The bytes are no HTTP: one record says so, and nothing above is looked for any more. */
static gsize
give_up (SkyStack *self, SkyFrom from, gsize len, SkyHttpFault fault)
{
  SkyRecord record = sky_stack_blank (self, from, SKY_LAYER_HTTP, SKY_KIND_UNKNOWN);

  record.len = MIN (len, G_MAXUINT32);
  record.faults = fault;
  sky_stack_put (self, &record);
  self->sides[from].raw = TRUE;
  if (self->speech == SKY_SPEECH_UNKNOWN)
    self->speech = SKY_SPEECH_OTHER;
  return len;
}

/* What the request's head says of it; its record and its bytes come to it when it is put. */
static Exchange *
exchange_new (SkyStack *self, const Side *side)
{
  Exchange *exchange = g_new0 (Exchange, 1);
  g_autofree char *target = sky_http_head_target (side->head, side->head_data);
  g_autofree char *sid = sky_http_query_value (target, "sid");
  g_autofree char *jsonp = sky_http_query_value (target, "j");

  exchange->upgrade = sky_http_upgrade_is_request (side->head, side->head_data);
  exchange->polling = sky_stack_is_eio_target (target, "polling");
  exchange->opening = exchange->polling && sid == NULL;
  exchange->jsonp = exchange->polling && jsonp != NULL;
  if (exchange->polling)
    sky_stack_begin_eio (self, target, FALSE);
  return exchange;
}

static gboolean
has_method (const SkyHttpHead *head, const guint8 *data, const char *method)
{
  return head->method_len == strlen (method) && memcmp (data + head->method_start, method, head->method_len) == 0;
}

static void
take_body (Side *side, GByteArray **body)
{
  GByteArray *wrapped = side->body;

  side->body = g_steal_pointer (body);
  side->unwrapped = TRUE;
  g_byte_array_unref (wrapped);
}

static void
inflate_body (Side *side, SkyHttpCoding coding)
{
  g_autoptr(GByteArray) content = g_byte_array_new ();
  g_autoptr(GError) error = NULL;

  if (sky_http_content_decode (coding, side->body->data, side->body->len, SKY_STACK_MAX_MESSAGE, content, &error))
    {
      take_body (side, &content);
      return;
    }
  side->sealed = TRUE;
  if (g_error_matches (error, SKY_HTTP_ERROR, SKY_HTTP_ERROR_BOMB))
    side->head_faults |= SKY_HTTP_FAULT_BOMB;
  else if (g_error_matches (error, SKY_HTTP_ERROR, SKY_HTTP_ERROR_CODING))
    side->head_faults |= SKY_HTTP_FAULT_CODING;
  else if ((side->head_faults & SKY_HTTP_FAULT_TRUNCATED) == 0)
    side->head_faults |= SKY_HTTP_FAULT_CONTENT;
}

/* Takes off what is around a body: its content coding, and JSONP's call or form around a payload. */
static void
unwrap (Side *side, gboolean jsonp)
{
  SkyHttpCoding coding = sky_http_content_coding (side->head, side->head_data);
  g_autoptr(GByteArray) payload = NULL;

  if (side->body->len == 0)
    return;
  if (coding != SKY_HTTP_CODING_IDENTITY)
    inflate_body (side, coding);
  if (!jsonp || side->sealed)
    return;
  payload = g_byte_array_new ();
  if (side->head->response ? sky_eio_jsonp_answer (side->body->data, side->body->len, payload)
                           : sky_eio_jsonp_post (side->body->data, side->body->len, payload))
    take_body (side, &payload);
}

static guint32
put_message (SkyStack *self, SkyFrom from, SkyLayer layer, guint32 mate, guint8 flags)
{
  Side *side = &self->sides[from];
  SkyRecord record
      = sky_stack_blank (self, from, layer, from == SKY_FROM_CLIENT ? SKY_KIND_REQUEST : SKY_KIND_RESPONSE);

  record.start = side->head_start;
  record.len = MIN (side->head_len + side->body_len, G_MAXUINT32);
  record.head_len = side->head_len;
  record.faults = side->head_faults;
  record.mate = mate;
  record.flags = flags;
  if (side->framing.mode == SKY_HTTP_BODY_CHUNKED || side->unwrapped)
    sky_stack_derive (self, &record, side->body->data, side->body->len);
  return sky_stack_put (self, &record);
}

/* A poll of a session that stands, or a POST with packets: the packets say all that it says. */
static void
end_request (SkyStack *self)
{
  Side *side = &self->sides[SKY_FROM_CLIENT];
  Exchange *exchange = exchange_new (self, side);
  gboolean packets = exchange->polling && side->body->len > 0;
  gboolean covered = packets
                     || (exchange->polling && !exchange->opening && has_method (side->head, side->head_data, "GET"));

  if (exchange->upgrade)
    side->head_faults |= sky_http_upgrade_check_request (side->head, side->head_data);
  unwrap (side, exchange->jsonp);
  packets = packets && !side->sealed;
  exchange->record = put_message (self, SKY_FROM_CLIENT, exchange->upgrade ? SKY_LAYER_UPGRADE : SKY_LAYER_HTTP,
                                  SKY_RECORD_NONE, covered && !side->sealed ? SKY_RECORD_COVERED : 0);
  exchange->head = g_steal_pointer (&side->head);
  exchange->data = g_steal_pointer (&side->head_data);
  g_queue_push_tail (&self->exchanges, exchange);
  if (g_queue_get_length (&self->exchanges) > SKY_STACK_MAX_EXCHANGES)
    exchange_free (g_queue_pop_head (&self->exchanges));
  if (packets)
    sky_stack_hear_payload (self, SKY_FROM_CLIENT, exchange->record, side->body->data, side->body->len);
}

static void
switch_protocols (SkyStack *self, Side *side, const Exchange *exchange)
{
  g_autofree char *extensions = sky_http_head_value (side->head, side->head_data, "Sec-WebSocket-Extensions");
  g_autofree char *target = sky_http_head_target (exchange->head, exchange->data);

  self->websocket = TRUE;
  self->speech = SKY_SPEECH_WEBSOCKET;
  sky_stack_begin_ws (self, extensions);
  sky_stack_begin_eio (self, target, TRUE);
}

/* How an answer to a request of long-polling is to be taken. */
typedef enum
{
  ANSWER_OTHER,   /* a refusal, or no long-polling at all */
  ANSWER_PACKETS, /* to a GET */
  ANSWER_OK,      /* to a POST, with nothing to say but that */
} Answer;

static Answer
judge_answer (const Side *side, const Exchange *exchange)
{
  if (exchange == NULL || !exchange->polling || side->head->status != 200 || side->sealed)
    return ANSWER_OTHER;
  if (has_method (exchange->head, exchange->data, "GET"))
    return ANSWER_PACKETS;
  return has_method (exchange->head, exchange->data, "POST") && side->body->len == 2
                 && memcmp (side->body->data, "ok", 2) == 0
             ? ANSWER_OK
             : ANSWER_OTHER;
}

static void
end_response (SkyStack *self)
{
  Side *side = &self->sides[SKY_FROM_SERVER];
  gboolean interim = side->head->status >= 100 && side->head->status < 200 && side->head->status != 101;
  Exchange *exchange = interim ? NULL : g_queue_pop_head (&self->exchanges);
  gboolean upgrade = exchange != NULL && exchange->upgrade;
  guint8 uncovered;
  Answer answer;
  guint32 number;

  if (upgrade)
    side->head_faults |= sky_http_upgrade_check_response (exchange->head, exchange->data, side->head,
                                                          side->head_data);
  unwrap (side, exchange != NULL && exchange->jsonp);
  answer = judge_answer (side, exchange);
  number = put_message (self, SKY_FROM_SERVER, upgrade ? SKY_LAYER_UPGRADE : SKY_LAYER_HTTP,
                        exchange != NULL ? exchange->record : SKY_RECORD_NONE,
                        answer != ANSWER_OTHER && !exchange->opening ? SKY_RECORD_COVERED : 0);
  uncovered = answer == ANSWER_OTHER ? SKY_RECORD_COVERED : 0; /* a refusal is seen with its request */
  if (exchange != NULL)
    sky_stack_amend (self, exchange->record, 0, uncovered, 0, number);
  if (upgrade && side->head->status == 101)
    switch_protocols (self, side, exchange);
  else if (answer == ANSWER_PACKETS)
    sky_stack_hear_payload (self, SKY_FROM_SERVER, number, side->body->data, side->body->len);
  g_clear_pointer (&exchange, exchange_free);
}

static void
end_message (SkyStack *self, SkyFrom from)
{
  if (self->speech == SKY_SPEECH_UNKNOWN)
    self->speech = SKY_SPEECH_HTTP;
  if (from == SKY_FROM_CLIENT)
    end_request (self);
  else
    end_response (self);
  side_clear_head (&self->sides[from]);
}

static gboolean
answers_head_request (SkyStack *self)
{
  Exchange *exchange = g_queue_peek_head (&self->exchanges);

  return exchange != NULL && has_method (exchange->head, exchange->data, "HEAD");
}

static gsize
hear_head (SkyStack *self, SkyFrom from, const guint8 *data, gsize len)
{
  Side *side = &self->sides[from];
  g_autofree SkyHttpHead *head = g_new0 (SkyHttpHead, 1);
  g_autoptr(GError) error = NULL;
  gssize n = sky_http_head_decode (data, len, from == SKY_FROM_SERVER, head, &error);

  if (n < 0)
    return give_up (self, from, len,
                    g_error_matches (error, SKY_HTTP_ERROR, SKY_HTTP_ERROR_TOO_LONG) ? SKY_HTTP_FAULT_TOO_LONG
                                                                                      : SKY_HTTP_FAULT_NOT_HTTP);
  if (n == 0)
    return 0;
  sky_http_body_init (&side->framing, head, data, from == SKY_FROM_SERVER && answers_head_request (self));
  side->head_start = side->offset;
  side->head_len = n;
  side->head_faults = head->faults;
  side->head_data = g_memdup2 (data, n);
  side->head = g_steal_pointer (&head);
  if (side->framing.done)
    end_message (self, from);
  return n;
}

/* Octets before a fault are the body's, however they were cut: -1 only if the first is wrong. */
static gssize
feed_sound (Side *side, const guint8 *data, gsize len, GError **error)
{
  SkyHttpBody before = side->framing;
  guint body_len = side->body->len;
  gssize n = sky_http_body_feed (&side->framing, data, len, side->body, error), n_sound = 0;

  if (n >= 0)
    return n;
  side->framing = before;
  g_byte_array_set_size (side->body, body_len);
  while (sky_http_body_feed (&side->framing, data + n_sound, 1, side->body, NULL) == 1)
    n_sound++;
  return n_sound > 0 ? n_sound : -1;
}

static gsize
hear_body (SkyStack *self, SkyFrom from, const guint8 *data, gsize len)
{
  Side *side = &self->sides[from];
  g_autoptr(GError) error = NULL;
  gssize n = feed_sound (side, data, len, &error);

  if (n < 0)
    {
      side->head_faults |= SKY_HTTP_FAULT_LENGTH;
      end_message (self, from);
      return give_up (self, from, len, SKY_HTTP_FAULT_NOT_HTTP);
    }
  side->body_len += n;
  if (side->body->len > SKY_STACK_MAX_MESSAGE)
    {
      side->head_faults |= SKY_HTTP_FAULT_TOO_LONG;
      sky_stack_empty (&side->body);
    }
  if (side->framing.done)
    end_message (self, from);
  return n;
}

/* A client may not speak WebSocket before it was told 101; what it says early waits for that. */
static gboolean
awaits_upgrade (SkyStack *self, SkyFrom from)
{
  Exchange *newest = g_queue_peek_tail (&self->exchanges);

  return from == SKY_FROM_CLIENT && newest != NULL && newest->upgrade;
}

/* Returns: bytes used of @data, 0 if more are needed */
gsize
sky_stack_hear_http (SkyStack *self, SkyFrom from, const guint8 *data, gsize len)
{
  Side *side = &self->sides[from];

  if (side->head != NULL)
    return hear_body (self, from, data, len);
  if (awaits_upgrade (self, from))
    return len > SKY_STACK_MAX_MESSAGE ? give_up (self, from, len, SKY_HTTP_FAULT_TOO_LONG) : 0;
  return hear_head (self, from, data, len);
}

void
sky_stack_end_http (SkyStack *self, SkyFrom from)
{
  Side *side = &self->sides[from];

  if (side->head != NULL)
    {
      if (side->framing.mode != SKY_HTTP_BODY_UNTIL_CLOSE)
        side->head_faults |= SKY_HTTP_FAULT_TRUNCATED;
      end_message (self, from);
    }
  else if (side->pending != NULL)
    give_up (self, from, side->pending->len, SKY_HTTP_FAULT_TRUNCATED);
  if (from == SKY_FROM_SERVER) /* what will never be answered is seen */
    for (GList *l = self->exchanges.head; l != NULL; l = l->next)
      sky_stack_amend (self, ((Exchange *) l->data)->record, 0, SKY_RECORD_COVERED, 0, SKY_RECORD_NONE);
}
