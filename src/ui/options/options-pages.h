#pragma once

#include "peer/profile/profile.h"
#include "ui/options/options-form.h"

/* One page of the options: how it is made, filled, judged, and read. */
typedef struct
{
  const char *id, *title; /* @title to be translated */
  void      (*build) (SkyOptionsForm *form);
  void      (*load) (SkyOptionsForm *form, const SkyProfile *profile);
  void      (*store) (SkyOptionsForm *form, SkyProfile *profile);
  gboolean  (*check) (SkyOptionsForm *form); /* marks what is wrong; also shows and greys what depends on other fields */
} SkyOptionsPage;

#define SKY_OPTIONS_N_PAGES 7
extern const SkyOptionsPage *const sky_options_pages[SKY_OPTIONS_N_PAGES];

/* Each in a file of its own */
extern const SkyOptionsPage sky_options_page_address, sky_options_page_headers, sky_options_page_sign_in,
    sky_options_page_transport, sky_options_page_security, sky_options_page_reconnect, sky_options_page_answers;

gboolean sky_options_speaks_socket_io (const SkyProfile *profile);
