#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tcp/tcp-tap.h"

/* Many lines that talk at once, as a broadcast does: what each peer gets, and what its tap reports. */

#define N_LINES  5
#define N_TURNS  400
#define LONG_LEN 5000 /* bytes: more than is compared with what others say */

typedef struct
{
  SkyTcpTap *tap;
  int        peer;    /* descriptor of the other end */
  GString   *said, *written, *got;
  gboolean   closed;
  SkyTcpTap *victim; /* nullable: cut from within the report of what is written */
} Line;

static void
on_tap (SkyTcpTapEvent event, const guint8 *data, gsize len, gint64 time_usec, const GError *error, gpointer user_data)
{
  Line *line = user_data;

  g_assert_false (line->closed);
  if (event == SKY_TCP_TAP_WRITTEN)
    g_string_append_len (line->written, (const char *) data, (gssize) len);
  if (event == SKY_TCP_TAP_WRITTEN && line->victim != NULL)
    sky_tcp_tap_cut (g_steal_pointer (&line->victim));
  line->closed = event == SKY_TCP_TAP_CLOSED;
}

static void
on_heard (SkyTcpTapEvent event, const guint8 *data, gsize len, gpointer user_data)
{
}

static void
line_init (Line *line)
{
  g_autoptr(GSocketConnection) connection = NULL;
  g_autoptr(GSocket) socket = NULL;
  int ends[2];

  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM, 0, ends), ==, 0);
  socket = g_socket_new_from_fd (ends[0], NULL);
  connection = g_socket_connection_factory_create_connection (socket);
  *line = (Line) { .peer = ends[1], .said = g_string_new (NULL), .written = g_string_new (NULL), .got = g_string_new (NULL) };
  line->tap = sky_tcp_tap_new (G_IO_STREAM (connection), on_tap, line);
  sky_tcp_tap_listen (line->tap, on_heard, line);
}

static void
line_clear (Line *line)
{
  g_assert_finalize_object (line->tap);
  close (line->peer);
  g_string_free (line->said, TRUE);
  g_string_free (line->written, TRUE);
  g_string_free (line->got, TRUE);
}

static void
say (Line *line, const char *head, const char *text)
{
  sky_tcp_tap_say (line->tap, (const guint8 *) head, strlen (head), (const guint8 *) text, strlen (text));
  if (!line->closed)
    g_string_append_printf (line->said, "%s%s", head, text);
}

static void
end_turn (Line *lines)
{
  char block[65536];

  while (g_main_context_iteration (NULL, FALSE))
    ;
  for (guint i = 0; i < N_LINES; i++)
    {
      gssize len;

      while ((len = recv (lines[i].peer, block, sizeof block, MSG_DONTWAIT)) > 0)
        g_string_append_len (lines[i].got, block, len);
      g_assert_cmpstr (lines[i].got->str, ==, lines[i].said->str);
      g_assert_cmpstr (lines[i].written->str, ==, lines[i].said->str);
      g_assert_cmpuint (sky_tcp_tap_get_buffered (lines[i].tap), ==, 0);
    }
}

/* Each says some of a few texts in each turn, so that many say the same, and some say more than that. */
static void
test_random (void)
{
  g_autofree char *long_text = g_strnfill (LONG_LEN, 'x');
  const char *const heads[] = { "a", "ab", "b" };
  const char *const texts[] = { "", "b", "c", "told", "tolb", long_text };
  Line lines[N_LINES];

  for (guint i = 0; i < N_LINES; i++)
    line_init (&lines[i]);
  for (guint turn = 0; turn < N_TURNS; turn++)
    {
      guint n = (guint) g_test_rand_int_range (0, 3 * N_LINES);

      for (guint k = 0; k < n; k++)
        say (&lines[g_test_rand_int_range (0, N_LINES)], heads[g_test_rand_int_range (0, G_N_ELEMENTS (heads))],
             texts[g_test_rand_int_range (0, G_N_ELEMENTS (texts))]);
      end_turn (lines);
    }
  for (guint i = 0; i < N_LINES; i++)
    line_clear (&lines[i]);
}

/* All are told, then one says more, and the others still have what they were told. */
static void
test_broadcast (void)
{
  Line lines[N_LINES];

  for (guint i = 0; i < N_LINES; i++)
    line_init (&lines[i]);
  for (guint i = 0; i < N_LINES; i++)
    say (&lines[i], "4", "2[\"told\"]");
  say (&lines[2], "4", "3[]");
  end_turn (lines);
  g_assert_cmpstr (lines[1].got->str, ==, "42[\"told\"]");
  g_assert_cmpstr (lines[2].got->str, ==, "42[\"told\"]43[]");
  for (guint i = 0; i < N_LINES; i++)
    line_clear (&lines[i]);
}

/* One is cut while another's bytes are reported: its own were sent, and are reported before that. */
static void
test_cut_meanwhile (void)
{
  Line lines[N_LINES];

  for (guint i = 0; i < N_LINES; i++)
    line_init (&lines[i]);
  lines[0].victim = lines[N_LINES - 1].tap;
  for (guint i = 0; i < N_LINES; i++)
    say (&lines[i], "4", "2[\"told\"]");
  end_turn (lines);
  g_assert_true (lines[N_LINES - 1].closed);
  say (&lines[N_LINES - 1], "4", "2[\"told\"]");
  say (&lines[0], "4", "2[\"told\"]");
  end_turn (lines);
  for (guint i = 0; i < N_LINES; i++)
    line_clear (&lines[i]);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tcp-say/broadcast", test_broadcast);
  g_test_add_func ("/tcp-say/random", test_random);
  g_test_add_func ("/tcp-say/cut-meanwhile", test_cut_meanwhile);
  return g_test_run ();
}
