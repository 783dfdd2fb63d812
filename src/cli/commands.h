#pragma once

#include <glib.h>

/* Exit status, as CLI.md promises. */
typedef enum
{
  EXIT_DONE,
  EXIT_FAILED,     /* the connection or server failed */
  EXIT_USAGE,      /* wrong usage */
  EXIT_UNEXPECTED, /* an expectation was not met */
} ExitStatus;

/* Each takes the command's own words, its name first. */
int command_connect (int argc, char **argv);
int command_host (int argc, char **argv);
int command_decode (int argc, char **argv);
int command_doctor (int argc, char **argv);
