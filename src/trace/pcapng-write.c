#include "trace/pcapng.h"

#include <string.h>

#include "config.h"

/*
 * What a capture file consists of: a section header, one interface of raw IP, and a packet for
 * each chunk (draft-ietf-opsawg-pcapng §4.1–4.3). All numbers are little-endian here, but for the
 * packets themselves.
 */

#define BLOCK_SECTION   0x0a0d0d0au
#define BLOCK_INTERFACE 1u
#define BLOCK_PACKET    6u
#define BYTE_ORDER_MARK 0x1a2b3c4du

#define LINKTYPE_RAW 101 /* a packet begins with its IP header */

#define OPT_END        0
#define OPT_COMMENT    1
#define OPT_USERAPPL   4 /* of a section */
#define OPT_IF_TSRESOL 9 /* of an interface */

#define PACKET_HEAD_LEN 28 /* bytes of its block before the packet */

#define IPV4_LEN 20
#define IPV6_LEN 40
#define TCP_LEN  20

typedef enum
{
  TCP_FIN = 1 << 0,
  TCP_SYN = 1 << 1,
  TCP_PSH = 1 << 3,
  TCP_ACK = 1 << 4,
} TcpFlags;

struct _SkyPcapngFlow
{
  gboolean begun;        /* the three packets that open a connection are written */
  gboolean v6;
  guint8   address[2][16]; /* by SkyFrom; 4 or 16 bytes */
  guint16  port[2];
  guint32  seq[2]; /* of the next byte */
  guint16  n_packets; /* what IPv4 calls identification */
};

static void
put16 (GByteArray *out, guint16 value)
{
  guint16 bytes = GUINT16_TO_LE (value);

  g_byte_array_append (out, (const guint8 *) &bytes, sizeof bytes);
}

static void
put32 (GByteArray *out, guint32 value)
{
  guint32 bytes = GUINT32_TO_LE (value);

  g_byte_array_append (out, (const guint8 *) &bytes, sizeof bytes);
}

static void
put_padding (GByteArray *out, gsize len)
{
  static const guint8 zeros[4];

  g_byte_array_append (out, zeros, (guint) (-len & 3));
}

static void
put_option (GByteArray *out, guint16 code, const void *data, gsize len)
{
  put16 (out, code);
  put16 (out, (guint16) len);
  g_byte_array_append (out, data, (guint) len);
  put_padding (out, len);
}

static guint
begin_block (GByteArray *out, guint32 type)
{
  guint start = out->len;

  put32 (out, type);
  put32 (out, 0);
  return start;
}

static void
end_block (GByteArray *out, guint start)
{
  guint32 len = GUINT32_TO_LE (out->len - start + 4);

  memcpy (out->data + start + 4, &len, sizeof len);
  g_byte_array_append (out, (const guint8 *) &len, sizeof len);
}

/**
 * sky_pcapng_write_header:
 *
 * Appends what a capture file begins with: a section of unknown length and one interface whose
 * packets are raw IP with times in microseconds.
 */
void
sky_pcapng_write_header (GByteArray *out)
{
  static const char application[] = "Sockeye " SKY_VERSION;
  static const guint8 microseconds = 6; /* a power of ten */
  guint start = begin_block (out, BLOCK_SECTION);

  put32 (out, BYTE_ORDER_MARK);
  put16 (out, 1);
  put16 (out, 0);
  put32 (out, G_MAXUINT32);
  put32 (out, G_MAXUINT32);
  put_option (out, OPT_USERAPPL, application, sizeof application - 1);
  put_option (out, OPT_END, NULL, 0);
  end_block (out, start);

  start = begin_block (out, BLOCK_INTERFACE);
  put16 (out, LINKTYPE_RAW);
  put16 (out, 0);
  put32 (out, 0);
  put_option (out, OPT_IF_TSRESOL, &microseconds, 1);
  put_option (out, OPT_END, NULL, 0);
  end_block (out, start);
}

/* "192.0.2.1:80" or "[2001:db8::1]:80"; a name instead of an address counts as this machine. */
static void
parse_address (const char *text, GInetAddress **address, guint16 *port)
{
  const char *colon = strrchr (text, ':');
  g_autofree char *host = g_strndup (text, colon != NULL ? (gsize) (colon - text) : strlen (text));

  if (host[0] == '[')
    {
      memmove (host, host + 1, strlen (host));
      host[strcspn (host, "]")] = '\0';
    }
  host[strcspn (host, "%")] = '\0';
  *port = colon != NULL ? (guint16) g_ascii_strtoull (colon + 1, NULL, 10) : 0;
  *address = g_inet_address_new_from_string (host);
  if (*address == NULL)
    *address = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
}

/* An IPv4 address beside an IPv6 one is written as mapped: RFC 4291 §2.5.5.2. */
static void
set_address (SkyPcapngFlow *self, SkyFrom end, GInetAddress *address)
{
  const guint8 *bytes = g_inet_address_to_bytes (address);
  guint8 *to = self->address[end];

  if (g_inet_address_get_family (address) == G_SOCKET_FAMILY_IPV6)
    memcpy (to, bytes, 16);
  else if (!self->v6)
    memcpy (to, bytes, 4);
  else
    {
      to[10] = to[11] = 0xff;
      memcpy (to + 12, bytes, 4);
    }
}

/**
 * sky_pcapng_flow_new:
 * @client: address and port of the side that dialled: "127.0.0.1:51544", "[::1]:51544"
 * @server: address and port of the other side
 *
 * Returns: (transfer full): a connection that no packet was written of
 */
SkyPcapngFlow *
sky_pcapng_flow_new (const char *client, const char *server)
{
  SkyPcapngFlow *self = g_new0 (SkyPcapngFlow, 1);
  g_autoptr(GInetAddress) client_address = NULL;
  g_autoptr(GInetAddress) server_address = NULL;

  parse_address (client, &client_address, &self->port[SKY_FROM_CLIENT]);
  parse_address (server, &server_address, &self->port[SKY_FROM_SERVER]);
  self->v6 = g_inet_address_get_family (client_address) == G_SOCKET_FAMILY_IPV6
             || g_inet_address_get_family (server_address) == G_SOCKET_FAMILY_IPV6;
  set_address (self, SKY_FROM_CLIENT, client_address);
  set_address (self, SKY_FROM_SERVER, server_address);
  return self;
}

void
sky_pcapng_flow_free (SkyPcapngFlow *self)
{
  g_free (self);
}

/*
 * The Internet checksum's sum, in the machine's byte order, which comes out the same (RFC 1071 §2); only the last
 * part's @len may be odd.
 */
static guint64
add_words (guint64 sum, const guint8 *data, gsize len)
{
  guint32 four;
  guint16 two;

  for (; len >= sizeof four; data += sizeof four, len -= sizeof four)
    {
      memcpy (&four, data, sizeof four);
      sum += four;
    }
  if (len >= sizeof two)
    {
      memcpy (&two, data, sizeof two);
      sum += two;
      data += sizeof two;
    }
  if (len % 2 != 0) /* as "?:" GCC 14 reads the octet that is not there, too */
    sum += GUINT16_FROM_LE (data[0]);
  return sum;
}

static void
set_checksum (guint8 *at, guint64 sum)
{
  guint16 folded;

  while (sum >> 16 != 0)
    sum = (sum >> 16) + (sum & 0xffff);
  folded = (guint16) ~sum;
  memcpy (at, &folded, sizeof folded);
}

static void
store16 (guint8 *at, guint value)
{
  at[0] = (guint8) (value >> 8);
  at[1] = (guint8) value;
}

static void
store32 (guint8 *at, guint32 value)
{
  store16 (at, value >> 16);
  store16 (at + 2, value & 0xffff);
}

/* RFC 791 §3.1 and RFC 8200 §3; @ip is zero. */
static void
make_ip (SkyPcapngFlow *self, guint8 *ip, SkyFrom from, gsize payload_len)
{
  const guint8 *source = self->address[from], *destination = self->address[!from];

  if (self->v6)
    {
      ip[0] = 6 << 4;
      store16 (ip + 4, (guint) payload_len);
      ip[6] = 6; /* TCP */
      ip[7] = 64;
      memcpy (ip + 8, source, 16);
      memcpy (ip + 24, destination, 16);
      return;
    }
  ip[0] = 4 << 4 | IPV4_LEN / 4;
  store16 (ip + 2, (guint) (IPV4_LEN + payload_len));
  store16 (ip + 4, self->n_packets++);
  ip[6] = 0x40; /* never fragmented */
  ip[8] = 64;
  ip[9] = 6;
  memcpy (ip + 12, source, 4);
  memcpy (ip + 16, destination, 4);
  set_checksum (ip + 10, add_words (0, ip, IPV4_LEN));
}

/* RFC 9293 §3.1 */
static void
make_tcp (SkyPcapngFlow *self, guint8 *tcp, SkyFrom from, TcpFlags flags, const guint8 *data,
          gsize len)
{
  gsize address_len = self->v6 ? 16 : 4;
  guint64 sum = GUINT16_TO_BE (6) + (guint64) GUINT16_TO_BE ((guint16) (TCP_LEN + len));

  store16 (tcp, self->port[from]);
  store16 (tcp + 2, self->port[!from]);
  store32 (tcp + 4, self->seq[from]);
  if (flags & TCP_ACK)
    store32 (tcp + 8, self->seq[!from]);
  tcp[12] = TCP_LEN / 4 << 4;
  tcp[13] = (guint8) flags;
  store16 (tcp + 14, 0xffff);
  sum = add_words (sum, self->address[from], address_len);
  sum = add_words (sum, self->address[!from], address_len);
  sum = add_words (sum, tcp, TCP_LEN);
  set_checksum (tcp + 16, add_words (sum, data, len));
  self->seq[from] += (guint32) len + ((flags & (TCP_SYN | TCP_FIN)) != 0);
}

static void
store32_le (guint8 *at, guint32 value)
{
  value = GUINT32_TO_LE (value);
  memcpy (at, &value, sizeof value);
}

/* Makes room for what a packet's block begins with, up to its options: one for each chunk, thousands a second. */
static guint8 *
begin_packet (GByteArray *out, gint64 time_usec, gsize packet_len)
{
  gsize padding = -packet_len & 3;
  guint8 *block;

  g_byte_array_set_size (out, (guint) (out->len + PACKET_HEAD_LEN + packet_len + padding));
  block = out->data + out->len - PACKET_HEAD_LEN - packet_len - padding;
  store32_le (block, BLOCK_PACKET);
  memset (block + 4, 0, 8); /* the length is not known yet; the first interface */
  store32_le (block + 12, (guint32) ((guint64) time_usec >> 32));
  store32_le (block + 16, (guint32) time_usec);
  store32_le (block + 20, (guint32) packet_len);
  store32_le (block + 24, (guint32) packet_len);
  memset (block + PACKET_HEAD_LEN + packet_len, 0, padding);
  return block + PACKET_HEAD_LEN;
}

static gsize
write_packet (SkyPcapngFlow *self, GByteArray *out, SkyFrom from, TcpFlags flags, gint64 time_usec,
              const guint8 *data, gsize len, const char *comment)
{
  gsize head_len = (self->v6 ? IPV6_LEN : IPV4_LEN) + TCP_LEN;
  guint start = out->len;
  guint8 *packet = begin_packet (out, time_usec, head_len + len);

  memset (packet, 0, head_len);
  make_ip (self, packet, from, TCP_LEN + len);
  make_tcp (self, packet + head_len - TCP_LEN, from, flags, data, len);
  if (len > 0)
    memcpy (packet + head_len, data, len);
  if (comment != NULL)
    {
      put_option (out, OPT_COMMENT, comment, MIN (strlen (comment), G_MAXUINT16));
      put_option (out, OPT_END, NULL, 0);
    }
  end_block (out, start);
  return start + PACKET_HEAD_LEN + head_len;
}

/* RFC 9293 §3.5: readers take who dialled, and where numbers begin, from these. */
static void
write_begin (SkyPcapngFlow *self, GByteArray *out, gint64 time_usec)
{
  self->begun = TRUE;
  write_packet (self, out, SKY_FROM_CLIENT, TCP_SYN, time_usec, NULL, 0, NULL);
  write_packet (self, out, SKY_FROM_SERVER, TCP_SYN | TCP_ACK, time_usec, NULL, 0, NULL);
  write_packet (self, out, SKY_FROM_CLIENT, TCP_ACK, time_usec, NULL, 0, NULL);
}

/**
 * sky_pcapng_write_chunk:
 * @out: what the packet is appended to, and before the first one those that open a connection
 * @time_usec: microseconds since 1970-01-01 UTC
 * @len: bytes, at most %SKY_PCAPNG_MAX_CHUNK; 0 for a packet that carries a comment only
 * @comment: (nullable): UTF-8; what is over 65535 bytes is cut off
 *
 * Returns: where in @out the first byte of @data lies
 */
gsize
sky_pcapng_write_chunk (SkyPcapngFlow *flow, GByteArray *out, SkyFrom from, gint64 time_usec,
                        const guint8 *data, gsize len, const char *comment)
{
  g_return_val_if_fail (len <= SKY_PCAPNG_MAX_CHUNK, out->len);

  if (!flow->begun)
    write_begin (flow, out, time_usec);
  return write_packet (flow, out, from, len > 0 ? TCP_PSH | TCP_ACK : TCP_ACK, time_usec, data, len,
                       comment);
}

/**
 * sky_pcapng_write_end:
 * @time_usec: microseconds since 1970-01-01 UTC
 * @comment: (nullable): UTF-8
 *
 * Appends the packet by which one side ends its direction.
 */
void
sky_pcapng_write_end (SkyPcapngFlow *flow, GByteArray *out, SkyFrom from, gint64 time_usec,
                      const char *comment)
{
  if (!flow->begun)
    write_begin (flow, out, time_usec);
  write_packet (flow, out, from, TCP_FIN | TCP_ACK, time_usec, NULL, 0, comment);
}
