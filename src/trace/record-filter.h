#pragma once

#include "trace/store.h"

/**
 * SkyRecordFilter:
 *
 * Which records are shown: layer switches and a filter text. The text is words, all of which must
 * hold: "event:chat*", "ns:/chat", "dir:in", "layer:ws", "kind:ping", "link:2", "fault:", "ack:",
 * "-word" for the contrary, "two words" in quotes; a bare word is looked for in event and data.
 */
typedef struct _SkyRecordFilter SkyRecordFilter;

SkyRecordFilter *sky_record_filter_new (guint layers, const char *text, GError **error);
void             sky_record_filter_hide (SkyRecordFilter *self, const char *nsp);
SkyRecordFilter *sky_record_filter_ref (SkyRecordFilter *self);
void             sky_record_filter_unref (SkyRecordFilter *self);
gboolean         sky_record_filter_match (SkyRecordFilter *self, SkyStore *store, guint32 number);

/*
 * Bits for @layers: 1 << SkyLayer. "Messages" stands for what has no layer above it. Requests and
 * answers of long-polling that only carry packets are no handshake: they carry, as frames do.
 */
#define SKY_FILTER_ALL        0xffffu
#define SKY_FILTER_HANDSHAKE  (1u << SKY_LAYER_TCP | 1u << SKY_LAYER_TLS | 1u << SKY_LAYER_UPGRADE | 1u << 14)
#define SKY_FILTER_FRAMES     (1u << SKY_LAYER_WS | 1u << 13)
#define SKY_FILTER_ENGINE_IO  (1u << SKY_LAYER_EIO)
#define SKY_FILTER_EVENTS     (1u << SKY_LAYER_SIO | 1u << SKY_LAYER_NOTE | 1u << 15)

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SkyRecordFilter, sky_record_filter_unref)
