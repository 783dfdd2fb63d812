#include "peer/host/host-admin-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/json.h"
#include "peer/host/host-hand.h"
#include "peer/host/host-roster.h"
#include "peer/host/host-talk-private.h"
#include "sio/sio-attach.h"
#include "sio/sio-event.h"

#define MAX_ARGS  3   /* that an order has before those of the event that it emits */
#define MAX_NAMES 100 /* rooms in one order */

/* What an admin can do: FEATURES §4.4, Client → server. */

/* One order, while it is obeyed. */
typedef struct
{
  const SkyHostHouse *house;
  SkyHostMember *member; /* who gives it; not good any more once somebody was disconnected */
  const SkyTalk *talk;
  SkyJsonValue   array;
  SkyJsonValue   args[MAX_ARGS]; /* after the name of the order */
  guint          n_args;
  char          *nsp;
} Order;

/* Returns: (transfer full) (nullable): a string without NUL, or a number as in JavaScript */
static char *
get_name (const char *json, const SkyJsonValue *value)
{
  g_autofree char *text = NULL;
  gsize len = 0;

  if (value->type == SKY_JSON_NUMBER)
    return g_strndup (json + value->start, value->len);
  if (value->type != SKY_JSON_STRING)
    return NULL;
  text = sky_json_unquote (json, value, &len);
  return text != NULL && strlen (text) == len && len <= SKY_HOST_MAX_NAME_LEN ? g_steal_pointer (&text) : NULL;
}

/* Returns: (transfer full): the name, or the names if it is a list of them; perhaps none */
static GPtrArray *
get_names (const char *json, const SkyJsonValue *value)
{
  GPtrArray *names = g_ptr_array_new_with_free_func (g_free);
  SkyJsonValue element;
  SkyJsonIter iter;
  char *name;

  if (value->type != SKY_JSON_ARRAY)
    {
      name = get_name (json, value);
      if (name != NULL && *name != '\0')
        g_ptr_array_add (names, g_steal_pointer (&name));
      g_free (name);
      return names;
    }
  sky_json_iter_init (&iter, json, value);
  while (names->len < MAX_NAMES && sky_json_iter_next (&iter, NULL, &element))
    {
      name = get_name (json, &element);
      if (name != NULL && *name != '\0')
        g_ptr_array_add (names, g_steal_pointer (&name));
      g_free (name);
    }
  return names;
}

/* What JavaScript takes for false means everyone, and so does a list of nothing. */
static gboolean
means_all (const char *json, const SkyJsonValue *filter)
{
  SkyJsonIter iter;
  SkyJsonValue element;

  switch (filter->type)
    {
    case SKY_JSON_NULL:
    case SKY_JSON_FALSE:
      return TRUE;
    case SKY_JSON_STRING:
      return filter->len == strlen ("\"\"");
    case SKY_JSON_NUMBER:
      return g_ascii_strtod (json + filter->start, NULL) == 0;
    case SKY_JSON_ARRAY:
      sky_json_iter_init (&iter, json, filter);
      return !sky_json_iter_next (&iter, NULL, &element);
    case SKY_JSON_TRUE:
    case SKY_JSON_OBJECT:
      break;
    }
  return FALSE;
}

/* Returns: (transfer container): whom the argument @at means: everyone, or who is in one of some rooms; each once */
static GPtrArray *
select_members (const Order *order, guint at)
{
  g_autoptr(GPtrArray) names = NULL;
  g_autoptr(GHashTable) seen = NULL;
  GPtrArray *members;

  if (at >= order->n_args || means_all (order->talk->json, &order->args[at]))
    return sky_host_rooms_select (order->house->rooms, order->nsp, NULL, NULL);
  names = get_names (order->talk->json, &order->args[at]);
  seen = g_hash_table_new (NULL, NULL);
  members = g_ptr_array_new ();
  for (guint i = 0; i < names->len; i++)
    {
      g_autoptr(GPtrArray) found
          = sky_host_rooms_select (order->house->rooms, order->nsp, g_ptr_array_index (names, i), NULL);

      for (guint m = 0; m < found->len; m++)
        if (g_hash_table_add (seen, g_ptr_array_index (found, m)))
          g_ptr_array_add (members, g_ptr_array_index (found, m));
    }
  return members;
}

static void
reply (const Order *order, const char *json)
{
  if (order->talk->has_id)
    sky_host_admin_reply (order->member, order->talk->id, json, NULL);
}

static void
refuse (const Order *order, const char *why)
{
  g_autoptr(GString) json = g_string_new ("[{\"message\":");

  sky_json_quote (json, why, -1);
  g_string_append (json, "}]");
  reply (order, json->str);
}

static void
reply_number (const Order *order, guint n)
{
  g_autofree char *json = g_strdup_printf ("[null,%u]", n);

  reply (order, json);
}

/* For the roster: the first of the rooms, if it is not for all. */
static void
note_emit (const Order *order, guint n_receivers)
{
  gboolean all = means_all (order->talk->json, &order->args[1]);
  g_autoptr(GPtrArray) names = all ? g_ptr_array_new () : get_names (order->talk->json, &order->args[1]);
  g_autofree char *event = get_name (order->talk->json, &order->args[2]);
  g_autofree char *why = g_strdup_printf (_("by an Admin UI → emit \"%s\""), event);

  g_ptr_array_add (names, NULL);
  sky_host_roster_tell (order->house, order->nsp, all ? NULL : (const char *const *) names->pdata, NULL, n_receivers, why);
}

static void
obey_emit (Order *order)
{
  const char *json = order->talk->json;
  g_autofree char *event = order->n_args > 2 && order->args[2].type == SKY_JSON_STRING ? get_name (json, &order->args[2]) : NULL;
  GPtrArray *attachments = order->talk->attachments;
  g_autoptr(GPtrArray) members = NULL;
  g_autofree char *out = NULL;
  gsize start, end = order->array.start + order->array.len;

  if (event == NULL || sky_sio_event_reserved (event))
    {
      refuse (order, "there can be no event of that name");
      return;
    }
  start = order->args[2].start;
  out = g_strdup_printf ("[%.*s", (int) (end - start), json + start);
  if (attachments != NULL && !sky_sio_attach_check (out, strlen (out), attachments->len))
    {
      refuse (order, "binary belongs to the arguments of the event");
      return;
    }
  members = select_members (order, 1);
  note_emit (order, members->len);
  if (order->talk->has_id)
    sky_host_admin_ask (order->member, order->talk->id, order->nsp, members, out, attachments);
  else
    sky_host_talk_tell_members (order->house, order->nsp, members, out, attachments);
}

/* Returns: %FALSE if it is in too many already */
static gboolean
join (SkyHostMember *member, const char *room)
{
  if (sky_host_member_get_n_rooms (member) >= SKY_HOST_MAX_ROOMS)
    return FALSE;
  sky_host_talk_join (member, room, _("by an Admin UI"));
  return TRUE;
}

static gboolean
leave (SkyHostMember *member, const char *room)
{
  sky_host_talk_leave (member, room, _("by an Admin UI"));
  return TRUE;
}

static void
move (Order *order, gboolean (*how) (SkyHostMember *member, const char *room))
{
  g_autoptr(GPtrArray) rooms
      = order->n_args > 1 ? get_names (order->talk->json, &order->args[1]) : g_ptr_array_new ();
  g_autoptr(GPtrArray) members = NULL;
  guint n = 0;

  if (rooms->len == 0)
    {
      refuse (order, "the name of a room is missing");
      return;
    }
  members = select_members (order, 2);
  for (guint i = 0; i < members->len; i++)
    {
      gboolean done = TRUE;

      for (guint r = 0; r < rooms->len; r++)
        done = how (g_ptr_array_index (members, i), g_ptr_array_index (rooms, r)) && done;
      n += done;
    }
  reply_number (order, n);
}

static void
obey_join (Order *order)
{
  move (order, join);
}

static void
obey_leave (Order *order)
{
  move (order, leave);
}

/* Who is disconnected may take others along: those of the same connection. */
static void
obey_disconnect (Order *order)
{
  gboolean close = order->n_args > 1 && order->args[1].type == SKY_JSON_TRUE;
  g_autoptr(GPtrArray) members = select_members (order, 2);
  g_autoptr(GPtrArray) sessions = g_ptr_array_new ();

  for (guint i = 0; i < members->len; i++)
    g_ptr_array_add (sessions, sky_host_member_get_owner (g_ptr_array_index (members, i)));
  reply_number (order, members->len);
  for (guint i = 0; i < sessions->len; i++)
    {
      SkyHostSession *session = g_ptr_array_index (sessions, i);
      SkyHostMember *member = sky_host_session_find_seat (session, order->nsp);

      if (member != NULL && close)
        sky_host_talk_disconnect_all (session);
      else if (member != NULL)
        sky_host_talk_disconnect (member);
    }
}

static const struct
{
  const char *name;
  void (*obey) (Order *order);
} orders[] = {
  { "emit", obey_emit },
  { "join", obey_join },
  { "leave", obey_leave },
  { "_disconnect", obey_disconnect },
};

static gboolean
read_order (Order *order)
{
  const char *json = order->talk->json;
  SkyJsonValue name;
  SkyJsonIter iter;

  if (!sky_json_parse (json, strlen (json), &order->array, NULL, NULL) || order->array.type != SKY_JSON_ARRAY)
    return FALSE;
  sky_json_iter_init (&iter, json, &order->array);
  if (!sky_json_iter_next (&iter, NULL, &name))
    return FALSE;
  while (order->n_args < MAX_ARGS && sky_json_iter_next (&iter, NULL, &order->args[order->n_args]))
    order->n_args++;
  order->nsp = order->n_args > 0 && order->args[0].type == SKY_JSON_STRING ? get_name (json, &order->args[0]) : NULL;
  return order->nsp != NULL;
}

/* The reference makes a namespace that there was not; here an order can only be about one that there is. */
static gboolean
is_known (const SkyHostHouse *house, const char *nsp)
{
  return g_str_equal (nsp, "/") || sky_host_rooms_count (house->rooms, nsp, NULL) > 0
         || (house->stage != NULL && sky_rules_find_space (sky_rules_stage_get_rules (house->stage), nsp) != NULL);
}

/**
 * sky_host_admin_obey:
 * @member: an admin
 *
 * Does what it says. Where admins may only look nothing happens, and nothing is answered, as with the
 * reference; else what it may want an ack for is acked with an error, or null and what came of it.
 *
 * Returns: %TRUE
 */
gboolean
sky_host_admin_obey (SkyHostMember *member, const SkyTalk *talk)
{
  SkyHostSession *session = sky_host_member_get_owner (member);
  Order order = { .house = session->house, .member = member, .talk = talk };

  for (guint i = 0; i < G_N_ELEMENTS (orders) && !session->house->admin->read_only; i++)
    {
      if (g_strcmp0 (orders[i].name, talk->event) != 0)
        continue;
      if (!read_order (&order) || !is_known (order.house, order.nsp))
        refuse (&order, "there is no such namespace");
      else
        orders[i].obey (&order);
      g_free (order.nsp);
    }
  return TRUE;
}
