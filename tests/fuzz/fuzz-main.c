#include "fuzz.h"

#include "base/hex.h"

#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

/*
 * A driver for compilers without libFuzzer:
 *
 *     fuzz-json [--iterations N] [--only K] [--unpack FOLDER] SEED…
 *
 * Runs each seed, a file or a folder of them, then N inputs made of them. The K-th depends on K and
 * the seeds alone: after a crash, "--only K" makes it again. "--unpack" writes the seeds as octets.
 */

#define MAX_LEN 65536

static GPtrArray *seeds; /* of GBytes */
static volatile sig_atomic_t iteration = -1;

/* A transcript (see tests/transcripts/README.md) as one conversation with marks. */
static GBytes *
from_transcript (const char *text)
{
  GByteArray *out = g_byte_array_new ();
  g_auto(GStrv) lines = g_strsplit (text, "\n", -1);

  for (guint i = 0; lines[i] != NULL; i++)
    {
      const char *hex = lines[i][0] == '>' || lines[i][0] == '<' ? strchr (lines[i] + 2, ' ') : NULL;
      g_autoptr(GBytes) octets = hex != NULL ? sky_hex_parse (hex) : NULL;
      guint8 mark[2] = { FUZZ_MARK, lines[i][0] == '>' ? 'c' : 's' };

      if (lines[i][0] != '>' && lines[i][0] != '<')
        continue;
      if (octets == NULL)
        mark[1] = (guint8) g_ascii_toupper ((char) mark[1]);
      g_byte_array_append (out, mark, 2);
      if (octets != NULL)
        g_byte_array_append (out, g_bytes_get_data (octets, NULL), (guint) g_bytes_get_size (octets));
    }
  return g_byte_array_free_to_bytes (out);
}

static int
by_name (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

static void
load (const char *path)
{
  g_autoptr(GDir) folder = g_dir_open (path, 0, NULL);
  g_autofree char *text = NULL;
  g_autoptr(GError) error = NULL;
  GBytes *seed;
  gsize len;

  if (folder != NULL)
    {
      g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
      const char *name;

      while ((name = g_dir_read_name (folder)) != NULL)
        if (!g_str_has_suffix (name, ".md") && !g_str_has_suffix (name, ".mjs"))
          g_ptr_array_add (names, g_build_filename (path, name, NULL));
      g_ptr_array_sort (names, by_name);
      for (guint i = 0; i < names->len; i++)
        load (g_ptr_array_index (names, i));
      return;
    }
  if (!g_file_get_contents (path, &text, &len, &error))
    g_error ("%s", error->message);
  if (g_str_has_suffix (path, ".hex"))
    seed = sky_hex_parse (text);
  else if (g_str_has_prefix (text, "# ") && strstr (text, "\n> ") != NULL)
    seed = from_transcript (text);
  else
    seed = g_bytes_new (text, len);
  if (seed == NULL)
    g_error ("%s is not hexadecimal", path);
  g_ptr_array_add (seeds, seed);
}

static void
unpack (const char *folder)
{
  for (guint i = 0; i < seeds->len; i++)
    {
      GBytes *seed = g_ptr_array_index (seeds, i);
      g_autofree char *path = g_strdup_printf ("%s/seed-%03u", folder, i);
      g_autoptr(GError) error = NULL;

      gsize len;
      const char *octets = g_bytes_get_data (seed, &len);

      if (!g_file_set_contents (path, len > 0 ? octets : "", (gssize) len, &error))
        g_error ("%s", error->message);
    }
}

static void
append_number (GByteArray *out, FuzzRandom *random)
{
  static const guint64 numbers[] = {
    0, 1, 9, 10, 125, 126, 127, 128, 255, 256, 999, 1000, 32767, 32768, 65535, 65536,
    G_MAXINT32, (guint64) G_MAXINT32 + 1, G_MAXUINT32, (guint64) G_MAXUINT32 + 1,
    G_GUINT64_CONSTANT (9007199254740993), G_MAXINT64, (guint64) G_MAXINT64 + 1, G_MAXUINT64,
  };
  guint64 number = numbers[fuzz_below (random, G_N_ELEMENTS (numbers))];
  gsize width = (gsize) 1 << fuzz_below (random, 4);
  g_autofree char *decimal = g_strdup_printf ("%" G_GUINT64_FORMAT, number);
  g_autofree char *hex = g_strdup_printf ("%" G_GINT64_MODIFIER "x", number);
  const char *text = fuzz_below (random, 2) ? decimal : hex;

  number = GUINT64_TO_BE (number);
  if (fuzz_below (random, 2))
    g_byte_array_append (out, (const guint8 *) text, (guint) strlen (text));
  else
    g_byte_array_append (out, (guint8 *) &number + 8 - width, (guint) width);
}

static void
append_range (GByteArray *out, const guint8 *data, gsize from, gsize to)
{
  if (to > from)
    g_byte_array_append (out, data + from, (guint) (to - from));
}

/* A piece of some seed: what one fuzzer learned is worth trying elsewhere in the same language. */
static void
append_splice (GByteArray *out, FuzzRandom *random)
{
  gsize len, from;
  GBytes *seed = g_ptr_array_index (seeds, fuzz_below (random, seeds->len));
  const guint8 *data = g_bytes_get_data (seed, &len);

  from = fuzz_below (random, len + 1);
  append_range (out, data, from, from + fuzz_below (random, len - from + 1));
}

/* Replaces the bytes from @at on, as many as chance says, by something else. */
static GByteArray *
mutate (GByteArray *in, FuzzRandom *random)
{
  GByteArray *out = g_byte_array_sized_new (in->len + 16);
  gsize at = fuzz_below (random, in->len + 1), what = fuzz_below (random, 9);
  gsize span = fuzz_below (random, 4) == 0 ? in->len : 8, reach = MIN (in->len - at, span);
  gsize gone = what < 3 ? MIN (reach, 1) : fuzz_below (random, reach + 1);
  guint8 octet = at < in->len ? in->data[at] : 0;

  append_range (out, in->data, 0, at);
  if (what == 0)
    octet ^= (guint8) (1 << fuzz_below (random, 8));
  else if (what == 1)
    octet = (guint8) fuzz_below (random, 256);
  else if (what == 2)
    octet = (guint8) "\"\\[]{},:-0. \r\n\x1e\xf5"[fuzz_below (random, 16)];
  if (what < 3)
    append_range (out, &octet, 0, 1);
  else if (what == 3)
    append_number (out, random);
  else if (what == 4)
    append_splice (out, random);
  else if (what == 5)
    for (gsize n = fuzz_below (random, 40); n > 0; n--)
      append_range (out, in->data, at, at + gone);
  else if (what == 6)
    {
      gone = 0;
      append_splice (out, random);
    }
  /* 7: drop what is gone; 8: drop all that follows */
  if (what != 8)
    append_range (out, in->data, at + gone, in->len);
  g_byte_array_unref (in);
  return out;
}

static void
run (const guint8 *data, gsize len)
{
  g_autofree guint8 *exact = fuzz_exact (data, len);

  LLVMFuzzerTestOneInput (exact, len);
}

static void
run_seeds (void)
{
  for (guint i = 0; i < seeds->len; i++)
    {
      gsize len;
      const guint8 *data = g_bytes_get_data (g_ptr_array_index (seeds, i), &len);

      run (data, len);
    }
}

static void
run_iteration (guint64 number)
{
  FuzzRandom random = { number };
  GBytes *seed = g_ptr_array_index (seeds, fuzz_below (&random, seeds->len));
  GByteArray *input = g_byte_array_new ();

  append_range (input, g_bytes_get_data (seed, NULL), 0, g_bytes_get_size (seed));
  for (gsize n = 1 + fuzz_below (&random, 6); n > 0; n--)
    input = mutate (input, &random);
  iteration = (sig_atomic_t) number;
  run (input->data, MIN (input->len, MAX_LEN));
  g_byte_array_unref (input);
}

static void
on_abort (int signal_number)
{
  char text[64] = "fuzz: died of a seed\n";

  if (iteration >= 0)
    g_snprintf (text, sizeof text, "fuzz: repeat with --only %d\n", (int) iteration);
  if (write (STDERR_FILENO, text, strlen (text)) < 0)
    _exit (2);
  signal (signal_number, SIG_DFL);
  raise (signal_number);
}

int
main (int argc, char *argv[])
{
  guint64 first = 0, end = 1000;
  gboolean only = FALSE;
  const char *folder = NULL;

  signal (SIGABRT, on_abort);
  signal (SIGTRAP, on_abort); /* g_error() */
  seeds = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  for (int i = 1; i < argc; i++)
    if (g_str_equal (argv[i], "--iterations") && i + 1 < argc)
      end = g_ascii_strtoull (argv[++i], NULL, 10);
    else if (g_str_equal (argv[i], "--only") && i + 1 < argc)
      {
        only = TRUE;
        first = g_ascii_strtoull (argv[++i], NULL, 10);
        end = first + 1;
      }
    else if (g_str_equal (argv[i], "--unpack") && i + 1 < argc)
      folder = argv[++i];
    else
      load (argv[i]);
  if (seeds->len == 0)
    g_ptr_array_add (seeds, g_bytes_new (NULL, 0));
  if (folder != NULL)
    unpack (folder);
  else
    {
      if (!only)
        run_seeds ();
      for (guint64 i = first; i < end; i++)
        run_iteration (i);
    }
  g_clear_pointer (&seeds, g_ptr_array_unref);
  return EXIT_SUCCESS;
}
