#include "peer/roster/admin-watch-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define NO_ACKS     N_("The admin namespace cannot pass on acks: it would answer before anyone could. Emit without one.")
#define MAX_AT_ONCE 1000 /* sockets that one order may name, where the server cannot find them by itself */

/*
 * Orders to the admin namespace: FEATURES §4.4. None asks for an ack: the server's would come at once, and say
 * nothing. A filter of null, "" or [] means everyone: neither of the last two is ever sent.
 */

static gboolean
fail (GError **error, GIOErrorEnum code, const char *message)
{
  g_set_error_literal (error, G_IO_ERROR, code, message);
  return FALSE;
}

static gboolean
send (SkyAdminWatch *self, const char *order, const char *args, GError **error)
{
  return sky_client_emit (self->client, self->nsp, order, args, SKY_EMIT_NONE, error);
}

/* Who is meant, and found to be there: where sockets are not told, that cannot be known. */
static gboolean
is_there (SkyAdminWatch *self, const char *nsp, const char *who, GError **error)
{
  if (who == NULL || !sky_admin_watch_is_development (self) || sky_roster_get_n_sockets (self->roster, nsp, who) > 0)
    return TRUE;
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, _("Nobody is in “%s” of %s."), who, nsp);
  return FALSE;
}

static GString *
begin (const char *nsp)
{
  GString *args = g_string_new (NULL);

  sky_json_quote (args, nsp, -1);
  return args;
}

static void
append_string (GString *args, const char *text)
{
  g_string_append_c (args, ',');
  if (text != NULL)
    sky_json_quote (args, text, -1);
  else
    g_string_append (args, "null");
}

/* All but one: the server is given those that are left. */
static gboolean
append_others (SkyAdminWatch *self, GString *args, const char *nsp, const char *to, const char *except, GError **error)
{
  g_autoptr(GPtrArray) ids = sky_roster_preview (self->roster, nsp, to, except);

  if (!(self->features & SKY_ADMIN_MJOIN) || !sky_admin_watch_is_development (self))
    return fail (error, G_IO_ERROR_NOT_SUPPORTED, _("This server cannot leave anyone out."));
  if (ids->len == 0)
    return fail (error, G_IO_ERROR_NOT_FOUND, _("Nobody would receive this."));
  if (ids->len > MAX_AT_ONCE)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
                   _("Someone can be left out only where at most %d others receive it: here it would be %u."),
                   MAX_AT_ONCE, ids->len);
      return FALSE;
    }
  for (guint i = 0; i < ids->len; i++)
    {
      g_string_append (args, i == 0 ? ",[" : ",");
      sky_json_quote (args, g_ptr_array_index (ids, i), -1);
    }
  g_string_append_c (args, ']');
  return TRUE;
}

static gboolean
hand_emit (gpointer owner, const char *nsp, const char *to, const char *except, const char *event,
           const char *event_args, gboolean ack, GError **error)
{
  SkyAdminWatch *self = owner;
  const char *problem = sky_client_event_problem (event);
  g_autoptr(GString) args = begin (nsp);

  if (problem != NULL)
    return fail (error, G_IO_ERROR_INVALID_ARGUMENT, problem);
  if (ack)
    return fail (error, G_IO_ERROR_NOT_SUPPORTED, _(NO_ACKS));
  if (!is_there (self, nsp, to, error))
    return FALSE;
  if (except == NULL)
    append_string (args, to);
  else if (!append_others (self, args, nsp, to, except, error))
    return FALSE;
  append_string (args, event);
  if (event_args != NULL && *event_args != '\0')
    g_string_append_printf (args, ",%s", event_args);
  return send (self, "emit", args->str, error);
}

/* An order of Socket.IO 3 names one socket: it is said for each. @second: (nullable): what stands before the id */
static gboolean
send_each (SkyAdminWatch *self, const char *order, const char *nsp, const char *who, const char *second, GError **error)
{
  g_autoptr(GPtrArray) ids = sky_roster_preview (self->roster, nsp, who, NULL);

  if (ids->len == 0 && who != NULL && !sky_admin_watch_is_development (self))
    g_ptr_array_add (ids, g_ref_string_new (who)); /* it is not told who is there: then it has to be a socket */
  if (ids->len == 0)
    return fail (error, G_IO_ERROR_NOT_FOUND, _("It is not known who is there."));
  if (ids->len > MAX_AT_ONCE)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
                   _("This server takes orders for one socket at a time, and %u are too many for that."), ids->len);
      return FALSE;
    }
  for (guint i = 0; i < ids->len; i++)
    {
      g_autoptr(GString) args = begin (nsp);

      g_string_append_printf (args, ",%s", second);
      append_string (args, g_ptr_array_index (ids, i));
      if (!send (self, order, args->str, error))
        return FALSE;
    }
  return TRUE;
}

/* @bulk: the feature that lets the server find who is meant; then nobody named is everyone */
static gboolean
order_room (SkyAdminWatch *self, const char *order, SkyAdminFeatures bulk, const char *nsp, const char *second,
            const char *who, GError **error)
{
  g_autoptr(GString) args = NULL;

  if (!is_there (self, nsp, who, error))
    return FALSE;
  if (!(self->features & bulk))
    return send_each (self, order, nsp, who, second, error);
  args = begin (nsp);
  g_string_append_printf (args, ",%s", second);
  if (who != NULL)
    append_string (args, who);
  return send (self, order, args->str, error);
}

static gboolean
hand_join (gpointer owner, const char *nsp, const char *who, const char *room, GError **error)
{
  g_autoptr(GString) second = g_string_new (NULL);

  sky_json_quote (second, room, -1);
  return order_room (owner, "join", SKY_ADMIN_MJOIN, nsp, second->str, who, error);
}

static gboolean
hand_leave (gpointer owner, const char *nsp, const char *who, const char *room, GError **error)
{
  SkyAdminWatch *self = owner;
  g_autoptr(GString) second = g_string_new (NULL);

  sky_json_quote (second, room, -1);
  if (!is_there (self, nsp, room, error))
    return FALSE;
  /* Whoever is told one by one need not be told if they are not in it. */
  return order_room (self, "leave", SKY_ADMIN_MLEAVE, nsp, second->str,
                     who == NULL && !(self->features & SKY_ADMIN_MLEAVE) ? room : who, error);
}

static gboolean
hand_disconnect (gpointer owner, const char *nsp, const char *who, gboolean close, GError **error)
{
  return order_room (owner, "_disconnect", SKY_ADMIN_MDISCONNECT, nsp, close ? "true" : "false", who, error);
}

/* What can be done follows from whether it is connected, and from what the server offers. */
void
sky_admin_watch_set_hands (SkyAdminWatch *self)
{
  SkyAdminFeatures f = self->features;
  SkyRosterHands hands = {
    .emit = f & SKY_ADMIN_EMIT ? hand_emit : NULL,
    .join = f & (SKY_ADMIN_JOIN | SKY_ADMIN_MJOIN) ? hand_join : NULL,
    .leave = f & (SKY_ADMIN_LEAVE | SKY_ADMIN_MLEAVE) ? hand_leave : NULL,
    .disconnect = f & (SKY_ADMIN_DISCONNECT | SKY_ADMIN_MDISCONNECT) ? hand_disconnect : NULL,
    .no_acks = _(NO_ACKS),
  };
  gboolean any = hands.emit != NULL || hands.join != NULL || hands.leave != NULL || hands.disconnect != NULL;

  sky_roster_set_hands (self->roster, &hands, self);
  sky_roster_set_missing (self->roster, _("The server's admin namespace does not offer this."));
  if (!sky_admin_watch_is_live (self))
    sky_roster_set_read_only (self->roster, TRUE, _("The server's admin namespace is not connected."));
  else
    sky_roster_set_read_only (self->roster, !any,
                              _("The server lets its admin namespace only watch: it is set to read-only."));
}
