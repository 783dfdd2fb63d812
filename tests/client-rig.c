#include "client-rig.h"

#include "accept.h"
#include "trace/store.h"

static void
say_frame (Line *line, guint8 opcode, const void *data, gsize len)
{
  guint8 header[4] = { 0x80 | opcode, 126, (guint8) (len >> 8), (guint8) len };

  if (len < 126)
    header[1] = (guint8) len;
  line_send_len (line, header, len < 126 ? 2 : 4);
  line_send_len (line, data, len);
}

static void
end_poll (Rig *rig)
{
  Line *get = g_steal_pointer (&rig->get);

  if (get != NULL)
    line_answer (get, 200, "", "6", 1);
}

/* The upgrade is no packet that a test waits for. PROTOCOL §5.1 Returns: whether it was that */
static gboolean
hear_upgrade (Rig *rig, Line *line, const char *text)
{
  if (line != rig->probing)
    return FALSE;
  if (strcmp (text, "2probe") == 0 && !rig->no_probe)
    {
      say_frame (line, 1, "3probe", 6);
      rig->probed = TRUE;
      end_poll (rig);
    }
  else if (strcmp (text, "5") == 0)
    {
      rig->ws = line;
      rig->probing = NULL;
    }
  return TRUE;
}

static void
hear (Rig *rig, const char *text, gsize len)
{
  g_ptr_array_add (rig->heard, g_strndup (text, len));
}

/* The client's frames, of up to 65535 bytes. */
static void
on_raw (Server *server, Line *line)
{
  Rig *rig = server->test;

  while (line->id > rig->n_dead && line->heard->len >= 6)
    {
      const guint8 *data = line->heard->data;
      gsize len = data[1] & 127, at = len == 126 ? 8 : 6;
      g_autofree char *text = NULL;

      if (len == 126)
        len = (gsize) data[2] << 8 | data[3];
      if (line->heard->len < at + len)
        return;
      text = g_malloc0 (len + 3);
      for (gsize i = 0; i < len; i++)
        text[i] = (char) (data[at + i] ^ data[at - 4 + i % 4]);
      if ((data[0] & 15) == 8)
        {
          g_autofree char *close = g_strdup_printf ("close:%u", len >= 2 ? (guint) (guint8) text[0] << 8 | (guint8) text[1] : 0u);

          hear (rig, close, strlen (close));
        }
      else if (!hear_upgrade (rig, line, text))
        hear (rig, (data[0] & 15) == 2 ? "<octets>" : text, (data[0] & 15) == 2 ? 8 : len);
      g_byte_array_remove_range (line->heard, 0, (guint) (at + len));
    }
}

static void
answer_upgrade (Rig *rig, Line *line, const char *head)
{
  g_autofree char *accept = make_accept (head), *answer = NULL;
  guint status = strstr (head, "EIO=") != NULL ? rig->ws_status : rig->plain_status;

  rig->n_upgrades++;
  if (status != 101)
    {
      if (status != 0)
        line_answer (line, status, "", "", 0);
      return;
    }
  answer = g_strdup_printf ("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                            "Sec-WebSocket-Accept: %s\r\n\r\n",
                            accept);
  line_send (line, answer);
  rig->probed = FALSE;
  rig->probing = strstr (head, "sid=") != NULL ? line : NULL;
  rig->ws = rig->probing == NULL ? line : NULL;
  if (rig->ws != NULL && rig->ws_first != NULL)
    say_frame (line, 1, rig->ws_first, strlen (rig->ws_first));
}

/* Revision 4 parts packets by U+001E, revision 3 counts them. PROTOCOL §3.2, §14.1 */
static void
hear_payload (Rig *rig, const char *head, GBytes *body)
{
  gsize len;
  const char *data = g_bytes_get_data (body, &len);
  g_autofree char *text = g_strndup (data, len);
  g_auto(GStrv) packets = NULL;

  if (strstr (head, "EIO=3") != NULL)
    for (char *at = text; *at != '\0';)
      {
        gsize n = (gsize) g_ascii_strtoull (at, &at, 10);

        g_assert_true (*at == ':' && n <= strlen (at + 1));
        hear (rig, at + 1, n);
        at += 1 + n;
      }
  else
    {
      packets = g_strsplit (text, "\x1e", -1);
      for (char **packet = packets; *packet != NULL; packet++)
        hear (rig, *packet, strlen (*packet));
    }
}

static gboolean
is_wrong_revision (Rig *rig, const char *head)
{
  return rig->revision != 0 && strstr (head, rig->revision == 3 ? "EIO=3" : "EIO=4") == NULL;
}

static void
answer_poll (Rig *rig, Line *line, guint status, const char *packet)
{
  g_autofree char *body = rig->revision == 3 && status == 200 ? g_strdup_printf ("%zu:%s", strlen (packet), packet)
                                                              : g_strdup (packet);

  line_answer (line, status, "", body, strlen (body));
}

static void
take_request (Server *server, Line *line, const char *head, GBytes *body)
{
  Rig *rig = server->test;

  if (line->id <= rig->n_dead)
    return;
  if (strstr (head, "sid=") != NULL && rig->forgotten)
    line_answer (line, 400, "", "{\"code\":1,\"message\":\"Session ID unknown\"}", 41);
  else if (strstr (head, "Upgrade: websocket") != NULL)
    answer_upgrade (rig, line, head);
  else if (g_str_has_prefix (head, "POST "))
    {
      hear_payload (rig, head, body);
      line_answer (line, 200, "Content-Type: text/html\r\n", "ok", 2);
    }
  else if (strstr (head, "sid=") != NULL)
    {
      g_assert_null (rig->get);
      rig->get = line;
      if (rig->probed && rig->probing != NULL)
        end_poll (rig);
    }
  else
    {
      rig->n_polls++;
      rig->forgotten = FALSE;
      if (rig->poll_status != 0 && is_wrong_revision (rig, head))
        answer_poll (rig, line, 400, "{\"code\":5,\"message\":\"Unsupported protocol version\"}");
      else if (rig->poll_status != 0)
        answer_poll (rig, line, rig->poll_status, rig->poll_body);
    }
}

static void
on_state (SkyPeer *peer, GParamSpec *pspec, gpointer user_data)
{
  Rig *rig = user_data;

  g_string_append_c (rig->states, "IWOALCF"[sky_peer_get_state (peer)]);
}

void
rig_set_up (Rig *rig, gconstpointer protocol)
{
  g_autofree char *url = NULL;

  rig->server.test = rig;
  rig->server.answer = take_request;
  rig->server.raw = on_raw;
  server_start (&rig->server);
  url = g_strdup_printf ("http://127.0.0.1:%u/", rig->server.port);
  rig->profile = sky_profile_new (url);
  rig->profile->protocol = (SkyProtocol) GPOINTER_TO_INT (protocol);
  rig->profile->reconnect.jitter = 0;
  rig->heard = g_ptr_array_new_with_free_func (g_free);
  rig->states = g_string_new (NULL);
  rig->poll_status = 200;
  rig->poll_body = RIG_OPEN_4;
  rig->ws_status = rig->plain_status = 101;
  rig_use_profile (rig);
}

/* As rig_set_up(), and the client takes WebSocket only. */
void
rig_set_up_ws (Rig *rig, gconstpointer protocol)
{
  rig_set_up (rig, protocol);
  rig->profile->transports = SKY_TRANSPORTS_WEBSOCKET;
  rig_use_profile (rig);
}

/* The test has changed the profile: it is that of the client from now on, or of its first. */
void
rig_use_profile (Rig *rig)
{
  if (rig->client != NULL)
    {
      sky_client_set_profile (rig->client, rig->profile);
      return;
    }
  rig->client = sky_client_new (rig->profile, NULL);
  g_object_add_weak_pointer (G_OBJECT (rig->client), (gpointer *) &rig->client);
  g_signal_connect (rig->client, "notify::state", G_CALLBACK (on_state), rig);
}

/* The last reference goes. */
void
rig_drop (Rig *rig)
{
  if (rig->client == NULL)
    return;
  g_object_unref (rig->client);
  g_assert_null (rig->client);
}

void
rig_tear_down (Rig *rig, gconstpointer data)
{
  rig_drop (rig);
  pass_time (1);
  server_stop (&rig->server);
  sky_profile_free (rig->profile);
  g_ptr_array_unref (rig->heard);
  g_string_free (rig->states, TRUE);
}

void
rig_start (Rig *rig)
{
  sky_peer_start (SKY_PEER (rig->client));
}

SkyPeerState
rig_state (Rig *rig)
{
  return sky_peer_get_state (SKY_PEER (rig->client));
}

/* Says an Engine.IO packet, or a plain message: on the WebSocket if there is one, else as the answer to a poll. */
void
rig_say (Rig *rig, const char *packet)
{
  Line *get;

  if (rig->ws != NULL)
    {
      say_frame (rig->ws, 1, packet, strlen (packet));
      return;
    }
  WAIT (rig->get != NULL || rig->ws != NULL);
  if (rig->ws != NULL)
    {
      rig_say (rig, packet);
      return;
    }
  get = g_steal_pointer (&rig->get);
  answer_poll (rig, get, 200, packet);
}

void
rig_say_octets (Rig *rig, const void *octets, gsize len)
{
  say_frame (rig->ws, 2, octets, len);
}

void
rig_expect (Rig *rig, const char *packet)
{
  WAIT (rig->heard->len > 0);
  g_assert_cmpstr (g_ptr_array_index (rig->heard, 0), ==, packet);
  g_ptr_array_remove_index (rig->heard, 0);
}

/* The server goes without a word, and knows nothing of the session when it is there again. */
void
rig_hang_up (Rig *rig)
{
  for (guint i = 0; i < rig->server.lines->len; i++)
    line_close (g_ptr_array_index (rig->server.lines, i));
  rig->forgotten = TRUE;
  rig->n_dead = rig->server.lines->len;
  rig->ws = rig->get = rig->probing = NULL;
  g_ptr_array_set_size (rig->heard, 0);
}

/* "/" is connected, in revision 4. */
void
rig_open (Rig *rig)
{
  rig->ws_first = RIG_OPEN_4;
  rig_start (rig);
  rig_expect (rig, "40");
  rig_say (rig, "40{\"sid\":\"soc\"}");
  WAIT (rig_state (rig) == SKY_PEER_OPEN);
}

/* Returns: (transfer full): all notes, a line each */
char *
rig_notes (Rig *rig)
{
  SkyStore *store = sky_peer_get_store (SKY_PEER (rig->client));
  GString *all = g_string_new (NULL);

  for (guint32 i = 0; i < sky_store_get_n_records (store); i++)
    if (sky_store_get_record (store, i)->layer == SKY_LAYER_NOTE)
      {
        g_autoptr(GBytes) text = sky_store_get_body (store, i, G_MAXSIZE);

        g_string_append_len (all, g_bytes_get_data (text, NULL), (gssize) g_bytes_get_size (text));
        g_string_append_c (all, '\n');
      }
  return g_string_free (all, FALSE);
}

/* Returns: how many times @text stands in the notes */
guint
rig_count (Rig *rig, const char *text)
{
  g_autofree char *all = rig_notes (rig);
  guint n = 0;

  for (const char *at = all; (at = strstr (at, text)) != NULL; at += strlen (text))
    n++;
  return n;
}

void
rig_reconnect (Rig *rig, int attempts, guint delay_msec)
{
  rig->profile->reconnect.attempts = attempts;
  rig->profile->reconnect.delay_msec = rig->profile->reconnect.max_msec = delay_msec;
  rig_use_profile (rig);
}
