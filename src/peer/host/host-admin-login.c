#include "peer/host/host-admin-private.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <string.h>
#include <sys/random.h>

#include "base/clock.h"
#include "base/json.h"
#include "peer/host/host-handshake.h"
#include "peer/host/host-talk-private.h"

#define MAX_LOGINS    100
#define LOGIN_LEN     8    /* octets of a session id */
#define MAX_TRIES     10   /* wrong passwords from one address … */
#define TRIES_SEC     60   /* … within this time; then not even the right one is taken until it is over */
#define MAX_ADDRESSES 1000 /* that are remembered */

/* Who may be an admin: FEATURES §4.4, Login. */

typedef struct
{
  gint64 since_usec;
  guint  n;
} Tries;

/* Takes as long however much of it is right. */
static gboolean
is_same (const char *given, const char *right)
{
  g_autofree char *a = g_compute_checksum_for_string (G_CHECKSUM_SHA256, given, -1);
  g_autofree char *b = g_compute_checksum_for_string (G_CHECKSUM_SHA256, right, -1);
  guint8 difference = 0;

  for (gsize i = 0; a[i] != '\0'; i++)
    difference |= (guint8) (a[i] ^ b[i]);
  return difference == 0;
}

/* Returns: (transfer full) (nullable): a member that is a string without NUL */
static char *
get_string (const char *json, const SkyJsonValue *object, const char *name)
{
  SkyJsonValue value;
  g_autofree char *text = NULL;
  gsize len = 0;

  if (!sky_json_member (json, object, name, &value) || value.type != SKY_JSON_STRING)
    return NULL;
  text = sky_json_unquote (json, &value, &len);
  return text != NULL && strlen (text) == len ? g_steal_pointer (&text) : NULL;
}

static gboolean
is_logged_in (SkyHostAdmin *self, const char *id)
{
  gboolean found = FALSE;

  for (GList *l = self->logins.head; l != NULL && id != NULL; l = l->next)
    found |= is_same (id, l->data);
  return found;
}

/* The reference keeps them for ever; here the oldest goes for the newest. */
static const char *
remember (SkyHostAdmin *self)
{
  guint8 octets[LOGIN_LEN];
  GString *id = g_string_new (NULL);

  while (getrandom (octets, sizeof octets, 0) != sizeof octets)
    g_assert (errno == EINTR);
  for (guint i = 0; i < LOGIN_LEN; i++)
    g_string_append_printf (id, "%02x", octets[i]);
  if (self->logins.length >= MAX_LOGINS)
    g_free (g_queue_pop_tail (&self->logins));
  g_queue_push_head (&self->logins, g_string_free (id, FALSE));
  return self->logins.head->data;
}

static gboolean
is_past (gpointer address, gpointer tries, gpointer user_data)
{
  return sky_clock_boot_usec () - ((Tries *) tries)->since_usec > TRIES_SEC * G_USEC_PER_SEC;
}

/* Returns: (transfer none): what is known of an address */
static Tries *
find_tries (SkyHostAdmin *self, const char *address)
{
  Tries *tries = g_hash_table_lookup (self->tries, address);

  if (tries != NULL && !is_past (NULL, tries, NULL))
    return tries;
  if (g_hash_table_size (self->tries) >= MAX_ADDRESSES)
    g_hash_table_foreach_remove (self->tries, is_past, NULL);
  if (g_hash_table_size (self->tries) >= MAX_ADDRESSES)
    g_hash_table_remove_all (self->tries);
  tries = g_new0 (Tries, 1);
  tries->since_usec = sky_clock_boot_usec ();
  g_hash_table_replace (self->tries, g_strdup (address), tries);
  return tries;
}

static gboolean
knows_password (SkyHostAdmin *self, const char *auth, const SkyJsonValue *object)
{
  g_autofree char *username = get_string (auth, object, "username"), *password = get_string (auth, object, "password");
  gboolean user = is_same (username != NULL ? username : "", self->username);
  gboolean word = is_same (password != NULL ? password : "", self->password != NULL ? self->password : "");

  return username != NULL && password != NULL && user && word;
}

/* The event comes before the CONNECT that it belongs to, as with the reference. */
static void
welcome (SkyHostSession *session)
{
  g_autofree char *json = g_strdup_printf ("[\"session\",\"%s\"]", remember (session->house->admin));

  sky_host_talk_send (session, SKY_SIO_EVENT, SKY_HOST_ADMIN_NSP, NULL, json, NULL);
}

/**
 * sky_host_admin_judge:
 * @auth: what came with the CONNECT, JSON or ""
 *
 * Somebody wants to be an admin. Who gives the right name and password is told of a session, with which
 * it may come back.
 *
 * Returns: (nullable) (transfer full): why it may not: the JSON of a CONNECT_ERROR
 */
char *
sky_host_admin_judge (SkyHostSession *session, const char *auth)
{
  SkyHostAdmin *self = session->house->admin;
  g_autofree char *address = sky_host_handshake_get_address (session), *id = NULL;
  SkyJsonValue object = { 0 };
  gboolean named, guessed;
  SkyJsonValue word;
  Tries *tries;

  if (self->username == NULL)
    return NULL;
  named = sky_json_parse (auth, strlen (auth), &object, NULL, NULL) && object.type == SKY_JSON_OBJECT;
  id = named ? get_string (auth, &object, "sessionId") : NULL;
  if (is_logged_in (self, id))
    return NULL;
  tries = find_tries (self, address);
  if (tries->n >= MAX_TRIES)
    return g_strdup ("{\"message\":\"too many wrong passwords: wait a minute\"}");
  if (named && knows_password (self, auth, &object))
    {
      g_hash_table_remove (self->tries, address);
      welcome (session);
      return NULL;
    }
  guessed = id == NULL || sky_json_member (auth, &object, "password", &word); /* a made-up session hides no guess */
  tries->n += guessed;
  sky_link_note (session->link, SKY_LAYER_NOTE, SKY_KIND_ERROR,
                 !guessed ? _("An Admin UI was refused: its session is not known any more")
                            : _("An Admin UI was refused: the user name or password is wrong"));
  return g_strdup ("{\"message\":\"invalid credentials\"}");
}
