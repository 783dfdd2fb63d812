#include "ui/clients-detail.h"

#include <string.h>

#include "base/json.h"
#include "ui/clients-row.h"
#include "ui/rooms-part.h"
#include "ui/roster-words.h"
#include "ui/ui.h"
#include "ui/wrap-bar.h"

struct _SkyClientsDetail
{
  GtkWidget        parent_instance;
  GtkStack        *stack;
  GtkLabel        *name, *facts, *rooms, *problem, *no_data;
  GtkToggleButton *reveal;
  SkyRoomsPart    *part;
  GtkLabel        *handshake, *data;
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

  if (g_strcmp0 (gtk_label_get_text (label), text) != 0)
    gtk_label_set_text (label, text);
}

static void
show_handshake (SkyClientsDetail *self, const SkyRosterSocket *socket)
{
  gboolean revealed = gtk_toggle_button_get_active (self->reveal);
  g_autofree char *masked = socket->handshake != NULL ? sky_roster_redact (socket->handshake) : NULL;
  gboolean any = g_strcmp0 (masked, socket->handshake) != 0;

  gtk_widget_set_sensitive (GTK_WIDGET (self->reveal), any);
  sky_roster_set_tip (GTK_WIDGET (self->reveal),
                               any ? _("Show cookies, tokens and passwords as they came")
                                   : _("There is nothing secret in what this client sent"));
  set_json (self->handshake, revealed ? socket->handshake : masked);
}

static char *
describe_rooms (SkyClientsDetail *self)
{
  g_autoptr(GPtrArray) rooms = sky_roster_get_rooms_of (self->roster, self->nsp, self->id);
  GString *out = g_string_new (NULL);

  for (guint i = 0; i < rooms->len; i++)
    g_string_append_printf (out, "%s# %s", i > 0 ? ",  " : "", (const char *) g_ptr_array_index (rooms, i));
  if (rooms->len == 0)
    g_string_append (out, _("In no room but its own"));
  return g_string_free (out, FALSE);
}

static void
show_socket (SkyClientsDetail *self, const SkyRosterSocket *socket)
{
  g_autofree char *transport = sky_clients_row_transport (socket), *version = sky_clients_row_version (socket);
  g_autofree char *rooms = describe_rooms (self);
  g_autofree char *facts = g_strdup_printf ("%s · %s · %s", socket->nsp, transport, version);

  gtk_label_set_text (self->name, socket->label != NULL ? socket->label : socket->id);
  sky_roster_set_tip (GTK_WIDGET (self->name), socket->id);
  gtk_label_set_text (self->facts, facts);
  gtk_label_set_text (self->rooms, rooms);
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
on_failed (SkyClientsDetail *self, const char *problem)
{
  gtk_label_set_text (self->problem, problem);
  gtk_widget_set_visible (GTK_WIDGET (self->problem), TRUE);
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
  gtk_widget_class_bind_template_callback (widget_class, on_reveal);
  gtk_widget_class_bind_template_callback (widget_class, on_failed);
}
