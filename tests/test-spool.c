#include "trace/spool.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>

static guint8
octet (guint64 offset)
{
  return (guint8) (offset * 2654435761u >> 13);
}

static void
append (SkySpool *spool, gsize len)
{
  g_autofree guint8 *data = g_malloc (len + 1);
  guint64 start = sky_spool_get_len (spool);

  for (gsize i = 0; i < len; i++)
    data[i] = octet (start + i);
  g_assert_cmpuint (sky_spool_append (spool, data, len), ==, start);
  g_assert_cmpuint (sky_spool_get_len (spool), ==, start + len);
}

static void
check (SkySpool *spool, guint64 offset, gsize len, gsize expected)
{
  g_autofree guint8 *data = g_malloc (len);

  g_assert_cmpuint (sky_spool_read (spool, offset, len, data), ==, expected);
  for (gsize i = 0; i < expected; i++)
    g_assert_cmpuint (data[i], ==, octet (offset + i));
}

static void
test_random (void)
{
  g_autoptr(SkySpool) spool = sky_spool_new (NULL, NULL);
  guint64 total = 0;

  for (guint i = 0; i < 400; i++)
    {
      gsize len = (gsize) g_test_rand_int_range (0, i % 50 == 0 ? 300000 : 3000);
      guint64 at;

      append (spool, len);
      total += len;
      if (i % 7 == 0)
        g_assert_true (sky_spool_flush (spool, NULL));
      at = total == 0 ? 0 : (guint64) g_test_rand_int () % total;
      len = (gsize) g_test_rand_int_range (1, 100000);
      check (spool, at, len, (gsize) MIN (len, total - at));
      check (spool, total, 10, 0);
      check (spool, total + 5, 10, 0);
    }
  g_assert_null (sky_spool_get_trouble (spool));
}

static void
test_named (void)
{
  g_autofree char *dir = g_dir_make_tmp ("spool-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (dir, "a.pcapng", NULL);
  g_autofree char *content = NULL;
  g_autoptr(GError) error = NULL;
  SkySpool *spool;
  GStatBuf about;
  gsize len;

  g_assert_true (g_file_set_contents_full (path, "old", -1, G_FILE_SET_CONTENTS_NONE, 0644, NULL));
  spool = sky_spool_new (path, &error);
  g_assert_no_error (error);
  g_assert_cmpint (g_stat (path, &about), ==, 0);
  g_assert_cmpuint (about.st_mode & 0777, ==, 0600);
  g_assert_cmpuint (about.st_size, ==, 0);
  append (spool, 100000);
  g_assert_cmpuint (sky_spool_get_n_unwritten (spool), <, 65536);
  sky_spool_free (spool);
  g_assert_true (g_file_get_contents (path, &content, &len, NULL));
  g_assert_cmpuint (len, ==, 100000);
  g_assert_cmpuint ((guint8) content[99999], ==, octet (99999));
  g_remove (path);
  g_rmdir (dir);
}

static void
test_no_such_folder (void)
{
  g_autoptr(GError) error = NULL;

  g_assert_null (sky_spool_new ("/nowhere/at/all.pcapng", &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  g_assert_nonnull (strstr (error->message, "/nowhere/at/all.pcapng"));
}

/* Not even a file without a name can be made: memory has to do. */
static void
test_no_file (void)
{
  const guint64 mib = 1024 * 1024;
  g_autoptr(SkySpool) spool = NULL;
  struct rlimit before, none;

  g_assert_cmpint (getrlimit (RLIMIT_NOFILE, &before), ==, 0);
  none = (struct rlimit){ .rlim_cur = 0, .rlim_max = before.rlim_max };
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &none), ==, 0);
  spool = sky_spool_new (NULL, NULL);
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &before), ==, 0);
  g_assert_nonnull (spool);
  g_assert_nonnull (strstr (sky_spool_get_trouble (spool), g_strerror (EMFILE)));
  append (spool, 1000);
  g_assert_false (sky_spool_flush (spool, NULL));
  check (spool, 0, 1000, 1000);
  for (guint i = 0; i < 40; i++)
    append (spool, mib);
  g_assert_cmpuint (sky_spool_get_n_unwritten (spool), <=, 16 * mib);
  check (spool, sky_spool_get_len (spool) - 7 * mib, 7 * mib, 7 * mib);
}

/* /dev/full takes nothing: what is newest stays readable, and memory stays bounded. */
static void
test_full (void)
{
  const guint64 mib = 1024 * 1024;
  g_autoptr(SkySpool) spool = NULL;
  g_autoptr(GError) error = NULL;

  if (!g_file_test ("/dev/full", G_FILE_TEST_EXISTS))
    {
      g_test_skip ("no /dev/full here");
      return;
    }
  spool = sky_spool_new ("/dev/full", NULL);
  append (spool, 1000);
  g_assert_null (sky_spool_get_trouble (spool));
  g_assert_false (sky_spool_flush (spool, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_FAILED);
  g_assert_nonnull (strstr (sky_spool_get_trouble (spool), "/dev/full"));
  check (spool, 0, 1000, 1000);
  for (guint i = 0; i < 40; i++)
    append (spool, mib);
  g_assert_cmpuint (sky_spool_get_n_unwritten (spool), <=, 16 * mib);
  check (spool, 0, 1000, 0);
  check (spool, sky_spool_get_len (spool) - 7 * mib, 7 * mib, 7 * mib);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/spool/random", test_random);
  g_test_add_func ("/spool/named", test_named);
  g_test_add_func ("/spool/no-such-folder", test_no_such_folder);
  g_test_add_func ("/spool/no-file", test_no_file);
  g_test_add_func ("/spool/full", test_full);
  return g_test_run ();
}
