#pragma once

#include "stack/stack.h"
#include "trace/chunk-index.h"
#include "trace/pcapng.h"
#include "trace/spool.h"
#include "trace/store.h"

/* Records come in segments, so that a pointer to one stays good while others are added. */
#define SKY_STORE_SEGMENT_BITS 16
#define SKY_STORE_SEGMENT_LEN  (1u << SKY_STORE_SEGMENT_BITS) /* records */

/* One connection, with what only the store needs to know of it. */
typedef struct
{
  SkyStoreLink   about;
  SkyChunkIndex  chunks[2];  /* by SkyFrom */
  SkyPcapngFlow *flow;       /* NULL until the first packet is written */
  GPtrArray     *waiting;    /* nullable: of Remark, said before the addresses are known */
  gboolean       introduced; /* its name is in the file */
} SkyStoreEntry;

struct _SkyStore
{
  GObject parent_instance;

  GPtrArray  *segments; /* of SkyRecord[SKY_STORE_SEGMENT_LEN], borrowed … */
  GPtrArray  *held, *mapped; /* … from these */
  int         overflow; /* the file that those lie in, or -1 */
  guint32     n_records;
  gboolean    grown; /* "grew" was emitted, and nobody has caught up since */
  GPtrArray  *links; /* of SkyStoreEntry */
  GPtrArray  *outdated; /* strings that a link showed before and somebody may still hold */
  char       *path;     /* nullable */
  SkySpool   *wire, *derived;
  GByteArray *packet;       /* scratch */
  SkyStackSessions *sessions; /* which the stacks of all connections share */
  guint       flush_source; /* 0 if nothing waits to be written */
  gboolean    troubled;     /* "trouble" was emitted */
  gboolean    drop_empty;   /* without a record, the file goes with the store */
};

/* For the feed: what is added to the trace, and in which order, is its to say. */
guint32 sky_store_append (SkyStore *self, guint16 link, const SkyRecord *record);
void    sky_store_amend (SkyStore *self, guint32 number, guint8 flags, guint8 unflags,
                         guint32 faults, guint32 mate);
guint64 sky_store_derive (SkyStore *self, const guint8 *data, gsize len);
guint64 sky_store_add_bytes (SkyStore *self, guint16 link, SkyFrom from, gint64 time_usec,
                             const guint8 *data, gsize len);
void    sky_store_add_remark (SkyStore *self, guint16 link, SkyFrom from, gint64 time_usec,
                              const char *json, gboolean end);

/* For the filter, which looks at many records and keeps nothing of them */
gsize sky_store_peek (SkyStore *self, guint32 number, gboolean body, guint8 *out, gsize len);

/* Between the store's files */
void           sky_store_init_segments (SkyStore *self);
void           sky_store_add_segment (SkyStore *self);
void           sky_store_clear_segments (SkyStore *self);
SkyStoreEntry *sky_store_get_entry (SkyStore *self, guint16 link);
void           sky_store_entry_free (SkyStoreEntry *entry);
void           sky_store_check_trouble (SkyStore *self);
void           sky_store_settle (SkyStore *self);
