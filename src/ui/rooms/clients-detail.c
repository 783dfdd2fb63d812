#include "ui/rooms/clients-detail.h"

#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/utf8.h"
#include "ui/parts/label.h"
#include "ui/parts/lazy-tip.h"
#include "ui/parts/wrap-bar.h"
#include "ui/rooms/clients-row.h"
#include "ui/rooms/rooms-part.h"
#include "ui/roster/roster-words.h"
#include "ui/ui.h"

#define MAX_JSON_CHARS 20000 /* that are shown: a label is laid out as a whole */

typedef enum
{
  FACT_ID,
  FACT_ADDRESS,
  FACT_TRANSPORT,
  FACT_VERSION,
  FACT_AGENT,
  FACT_SINCE,
  FACT_LATENCY,
  FACT_BUFFERED,
  FACT_EVENTS,
  N_FACTS,
} Fact;

static const char *const titles[N_FACTS] = {
  [FACT_ID] = N_("Id"),
  [FACT_ADDRESS] = N_("Address"),
  [FACT_TRANSPORT] = N_("Transport"),
  [FACT_VERSION] = N_("Version"),
  [FACT_AGENT] = N_("Program"),
  [FACT_SINCE] = N_("Connected"),
  [FACT_LATENCY] = N_("Latency"),
  [FACT_BUFFERED] = N_("Buffered"),
  [FACT_EVENTS] = N_("Events"),
};

struct _SkyClientsDetail
{
  GtkWidget        parent_instance;
  GtkStack        *stack;
  GtkLabel        *name, *facts, *rooms, *problem, *no_data;
  GtkToggleButton *reveal;
  SkyRoomsPart    *part;
  GtkLabel        *handshake, *data;
  GtkGrid         *about;
  GtkWidget       *rooms_title;
  GtkLabel        *values[N_FACTS];
  SkyRoster       *roster;  /* nullable */
  char            *nsp, *id; /* nullable */
};

G_DEFINE_FINAL_TYPE (SkyClientsDetail, sky_clients_detail, GTK_TYPE_WIDGET)

/* What stands there already keeps its selection. */
static void
set_json (GtkLabel *label, const char *json)
{
  g_autofree char *pretty = json != NULL ? sky_json_pretty (json, strlen (json), 2) : NULL;
  const char *text = pretty != NULL ? pretty : json != NULL ? json : "";
  g_autofree char *shown = sky_utf8_shorten (text, MAX_JSON_CHARS, "\n…");

  if (g_strcmp0 (gtk_label_get_text (label), shown) != 0)
    gtk_label_set_text (label, shown);
}

static void
show_handshake (SkyClientsDetail *self, const SkyRosterSocket *socket)
{
  gboolean revealed = gtk_toggle_button_get_active (self->reveal);
  g_autofree char *masked = socket->handshake != NULL ? sky_roster_redact (socket->handshake) : NULL;
  gboolean any = g_strcmp0 (masked, socket->handshake) != 0;

  gtk_widget_set_sensitive (GTK_WIDGET (self->reveal), any);
  sky_lazy_tip_set (GTK_WIDGET (self->reveal),
                             any ? _("Show cookies, tokens and passwords as they came")
                                 : _("There is nothing secret in what this client sent"));
  set_json (self->handshake, revealed ? socket->handshake : masked);
}

/* "polling → WebSocket, upgraded at 22:11:04.831" */
static char *
format_transport (const SkyRosterSocket *socket)
{
  g_autofree char *way = sky_clients_row_transport (socket), *time = NULL;

  if (socket->upgraded_usec == 0)
    return g_steal_pointer (&way);
  time = sky_clock_format_time (socket->upgraded_usec);
  return g_strdup_printf (_("%s, upgraded at %s"), way, time);
}

/* "Socket.IO v3 or v4 (EIO 4), default parser" */
static char *
format_version (const SkyRosterSocket *socket)
{
  g_autofree char *version = sky_clients_row_version (socket);

  if (*socket->nsp == '\0')
    return socket->revision != 0 ? g_strdup_printf (_("Engine.IO %u"), socket->revision) : g_strdup (_("plain WebSocket"));
  return socket->parser != NULL ? g_strdup_printf (_("Socket.IO %s, %s parser"), version, socket->parser)
                                : g_strdup_printf (_("Socket.IO %s"), version);
}

/* Returns: (nullable) (transfer full): what is known */
static char *
format_fact (const SkyRosterSocket *socket, Fact fact)
{
  g_autofree char *time = NULL, *size = NULL;

  switch (fact)
    {
    case FACT_ID:
      return g_strdup (socket->id);
    case FACT_ADDRESS:
      return g_strdup (socket->address);
    case FACT_TRANSPORT:
      return format_transport (socket);
    case FACT_VERSION:
      return format_version (socket);
    case FACT_AGENT:
      return g_strdup (socket->user_agent);
    case FACT_SINCE:
      time = sky_clock_format_time (socket->since_usec);
      /* Translators: connected at 12:34:56 */
      return g_strdup_printf (_("at %s"), time);
    case FACT_LATENCY:
      return socket->latency_usec > 0 ? g_strdup_printf (_("%.1f ms, of the last heartbeat"),
                                                         (double) socket->latency_usec / 1e3)
                                      : g_strdup (_("not known before the first heartbeat"));
    case FACT_BUFFERED:
      size = g_format_size (socket->n_buffered);
      return socket->n_buffered > 0 ? g_strdup_printf (_("%s wait to be sent"), size) : g_strdup (_("nothing waits"));
    case FACT_EVENTS:
      return g_strdup_printf (_("%" PRIu64 " in, %" PRIu64 " out"), socket->n_in, socket->n_out);
    case N_FACTS:
      break;
    }
  return NULL;
}

static void
show_about (SkyClientsDetail *self, const SkyRosterSocket *socket)
{
  for (guint i = 0; i < N_FACTS; i++)
    {
      g_autofree char *text = format_fact (socket, i);

      if (text == NULL)
        text = g_strdup ("—");
      if (g_strcmp0 (gtk_label_get_text (self->values[i]), text) != 0)
        gtk_label_set_text (self->values[i], text);
    }
}

static void
make_about (SkyClientsDetail *self)
{
  for (guint i = 0; i < N_FACTS; i++)
    {
      GtkWidget *title = gtk_label_new (_(titles[i])), *value = sky_label_new_wrapped (NULL, "numeric");

      gtk_label_set_xalign (GTK_LABEL (title), 0);
      gtk_widget_set_valign (title, GTK_ALIGN_START);
      gtk_widget_add_css_class (title, "dim-label");
      gtk_label_set_selectable (GTK_LABEL (value), TRUE);
      gtk_grid_attach (self->about, title, 0, (int) i, 1, 1);
      gtk_grid_attach (self->about, value, 1, (int) i, 1, 1);
      self->values[i] = GTK_LABEL (value);
    }
}

static void
show_socket (SkyClientsDetail *self, const SkyRosterSocket *socket)
{
  g_autofree char *transport = sky_clients_row_transport (socket), *version = sky_clients_row_version (socket);
  g_autofree char *rooms = sky_roster_list_rooms (self->roster, self->nsp, self->id, TRUE);
  gboolean raw = *socket->nsp == '\0';
  g_autofree char *facts = raw ? g_strdup (transport)
                               : g_strdup_printf ("%s · %s · %s", socket->nsp, transport, version);

  gtk_label_set_text (self->name, socket->label != NULL ? socket->label : socket->id);
  sky_lazy_tip_set (GTK_WIDGET (self->name), socket->id);
  gtk_label_set_text (self->facts, facts);
  gtk_label_set_text (self->rooms, *rooms != '\0' ? rooms : _("In no room but its own"));
  gtk_widget_set_visible (GTK_WIDGET (self->rooms), !raw);
  gtk_widget_set_visible (self->rooms_title, !raw);
  show_about (self, socket);
  show_handshake (self, socket);
  gtk_widget_set_visible (GTK_WIDGET (self->no_data), socket->data == NULL);
  gtk_widget_set_visible (GTK_WIDGET (self->data), socket->data != NULL);
  set_json (self->data, socket->data);
}

/**
 * sky_clients_detail_show:
 * @nsp: (nullable): %NULL to show nobody
 * @id: (nullable): whom to show; to show the same one again catches up with it
 */
void
sky_clients_detail_show (SkyClientsDetail *self, SkyRoster *roster, const char *nsp, const char *id)
{
  gboolean same = g_strcmp0 (self->id, id) == 0 && g_strcmp0 (self->nsp, nsp) == 0;
  SkyRosterSocket socket = { 0 };
  gboolean there = id != NULL && sky_roster_find_socket (roster, nsp, id, &socket);

  g_return_if_fail (SKY_IS_CLIENTS_DETAIL (self));

  if (!same)
    {
      char *space = g_strdup (nsp), *name = g_strdup (id);

      g_free (self->nsp);
      g_free (self->id);
      self->nsp = space;
      self->id = name;
      gtk_toggle_button_set_active (self->reveal, FALSE);
      gtk_widget_set_visible (GTK_WIDGET (self->problem), FALSE);
    }
  g_set_object (&self->roster, roster);
  gtk_stack_set_visible_child_name (self->stack, id != NULL ? "socket" : "empty");
  if (id == NULL)
    return;
  sky_rooms_part_set_target (self->part, roster, nsp, id, there ? NULL : _("This socket has gone."));
  if (there)
    show_socket (self, &socket);
  else
    gtk_label_set_text (self->facts, _("disconnected"));
}

static void
on_reveal (SkyClientsDetail *self)
{
  SkyRosterSocket socket;

  if (self->roster != NULL && self->id != NULL && sky_roster_find_socket (self->roster, self->nsp, self->id, &socket))
    show_handshake (self, &socket);
}

static void
on_copy (SkyClientsDetail *self)
{
  if (self->id != NULL)
    gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)), self->id);
}

static void
on_part_done (SkyClientsDetail *self, const char *problem)
{
  gtk_label_set_text (self->problem, problem != NULL ? problem : "");
  gtk_widget_set_visible (GTK_WIDGET (self->problem), problem != NULL);
}

static void
sky_clients_detail_dispose (GObject *object)
{
  SkyClientsDetail *self = SKY_CLIENTS_DETAIL (object);

  g_clear_object (&self->roster);
  if (self->stack != NULL)
    gtk_widget_unparent (GTK_WIDGET (self->stack));
  self->stack = NULL;
  G_OBJECT_CLASS (sky_clients_detail_parent_class)->dispose (object);
}

static void
sky_clients_detail_finalize (GObject *object)
{
  g_free (SKY_CLIENTS_DETAIL (object)->nsp);
  g_free (SKY_CLIENTS_DETAIL (object)->id);
  G_OBJECT_CLASS (sky_clients_detail_parent_class)->finalize (object);
}

static void
sky_clients_detail_init (SkyClientsDetail *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  make_about (self);
}

static void
sky_clients_detail_class_init (SkyClientsDetailClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  g_type_ensure (SKY_TYPE_ROOMS_PART);
  g_type_ensure (SKY_TYPE_WRAP_BAR);
  G_OBJECT_CLASS (klass)->dispose = sky_clients_detail_dispose;
  G_OBJECT_CLASS (klass)->finalize = sky_clients_detail_finalize;
  gtk_widget_class_set_template_from_resource (widget_class, SKY_UI "clients-detail.ui");
  gtk_widget_class_bind_template_child (widget_class, SkyClientsDetail, stack);
  gtk_widget_class_bind_template_child (widget_class, SkyClientsDetail, name);
  gtk_widget_class_bind_template_child (widget_class, SkyClientsDetail, facts);
  gtk_widget_class_bind_template_child (widget_class, SkyClientsDetail, rooms);
  gtk_widget_class_bind_template_child (widget_class, SkyClientsDetail, problem);
  gtk_widget_class_bind_template_child (widget_class, SkyClientsDetail, no_data);
  gtk_widget_class_bind_template_child (widget_class, SkyClientsDetail, reveal);
  gtk_widget_class_bind_template_child (widget_class, SkyClientsDetail, part);
  gtk_widget_class_bind_template_child (widget_class, SkyClientsDetail, handshake);
  gtk_widget_class_bind_template_child (widget_class, SkyClientsDetail, data);
  gtk_widget_class_bind_template_child (widget_class, SkyClientsDetail, about);
  gtk_widget_class_bind_template_child (widget_class, SkyClientsDetail, rooms_title);
  gtk_widget_class_bind_template_callback (widget_class, on_reveal);
  gtk_widget_class_bind_template_callback (widget_class, on_copy);
  gtk_widget_class_bind_template_callback (widget_class, on_part_done);
}
