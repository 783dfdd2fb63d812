#pragma once

#include <glib.h>

#define SKY_SHAPE_MAX_DEPTH 8   /* levels of arrays and objects; what is deeper is an array or object of anything */
#define SKY_SHAPE_MAX_KEYS  64  /* of one object; further ones are passed over */
#define SKY_SHAPE_MAX_NODES 512 /* values of one shape that are told apart: bounds its memory and the time to merge */

/**
 * SkyShape:
 *
 * What the arguments of an event look like, learned from samples: for each position the types of
 * JSON, of objects the keys. Pure, and of bounded size whatever it is fed.
 */
typedef struct _SkyShape SkyShape;

SkyShape *sky_shape_new (void);
void      sky_shape_free (SkyShape *self);
gboolean  sky_shape_add (SkyShape *self, const char *args, gsize len);
char     *sky_shape_format (const SkyShape *self);
char     *sky_shape_skeleton (const SkyShape *self);
guint     sky_shape_get_n_args (const SkyShape *self);
GStrv     sky_shape_keys (const SkyShape *self, guint arg, const char *const *path);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SkyShape, sky_shape_free)
