#pragma once

#include <gio/gio.h>

/* What a peer's certificate says of itself, and what is wrong with it. */
typedef struct
{
  char  *subject;     /* owned, nullable; "C=XX,O=Example,CN=example.org", escaped as in RFC 4514 */
  char  *issuer;      /* owned, nullable */
  char **names;       /* owned; DNS names, then addresses, that it is for (subjectAltName); may be empty */
  gint64 valid_from;  /* seconds since 1970-01-01 UTC, 0 if unknown */
  gint64 valid_until; /* likewise */
  char  *fingerprint; /* owned; SHA-256 of its DER form: 32 octets as "AB:CD:…" */
  char **problems;    /* owned; whole sentences, the gravest first; empty if nothing is wrong */
} SkyTcpCertificate;

SkyTcpCertificate *sky_tcp_certificate_new (GTlsCertificate *certificate, GTlsCertificateFlags errors,
                                            const char *host, const char *ca_file);
SkyTcpCertificate *sky_tcp_certificate_copy (const SkyTcpCertificate *self);
void               sky_tcp_certificate_free (SkyTcpCertificate *self);
gboolean           sky_tcp_certificate_is_self_signed (const SkyTcpCertificate *self);
char              *sky_tcp_certificate_describe (const SkyTcpCertificate *self);
gboolean           sky_tcp_certificate_matches (GTlsCertificate *certificate, const char *fingerprint);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SkyTcpCertificate, sky_tcp_certificate_free)
