#include "tcp/tcp-shake.h"

#include "tcp/tcp-self.h"

#define DEADLINE_USEC (10 * G_TIME_SPAN_SECOND)
#include "wait.h"

/* A record that is whole, and a message in it that is not: a handshake waits for the rest. */
static const guint8 begun[] = { 0x16, 3, 1, 0, 5, 1, 0, 0xff, 0xff, 3 };

/* A first message that is none: the handshake is over as soon as it has its turn, and the guest needs no thread for it. */
static const guint8 wrong[] = { 0x16, 3, 1, 0, 4, 0xee, 0, 0, 0 };

/* Somebody who connects, and the handshake with them. */
typedef struct
{
  GSocketConnection *theirs, *ours;
  SkyTcpShake       *shake; /* nullable: it is done, or gave way */
  guint              n_done, n_give_way;
  guint              place; /* among those who are done: 1 is the first */
  gboolean           stays; /* though it is told to give way */
  gboolean           busy;  /* all is slow when it is told so */
} Guest;

/* @from: (nullable): the address of the guest, one of this machine's own */
static void
connect_guest (Guest *guest, const char *from)
{
  g_autoptr(GInetAddress) loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr(GSocketAddress) any = g_inet_socket_address_new (loopback, 0), address = NULL;
  g_autoptr(GSocket) listener = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, NULL);
  g_autoptr(GSocket) dialled = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, NULL);
  g_autoptr(GSocket) accepted = NULL;

  if (from != NULL)
    {
      g_autoptr(GSocketAddress) theirs = g_inet_socket_address_new_from_string (from, 0);

      g_assert_true (g_socket_bind (dialled, theirs, FALSE, NULL));
    }
  g_assert_true (g_socket_bind (listener, any, TRUE, NULL) && g_socket_listen (listener, NULL));
  address = g_socket_get_local_address (listener, NULL);
  g_assert_true (g_socket_connect (dialled, address, NULL, NULL));
  accepted = g_socket_accept (listener, NULL, NULL);
  guest->theirs = g_socket_connection_factory_create_connection (dialled);
  guest->ours = g_socket_connection_factory_create_connection (accepted);
}

static void
on_shake (SkyTcpShakeEvent event, gpointer user_data)
{
  static guint n_all_done;
  Guest *guest = user_data;

  guest->n_done += event == SKY_TCP_SHAKE_DONE;
  if (event == SKY_TCP_SHAKE_DONE)
    guest->place = ++n_all_done;
  guest->n_give_way += event == SKY_TCP_SHAKE_GIVE_WAY;
  if (event == SKY_TCP_SHAKE_GIVE_WAY && guest->busy)
    g_usleep (30000);
  if (event == SKY_TCP_SHAKE_GIVE_WAY && guest->stays)
    return;
  g_clear_pointer (&guest->shake, sky_tcp_shake_free);
  if (event == SKY_TCP_SHAKE_GIVE_WAY)
    g_socket_shutdown (g_socket_connection_get_socket (guest->ours), TRUE, TRUE, NULL);
}

static GTlsCertificate *
get_certificate (void)
{
  static GTlsCertificate *certificate;
  const char *const names[] = { "localhost", NULL };

  if (certificate == NULL)
    certificate = sky_tcp_self_sign (names, NULL);
  return certificate;
}

static void
guest_init_from (Guest *guest, SkyTcpShakes *shakes, const char *from)
{
  g_autoptr(GIOStream) tls = NULL;

  *guest = (Guest) { 0 };
  connect_guest (guest, from);
  tls = g_tls_server_connection_new (G_IO_STREAM (guest->ours), get_certificate (), NULL);
  guest->shake = sky_tcp_shake_new (shakes, G_TLS_CONNECTION (tls), on_shake, guest, NULL);
}

static void
guest_init (Guest *guest, SkyTcpShakes *shakes)
{
  guest_init_from (guest, shakes, NULL);
}

static void
guest_clear (Guest *guest)
{
  g_clear_pointer (&guest->shake, sky_tcp_shake_free);
  g_object_unref (guest->theirs);
  g_object_unref (guest->ours);
}

static void
say (Guest *guest, const void *data, gsize len)
{
  g_assert_cmpint (g_socket_send (g_socket_connection_get_socket (guest->theirs), data, len, NULL, NULL), ==, (gssize) len);
}

static gboolean
on_certificate (GTlsConnection *tls, GTlsCertificate *certificate, GTlsCertificateFlags errors, gpointer user_data)
{
  return TRUE;
}

static void
on_their_handshake (GObject *tls, GAsyncResult *result, gpointer user_data)
{
  *(guint *) user_data = g_tls_connection_handshake_finish (G_TLS_CONNECTION (tls), result, NULL) ? 1 : 2;
}

/* Returns: (transfer full): the client's end, that does its part; *@outcome becomes 1, or 2 if it fails */
static GIOStream *
shake_in_order (Guest *guest, guint *outcome)
{
  GIOStream *tls = g_tls_client_connection_new (G_IO_STREAM (guest->theirs), NULL, NULL);

  g_signal_connect (tls, "accept-certificate", G_CALLBACK (on_certificate), NULL);
  g_tls_connection_handshake_async (G_TLS_CONNECTION (tls), 0, NULL, on_their_handshake, outcome);
  return tls;
}

/* What makes no handshake fails in time, and what is begun is waited for: every cut. */
static void
test_first_message (void)
{
  SkyTcpShakes *shakes = sky_tcp_shakes_new ();

  for (gsize cut = 0; cut < sizeof begun; cut++)
    {
      Guest guest;

      guest_init (&guest, shakes);
      if (cut > 0)
        say (&guest, begun, cut);
      pass_time (5);
      g_assert_cmpuint (guest.n_done, ==, 0);
      g_socket_shutdown (g_socket_connection_get_socket (guest.theirs), FALSE, TRUE, NULL);
      WAIT (guest.n_done == 1);
      guest_clear (&guest);
    }
  sky_tcp_shakes_unref (shakes);
}

static void
test_no_tls (void)
{
  SkyTcpShakes *shakes = sky_tcp_shakes_new ();
  Guest guest;

  guest_init (&guest, shakes);
  say (&guest, "GET /", 5);
  WAIT (guest.n_done == 1);
  guest_clear (&guest);
  sky_tcp_shakes_unref (shakes);
}

/* Those who say nothing or not enough take nothing from those who do. */
static void
test_silent (void)
{
  SkyTcpShakes *shakes = sky_tcp_shakes_new ();
  g_autoptr(GIOStream) client = NULL;
  Guest guests[30], last;
  guint outcome = 0;

  for (guint i = 0; i < G_N_ELEMENTS (guests); i++)
    {
      guest_init (&guests[i], shakes);
      if (i % sizeof begun > 0)
        say (&guests[i], begun, i % sizeof begun);
    }
  pass_time (20);
  guest_init (&last, shakes);
  client = shake_in_order (&last, &outcome);
  WAIT (last.n_done == 1 && outcome != 0);
  g_assert_cmpuint (outcome, ==, 1);
  for (guint i = 0; i < G_N_ELEMENTS (guests); i++)
    {
      g_assert_cmpuint (guests[i].n_done + guests[i].n_give_way, ==, 0);
      guest_clear (&guests[i]);
    }
  guest_clear (&last);
  sky_tcp_shakes_unref (shakes);
}

static guint
count_give_way (const Guest *guests, guint n_guests)
{
  guint n = 0;

  for (guint i = 0; i < n_guests; i++)
    n += guests[i].n_give_way;
  return n;
}

/* Those who begin and do not go on have to go, but only where somebody waits: one for each, however long it takes to leave. */
static void
test_give_way (void)
{
  SkyTcpShakes *shakes = sky_tcp_shakes_new ();
  g_autoptr(GIOStream) client = NULL;
  Guest guests[8], last;
  guint outcome = 0;

  for (guint i = 0; i < G_N_ELEMENTS (guests); i++)
    {
      guest_init (&guests[i], shakes);
      guests[i].busy = TRUE;
      say (&guests[i], begun, sizeof begun);
    }
  pass_time (400);
  for (guint i = 0; i < G_N_ELEMENTS (guests); i++)
    g_assert_cmpuint (guests[i].n_done + guests[i].n_give_way, ==, 0);
  guest_init (&last, shakes);
  client = shake_in_order (&last, &outcome);
  WAIT (last.n_done == 1 && outcome != 0);
  g_assert_cmpuint (outcome, ==, 1);
  g_assert_cmpuint (last.n_give_way, ==, 0);
  g_assert_cmpuint (count_give_way (guests, G_N_ELEMENTS (guests)), ==, 1);
  for (guint i = 0; i < G_N_ELEMENTS (guests); i++)
    guest_clear (&guests[i]);
  guest_clear (&last);
  sky_tcp_shakes_unref (shakes);
  pass_time (20);
}

/* Of those who wait, the one goes first whose address has the fewest under way: not who came first, and not who came last. */
static void
test_next (void)
{
  static const char *const from[] = { "127.0.0.1", "127.0.0.1", "127.0.0.2", "127.0.0.1", "127.0.0.1" };
  SkyTcpShakes *shakes = sky_tcp_shakes_new ();
  Guest stubborn[8], guests[G_N_ELEMENTS (from)];

  for (guint i = 0; i < G_N_ELEMENTS (stubborn); i++)
    {
      guest_init_from (&stubborn[i], shakes, "127.0.0.1");
      stubborn[i].stays = TRUE;
      say (&stubborn[i], begun, sizeof begun);
    }
  pass_time (20);
  for (guint i = 0; i < G_N_ELEMENTS (guests); i++)
    {
      guest_init_from (&guests[i], shakes, from[i]);
      say (&guests[i], wrong, sizeof wrong);
      pass_time (5);
      g_assert_cmpuint (guests[i].n_done, ==, 0);
    }
  g_clear_pointer (&stubborn[3].shake, sky_tcp_shake_free);
  for (guint i = 0; i < G_N_ELEMENTS (guests); i++)
    WAIT (guests[i].n_done == 1);
  for (guint i = 0; i < G_N_ELEMENTS (guests); i++)
    {
      g_assert_true (i == 2 || guests[i].place > guests[2].place);
      guest_clear (&guests[i]);
    }
  for (guint i = 0; i < G_N_ELEMENTS (stubborn); i++)
    guest_clear (&stubborn[i]);
  sky_tcp_shakes_unref (shakes);
  pass_time (20);
}

/* Many of one address push each other out, and not somebody else, however long that takes. */
static void
test_rivals (void)
{
  SkyTcpShakes *shakes = sky_tcp_shakes_new ();
  Guest guests[14];

  for (guint i = 0; i < G_N_ELEMENTS (guests); i++)
    {
      guest_init_from (&guests[i], shakes, i == 0 ? "127.0.0.2" : "127.0.0.1");
      say (&guests[i], begun, sizeof begun);
      pass_time (i == 0 ? 20 : 1); /* that one is the first, and so the slowest */
    }
  WAIT (count_give_way (guests, G_N_ELEMENTS (guests)) >= 6);
  g_assert_cmpuint (guests[0].n_give_way + guests[0].n_done, ==, 0);
  for (guint i = 0; i < G_N_ELEMENTS (guests); i++)
    guest_clear (&guests[i]);
  sky_tcp_shakes_unref (shakes);
  pass_time (20);
}

/* Given up at every point of it. */
static void
test_given_up (void)
{
  SkyTcpShakes *shakes = sky_tcp_shakes_new ();
  Guest guests[12];

  for (guint i = 0; i < G_N_ELEMENTS (guests); i++)
    {
      guest_init (&guests[i], shakes);
      if (i > 0)
        say (&guests[i], begun, sizeof begun);
    }
  pass_time (20);
  for (guint i = 0; i < G_N_ELEMENTS (guests); i++)
    {
      g_assert_cmpuint (guests[i].n_done + guests[i].n_give_way, ==, 0);
      guest_clear (&guests[i]);
    }
  sky_tcp_shakes_unref (shakes);
  pass_time (20);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tcp-shake/first-message", test_first_message);
  g_test_add_func ("/tcp-shake/no-tls", test_no_tls);
  g_test_add_func ("/tcp-shake/silent", test_silent);
  g_test_add_func ("/tcp-shake/give-way", test_give_way);
  g_test_add_func ("/tcp-shake/next", test_next);
  g_test_add_func ("/tcp-shake/rivals", test_rivals);
  g_test_add_func ("/tcp-shake/given-up", test_given_up);
  return g_test_run ();
}
