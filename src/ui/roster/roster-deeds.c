#include "ui/roster/roster-deeds.h"

struct _SkyRosterDeedItem
{
  GObject       parent_instance;
  SkyRosterDeed deed; /* its strings are owned */
};

G_DEFINE_FINAL_TYPE (SkyRosterDeedItem, sky_roster_deed_item, G_TYPE_OBJECT)

struct _SkyRosterDeeds
{
  GObject         parent_instance;
  SkyRoster      *roster;
  SkyRosterChoice choice;
  GQueue          numbers; /* of guint64 *, counted from the roster's beginning: the newest first */
  guint64         n_seen;  /* deeds that were looked at */
};

static void sky_roster_deeds_model_init (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (SkyRosterDeeds, sky_roster_deeds, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, sky_roster_deeds_model_init))

const SkyRosterDeed *
sky_roster_deed_item_get (SkyRosterDeedItem *self)
{
  return &self->deed;
}

static void
sky_roster_deed_item_finalize (GObject *object)
{
  SkyRosterDeed *deed = &SKY_ROSTER_DEED_ITEM (object)->deed;

  g_free ((char *) deed->nsp);
  g_free ((char *) deed->room);
  g_free ((char *) deed->socket);
  g_free ((char *) deed->why);
  g_strfreev ((char **) deed->also);
  g_free ((char *) deed->label);
  G_OBJECT_CLASS (sky_roster_deed_item_parent_class)->finalize (object);
}

static void
sky_roster_deed_item_class_init (SkyRosterDeedItemClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = sky_roster_deed_item_finalize;
}

static void
sky_roster_deed_item_init (SkyRosterDeedItem *self)
{
}

static GType
sky_roster_deeds_get_item_type (GListModel *model)
{
  return SKY_TYPE_ROSTER_DEED_ITEM;
}

static guint
sky_roster_deeds_get_n_items (GListModel *model)
{
  return SKY_ROSTER_DEEDS (model)->numbers.length;
}

static gboolean
get_deed (SkyRosterDeeds *self, guint64 number, SkyRosterDeed *deed)
{
  guint64 n_lost = sky_roster_get_n_lost_deeds (self->roster);

  return number >= n_lost && sky_roster_get_deed (self->roster, (guint) (number - n_lost), deed);
}

/* A deed that the roster has lost meanwhile is an empty row until the next look. */
static gpointer
sky_roster_deeds_get_item (GListModel *model, guint position)
{
  SkyRosterDeeds *self = SKY_ROSTER_DEEDS (model);
  const guint64 *number = g_queue_peek_nth (&self->numbers, position);
  SkyRosterDeedItem *item;
  SkyRosterDeed deed = { 0 };

  if (number == NULL)
    return NULL;
  item = g_object_new (SKY_TYPE_ROSTER_DEED_ITEM, NULL);
  if (get_deed (self, *number, &deed))
    {
      item->deed = deed;
      item->deed.nsp = g_strdup (deed.nsp);
      item->deed.room = g_strdup (deed.room);
      item->deed.socket = g_strdup (deed.socket);
      item->deed.why = g_strdup (deed.why);
      item->deed.label = g_strdup (deed.label);
      item->deed.also = (const char *const *) g_strdupv ((char **) deed.also);
    }
  return item;
}

static void
sky_roster_deeds_model_init (GListModelInterface *iface)
{
  iface->get_item_type = sky_roster_deeds_get_item_type;
  iface->get_n_items = sky_roster_deeds_get_n_items;
  iface->get_item = sky_roster_deeds_get_item;
}

/* What happens to a socket belongs to it wherever that is. */
static gboolean
concerns (const SkyRosterChoice *choice, const SkyRosterDeed *deed)
{
  if (choice->nsp == NULL || g_strcmp0 (choice->nsp, deed->nsp) != 0)
    return FALSE;
  if (choice->socket != NULL)
    return g_strcmp0 (choice->socket, deed->socket) == 0;
  return choice->room == NULL || g_strcmp0 (choice->room, deed->room) == 0
         || (deed->also != NULL && g_strv_contains (deed->also, choice->room));
}

/* Looks at the newest deeds, down to @least. Returns: how many of them belong here */
static guint
add_newer (SkyRosterDeeds *self, guint64 least)
{
  guint64 end = sky_roster_get_n_lost_deeds (self->roster) + sky_roster_get_n_deeds (self->roster), at = end;
  GQueue found = G_QUEUE_INIT;
  SkyRosterDeed deed;
  guint n = 0;

  for (; at > least && n < SKY_ROSTER_DEEDS_MAX && get_deed (self, at - 1, &deed); at--)
    if (concerns (&self->choice, &deed))
      {
        guint64 number = at - 1;

        g_queue_push_tail (&found, g_memdup2 (&number, sizeof number));
        n++;
      }
  self->n_seen = end;
  for (guint64 *number; (number = g_queue_pop_tail (&found)) != NULL;)
    g_queue_push_head (&self->numbers, number);
  return n;
}

/* Those that are lost, and those beyond what is shown, go at the end. */
static guint
drop_old (SkyRosterDeeds *self)
{
  guint64 n_lost = sky_roster_get_n_lost_deeds (self->roster);
  guint n = 0;

  for (guint64 *last; (last = g_queue_peek_tail (&self->numbers)) != NULL
                      && (*last < n_lost || self->numbers.length > SKY_ROSTER_DEEDS_MAX); n++)
    g_free (g_queue_pop_tail (&self->numbers));
  return n;
}

/**
 * sky_roster_deeds_show:
 * @choice: which deeds to show; those of the same choice are caught up with
 *
 * Returns: whether there is anything new at the beginning
 */
gboolean
sky_roster_deeds_show (SkyRosterDeeds *self, const SkyRosterChoice *choice)
{
  gboolean same = sky_roster_choice_equal (&self->choice, choice);
  guint64 n_ever = sky_roster_get_n_lost_deeds (self->roster) + sky_roster_get_n_deeds (self->roster);
  guint n_old = self->numbers.length, n_new, n_gone;

  if (!same || n_ever < self->n_seen) /* or the roster was cleared */
    {
      sky_roster_choice_set (&self->choice, choice->nsp, choice->room, choice->socket);
      g_queue_clear_full (&self->numbers, g_free);
      n_new = add_newer (self, 0);
      g_list_model_items_changed (G_LIST_MODEL (self), 0, n_old, n_new);
      return TRUE;
    }
  if (n_ever == self->n_seen)
    return FALSE;
  n_new = add_newer (self, self->n_seen);
  if (n_new > 0)
    g_list_model_items_changed (G_LIST_MODEL (self), 0, 0, n_new);
  n_gone = drop_old (self);
  if (n_gone > 0)
    g_list_model_items_changed (G_LIST_MODEL (self), self->numbers.length, n_gone, 0);
  return n_new > 0;
}

static void
sky_roster_deeds_finalize (GObject *object)
{
  SkyRosterDeeds *self = SKY_ROSTER_DEEDS (object);

  g_queue_clear_full (&self->numbers, g_free);
  sky_roster_choice_clear (&self->choice);
  g_object_unref (self->roster);
  G_OBJECT_CLASS (sky_roster_deeds_parent_class)->finalize (object);
}

static void
sky_roster_deeds_class_init (SkyRosterDeedsClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = sky_roster_deeds_finalize;
}

static void
sky_roster_deeds_init (SkyRosterDeeds *self)
{
}

/* Returns: (transfer full): nothing, before something is chosen */
SkyRosterDeeds *
sky_roster_deeds_new (SkyRoster *roster)
{
  SkyRosterDeeds *self = g_object_new (SKY_TYPE_ROSTER_DEEDS, NULL);

  self->roster = g_object_ref (roster);
  return self;
}
