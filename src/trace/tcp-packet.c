#include "trace/tcp-packet.h"

#include "base/cursor.h"

#define ETHERTYPE_IPV4 0x0800
#define ETHERTYPE_IPV6 0x86dd
#define ETHERTYPE_VLAN 0x8100
#define ETHERTYPE_QINQ 0x88a8

#define PROTOCOL_TCP 6

/* Ethernet's type, behind any number of VLAN tags. */
static gboolean
skip_ethertype (SkyCursor *at)
{
  guint16 type = sky_cursor_u16 (at);

  while (type == ETHERTYPE_VLAN || type == ETHERTYPE_QINQ)
    {
      sky_cursor_take (at, 2);
      type = sky_cursor_u16 (at);
    }
  return type == ETHERTYPE_IPV4 || type == ETHERTYPE_IPV6;
}

/* Goes to the IP header. Returns: %FALSE if there cannot be one */
static gboolean
skip_link (SkyCursor *at, guint linktype)
{
  switch (linktype)
    {
    case SKY_LINKTYPE_RAW:
    case SKY_LINKTYPE_IPV4:
    case SKY_LINKTYPE_IPV6:
      return TRUE;
    case SKY_LINKTYPE_NULL: /* the family's number differs between systems: the version tells */
    case SKY_LINKTYPE_LOOP:
      return sky_cursor_take (at, 4) != NULL;
    case SKY_LINKTYPE_ETHERNET:
      sky_cursor_take (at, 12);
      return skip_ethertype (at);
    case SKY_LINKTYPE_LINUX_SLL:
      sky_cursor_take (at, 14);
      return skip_ethertype (at);
    case SKY_LINKTYPE_LINUX_SLL2:
      return skip_ethertype (at) && sky_cursor_take (at, 18) != NULL;
    default:
      return FALSE;
    }
}

/* Leaves @at before the next header, and with no more than the packet's own length. */
static gboolean
decode_ipv4 (SkyCursor *at, SkyTcpPacket *tcp)
{
  gsize start = at->pos, header_len, total_len;
  guint16 fragment;
  guint8 protocol;

  header_len = (sky_cursor_u8 (at) & 15u) * 4;
  sky_cursor_take (at, 1);
  total_len = sky_cursor_u16 (at);
  sky_cursor_take (at, 2);
  fragment = sky_cursor_u16 (at);
  sky_cursor_take (at, 1);
  protocol = sky_cursor_u8 (at);
  sky_cursor_take (at, 2);
  sky_cursor_copy (at, tcp->source.address, 4);
  sky_cursor_copy (at, tcp->destination.address, 4);
  /* Fragments of TCP hardly exist; 0x3fff are the offset and "more follow". */
  if (at->starved || header_len < 20 || protocol != PROTOCOL_TCP || (fragment & 0x3fff) != 0)
    return FALSE;
  sky_cursor_take (at, header_len - 20);
  /* A packet that the network card was to split says 0. */
  if (total_len > 0 && total_len < at->len - start)
    at->len = start + total_len;
  return !at->starved && at->pos <= at->len;
}

/* RFC 8200 §4: options before the next header are skipped, fragments are not joined. */
static gboolean
decode_ipv6 (SkyCursor *at, SkyTcpPacket *tcp)
{
  gsize payload_len;
  guint8 next;

  sky_cursor_take (at, 4);
  payload_len = sky_cursor_u16 (at);
  next = sky_cursor_u8 (at);
  sky_cursor_take (at, 1);
  sky_cursor_copy (at, tcp->source.address, 16);
  sky_cursor_copy (at, tcp->destination.address, 16);
  tcp->source.v6 = tcp->destination.v6 = 1;
  if (!at->starved && payload_len > 0 && payload_len < at->len - at->pos)
    at->len = at->pos + payload_len;
  while (!at->starved && (next == 0 || next == 43 || next == 60))
    {
      gsize words;

      next = sky_cursor_u8 (at);
      words = sky_cursor_u8 (at);
      sky_cursor_take (at, 6 + words * 8);
    }
  return !at->starved && next == PROTOCOL_TCP;
}

/**
 * sky_tcp_packet_decode:
 * @tcp: (out caller-allocates): set if the result is %TRUE
 *
 * Returns: whether @captured is a TCP segment over IPv4 or IPv6, not a fragment of one
 */
gboolean
sky_tcp_packet_decode (const SkyCapturePacket *captured, SkyTcpPacket *tcp)
{
  SkyCursor at = { .data = captured->data, .len = captured->len };
  gsize start, header_len;
  guint8 version;

  *tcp = (SkyTcpPacket) { 0 };
  if (!skip_link (&at, captured->linktype) || at.starved || at.pos >= at.len)
    return FALSE;
  version = at.data[at.pos] >> 4;
  if (version == 4 ? !decode_ipv4 (&at, tcp) : version != 6 || !decode_ipv6 (&at, tcp))
    return FALSE;
  start = at.pos;
  tcp->source.port = sky_cursor_u16 (&at);
  tcp->destination.port = sky_cursor_u16 (&at);
  tcp->seq = sky_cursor_u32 (&at);
  tcp->ack = sky_cursor_u32 (&at);
  header_len = (gsize) (sky_cursor_u8 (&at) >> 4) * 4;
  tcp->flags = sky_cursor_u8 (&at);
  sky_cursor_take (&at, 6);
  if (at.starved || header_len < 20 || header_len > at.len - start)
    return FALSE;
  tcp->data = at.data + start + header_len;
  tcp->len = at.len - start - header_len;
  return TRUE;
}

/**
 * sky_tcp_end_format:
 *
 * Returns: (transfer full): "192.0.2.1:80" or "[2001:db8::1]:80"
 */
char *
sky_tcp_end_format (const SkyTcpEnd *end)
{
  g_autoptr(GInetAddress) address = g_inet_address_new_from_bytes (
      end->address, end->v6 ? G_SOCKET_FAMILY_IPV6 : G_SOCKET_FAMILY_IPV4);
  g_autofree char *text = g_inet_address_to_string (address);

  return g_strdup_printf (end->v6 ? "[%s]:%u" : "%s:%u", text, end->port);
}
