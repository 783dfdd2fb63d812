#include "ui/link-strip.h"

#include "peer/capture.h"
#include "peer/client.h"
#include "peer/host.h"
#include "trace/handshake.h"
#include "ui/sparkline.h"
#include "ui/state-dot.h"
#include "ui/traffic.h"
#include "ui/ui.h"

#define GAP 18 /* logical pixels between parts */

/* In the order in which they stand. */
typedef enum
{
  PART_DOT,
  PART_STATE,
  PART_SID,
  PART_HANDSHAKE,
  PART_PHASES,
  PART_ACK,
  PART_RATES,
  PART_SPARK,
  PART_BUFFERED,
  N_PARTS,
} Part;

/* Where there is no room for all, those that stand first here stay longest. */
static const Part by_worth[N_PARTS] = {
  PART_DOT, PART_STATE, PART_RATES, PART_HANDSHAKE, PART_ACK, PART_SID, PART_SPARK, PART_BUFFERED, PART_PHASES,
};

static const struct
{
  int         gap; /* before it */
  const char *css, *tip;
} looks[N_PARTS] = {
  [PART_DOT] = { 0, NULL, NULL },
  [PART_STATE] = { 8, "numeric", N_("State, and for how long") },
  [PART_SID] = { GAP, "monospace", N_("Session id that the server gave") },
  [PART_HANDSHAKE] = { GAP, "numeric", N_("From the begin of the dial to the end of the handshake") },
  [PART_PHASES] = { 6, "caption", N_("Steps of the dial, in milliseconds") },
  [PART_ACK] = { GAP, "numeric", N_("Latency of the last acknowledgement") },
  [PART_RATES] = { GAP, "numeric", N_("Messages in and out each second, over the last five seconds") },
  [PART_SPARK] = { 8, NULL, N_("Messages each second, over the last minute") },
  [PART_BUFFERED] = { GAP, "numeric", N_("Bytes that wait to be sent") },
};

struct _SkyLinkStrip
{
  GtkWidget      parent_instance;
  GtkWidget     *parts[N_PARTS];
  SkyPeer       *peer;
  SkyTraffic     traffic;
  SkyHandshakes *handshakes;         /* nullable: only a client has them */
  char          *handshake, *phases; /* what is said of the latest; "" if there was none */
  gboolean       was_open;
  guint          ticker;
};

G_DEFINE_FINAL_TYPE (SkyLinkStrip, sky_link_strip, GTK_TYPE_WIDGET)

static void
set_part (SkyLinkStrip *self, Part part, const char *text)
{
  GtkWidget *label = self->parts[part];

  if (g_strcmp0 (gtk_label_get_text (GTK_LABEL (label)), text) != 0)
    gtk_label_set_text (GTK_LABEL (label), text);
  gtk_widget_set_visible (label, *text != '\0');
}

static char *
format_span (gint64 span_usec)
{
  guint sec = span_usec / G_USEC_PER_SEC;

  return g_strdup_printf ("%02u:%02u:%02u", sec / 3600, sec / 60 % 60, sec % 60);
}

static void
show_state (SkyLinkStrip *self)
{
  const char *words = sky_state_words (self->peer);
  guint32 n_records = sky_store_get_n_records (sky_peer_get_store (self->peer));
  gint64 open_usec = sky_state_get_open_usec (self->peer);
  g_autofree char *span = NULL;
  g_autofree char *text = NULL;

  if (SKY_IS_CAPTURE (self->peer))
    text = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%s, %'u record", "%s, %'u records", n_records), words,
                            n_records);
  else if (open_usec >= 0)
    {
      span = format_span (open_usec);
      text = g_strdup_printf ("%s %s", words, span);
    }
  set_part (self, PART_STATE, text != NULL ? text : words);
}

static void
show_host (SkyLinkStrip *self)
{
  guint n_clients = sky_host_get_n_clients (SKY_HOST (self->peer));
  g_autofree char *text = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%u client", "%u clients", n_clients),
                                           n_clients);

  gtk_widget_set_tooltip_text (self->parts[PART_SID], _("Connections that are open to this server"));
  gtk_widget_remove_css_class (self->parts[PART_SID], "monospace");
  set_part (self, PART_SID, text);
}

/* "qk2ZbcdefgAAAD" is told apart by its ends. */
static char *
shorten_sid (const char *sid)
{
  gsize len = strlen (sid);

  if (len <= 12 || !g_str_is_ascii (sid))
    return g_strdup_printf ("sid %s", sid);
  return g_strdup_printf ("sid %.4s…%s", sid, sid + len - 4);
}

/* Shorter than the waterfall's titles. To ask and to be answered are one here. */
static const char *const phase_names[] = {
  [SKY_PHASE_RESOLVE] = N_("name"), [SKY_PHASE_PROXY] = N_("proxy"), [SKY_PHASE_CONNECT] = N_("tcp"),
  [SKY_PHASE_TLS] = N_("tls"),      [SKY_PHASE_REQUEST] = NULL,      [SKY_PHASE_UPGRADE] = N_("upgrade"),
};

/* The steps of the latest dial, once it has led to an open connection. */
static void
read_handshake (SkyLinkStrip *self)
{
  g_autoptr(SkyHandshake) handshake = NULL;
  g_autoptr(GString) phases = g_string_new (NULL);
  gint64 carried_usec = 0;

  sky_handshakes_catch_up (self->handshakes);
  if (sky_handshakes_get_n (self->handshakes) == 0)
    return;
  handshake = sky_handshakes_make (self->handshakes, sky_handshakes_get_newest (self->handshakes));
  for (guint i = 0; i < handshake->phases->len; i++)
    {
      const SkyPhase *phase = handshake->phases->pdata[i];

      carried_usec += phase->len_usec;
      if (phase_names[phase->kind] == NULL)
        continue;
      g_string_append_printf (phases, "%s%s %.1f", phases->len > 0 ? " · " : "", _(phase_names[phase->kind]),
                              carried_usec / 1000.0);
      carried_usec = 0;
    }
  g_free (self->phases);
  self->phases = g_strdup (phases->str);
  g_free (self->handshake);
  self->handshake = g_strdup_printf (_("handshake %.1f ms"), handshake->total_usec / 1000.0);
}

static void
show_client (SkyLinkStrip *self)
{
  SkyClient *client = SKY_CLIENT (self->peer);
  gboolean is_open = sky_peer_get_state (self->peer) == SKY_PEER_OPEN;
  const char *sid = sky_client_get_sid (client);
  g_autofree char *sid_text = is_open && sid != NULL && *sid != '\0' ? shorten_sid (sid) : g_strdup ("");
  gsize n_buffered = sky_client_get_buffered (client);
  g_autofree char *size = g_format_size (n_buffered);
  g_autofree char *buffered = g_strdup_printf (_("buffered %s"), size);

  set_part (self, PART_SID, sid_text);
  if (*sid_text != '\0')
    gtk_widget_set_tooltip_text (self->parts[PART_SID], sid);
  set_part (self, PART_HANDSHAKE, is_open ? self->handshake : "");
  set_part (self, PART_PHASES, is_open ? self->phases : "");
  set_part (self, PART_BUFFERED, is_open && n_buffered > 0 ? buffered : "");
}

static void
show_traffic (SkyLinkStrip *self)
{
  SkyPeerState state = sky_peer_get_state (self->peer);
  gboolean live = !SKY_IS_CAPTURE (self->peer)
                  && (state == SKY_PEER_OPEN || sky_sparkline_get_max (SKY_SPARKLINE (self->parts[PART_SPARK])) > 0);
  g_autofree char *rates = g_strdup_printf (_("↓ %.1f/s  ↑ %.1f/s"), sky_traffic_get_rate (&self->traffic, TRUE),
                                            sky_traffic_get_rate (&self->traffic, FALSE));
  g_autofree char *ack = g_strdup_printf (_("ack %.1f ms"), self->traffic.ack_usec / 1000.0);

  set_part (self, PART_RATES, live ? rates : "");
  set_part (self, PART_ACK, live && self->traffic.ack_usec >= 0 ? ack : "");
  gtk_widget_set_visible (self->parts[PART_SPARK], live);
}

static void
refresh (SkyLinkStrip *self)
{
  show_state (self);
  if (SKY_IS_CLIENT (self->peer))
    show_client (self);
  else if (SKY_IS_HOST (self->peer))
    show_host (self);
  show_traffic (self);
}

static gboolean
on_tick (gpointer user_data)
{
  SkyLinkStrip *self = user_data;

  sky_traffic_read (&self->traffic, FALSE);
  sky_sparkline_push (SKY_SPARKLINE (self->parts[PART_SPARK]), self->traffic.in + self->traffic.out);
  sky_traffic_read (&self->traffic, TRUE);
  refresh (self);
  return G_SOURCE_CONTINUE;
}

static void
on_changed (SkyLinkStrip *self)
{
  gboolean is_open = sky_peer_get_state (self->peer) == SKY_PEER_OPEN;

  if (is_open && !self->was_open && self->handshakes != NULL)
    read_handshake (self);
  self->was_open = is_open;
  if (gtk_widget_get_mapped (GTK_WIDGET (self)))
    {
      sky_traffic_read (&self->traffic, FALSE);
      refresh (self);
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
      = { "notify::state", "notify::sid", "notify::buffered", "notify::n-clients" };

  g_return_if_fail (SKY_IS_LINK_STRIP (self) && self->peer == NULL);

  self->peer = g_object_ref (peer);
  sky_traffic_init (&self->traffic, sky_peer_get_store (peer));
  if (SKY_IS_CLIENT (peer))
    self->handshakes = sky_handshakes_new (sky_peer_get_store (peer));
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
      gtk_widget_size_allocate (self->parts[part], &at, -1);
      x = at.x + at.width;
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
  refresh (self);
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
  label = gtk_label_new ("");
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_single_line_mode (GTK_LABEL (label), TRUE);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_widget_set_visible (label, FALSE);
  gtk_widget_add_css_class (label, looks[part].css);
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
