#pragma once

#include "peer/rules/rules-draft.h"

/* Shared by rules-draft.c, which keeps and judges the text, and rules-draft-file.c, which reads and writes it. */
struct _SkyRulesDraft
{
  GObject       parent_instance;
  SkyHost      *host; /* weak */
  char         *text, *base; /* @base: what the file has, or what it began as */
  char         *message;     /* nullable: the problem */
  SkyRulesProblem problem;
  char         *notice;      /* nullable */
  GFile        *file;        /* nullable */
  char         *etag;        /* nullable: of the file as it was read or written last */
  GFileMonitor *monitor;     /* nullable */
  guint         settle;      /* source: somebody has written the file */
  gboolean      saving;
  guint         n_busy;      /* threads that read or write */
  guint         serial;      /* of what was asked for last: to read, to write */
};

void sky_rules_draft_put (SkyRulesDraft *self, const char *text);
void sky_rules_draft_set_notice (SkyRulesDraft *self, char *notice);
void sky_rules_draft_tell (SkyRulesDraft *self);
void sky_rules_draft_drop_file (SkyRulesDraft *self);
