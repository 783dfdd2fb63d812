#include "ui/roster/roster-words.h"

#include <string.h>

#include "base/utf8.h"
#include "ui/parts/lazy-tip.h"
#include "ui/ui.h"

#define HEAD_LEN     4    /* letters of an id that are shown, at its beginning and its end */
#define LEFT_TO_RIGHT "\u200e" /* a line that begins with it runs so */
#define MAX_LIST_LEN 1000 /* bytes of a list of rooms, or not much more */

/**
 * sky_roster_choice_set:
 * @nsp: (nullable): copied, as the others
 *
 * Its strings may be those of @self.
 */
void
sky_roster_choice_set (SkyRosterChoice *self, const char *nsp, const char *room, const char *socket)
{
  SkyRosterChoice next = { g_strdup (nsp), g_strdup (room), g_strdup (socket) };

  sky_roster_choice_clear (self);
  *self = next;
}

/**
 * sky_roster_choice_clear:
 *
 * Chooses nothing.
 */
void
sky_roster_choice_clear (SkyRosterChoice *self)
{
  g_clear_pointer (&self->nsp, g_free);
  g_clear_pointer (&self->room, g_free);
  g_clear_pointer (&self->socket, g_free);
}

/* Returns: whether they are the same place */
gboolean
sky_roster_choice_equal (const SkyRosterChoice *a, const SkyRosterChoice *b)
{
  return g_strcmp0 (a->nsp, b->nsp) == 0 && g_strcmp0 (a->room, b->room) == 0 && g_strcmp0 (a->socket, b->socket) == 0;
}

/**
 * sky_roster_short_id:
 * @id: of a socket
 *
 * Returns: (transfer full): its beginning and its end, "x7Qk…AAAB"; that of Socket.IO 2 without its namespace
 */
char *
sky_roster_short_id (const char *id)
{
  const char *mark = strrchr (id, '#');
  const char *bare = mark != NULL ? mark + 1 : id;
  glong len = g_utf8_strlen (bare, -1);
  g_autofree char *head = sky_utf8_shorten (bare, HEAD_LEN, "…");

  if (len <= 2 * HEAD_LEN + 1)
    return g_strdup (bare);
  return g_strconcat (head, g_utf8_offset_to_pointer (bare, len - HEAD_LEN), NULL);
}

/**
 * sky_roster_brief_id:
 *
 * Returns: (transfer full): the beginning of it, "x7Qk…", to stand beside a name
 */
char *
sky_roster_brief_id (const char *id)
{
  const char *mark = strrchr (id, '#');
  const char *bare = mark != NULL ? mark + 1 : id;

  return sky_utf8_shorten (bare, HEAD_LEN, "…");
}

/**
 * sky_roster_name_socket:
 *
 * Returns: (transfer full): what a person knows a socket by, "alice x7Qk…" or "x7Qk…AAAB", there or gone
 */
char *
sky_roster_name_socket (SkyRoster *roster, const char *nsp, const char *id)
{
  g_autofree char *brief = sky_roster_brief_id (id);
  SkyRosterSocket socket;

  if (!sky_roster_find_socket (roster, nsp, id, &socket) || socket.label == NULL)
    return sky_roster_short_id (id);
  return g_strdup_printf ("%s %s", socket.label, brief);
}

/* Returns: (transfer full): the name; one that nobody could see, in quotation marks */
char *
sky_roster_quote_room (const char *room)
{
  return room[strspn (room, " \t\r\n")] != '\0' ? g_strdup (room) : g_strdup_printf ("\"%s\"", room);
}

/* The first letter tells, as everywhere. */
static gboolean
begins_at_the_right (const char *name)
{
  static const GUnicodeScript scripts[] = { G_UNICODE_SCRIPT_ARABIC, G_UNICODE_SCRIPT_HEBREW, G_UNICODE_SCRIPT_SYRIAC,
                                            G_UNICODE_SCRIPT_THAANA, G_UNICODE_SCRIPT_NKO };
  const char *at = g_utf8_validate (name, -1, NULL) ? name : "";

  while (*at != '\0' && !g_unichar_isalpha (g_utf8_get_char (at)))
    at = g_utf8_next_char (at);
  for (guint i = 0; i < G_N_ELEMENTS (scripts); i++)
    if (g_unichar_get_script (g_utf8_get_char (at)) == scripts[i])
      return TRUE;
  return FALSE;
}

/**
 * sky_roster_mark_room:
 *
 * Returns: (transfer full): "# room-42": who reads from the left sees the sign first, in whatever script the name is
 */
char *
sky_roster_mark_room (const char *room)
{
  g_autofree char *name = sky_roster_quote_room (room);
  gboolean other_way = gtk_widget_get_default_direction () == GTK_TEXT_DIR_LTR && begins_at_the_right (name);

  return g_strconcat (other_way ? LEFT_TO_RIGHT : "", "# ", name, NULL);
}

/**
 * sky_roster_list_rooms:
 * @marked: whether a sign stands before each
 *
 * Returns: (transfer full): the rooms that a socket is in besides its own, as far as anybody would read on
 */
char *
sky_roster_list_rooms (SkyRoster *roster, const char *nsp, const char *id, gboolean marked)
{
  g_autoptr(GPtrArray) rooms = sky_roster_get_rooms_of (roster, nsp, id);
  GString *out = g_string_new (NULL);
  guint i;

  for (i = 0; i < rooms->len && out->len < MAX_LIST_LEN; i++)
    {
      const char *room = g_ptr_array_index (rooms, i);
      g_autofree char *name = marked ? sky_roster_mark_room (room) : sky_roster_quote_room (room);

      g_string_append_printf (out, "%s%s", i == 0 ? "" : marked ? ",  " : ", ", name);
    }
  if (i < rooms->len)
    g_string_append (out, ", …");
  return g_string_free (out, FALSE);
}

/* Returns: (transfer none): "WebSocket", "long-polling", as a person would say it */
const char *
sky_roster_transport_title (const char *transport)
{
  if (g_strcmp0 (transport, "websocket") == 0)
    return _("WebSocket");
  if (g_strcmp0 (transport, "polling") == 0)
    return _("long-polling");
  return transport != NULL ? transport : _("unknown transport");
}

/* Returns: (transfer none): a sign that tells the transport without its colour */
const char *
sky_roster_transport_glyph (const char *transport, GdkRGBA *color)
{
  gboolean websocket = g_strcmp0 (transport, "websocket") == 0, polling = g_strcmp0 (transport, "polling") == 0;

  *color = websocket ? (GdkRGBA) { 0.11f, 0.58f, 0.36f, 1 }
           : polling ? (GdkRGBA) { 0.80f, 0.52f, 0.05f, 1 }
                     : (GdkRGBA) { 0.50f, 0.50f, 0.50f, 1 };
  return websocket ? "●" : polling ? "◐" : "○";
}

/* Returns: (transfer full): events a second; "" for none, one digit after the point below ten */
char *
sky_roster_format_rate (double rate)
{
  if (rate < 0.05)
    return g_strdup ("");
  return g_strdup_printf (rate < 9.95 ? "%.1f" : "%.0f", rate);
}

char *
sky_roster_count_sockets (guint n_sockets)
{
  return g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%u socket", "%u sockets", n_sockets), n_sockets);
}

/**
 * sky_roster_allow:
 * @hand: offset of the hand in SkyRosterHands that the widget uses
 * @problem: (nullable): why it makes no sense at present, whatever the server can do
 * @tip: what the widget does, if it can
 *
 * Makes a control sensitive or not; its tooltip says what it does, or why it cannot.
 *
 * Returns: whether it can
 */
gboolean
sky_roster_allow (GtkWidget *widget, SkyRoster *roster, gsize hand, const char *problem, const char *tip)
{
  const char *why = NULL;

  if (roster == NULL || !sky_roster_can (roster, hand, &why))
    problem = why != NULL ? why : _("This server does not offer that.");
  gtk_widget_set_sensitive (widget, problem == NULL);
  sky_lazy_tip_set (widget, problem != NULL ? problem : tip);
  return problem == NULL;
}
