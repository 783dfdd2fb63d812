#pragma once

#include <glib.h>

/**
 * SkyFaultInfo:
 *
 * One rule that a peer can break. Every codec folder has an enum of fault flags and one table of
 * these, ended by a row whose flag is 0. A fault is shown to the person on the record; it is
 * never an assertion, and no reason to hide the bytes.
 */
typedef struct
{
  guint32     flag;    /* one bit */
  const char *id;      /* stable, for machines: "ws-reserved-bits" */
  const char *text;    /* one sentence, marked for translation with N_() */
  const char *section; /* where it is written: "RFC 6455 §5.2" */
} SkyFaultInfo;

const SkyFaultInfo *sky_fault_next (const SkyFaultInfo *table, guint32 faults, const SkyFaultInfo *after);

gssize   sky_fail (GError **error, GQuark domain, int code, const char *format, ...) G_GNUC_PRINTF (4, 5);
gboolean sky_fail_false (GError **error, GQuark domain, int code, const char *format, ...) G_GNUC_PRINTF (4, 5);
