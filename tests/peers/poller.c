/*
 * Speaks Engine.IO over polling, then upgrades, to a real server that echoes (servers/engineio.mjs).
 *   poller URL REVISION [stay]
 * Exits with 0 if everything came back once, in order and unharmed.
 */
#include "peer/carrier/upgrade.h"

#include <string.h>

#include "trace/store.h"

#define DEADLINE_SEC 60
#define LARGE        (1000 * 1000 - 100)
#define MANY         2000

typedef struct
{
  SkyCarrier   *carrier;
  GQueue        expected; /* of GBytes: what was sent and has to come back, in this order */
  guint64       n_sent, n_echoed;
  guint         revision, n_pings, n_upgrades, n_counted;
  gboolean      opened, closed, upgrading, counting;
  char         *reason;
  GError       *error;
  SkyLink      *link;
} Poller;

static void attend (Poller *p, SkyCarrier *carrier);

static void
say (Poller *p, const char *data, gsize len, gboolean binary, gboolean echoed)
{
  g_autoptr(GBytes) message = NULL;
  GString *packet = g_string_new (binary ? "" : "4");

  g_string_append_len (packet, data, (gssize) len);
  message = g_string_free_to_bytes (packet);
  sky_carrier_send (p->carrier, message, binary);
  if (echoed)
    g_queue_push_tail (&p->expected, g_bytes_ref (message));
  p->n_sent += echoed;
}

static void
say_number (Poller *p)
{
  g_autofree char *text = g_strdup_printf ("number %" G_GUINT64_FORMAT " \xf0\x9f\x8e\x89", p->n_sent);

  say (p, text, strlen (text), p->n_sent % 7 == 0, TRUE);
}

static void
on_message (SkyCarrier *carrier, GBytes *data, gboolean binary, gpointer owner)
{
  Poller *p = owner;
  gsize len;
  const char *text = g_bytes_get_data (data, &len);
  g_autoptr(GBytes) expected = NULL;

  if (!binary && len == 1 && text[0] == '2')
    {
      g_autoptr(GBytes) pong = g_bytes_new_static ("3", 1);

      p->n_pings++;
      sky_carrier_send (carrier, pong, FALSE);
      return;
    }
  if (!binary && len > 0 && text[0] != '4')
    {
      p->opened |= text[0] == '0';
      return;
    }
  if (p->counting && !binary && len < 8 && g_ascii_isdigit (text[1]))
    {
      g_autofree char *number = g_strndup (text + 1, len - 1);

      g_assert_cmpuint (g_ascii_strtoull (number, NULL, 10), ==, p->n_counted);
      p->n_counted++;
      return;
    }
  expected = g_queue_pop_head (&p->expected);
  g_assert_nonnull (expected);
  if (!g_bytes_equal (expected, data))
    g_error ("Came back as something else after %" G_GUINT64_FORMAT ": %zu bytes, not %zu", p->n_echoed, len,
             g_bytes_get_size (expected));
  p->n_echoed++;
}

static void
on_closed (SkyCarrier *carrier, guint code, const char *reason, const GError *error, gpointer owner)
{
  Poller *p = owner;

  p->closed = TRUE;
  p->reason = g_strdup (reason);
  p->error = error != NULL ? g_error_copy (error) : NULL;
}

static void
attend (Poller *p, SkyCarrier *carrier)
{
  static const SkyCarrierFuncs funcs = { .message = on_message, .closed = on_closed };

  if (p->carrier != NULL)
    sky_carrier_attend (p->carrier, NULL, NULL);
  g_clear_object (&p->carrier);
  p->carrier = carrier;
  sky_carrier_attend (carrier, &funcs, p);
}

static gboolean
on_deadline (gpointer user_data)
{
  Poller *p = user_data;

  g_error ("Still waiting after %d s: %" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT " echoed, %u counted, upgrading %d",
           DEADLINE_SEC, p->n_echoed, p->n_sent, p->n_counted, p->upgrading);
  return G_SOURCE_REMOVE;
}

/* In revision 3 it is the client that pings. */
static gboolean
on_ping (gpointer user_data)
{
  Poller *p = user_data;
  g_autoptr(GBytes) ping = g_bytes_new_static ("2", 1);

  if (p->revision == 3 && p->carrier != NULL)
    sky_carrier_send (p->carrier, ping, FALSE);
  return G_SOURCE_CONTINUE;
}

static gboolean
on_talk (gpointer user_data)
{
  say_number (user_data);
  return G_SOURCE_CONTINUE;
}

static void
on_opened (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Poller *p = user_data;
  SkyCarrierPoll *polling = sky_carrier_poll_open_finish (result, &p->error);

  if (polling == NULL)
    g_error ("No session: %s", p->error->message);
  p->revision = sky_carrier_poll_get_revision (polling);
  attend (p, SKY_CARRIER (polling));
  sky_carrier_poll_begin (polling);
}

static void
on_upgraded (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Poller *p = user_data;
  g_autoptr(GError) error = NULL;
  SkyCarrierWs *carrier = sky_upgrade_finish (result, &p->link, &error);

  if (carrier == NULL)
    g_error ("No upgrade: %s", error->message);
  attend (p, SKY_CARRIER (carrier));
  p->n_upgrades++;
  p->upgrading = FALSE;
}

#define WAIT(condition)                                          \
  while (!(condition))                                           \
    {                                                            \
      if (p->closed && !closing)                                 \
        g_error ("Closed: %s, %s", p->reason, p->error != NULL ? p->error->message : ""); \
      g_main_context_iteration (NULL, TRUE);                     \
    }

static void
talk (Poller *p)
{
  g_autofree char *large = g_malloc (LARGE);
  static const gsize lens[] = { 0, 1, 2, 3, 1000, 70000, LARGE };
  gboolean closing = FALSE;

  for (gsize i = 0; i < LARGE; i++)
    large[i] = (char) (i * 7 + i / 251);
  for (guint i = 0; i < G_N_ELEMENTS (lens); i++)
    {
      g_autofree char *text = g_strnfill (lens[i], 'x');

      say (p, text, lens[i], FALSE, TRUE);
      say (p, large, lens[i] * 3 / 4, TRUE, TRUE); /* base64 makes a third more of it */
      WAIT (g_queue_is_empty (&p->expected));
    }
  for (guint i = 0; i < MANY; i++)
    say_number (p);
  WAIT (g_queue_is_empty (&p->expected));
}

static void
upgrade (Poller *p, SkyStore *store, const SkyProfile *profile, SoupCookieJar *jar)
{
  guint talking = g_timeout_add (1, on_talk, p);
  gboolean closing = FALSE;
  guint64 n_sent;

  p->upgrading = p->counting = TRUE;
  for (guint i = 0; i < MANY; i++)
    say_number (p);
  say (p, "burst 2000", strlen ("burst 2000"), FALSE, FALSE);
  sky_upgrade_async (store, profile, SKY_CARRIER_POLL (p->carrier), jar, NULL, on_upgraded, p);
  WAIT (!p->upgrading);
  n_sent = p->n_sent;
  WAIT (p->n_sent > n_sent + 200);
  g_source_remove (talking);
  WAIT (g_queue_is_empty (&p->expected) && p->n_counted == MANY);
  p->counting = FALSE;
}

int
main (int argc, char **argv)
{
  g_autoptr(SkyStore) store = sky_store_new (NULL, NULL);
  g_autoptr(SkyProfile) profile = sky_profile_new (argc > 1 ? argv[1] : "");
  g_autoptr(SoupCookieJar) jar = soup_cookie_jar_new ();
  g_auto(SkyRoute) route = { 0 };
  g_autoptr(GError) error = NULL;
  Poller poller = { .expected = G_QUEUE_INIT }, *p = &poller;
  gboolean closing = FALSE, stay = argc > 3;
  guint ping;

  profile->protocol = SKY_PROTOCOL_ENGINE_IO;
  profile->insecure = TRUE;
  if (argc < 3 || !sky_route_resolve (&route, profile, &error))
    g_error ("usage: poller URL REVISION [stay]");
  g_timeout_add_seconds (DEADLINE_SEC, on_deadline, p);
  ping = g_timeout_add (100, on_ping, p);
  sky_carrier_poll_open_async (store, profile, &route, (guint) atoi (argv[2]), jar, NULL, on_opened, p);
  WAIT (p->opened);
  talk (p);
  if (!stay)
    {
      upgrade (p, store, profile, jar);
      talk (p);
    }
  g_source_remove (ping);
  closing = TRUE;
  sky_carrier_close (p->carrier, 1000, NULL);
  WAIT (p->closed);
  g_print ("{\"revision\": %u, \"echoed\": %" G_GUINT64_FORMAT ", \"counted\": %u, \"pings\": %u, \"upgrades\": %u, "
           "\"transport\": \"%s\"}\n",
           p->revision, p->n_echoed, p->n_counted, p->n_pings, p->n_upgrades, sky_carrier_get_transport (p->carrier));
  sky_carrier_attend (p->carrier, NULL, NULL);
  if (SKY_IS_CARRIER_WS (p->carrier))
    sky_guard_silence (sky_carrier_ws_get_guard (SKY_CARRIER_WS (p->carrier)));
  g_clear_object (&p->carrier);
  g_clear_pointer (&p->link, sky_link_free);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_free (p->reason);
  g_clear_error (&p->error);
  return 0;
}
