#include "ui/link/namespace-row.h"

#include "ui/link/state-dot.h"
#include "ui/parts/marks.h"
#include "ui/ui.h"

struct _SkyNamespaceRow
{
  GtkWidget     parent_instance;
  GtkWidget    *box, *badge, *button, *check;
  GtkLabel     *name, *state;
  SkyStateDot  *dot;
  char         *nsp;
  SkySpaceState space_state;
};

G_DEFINE_FINAL_TYPE (SkyNamespaceRow, sky_namespace_row, GTK_TYPE_WIDGET)

static guint asked_signal;

static const struct
{
  SkyPeerState like; /* whose dot it has */
  const char  *words, *action;
} looks[] = {
  [SKY_SPACE_CONNECTING] = { SKY_PEER_WORKING, N_("connecting"), NULL },
  [SKY_SPACE_CONNECTED] = { SKY_PEER_OPEN, N_("connected"), N_("Disconnect") },
  [SKY_SPACE_REFUSED] = { SKY_PEER_FAILED, N_("refused"), N_("Connect again") },
  [SKY_SPACE_DISCONNECTED] = { SKY_PEER_CLOSED, N_("disconnected"), N_("Connect again") },
};

/* Returns: the state whose dot a namespace has */
SkyPeerState
sky_space_to_peer_state (SkySpaceState state)
{
  return looks[state].like;
}

/* Returns: (transfer none): the state in a word, translated, in lower case */
const char *
sky_space_words (SkySpaceState state)
{
  return _(looks[state].words);
}

static char *
describe (const SkySpaceInfo *info)
{
  const char *words = sky_space_words (info->state);

  if (info->state == SKY_SPACE_CONNECTED && info->sid != NULL)
    return g_strdup_printf ("%s · sid %s", words, info->sid);
  return info->why != NULL && *info->why != '\0' ? g_strdup_printf ("%s: %s", words, info->why) : g_strdup (words);
}

static void
on_button (SkyNamespaceRow *self)
{
  g_signal_emit (self, asked_signal, 0, self->space_state != SKY_SPACE_CONNECTED);
}

static void
show_button (SkyNamespaceRow *self, gboolean open)
{
  const char *action = looks[self->space_state].action;
  g_autofree char *name = action != NULL ? g_strdup_printf ("%s %s", _(action), self->nsp) : NULL;

  gtk_widget_set_visible (self->button, action != NULL && open);
  if (action == NULL)
    return;
  gtk_button_set_label (GTK_BUTTON (self->button), _(action));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
}

/**
 * sky_namespace_row_set_info:
 * @info: what to show; copied
 * @open: whether there is a connection to join or leave it on
 * @chosen: whether events go there
 */
void
sky_namespace_row_set_info (SkyNamespaceRow *self, const SkySpaceInfo *info, gboolean open, gboolean chosen)
{
  g_autofree char *state = describe (info);

  g_return_if_fail (SKY_IS_NAMESPACE_ROW (self));

  if (g_strcmp0 (self->nsp, info->nsp) != 0)
    {
      g_free (self->nsp);
      self->nsp = g_strdup (info->nsp);
    }
  self->space_state = info->state;
  sky_state_dot_set_state (self->dot, looks[info->state].like, sky_space_words (info->state));
  gtk_label_set_text (self->name, info->nsp);
  gtk_label_set_text (self->state, state);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->state), state);
  sky_marks_set (GTK_WIDGET (self->state), "error", info->state == SKY_SPACE_REFUSED);
  gtk_widget_set_visible (self->badge, info->state == SKY_SPACE_CONNECTED && info->recovered);
  gtk_widget_set_opacity (self->check, chosen ? 1 : 0);
  show_button (self, open);
}

/* Returns: (transfer none) */
const char *
sky_namespace_row_get_name (SkyNamespaceRow *self)
{
  return self->nsp;
}

SkySpaceState
sky_namespace_row_get_state (SkyNamespaceRow *self)
{
  return self->space_state;
}

static void
sky_namespace_row_dispose (GObject *object)
{
  g_clear_pointer (&SKY_NAMESPACE_ROW (object)->box, gtk_widget_unparent);
  G_OBJECT_CLASS (sky_namespace_row_parent_class)->dispose (object);
}

static void
sky_namespace_row_finalize (GObject *object)
{
  g_free (SKY_NAMESPACE_ROW (object)->nsp);
  G_OBJECT_CLASS (sky_namespace_row_parent_class)->finalize (object);
}

static void
sky_namespace_row_init (SkyNamespaceRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

static void
sky_namespace_row_class_init (SkyNamespaceRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sky_namespace_row_dispose;
  G_OBJECT_CLASS (klass)->finalize = sky_namespace_row_finalize;
  asked_signal = g_signal_new ("asked", SKY_TYPE_NAMESPACE_ROW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
                               1, G_TYPE_BOOLEAN);
  g_type_ensure (SKY_TYPE_STATE_DOT);
  gtk_widget_class_set_template_from_resource (widget_class, SKY_UI "namespace-row.ui");
  gtk_widget_class_bind_template_child (widget_class, SkyNamespaceRow, box);
  gtk_widget_class_bind_template_child (widget_class, SkyNamespaceRow, badge);
  gtk_widget_class_bind_template_child (widget_class, SkyNamespaceRow, button);
  gtk_widget_class_bind_template_child (widget_class, SkyNamespaceRow, check);
  gtk_widget_class_bind_template_child (widget_class, SkyNamespaceRow, name);
  gtk_widget_class_bind_template_child (widget_class, SkyNamespaceRow, state);
  gtk_widget_class_bind_template_child (widget_class, SkyNamespaceRow, dot);
  gtk_widget_class_bind_template_callback (widget_class, on_button);
}

/* Returns: (transfer floating) */
GtkWidget *
sky_namespace_row_new (void)
{
  return g_object_new (SKY_TYPE_NAMESPACE_ROW, NULL);
}
