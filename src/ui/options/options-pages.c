#include "ui/options/options-pages.h"

#include "peer/profile/route.h"
#include "ui/ui.h"

static void
build_answers (SkyOptionsForm *form)
{
  sky_options_form_add_wide (form, "replies", _("Answers"),
                             sky_options_table_new (_("Event"), _("Answer to event"), _("event"),
                                                    _("arguments as JSON: true, {\"id\": 7}"), sky_options_check_reply),
                             _("A server may ask for an ack with an event. These are given at once; the others wait for you "
                               "beside the timeline. A line without arguments answers with nothing."));
}

static void
load_answers (SkyOptionsForm *form, const SkyProfile *profile)
{
  sky_options_table_set (SKY_OPTIONS_TABLE (sky_options_form_get (form, "replies")),
                         (const char *const *) profile->replies, "=");
  sky_options_form_set_sensitive (form, "replies", sky_options_speaks_socket_io (profile));
}

static void
store_answers (SkyOptionsForm *form, SkyProfile *profile)
{
  g_strfreev (profile->replies);
  profile->replies = sky_options_table_get (SKY_OPTIONS_TABLE (sky_options_form_get (form, "replies")), "=");
}

static gboolean
check_answers (SkyOptionsForm *form)
{
  return sky_options_form_check_table (form, "replies");
}

const SkyOptionsPage sky_options_page_answers
    = { "answers", N_("Answers"), build_answers, load_answers, store_answers, check_answers };

const SkyOptionsPage *const sky_options_pages[SKY_OPTIONS_N_PAGES] = {
  &sky_options_page_address,  &sky_options_page_headers,   &sky_options_page_sign_in, &sky_options_page_transport,
  &sky_options_page_security, &sky_options_page_reconnect, &sky_options_page_answers,
};

/* Returns: whether this leads to Engine.IO, with or without Socket.IO, as far as one can tell before dialling */
gboolean
sky_options_speaks_socket_io (const SkyProfile *profile)
{
  g_auto(SkyRoute) route = { 0 };

  if (!sky_route_resolve (&route, profile, NULL))
    return profile->protocol != SKY_PROTOCOL_WEBSOCKET;
  return route.protocol != SKY_PROTOCOL_WEBSOCKET;
}
