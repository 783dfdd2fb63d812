#pragma once

#include <glib.h>

/**
 * SkyHostRooms:
 *
 * Who is in which room of which namespace. It keeps the books and tells nobody: no socket, no
 * clock, no trace. A namespace and a room are there as long as somebody is in them.
 */
typedef struct _SkyHostRooms SkyHostRooms;

/* One socket in one namespace. Its id is a room too, in which it is from the beginning. */
typedef struct _SkyHostMember SkyHostMember;

SkyHostRooms *sky_host_rooms_new (void);
void          sky_host_rooms_free (SkyHostRooms *self);

SkyHostMember *sky_host_rooms_enter (SkyHostRooms *self, const char *nsp, const char *id,
                                     gpointer owner);
void           sky_host_rooms_exit (SkyHostRooms *self, SkyHostMember *member);
gboolean       sky_host_rooms_join (SkyHostRooms *self, SkyHostMember *member, const char *room);
gboolean       sky_host_rooms_leave (SkyHostRooms *self, SkyHostMember *member, const char *room);

SkyHostMember *sky_host_rooms_find (SkyHostRooms *self, const char *id);

guint      sky_host_rooms_count (SkyHostRooms *self, const char *nsp, const char *room);
GPtrArray *sky_host_rooms_select (SkyHostRooms *self, const char *nsp, const char *to,
                                  const char *except);
GPtrArray *sky_host_rooms_list (SkyHostRooms *self);
char      *sky_host_rooms_to_json (SkyHostRooms *self);

const char *sky_host_member_get_id (const SkyHostMember *self);
const char *sky_host_member_get_nsp (const SkyHostMember *self);
gpointer    sky_host_member_get_owner (const SkyHostMember *self);
gboolean    sky_host_member_tell (SkyHostMember *self);
guint       sky_host_member_take_told (SkyHostMember *self);
guint       sky_host_member_get_n_rooms (const SkyHostMember *self);
GPtrArray  *sky_host_member_get_rooms (const SkyHostMember *self);
const char *sky_host_member_get_pid (const SkyHostMember *self);
void        sky_host_member_set_pid (SkyHostMember *self, const char *pid);
guint64     sky_host_member_get_offset (const SkyHostMember *self);
void        sky_host_member_set_offset (SkyHostMember *self, guint64 offset);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SkyHostRooms, sky_host_rooms_free)
