#include "tcp/tcp-certificate.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define FINGERPRINT_LEN 32 /* octets of SHA-256 */

/* DNS names are bytes that the peer chose; addresses are in order by nature. */
static char **
read_names (GTlsCertificate *certificate)
{
  g_autoptr(GPtrArray) dns = g_tls_certificate_get_dns_names (certificate);
  g_autoptr(GPtrArray) addresses = g_tls_certificate_get_ip_addresses (certificate);
  GStrvBuilder *names = g_strv_builder_new ();
  char **list;

  for (guint i = 0; dns != NULL && i < dns->len; i++)
    {
      gsize len;
      const char *name = g_bytes_get_data (dns->pdata[i], &len);
      g_autofree char *valid = len > 0 ? g_utf8_make_valid (name, (gssize) len) : g_strdup ("");

      g_strv_builder_add (names, valid);
    }
  for (guint i = 0; addresses != NULL && i < addresses->len; i++)
    {
      g_autofree char *address = g_inet_address_to_string (addresses->pdata[i]);

      g_strv_builder_add (names, address);
    }
  list = g_strv_builder_end (names);
  g_strv_builder_unref (names);
  return list;
}

static char *
make_fingerprint (GTlsCertificate *certificate)
{
  g_autoptr(GByteArray) der = NULL;
  g_autofree char *digits = NULL;
  GString *text = g_string_sized_new (3 * FINGERPRINT_LEN);

  g_object_get (certificate, "certificate", &der, NULL);
  digits = g_compute_checksum_for_data (G_CHECKSUM_SHA256, der->data, der->len);
  for (gsize i = 0; digits[i] != '\0'; i++)
    {
      if (i > 0 && i % 2 == 0)
        g_string_append_c (text, ':');
      g_string_append_c (text, g_ascii_toupper (digits[i]));
    }
  return g_string_free (text, FALSE);
}

static char *
explain_untrusted (const SkyTcpCertificate *self, const char *host, const char *ca_file)
{
  if (ca_file != NULL)
    return g_strdup_printf (_("The certificate of %s was not issued by an authority in “%s”."), host,
                            ca_file);
  if (sky_tcp_certificate_is_self_signed (self))
    return g_strdup_printf (
        _("The certificate of %s was not issued by an authority that this computer trusts "
           "(self-signed)."),
        host);
  return g_strdup_printf (
      _("The certificate of %s was not issued by an authority that this computer trusts."), host);
}

static char *
explain_time (const char *format, const char *host, gint64 time)
{
  g_autoptr(GDateTime) date = time != 0 ? g_date_time_new_from_unix_utc (time) : NULL;
  g_autofree char *day
      = date != NULL ? g_date_time_format (date, "%Y-%m-%d %H:%M UTC") : g_strdup ("?");
  GString *text = g_string_new (format);

  g_string_replace (text, "{host}", host, 1);
  g_string_replace (text, "{date}", day, 1);
  return g_string_free (text, FALSE);
}

static char *
explain_name (const SkyTcpCertificate *self, const char *host)
{
  g_autofree char *names = g_strjoinv (", ", self->names);
  const char *fallback = self->subject != NULL ? self->subject : "?";

  return g_strdup_printf (_("The certificate of %s is for another name: %s."), host,
                          names[0] != '\0' ? names : fallback);
}

static char *
explain (const SkyTcpCertificate *self, GTlsCertificateFlags flag, const char *host,
         const char *ca_file)
{
  switch (flag)
    {
    case G_TLS_CERTIFICATE_UNKNOWN_CA:
      return explain_untrusted (self, host, ca_file);
    case G_TLS_CERTIFICATE_EXPIRED:
      return explain_time (_("The certificate of {host} expired on {date}."), host, self->valid_until);
    case G_TLS_CERTIFICATE_NOT_ACTIVATED:
      return explain_time (_("The certificate of {host} is not valid before {date}."), host,
                           self->valid_from);
    case G_TLS_CERTIFICATE_BAD_IDENTITY:
      return explain_name (self, host);
    case G_TLS_CERTIFICATE_REVOKED:
      return g_strdup_printf (_("The certificate of %s has been revoked."), host);
    case G_TLS_CERTIFICATE_INSECURE:
      return g_strdup_printf (_("The certificate of %s uses an algorithm that is no longer safe."),
                              host);
    case G_TLS_CERTIFICATE_GENERIC_ERROR:
    case G_TLS_CERTIFICATE_NO_FLAGS:
    case G_TLS_CERTIFICATE_VALIDATE_ALL:
      break;
    }
  return g_strdup_printf (_("The certificate of %s is not valid."), host);
}

/* In an order in which none is pointless to mend before the next. */
static char **
list_problems (const SkyTcpCertificate *self, GTlsCertificateFlags errors, const char *host,
               const char *ca_file)
{
  static const GTlsCertificateFlags order[]
      = { G_TLS_CERTIFICATE_UNKNOWN_CA,   G_TLS_CERTIFICATE_EXPIRED, G_TLS_CERTIFICATE_NOT_ACTIVATED,
          G_TLS_CERTIFICATE_BAD_IDENTITY, G_TLS_CERTIFICATE_REVOKED, G_TLS_CERTIFICATE_INSECURE,
          G_TLS_CERTIFICATE_GENERIC_ERROR };
  gint64 now = g_get_real_time () / G_USEC_PER_SEC;
  GStrvBuilder *problems = g_strv_builder_new ();
  char **list;

  /* The backend promises one flag at least, not all: a certificate from nowhere may be old as well. */
  if (errors != 0 && self->valid_until != 0 && self->valid_until < now)
    errors |= G_TLS_CERTIFICATE_EXPIRED;
  for (gsize i = 0; i < G_N_ELEMENTS (order); i++)
    if (errors & order[i])
      {
        g_autofree char *sentence = explain (self, order[i], host, ca_file);

        g_strv_builder_add (problems, sentence);
      }
  list = g_strv_builder_end (problems);
  g_strv_builder_unref (problems);
  return list;
}

/**
 * sky_tcp_certificate_new:
 * @errors: what verification found wrong, 0 if nothing
 * @host: the name or address that was dialled, for the sentences
 * @ca_file: (nullable): the authorities that were to be trusted instead of the system's
 *
 * Reads what a person needs to judge a certificate (RFC 5280 §4.1, §4.2.1.6).
 *
 * Returns: (transfer full): to be freed with sky_tcp_certificate_free()
 */
SkyTcpCertificate *
sky_tcp_certificate_new (GTlsCertificate *certificate, GTlsCertificateFlags errors, const char *host,
                         const char *ca_file)
{
  g_autoptr(GDateTime) from = NULL;
  g_autoptr(GDateTime) until = NULL;
  SkyTcpCertificate *self;

  g_return_val_if_fail (G_IS_TLS_CERTIFICATE (certificate) && host != NULL, NULL);

  self = g_new0 (SkyTcpCertificate, 1);
  from = g_tls_certificate_get_not_valid_before (certificate);
  until = g_tls_certificate_get_not_valid_after (certificate);
  self->subject = g_tls_certificate_get_subject_name (certificate);
  self->issuer = g_tls_certificate_get_issuer_name (certificate);
  self->names = read_names (certificate);
  self->valid_from = from != NULL ? g_date_time_to_unix (from) : 0;
  self->valid_until = until != NULL ? g_date_time_to_unix (until) : 0;
  self->fingerprint = make_fingerprint (certificate);
  self->problems = list_problems (self, errors, host, ca_file);
  return self;
}

SkyTcpCertificate *
sky_tcp_certificate_copy (const SkyTcpCertificate *self)
{
  SkyTcpCertificate *copy = g_memdup2 (self, sizeof *self);

  copy->subject = g_strdup (self->subject);
  copy->issuer = g_strdup (self->issuer);
  copy->names = g_strdupv (self->names);
  copy->fingerprint = g_strdup (self->fingerprint);
  copy->problems = g_strdupv (self->problems);
  return copy;
}

void
sky_tcp_certificate_free (SkyTcpCertificate *self)
{
  g_free (self->subject);
  g_free (self->issuer);
  g_strfreev (self->names);
  g_free (self->fingerprint);
  g_strfreev (self->problems);
  g_free (self);
}

/* Returns: whether it names itself as its issuer */
gboolean
sky_tcp_certificate_is_self_signed (const SkyTcpCertificate *self)
{
  return self->subject != NULL && g_strcmp0 (self->subject, self->issuer) == 0;
}

/* The value that begins at @value: up to a comma that no backslash guards (RFC 4514 §2.4, §3). */
static char *
unescape_value (const char *value)
{
  GString *text = g_string_new (NULL);

  for (; *value != '\0' && *value != ',' && *value != '+'; value++)
    {
      if (*value == '\\' && value[1] != '\0')
        value++;
      g_string_append_c (text, *value);
    }
  return g_string_free (text, FALSE);
}

static char *
find_attribute (const char *name, const char *key)
{
  while (name != NULL && *name != '\0')
    {
      if (g_ascii_strncasecmp (name, key, strlen (key)) == 0)
        return unescape_value (name + strlen (key));
      for (; *name != '\0' && *name != ',' && *name != '+'; name++)
        if (*name == '\\' && name[1] != '\0')
          name++;
      if (*name != '\0')
        name++;
    }
  return NULL;
}

/* Of a distinguished name what people call it by. */
static char *
short_name (const char *name)
{
  char *text = find_attribute (name, "CN=");

  if (text == NULL)
    text = find_attribute (name, "O=");
  return text != NULL || name == NULL || name[0] == '\0' ? text : g_strdup (name);
}

/**
 * sky_tcp_certificate_describe:
 *
 * Returns: (transfer full): "certificate of example.org by Example CA, valid until 2027-01-01"
 */
char *
sky_tcp_certificate_describe (const SkyTcpCertificate *self)
{
  g_autofree char *common = short_name (self->subject), *issuer = short_name (self->issuer);
  const char *owner = common != NULL ? common : self->names[0] != NULL ? self->names[0] : "?";
  g_autoptr(GDateTime) until = g_date_time_new_from_unix_utc (self->valid_until);
  g_autofree char *day = until != NULL ? g_date_time_format (until, "%Y-%m-%d") : NULL;
  GString *text = g_string_new (NULL);

  if (sky_tcp_certificate_is_self_signed (self))
    g_string_append_printf (text, _("self-signed certificate of %s"), owner);
  else
    g_string_append_printf (text, _("certificate of %s by %s"), owner, issuer != NULL ? issuer : "?");
  if (self->valid_until != 0 && day != NULL)
    {
      g_string_append (text, ", ");
      g_string_append_printf (text, _("valid until %s"), day);
    }
  return g_string_free (text, FALSE);
}

/**
 * sky_tcp_certificate_matches:
 * @fingerprint: SHA-256 in hexadecimal digits of either case, with colons or spaces or without
 *
 * Returns: whether @certificate has that fingerprint; text that is none matches nothing
 */
gboolean
sky_tcp_certificate_matches (GTlsCertificate *certificate, const char *fingerprint)
{
  g_autofree char *own = make_fingerprint (certificate);
  const char *at = own;

  for (; *fingerprint != '\0'; fingerprint++)
    {
      if (*fingerprint == ':' || *fingerprint == ' ')
        continue;
      if (*at == ':')
        at++;
      if (*at == '\0' || g_ascii_toupper (*fingerprint) != *at++)
        return FALSE;
    }
  return *at == '\0';
}
