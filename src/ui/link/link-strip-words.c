#include "ui/link/link-strip-private.h"

#include "peer/capture/capture.h"
#include "peer/client/client.h"
#include "peer/host/host.h"
#include "ui/link/sparkline.h"
#include "ui/link/state-dot.h"
#include "ui/link/transport-way.h"
#include "ui/parts/lazy-tip.h"
#include "ui/parts/marks.h"
#include "ui/roster/roster-words.h"
#include "ui/ui.h"

#define MANY_BYTES (1024 * 1024) /* more than this waits to be sent: the peer is slow */

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

  sky_lazy_tip_set (self->parts[PART_SID], _("Connections that are open to this server"));
  gtk_widget_remove_css_class (self->parts[PART_SID], "monospace");
  set_part (self, PART_SID, text);
}

/* Shorter than the waterfall's titles. To ask and to be answered are one here. */
static const char *const phase_names[] = {
  /* Translators: steps of a connection, each with its milliseconds: the look-up of the name, and so on; short */
  [SKY_PHASE_RESOLVE] = N_("name"), [SKY_PHASE_PROXY] = N_("proxy"), [SKY_PHASE_CONNECT] = N_("tcp"),
  [SKY_PHASE_TLS] = N_("tls"),      [SKY_PHASE_REQUEST] = NULL,      [SKY_PHASE_UPGRADE] = N_("upgrade"),
};

/**
 * sky_link_strip_read_handshake:
 *
 * The steps of the latest dial, once it has led to an open connection.
 */
void
sky_link_strip_read_handshake (SkyLinkStrip *self)
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

/* "Engine.IO 3 (Socket.IO 2)": the two are counted apart. */
static const char *
describe_revision (SkyClient *client)
{
  guint revision = sky_client_get_revision (client);

  if (revision == 0 || sky_client_get_protocol (client) == SKY_PROTOCOL_WEBSOCKET)
    return "";
  if (revision != 3)
    return "Engine.IO 4";
  return sky_client_get_protocol (client) == SKY_PROTOCOL_SOCKET_IO ? "Engine.IO 3 (Socket.IO 2)" : "Engine.IO 3";
}

static void
show_session (SkyLinkStrip *self, SkyClient *client, gboolean is_open)
{
  const char *sid = sky_client_get_sid (client);
  gboolean has_sid = is_open && sid != NULL && *sid != '\0';
  g_autofree char *short_sid = has_sid ? sky_roster_short_id (sid) : NULL;
  g_autofree char *sid_text = has_sid ? g_strdup_printf ("sid %s", short_sid) : g_strdup ("");
  gboolean is_websocket = sky_client_get_protocol (client) == SKY_PROTOCOL_WEBSOCKET;
  g_autofree char *rtt = NULL;
  SkyHeartbeat beat;

  set_part (self, PART_SID, sid_text);
  if (has_sid)
    sky_lazy_tip_set (self->parts[PART_SID], sid);
  set_part (self, PART_TRANSPORT, is_open && !is_websocket ? sky_transport_way_get (client) : "");
  set_part (self, PART_REVISION, is_open ? describe_revision (client) : "");
  set_part (self, PART_PARSER, is_open && sky_client_get_parser (client) == SKY_PARSER_MSGPACK ? "msgpack" : "");
  if (is_open && sky_client_get_heartbeat (client, &beat) && beat.rtt_usec > 0)
    rtt = g_strdup_printf (_("rtt %.1f ms"), beat.rtt_usec / 1000.0);
  set_part (self, PART_RTT, rtt != NULL ? rtt : "");
}

static void
show_waiting (SkyLinkStrip *self, SkyClient *client, gboolean is_open)
{
  gsize n_buffered = sky_client_get_buffered (client);
  guint n_held = sky_client_get_n_held (client);
  GtkWidget *part = self->parts[PART_BUFFERED];
  g_autofree char *size = g_format_size_full (n_buffered, G_FORMAT_SIZE_IEC_UNITS);
  g_autofree char *buffered = g_strdup_printf (n_buffered > MANY_BYTES ? _("⚠ buffered %s") : _("buffered %s"), size);
  g_autofree char *held
      = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%u waiting to be sent", "%u waiting to be sent", n_held), n_held);

  set_part (self, PART_HELD, n_held > 0 ? held : "");
  set_part (self, PART_BUFFERED, is_open && n_buffered > 0 ? buffered : "");
  sky_marks_set (part, "warning", n_buffered > MANY_BYTES);
  sky_lazy_tip_set (part, n_buffered > MANY_BYTES
                              ? _("bufferedAmount: bytes that wait to be sent. The server reads more slowly "
                                  "than this side sends: what is sent now arrives late, and at 64 MiB "
                                  "nothing more is taken.")
                              : _("bufferedAmount: bytes that wait to be sent"));
}

static void
show_client (SkyLinkStrip *self)
{
  SkyClient *client = SKY_CLIENT (self->peer);
  gboolean is_open = sky_peer_get_state (self->peer) == SKY_PEER_OPEN;

  show_session (self, client, is_open);
  set_part (self, PART_HANDSHAKE, is_open ? self->handshake : "");
  set_part (self, PART_PHASES, is_open ? self->phases : "");
  show_waiting (self, client, is_open);
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

/**
 * sky_link_strip_say:
 *
 * Writes every part anew that says something else now.
 */
void
sky_link_strip_say (SkyLinkStrip *self)
{
  show_state (self);
  if (SKY_IS_CLIENT (self->peer))
    show_client (self);
  else if (SKY_IS_HOST (self->peer))
    show_host (self);
  show_traffic (self);
}
