#include <string.h>

#include "eio/eio-session.h"

typedef struct
{
  const char *wire; /* "c" or "s" for who sends it, then the packet */
  guint32     faults;
} Step;

typedef struct
{
  const char *name;
  guint       revision;
  gboolean    on_existing;
  Step        steps[10];
} Vector;

#define OPEN       "s0{\"sid\":\"x\"}"
#define DIRECTION  SKY_EIO_FAULT_DIRECTION
#define NOT_OPEN   SKY_EIO_FAULT_NOT_OPEN
#define OPEN_AGAIN SKY_EIO_FAULT_OPEN_AGAIN
#define PROBE      SKY_EIO_FAULT_PROBE
#define CLOSED     SKY_EIO_FAULT_AFTER_CLOSE
#define DATA       SKY_EIO_FAULT_DATA

static const Vector vectors[] = {
  { "plain", 4, FALSE,
    { { OPEN }, { "c40" }, { "s40" }, { "s2" }, { "c3" }, { "s42" }, { "c1" } } },
  { "early-message", 4, FALSE, { { "c40", NOT_OPEN }, { "s2", NOT_OPEN }, { OPEN }, { "c40" } } },
  { "early-close", 4, FALSE, { { "s1", NOT_OPEN } } },
  { "open-again", 4, FALSE, { { OPEN }, { OPEN, OPEN_AGAIN }, { "c40" } } },
  { "open-from-client", 4, FALSE,
    { { "c0{\"sid\":\"x\"}", DIRECTION }, { "c40", NOT_OPEN }, { OPEN } } },
  { "open-from-client-later", 4, FALSE, { { OPEN }, { "c0{\"sid\":\"x\"}", DIRECTION } } },
  /* PROTOCOL.md 6.1, 6.3 */
  { "v4-client-pings", 4, FALSE, { { OPEN }, { "c2", DIRECTION }, { "s3", DIRECTION } } },
  { "v4-ping-data", 4, FALSE, { { OPEN }, { "s2x", DATA }, { "c3x", DATA }, { "s2probe", DATA } } },
  { "v4-probe-on-open", 4, FALSE, { { OPEN }, { "c2probe", DIRECTION | DATA } } },
  { "v3-heartbeat", 3, FALSE, { { OPEN }, { "c2" }, { "s3" }, { "c2x" }, { "s3x" } } },
  { "v3-wrong-way", 3, FALSE, { { OPEN }, { "s2", DIRECTION }, { "c3", DIRECTION } } },
  { "v3-life", 3, FALSE,
    { { OPEN }, { "s40" }, { "c40/x?a=1," }, { "s40/x" }, { "c2" }, { "s3" }, { "s6" }, { "c42" }, { "s1" },
      { "s3", CLOSED } } },
  { "v3-early", 3, FALSE, { { "c2", NOT_OPEN }, { "s3", NOT_OPEN }, { OPEN }, { "c6", DIRECTION } } },
  { "noop", 4, FALSE, { { OPEN }, { "s6" }, { "c6", DIRECTION } } },
  { "unprobed-upgrade", 4, FALSE, { { OPEN }, { "c5", PROBE }, { "s5", DIRECTION } } },
  { "unknown", 4, FALSE, { { "sx", NOT_OPEN }, { OPEN }, { "cx" }, { "sx" } } },
  /* 3.12: the waiting poll still ends after the client has closed */
  { "client-closes", 4, FALSE,
    { { OPEN }, { "c1" }, { "s6" }, { "s42" }, { "c42", CLOSED }, { "c1", CLOSED } } },
  { "server-closes", 4, FALSE,
    { { OPEN }, { "s1" }, { "c42" }, { "s42", CLOSED }, { "s6", CLOSED } } },
  /* 5.1, 5.6 */
  { "upgrade", 4, TRUE,
    { { "c2probe" }, { "s3probe" }, { "c5" }, { "c42" }, { "s42" }, { "s2" }, { "c3" } } },
  { "upgrade-v3", 3, TRUE, { { "c2probe" }, { "s3probe" }, { "c5" }, { "c2" }, { "s3" } } },
  { "upgrade-unprobed", 4, TRUE, { { "c5", PROBE }, { "c42" } } },
  { "upgrade-unanswered", 4, TRUE, { { "c2probe" }, { "c5", PROBE }, { "s42" } } },
  { "upgrade-twice", 4, TRUE, { { "c2probe" }, { "s3probe" }, { "c5" }, { "c5", PROBE } } },
  { "probe-twice", 4, TRUE,
    { { "c2probe" }, { "c2probe", PROBE }, { "s3probe" }, { "s3probe", PROBE } } },
  { "probe-wrong", 4, TRUE,
    { { "c2", PROBE }, { "c2prob", PROBE }, { "c2probe!", PROBE }, { "c3probe", PROBE } } },
  { "answer-first", 4, TRUE, { { "s3probe", PROBE }, { "c2probe" } } },
  { "answer-wrong", 4, TRUE, { { "c2probe" }, { "s3", PROBE }, { "s2probe", PROBE } } },
  { "talk-while-probing", 4, TRUE,
    { { "c42", PROBE }, { "c2probe" }, { "s42", PROBE }, { "s6", PROBE } } },
  { "open-on-existing", 4, TRUE,
    { { OPEN, OPEN_AGAIN }, { "c2probe" }, { "s3probe" }, { "c5" }, { OPEN, OPEN_AGAIN } } },
  { "upgrade-from-server", 4, TRUE,
    { { "c2probe" }, { "s3probe" }, { "s5", DIRECTION }, { "c5" } } },
};

static void
test_session (gconstpointer data)
{
  const Vector *v = data;
  SkyEioSession session = { .revision = v->revision, .on_existing = v->on_existing };

  for (gsize i = 0; i < G_N_ELEMENTS (v->steps) && v->steps[i].wire != NULL; i++)
    {
      gsize len = strlen (v->steps[i].wire) - 1;
      g_autofree guint8 *exact = g_memdup2 (v->steps[i].wire + 1, len);
      SkyEioPacket packet;

      sky_eio_packet_decode (exact, len, FALSE, &packet);
      g_test_message ("step %zu: %s", i, v->steps[i].wire);
      g_assert_cmphex (
          sky_eio_session_packet (&session, v->steps[i].wire[0] == 'c', exact, &packet), ==,
          v->steps[i].faults);
    }
}

/* Binary messages keep the same order. */
static void
test_binary (void)
{
  SkyEioSession session = { .revision = 4 };
  SkyEioPacket packet;

  sky_eio_packet_decode ((const guint8 *) "2probe", 6, TRUE, &packet);
  g_assert_cmphex (sky_eio_session_packet (&session, TRUE, (const guint8 *) "2probe", &packet), ==,
                   NOT_OPEN);
  session = (SkyEioSession) { .revision = 4, .on_existing = TRUE };
  g_assert_cmphex (sky_eio_session_packet (&session, TRUE, (const guint8 *) "2probe", &packet), ==,
                   PROBE);
  session.opened = TRUE;
  g_assert_cmphex (sky_eio_session_packet (&session, TRUE, (const guint8 *) "2probe", &packet), ==,
                   0);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autofree char *path = g_strconcat ("/eio-session/", vectors[i].name, NULL);

      g_test_add_data_func (path, &vectors[i], test_session);
    }
  g_test_add_func ("/eio-session/binary", test_binary);
  return g_test_run ();
}
