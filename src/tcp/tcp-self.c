#include "tcp/tcp-self.h"

#include <dlfcn.h>
#include <glib/gi18n-lib.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

#include "tcp/tcp-dial.h"

#define LIBRARY    "libgnutls.so.30"
#define SERIAL_LEN 16           /* octets: RFC 5280 §4.1.2.2 allows 20 */
#define LIFE_SEC   (90 * 86400) /* for a throwaway server */
#define SKEW_SEC   3600         /* for clocks that are behind */

/*
 * GLib reads certificates and makes none. What does its TLS is GnuTLS, unless somebody chose otherwise,
 * so the library is there wherever TLS is: it is asked at run time, and we need it for nothing else.
 */
typedef struct
{
  unsigned char *data;
  unsigned int   size;
} Datum;

/* The numbers of its interface that are used here. */
enum
{
  PK_ECDSA = 4,
  FORMAT_PEM = 1,
  PKCS_PLAIN = 1,
  SAN_DNS = 1,
  SAN_IP = 4,
  SAN_APPEND = 1,
  DIGEST_SHA256 = 6,
  USE_SIGNATURE = 128,
};

typedef struct
{
  int (*privkey_init) (void **key);
  int (*privkey_generate) (void *key, int algorithm, unsigned int bits, unsigned int flags);
  int (*privkey_export2_pkcs8) (void *key, int format, const char *password, unsigned int flags, Datum *out);
  void (*privkey_deinit) (void *key);
  int (*crt_init) (void **crt);
  int (*crt_set_version) (void *crt, unsigned int version);
  int (*crt_set_key) (void *crt, void *key);
  int (*crt_set_serial) (void *crt, const void *serial, size_t len);
  int (*crt_set_activation_time) (void *crt, time_t when);
  int (*crt_set_expiration_time) (void *crt, time_t when);
  int (*crt_set_dn_by_oid) (void *crt, const char *oid, unsigned int raw, const void *name, unsigned int len);
  int (*crt_set_subject_alt_name) (void *crt, int type, const void *data, unsigned int len, unsigned int flags);
  int (*crt_set_basic_constraints) (void *crt, unsigned int ca, int path_len);
  int (*crt_set_key_usage) (void *crt, unsigned int usage);
  int (*crt_set_key_purpose_oid) (void *crt, const void *oid, unsigned int critical);
  int (*crt_sign2) (void *crt, void *issuer, void *key, int digest, unsigned int flags);
  int (*crt_export2) (void *crt, int format, Datum *out);
  void (*crt_deinit) (void *crt);
} Library;

/* In the order of the struct. */
static const char *const symbols[] = {
  "privkey_init", "privkey_generate", "privkey_export2_pkcs8", "privkey_deinit", "crt_init", "crt_set_version",
  "crt_set_key", "crt_set_serial", "crt_set_activation_time", "crt_set_expiration_time", "crt_set_dn_by_oid",
  "crt_set_subject_alt_name", "crt_set_basic_constraints", "crt_set_key_usage", "crt_set_key_purpose_oid", "crt_sign2",
  "crt_export2", "crt_deinit",
};

G_STATIC_ASSERT (sizeof (Library) == G_N_ELEMENTS (symbols) * sizeof (void *));

static gboolean
load (Library *library)
{
  void *handle = dlopen (LIBRARY, RTLD_LAZY | RTLD_LOCAL);

  for (gsize i = 0; handle != NULL && i < G_N_ELEMENTS (symbols); i++)
    {
      g_autofree char *name = g_strconcat ("gnutls_x509_", symbols[i], NULL);
      void *function = dlsym (handle, name);

      if (function == NULL)
        return FALSE;
      memcpy ((char *) library + i * sizeof (void *), &function, sizeof function);
    }
  return handle != NULL;
}

/* For whom it is: names of hosts, and addresses as octets (RFC 5280 §4.2.1.6). */
static int
add_names (const Library *lib, void *crt, const char *const *names)
{
  int result = 0;

  for (gsize i = 0; names[i] != NULL && result >= 0; i++)
    {
      g_autoptr(GInetAddress) address = g_inet_address_new_from_string (names[i]);

      if (address != NULL)
        result = lib->crt_set_subject_alt_name (crt, SAN_IP, g_inet_address_to_bytes (address),
                                                (unsigned int) g_inet_address_get_native_size (address), SAN_APPEND);
      else
        result = lib->crt_set_subject_alt_name (crt, SAN_DNS, names[i], (unsigned int) strlen (names[i]), SAN_APPEND);
    }
  return result;
}

/* Returns: negative if GnuTLS refused something */
static int
fill (const Library *lib, void *crt, void *key, const char *const *names)
{
  guint8 serial[SERIAL_LEN];
  time_t now = time (NULL);
  int worst = getrandom (serial, sizeof serial, 0) == sizeof serial ? 0 : -1;

  serial[0] = (serial[0] & 0x7f) | 0x40; /* positive */
  worst = MIN (worst, lib->crt_set_version (crt, 3));
  worst = MIN (worst, lib->crt_set_key (crt, key));
  worst = MIN (worst, lib->crt_set_serial (crt, serial, sizeof serial));
  worst = MIN (worst, lib->crt_set_activation_time (crt, now - SKEW_SEC));
  worst = MIN (worst, lib->crt_set_expiration_time (crt, now + LIFE_SEC));
  worst = MIN (worst, lib->crt_set_dn_by_oid (crt, "2.5.4.3", 0, names[0], (unsigned int) strlen (names[0])));
  worst = MIN (worst, add_names (lib, crt, names));
  worst = MIN (worst, lib->crt_set_basic_constraints (crt, 0, -1));
  worst = MIN (worst, lib->crt_set_key_usage (crt, USE_SIGNATURE));
  worst = MIN (worst, lib->crt_set_key_purpose_oid (crt, "1.3.6.1.5.5.7.3.1", 0)); /* TLS server */
  return MIN (worst, lib->crt_sign2 (crt, crt, key, DIGEST_SHA256, 0));
}

/* Returns: (nullable): both as PEM */
static char *
make_pem (const Library *lib, const char *const *names)
{
  void *key = NULL, *crt = NULL;
  Datum key_pem = { 0 }, crt_pem = { 0 };
  char *pem = NULL;

  if (lib->privkey_init (&key) >= 0 && lib->crt_init (&crt) >= 0
      && lib->privkey_generate (key, PK_ECDSA, 256, 0) >= 0 && fill (lib, crt, key, names) >= 0
      && lib->crt_export2 (crt, FORMAT_PEM, &crt_pem) >= 0
      && lib->privkey_export2_pkcs8 (key, FORMAT_PEM, NULL, PKCS_PLAIN, &key_pem) >= 0)
    pem = g_strdup_printf ("%.*s\n%.*s\n", (int) crt_pem.size, (char *) crt_pem.data, (int) key_pem.size,
                           (char *) key_pem.data);
  free (key_pem.data);
  free (crt_pem.data);
  if (crt != NULL)
    lib->crt_deinit (crt);
  if (key != NULL)
    lib->privkey_deinit (key);
  return pem;
}

/**
 * sky_tcp_self_sign:
 * @names: (array zero-terminated=1): for whom it is: host names and IP addresses, at least one
 * @error: %SKY_TCP_ERROR_FILE if this computer has nothing to make one with
 *
 * Makes a P-256 key and a certificate for it that is signed with the same key (RFC 5280), good for 90
 * days. It is kept nowhere: the next one is another.
 *
 * Returns: (nullable) (transfer full): a certificate with its key
 */
GTlsCertificate *
sky_tcp_self_sign (const char *const *names, GError **error)
{
  g_autofree char *pem = NULL;
  Library library;

  g_return_val_if_fail (names != NULL && names[0] != NULL, NULL);

  if (load (&library))
    pem = make_pem (&library, names);
  if (pem != NULL)
    return g_tls_certificate_new_from_pem (pem, -1, error);
  g_set_error (error, SKY_TCP_ERROR, SKY_TCP_ERROR_FILE,
               _("No certificate can be made here: that takes %s, with which GLib speaks TLS elsewhere. Give one in a file."),
               LIBRARY);
  return NULL;
}
