#pragma once

#include <gio/gio.h>

typedef enum
{
  STEP_EMIT,
  STEP_TEXT,
  STEP_BINARY,
} StepKind;

/* One thing that the command line asks to be sent. */
typedef struct
{
  StepKind kind;
  char    *name;  /* of an event; else the text */
  GString *args;  /* of an event: JSON, separated by commas */
  GBytes  *bytes; /* binary */
  gboolean ack;
} Step;

/* What the command line asks for, in its order. */
typedef struct
{
  GPtrArray *steps; /* of Step */
  gboolean   close;
  guint      close_code;
  char      *close_reason;
} Plan;

void     plan_init (Plan *self);
void     plan_clear (Plan *self);
gboolean plan_option (const char *name, const char *value, gpointer plan, GError **error);

#define PLAN_OPTIONS                                                                                                   \
  { "emit", 0, 0, G_OPTION_ARG_CALLBACK, (gpointer) plan_option, N_("Emit an event; --arg, --file and --ack belong to it"), N_("EVENT") }, \
  { "arg", 0, 0, G_OPTION_ARG_CALLBACK, (gpointer) plan_option, N_("An argument of the event before, as JSON"), N_("JSON") },              \
  { "file", 0, 0, G_OPTION_ARG_CALLBACK, (gpointer) plan_option, N_("A file as binary argument of the event before"), N_("PATH") },        \
  { "ack", 0, G_OPTION_FLAG_NO_ARG, G_OPTION_ARG_CALLBACK, (gpointer) plan_option, N_("Ask for an ack of the event before, and wait for it"), NULL }, \
  { "send", 0, 0, G_OPTION_ARG_CALLBACK, (gpointer) plan_option, N_("Send a text message"), N_("TEXT") },                                 \
  { "send-file", 0, 0, G_OPTION_ARG_CALLBACK, (gpointer) plan_option, N_("Send a file as a binary message"), N_("PATH") },                \
  { "close", 0, 0, G_OPTION_ARG_CALLBACK, (gpointer) plan_option, N_("Close when all is done"), N_("CODE[:REASON]") }
