#pragma once

#include "trace/shape.h"

typedef enum
{
  SKY_SHAPE_OBJECT = 1 << 0,
  SKY_SHAPE_ARRAY = 1 << 1,
  SKY_SHAPE_STRING = 1 << 2,
  SKY_SHAPE_NUMBER = 1 << 3,
  SKY_SHAPE_BOOLEAN = 1 << 4,
  SKY_SHAPE_BINARY = 1 << 5, /* {"$bin":"…"} */
  SKY_SHAPE_NULL = 1 << 6,
} SkyShapeType;

typedef struct
{
  char      *name;      /* owned, nullable: of an object's member */
  GPtrArray *keys;      /* of SkyShapeNode, owned; NULL until there is one: members, or a list's positions */
  GPtrArray *items;     /* the one node that all items of arrays share; NULL until there is one */
  guint      types;     /* SkyShapeType flags */
  guint      n_seen;    /* in how many samples of its holder it stood */
  guint      n_objects; /* in how many samples it was an object, or the list */
  guint      more : 1;  /* keys were passed over */
} SkyShapeNode;

struct _SkyShape
{
  SkyShapeNode args; /* its "keys" are the positions */
  guint        n_nodes;
};
