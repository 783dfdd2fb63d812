#include "ui/roster/roster-steps.h"

#define FAR         256 /* rows: a list view of GTK 4.8 has widgets for 200, those beyond cost nothing */
#define MAX_FAR     32  /* steps out there, before all the rest is one */
#define GONE_A_STEP 4   /* widgets that are let go for the price of one that is made */

typedef struct
{
  GPtrArray  *keys, *after;
  GHashTable *old, *new; /* of borrowed keys */
  guint       at, budget, n_far;
  SkyRosterStepFunc func;
  SkyRosterSwapFunc swap;
  gpointer    user_data;
} Walk;

static GHashTable *
make_set (GPtrArray *keys)
{
  GHashTable *set = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < keys->len; i++)
    g_hash_table_add (set, keys->pdata[i]);
  return set;
}

/* How many from @at on are not in @set, @max at most. */
static guint
count_strange (GPtrArray *keys, guint at, GHashTable *set, guint max)
{
  guint n = 0;

  while (n < max && at + n < keys->len && !g_hash_table_contains (set, keys->pdata[at + n]))
    n++;
  return n;
}

static void
pay (Walk *walk, guint n)
{
  if (walk->at < FAR)
    walk->budget -= MIN (walk->budget, MAX (n, 1));
  else
    walk->n_far++;
}

/* Rows that go and others that come at one place are one step: widgets change hands. */
static void
replace (Walk *walk, guint n_gone, guint n_came)
{
  for (guint i = 0; i < n_gone; i++)
    g_hash_table_remove (walk->old, walk->keys->pdata[walk->at + i]);
  if (n_gone > 0)
    g_ptr_array_remove_range (walk->keys, walk->at, n_gone);
  for (guint i = 0; i < n_came; i++)
    g_ptr_array_insert (walk->keys, (int) (walk->at + i), g_strdup (walk->after->pdata[walk->at + i]));
  walk->func (walk->at, n_gone, n_came, walk->user_data);
  pay (walk, MAX (n_came, n_gone / GONE_A_STEP));
  walk->at += n_came;
}

/* The row that belongs here stands further on. */
static void
bring (Walk *walk)
{
  guint from = walk->at;

  while (!g_str_equal (walk->keys->pdata[from], walk->after->pdata[walk->at]))
    from++;
  if (walk->swap (walk->at, from, walk->user_data))
    {
      if (walk->at < FAR) /* out there it costs nothing: no step has to be saved */
        pay (walk, 1);
      walk->at++;
      return;
    }
  g_hash_table_remove (walk->old, walk->keys->pdata[from]); /* its key is another copy from now on */
  g_ptr_array_remove_index (walk->keys, from);
  walk->func (from, 1, 0, walk->user_data);
  replace (walk, 0, 1);
}

static gboolean
is_done (const Walk *walk)
{
  return walk->at >= walk->keys->len && walk->at >= walk->after->len;
}

static void
step (Walk *walk)
{
  guint max = walk->at < FAR ? walk->budget : G_MAXUINT;
  guint n_gone = count_strange (walk->keys, walk->at, walk->new, max < FAR ? max * GONE_A_STEP : max);
  guint n_came = count_strange (walk->after, walk->at, walk->old, max);

  if (walk->n_far == MAX_FAR)
    replace (walk, walk->keys->len - walk->at, walk->after->len - walk->at);
  else if (n_gone + n_came > 0)
    replace (walk, n_gone, n_came);
  else if (g_str_equal (walk->keys->pdata[walk->at], walk->after->pdata[walk->at]))
    walk->at++;
  else
    bring (walk);
}

/* Returns: whether there is no step to take */
gboolean
sky_roster_steps_is_same (GPtrArray *keys, GPtrArray *after)
{
  guint i = 0;

  while (i < keys->len && i < after->len && g_str_equal (keys->pdata[i], after->pdata[i]))
    i++;
  return i == keys->len && i == after->len;
}

/**
 * sky_roster_steps_take:
 * @keys: (element-type utf8): what is announced; it owns them
 * @after: (element-type utf8): what shall be, each of them once
 * @budget: how many rows may come or move at once near the beginning, where they have widgets
 * @func: told of each step right after it
 * @swap: asked first, if one of these rows stands where another one belongs
 *
 * Brings @keys nearer to @after from the beginning on, so that what is done is never undone. Rows that stay keep
 * their widgets; the others cost so much that a frame has time for a few only.
 *
 * Returns: whether all is done
 */
gboolean
sky_roster_steps_take (GPtrArray *keys, GPtrArray *after, guint budget, SkyRosterStepFunc func,
                       SkyRosterSwapFunc swap, gpointer user_data)
{
  g_autoptr(GHashTable) old = make_set (keys), new = make_set (after);
  Walk walk = { keys, after, old, new, 0, budget, 0, func, swap, user_data };

  while (walk.budget > 0 && !is_done (&walk))
    step (&walk);
  return is_done (&walk);
}
