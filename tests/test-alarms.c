#include "peer/alarms.h"

#define DEADLINE_USEC (20 * G_TIME_SPAN_SECOND)
#include "wait.h"

typedef struct
{
  SkyAlarms *alarms;
  SkyAlarm   a, b, c, d;
  GString   *rung;
  gboolean   last; /* who rings frees them all */
} Fixture;

static void
ring (Fixture *f, char who)
{
  g_string_append_c (f->rung, who);
  if (!f->last)
    return;
  sky_alarm_clear (&f->a);
  sky_alarm_clear (&f->b);
  sky_alarm_clear (&f->c);
  sky_alarm_clear (&f->d);
  g_clear_pointer (&f->alarms, sky_alarms_free);
}

static void
on_a (gpointer user_data)
{
  ring (user_data, 'a');
}

static void
on_b (gpointer user_data)
{
  ring (user_data, 'b');
}

static void
on_c (gpointer user_data)
{
  Fixture *f = user_data;

  ring (f, 'c');
  if (f->alarms != NULL && f->rung->len < 5)
    sky_alarms_set (f->alarms, &f->c, 30, on_c, f);
}

static void
test_order (void)
{
  Fixture f = { .alarms = sky_alarms_new (), .rung = g_string_new (NULL) };

  sky_alarms_set (f.alarms, &f.a, 200, on_a, &f);
  sky_alarms_set (f.alarms, &f.d, 30, on_a, &f);
  sky_alarms_set (f.alarms, &f.c, 30, on_c, &f);
  sky_alarms_set (f.alarms, &f.b, 30, on_a, &f);
  sky_alarms_set (f.alarms, &f.b, 10, on_b, &f); /* anew */
  sky_alarm_clear (&f.d);
  sky_alarm_clear (&f.d);
  sky_alarms_set (f.alarms, &f.a, 10000, on_a, &f);
  WAIT (f.rung->len == 5);
  g_assert_cmpstr (f.rung->str, ==, "bcccc");
  sky_alarm_clear (&f.a);
  sky_alarms_free (f.alarms);
  g_string_free (f.rung, TRUE);
}

static void
test_free (void)
{
  Fixture f = { .alarms = sky_alarms_new (), .rung = g_string_new (NULL), .last = TRUE };

  sky_alarms_set (f.alarms, &f.a, 5, on_a, &f);
  sky_alarms_set (f.alarms, &f.b, 5, on_b, &f);
  sky_alarms_set (f.alarms, &f.c, 7, on_c, &f);
  WAIT (f.alarms == NULL);
  g_assert_cmpstr (f.rung->str, ==, "a");
  g_string_free (f.rung, TRUE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/alarms/order", test_order);
  g_test_add_func ("/alarms/free", test_free);
  return g_test_run ();
}
