#pragma once

#include "peer/talker.h"

struct _SkyTalker
{
  GObject        parent_instance;
  SkyCarrier    *carrier;
  SkyProtocol    protocol;
  SkyParser      parser; /* AUTO: default, until the peer speaks the other */
  guint          revision; /* of Engine.IO, or 0 */
  SkyTalkerFuncs funcs;
  gpointer       owner;
  GHashTable    *next_ids; /* nullable: namespace → guint64: ack ids are counted for each */

  GBytes    *waiting; /* a packet whose attachments are still to come */
  GPtrArray *attachments;
  gsize      attached_len; /* bytes of them so far */
  guint      n_due;
};

void sky_talker_hear (SkyTalker *self, GBytes *data, gboolean binary);
void sky_talker_drop_waiting (SkyTalker *self);
void sky_talker_say (SkyTalker *self, const char *text, gsize len);
