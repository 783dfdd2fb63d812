#pragma once

#include "base/json.h"
#include "sio/sio-packet.h"

/* The name and the arguments of an EVENT or ACK, where they lie in the packet's JSON. */
typedef struct
{
  gboolean     has_name; /* events; an ack has none */
  SkyJsonValue name;     /* a string or a number */
  gsize        args_start, args_len; /* the text between the brackets, after the name */
  guint        n_args;
} SkySioEvent;

gboolean sky_sio_event_decode (const char *json, gsize len, gboolean named, SkySioEvent *event);
char    *sky_sio_event_name (const SkySioEvent *event, const char *json);
gboolean sky_sio_event_reserved (const char *name);
gboolean sky_sio_event_value_reserved (const char *json, const SkyJsonValue *name);
