#pragma once

#include <gtk/gtk.h>

#include "peer/rules/rules-draft.h"
#include "ui/options/pages-dialog.h"

/* How a host is set up besides its bar: each member of `server` in its rules has a field in a dialog. */

typedef enum
{
  SKY_HOST_PAGE_ENGINE,
  SKY_HOST_PAGE_WEB,
  SKY_HOST_PAGE_SECURITY,
  SKY_HOST_PAGE_RECOVERY,
  SKY_HOST_PAGE_ADMIN,
  SKY_N_HOST_PAGES,
} SkyHostPage;

typedef struct _SkyHostField SkyHostField;

struct _SkyHostField
{
  SkyHostPage page;
  const char *member;      /* of `server`; the id of its control */
  const char *label, *help;
  gboolean    of_socket_io, of_engine_io; /* of no meaning on other servers */

  void      (*build) (const SkyHostField *self, SkyOptionsForm *form);
  void      (*load) (const SkyHostField *self, SkyOptionsForm *form, const char *json); /* @json: nullable: by default */
  char     *(*make) (const SkyHostField *self, SkyOptionsForm *form); /* JSON, NULL by default */
  gboolean  (*check) (const SkyHostField *self, SkyOptionsForm *form); /* nullable; marks what is wrong */

  const char        *unit;                /* numbers */
  guint              least, most, step, usual;
  const char *const *choices, *const *jsons; /* choices; the first is the default */
};

extern const SkyHostField sky_host_fields[];
extern const guint        sky_n_host_fields;

/* Those that have more than one control, each in host-setup-parts.c */
#define SKY_HOST_PART(name)                                                       \
  void     sky_host_setup_##name##_build (const SkyHostField *self, SkyOptionsForm *form); \
  void     sky_host_setup_##name##_load (const SkyHostField *self, SkyOptionsForm *form, const char *json); \
  char    *sky_host_setup_##name##_make (const SkyHostField *self, SkyOptionsForm *form); \
  gboolean sky_host_setup_##name##_check (const SkyHostField *self, SkyOptionsForm *form);
SKY_HOST_PART (cors)
SKY_HOST_PART (cookies)
SKY_HOST_PART (tls)
SKY_HOST_PART (recovery)
SKY_HOST_PART (admin)
#undef SKY_HOST_PART
void sky_host_setup_tls_show_certificate (SkyOptionsForm *form, SkyHost *host);

void        sky_host_setup_begin (SkyRulesDraft *draft);
char       *sky_host_setup_unquote (const char *json);
char       *sky_host_setup_quote (const char *text);
GStrv       sky_host_setup_summarize (SkyRulesDraft *draft);
const char *sky_host_setup_get_example (SkyProtocol protocol, const char **text);

GtkWidget *sky_host_setup_dialog_new (GtkWindow *parent, SkyRulesDraft *draft, const char *page);
