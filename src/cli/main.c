#include <fcntl.h>
#include <glib/gi18n.h>
#include <locale.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "cli/commands.h"
#include "config.h"

static const struct
{
  const char *name;
  int (*run) (int argc, char **argv);
  const char *about;
} commands[] = {
  { "connect", command_connect, N_("connect URL [options]    be a client") },
  { "host", command_host, N_("host [options]           be a server") },
  { "decode", command_decode, N_("decode FILE [options]    read a capture (.pcapng, .pcap, .har)") },
  { "doctor", command_doctor, N_("doctor URL [options]     say what answers there, and what is wrong with it") },
};

static void
print_help (void)
{
  g_print ("%s\n\n", _("sockeye-cli: WebSocket and Socket.IO connections on the command line"));
  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    g_print ("  sockeye-cli %s\n", _(commands[i].about));
  g_print ("\n%s\n", _("“sockeye-cli COMMAND --help” names the options of a command.\n"
                      "Exit status: 0 done, 1 the connection or server failed, 2 wrong usage, 3 an expectation was not met."));
}

/* Where standard output is closed, what is opened next would have its number, and be written into. */
static void
hold_standard_files (void)
{
  int fd;

  do
    fd = open ("/dev/null", O_RDWR);
  while (fd >= 0 && fd <= STDERR_FILENO);
  if (fd >= 0)
    close (fd);
}

int
main (int argc, char **argv)
{
  hold_standard_files ();
  signal (SIGPIPE, SIG_IGN); /* a reader who leaves is an error like others: the capture is written all the same */
  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, LOCALE_DIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);

  for (guint i = 0; argc > 1 && i < G_N_ELEMENTS (commands); i++)
    if (strcmp (argv[1], commands[i].name) == 0)
      {
        g_autofree char *name = g_strconcat ("sockeye-cli ", commands[i].name, NULL);

        g_set_prgname (name); /* "Usage: sockeye-cli connect …" */
        return commands[i].run (argc - 1, argv + 1);
      }
  if (argc > 1 && strcmp (argv[1], "--version") == 0)
    {
      g_print ("sockeye-cli %s\n", SKY_VERSION);
      return EXIT_DONE;
    }
  if (argc > 1 && (strcmp (argv[1], "--help") == 0 || strcmp (argv[1], "-h") == 0))
    {
      print_help ();
      return EXIT_DONE;
    }
  if (argc > 1)
    g_printerr (_("“%s” is no command.\n"), argv[1]);
  print_help ();
  return EXIT_USAGE;
}
