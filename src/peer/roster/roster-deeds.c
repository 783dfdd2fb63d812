#include "peer/roster/roster-private.h"

/* What happened, in a ring: the oldest deed goes for the newest. */

static void
deed_clear (Deed *deed)
{
  g_clear_pointer (&deed->nsp, g_ref_string_release);
  g_clear_pointer (&deed->room, g_ref_string_release);
  g_clear_pointer (&deed->socket, g_ref_string_release);
  g_clear_pointer (&deed->why, g_ref_string_release);
  g_clear_pointer (&deed->also, g_strfreev);
  g_clear_pointer (&deed->label, g_ref_string_release);
}

void
sky_roster_free_deeds (SkyRoster *self)
{
  for (guint i = 0; self->deeds != NULL && i < SKY_ROSTER_MAX_DEEDS; i++)
    deed_clear (&self->deeds[i]);
  g_clear_pointer (&self->deeds, g_free);
  self->n_deeds = 0;
}

/* Returns: (transfer full) (nullable): the name that the books have, or a copy */
static char *
take_name (const char *name, const char *known)
{
  if (name == NULL)
    return NULL;
  return known != NULL ? g_ref_string_acquire ((char *) known) : g_ref_string_new (name);
}

void
sky_roster_note (SkyRoster *self, SkyRosterWhat what, const Space *space, const char *room, const char *socket,
                 const char *why, guint n_receivers, gint64 time_usec)
{
  const Room *where = room != NULL ? g_hash_table_lookup (space->rooms, room) : NULL;
  const Socket *who = socket != NULL ? g_hash_table_lookup (space->sockets, socket) : NULL;
  Deed *deed;

  if (self->quiet)
    return;
  if (self->deeds == NULL)
    self->deeds = g_new0 (Deed, SKY_ROSTER_MAX_DEEDS);
  deed = &self->deeds[self->n_ever % SKY_ROSTER_MAX_DEEDS];
  deed_clear (deed);
  *deed = (Deed) { .what = what,
                   .time_usec = time_usec,
                   .n_receivers = n_receivers,
                   .nsp = g_ref_string_acquire (space->name),
                   .room = take_name (room, where != NULL ? where->name : NULL),
                   .socket = take_name (socket, who != NULL ? who->info.id : NULL),
                   .why = why != NULL ? g_ref_string_new_intern (why) : NULL,
                   .label = who != NULL && who->info.label != NULL ? g_ref_string_new_intern (who->info.label) : NULL };
  self->n_ever++;
  self->n_deeds = MIN (self->n_deeds + 1, SKY_ROSTER_MAX_DEEDS);
}

/* The deed that was noted last went to more rooms than one. */
void
sky_roster_note_also (SkyRoster *self, const char *const *rooms)
{
  if (!self->quiet && self->n_deeds > 0)
    self->deeds[(self->n_ever - 1) % SKY_ROSTER_MAX_DEEDS].also = g_strdupv ((char **) rooms);
}

/* Returns: how many are remembered */
guint
sky_roster_get_n_deeds (SkyRoster *self)
{
  return self->n_deeds;
}

/* Returns: how many were forgotten ever: the deed of index i is number i + this of all */
guint64
sky_roster_get_n_lost_deeds (SkyRoster *self)
{
  return self->n_ever - self->n_deeds;
}

/**
 * sky_roster_get_deed:
 * @index: 0 is the oldest that is remembered
 * @out: (out caller-allocates): borrowed until the roster's next change
 */
gboolean
sky_roster_get_deed (SkyRoster *self, guint index, SkyRosterDeed *out)
{
  const Deed *deed;

  if (index >= self->n_deeds)
    return FALSE;
  deed = &self->deeds[(self->n_ever - self->n_deeds + index) % SKY_ROSTER_MAX_DEEDS];
  *out = (SkyRosterDeed) { .what = deed->what,
                           .time_usec = deed->time_usec,
                           .nsp = deed->nsp,
                           .room = deed->room,
                           .socket = deed->socket,
                           .why = deed->why,
                           .n_receivers = deed->n_receivers,
                           .also = (const char *const *) deed->also,
                           .label = deed->label };
  return TRUE;
}
