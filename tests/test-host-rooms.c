#include "peer/host/host-rooms.h"

#include <string.h>

static void
check_rooms (SkyHostMember *member, const char *expected)
{
  g_autoptr(GPtrArray) rooms = sky_host_member_get_rooms (member);
  g_autofree char *joined = NULL;

  g_assert_cmpuint (rooms->len, ==, sky_host_member_get_n_rooms (member));
  g_ptr_array_add (rooms, NULL);
  joined = g_strjoinv (" ", (char **) rooms->pdata);
  g_assert_cmpstr (joined, ==, expected);
}

static void
check_json (SkyHostRooms *rooms, const char *expected)
{
  g_autofree char *json = sky_host_rooms_to_json (rooms);

  g_assert_cmpstr (json, ==, expected);
}

/* How often @member is in what @to and @except select. */
static guint
times (SkyHostRooms *rooms, SkyHostMember *member, const char *to, const char *except)
{
  g_autoptr(GPtrArray) selected
      = sky_host_rooms_select (rooms, sky_host_member_get_nsp (member), to, except);
  guint n = 0;

  for (guint i = 0; i < selected->len; i++)
    n += g_ptr_array_index (selected, i) == member;
  return n;
}

static void
test_enter (void)
{
  g_autoptr(SkyHostRooms) rooms = sky_host_rooms_new ();
  int owner;
  SkyHostMember *ann;

  check_json (rooms, "{\"namespaces\":{}}");
  ann = sky_host_rooms_enter (rooms, "/", "ann", &owner);
  g_assert_cmpstr (sky_host_member_get_id (ann), ==, "ann");
  g_assert_cmpstr (sky_host_member_get_nsp (ann), ==, "/");
  g_assert_true (sky_host_member_get_owner (ann) == &owner);
  check_rooms (ann, "ann");
  check_json (rooms,
              "{\"namespaces\":{\"/\":{\"sockets\":[\"ann\"],\"rooms\":{\"ann\":[\"ann\"]}}}}");
  sky_host_rooms_exit (rooms, ann);
  check_json (rooms, "{\"namespaces\":{}}");
}

static void
test_idempotent (void)
{
  g_autoptr(SkyHostRooms) rooms = sky_host_rooms_new ();
  SkyHostMember *ann = sky_host_rooms_enter (rooms, "/", "ann", NULL);

  g_assert_true (sky_host_rooms_join (rooms, ann, "tea"));
  g_assert_false (sky_host_rooms_join (rooms, ann, "tea"));
  g_assert_true (sky_host_rooms_join (rooms, ann, "art"));
  check_rooms (ann, "ann tea art");
  g_assert_cmpuint (sky_host_rooms_count (rooms, "/", "tea"), ==, 1);
  g_assert_true (sky_host_rooms_leave (rooms, ann, "tea"));
  g_assert_false (sky_host_rooms_leave (rooms, ann, "tea"));
  g_assert_false (sky_host_rooms_leave (rooms, ann, "never"));
  g_assert_cmpuint (sky_host_rooms_count (rooms, "/", "tea"), ==, 0);
  g_assert_true (sky_host_rooms_join (rooms, ann, "tea"));
  check_rooms (ann, "ann art tea");
  g_assert_true (sky_host_rooms_leave (rooms, ann, "ann"));
  check_rooms (ann, "art tea");
}

static void
test_select (void)
{
  g_autoptr(SkyHostRooms) rooms = sky_host_rooms_new ();
  SkyHostMember *ann = sky_host_rooms_enter (rooms, "/", "ann", NULL);
  SkyHostMember *bob = sky_host_rooms_enter (rooms, "/", "bob", NULL);
  SkyHostMember *eve = sky_host_rooms_enter (rooms, "/", "eve", NULL);

  sky_host_rooms_join (rooms, ann, "tea");
  sky_host_rooms_join (rooms, bob, "tea");
  g_assert_cmpuint (times (rooms, ann, "tea", NULL), ==, 1);
  g_assert_cmpuint (times (rooms, eve, "tea", NULL), ==, 0);
  g_assert_cmpuint (times (rooms, ann, "tea", "ann"), ==, 0);
  g_assert_cmpuint (times (rooms, bob, "tea", "ann"), ==, 1);
  g_assert_cmpuint (times (rooms, bob, "bob", NULL), ==, 1);
  g_assert_cmpuint (times (rooms, eve, NULL, NULL), ==, 1);
  g_assert_cmpuint (times (rooms, eve, NULL, "tea"), ==, 1);
  g_assert_cmpuint (times (rooms, ann, NULL, "tea"), ==, 0);
  g_assert_cmpuint (times (rooms, ann, NULL, "nobody is here"), ==, 1);
  g_assert_cmpuint (times (rooms, ann, "nobody is here", NULL), ==, 0);
  g_assert_true (sky_host_rooms_find (rooms, "eve") == eve);
  g_assert_null (sky_host_rooms_find (rooms, "tea"));
  g_assert_cmpuint (sky_host_rooms_count (rooms, "/", NULL), ==, 3);
  g_assert_cmpuint (sky_host_rooms_count (rooms, "/elsewhere", NULL), ==, 0);
  sky_host_rooms_exit (rooms, bob);
  g_assert_cmpuint (sky_host_rooms_count (rooms, "/", "tea"), ==, 1);
  g_assert_cmpuint (sky_host_rooms_count (rooms, "/", "bob"), ==, 0);
}

/* The same room of two namespaces is two rooms; names are any text. */
static void
test_spaces (void)
{
  g_autoptr(SkyHostRooms) rooms = sky_host_rooms_new ();
  SkyHostMember *ann = sky_host_rooms_enter (rooms, "/", "ann", NULL);
  SkyHostMember *bob = sky_host_rooms_enter (rooms, "/chat", "bob", NULL);

  sky_host_rooms_join (rooms, ann, "a \"room\"");
  sky_host_rooms_join (rooms, bob, "a \"room\"");
  g_assert_cmpuint (sky_host_rooms_count (rooms, "/", "a \"room\""), ==, 1);
  g_assert_cmpuint (times (rooms, bob, "a \"room\"", NULL), ==, 1);
  check_json (
      rooms,
      "{\"namespaces\":{"
      "\"/\":{\"sockets\":[\"ann\"],\"rooms\":{\"a \\\"room\\\"\":[\"ann\"],\"ann\":[\"ann\"]}},"
      "\"/chat\":{\"sockets\":[\"bob\"],\"rooms\":{\"a "
      "\\\"room\\\"\":[\"bob\"],\"bob\":[\"bob\"]}}}}");
  sky_host_rooms_exit (rooms, ann);
  g_assert_cmpuint (sky_host_rooms_count (rooms, "/chat", "a \"room\""), ==, 1);
}

/* Against a plain table of who is where. */
static void
test_random (void)
{
  enum { N_MEMBERS = 20, N_ROOMS = 12 };
  g_autoptr(SkyHostRooms) rooms = sky_host_rooms_new ();
  SkyHostMember *members[N_MEMBERS] = { NULL };
  gboolean in[N_MEMBERS][N_ROOMS] = { { FALSE } };

  for (guint step = 0; step < 20000; step++)
    {
      guint who = g_test_rand_int_range (0, N_MEMBERS), where = g_test_rand_int_range (0, N_ROOMS);
      g_autofree char *id = g_strdup_printf ("id-%u", who),
                      *room = g_strdup_printf ("room-%u", where);
      guint n = 0;

      if (members[who] == NULL)
        members[who] = sky_host_rooms_enter (rooms, "/", id, NULL);
      else if (g_test_rand_int_range (0, 40) == 0)
        {
          sky_host_rooms_exit (rooms, g_steal_pointer (&members[who]));
          memset (in[who], 0, sizeof in[who]);
        }
      else
        {
          gboolean join = g_test_rand_bit ();
          gboolean changed = join ? sky_host_rooms_join (rooms, members[who], room)
                                  : sky_host_rooms_leave (rooms, members[who], room);

          g_assert_cmpint (changed, ==, in[who][where] != join);
          in[who][where] = join;
        }
      for (guint i = 0; i < N_MEMBERS; i++)
        n += in[i][where];
      g_assert_cmpuint (sky_host_rooms_count (rooms, "/", room), ==, n);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/host-rooms/enter", test_enter);
  g_test_add_func ("/host-rooms/idempotent", test_idempotent);
  g_test_add_func ("/host-rooms/select", test_select);
  g_test_add_func ("/host-rooms/spaces", test_spaces);
  g_test_add_func ("/host-rooms/random", test_random);
  return g_test_run ();
}
