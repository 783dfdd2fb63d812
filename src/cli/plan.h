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
  gboolean is_volatile; /* dropped if it cannot be sent at once */
} Step;

/* What the command line asks for, in its order. */
typedef struct
{
  GPtrArray *steps; /* of Step */
  gboolean   orders; /* more comes on standard input */
  gboolean   close;
  guint      close_code;
  char      *close_reason;
} Plan;

void     plan_init (Plan *self);
void     plan_clear (Plan *self);

/* Their data is the Plan. */
extern const GOptionEntry plan_entries[];
