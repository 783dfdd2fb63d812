#include "peer/carrier/carrier-poll-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/json.h"
#include "http/http-head.h"
#include "peer/profile/profile-secrets.h"

#define MAX_SHOWN 200 /* bytes of a body that a sentence shows */

typedef struct
{
  guint status;
} SkyCarrierPollErrorPrivate;

static void
sky_carrier_poll_error_private_init (SkyCarrierPollErrorPrivate *priv)
{
}

static void
sky_carrier_poll_error_private_copy (const SkyCarrierPollErrorPrivate *from, SkyCarrierPollErrorPrivate *to)
{
  *to = *from;
}

static void
sky_carrier_poll_error_private_clear (SkyCarrierPollErrorPrivate *priv)
{
}

G_DEFINE_EXTENDED_ERROR (SkyCarrierPollError, sky_carrier_poll_error)

/* Returns: the status of the answer that a %SKY_CARRIER_POLL_ERROR is about, 0 if @error is another one */
guint
sky_carrier_poll_get_status (const GError *error)
{
  return error != NULL && error->domain == SKY_CARRIER_POLL_ERROR ? sky_carrier_poll_error_get_private (error)->status
                                                                  : 0;
}

/* Reads {"code":N,"message":"…"}: PROTOCOL §2.1. Returns: whether it is that */
static gboolean
read_refusal (GBytes *body, guint64 *code, char **message)
{
  gsize len;
  const char *json = g_bytes_get_data (body, &len);
  SkyJsonValue object, value;

  if (len == 0 || !sky_json_parse (json, len, &object, NULL, NULL) || object.type != SKY_JSON_OBJECT
      || !sky_json_member (json, &object, "code", &value) || value.type != SKY_JSON_NUMBER
      || !sky_json_uint (json, &value, code))
    return FALSE;
  if (sky_json_member (json, &object, "message", &value) && value.type == SKY_JSON_STRING)
    *message = sky_json_unquote (json, &value, NULL);
  return TRUE;
}

static SkyCarrierPollError
error_of_code (guint64 code)
{
  switch (code)
    {
    case 0:
      return SKY_CARRIER_POLL_ERROR_TRANSPORT;
    case 1:
      return SKY_CARRIER_POLL_ERROR_SESSION;
    case 2:
    case 3:
      return SKY_CARRIER_POLL_ERROR_REQUEST;
    case 4:
      return SKY_CARRIER_POLL_ERROR_FORBIDDEN;
    case 5:
      return SKY_CARRIER_POLL_ERROR_REVISION;
    default:
      return SKY_CARRIER_POLL_ERROR_STATUS;
    }
}

/* A short text that is no page says more than its status. */
static char *
quote_body (GBytes *body)
{
  gsize len;
  const char *text = g_bytes_get_data (body, &len);
  char *shown;

  if (len == 0 || text[0] == '<' || memchr (text, '\0', len) != NULL || !g_utf8_validate_len (text, len, NULL))
    return NULL;
  shown = g_strndup (text, MIN (len, MAX_SHOWN));
  if (len > MAX_SHOWN)
    {
      g_autofree char *cut = shown;

      shown = g_utf8_make_valid (cut, -1);
    }
  return g_strstrip (shown);
}

static char *
read_reason (const SkyAnswer *answer)
{
  g_autofree SkyHttpHead *head = g_new0 (SkyHttpHead, 1);
  gsize len;
  const guint8 *data = g_bytes_get_data (answer->head, &len);

  return sky_http_head_decode (data, len, TRUE, head, NULL) > 0 ? sky_http_head_reason (head, data) : g_strdup ("");
}

static GError *
make_status_error (const SkyAnswer *answer, const SkyRoute *route, gboolean opening)
{
  g_autofree char *reason = read_reason (answer);
  g_autofree char *body = quote_body (answer->body);
  g_autofree char *target = sky_secret_blank_url (route->target);
  g_autofree char *status = g_strchomp (g_strdup_printf ("%u %s", answer->status, reason));
  g_autofree char *what = opening ? g_strdup_printf (_("%s answered %s instead of opening an Engine.IO session at %s."),
                                                     route->host_header, status, target)
                                  : g_strdup_printf (_("%s ended the session: it answered %s."), route->host_header,
                                                     status);

  if (body == NULL || *body == '\0' || strstr (status, body) != NULL)
    return g_error_new_literal (SKY_CARRIER_POLL_ERROR, SKY_CARRIER_POLL_ERROR_STATUS, what);
  return g_error_new (SKY_CARRIER_POLL_ERROR, SKY_CARRIER_POLL_ERROR_STATUS, _("%s It says: %s"), what, body);
}

/**
 * sky_carrier_poll_error_from_answer:
 * @answer: one with another status than 200
 * @opening: whether it answers the handshake
 *
 * Returns: (transfer full): why there is no session, or none any more, in a whole sentence
 */
GError *
sky_carrier_poll_error_from_answer (const SkyAnswer *answer, const SkyRoute *route, gboolean opening)
{
  g_autofree char *message = NULL;
  guint64 code = G_MAXUINT64;
  GError *error;

  if (!read_refusal (answer->body, &code, &message) || error_of_code (code) == SKY_CARRIER_POLL_ERROR_STATUS)
    error = make_status_error (answer, route, opening);
  else
    error = g_error_new (SKY_CARRIER_POLL_ERROR, error_of_code (code),
                         opening ? _("%s opened no Engine.IO session: %s (error %u, status %u).")
                                 : _("%s ended the session: %s (error %u, status %u)."),
                         route->host_header, message != NULL && *message != '\0' ? message : _("it gives no reason"),
                         (guint) code, answer->status);
  sky_carrier_poll_error_get_private (error)->status = answer->status;
  return error;
}
