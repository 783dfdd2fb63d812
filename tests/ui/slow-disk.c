/* Loaded before a program (LD_PRELOAD), this makes a disk of the folder $SLOW_DISK that takes its time: as long as the file
 * $SLOW_DISK.busy is there, fsync() of what lies in it does not return. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int
lies_in (int fd, const char *folder)
{
  char link[64], path[4096];
  ssize_t len;

  snprintf (link, sizeof link, "/proc/self/fd/%d", fd);
  len = readlink (link, path, sizeof path - 1);
  return len > 0 && strncmp (path, folder, strlen (folder)) == 0;
}

int
fsync (int fd)
{
  const char *folder = getenv ("SLOW_DISK");
  int (*real) (int) = (int (*) (int)) dlsym (RTLD_NEXT, "fsync");
  char busy[4096];

  if (folder == NULL || !lies_in (fd, folder))
    return real (fd);
  snprintf (busy, sizeof busy, "%s.busy", folder);
  while (access (busy, F_OK) == 0)
    usleep (5000);
  return real (fd);
}
