#pragma once

#include "peer/peer.h"
#include "peer/profile/profile.h"

/* How bad a finding is. */
typedef enum
{
  SKY_FINDING_GOOD, /* this works */
  SKY_FINDING_INFO,
  SKY_FINDING_WARNING,
  SKY_FINDING_BAD, /* this is why it fails */
} SkyFindingLevel;

/* One thing that the doctor found out, with what it was seen by. Strings are owned. */
typedef struct
{
  SkyFindingLevel level;
  char           *id;       /* for programs and tests: "socket.io-4", "wrong-path", "no-upgrade" … */
  char           *title;    /* one sentence */
  char           *evidence; /* what was asked and what was answered, in a line or two */
  char           *advice;   /* nullable: the one thing to do */
} SkyFinding;

/* All that was found. */
typedef struct
{
  char       *verdict;  /* owned: one sentence: what answers there, and what is wrong with it */
  GPtrArray  *findings; /* of SkyFinding, in the order in which they were made */
  SkyProfile *better;   /* nullable, owned: the profile with what should be changed, if that mends it */
} SkyReport;

/* @finding is borrowed for the call. */
typedef void (*SkyDoctorFunc) (const SkyFinding *finding, gpointer user_data);

void       sky_doctor_async (const SkyProfile *profile, SkyStore *store, SkyDoctorFunc progress, gpointer progress_data,
                             GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
SkyReport *sky_doctor_finish (GAsyncResult *result, GError **error);
void       sky_report_free (SkyReport *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SkyReport, sky_report_free)
