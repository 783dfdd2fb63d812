#include "peer/carrier/carrier-frames.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/hex.h"
#include "peer/link.h"
#include "trace/store.h"

#define DEADLINE_USEC (20 * G_TIME_SPAN_SECOND)
#include "wait.h"

#define MAX_MESSAGE 16 /* bytes */
#define NO_MASK     "00000000"

/* A client's end of a socket, and what a server's end makes of it. */
typedef struct
{
  SkyStore   *store;
  SkyLink    *link;
  SkyCarrier *carrier;
  int         fd; /* the client's */
  GString    *heard; /* each text and a bar; octets in <> */
  guint       n_closed, code, refused;
  char       *reason;
  gboolean    let_go; /* with the first message */
} Fixture;

static void
on_message (SkyCarrier *carrier, GBytes *data, gboolean binary, gpointer owner)
{
  Fixture *f = owner;
  gsize len;
  const char *text = g_bytes_get_data (data, &len);
  g_autofree char *hex = sky_hex_format ((const guint8 *) text, len, "");

  if (binary)
    g_string_append_printf (f->heard, "<%s>", hex);
  else
    g_string_append_printf (f->heard, "%.*s|", (int) len, text);
  if (f->let_go)
    {
      sky_carrier_attend (carrier, NULL, NULL);
      g_clear_object (&f->carrier);
    }
}

static void
on_refused (SkyCarrier *carrier, guint code, const char *why, gpointer owner)
{
  Fixture *f = owner;

  g_assert_nonnull (why);
  g_assert_cmpuint (f->refused, ==, 0);
  f->refused = code;
}

static void
on_closed (SkyCarrier *carrier, guint code, const char *reason, const GError *error, gpointer owner)
{
  Fixture *f = owner;

  g_assert_no_error (error);
  f->n_closed++;
  f->code = code;
  f->reason = g_strdup (reason);
}

/* Returns: (transfer none): what hears nothing yet */
static SkyCarrierFrames *
set_up_deaf (Fixture *f, guint revision)
{
  static const SkyCarrierFuncs funcs = { on_message, on_refused, on_closed };
  g_autoptr(GSocket) socket = NULL;
  g_autoptr(GIOStream) base = NULL;
  g_autoptr(SkyGuard) guard = sky_guard_new ();
  SkyCarrierFrames *carrier;
  int fds[2];

  *f = (Fixture) { .store = sky_store_new (NULL, NULL), .heard = g_string_new (NULL) };
  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), ==, 0);
  f->fd = fds[1];
  socket = g_socket_new_from_fd (fds[0], NULL);
  base = G_IO_STREAM (g_socket_connection_factory_create_connection (socket));
  f->link = sky_link_new (f->store, "test", SKY_ROLE_SERVER);
  sky_link_attach (f->link, base);
  sky_guard_arm (guard, f->link, MAX_MESSAGE);
  carrier = sky_carrier_frames_new (SKY_TCP_TAP (sky_link_get_stream (f->link)), guard, revision, MAX_MESSAGE);
  f->carrier = SKY_CARRIER (carrier);
  sky_carrier_attend (f->carrier, &funcs, f);
  return carrier;
}

static void
set_up (Fixture *f, guint revision, const char *early)
{
  g_autoptr(GInputStream) input = g_memory_input_stream_new_from_data (early, (gssize) strlen (early), NULL);

  sky_carrier_frames_begin (set_up_deaf (f, revision), input);
}

static void
tear_down (Fixture *f)
{
  g_clear_object (&f->carrier);
  sky_link_free (f->link);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_object_unref (f->store);
  g_string_free (f->heard, TRUE);
  g_free (f->reason);
  close (f->fd);
}

static void
write_all (Fixture *f, const guint8 *data, gsize len)
{
  g_autofree guint8 *exact = g_memdup2 (data, len);

  g_assert_cmpint (write (f->fd, exact, len), ==, (gssize) len);
}

/* Returns: (transfer full): what the server has sent, as digits */
static char *
read_all (Fixture *f)
{
  guint8 block[1024];
  gssize len = recv (f->fd, block, sizeof block, MSG_DONTWAIT);

  return sky_hex_format (block, (gsize) MAX (len, 0), "");
}

typedef struct
{
  const char *name, *wire; /* what the client sends, before it ends its side */
  const char *heard, *answer;
  guint       refused, code;
  guint       revision;
} Vector;

static const Vector vectors[] = {
  { "text", "8185" NO_MASK "68656c6c6f", "hello|", "", 0, 1006 },
  { "masked", "818537fa213d7f9f4d5158", "Hello|", "", 0, 1006 },
  { "two", "8181" NO_MASK "61" "8181" NO_MASK "62", "a|b|", "", 0, 1006 },
  { "empty", "8180" NO_MASK, "|", "", 0, 1006 },
  { "octets", "8282" NO_MASK "0102", "<0102>", "", 0, 1006 },
  { "octets-of-revision-3", "8283" NO_MASK "040102", "<0102>", "", 0, 1006, 3 },
  { "base64", "8185" NO_MASK "6241514944", "<010203>", "", 0, 1006, 4 },
  { "base64-empty", "8181" NO_MASK "62", "<>", "", 0, 1006, 4 },
  { "base64-of-revision-3", "8186" NO_MASK "623441514944", "<010203>", "", 0, 1006, 3 },
  { "base64-that-is-none", "8183" NO_MASK "624151", "bAQ|", "", 0, 1006, 4 },
  { "base64-without-engine-io", "8185" NO_MASK "6241514944", "bAQID|", "", 0, 1006 },
  { "fragments-and-a-ping", "0183" NO_MASK "48656c" "8982" NO_MASK "6869" "8082" NO_MASK "6c6f", "Hello|", "8a026869",
    0, 1006 },
  { "character-in-fragments", "0181" NO_MASK "c3" "8081" NO_MASK "a9", "é|", "", 0, 1006 },
  { "long-length", "81fe0001" NO_MASK "61", "a|", "", 0, 1006 },
  { "pong", "8a80" NO_MASK, "", "", 0, 1006 },
  { "close", "8885" NO_MASK "03e8627965", "", "880503e8627965", 0, 1000 },
  { "close-without-a-code", "8880" NO_MASK, "", "8800", 0, 1005 },
  { "close-and-more", "8880" NO_MASK "8181" NO_MASK "61", "", "8800", 0, 1005 },
  { "close-by-1005", "8882" NO_MASK "03ed", "", "880203ea", 1002, 1006 },
  { "close-of-one-octet", "8881" NO_MASK "03", "", "880203ea", 1002, 1006 },
  { "unmasked", "810161", "", "880203ea", 1002, 1006 },
  { "reserved", "c181" NO_MASK "61", "", "880203ea", 1002, 1006 },
  { "orphan", "8081" NO_MASK "61", "", "880203ea", 1002, 1006 },
  { "interrupted", "0181" NO_MASK "61" "8181" NO_MASK "62", "", "880203ea", 1002, 1006 },
  { "opcode", "8380" NO_MASK, "", "880203ea", 1002, 1006 },
  { "split-ping", "0980" NO_MASK, "", "880203ea", 1002, 1006 },
  { "impossible", "81ffffffffffffffffff" NO_MASK, "", "880203ea", 1002, 1006 },
  { "no-utf8", "8181" NO_MASK "ff" "8181" NO_MASK "61", "", "880203ef", 1007, 1006 },
  { "too-big", "8191" NO_MASK "6161616161616161616161616161616161", "", "880203f1", 1009, 1006 },
  { "too-big-announced", "81ff0000000100000000" NO_MASK "61", "", "880203f1", 1009, 1006 },
  { "too-big-then-close", "8191" NO_MASK "6161616161616161616161616161616161" "8882" NO_MASK "03f1", "", "880203f1", 1009,
    1009 },
  { "fragments-too-big", "0190" NO_MASK "61616161616161616161616161616161" "8081" NO_MASK "61", "", "880203f1", 1009,
    1006 },
};

static void
test_vector (gconstpointer data)
{
  const Vector *v = data;
  g_autoptr(GBytes) wire = sky_hex_parse (v->wire);
  gsize len;
  const guint8 *octets = g_bytes_get_data (wire, &len);

  for (gsize cut = 0; cut <= len; cut++)
    {
      g_autofree char *answer = NULL;
      Fixture f;

      set_up (&f, v->revision, "");
      write_all (&f, octets, cut);
      while (g_main_context_iteration (NULL, FALSE))
        ;
      if (f.n_closed == 0 && sky_carrier_get_n_unsent (f.carrier) == 0)
        (void) !write (f.fd, octets + cut, len - cut); /* it may have been closed in the meantime */
      shutdown (f.fd, SHUT_WR);
      WAIT (f.n_closed > 0);
      answer = read_all (&f);
      g_assert_cmpstr (f.heard->str, ==, v->heard);
      g_assert_cmpstr (answer, ==, v->answer);
      g_assert_cmpuint (f.refused, ==, v->refused);
      g_assert_cmpuint (f.code, ==, v->code);
      tear_down (&f);
    }
}

/* What came together with the handshake is heard first. */
static void
test_early (void)
{
  Fixture f;

  set_up (&f, 0, "\x81\x81" "\0\0\0\0" "a");
  tear_down (&f);
  set_up (&f, 0, "\x81\x81" "abcd" "\x09" "\x81\x81" "abcd");
  g_assert_cmpstr (f.heard->str, ==, "h|");
  write_all (&f, (const guint8 *) "\x0a", 1);
  WAIT (f.heard->len == 4);
  g_assert_cmpstr (f.heard->str, ==, "h|k|");
  tear_down (&f);
}

static void
test_send (void)
{
  g_autoptr(GBytes) text = g_bytes_new_static ("hi", 2), octets = g_bytes_new_static ("\1\2", 2);
  g_autofree char *sent = NULL;
  Fixture f;

  set_up (&f, 3, "");
  sky_carrier_send (f.carrier, text, FALSE);
  sky_carrier_send (f.carrier, octets, TRUE);
  g_assert_cmpuint (sky_carrier_get_n_unsent (f.carrier), ==, 4 + 5);
  sky_carrier_close (f.carrier, 1000, "x");
  g_assert_false (sky_carrier_is_open (f.carrier));
  sky_carrier_send (f.carrier, text, FALSE);
  WAIT (sky_carrier_get_n_unsent (f.carrier) == 0);
  sent = read_all (&f);
  g_assert_cmpstr (sent, ==, "810268698203040102880303e878");
  write_all (&f, (const guint8 *) "\x88\x82\0\0\0\0\x03\xe8", 8);
  WAIT (f.n_closed == 1);
  g_assert_cmpuint (f.code, ==, 1000);
  tear_down (&f);
}

/* To who takes no binary messages octets go as text. */
static void
test_send_base64 (void)
{
  g_autoptr(GBytes) octets = g_bytes_new_static ("\1\2\3", 3);

  for (guint revision = 3; revision <= 4; revision++)
    {
      g_autofree char *sent = NULL;
      Fixture f;

      set_up (&f, revision, "");
      sky_carrier_frames_set_base64 (SKY_CARRIER_FRAMES (f.carrier));
      sky_carrier_send (f.carrier, octets, TRUE);
      WAIT (sky_carrier_get_n_unsent (f.carrier) == 0);
      sent = read_all (&f);
      g_assert_cmpstr (sent, ==, revision == 3 ? "8106623441514944" : "81056241514944");
      tear_down (&f);
    }
}

/* A reason that is too long ends with a whole character: 61 times two bytes, of the 123 there is room for. */
static void
test_long_reason (void)
{
  g_autoptr(GString) reason = g_string_new (NULL);
  g_autofree char *sent = NULL;
  Fixture f;

  for (guint i = 0; i < 70; i++)
    g_string_append (reason, "é");
  set_up (&f, 0, "");
  sky_carrier_close (f.carrier, 1000, reason->str);
  WAIT (sky_carrier_get_n_unsent (f.carrier) == 0);
  sent = read_all (&f);
  g_assert_true (g_str_has_prefix (sent, "887c03e8c3a9"));
  g_assert_true (g_str_has_suffix (sent, "c3a9"));
  /* The peer's reason is no text: nobody is told of it. */
  write_all (&f, (const guint8 *) "\x88\x83\0\0\0\0\x03\xe8\xff", 9);
  WAIT (f.n_closed == 1);
  g_assert_null (f.reason);
  tear_down (&f);
}

/* What came with the handshake is heard though its connection had its share of this turn, and nothing comes after it. */
static void
test_kept (void)
{
  guint8 head[4];
  Fixture f;
  SkyCarrierFrames *carrier = set_up_deaf (&f, 0);
  GInputStream *input = g_io_stream_get_input_stream (sky_link_get_stream (f.link));

  write_all (&f, (const guint8 *) "head\x81\x81\0\0\0\0a", 11);
  g_assert_cmpint (g_pollable_input_stream_read_nonblocking (G_POLLABLE_INPUT_STREAM (input), head, sizeof head, NULL, NULL),
                   ==, sizeof head);
  g_usleep (20000); /* more than all lines may take in a turn */
  sky_carrier_frames_begin (carrier, input);
  WAIT (g_str_equal (f.heard->str, "a|"));
  tear_down (&f);
}

/* Whoever hears may let go; and whoever cuts is told, later. */
static void
test_end (void)
{
  Fixture f;

  set_up (&f, 0, "");
  f.let_go = TRUE;
  write_all (&f, (const guint8 *) "\x81\x81\0\0\0\0a\x81\x81\0\0\0\0b", 14);
  WAIT (f.carrier == NULL);
  tear_down (&f);
  set_up (&f, 0, "");
  sky_carrier_cut (f.carrier);
  g_assert_cmpuint (f.n_closed, ==, 0);
  WAIT (f.n_closed == 1);
  g_assert_cmpuint (f.code, ==, 1006);
  tear_down (&f);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autofree char *path = g_strconcat ("/carrier-frames/", vectors[i].name, NULL);

      g_test_add_data_func (path, &vectors[i], test_vector);
    }
  g_test_add_func ("/carrier-frames/early", test_early);
  g_test_add_func ("/carrier-frames/kept", test_kept);
  g_test_add_func ("/carrier-frames/send", test_send);
  g_test_add_func ("/carrier-frames/send-base64", test_send_base64);
  g_test_add_func ("/carrier-frames/long-reason", test_long_reason);
  g_test_add_func ("/carrier-frames/end", test_end);
  return g_test_run ();
}
