#pragma once

#include <gtk/gtk.h>

#include "ui/compose/sender.h"
#include "ui/link/namespace-chooser.h"

/* What a page of the composer says of what is written in it, and whether that can be sent. */
typedef struct
{
  GtkLabel   *status;     /* borrowed: the line below the editor */
  GtkWidget  *send;       /* borrowed: the button */
  const char *ready;      /* what the button does if nothing is in its way; static, translated */
  SkySender  *sender;     /* borrowed */
  SkyNamespaceChooser *namespaces; /* borrowed, nullable: where events go; messages have none */
  char       *problem;    /* nullable: why this cannot be sent, wherever it is wrong */
  gboolean    complained; /* the sender's line repeats @problem */
} SkyComposeVerdict;

void     sky_compose_verdict_give (SkyComposeVerdict *self, const char *problem, const char *text, gboolean fault);
void     sky_compose_verdict_give_place (SkyComposeVerdict *self, const char *text, gsize pos, const char *problem);
void     sky_compose_verdict_refresh (SkyComposeVerdict *self);
gboolean sky_compose_verdict_allows (SkyComposeVerdict *self);
void     sky_compose_verdict_clear (SkyComposeVerdict *self);
