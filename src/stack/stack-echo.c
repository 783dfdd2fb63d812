#include "stack/stack-private.h"

#include <string.h>

#define MAX_LEN 4096 /* bytes of a packet that is remembered */

/*
 * A broadcast goes to a thousand sockets in the same words. Whoever hears them all decodes them once: what a
 * packet says depends on its text alone, and what it means is judged for each session.
 */

/**
 * sky_stack_echo_hear:
 * @text: a packet of Socket.IO without its attachments
 *
 * Decodes @text, unless it is what was heard last.
 */
void
sky_stack_echo_hear (SkyStackEcho *self, const char *text, gsize len)
{
  if (self->nsp != NULL && len > 0 && self->text->len == len && memcmp (self->text->data, text, len) == 0)
    return;
  g_free (self->nsp);
  sky_sio_packet_decode (text, len, &self->packet);
  self->nsp = sky_sio_packet_nsp (&self->packet, text);
  if (self->text == NULL)
    self->text = g_byte_array_new ();
  g_byte_array_set_size (self->text, 0);
  if (len <= MAX_LEN)
    g_byte_array_append (self->text, (const guint8 *) text, (guint) len);
}

void
sky_stack_echo_clear (SkyStackEcho *self)
{
  g_clear_pointer (&self->text, g_byte_array_unref);
  g_clear_pointer (&self->nsp, g_free);
}
