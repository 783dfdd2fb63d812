#include "ui/link/namespace-chooser.h"

#include "peer/profile/route.h"
#include "ui/link/namespace-form.h"
#include "ui/link/namespace-row.h"
#include "ui/link/state-dot.h"
#include "ui/ui.h"

struct _SkyNamespaceChooser
{
  GtkWidget         parent_instance;
  GtkWidget        *button;
  GtkLabel         *label;
  SkyStateDot      *dot;
  GtkPopover       *popover;
  GtkListBox       *list;
  SkyNamespaceForm *form;
  SkyClient        *client; /* nullable */
  char             *wanted; /* nullable: the one that was chosen, there or not */
  char             *chosen; /* the one to emit in */
  SkySpaceState     state;  /* of @chosen, as last told of */
  SkyPeerState      peer_state;
};

G_DEFINE_FINAL_TYPE (SkyNamespaceChooser, sky_namespace_chooser, GTK_TYPE_WIDGET)

static guint changed_signal;

/* Returns: (transfer full): the namespaces that will be asked for, where the client has not asked yet */
static GStrv
list_planned (SkyNamespaceChooser *self)
{
  static const char *const root_only[] = { "/", NULL };
  const SkyProfile *profile = self->client != NULL ? sky_client_get_profile (self->client) : NULL;
  g_auto(SkyRoute) route = { 0 };

  if (profile != NULL && profile->namespaces != NULL && profile->namespaces[0] != NULL)
    return g_strdupv (profile->namespaces);
  if (profile != NULL && sky_route_resolve (&route, profile, NULL) && route.nsp != NULL)
    return g_strdupv ((char *[]) { route.nsp, NULL });
  return g_strdupv ((GStrv) root_only);
}

/* Returns: (transfer full): of SkySpaceInfo; their strings are borrowed, from the client or @planned */
static GArray *
list_spaces (SkyNamespaceChooser *self, GStrv *planned)
{
  GArray *spaces = g_array_new (FALSE, FALSE, sizeof (SkySpaceInfo));
  SkySpaceInfo info;

  *planned = NULL;
  for (guint i = 0; self->client != NULL && sky_client_get_space (self->client, i, &info); i++)
    g_array_append_val (spaces, info);
  if (spaces->len > 0)
    return spaces;
  *planned = list_planned (self);
  for (guint i = 0; (*planned)[i] != NULL; i++)
    {
      info = (SkySpaceInfo) { .nsp = (*planned)[i], .state = SKY_SPACE_DISCONNECTED };
      g_array_append_val (spaces, info);
    }
  return spaces;
}

/* The one that was asked for if it is there, else the first to which something can be said. */
static const SkySpaceInfo *
pick (SkyNamespaceChooser *self, GArray *spaces)
{
  const SkySpaceInfo *first = NULL;

  for (guint i = 0; i < spaces->len; i++)
    {
      const SkySpaceInfo *info = &g_array_index (spaces, SkySpaceInfo, i);

      if (g_strcmp0 (info->nsp, self->wanted) == 0)
        return info;
      if (first == NULL || (first->state > SKY_SPACE_CONNECTED && info->state <= SKY_SPACE_CONNECTED))
        first = info;
    }
  return first;
}

static gboolean
is_open (SkyNamespaceChooser *self)
{
  return self->client != NULL && sky_peer_get_state (SKY_PEER (self->client)) == SKY_PEER_OPEN;
}

static void
on_asked (SkyNamespaceRow *row, gboolean join, SkyNamespaceChooser *self)
{
  g_autofree char *nsp = g_strdup (sky_namespace_row_get_name (row));

  if (!join)
    sky_client_disconnect_space (self->client, nsp, NULL);
  else if (sky_namespace_row_get_state (row) == SKY_SPACE_REFUSED)
    sky_namespace_form_edit (self->form, nsp);
  else
    sky_namespace_form_connect_again (self->form, nsp);
}

static SkyNamespaceRow *
ensure_row (SkyNamespaceChooser *self, int index)
{
  GtkListBoxRow *line = gtk_list_box_get_row_at_index (self->list, index);
  GtkWidget *row;

  if (line != NULL)
    return SKY_NAMESPACE_ROW (gtk_list_box_row_get_child (line));
  row = sky_namespace_row_new ();
  g_signal_connect_object (row, "asked", G_CALLBACK (on_asked), self, 0);
  gtk_list_box_append (self->list, row);
  return SKY_NAMESPACE_ROW (row);
}

/* Rows are kept as they are, so that the focus stays where it is. */
static void
fill_list (SkyNamespaceChooser *self)
{
  g_auto(GStrv) planned = NULL;
  g_autoptr(GArray) spaces = list_spaces (self, &planned);
  GtkListBoxRow *line;

  for (guint i = 0; i < spaces->len; i++)
    {
      const SkySpaceInfo *info = &g_array_index (spaces, SkySpaceInfo, i);

      sky_namespace_row_set_info (ensure_row (self, (int) i), info, is_open (self), g_str_equal (info->nsp, self->chosen));
    }
  while ((line = gtk_list_box_get_row_at_index (self->list, (int) spaces->len)) != NULL)
    gtk_list_box_remove (self->list, GTK_WIDGET (line));
  sky_namespace_form_refresh (self->form);
}

static void
show_chosen (SkyNamespaceChooser *self, const SkySpaceInfo *info)
{
  const char *words = sky_space_words (info->state);
  g_autofree char *name = g_strdup_printf (_("Namespace %s, %s"), info->nsp, words);

  sky_state_dot_set_state (self->dot, sky_space_to_peer_state (info->state), words);
  gtk_label_set_text (self->label, info->nsp);
  gtk_label_set_width_chars (self->label, (int) CLAMP (g_utf8_strlen (info->nsp, -1), 2, 12));
  gtk_widget_set_tooltip_text (self->button, name);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
}

/**
 * sky_namespace_chooser_refresh:
 *
 * The client may have joined or left a namespace, or is to dial another address.
 */
void
sky_namespace_chooser_refresh (SkyNamespaceChooser *self)
{
  SkyPeerState peer_state = self->client != NULL ? sky_peer_get_state (SKY_PEER (self->client)) : SKY_PEER_IDLE;
  g_auto(GStrv) planned = NULL;
  g_autoptr(GArray) spaces = NULL;
  const SkySpaceInfo *info;
  gboolean same;

  g_return_if_fail (SKY_IS_NAMESPACE_CHOOSER (self));

  spaces = list_spaces (self, &planned);
  info = pick (self, spaces);
  same = g_strcmp0 (self->chosen, info->nsp) == 0 && self->state == info->state && self->peer_state == peer_state;
  g_free (self->chosen);
  self->chosen = g_strdup (info->nsp);
  self->state = info->state;
  self->peer_state = peer_state;
  show_chosen (self, info);
  if (gtk_widget_get_mapped (GTK_WIDGET (self->popover)))
    fill_list (self);
  if (!same)
    g_signal_emit (self, changed_signal, 0);
}

static void
on_popover_map (SkyNamespaceChooser *self)
{
  fill_list (self);
}

static void
on_row_activated (SkyNamespaceChooser *self, GtkListBoxRow *line)
{
  sky_namespace_chooser_choose (self, sky_namespace_row_get_name (SKY_NAMESPACE_ROW (gtk_list_box_row_get_child (line))));
  gtk_popover_popdown (self->popover);
}

/* Who connects a namespace wants to speak there. */
static void
on_form_connected (SkyNamespaceChooser *self, const char *nsp)
{
  sky_namespace_chooser_choose (self, nsp);
}

/**
 * sky_namespace_chooser_choose:
 * @nsp: is remembered too if it is not there: it may be joined later, or again
 *
 * Returns: whether it is there
 */
gboolean
sky_namespace_chooser_choose (SkyNamespaceChooser *self, const char *nsp)
{
  char *copy;

  g_return_val_if_fail (SKY_IS_NAMESPACE_CHOOSER (self), FALSE);

  copy = g_strdup (nsp);
  g_free (self->wanted);
  self->wanted = copy;
  sky_namespace_chooser_refresh (self);
  return g_strcmp0 (self->chosen, self->wanted) == 0;
}

/**
 * sky_namespace_chooser_get_chosen:
 *
 * Returns: (transfer none): the one to emit in now
 */
const char *
sky_namespace_chooser_get_chosen (SkyNamespaceChooser *self)
{
  return self->chosen != NULL ? self->chosen : "/";
}

/**
 * sky_namespace_chooser_get_wanted:
 *
 * Returns: (transfer none): the one that was asked for, there or not; "" for any
 */
const char *
sky_namespace_chooser_get_wanted (SkyNamespaceChooser *self)
{
  return self->wanted != NULL ? self->wanted : "";
}

/**
 * sky_namespace_chooser_set_client:
 * @client: (nullable): whose namespaces to list
 * @wanted: as for sky_namespace_chooser_choose()
 */
void
sky_namespace_chooser_set_client (SkyNamespaceChooser *self, SkyClient *client, const char *wanted)
{
  g_return_if_fail (SKY_IS_NAMESPACE_CHOOSER (self));

  if (self->client != NULL)
    g_signal_handlers_disconnect_by_data (self->client, self);
  g_set_object (&self->client, client);
  if (client != NULL)
    g_signal_connect_object (client, "spaces-changed", G_CALLBACK (sky_namespace_chooser_refresh), self,
                             G_CONNECT_SWAPPED);
  sky_namespace_form_set_client (self->form, client);
  sky_namespace_chooser_choose (self, wanted);
}

static void
sky_namespace_chooser_dispose (GObject *object)
{
  SkyNamespaceChooser *self = SKY_NAMESPACE_CHOOSER (object);

  if (self->client != NULL)
    g_signal_handlers_disconnect_by_data (self->client, self);
  g_clear_object (&self->client);
  g_clear_pointer (&self->button, gtk_widget_unparent);
  G_OBJECT_CLASS (sky_namespace_chooser_parent_class)->dispose (object);
}

static void
sky_namespace_chooser_finalize (GObject *object)
{
  SkyNamespaceChooser *self = SKY_NAMESPACE_CHOOSER (object);

  g_free (self->wanted);
  g_free (self->chosen);
  G_OBJECT_CLASS (sky_namespace_chooser_parent_class)->finalize (object);
}

static void
sky_namespace_chooser_init (SkyNamespaceChooser *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

static void
sky_namespace_chooser_class_init (SkyNamespaceChooserClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sky_namespace_chooser_dispose;
  G_OBJECT_CLASS (klass)->finalize = sky_namespace_chooser_finalize;
  changed_signal = g_signal_new ("changed", SKY_TYPE_NAMESPACE_CHOOSER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                 G_TYPE_NONE, 0);
  g_type_ensure (SKY_TYPE_NAMESPACE_FORM);
  g_type_ensure (SKY_TYPE_STATE_DOT);
  gtk_widget_class_set_template_from_resource (widget_class, SKY_UI "namespace-chooser.ui");
  gtk_widget_class_bind_template_child (widget_class, SkyNamespaceChooser, button);
  gtk_widget_class_bind_template_child (widget_class, SkyNamespaceChooser, label);
  gtk_widget_class_bind_template_child (widget_class, SkyNamespaceChooser, dot);
  gtk_widget_class_bind_template_child (widget_class, SkyNamespaceChooser, popover);
  gtk_widget_class_bind_template_child (widget_class, SkyNamespaceChooser, list);
  gtk_widget_class_bind_template_child (widget_class, SkyNamespaceChooser, form);
  gtk_widget_class_bind_template_callback (widget_class, on_popover_map);
  gtk_widget_class_bind_template_callback (widget_class, on_row_activated);
  gtk_widget_class_bind_template_callback (widget_class, on_form_connected);
}
