#include "ui/options/options-pages.h"
#include "ui/ui.h"

/* What to do when a connection breaks. */

enum { NEVER, ALWAYS, SOME };

static void
build (SkyOptionsForm *form)
{
  sky_options_form_add_choice (form, "when", _("Connect again"),
                               (const char *const[]) { _("Never"), _("Always, without limit"), _("A number of times"), NULL },
                               _("When the connection breaks or cannot be made. Never after you or the server closed it on purpose."));
  sky_options_form_add_number (form, "attempts", _("Attempts"), _("at most"), 1, 1000000, 1,
                               _("They are counted anew after each that succeeded."));
  sky_options_form_add_heading (form, _("Delay"),
                                _("Doubled for each attempt that follows, up to the longest; so does socket.io-client."));
  /* Translators: the first delay, and the longest */
  sky_options_form_add_number (form, "delay", _("First"), "ms", 0, 3600000, 100, _("Before the first attempt."));
  sky_options_form_add_number (form, "longest", _("Longest"), "ms", 0, 3600000, 1000,
                               _("No attempt waits longer, however many failed."));
  sky_options_form_add_number (form, "jitter", _("At random"), "%", 0, 100, 5,
                               _("Up or down by so much, lest a thousand clients come back at the same moment."));
}

static void
load (SkyOptionsForm *form, const SkyProfile *profile)
{
  const SkyReconnect *reconnect = &profile->reconnect;

  sky_options_form_set_chosen (form, "when", reconnect->attempts < 0 ? ALWAYS : reconnect->attempts > 0 ? SOME : NEVER);
  sky_options_form_set_number (form, "attempts", reconnect->attempts > 0 ? (guint) reconnect->attempts : 5);
  sky_options_form_set_number (form, "delay", reconnect->delay_msec);
  sky_options_form_set_number (form, "longest", reconnect->max_msec);
  sky_options_form_set_number (form, "jitter", reconnect->jitter);
}

static void
store (SkyOptionsForm *form, SkyProfile *profile)
{
  guint when = sky_options_form_get_chosen (form, "when");

  profile->reconnect = (SkyReconnect) {
    .attempts = when == ALWAYS ? -1 : when == SOME ? (int) sky_options_form_get_number (form, "attempts") : 0,
    .delay_msec = sky_options_form_get_number (form, "delay"),
    .max_msec = sky_options_form_get_number (form, "longest"),
    .jitter = sky_options_form_get_number (form, "jitter"),
  };
}

static gboolean
check (SkyOptionsForm *form)
{
  static const char *const of_delay[] = { "delay", "longest", "jitter" };
  guint when = sky_options_form_get_chosen (form, "when");
  gboolean right = sky_options_form_get_number (form, "longest") >= sky_options_form_get_number (form, "delay");

  sky_options_form_set_visible (form, "attempts", when == SOME);
  for (guint i = 0; i < G_N_ELEMENTS (of_delay); i++)
    sky_options_form_set_sensitive (form, of_delay[i], when != NEVER);
  return sky_options_form_mark (form, "longest",
                                right || when == NEVER ? NULL : g_strdup (_("It is shorter than the first delay.")));
}

const SkyOptionsPage sky_options_page_reconnect = { "reconnect", N_("Reconnection"), build, load, store, check };
