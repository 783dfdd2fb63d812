#include "tcp/tcp-shake.h"

#include "tcp/tcp-facts.h"

#include <errno.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

/*
 * The handshakes of TLS of those who connect to us. Each takes one of GIO's ten threads for as long as the
 * other side likes: some who begin a handshake and never end it would keep out everybody else. So none is
 * begun before its first message is there, GIO keeps two threads for what else there is to do, and who takes
 * long gives way as soon as others wait, the sooner the more there are.
 */

#define MAX_RUNNING 8     /* handshakes at once */
#define GRACE_MSEC  250   /* what each may take if another waits; one from near by takes ten */
#define HURRY_MSEC  50    /* … and at least, however many do */
#define LOOK_MSEC   10
#define HEAD_LEN    5     /* of a record: RFC 8446 §5.1 */
#define MAX_RECORD  16384 /* bytes of its content: RFC 8446 §5.1 */
#define HANDSHAKE   22    /* what it holds: RFC 8446 §B.1 */

struct _SkyTcpShakes
{
  GQueue   waiting; /* of SkyTcpShake, borrowed; who came last is last */
  GQueue   running; /* of Run, in the order in which they began */
  guint    look;    /* source */
  gboolean newest;  /* is next */
};

/* A handshake in its thread. */
typedef struct
{
  SkyTcpShakes *shakes; /* owned */
  SkyTcpShake  *shake;  /* nullable: it was given up */
  GCancellable *cancellable;
  GInetAddress *address; /* nullable */
  gint64        began_usec;
} Run;

struct _SkyTcpShake
{
  SkyTcpShakes   *shakes; /* owned */
  GTlsConnection *tls;
  GSocket        *socket;
  GInetAddress   *address;    /* nullable: it was gone already */
  guint           n_alike;    /* while it waits: handshakes with its address that are under way, by the last look */
  GSource        *hello;      /* nullable: the first message has come */
  gsize           n_awaited;  /* bytes of it */
  Run            *run;        /* nullable */
  SkyTcpShakeFunc func;
  gpointer        user_data;
  GDestroyNotify  destroy;
};

static void start_some (SkyTcpShakes *self);

/* Returns: (transfer full): nobody's handshakes */
SkyTcpShakes *
sky_tcp_shakes_new (void)
{
  return g_rc_box_new0 (SkyTcpShakes);
}

static void
shakes_clear (gpointer data)
{
  SkyTcpShakes *self = data;

  g_clear_handle_id (&self->look, g_source_remove);
}

/* Those that are under way hold a reference too. */
void
sky_tcp_shakes_unref (SkyTcpShakes *self)
{
  g_rc_box_release_full (self, shakes_clear);
}

static GInetAddress *
find_address (GSocket *socket)
{
  g_autoptr(GSocketAddress) address = g_socket_get_remote_address (socket, NULL);

  if (!G_IS_INET_SOCKET_ADDRESS (address))
    return NULL;
  return g_object_ref (g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (address)));
}

static gboolean
is_same (GInetAddress *one, GInetAddress *other)
{
  return one != NULL && other != NULL && g_inet_address_equal (one, other);
}

/* Returns: how many handshakes with @address are under way */
static guint
count_running (SkyTcpShakes *self, GInetAddress *address)
{
  guint n = 0;

  for (GList *l = self->running.head; l != NULL; l = l->next)
    n += is_same (((Run *) l->data)->address, address);
  return n;
}

/*
 * One of the address that has the fewest; in turn who came first and who came last, since in a flood those
 * who have waited for long have most likely gone.
 */
static SkyTcpShake *
take_next (SkyTcpShakes *self)
{
  guint fewest = G_MAXUINT;
  GList *next = NULL;
  SkyTcpShake *shake;

  self->newest = !self->newest;
  for (GList *l = self->newest ? self->waiting.tail : self->waiting.head; l != NULL && fewest > 0;
       l = self->newest ? l->prev : l->next)
    {
      guint n = count_running (self, ((SkyTcpShake *) l->data)->address);

      if (n < fewest)
        next = l;
      fewest = MIN (fewest, n);
    }
  shake = next != NULL ? next->data : NULL;
  if (next != NULL)
    g_queue_delete_link (&self->waiting, next);
  return shake;
}

static void
run_free (Run *self)
{
  g_object_unref (self->cancellable);
  g_clear_object (&self->address);
  sky_tcp_shakes_unref (self->shakes);
  g_free (self);
}

static void
on_shaken (GObject *tls, GAsyncResult *result, gpointer user_data)
{
  Run *run = user_data;
  SkyTcpShake *shake = run->shake;

  g_tls_connection_handshake_finish (G_TLS_CONNECTION (tls), result, NULL);
  g_queue_remove (&run->shakes->running, run);
  if (shake != NULL)
    {
      shake->run = NULL;
      shake->func (SKY_TCP_SHAKE_DONE, shake->user_data);
    }
  start_some (run->shakes);
  run_free (run);
}

static void
start (SkyTcpShake *shake)
{
  Run *run = g_new (Run, 1);

  *run = (Run) { .shakes = g_rc_box_acquire (shake->shakes),
                 .shake = shake,
                 .cancellable = g_cancellable_new (),
                 .address = shake->address != NULL ? g_object_ref (shake->address) : NULL,
                 .began_usec = g_get_monotonic_time () };
  shake->run = run;
  g_queue_push_tail (&shake->shakes->running, run);
  g_tls_connection_handshake_async (shake->tls, G_PRIORITY_DEFAULT, run->cancellable, on_shaken, run);
}

/* There may be thousands, and each is looked at for every one that is slow: what has to be counted is counted once. */
static void
count_alike (SkyTcpShakes *self)
{
  for (GList *l = self->waiting.head; l != NULL; l = l->next)
    ((SkyTcpShake *) l->data)->n_alike = count_running (self, ((SkyTcpShake *) l->data)->address);
}

/* Whether someone waits who ought to have the place of @run: of its own address, or of one that has fewer. */
static gboolean
has_rival (SkyTcpShakes *self, const Run *run)
{
  guint n = count_running (self, run->address);

  for (GList *l = self->waiting.head; l != NULL; l = l->next)
    {
      const SkyTcpShake *shake = l->data;

      if (shake->n_alike < n || (shake->n_alike == n && is_same (shake->address, run->address)))
        return TRUE;
    }
  return FALSE;
}

/* Returns: (nullable): who had its time, and has to go */
static Run *
find_slow (SkyTcpShakes *self)
{
  guint grace_msec = MAX (GRACE_MSEC / (1 + self->waiting.length / 4), HURRY_MSEC);
  gint64 before_usec = g_get_monotonic_time () - grace_msec * G_TIME_SPAN_MILLISECOND;

  for (GList *l = self->running.head; l != NULL; l = l->next)
    {
      Run *run = l->data;

      if (run->shake != NULL && run->began_usec < before_usec && has_rival (self, run))
        return run;
    }
  return NULL;
}

/* Returns: how many were given up, and have their thread still */
static guint
count_leaving (SkyTcpShakes *self)
{
  guint n = 0;

  for (GList *l = self->running.head; l != NULL; l = l->next)
    n += ((Run *) l->data)->shake == NULL;
  return n;
}

/* For each who waits one has to go, of those who had their time. */
static void
make_room (SkyTcpShakes *self)
{
  Run *slow;

  count_alike (self);
  for (guint n = count_leaving (self); n < self->waiting.length && (slow = find_slow (self)) != NULL; n++)
    {
      slow->began_usec = g_get_monotonic_time (); /* it is told once in a while, not always */
      slow->shake->func (SKY_TCP_SHAKE_GIVE_WAY, slow->shake->user_data);
    }
}

static gboolean
on_look (gpointer user_data)
{
  SkyTcpShakes *self = g_rc_box_acquire (user_data);
  gboolean more;

  make_room (self);
  more = self->waiting.length > 0;
  if (!more)
    self->look = 0;
  sky_tcp_shakes_unref (self);
  return more;
}

static void
start_some (SkyTcpShakes *self)
{
  SkyTcpShake *shake;

  while (self->running.length < MAX_RUNNING && (shake = take_next (self)) != NULL)
    start (shake);
  if (self->waiting.length > 0 && self->look == 0)
    self->look = g_timeout_add (LOOK_MSEC, on_look, self);
}

static void
stop_listening (SkyTcpShake *self)
{
  if (self->hello != NULL)
    g_source_destroy (self->hello);
  g_clear_pointer (&self->hello, g_source_unref);
}

/* Returns: bytes that have to come before a handshake makes sense; 0 if it does now, or fails anyway */
static gsize
count_awaited (GSocket *socket)
{
  int fd = g_socket_get_fd (socket), n_here = 0;
  guint8 head[HEAD_LEN];
  gssize len = recv (fd, head, sizeof head, MSG_PEEK | MSG_DONTWAIT);
  gsize whole;

  if (len < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
    return HEAD_LEN;
  if (len <= 0 || head[0] != HANDSHAKE)
    return 0;
  if (len < HEAD_LEN)
    return HEAD_LEN;
  whole = HEAD_LEN + MIN ((gsize) head[3] << 8 | head[4], MAX_RECORD);
  return ioctl (fd, FIONREAD, &n_here) == 0 && (gsize) n_here < whole ? whole : 0;
}

/* The socket says that it can be read only then. */
static void
await (SkyTcpShake *self, gsize n_awaited)
{
  self->n_awaited = n_awaited;
  g_socket_set_option (self->socket, SOL_SOCKET, SO_RCVLOWAT, (int) MAX (n_awaited, 1), NULL);
}

/* It is also ready once no more will come. */
static gboolean
on_hello (GSocket *socket, GIOCondition condition, gpointer user_data)
{
  SkyTcpShake *self = user_data;
  gsize n_awaited = count_awaited (socket);

  if (n_awaited > self->n_awaited)
    {
      await (self, n_awaited);
      return G_SOURCE_CONTINUE;
    }
  await (self, 0);
  stop_listening (self);
  g_queue_push_tail (&self->shakes->waiting, self);
  start_some (self->shakes);
  return G_SOURCE_REMOVE;
}

/**
 * sky_tcp_shake_new:
 * @shakes: those among which it has its turn
 * @tls: our end of somebody's connection, over a socket; nothing is read from it before the handshake is done
 * @func: told of it from the main loop, and of nothing after sky_tcp_shake_free()
 * @destroy: (nullable): takes @user_data in sky_tcp_shake_free()
 *
 * Does the handshake (RFC 8446 §4) as soon as it is @tls's turn. The caller has a deadline of its own.
 *
 * Returns: (transfer full): the handshake
 */
SkyTcpShake *
sky_tcp_shake_new (SkyTcpShakes *shakes, GTlsConnection *tls, SkyTcpShakeFunc func, gpointer user_data,
                   GDestroyNotify destroy)
{
  SkyTcpShake *self = g_new0 (SkyTcpShake, 1);

  self->shakes = g_rc_box_acquire (shakes);
  self->tls = g_object_ref (tls);
  self->socket = g_object_ref (sky_tcp_facts_find_socket (G_IO_STREAM (tls)));
  self->address = find_address (self->socket);
  self->func = func;
  self->user_data = user_data;
  self->destroy = destroy;
  await (self, HEAD_LEN);
  self->hello = g_socket_create_source (self->socket, G_IO_IN, NULL);
  g_source_set_callback (self->hello, G_SOURCE_FUNC (on_hello), self, NULL);
  g_source_attach (self->hello, g_main_context_get_thread_default ());
  return self;
}

/**
 * sky_tcp_shake_free:
 *
 * Gives it up, if it is not done: to be called before its socket is closed.
 */
void
sky_tcp_shake_free (SkyTcpShake *self)
{
  stop_listening (self);
  g_queue_remove (&self->shakes->waiting, self);
  if (self->run != NULL)
    {
      self->run->shake = NULL;
      g_cancellable_cancel (self->run->cancellable);
    }
  if (self->destroy != NULL)
    self->destroy (self->user_data);
  g_clear_object (&self->address);
  g_object_unref (self->socket);
  g_object_unref (self->tls);
  sky_tcp_shakes_unref (self->shakes);
  g_free (self);
}
