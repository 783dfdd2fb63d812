#include "peer/doctor/doctor-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "tcp/tcp-dial.h"

/* The first step: name, port, TLS. What is beyond is only asked if there is a line. */

static void
fail (SkyDoctor *self, SkyAsk *ask, const char *id)
{
  g_autofree char *evidence = g_strdup_printf (_("connect to %s, port %u%s"), ask->route.host, ask->route.port,
                                               ask->route.tls ? _(", with TLS") : "");

  self->hopeless = TRUE;
  sky_doctor_find (self, SKY_FINDING_BAD, id, g_strdup (ask->error->message), g_steal_pointer (&evidence),
                   ask->error->domain == SKY_TCP_ERROR ? sky_tcp_error_advice (ask->error->code)
                                                       : _("Check the address and the port."));
  sky_doctor_end (self);
}

static char *
describe_line (const SkyAsk *ask)
{
  const SkyTcpFacts *facts = sky_link_get_facts (ask->link);
  g_autofree char *tls = facts->tls ? sky_tcp_facts_describe_tls (facts) : NULL;

  return g_strdup_printf ("%s → %s%s%s%s%s", facts->local != NULL ? facts->local : "?",
                          facts->remote != NULL ? facts->remote : "?", facts->proxy != NULL ? _(" through ") : "",
                          facts->proxy != NULL ? facts->proxy : "", tls != NULL ? "\n" : "", tls != NULL ? tls : "");
}

/* Asked again without care for the certificate: now all that is wrong with it can be said. */
static void
on_dialed_insecure (SkyDoctor *self, SkyAsk *ask)
{
  const SkyTcpFacts *facts = sky_link_get_facts (ask->link);
  const SkyTcpCertificate *certificate = facts->certificate;
  const char *first_problem = ask->question.note;
  g_autofree char *problems = certificate != NULL ? g_strjoinv (" ", certificate->problems) : NULL;
  g_autofree char *shown = certificate != NULL ? sky_tcp_certificate_describe (certificate) : NULL;

  if (ask->error != NULL)
    {
      fail (self, ask, "tls-failed");
      return;
    }
  self->hopeless = TRUE;
  sky_doctor_find (self, SKY_FINDING_BAD, "certificate",
                   g_strdup (problems != NULL && *problems != '\0' ? problems : first_problem),
                   shown != NULL ? g_strdup (shown) : describe_line (ask),
                   _("If this is your own server, accept this certificate or name its authority (--ca); else do not connect."));
  sky_doctor_speak (self);
}

static void
on_dialed_plain (SkyDoctor *self, SkyAsk *ask)
{
  if (ask->error != NULL)
    {
      fail (self, ask, "refused");
      return;
    }
  sky_doctor_find (self, SKY_FINDING_BAD, "not-tls",
                   g_strdup_printf (_("%s does not speak TLS on this port."), ask->route.host_header),
                   describe_line (ask), _("Use http:// or ws:// instead, or the port of the HTTPS server."));
  sky_doctor_mend_tls (self, FALSE);
  sky_doctor_speak (self);
}

/* A line that failed for good: nothing more can be asked. */
static const struct
{
  SkyTcpError code;
  const char *id;
} ends[] = {
  { SKY_TCP_ERROR_NAME, "name-not-found" },
  { SKY_TCP_ERROR_REFUSED, "refused" },
  { SKY_TCP_ERROR_UNREACHABLE, "unreachable" },
  { SKY_TCP_ERROR_TIMEOUT, "no-answer" },
  { SKY_TCP_ERROR_RESET, "reset" },
  { SKY_TCP_ERROR_TLS, "tls-failed" },
  { SKY_TCP_ERROR_TLS_ASKS, "client-certificate" },
  { SKY_TCP_ERROR_PROXY, "proxy" },
  { SKY_TCP_ERROR_PROXY_AUTH, "proxy" },
  { SKY_TCP_ERROR_PROXY_TARGET, "proxy" },
  { SKY_TCP_ERROR_FILE, "file" },
};

static void
judge_dial (SkyDoctor *self, SkyAsk *ask)
{
  int code = ask->error->domain == SKY_TCP_ERROR ? ask->error->code : SKY_TCP_ERROR_TIMEOUT;
  SkyQuestion again = { .route = &self->engine, .name = _("doctor: once more") };
  guint end = 0;

  if (ask->route.tls && (code == SKY_TCP_ERROR_NOT_TLS || code == SKY_TCP_ERROR_RESET))
    {
      g_auto(SkyRoute) plain = { 0 };

      sky_route_copy (&self->engine, &plain);
      plain.tls = FALSE;
      again.route = &plain;
      sky_doctor_dial (self, &again, on_dialed_plain);
      return;
    }
  if (code == SKY_TCP_ERROR_TLS_UNTRUSTED || code == SKY_TCP_ERROR_TLS_NAME || code == SKY_TCP_ERROR_TLS_EXPIRED)
    {
      self->profile->insecure = TRUE;
      again.note = g_strdup (ask->error->message);
      sky_doctor_dial (self, &again, on_dialed_insecure);
      return;
    }
  while (end < G_N_ELEMENTS (ends) && (int) ends[end].code != code)
    end++;
  fail (self, ask, end < G_N_ELEMENTS (ends) ? ends[end].id : "failed");
}

static void
on_dialed (SkyDoctor *self, SkyAsk *ask)
{
  if (ask->error != NULL)
    {
      judge_dial (self, ask);
      return;
    }
  sky_doctor_find (self, SKY_FINDING_GOOD, "reached",
                   ask->route.tls ? g_strdup_printf (_("%s takes connections, with TLS."), ask->route.host_header)
                                  : g_strdup_printf (_("%s takes connections."), ask->route.host_header),
                   describe_line (ask), NULL);
  sky_doctor_speak (self);
}

void
sky_doctor_reach (SkyDoctor *self)
{
  sky_doctor_dial (self, &(SkyQuestion) { .route = &self->engine, .name = _("doctor: connect") }, on_dialed);
}

/* The line is there, but who answers speaks neither HTTP nor TLS, or says nothing. */
static void
on_heard (SkyDoctor *self, SkyAsk *ask)
{
  g_autofree char *stranger = sky_signs_name_stranger (ask->raw->data, ask->raw->len);
  g_autofree char *shown = sky_signs_printable (ask->raw->data, MIN (ask->raw->len, 120));

  if (ask->raw->len == 0 || g_str_has_prefix (shown, "HTTP/"))
    {
      sky_doctor_hunt (self);
      return;
    }
  self->hopeless = TRUE;
  sky_doctor_find (self, SKY_FINDING_BAD, "not-http",
                   stranger != NULL ? g_strdup_printf (_("%s speaks no HTTP: it looks like %s."), ask->route.host_header,
                                                       stranger)
                                    : g_strdup_printf (_("%s speaks no HTTP."), ask->route.host_header),
                   g_strdup_printf (_("its first octets: %s"), shown), _("Check the port: another kind of server answers there."));
  sky_doctor_end (self);
}

static void
on_tls_tried (SkyDoctor *self, SkyAsk *ask)
{
  if (ask->error != NULL)
    {
      sky_doctor_hear (self, &(SkyQuestion) { .route = &self->engine, .name = _("doctor: listen") }, on_heard);
      return;
    }
  sky_doctor_find (self, SKY_FINDING_BAD, "tls-expected",
                   g_strdup_printf (_("%s expects TLS, but the address asks for none."), ask->route.host_header),
                   g_strdup_printf ("%s\n%s", ask->question.note, _("with TLS the handshake succeeds")),
                   _("Use https:// or wss:// instead."));
  sky_doctor_mend_tls (self, TRUE);
  sky_doctor_reach (self);
}

/**
 * sky_doctor_try_tls:
 * @ask: what was answered with no HTTP, with nothing, or with a complaint
 *
 * Without TLS there is no sense in what is answered: perhaps there is with it.
 */
void
sky_doctor_try_tls (SkyDoctor *self, const SkyAsk *ask)
{
  g_auto(SkyRoute) route = { 0 };

  self->tls_tried = TRUE;
  if (self->engine.tls)
    {
      sky_doctor_hear (self, &(SkyQuestion) { .route = &self->engine, .name = _("doctor: listen") }, on_heard);
      return;
    }
  sky_route_copy (&self->engine, &route);
  route.tls = TRUE;
  self->profile->insecure = TRUE; /* for this question: whether TLS is spoken at all */
  sky_doctor_dial (self, &(SkyQuestion) { .route = &route, .name = _("doctor: with TLS"), .note = sky_ask_evidence (ask) },
                   on_tls_tried);
  self->profile->insecure = self->asked->insecure;
}
