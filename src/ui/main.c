#include "config.h"

#include <locale.h>

#include "ui/ui.h"
#include "ui/window/application.h"

int
main (int argc, char **argv)
{
  g_autoptr(SkyApplication) app = NULL;

  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, LOCALE_DIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);

  app = sky_application_new ();
  return g_application_run (G_APPLICATION (app), argc, argv);
}
