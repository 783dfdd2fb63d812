#include "peer/acks.h"

/* Every wait is settled exactly once, and its data freed exactly once. */
typedef struct
{
  guint      n_settled, n_freed;
  char      *args;
  gboolean   gone;
  GMainLoop *loop;
  SkyAcks   *again; /* emit from within the call */
} Seen;

static void
on_settled (const char *nsp, guint64 id, const char *args, gint64 latency_usec, gboolean gone, gpointer user_data)
{
  Seen *seen = user_data;

  seen->n_settled++;
  g_free (seen->args);
  seen->args = g_strdup (args);
  seen->gone = gone;
  g_assert_cmpint (latency_usec, >=, 0);
  if (seen->again != NULL)
    sky_acks_wait (g_steal_pointer (&seen->again), nsp, id, 0, on_settled, seen, NULL);
  if (seen->loop != NULL)
    g_main_loop_quit (seen->loop);
}

static void
on_freed (gpointer user_data)
{
  ((Seen *) user_data)->n_freed++;
}

static void
test_answer (void)
{
  SkyAcks *acks = sky_acks_new ();
  Seen seen = { 0 }, other = { 0 };

  sky_acks_wait (acks, "/", 7, 0, on_settled, &seen, on_freed);
  sky_acks_wait (acks, "/chat", 7, 0, on_settled, &other, on_freed);
  g_assert_false (sky_acks_answer (acks, "/", 8, "1"));
  g_assert_true (sky_acks_answer (acks, "/", 7, "1,2"));
  g_assert_false (sky_acks_answer (acks, "/", 7, "again"));
  g_assert_cmpstr (seen.args, ==, "1,2");
  g_assert_cmpuint (seen.n_settled + seen.n_freed, ==, 2);
  g_assert_cmpuint (other.n_settled, ==, 0);
  sky_acks_free (acks);
  g_assert_cmpuint (other.n_settled, ==, 0);
  g_assert_cmpuint (other.n_freed, ==, 1);
  g_free (seen.args);
}

static void
test_timeout (void)
{
  SkyAcks *acks = sky_acks_new ();
  Seen seen = { .loop = g_main_loop_new (NULL, FALSE) };

  sky_acks_wait (acks, "/", 1, 10, on_settled, &seen, on_freed);
  g_main_loop_run (seen.loop);
  g_assert_null (seen.args);
  g_assert_false (seen.gone);
  g_assert_false (sky_acks_answer (acks, "/", 1, "late"));
  g_assert_cmpuint (seen.n_freed, ==, 1);
  g_main_loop_unref (seen.loop);
  sky_acks_free (acks);
}

static void
test_drop_all (void)
{
  SkyAcks *acks = sky_acks_new ();
  Seen seen = { .again = acks };

  sky_acks_wait (acks, "/", 1, 1000, on_settled, &seen, on_freed);
  sky_acks_drop_all (acks);
  g_assert_true (seen.gone);
  g_assert_cmpuint (seen.n_settled, ==, 1);
  g_assert_cmpuint (sky_acks_get_n_waiting (acks), ==, 1);
  sky_acks_free (acks);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/acks/answer", test_answer);
  g_test_add_func ("/acks/timeout", test_timeout);
  g_test_add_func ("/acks/drop-all", test_drop_all);
  return g_test_run ();
}
