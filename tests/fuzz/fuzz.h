#pragma once

#include <glib.h>
#include <stdlib.h>
#include <string.h>

/*
 * A fuzzer is one function that takes any bytes and asserts what must hold for all of them. It
 * is linked with fuzz-main.c in the ordinary build, with libFuzzer by run.sh.
 */
int LLVMFuzzerTestOneInput (const guint8 *data, gsize len);

/*
 * In a conversation: an octet that UTF-8 has not, then 'c' or 's' if what follows comes from the
 * client or the server, 'C' or 'S' if that side ends.
 */
#define FUZZ_MARK 0xf5

/* A property that must hold: says which, and stops, in every kind of build. */
#define fuzz_check(holds) G_STMT_START { if (!(holds)) fuzz_fail (G_STRLOC, #holds); } G_STMT_END

static inline void G_GNUC_NORETURN
fuzz_fail (const char *where, const char *what)
{
  g_printerr ("%s: does not hold: %s\n", where, what);
  abort ();
}

/* A copy of just this size lets ASan see a read past the end. */
static inline guint8 *
fuzz_exact (const guint8 *data, gsize len)
{
  return len > 0 ? g_memdup2 (data, len) : NULL;
}

/* Numbers that depend on the input alone, so that what failed fails again. */
typedef struct
{
  guint64 state;
} FuzzRandom;

static inline FuzzRandom
fuzz_random (const guint8 *data, gsize len)
{
  FuzzRandom random = { G_GUINT64_CONSTANT (0xcbf29ce484222325) };

  for (gsize i = 0; i < len; i++)
    random.state = (random.state ^ data[i]) * G_GUINT64_CONSTANT (0x100000001b3);
  return random;
}

/* Returns: a number below @bound, which is positive */
static inline gsize
fuzz_below (FuzzRandom *random, gsize bound)
{
  guint64 z = random->state += G_GUINT64_CONSTANT (0x9e3779b97f4a7c15);

  z = (z ^ z >> 30) * G_GUINT64_CONSTANT (0xbf58476d1ce4e5b9);
  z = (z ^ z >> 27) * G_GUINT64_CONSTANT (0x94d049bb133111eb);
  return (gsize) ((z ^ z >> 31) % bound);
}
