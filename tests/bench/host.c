/* host PHASE PORT PID [SIGNAL]: the load on one Socket.IO server, the process PID, and what that costs it:
 *   acks    events with acks from 20 connections: µs of CPU each
 *   room    events to a room of 1,000, one after the other: µs of CPU a delivery
 *   crowd   … ten at once, of ten members
 *   idle    2,000 connections that say nothing: bytes of memory (PSS) each
 *   joins   100 joins and leaves on each of 20 connections: µs of CPU a pair
 * The server acks "ask" with its argument, "join" and "leave" of a room with nothing, and sends "tell" to the room
 * "hall" as "told". SIGNAL makes it collect its garbage. One number is printed. */
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#define N_TALKERS 20
#define N_MEMBERS 1000
#define N_IDLE    2000
#define N_ACKS    20000 /* of each talker */
#define N_TELLS   200
#define N_ROOMS   100
#define WINDOW    10   /* events of one talker that wait for their acks */
#define N_CROWD   10   /* members who talk to the room at once */
#define SETTLE    3    /* seconds */
#define TEXT      "hello, how are you? this is a line of about eighty letters, as they are in a chat."

typedef struct
{
  int           fd;
  unsigned char in[4096]; /* from where a frame begins */
  size_t        len;
  unsigned      n_sent, n_heard;
} Client;

static int epoll, port, pid, collect;
static Client *clients;
static unsigned n_heard; /* of all */

static void
fail (const char *what)
{
  perror (what);
  exit (1);
}

static void
send_all (Client *client, const void *data, size_t len)
{
  if (send (client->fd, data, len, MSG_NOSIGNAL) != (ssize_t) len)
    fail ("send");
}

static size_t
append_frame (unsigned char *out, const char *text)
{
  static const unsigned char mask[4] = { 0x37, 0xfa, 0x21, 0x3d };
  size_t len = strlen (text), n = len < 126 ? 2 : 4;

  out[0] = 0x81;
  out[1] = 0x80 | (len < 126 ? len : 126);
  if (n == 4)
    {
      out[2] = len >> 8;
      out[3] = len & 255;
    }
  memcpy (out + n, mask, 4);
  for (size_t i = 0; i < len; i++)
    out[n + 4 + i] = text[i] ^ mask[i & 3];
  return n + 4 + len;
}

static void
say (Client *client, const char *text)
{
  unsigned char frame[512];

  send_all (client, frame, append_frame (frame, text));
}

/* A whole frame: RFC 6455 §5.2. A ping of Engine.IO is answered; what counts is an event or an ack. */
static void
hear (Client *client, const char *text)
{
  if (text[0] == '2')
    say (client, "3");
  if (text[0] != '4' || (text[1] != '2' && text[1] != '3'))
    return;
  client->n_heard++;
  n_heard++;
}

static void
hear_frames (Client *client)
{
  size_t at = 0;

  while (client->len - at >= 2)
    {
      const unsigned char *frame = client->in + at;
      size_t header = frame[1] < 126 ? 2 : 4;
      size_t len = header == 2 ? frame[1] : client->len - at >= 4 ? (size_t) (frame[2] << 8 | frame[3]) : 4096;

      if (frame[0] == 0x88)
        fail ("the server closes");
      if (client->len - at < header + len)
        break;
      hear (client, (const char *) frame + header);
      at += header + len;
    }
  memmove (client->in, client->in + at, client->len - at);
  client->len -= at;
}

static void
take (Client *client, void (*then) (Client *client))
{
  ssize_t len = recv (client->fd, client->in + client->len, sizeof client->in - client->len, MSG_DONTWAIT);

  if (len == 0 || (len < 0 && errno != EAGAIN))
    fail ("recv");
  client->len += len > 0 ? len : 0;
  hear_frames (client);
  if (then != NULL)
    then (client);
}

/*
 * Takes what came, a millisecond later: whoever sleeps on a socket is woken by the server's write, and at its
 * expense. @then, if any, is called with each client that something came for.
 */
static void
turn (void (*then) (Client *client))
{
  struct epoll_event events[256];
  int n, idle_msec = 0, n_taken = 0;

  while (n_taken == 0)
    {
      poll (NULL, 0, 1);
      while ((n = epoll_wait (epoll, events, 256, 0)) > 0)
        for (int i = 0; i < n; i++, n_taken++)
          take (events[i].data.ptr, then);
      if (++idle_msec > 10000)
        fail ("nothing came for 10 seconds");
    }
}

/* Reads until @end, which ends a message of the server. */
static void
expect (Client *client, const char *end)
{
  char heard[8192];
  size_t len = 0;

  for (;;)
    {
      ssize_t n = recv (client->fd, heard + len, sizeof heard - 1 - len, 0);

      if (n <= 0)
        fail ("no handshake");
      len += n;
      heard[len] = '\0';
      for (size_t i = 0; i < len; i++)
        if (memcmp (heard + i, end, strlen (end)) == 0)
          return;
    }
}

static void
join_server (Client *client)
{
  struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons (port), .sin_addr = { htonl (INADDR_LOOPBACK) } };
  struct epoll_event event = { .events = EPOLLIN, .data.ptr = client };
  static const char head[] = "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: localhost\r\n"
                             "User-Agent: bench\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                             "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";

  client->fd = socket (AF_INET, SOCK_STREAM, 0);
  if (client->fd < 0 || connect (client->fd, (struct sockaddr *) &address, sizeof address) != 0)
    fail ("connect");
  send_all (client, head, strlen (head));
  expect (client, "\"pingTimeout\"");
  say (client, "40");
  expect (client, "40{\"sid\"");
  if (epoll_ctl (epoll, EPOLL_CTL_ADD, client->fd, &event) != 0)
    fail ("epoll");
}

static void
join_many (unsigned n)
{
  clients = calloc (n, sizeof (Client));
  for (unsigned i = 0; i < n; i++)
    join_server (&clients[i]);
}

/* Returns: CPU that the server took so far, in µs, of all its threads */
static double
get_cpu (void)
{
  char path[64], line[1024];
  unsigned long user, system;
  FILE *file;

  snprintf (path, sizeof path, "/proc/%d/stat", pid);
  file = fopen (path, "r");
  if (file == NULL || fgets (line, sizeof line, file) == NULL
      || sscanf (strrchr (line, ')'), ") %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user, &system) != 2)
    fail (path);
  fclose (file);
  return (double) (user + system) * 1e6 / (double) sysconf (_SC_CLK_TCK);
}

/* Returns: bytes */
static double
get_memory (void)
{
  char path[64], line[256];
  unsigned long kib = 0;
  FILE *file;

  if (collect != 0)
    kill (pid, collect);
  for (int i = 0; i < SETTLE * 10; i++)
    poll (NULL, 0, 100);
  snprintf (path, sizeof path, "/proc/%d/smaps_rollup", pid);
  file = fopen (path, "r");
  while (file != NULL && fgets (line, sizeof line, file) != NULL)
    if (sscanf (line, "Pss: %lu", &kib) == 1)
      break;
  if (kib == 0)
    fail (path);
  fclose (file);
  return kib * 1024.0;
}

static unsigned n_wanted; /* of each client */

/* As many events as may wait, in one write. */
static void
ask (Client *client)
{
  unsigned char frames[WINDOW * 160];
  size_t len = 0;

  for (; client->n_sent - client->n_heard < WINDOW && client->n_sent < n_wanted; client->n_sent++)
    {
      char text[128];

      snprintf (text, sizeof text, "42%u[\"ask\",\"" TEXT "\"]", client->n_sent);
      len += append_frame (frames + len, text);
    }
  if (len > 0)
    send_all (client, frames, len);
}

/* Joins first, then leaves. */
static void
join_rooms (Client *client)
{
  for (; client->n_sent - client->n_heard < WINDOW && client->n_sent < n_wanted; client->n_sent++)
    {
      unsigned n = client->n_sent % (2 * N_ROOMS);
      char text[128];

      snprintf (text, sizeof text, "42%u[\"%s\",\"room %u\"]", client->n_sent, n < N_ROOMS ? "join" : "leave", n % N_ROOMS);
      say (client, text);
    }
}

static double
talk (unsigned n, void (*func) (Client *client))
{
  unsigned before = n_heard;
  double cpu = get_cpu ();

  n_wanted += n;
  for (unsigned i = 0; i < N_TALKERS; i++)
    func (&clients[i]);
  while (n_heard - before < n * N_TALKERS)
    turn (func);
  return (get_cpu () - cpu) / (n * N_TALKERS);
}

static void
enter_hall (Client *client)
{
  unsigned before = n_heard;

  say (client, "421[\"join\",\"hall\"]");
  while (n_heard == before)
    turn (NULL);
}

/* @n_at_once: of different members */
static double
tell (unsigned n, unsigned n_at_once)
{
  unsigned before = n_heard;
  double cpu = get_cpu ();

  for (unsigned i = 0; i < n; i += n_at_once)
    {
      for (unsigned k = 0; k < n_at_once; k++)
        say (&clients[k], "42[\"tell\",\"" TEXT "\"]");
      while (n_heard - before < (i + n_at_once) * N_MEMBERS)
        turn (NULL);
    }
  return (get_cpu () - cpu) / ((double) n * N_MEMBERS);
}

static double
measure_idle (void)
{
  double before;

  join_many (50);
  before = get_memory ();
  join_many (N_IDLE);
  return (get_memory () - before) / N_IDLE;
}

static double
measure_room (unsigned n_at_once)
{
  join_many (N_MEMBERS);
  for (unsigned i = 0; i < N_MEMBERS; i++)
    enter_hall (&clients[i]);
  tell (N_TELLS / 4, n_at_once);
  return tell (N_TELLS, n_at_once);
}

/* What is measured was done before: a server may compile what it does often. */
static double
measure (const char *phase)
{
  if (strcmp (phase, "idle") == 0)
    return measure_idle ();
  if (strcmp (phase, "room") == 0)
    return measure_room (1);
  if (strcmp (phase, "crowd") == 0)
    return measure_room (N_CROWD);
  join_many (N_TALKERS);
  if (strcmp (phase, "acks") == 0)
    return talk (N_ACKS / 4, ask), talk (N_ACKS, ask);
  return talk (10 * N_ROOMS, join_rooms), 2 * talk (10 * N_ROOMS, join_rooms);
}

int
main (int argc, char **argv)
{
  struct rlimit limit;

  if (argc < 4)
    return 2;
  getrlimit (RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit (RLIMIT_NOFILE, &limit);
  port = atoi (argv[2]);
  pid = atoi (argv[3]);
  collect = argc > 4 ? atoi (argv[4]) : 0;
  epoll = epoll_create1 (0);
  printf ("%.2f\n", measure (argv[1]));
  return 0;
}
