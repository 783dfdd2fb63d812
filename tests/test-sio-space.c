#include <string.h>

#include "sio/sio-space.h"

typedef struct
{
  const char *wire; /* "c" or "s" for who sends it, then the packet */
  guint32     faults;
} Step;

typedef struct
{
  const char *name;
  Step        steps[10];
  guint       revision; /* of Engine.IO; 0 if nobody says it */
} Vector;

#define NOT_CONNECTED SKY_SIO_FAULT_NOT_CONNECTED
#define CONNECTED     SKY_SIO_FAULT_CONNECTED
#define DIRECTION     SKY_SIO_FAULT_DIRECTION
#define SID           "{\"sid\":\"x\"}"

static const Vector vectors[] = {
  { "plain", { { "c0" }, { "s0" SID }, { "c2[\"a\"]" }, { "s2[\"a\"]" }, { "s30[]" }, { "c1" } } },
  { "two-spaces",
    { { "c0" }, { "c0/x," }, { "s0/x," SID }, { "s0" SID }, { "c2/x,[\"a\"]" }, { "s2[\"a\"]" } } },
  { "slash", { { "c0" }, { "s0/," SID }, { "c0/,", CONNECTED } } },
  /* PROTOCOL.md 8.6 */
  { "asked-twice", { { "c0" }, { "c0", CONNECTED }, { "s0" SID }, { "c0", CONNECTED } } },
  { "answered-twice", { { "c0" }, { "s0" SID }, { "s0" SID, CONNECTED } } },
  { "error-from-client", { { "c0" }, { "s0" SID }, { "c4{}", DIRECTION }, { "c2[\"a\"]" } } },
  /* 7.11 */
  { "never-asked",
    { { "c2[\"a\"]", NOT_CONNECTED },
      { "c30[]", NOT_CONNECTED },
      { "c1", NOT_CONNECTED },
      { "s2[\"a\"]", NOT_CONNECTED },
      { "s30[]", NOT_CONNECTED },
      { "s1", NOT_CONNECTED },
      { "s0" SID, NOT_CONNECTED },
      { "s4{}", NOT_CONNECTED },
      { "c51-[\"a\"]", NOT_CONNECTED },
      { "s61-0[]", NOT_CONNECTED } } },
  { "other-space",
    { { "c0" },
      { "s0" SID },
      { "c2/x,[\"a\"]", NOT_CONNECTED },
      { "s2/x,[\"a\"]", NOT_CONNECTED } } },
  { "root-not-implied", { { "c0/x," }, { "s0/x," SID }, { "c2[\"a\"]", NOT_CONNECTED } } },
  /* 8.7: the query belongs to the name */
  { "query",
    { { "c0/x?a=1," },
      { "s0/x?a=1," SID },
      { "c2/x,[\"a\"]", NOT_CONNECTED },
      { "c2/x?a=1,[\"a\"]" } } },
  /* 8.12, 11.4 */
  { "event-before-answer", { { "c0" }, { "s2[\"a\"]" }, { "s51-[\"a\"]" }, { "s0" SID } } },
  { "refused",
    { { "c0/x," },
      { "s4/x,{}" },
      { "s2/x,[\"a\"]", NOT_CONNECTED },
      { "c0/x," },
      { "s0/x," SID } } },
  { "rejoined",
    { { "c0" },
      { "s0" SID },
      { "c1" },
      { "c2[\"a\"]", NOT_CONNECTED },
      { "c0" },
      { "s0" SID },
      { "c2[\"a\"]" } } },
  { "server-leaves",
    { { "c0" }, { "s0" SID }, { "s1" }, { "s2[\"a\"]", NOT_CONNECTED }, { "c0" }, { "s0" SID } } },
  /* what the other side had under way */
  { "crossing-client",
    { { "c0" }, { "s0" SID }, { "c1" }, { "s2[\"a\"]" }, { "s1" }, { "c1", NOT_CONNECTED } } },
  { "crossing-server",
    { { "c0" }, { "s0" SID }, { "s1" }, { "c2[\"a\"]" }, { "c1" }, { "s1", NOT_CONNECTED } } },
  { "crossing-answer", { { "c0" }, { "c1" }, { "s0" SID }, { "c0" }, { "s0" SID } } },
  { "one-leaves",
    { { "c0" },
      { "c0/x," },
      { "s0" SID },
      { "s0/x," SID },
      { "c1/x," },
      { "c2[\"a\"]" },
      { "c2/x,[\"a\"]", NOT_CONNECTED } } },
  { "unknown", { { "c9" }, { "s" } } },
  /* Engine.IO 3: PROTOCOL.md 14.4, 8.7 */
  { "v3-root", { { "s0" }, { "c2[\"a\"]" }, { "s2[\"a\"]" }, { "s30[]" }, { "c1" }, { "c2[\"a\"]", NOT_CONNECTED } }, 3 },
  { "v3-event-first", { { "s2[\"a\"]" }, { "s0" }, { "s0", CONNECTED } }, 3 },
  { "v3-root-asked", { { "s0" }, { "c0", CONNECTED } }, 3 },
  { "v3-refused", { { "s4\"no\"" }, { "s2[\"a\"]", NOT_CONNECTED } }, 3 },
  { "v3-refused-object", { { "s4{\"code\":1}" }, { "s4{}", NOT_CONNECTED } }, 3 },
  { "v3-space", { { "s0" }, { "c0/x," }, { "s0/x" }, { "c2/x,[\"a\"]" }, { "s2/x,[\"a\"]" }, { "s2/y,[\"a\"]", NOT_CONNECTED } }, 3 },
  { "v3-query",
    { { "s0" },
      { "c0/x?token=1," },
      { "s0/x" },
      { "c2/x,[\"a\"]" },
      { "s2/x,[\"a\"]" },
      { "c0/x?token=2,", CONNECTED },
      { "c1/x?token=1," },
      { "c2/x,[\"a\"]", NOT_CONNECTED },
      { "c0/x?token=2," },
      { "s0/x" } }, 3 },
  { "v3-space-refused", { { "s0" }, { "c0/x?a=1," }, { "s4/x,\"Invalid namespace\"" }, { "c0/x," } }, 3 },
  { "v3-unasked-space", { { "s0" }, { "s0/x", NOT_CONNECTED } }, 3 },
  { "v4-unasked-root", { { "s0", NOT_CONNECTED } }, 4 },
};

static guint32
send_packet (SkySioSpaces *spaces, gboolean from_client, const char *wire)
{
  g_autofree char *nsp = NULL;
  SkySioPacket packet;

  sky_sio_packet_decode (wire, strlen (wire), &packet);
  nsp = sky_sio_packet_nsp (&packet, wire);
  return sky_sio_spaces_packet (spaces, from_client, &packet, nsp);
}

static void
test_spaces (gconstpointer data)
{
  const Vector *v = data;
  g_autoptr(SkySioSpaces) spaces = sky_sio_spaces_new ();

  if (v->revision > 0)
    sky_sio_spaces_set_revision (spaces, v->revision);
  for (gsize i = 0; i < G_N_ELEMENTS (v->steps) && v->steps[i].wire != NULL; i++)
    {
      g_test_message ("step %zu: %s", i, v->steps[i].wire);
      g_assert_cmphex (send_packet (spaces, v->steps[i].wire[0] == 'c', v->steps[i].wire + 1), ==,
                       v->steps[i].faults);
    }
}

/* PROTOCOL.md 9: ids are per namespace and direction, good once, and in any order. */
static void
test_acks (void)
{
  g_autoptr(SkySioSpaces) spaces = sky_sio_spaces_new ();

  g_assert_cmpuint (sky_sio_spaces_answer (spaces, FALSE, "/", 0), ==, G_MAXUINT32);
  sky_sio_spaces_ask (spaces, TRUE, "/", 0, 10);
  sky_sio_spaces_ask (spaces, FALSE, "/", 0, 11);
  sky_sio_spaces_ask (spaces, TRUE, "/x", 0, 12);
  sky_sio_spaces_ask (spaces, TRUE, "/", 1, 13);
  sky_sio_spaces_ask (spaces, TRUE, "/", G_MAXUINT64, 14);
  g_assert_cmpuint (sky_sio_spaces_answer (spaces, FALSE, "/", 1), ==, 13);
  g_assert_cmpuint (sky_sio_spaces_answer (spaces, FALSE, "/", 1), ==, G_MAXUINT32);
  g_assert_cmpuint (sky_sio_spaces_answer (spaces, TRUE, "/x", 0), ==, G_MAXUINT32);
  g_assert_cmpuint (sky_sio_spaces_answer (spaces, FALSE, "/x", 0), ==, 12);
  g_assert_cmpuint (sky_sio_spaces_answer (spaces, TRUE, "/", 0), ==, 11);
  g_assert_cmpuint (sky_sio_spaces_answer (spaces, FALSE, "/", 0), ==, 10);
  g_assert_cmpuint (sky_sio_spaces_answer (spaces, FALSE, "/", G_MAXUINT64), ==, 14);
  sky_sio_spaces_ask (spaces, TRUE, "/", 5, 20);
  sky_sio_spaces_ask (spaces, TRUE, "/", 5, 21);
  g_assert_cmpuint (sky_sio_spaces_answer (spaces, FALSE, "/", 5), ==, 21);
  g_assert_cmpuint (sky_sio_spaces_answer (spaces, FALSE, "/", 5), ==, G_MAXUINT32);
}

/* Acks find their namespace, with its query or without; what was there when the revision came to be known stays. */
static void
test_revision_3_acks (void)
{
  g_autoptr(SkySioSpaces) spaces = sky_sio_spaces_new ();

  g_assert_cmphex (send_packet (spaces, TRUE, "1"), ==, NOT_CONNECTED);
  g_assert_cmphex (send_packet (spaces, TRUE, "0/x?a=1,"), ==, 0);
  sky_sio_spaces_set_revision (spaces, 3);
  sky_sio_spaces_set_revision (spaces, 3);
  g_assert_cmphex (send_packet (spaces, FALSE, "0"), ==, 0);
  g_assert_cmphex (send_packet (spaces, TRUE, "0/y?a=1,"), ==, 0);
  sky_sio_spaces_ask (spaces, TRUE, "/y?a=1", 3, 10);
  g_assert_cmpuint (sky_sio_spaces_answer (spaces, FALSE, "/y", 3), ==, 10);
  sky_sio_spaces_ask (spaces, FALSE, "/y", 3, 11);
  g_assert_cmpuint (sky_sio_spaces_answer (spaces, TRUE, "/y?b", 3), ==, 11);
}

/* Asking says nothing of who is connected. */
static void
test_ask_connects_nobody (void)
{
  g_autoptr(SkySioSpaces) spaces = sky_sio_spaces_new ();

  sky_sio_spaces_ask (spaces, TRUE, "/", 0, 1);
  g_assert_cmphex (send_packet (spaces, TRUE, "2[\"a\"]"), ==, NOT_CONNECTED);
  g_assert_cmphex (send_packet (spaces, FALSE, "2[\"a\"]"), ==, NOT_CONNECTED);
}

static void
test_oldest_goes_first (void)
{
  g_autoptr(SkySioSpaces) spaces = sky_sio_spaces_new ();

  for (guint i = 0; i < SKY_SIO_MAX_WAITING; i++)
    sky_sio_spaces_ask (spaces, FALSE, "/", i, i);
  sky_sio_spaces_ask (spaces, FALSE, "/", 0, 7); /* renewed: not the oldest any more */
  sky_sio_spaces_ask (spaces, FALSE, "/", SKY_SIO_MAX_WAITING, 9);
  g_assert_cmpuint (sky_sio_spaces_answer (spaces, TRUE, "/", 1), ==, G_MAXUINT32);
  g_assert_cmpuint (sky_sio_spaces_answer (spaces, TRUE, "/", 0), ==, 7);
  g_assert_cmpuint (sky_sio_spaces_answer (spaces, TRUE, "/", 2), ==, 2);
  g_assert_cmpuint (sky_sio_spaces_answer (spaces, TRUE, "/", SKY_SIO_MAX_WAITING), ==, 9);
}

/* Random asks and answers, against a table that is plainly right. */
static void
test_random_acks (void)
{
  g_autoptr(SkySioSpaces) spaces = sky_sio_spaces_new ();
  static const char *const nsps[] = { "/", "/x", "/y" };
  guint32 expected[3][2][16];

  memset (expected, 0xff, sizeof expected);
  for (guint32 i = 0; i < 100000; i++)
    {
      guint nsp = g_test_rand_int_range (0, 3), client = g_test_rand_int_range (0, 2);
      guint64 id = (guint64) g_test_rand_int_range (0, 16);
      guint32 *record = &expected[nsp][client][id];

      if (g_test_rand_int_range (0, 2))
        {
          sky_sio_spaces_ask (spaces, client, nsps[nsp], id << 32, i);
          *record = i;
          continue;
        }
      g_assert_cmpuint (sky_sio_spaces_answer (spaces, !client, nsps[nsp], id << 32), ==, *record);
      *record = G_MAXUINT32;
    }
}

/* Whoever connects to namespaces without end is not judged without end. */
static void
test_bounded (void)
{
  g_autoptr(SkySioSpaces) spaces = sky_sio_spaces_new ();
  g_autofree char *long_nsp = g_strnfill (5000, '/');
  g_autofree char *long_connect = g_strconcat ("0", long_nsp, ",", NULL);
  g_autofree char *long_event = g_strconcat ("2", long_nsp, ",[\"a\"]", NULL);

  g_assert_cmphex (send_packet (spaces, TRUE, "0/first,"), ==, 0);
  g_assert_cmphex (send_packet (spaces, TRUE, "2/none,[\"a\"]"), ==, NOT_CONNECTED);
  g_assert_cmphex (send_packet (spaces, TRUE, long_connect), ==, 0);
  g_assert_cmphex (send_packet (spaces, TRUE, long_event), ==, 0);
  sky_sio_spaces_ask (spaces, TRUE, long_nsp, 0, 1);
  g_assert_cmpuint (sky_sio_spaces_answer (spaces, FALSE, long_nsp, 0), ==, G_MAXUINT32);
  for (guint i = 0; i < 20000; i++)
    {
      g_autofree char *connect = g_strdup_printf ("0/%u,", i);
      g_autofree char *event = g_strdup_printf ("2/%u,[\"a\"]", i);

      g_assert_cmphex (send_packet (spaces, TRUE, connect), ==, 0);
      g_assert_cmphex (send_packet (spaces, TRUE, event), ==, 0);
    }
  g_assert_cmphex (send_packet (spaces, TRUE, "0/first,"), ==, CONNECTED);
  g_assert_cmphex (send_packet (spaces, TRUE, "0/19999,"), ==, 0);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autofree char *path = g_strconcat ("/sio-space/", vectors[i].name, NULL);

      g_test_add_data_func (path, &vectors[i], test_spaces);
    }
  g_test_add_func ("/sio-space/acks", test_acks);
  g_test_add_func ("/sio-space/revision-3-acks", test_revision_3_acks);
  g_test_add_func ("/sio-space/ask-connects-nobody", test_ask_connects_nobody);
  g_test_add_func ("/sio-space/oldest-goes-first", test_oldest_goes_first);
  g_test_add_func ("/sio-space/random-acks", test_random_acks);
  g_test_add_func ("/sio-space/bounded", test_bounded);
  return g_test_run ();
}
