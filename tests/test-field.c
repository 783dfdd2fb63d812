#include "base/field.h"

#include "base/fault.h"

static const SkyField *
nth (SkyFields *fields, guint n)
{
  return g_ptr_array_index (fields->list, n);
}

static void
assert_field (SkyFields *fields,
              guint n,
              const char *name,
              const char *value,
              gsize start,
              guint depth)
{
  g_assert_cmpstr (nth (fields, n)->name, ==, name);
  g_assert_cmpstr (nth (fields, n)->value, ==, value);
  g_assert_cmpuint (nth (fields, n)->start, ==, start);
  g_assert_cmpuint (nth (fields, n)->depth, ==, depth);
}

static void
test_tree (void)
{
  g_autoptr(SkyFields) fields = sky_fields_new ();
  const char *hostile = "100%s%n";

  sky_fields_open (fields, "Frame", 0, 8, NULL);
  sky_fields_add (fields, "FIN", 0, 1, "%d (%s)", 1, "last")->faulty = TRUE;
  sky_fields_open (fields, "Mask", 2, 4, "%s", hostile);
  sky_fields_place (fields, 3, 100);
  sky_fields_add (fields, "Octet", 2, 1, NULL);
  sky_fields_close (fields);
  sky_fields_close (fields);
  sky_fields_add (fields, "Message", 0, 0, "%s", "");

  g_assert_cmpuint (fields->list->len, ==, 5);
  assert_field (fields, 0, "Frame", NULL, 0, 0);
  assert_field (fields, 1, "FIN", "1 (last)", 0, 1);
  assert_field (fields, 2, "Mask", hostile, 2, 1);
  assert_field (fields, 3, "Octet", NULL, 102, 2);
  assert_field (fields, 4, "Message", "", 100, 0);
  g_assert_true (nth (fields, 1)->faulty);
  g_assert_false (nth (fields, 2)->faulty);
  g_assert_cmpuint (nth (fields, 2)->buffer, ==, 0);
  g_assert_cmpuint (nth (fields, 3)->buffer, ==, 3);
}

static void
test_faults (void)
{
  static const SkyFaultInfo table[] = {
    { 1, "one", "One.", "§1" },
    { 4, "four", "Four.", "§4" },
    { 1u << 31, "last", "Last.", "§31" },
    { 0 },
  };
  const SkyFaultInfo *row;

  g_assert_null (sky_fault_next (table, 0, NULL));
  g_assert_null (sky_fault_next (table, 2, NULL));
  row = sky_fault_next (table, 1u << 31 | 2 | 1, NULL);
  g_assert_cmpstr (row->id, ==, "one");
  row = sky_fault_next (table, 1u << 31 | 2 | 1, row);
  g_assert_cmpstr (row->id, ==, "last");
  g_assert_null (sky_fault_next (table, G_MAXUINT32, row));
}

static void
test_fail (void)
{
  g_autoptr(GError) error = NULL;

  g_assert_cmpint (sky_fail (NULL, G_CONVERT_ERROR, 1, "%d", 1), ==, -1);
  g_assert_cmpint (sky_fail (&error, G_CONVERT_ERROR, G_CONVERT_ERROR_FAILED, "At %d", 7), ==, -1);
  g_assert_error (error, G_CONVERT_ERROR, G_CONVERT_ERROR_FAILED);
  g_assert_cmpstr (error->message, ==, "At 7");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/field/tree", test_tree);
  g_test_add_func ("/field/faults", test_faults);
  g_test_add_func ("/field/fail", test_fail);
  return g_test_run ();
}
