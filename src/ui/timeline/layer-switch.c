#include "ui/timeline/layer-switch.h"

#include "trace/record-filter.h"
#include "ui/ui.h"

typedef enum
{
  SWITCH_ALL,
  SWITCH_HANDSHAKE,
  SWITCH_FRAMES,
  SWITCH_ENGINE_IO,
  SWITCH_EVENTS,
  N_SWITCHES
} Switch;

static const struct
{
  const char *title, *tooltip;
  guint       layers;
  gboolean    initially;
} switches[N_SWITCHES] = {
  [SWITCH_ALL] = { N_("All"), N_("Every record of every layer"), SKY_FILTER_ALL },
  [SWITCH_HANDSHAKE]
  = { N_("Handshake"), N_("TCP, TLS, HTTP and the upgrade"), SKY_FILTER_HANDSHAKE, TRUE },
  [SWITCH_FRAMES]
  = { N_("Frames"), N_("WebSocket frames, control frames included, and the requests and connections that only long-polling needs"), SKY_FILTER_FRAMES },
  [SWITCH_ENGINE_IO]
  = { "Engine.IO", N_("Engine.IO packets: heartbeat, messages, upgrade"), SKY_FILTER_ENGINE_IO },
  [SWITCH_EVENTS]
  = { N_("Events"), N_("Events, acks, namespaces, and what happened to the connection"),
      SKY_FILTER_EVENTS, TRUE },
};

struct _SkyLayerSwitch
{
  GtkWidget        parent_instance;
  GtkToggleButton *buttons[N_SWITCHES];
  gboolean         settling; /* our own doing, not a person's */
};

G_DEFINE_FINAL_TYPE (SkyLayerSwitch, sky_layer_switch, GTK_TYPE_WIDGET)

static guint changed_signal;

static void
set_on (SkyLayerSwitch *self, Switch which, gboolean on)
{
  self->settling = TRUE;
  gtk_toggle_button_set_active (self->buttons[which], on);
  self->settling = FALSE;
}

/* "All" and the others exclude each other, and one of them is always on. */
static void
on_toggled (GtkToggleButton *button, SkyLayerSwitch *self)
{
  gboolean any = FALSE;

  if (self->settling)
    return;
  if (button == self->buttons[SWITCH_ALL])
    for (Switch i = SWITCH_ALL + 1; i < N_SWITCHES; i++)
      set_on (self, i, gtk_toggle_button_get_active (button) ? FALSE : switches[i].initially);
  for (Switch i = SWITCH_ALL + 1; i < N_SWITCHES; i++)
    any |= gtk_toggle_button_get_active (self->buttons[i]);
  set_on (self, SWITCH_ALL, !any);
  g_signal_emit (self, changed_signal, 0);
}

/**
 * sky_layer_switch_get_layers:
 *
 * Returns: SKY_FILTER_ bits for sky_record_filter_new()
 */
guint
sky_layer_switch_get_layers (SkyLayerSwitch *self)
{
  guint layers = 0;

  g_return_val_if_fail (SKY_IS_LAYER_SWITCH (self), SKY_FILTER_ALL);

  for (Switch i = 0; i < N_SWITCHES; i++)
    if (gtk_toggle_button_get_active (self->buttons[i]))
      layers |= switches[i].layers;
  return layers;
}

/**
 * sky_layer_switch_show_all:
 *
 * Does what pressing "All" does.
 */
void
sky_layer_switch_show_all (SkyLayerSwitch *self)
{
  g_return_if_fail (SKY_IS_LAYER_SWITCH (self));

  gtk_toggle_button_set_active (self->buttons[SWITCH_ALL], TRUE);
}

/**
 * sky_layer_switch_set_kind:
 * @socket_io: whether Socket.IO is spoken; a plain WebSocket has messages instead of events
 */
void
sky_layer_switch_set_kind (SkyLayerSwitch *self, gboolean socket_io)
{
  g_return_if_fail (SKY_IS_LAYER_SWITCH (self));

  gtk_widget_set_visible (GTK_WIDGET (self->buttons[SWITCH_ENGINE_IO]), socket_io);
  gtk_button_set_label (GTK_BUTTON (self->buttons[SWITCH_EVENTS]),
                        socket_io ? _("Events") : _("Messages"));
}

static void
sky_layer_switch_dispose (GObject *object)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))) != NULL)
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (sky_layer_switch_parent_class)->dispose (object);
}

static void
sky_layer_switch_class_init (SkyLayerSwitchClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sky_layer_switch_dispose;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BOX_LAYOUT);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
  changed_signal = g_signal_new ("changed", SKY_TYPE_LAYER_SWITCH, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                 NULL, G_TYPE_NONE, 0);
}

static void
sky_layer_switch_init (SkyLayerSwitch *self)
{
  gtk_widget_add_css_class (GTK_WIDGET (self), "linked");
  gtk_widget_add_css_class (GTK_WIDGET (self), "layer-switch");
  gtk_widget_set_halign (GTK_WIDGET (self), GTK_ALIGN_START);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _("Layers shown"), -1);
  for (Switch i = 0; i < N_SWITCHES; i++)
    {
      GtkWidget *button = gtk_toggle_button_new_with_label (_(switches[i].title));

      self->buttons[i] = GTK_TOGGLE_BUTTON (button);
      gtk_widget_set_tooltip_text (button, _(switches[i].tooltip));
      gtk_toggle_button_set_active (self->buttons[i], switches[i].initially);
      g_signal_connect (button, "toggled", G_CALLBACK (on_toggled), self);
      gtk_widget_set_parent (button, GTK_WIDGET (self));
    }
}
