#include "cli/host-orders.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/clock.h"
#include "base/json.h"
#include "cli/orders.h"

#define ASK_MSEC 10000 /* how long answers are waited for if nothing else is said */

struct _HostOrders
{
  SkyHost    *host;      /* borrowed */
  SkyPrinter *printer;   /* borrowed */
  GPtrArray  *questions; /* of Question: those that are not answered yet */
};

typedef struct
{
  HostOrders   *orders;
  SkyRosterAsk *ask;
  char         *event;
  gulong        changed;
} Question;

static void
question_free (gpointer data)
{
  Question *self = data;

  g_signal_handler_disconnect (self->ask, self->changed);
  g_object_unref (self->ask);
  g_free (self->event);
  g_free (self);
}

HostOrders *
host_orders_new (SkyHost *host, SkyPrinter *printer)
{
  HostOrders *self = g_new0 (HostOrders, 1);

  self->host = host;
  self->printer = printer;
  self->questions = g_ptr_array_new_with_free_func (question_free);
  return self;
}

void
host_orders_free (HostOrders *self)
{
  g_ptr_array_unref (self->questions);
  g_free (self);
}

static gboolean
fail (GError **error, const char *sentence)
{
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, sentence);
  return FALSE;
}

static void
append_member (GString *json, const char *name, const char *value)
{
  g_string_append_printf (json, "%s\"%s\":", json->str[json->len - 1] == '{' ? "" : ",", name);
  sky_json_quote (json, value, -1);
}

static void
append_reply (GString *json, const SkyRosterReply *reply)
{
  g_string_append (json, json->str[json->len - 1] == '[' ? "{" : ",{");
  append_member (json, "who", reply->id);
  switch (reply->state)
    {
    case SKY_ROSTER_REPLY_CAME:
      g_string_append_printf (json, ",\"args\":[%s],\"latency_usec\":%" G_GINT64_FORMAT,
                              reply->args != NULL ? reply->args : "", reply->latency_usec);
      break;
    case SKY_ROSTER_REPLY_GONE:
      g_string_append (json, ",\"gone\":true");
      break;
    case SKY_ROSTER_REPLY_LATE:
    case SKY_ROSTER_REPLY_DUE:
      g_string_append (json, ",\"late\":true");
      break;
    }
  g_string_append_c (json, '}');
}

static void
print_answers (const Question *self)
{
  g_autoptr(GString) json = g_string_new ("{");
  gboolean complete = sky_roster_ask_count (self->ask, SKY_ROSTER_REPLY_CAME) == sky_roster_ask_get_n_replies (self->ask);
  SkyRosterReply reply;

  append_member (json, "asked", self->event);
  append_member (json, "nsp", sky_roster_ask_get_nsp (self->ask));
  g_string_append_printf (json, ",\"complete\":%s,\"answers\":[", complete ? "true" : "false");
  for (guint i = 0; sky_roster_ask_get_reply (self->ask, i, &reply); i++)
    append_reply (json, &reply);
  g_string_append (json, "]}");
  sky_printer_say (self->orders->printer, json->str);
}

static void
on_changed (SkyRosterAsk *ask, gpointer user_data)
{
  Question *self = user_data;

  if (!sky_roster_ask_is_over (ask))
    return;
  print_answers (self);
  g_ptr_array_remove (self->orders->questions, self);
}

static gboolean
ask (HostOrders *self, const char *nsp, const char *to, const char *except, const char *event, const char *args,
     guint64 timeout_msec, GError **error)
{
  SkyRosterAsk *question
      = sky_host_ask_all (self->host, nsp, to, except, event, args, (guint) CLAMP (timeout_msec, 1, G_MAXINT), error);
  Question *waiting;

  if (question == NULL)
    return FALSE;
  waiting = g_new0 (Question, 1);
  *waiting = (Question) { .orders = self, .ask = question, .event = g_strdup (event) };
  waiting->changed = g_signal_connect (question, "changed", G_CALLBACK (on_changed), waiting);
  g_ptr_array_add (self->questions, waiting);
  on_changed (question, waiting); /* perhaps nobody is there to answer */
  return TRUE;
}

/* Who takes part in an order, as far as it says. */
typedef struct
{
  char *nsp; /* nullable: a socket in any namespace, or everyone in "/" */
  char *who; /* nullable: a socket's id, or a room */
} Aim;

static void
aim_clear (Aim *self)
{
  g_free (self->nsp);
  g_free (self->who);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Aim, aim_clear)

static gboolean
read_aim (const char *json, Aim *aim, GError **error)
{
  g_autofree char *raw = NULL;

  orders_member_string (json, "nsp", &aim->nsp);
  return !orders_member_raw (json, "who", &raw) || orders_member_string (json, "who", &aim->who)
         || fail (error, _("“who” has to be a socket's id or a room."));
}

static const char *
namespace_of (const Aim *aim)
{
  return aim->nsp != NULL ? aim->nsp : "/";
}

static gboolean
order_emit (HostOrders *self, const char *json, const char *array, GError **error)
{
  g_autofree char *event = NULL, *args = NULL, *nsp = NULL, *to = NULL, *except = NULL;
  guint64 timeout_msec = ASK_MSEC;

  if (!orders_split_event (array, &event, &args))
    return fail (error, _("“emit” takes an array that begins with the event's name."));
  if (!orders_member_string (json, "nsp", &nsp))
    nsp = g_strdup ("/");
  orders_member_string (json, "to", &to);
  orders_member_string (json, "except", &except);
  orders_member_uint (json, "timeout", &timeout_msec);
  return orders_member_true (json, "ack") ? ask (self, nsp, to, except, event, args, timeout_msec, error)
                                          : sky_host_emit (self->host, nsp, to, except, event, args, error);
}

/* One socket is found in whichever namespace it is; a room is one of "nsp". Returns: whether it was one socket */
static gboolean
move_one (HostOrders *self, const Aim *aim, const char *from, const char *to)
{
  return aim->who != NULL && aim->nsp == NULL && (to == NULL || sky_host_join (self->host, aim->who, to, NULL))
         && (from == NULL || sky_host_leave (self->host, aim->who, from, NULL));
}

static gboolean
move (HostOrders *self, const Aim *aim, const char *from, const char *to, GError **error)
{
  SkyRoster *roster = sky_host_get_roster (self->host);
  const char *who = aim->who != NULL ? aim->who : from;

  return move_one (self, aim, from, to)
         || ((to == NULL || sky_roster_make_join (roster, namespace_of (aim), who, to, error))
             && (from == NULL || sky_roster_make_leave (roster, namespace_of (aim), who, from, error)));
}

static gboolean
order_join (HostOrders *self, const char *json, const char *value, GError **error)
{
  g_autofree char *room = NULL;
  g_auto(Aim) aim = { NULL };

  if (!read_aim (json, &aim, error))
    return FALSE;
  return orders_member_string (json, "join", &room) ? move (self, &aim, NULL, room, error)
                                                    : fail (error, _("“join” takes a room's name."));
}

static gboolean
order_leave (HostOrders *self, const char *json, const char *value, GError **error)
{
  g_autofree char *room = NULL;
  g_auto(Aim) aim = { NULL };

  if (!read_aim (json, &aim, error))
    return FALSE;
  return orders_member_string (json, "leave", &room) ? move (self, &aim, room, NULL, error)
                                                     : fail (error, _("“leave” takes a room's name."));
}

static gboolean
order_move (HostOrders *self, const char *json, const char *array, GError **error)
{
  g_autofree char *from = NULL, *rest = NULL, *rest_array = NULL, *to = NULL, *none = NULL;
  g_auto(Aim) aim = { NULL };

  if (!read_aim (json, &aim, error))
    return FALSE;
  if (orders_split_event (array, &from, &rest))
    rest_array = g_strdup_printf ("[%s]", rest);
  return rest_array != NULL && orders_split_event (rest_array, &to, &none) && *none == '\0'
             ? move (self, &aim, from, to, error)
             : fail (error, _("“move” takes an array of two rooms: which to leave, and which to join."));
}

static gboolean
order_disconnect (HostOrders *self, const char *json, const char *value, GError **error)
{
  gboolean all = strcmp (value, "true") == 0, close = orders_member_true (json, "close");
  g_auto(Aim) aim = { NULL };

  orders_member_string (json, "nsp", &aim.nsp);
  if (!all && !orders_member_string (json, "disconnect", &aim.who))
    return fail (error, _("“disconnect” takes a socket's id, a room, or true for all of the namespace."));
  return (aim.who != NULL && aim.nsp == NULL && sky_host_disconnect (self->host, aim.who, close, NULL))
         || sky_roster_make_disconnect (sky_host_get_roster (self->host), namespace_of (&aim), aim.who, close, error);
}

static gboolean
order_rooms (HostOrders *self, const char *json, const char *value, GError **error)
{
  g_autofree char *rooms = sky_host_get_rooms_json (self->host);

  sky_printer_say (self->printer, rooms);
  return TRUE;
}

static void
append_deed (GString *json, const SkyRosterDeed *deed)
{
  static const char *const names[] = {
    [SKY_ROSTER_CONNECTED] = "connect", [SKY_ROSTER_DISCONNECTED] = "disconnect", [SKY_ROSTER_JOINED] = "join",
    [SKY_ROSTER_LEFT] = "leave",        [SKY_ROSTER_BROADCAST] = "broadcast",
  };
  g_autofree char *time = sky_clock_format_iso (deed->time_usec);

  g_string_append (json, json->str[json->len - 1] == '[' ? "{" : ",{");
  append_member (json, "time", time);
  append_member (json, "what", names[deed->what]);
  append_member (json, "nsp", deed->nsp);
  if (deed->room != NULL)
    append_member (json, "room", deed->room);
  if (deed->socket != NULL)
    append_member (json, "who", deed->socket);
  if (deed->why != NULL)
    append_member (json, "why", deed->why);
  if (deed->what == SKY_ROSTER_BROADCAST)
    g_string_append_printf (json, ",\"receivers\":%u", deed->n_receivers);
  g_string_append_c (json, '}');
}

/* Who came, went, joined, left and was told something, and why: the oldest first. */
static gboolean
order_deeds (HostOrders *self, const char *json, const char *value, GError **error)
{
  SkyRoster *roster = sky_host_get_roster (self->host);
  g_autoptr(GString) line = g_string_new ("{\"deeds\":[");
  SkyRosterDeed deed;

  for (guint i = 0; sky_roster_get_deed (roster, i, &deed); i++)
    append_deed (line, &deed);
  g_string_append (line, "]}");
  sky_printer_say (self->printer, line->str);
  return TRUE;
}

static gboolean
order_stop (HostOrders *self, const char *json, const char *value, GError **error)
{
  sky_peer_stop (SKY_PEER (self->host));
  return TRUE;
}

static const struct
{
  const char *name;
  gboolean (*take) (HostOrders *self, const char *json, const char *value, GError **error);
} orders[] = {
  { "emit", order_emit },   { "join", order_join },   { "leave", order_leave }, { "move", order_move },
  { "disconnect", order_disconnect }, { "rooms", order_rooms }, { "deeds", order_deeds }, { "stop", order_stop },
};

/**
 * host_orders_take:
 * @json: one order
 * @error: what is wrong with it, or why it cannot be done: a whole sentence
 */
gboolean
host_orders_take (HostOrders *self, const char *json, GError **error)
{
  for (gsize i = 0; i < G_N_ELEMENTS (orders); i++)
    {
      g_autofree char *value = NULL;

      if (orders_member_raw (json, orders[i].name, &value))
        return orders[i].take (self, json, value, error);
    }
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
               _("%s is no order. There are emit, join, leave, move, disconnect, rooms, deeds and stop, in a JSON object on one line."),
               json);
  return FALSE;
}
