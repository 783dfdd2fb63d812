#pragma once

#include <glib.h>
#include <string.h>

/* Returns: bytes of memory that are the process's own, in no file; 0 where the kernel does not say */
static inline guint64
count_own_memory (void)
{
  g_autofree char *status = NULL;
  const char *at;

  g_assert_true (g_file_get_contents ("/proc/self/status", &status, NULL, NULL));
  at = strstr (status, "RssAnon:");
  return at != NULL ? g_ascii_strtoull (at + strlen ("RssAnon:"), NULL, 10) * 1024 : 0;
}
