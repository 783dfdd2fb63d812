#include "peer/host/host-recovery.h"

#include <string.h>

#define LATE_MSEC 60000 /* how much longer than sockets events are remembered: as long as the reference may keep them */

static const char digits[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_";

/* An event and the memory of it: @said comes first, and points to what is owned here. */
typedef struct
{
  SkyHostSaid said;
  gint64      said_usec;
  gsize       len; /* bytes that it is counted as */
  char       *nsp, *json;
  char      **rooms, **except;
} Entry;

struct _SkyHostRecovery
{
  GQueue      log;  /* of Entry, the oldest first: offsets grow */
  gsize       log_len;
  guint64     last; /* offset of the last event */
  guint64     gone; /* … of the last one that is forgotten */
  GQueue      kept; /* of SkyHostKept, the first who left first */
  GHashTable *by_pid; /* → its link in @kept */
  gsize       kept_len;
};

static void
entry_clear (gpointer data)
{
  Entry *self = data;

  g_clear_pointer (&self->said.attachments, g_ptr_array_unref);
  g_strfreev (self->rooms);
  g_strfreev (self->except);
  g_free (self->nsp);
  g_free (self->json);
}

static void
entry_unref (gpointer data)
{
  g_rc_box_release_full (data, entry_clear);
}

void
sky_host_kept_free (SkyHostKept *self)
{
  g_strfreev (self->rooms);
  g_free (self->nsp);
  g_free (self->id);
  g_free (self->pid);
  g_free (self->variables);
  g_free (self);
}

SkyHostRecovery *
sky_host_recovery_new (void)
{
  SkyHostRecovery *self = g_new0 (SkyHostRecovery, 1);

  g_queue_init (&self->log);
  g_queue_init (&self->kept);
  self->by_pid = g_hash_table_new (g_str_hash, g_str_equal);
  return self;
}

void
sky_host_recovery_free (SkyHostRecovery *self)
{
  g_hash_table_unref (self->by_pid);
  g_queue_clear_full (&self->log, entry_unref);
  g_queue_clear_full (&self->kept, (GDestroyNotify) sky_host_kept_free);
  g_free (self);
}

static gsize
measure_list (const char *const *list)
{
  gsize len = sizeof (char *);

  for (gsize i = 0; list != NULL && list[i] != NULL; i++)
    len += sizeof (char *) + strlen (list[i]) + 1;
  return len;
}

static gsize
measure_kept (const SkyHostKept *kept)
{
  return sizeof *kept + measure_list ((const char *const *) kept->rooms)
         + (kept->variables != NULL ? strlen (kept->variables) : 0);
}

static void
forget_entry (SkyHostRecovery *self)
{
  Entry *entry = g_queue_pop_head (&self->log);

  self->log_len -= entry->len;
  self->gone = entry->said.offset;
  entry_unref (entry);
}

/* Returns: (transfer full) */
static SkyHostKept *
steal_kept (SkyHostRecovery *self, GList *link)
{
  SkyHostKept *kept = link->data;

  g_hash_table_remove (self->by_pid, kept->pid);
  self->kept_len -= measure_kept (kept);
  g_queue_delete_link (&self->kept, link);
  return kept;
}

/**
 * sky_host_recovery_expire:
 * @now_usec: since 1970
 * @keep_msec: how long a socket that is gone is remembered
 *
 * Returns: %FALSE if nothing is remembered any more
 */
gboolean
sky_host_recovery_expire (SkyHostRecovery *self, gint64 now_usec, guint keep_msec)
{
  gint64 since_usec = now_usec - (gint64) keep_msec * 1000, said_usec = since_usec - LATE_MSEC * 1000;

  while (self->kept.head != NULL && ((SkyHostKept *) self->kept.head->data)->left_usec < since_usec)
    sky_host_kept_free (steal_kept (self, self->kept.head));
  while (self->log.head != NULL && (keep_msec == 0 || ((Entry *) self->log.head->data)->said_usec < said_usec))
    forget_entry (self);
  return self->kept.length > 0 || self->log.length > 0;
}

/* Digits as the reference writes them: the most significant first. */
static void
append_offset (GString *text, guint64 offset)
{
  char reversed[12];
  gsize n = 0;

  do
    reversed[n++] = digits[offset & 63];
  while ((offset >>= 6) > 0);
  while (n > 0)
    g_string_append_c (text, reversed[--n]);
}

/* Returns: 0 if @text is nothing that append_offset() writes */
static guint64
read_offset (const char *text)
{
  guint64 offset = 0;

  if (strlen (text) > 10 || *text == '0')
    return 0;
  for (; *text != '\0'; text++)
    {
      const char *digit = strchr (digits, *text);

      if (digit == NULL)
        return 0;
      offset = offset << 6 | (guint64) (digit - digits);
    }
  return offset;
}

/* Returns: (nullable) (transfer full): @json with one argument more */
static char *
add_argument (const char *json, guint64 offset)
{
  const char *end = strrchr (json, ']');
  GString *out;

  if (end == NULL || *json != '[')
    return NULL;
  out = g_string_new_len (json, end - json);
  g_string_append (out, ",\"");
  append_offset (out, offset);
  g_string_append (out, "\"]");
  return g_string_free (out, FALSE);
}

static Entry *
entry_new (const SkyHostSaid *said, const char *json, guint64 offset, gint64 now_usec)
{
  Entry *self = g_rc_box_new0 (Entry);

  self->said_usec = now_usec;
  self->nsp = g_strdup (said->nsp);
  self->json = g_strdup (json);
  self->rooms = g_strdupv ((char **) said->rooms);
  self->except = g_strdupv ((char **) said->except);
  self->said = (SkyHostSaid) { offset, self->nsp, (const char *const *) self->rooms,
                               (const char *const *) self->except, self->json, NULL };
  self->len = sizeof *self + strlen (said->nsp) + strlen (json) + measure_list (said->rooms) + measure_list (said->except);
  if (said->attachments == NULL)
    return self;
  self->said.attachments = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  for (guint i = 0; i < said->attachments->len; i++)
    {
      GBytes *octets = g_ptr_array_index (said->attachments, i);

      g_ptr_array_add (self->said.attachments, g_bytes_ref (octets));
      self->len += sizeof octets + g_bytes_get_size (octets);
    }
  return self;
}

/**
 * sky_host_recovery_log:
 * @said: an event that is about to go out and that is neither volatile nor to be acked
 * @now_usec: since 1970
 * @offset: (out): what it is known by
 *
 * Remembers an event for those who are going to miss it.
 *
 * Returns: (transfer full) (nullable): the event with its offset as one argument more, as it has to go
 *   out; %NULL if it has no arguments to which one could be added, and is not remembered
 */
char *
sky_host_recovery_log (SkyHostRecovery *self, const SkyHostSaid *said, gint64 now_usec, guint64 *offset)
{
  guint64 next = MAX (self->last + 1, (guint64) MAX (now_usec, 0) / 1000);
  char *json = add_argument (said->json, next);
  Entry *entry;

  if (json == NULL)
    return NULL;
  self->last = *offset = next;
  entry = entry_new (said, json, next, now_usec);
  g_queue_push_tail (&self->log, entry);
  self->log_len += entry->len;
  while (self->log.length > SKY_RECOVERY_MAX_EVENTS || self->log_len > SKY_RECOVERY_MAX_LOG_LEN)
    forget_entry (self);
  return json;
}

/* Returns: the offset of the last event of all, 0 if there was none */
guint64
sky_host_recovery_get_last (const SkyHostRecovery *self)
{
  return self->last;
}

/**
 * sky_host_recovery_keep:
 * @kept: (transfer full): a socket that has left, for a reason from which it may come back
 * @now_usec: since 1970
 */
void
sky_host_recovery_keep (SkyHostRecovery *self, SkyHostKept *kept, gint64 now_usec)
{
  GList *known = g_hash_table_lookup (self->by_pid, kept->pid);

  if (known != NULL)
    sky_host_kept_free (steal_kept (self, known));
  kept->left_usec = now_usec;
  g_queue_push_tail (&self->kept, kept);
  g_hash_table_insert (self->by_pid, kept->pid, self->kept.tail);
  self->kept_len += measure_kept (kept);
  while (self->kept.length > SKY_RECOVERY_MAX_KEPT || self->kept_len > SKY_RECOVERY_MAX_KEPT_LEN)
    sky_host_kept_free (steal_kept (self, self->kept.head));
}

static gboolean
is_any_in (const char *const *wanted, const SkyHostKept *kept)
{
  for (gsize i = 0; wanted != NULL && wanted[i] != NULL; i++)
    if (g_strv_contains ((const char *const *) kept->rooms, wanted[i]))
      return TRUE;
  return FALSE;
}

static gboolean
is_meant (const SkyHostSaid *said, const SkyHostKept *kept)
{
  return g_str_equal (said->nsp, kept->nsp) && (said->rooms == NULL || is_any_in (said->rooms, kept))
         && !is_any_in (said->except, kept);
}

/*
 * Adds what came after @offset to @missed. If that is the last that was sent to the socket, nothing that was said
 * until it left was for it. Returns: %FALSE if some of that is forgotten, or @offset never was
 */
static gboolean
find_missed (SkyHostRecovery *self, const SkyHostKept *kept, guint64 offset, GPtrArray *missed)
{
  gboolean had_all = offset == kept->n_sent;
  guint64 since = had_all ? MAX (offset, kept->n_left) : offset;
  GList *first = NULL, *l;

  for (l = self->log.tail; l != NULL && ((Entry *) l->data)->said.offset > since; l = l->prev)
    first = l;
  if (self->gone > since || (!had_all && (l == NULL || ((Entry *) l->data)->said.offset != offset)))
    return FALSE;
  for (l = first; l != NULL; l = l->next)
    if (is_meant (&((Entry *) l->data)->said, kept))
      g_ptr_array_add (missed, g_rc_box_acquire (l->data));
  return TRUE;
}

/**
 * sky_host_recovery_take:
 * @nsp: what a client connects to
 * @pid: what it says it was called, a secret
 * @offset: of the last event that it has seen, as it says
 * @missed: (out) (transfer full) (element-type SkyHostSaid): what it has to be sent, in order
 * @verdict: (out): why not
 *
 * Returns: (transfer full) (nullable): the socket that comes back, which is forgotten here
 */
SkyHostKept *
sky_host_recovery_take (SkyHostRecovery *self, const char *nsp, const char *pid, const char *offset, GPtrArray **missed,
                        SkyRecoveryVerdict *verdict)
{
  GList *link = g_hash_table_lookup (self->by_pid, pid);
  SkyHostKept *kept = link != NULL ? link->data : NULL;
  guint64 seen = read_offset (offset);

  *missed = NULL;
  *verdict = SKY_RECOVERY_UNKNOWN;
  if (kept == NULL || !g_str_equal (kept->nsp, nsp))
    return NULL;
  *verdict = SKY_RECOVERY_LOST;
  *missed = g_ptr_array_new_with_free_func (entry_unref);
  if (seen == 0 || !find_missed (self, kept, seen, *missed))
    {
      g_clear_pointer (missed, g_ptr_array_unref);
      return NULL;
    }
  *verdict = SKY_RECOVERY_DONE;
  return steal_kept (self, link);
}
