#include "peer/carrier/caller-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/fault.h"
#include "http/http-content.h"
#include "peer/profile/profile-secrets.h"

#define MAX_INTERIM 32 /* answers 1xx before the one that counts */
#define MAX_WIRE    (2 * (guint64) SKY_CALLER_MAX_BODY) /* bytes of an answer with the frame of its chunks */

void
sky_reply_init (SkyReply *self, const char *host, const char *method)
{
  *self = (SkyReply) { .host = host, .to_head = g_str_equal (method, "HEAD") };
  self->head_data = g_byte_array_new ();
  self->body = g_byte_array_new ();
}

void
sky_reply_clear (SkyReply *self)
{
  g_clear_pointer (&self->head_data, g_byte_array_unref);
  g_clear_pointer (&self->body, g_byte_array_unref);
}

static gboolean
fail_no_http (SkyReply *self, const GError *why, GError **error)
{
  gboolean too_long = why != NULL && g_error_matches (why, SKY_HTTP_ERROR, SKY_HTTP_ERROR_TOO_LONG);

  sky_fail (error, SKY_CALLER_ERROR, too_long ? SKY_CALLER_ERROR_TOO_LONG : SKY_CALLER_ERROR_NOT_HTTP,
            _("%s answered with something that is no HTTP. %s"), self->host, why->message);
  return FALSE;
}

static gboolean
fail_too_long (SkyReply *self, GError **error)
{
  sky_fail (error, SKY_CALLER_ERROR, SKY_CALLER_ERROR_TOO_LONG,
            _("%s answers with more than the %u MiB that are taken."), self->host, SKY_CALLER_MAX_BODY >> 20);
  return FALSE;
}

static gboolean
feed_body (SkyReply *self, const guint8 *data, gsize len, GError **error)
{
  g_autoptr(GError) why = NULL;
  gssize n = sky_http_body_feed (&self->framing, data, len, self->body, &why);

  if (n < 0)
    return fail_no_http (self, why, error);
  if (self->body->len > SKY_CALLER_MAX_BODY || self->n_bytes > MAX_WIRE)
    return fail_too_long (self, error);
  self->done = self->framing.done;
  self->excess = (gsize) n < len;
  return TRUE;
}

/* The head is whole; what stands behind it in @all belongs to the body, or to the answer after a 1xx. */
static gboolean
end_head (SkyReply *self, GByteArray *all, gsize head_len, GError **error)
{
  const guint8 *rest = all->data + head_len;
  gsize rest_len = all->len - head_len;

  if (self->head.status == 101 || (self->head.status < 200 && ++self->n_interim > MAX_INTERIM))
    {
      g_autofree char *reason = sky_http_head_reason (&self->head, all->data);

      sky_fail (error, SKY_CALLER_ERROR, SKY_CALLER_ERROR_NOT_HTTP,
                _("%s answered %u %s, which was not asked for."), self->host, self->head.status, reason);
      return FALSE;
    }
  if (self->head.status < 200)
    return rest_len == 0 || sky_reply_feed (self, rest, rest_len, error);
  self->has_head = TRUE;
  g_byte_array_append (self->head_data, all->data, (guint) head_len);
  sky_http_body_init (&self->framing, &self->head, self->head_data->data, self->to_head);
  self->done = self->framing.done;
  self->excess = self->done && rest_len > 0;
  return self->done || rest_len == 0 || feed_body (self, rest, rest_len, error);
}

/* Whether a look at the head may tell more than the last one did: each look walks over all of it. */
static gboolean
is_worth_a_look (const GByteArray *data, guint before)
{
  const guint8 *at = data->data + (before > 3 ? before - 3 : 0), *end = data->data + data->len;

  if (before < 8 || data->len > SKY_HTTP_MAX_HEAD)
    return TRUE;
  while ((at = memchr (at, '\n', (gsize) (end - at))) != NULL)
    {
      at++;
      if (at < end && (*at == '\n' || (*at == '\r' && at + 1 < end && at[1] == '\n')))
        return TRUE;
    }
  return FALSE;
}

/**
 * sky_reply_feed:
 * @data: (array length=len): what came next
 *
 * Takes the next bytes; @self->done tells when the answer is whole. Answers 1xx are passed over
 * (RFC 9110 §15.2).
 *
 * Returns: %FALSE with a #SkyCallerError if this can be no answer any more
 */
gboolean
sky_reply_feed (SkyReply *self, const guint8 *data, gsize len, GError **error)
{
  g_autoptr(GByteArray) all = NULL;
  g_autoptr(GError) why = NULL;
  guint before = self->head_data->len;
  gssize head_len;

  self->n_bytes += len;
  if (self->has_head)
    return feed_body (self, data, len, error);
  g_byte_array_append (self->head_data, data, (guint) len);
  if (!is_worth_a_look (self->head_data, before))
    return TRUE;
  head_len = sky_http_head_decode (self->head_data->data, self->head_data->len, TRUE, &self->head, &why);
  if (head_len < 0)
    return fail_no_http (self, why, error);
  if (head_len == 0)
    return TRUE;
  all = g_steal_pointer (&self->head_data);
  self->head_data = g_byte_array_new ();
  return end_head (self, all, (gsize) head_len, error);
}

/**
 * sky_reply_end:
 * @why: (nullable): the line broke; %NULL if the peer ended it in order
 *
 * Nothing more comes. Only a body that lasts until the connection closes is whole then.
 *
 * Returns: whether it is, else %FALSE with %SKY_CALLER_ERROR_BROKEN
 */
gboolean
sky_reply_end (SkyReply *self, const GError *why, GError **error)
{
  if (why == NULL && self->has_head && self->framing.mode == SKY_HTTP_BODY_UNTIL_CLOSE)
    return self->done = TRUE;
  if (why != NULL)
    sky_fail (error, SKY_CALLER_ERROR, SKY_CALLER_ERROR_BROKEN,
              self->n_bytes > 0 ? _("The connection to %s broke in the middle of its answer: %s.")
                                : _("The connection to %s broke before it answered: %s."),
              self->host, why->message);
  else
    sky_fail (error, SKY_CALLER_ERROR, SKY_CALLER_ERROR_BROKEN,
              self->n_bytes > 0 ? _("%s closed the connection in the middle of its answer.")
                                : _("%s closed the connection without an answer."),
              self->host);
  return FALSE;
}

/**
 * sky_reply_keeps_alive:
 * @idle_msec: (out): how long the server says that it keeps an idle connection, 0 if it does not say
 *
 * Returns: whether the connection may take another request. RFC 9112 §9.3
 */
gboolean
sky_reply_keeps_alive (const SkyReply *self, guint *idle_msec)
{
  g_autofree char *hint = sky_http_head_value (&self->head, self->head_data->data, "Keep-Alive");
  const char *timeout = hint != NULL ? strstr (hint, "timeout=") : NULL;

  *idle_msec = timeout != NULL
                   ? (guint) MIN (g_ascii_strtoull (timeout + strlen ("timeout="), NULL, 10), G_MAXUINT / 1000) * 1000
                   : 0;
  if (!self->done || self->excess || self->framing.mode == SKY_HTTP_BODY_UNTIL_CLOSE
      || sky_http_head_has_token (&self->head, self->head_data->data, "Connection", "close"))
    return FALSE;
  return self->head.minor >= 1
         || sky_http_head_has_token (&self->head, self->head_data->data, "Connection", "keep-alive");
}

static GByteArray *
inflate (SkyReply *self, GError **error)
{
  SkyHttpCoding coding = sky_http_content_coding (&self->head, self->head_data->data);
  g_autoptr(GByteArray) content = NULL;
  g_autoptr(GError) why = NULL;

  if (coding == SKY_HTTP_CODING_IDENTITY || self->body->len == 0)
    return g_byte_array_ref (self->body);
  content = g_byte_array_new ();
  if (sky_http_content_decode (coding, self->body->data, self->body->len, SKY_CALLER_MAX_BODY, content, &why))
    return g_steal_pointer (&content);
  if (g_error_matches (why, SKY_HTTP_ERROR, SKY_HTTP_ERROR_BOMB))
    fail_too_long (self, error);
  else
    sky_fail (error, SKY_CALLER_ERROR, SKY_CALLER_ERROR_CODING,
              _("The answer of %s is coded in a way that cannot be read. %s."), self->host, why->message);
  return NULL;
}

/**
 * sky_reply_finish:
 * @route: who answered
 * @error: %SKY_CALLER_ERROR_CODING or %SKY_CALLER_ERROR_TOO_LONG
 *
 * Returns: (transfer full) (nullable): the answer, inflated
 */
SkyAnswer *
sky_reply_finish (SkyReply *self, const SkyRoute *route, GError **error)
{
  GByteArray *content = inflate (self, error);
  SkyAnswer *answer;

  if (content == NULL)
    return NULL;
  answer = g_new0 (SkyAnswer, 1);
  answer->status = self->head.status;
  answer->head = g_byte_array_free_to_bytes (g_steal_pointer (&self->head_data));
  if (content == self->body)
    g_byte_array_unref (g_steal_pointer (&self->body));
  answer->body = g_byte_array_free_to_bytes (content);
  sky_route_copy (route, &answer->route);
  return answer;
}

/* A Location as a sentence may show it. */
static char *
shorten (const char *location)
{
  g_autofree char *plain = sky_secret_blank_url (location);
  g_autofree char *shown = g_strndup (plain, MIN (strlen (plain), 200));

  return g_utf8_make_valid (shown, -1);
}

static void
move_route (SkyRoute *route, GUri *uri)
{
  int port = g_uri_get_port (uri);
  const char *query = g_uri_get_query (uri), *path = g_uri_get_path (uri), *host = g_uri_get_host (uri);
  gboolean literal = strchr (host, ':') != NULL;

  g_free (route->host);
  g_free (route->host_header);
  g_free (route->target);
  route->host = g_strdup (host);
  route->tls = g_str_equal (g_uri_get_scheme (uri), "https");
  route->port = port > 0 ? port : route->tls ? 443 : 80;
  route->host_header = port > 0 && port != (route->tls ? 443 : 80)
                           ? g_strdup_printf (literal ? "[%s]:%d" : "%s:%d", host, port)
                           : g_strdup_printf (literal ? "[%s]" : "%s", host);
  route->target = g_strconcat (*path == '/' ? path : "/", query != NULL ? "?" : "", query, NULL);
}

/**
 * sky_reply_redirect:
 * @route: (inout): who answered and what was asked; changed to where that leads, if it redirects
 * @redirects: (out): whether it does
 *
 * Reads a redirect as a browser does: RFC 9110 §15.4. From https to http nothing is followed, for
 * what was asked in secret would be asked again in the open.
 *
 * Returns: %FALSE with %SKY_CALLER_ERROR_REDIRECTS if it leads nowhere
 */
gboolean
sky_reply_redirect (const SkyReply *self, SkyRoute *route, gboolean *redirects, GError **error)
{
  g_autofree char *location = sky_http_head_value (&self->head, self->head_data->data, "Location");
  g_autofree char *asked = g_strconcat (route->tls ? "https://" : "http://", route->host_header, route->target, NULL);
  GUriFlags flags = G_URI_FLAGS_ENCODED | G_URI_FLAGS_PARSE_RELAXED | G_URI_FLAGS_SCHEME_NORMALIZE;
  guint status = self->head.status;
  g_autoptr(GUri) base = NULL, uri = NULL;

  *redirects = location != NULL
               && ((status >= 301 && status <= 303) || status == 307 || status == 308);
  if (!*redirects)
    return TRUE;
  base = g_uri_parse (asked, flags, NULL);
  uri = base != NULL ? g_uri_parse_relative (base, location, flags, NULL) : g_uri_parse (location, flags, NULL);
  if (uri == NULL || g_uri_get_host (uri) == NULL || *g_uri_get_host (uri) == '\0'
      || (!g_str_equal (g_uri_get_scheme (uri), "http") && !g_str_equal (g_uri_get_scheme (uri), "https")))
    {
      g_autofree char *shown = shorten (location);

      sky_fail (error, SKY_CALLER_ERROR, SKY_CALLER_ERROR_REDIRECTS,
                _("%s redirects to “%s”, which is no address of HTTP."), self->host, shown);
      return FALSE;
    }
  if (route->tls && g_str_equal (g_uri_get_scheme (uri), "http"))
    {
      g_autofree char *shown = shorten (location);

      sky_fail (error, SKY_CALLER_ERROR, SKY_CALLER_ERROR_REDIRECTS,
                _("%s redirects from https to “%s”, which is not encrypted: that is not followed."), self->host, shown);
      return FALSE;
    }
  move_route (route, uri);
  return TRUE;
}
