#pragma once

#include <gio/gio.h>

#include "trace/record-filter.h"

/* The words of a filter text, by what they cost: those below WORD_ACK need the record alone. */
typedef enum
{
  SKY_WORD_DIR,
  SKY_WORD_LAYER,
  SKY_WORD_KIND,
  SKY_WORD_LINK,
  SKY_WORD_SIZE,
  SKY_WORD_FAULT,
  SKY_WORD_LATENCY, /* "ack>200ms" */
  SKY_WORD_ASKS,    /* "ack:" */
  SKY_WORD_ACK,     /* "ack:7"; needs the record's text, as all that follow */
  SKY_WORD_EVENT,
  SKY_WORD_NSP,
  SKY_WORD_DATA,
  SKY_WORD_SID,
  SKY_WORD_STATUS,
  SKY_WORD_CODE,
  SKY_WORD_REASON,
  SKY_WORD_ANY, /* a bare word */
} SkyWordKey;

typedef struct
{
  SkyWordKey    key;
  gboolean      negated;
  char          op;      /* ':', '>' or '<' */
  char         *value;   /* casefolded; "" asks whether there is one at all */
  GPatternSpec *pattern; /* nullable: @value has wildcards */
  guint64       number;  /* of '>' and '<': bytes, microseconds or as is */
} SkyFilterWord;

struct _SkyRecordFilter
{
  gatomicrefcount n_refs;
  guint           layers;
  GPtrArray      *words; /* of SkyFilterWord, cheap ones first */
  char           *hidden; /* nullable: a namespace whose packets are not shown */
};

typedef enum
{
  SKY_VERDICT_OUT,    /* by the switches, or the words */
  SKY_VERDICT_HIDDEN, /* by its namespace alone */
  SKY_VERDICT_SHOWN,
} SkyVerdict;

GPtrArray *sky_filter_words_parse (const char *text, GError **error);
gboolean   sky_record_filter_restricts (SkyRecordFilter *self);
SkyVerdict sky_record_filter_judge (SkyRecordFilter *self, SkyStore *store, guint32 number);
