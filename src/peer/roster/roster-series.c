#include "peer/roster/roster-series.h"

#define FIRST_GRAIN_USEC (100 * 1000)

typedef struct
{
  gint64 time_usec;
  guint  value;
} Step;

/* The slots between the newest one and @slot were empty. */
static void
move_on (SkyRosterRate *self, gint64 slot)
{
  gint64 n_new = MIN (slot - self->slot, (gint64) G_N_ELEMENTS (self->counts));

  for (gint64 i = 0; i < n_new; i++)
    self->counts[(slot - i) % (gint64) G_N_ELEMENTS (self->counts)] = 0;
  self->slot = slot;
}

/**
 * sky_roster_rate_count:
 * @n: events
 * @time_usec: when, since 1970; one before another that was counted counts as the newest
 */
void
sky_roster_rate_count (SkyRosterRate *self, guint n, gint64 time_usec)
{
  gint64 slot = MAX (time_usec, 0) / SKY_ROSTER_SLOT_USEC;

  if (slot > self->slot)
    move_on (self, slot);
  self->counts[self->slot % (gint64) G_N_ELEMENTS (self->counts)] += n;
}

/**
 * sky_roster_rate_get:
 *
 * Of the slot in which the window ends only its part within the window counts: a steady rate reads as steady.
 *
 * Returns: events a second over the five seconds before @now_usec
 */
double
sky_roster_rate_get (const SkyRosterRate *self, gint64 now_usec)
{
  gint64 now = MAX (MAX (now_usec, 0), self->slot * SKY_ROSTER_SLOT_USEC);
  gint64 newest = now / SKY_ROSTER_SLOT_USEC, oldest = newest - SKY_ROSTER_RATE_SLOTS;
  double part = 1.0 - (double) (now % SKY_ROSTER_SLOT_USEC) / SKY_ROSTER_SLOT_USEC;
  double sum = 0;

  for (gint64 slot = MAX (MAX (oldest, self->slot - SKY_ROSTER_RATE_SLOTS), 0); slot <= self->slot; slot++)
    sum += self->counts[slot % (gint64) G_N_ELEMENTS (self->counts)] * (slot == oldest ? part : 1.0);
  return sum / ((double) SKY_ROSTER_WINDOW_USEC / G_USEC_PER_SEC);
}

/* Twice the grain: about half of the steps. */
static void
thin (SkyRosterHistory *self)
{
  guint n_kept = 0;

  self->grain_usec *= 2;
  for (guint i = 0; i < self->steps->len; i++)
    {
      Step step = g_array_index (self->steps, Step, i);

      Step *kept = &g_array_index (self->steps, Step, n_kept);

      if (n_kept > 0 && kept[-1].time_usec / self->grain_usec == step.time_usec / self->grain_usec)
        kept[-1].value = step.value;
      else
        *kept = step, n_kept++;
    }
  g_array_set_size (self->steps, n_kept);
}

/**
 * sky_roster_history_add:
 * @time_usec: when; a time before the last one counts as that
 * @value: from then on
 * @max_steps: how many may be remembered, at least 2: beyond that the past becomes coarser
 */
void
sky_roster_history_add (SkyRosterHistory *self, gint64 time_usec, guint value, guint max_steps)
{
  Step step = { time_usec, value };
  Step *last;

  if (self->steps == NULL)
    {
      self->steps = g_array_new (FALSE, FALSE, sizeof (Step));
      self->grain_usec = FIRST_GRAIN_USEC;
    }
  last = self->steps->len > 0 ? &g_array_index (self->steps, Step, self->steps->len - 1) : NULL;
  if (last != NULL && step.time_usec / self->grain_usec <= last->time_usec / self->grain_usec)
    {
      last->value = value;
      return;
    }
  while (self->steps->len >= max_steps)
    thin (self);
  g_array_append_val (self->steps, step);
}

/* Returns: the number at @time_usec, as exactly as it is remembered; 0 before the first */
guint
sky_roster_history_get (const SkyRosterHistory *self, gint64 time_usec)
{
  guint low = 0, high = self->steps != NULL ? self->steps->len : 0;

  while (low < high)
    {
      guint middle = low + (high - low) / 2;

      if (g_array_index (self->steps, Step, middle).time_usec <= time_usec)
        low = middle + 1;
      else
        high = middle;
    }
  return low > 0 ? g_array_index (self->steps, Step, low - 1).value : 0;
}

void
sky_roster_history_clear (SkyRosterHistory *self)
{
  g_clear_pointer (&self->steps, g_array_unref);
}
