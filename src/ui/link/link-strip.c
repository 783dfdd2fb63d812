#include "ui/link/link-strip-private.h"

#include "peer/client/client.h"
#include "ui/link/heartbeat-lens.h"
#include "ui/link/sparkline.h"
#include "ui/link/state-dot.h"
#include "ui/parts/label.h"
#include "ui/ui.h"

#define GAP 18 /* logical pixels between parts */

/* Where there is no room for all, those that stand first here stay longest. */
static const Part by_worth[N_PARTS] = {
  PART_DOT, PART_STATE,    PART_HELD, PART_BUFFERED, PART_HEART, PART_TRANSPORT, PART_RATES,  PART_REVISION,
  PART_ACK, PART_RTT, PART_PARSER, PART_SID, PART_HANDSHAKE, PART_SPARK, PART_PHASES,
};

static const struct
{
  int         gap; /* before it */
  const char *css, *tip;
} looks[N_PARTS] = {
  [PART_DOT] = { 0, NULL, NULL },
  [PART_STATE] = { 8, "numeric", N_("State, and for how long") },
  [PART_TRANSPORT] = { GAP, NULL, N_("How the messages travel, and how it came to that") },
  [PART_REVISION] = { GAP, NULL, N_("Revision of the Engine.IO protocol that is spoken") },
  [PART_PARSER] = { GAP, NULL, N_("Packets are in MessagePack: npm socket.io-msgpack-parser") },
  [PART_SID] = { GAP, "monospace", N_("Session id that the server gave") },
  [PART_HEART] = { GAP - 4, NULL, NULL },
  [PART_RTT] = { GAP - 4, "numeric", N_("Round trip of the last ping, from this side to the server and back") },
  [PART_HANDSHAKE] = { GAP, "numeric", N_("From the start of the dial to the end of the handshake") },
  [PART_PHASES] = { 6, "caption", N_("Steps of the dial, in milliseconds") },
  [PART_ACK] = { GAP, "numeric", N_("Latency of the last acknowledgement") },
  [PART_RATES] = { GAP, "numeric", N_("Messages in and out each second, over the last five seconds") },
  [PART_SPARK] = { 8, NULL, N_("Messages each second, over the last minute") },
  [PART_HELD] = { GAP, "numeric", N_("Events that wait until their namespace is connected; they go out in their order") },
  [PART_BUFFERED] = { GAP, "numeric", NULL },
};

G_DEFINE_FINAL_TYPE (SkyLinkStrip, sky_link_strip, GTK_TYPE_WIDGET)

static gboolean
on_tick (gpointer user_data)
{
  SkyLinkStrip *self = user_data;

  sky_traffic_read (&self->traffic, FALSE);
  sky_sparkline_push (SKY_SPARKLINE (self->parts[PART_SPARK]), self->traffic.in + self->traffic.out);
  sky_traffic_read (&self->traffic, TRUE);
  sky_link_strip_say (self);
  return G_SOURCE_CONTINUE;
}

static void
on_changed (SkyLinkStrip *self)
{
  gboolean is_open = sky_peer_get_state (self->peer) == SKY_PEER_OPEN;

  if (is_open && !self->was_open && self->handshakes != NULL)
    sky_link_strip_read_handshake (self);
  self->was_open = is_open;
  if (gtk_widget_get_mapped (GTK_WIDGET (self)))
    {
      sky_traffic_read (&self->traffic, FALSE);
      sky_link_strip_say (self);
    }
}

/**
 * sky_link_strip_set_peer:
 * @peer: whom the strip tells of; set once
 */
void
sky_link_strip_set_peer (SkyLinkStrip *self, SkyPeer *peer)
{
  static const char *const watched[]
      = { "notify::state", "notify::sid", "notify::transport", "notify::n-clients" };

  g_return_if_fail (SKY_IS_LINK_STRIP (self) && self->peer == NULL);

  self->peer = g_object_ref (peer);
  sky_traffic_init (&self->traffic, sky_peer_get_store (peer));
  if (SKY_IS_CLIENT (peer))
    {
      self->handshakes = sky_handshakes_new (sky_peer_get_store (peer));
      sky_heartbeat_lens_set_client (SKY_HEARTBEAT_LENS (self->parts[PART_HEART]), SKY_CLIENT (peer));
      g_signal_connect_object (peer, "spaces-changed", G_CALLBACK (on_changed), self, G_CONNECT_SWAPPED);
    }
  sky_state_dot_set_peer (SKY_STATE_DOT (self->parts[PART_DOT]), peer);
  for (guint i = 0; i < G_N_ELEMENTS (watched); i++)
    {
      const char *property = watched[i] + strlen ("notify::");

      if (g_object_class_find_property (G_OBJECT_GET_CLASS (peer), property) != NULL)
        g_signal_connect_object (peer, watched[i], G_CALLBACK (on_changed), self, G_CONNECT_SWAPPED);
    }
  on_changed (self);
}

static int
get_width (SkyLinkStrip *self, Part part, gboolean natural)
{
  int min, nat;

  if (!gtk_widget_get_visible (self->parts[part]))
    return 0;
  gtk_widget_measure (self->parts[part], GTK_ORIENTATION_HORIZONTAL, -1, &min, &nat, NULL, NULL);
  return looks[part].gap + (natural ? nat : min);
}

static void
sky_link_strip_measure (GtkWidget     *widget,
                        GtkOrientation orientation,
                        int            for_size,
                        int           *minimum,
                        int           *natural,
                        int           *minimum_baseline,
                        int           *natural_baseline)
{
  SkyLinkStrip *self = SKY_LINK_STRIP (widget);

  *minimum = *natural = 0;
  for (Part part = 0; part < N_PARTS; part++)
    {
      int min, nat;

      if (orientation == GTK_ORIENTATION_HORIZONTAL)
        *natural += get_width (self, part, TRUE);
      else
        {
          gtk_widget_measure (self->parts[part], orientation, -1, &min, &nat, NULL, NULL);
          *minimum = MAX (*minimum, min);
          *natural = MAX (*natural, nat);
        }
    }
  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    *minimum = get_width (self, PART_DOT, FALSE) + get_width (self, PART_STATE, FALSE);
}

static void
sky_link_strip_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  SkyLinkStrip *self = SKY_LINK_STRIP (widget);
  gboolean fits[N_PARTS] = { FALSE };
  int left = width, x = 0;

  for (guint i = 0; i < N_PARTS; i++)
    {
      Part part = by_worth[i];
      int needed = get_width (self, part, TRUE);

      fits[part] = needed > 0 && (needed <= left || part <= PART_STATE);
      left -= fits[part] ? needed : 0;
    }
  for (Part part = 0; part < N_PARTS; part++)
    {
      int part_width = get_width (self, part, TRUE) - looks[part].gap;
      GtkAllocation at = { x + looks[part].gap, 0, MIN (part_width, width - x - looks[part].gap), height };

      gtk_widget_set_child_visible (self->parts[part], fits[part]);
      if (!fits[part])
        continue;
      x = at.x + at.width;
      if (gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL)
        at.x = width - x;
      gtk_widget_size_allocate (self->parts[part], &at, -1);
    }
}

static void
sky_link_strip_map (GtkWidget *widget)
{
  SkyLinkStrip *self = SKY_LINK_STRIP (widget);

  GTK_WIDGET_CLASS (sky_link_strip_parent_class)->map (widget);
  if (self->peer == NULL)
    return;
  sky_traffic_read (&self->traffic, TRUE);
  sky_link_strip_say (self);
  self->ticker = g_timeout_add_seconds (1, on_tick, self);
}

static void
sky_link_strip_unmap (GtkWidget *widget)
{
  g_clear_handle_id (&SKY_LINK_STRIP (widget)->ticker, g_source_remove);
  GTK_WIDGET_CLASS (sky_link_strip_parent_class)->unmap (widget);
}

static void
sky_link_strip_dispose (GObject *object)
{
  SkyLinkStrip *self = SKY_LINK_STRIP (object);

  if (self->peer != NULL)
    g_signal_handlers_disconnect_by_data (self->peer, self);
  for (Part part = 0; part < N_PARTS; part++)
    g_clear_pointer (&self->parts[part], gtk_widget_unparent);
  g_clear_pointer (&self->handshakes, sky_handshakes_free);
  g_clear_object (&self->peer);
  G_OBJECT_CLASS (sky_link_strip_parent_class)->dispose (object);
}

static void
sky_link_strip_finalize (GObject *object)
{
  g_free (SKY_LINK_STRIP (object)->handshake);
  g_free (SKY_LINK_STRIP (object)->phases);
  G_OBJECT_CLASS (sky_link_strip_parent_class)->finalize (object);
}

static GtkWidget *
make_part (Part part)
{
  GtkWidget *label;

  if (part == PART_DOT)
    return g_object_new (SKY_TYPE_STATE_DOT, NULL);
  if (part == PART_SPARK)
    return g_object_new (SKY_TYPE_SPARKLINE, NULL);
  if (part == PART_HEART)
    return sky_heartbeat_lens_new ();
  label = sky_label_new_cut ("", looks[part].css);
  gtk_label_set_single_line_mode (GTK_LABEL (label), TRUE);
  gtk_widget_set_visible (label, FALSE);
  return label;
}

static void
sky_link_strip_init (SkyLinkStrip *self)
{
  self->handshake = g_strdup ("");
  self->phases = g_strdup ("");
  for (Part part = 0; part < N_PARTS; part++)
    {
      self->parts[part] = make_part (part);
      gtk_widget_set_parent (self->parts[part], GTK_WIDGET (self));
      if (looks[part].tip != NULL)
        gtk_widget_set_tooltip_text (self->parts[part], _(looks[part].tip));
    }
  gtk_widget_add_css_class (self->parts[PART_PHASES], "dim-label");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->parts[PART_SPARK]), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _(looks[PART_SPARK].tip), -1);
}

static void
sky_link_strip_class_init (SkyLinkStripClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sky_link_strip_dispose;
  G_OBJECT_CLASS (klass)->finalize = sky_link_strip_finalize;
  widget_class->measure = sky_link_strip_measure;
  widget_class->size_allocate = sky_link_strip_size_allocate;
  widget_class->map = sky_link_strip_map;
  widget_class->unmap = sky_link_strip_unmap;
  gtk_widget_class_set_css_name (widget_class, "linkstrip");
}
