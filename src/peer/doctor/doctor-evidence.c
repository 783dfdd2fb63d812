#include "peer/doctor/doctor-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "http/http-head.h"
#include "peer/profile/profile-secrets.h"

/* What a finding was seen by, as text. */

/* Returns: (nullable) (transfer full): a line of the answer's head */
char *
sky_ask_header (const SkyAsk *self, const char *name)
{
  g_autofree SkyHttpHead *head = g_new0 (SkyHttpHead, 1);

  if (self->head == NULL
      || sky_http_head_decode (g_bytes_get_data (self->head, NULL), g_bytes_get_size (self->head), TRUE, head, NULL) <= 0)
    return NULL;
  return sky_http_head_value (head, g_bytes_get_data (self->head, NULL), name);
}

static void
append_header (GString *text, const SkyAsk *ask, const char *name)
{
  g_autofree char *value = sky_ask_header (ask, name);
  g_autofree char *shown = value != NULL ? sky_signs_printable ((const guint8 *) value, MIN (strlen (value), 80)) : NULL;

  if (shown != NULL)
    g_string_append_printf (text, ", %s: %s", name, shown);
}

static void
append_bytes (GString *text, GBytes *bytes)
{
  g_autofree char *shown = NULL;
  gsize len;
  const guint8 *data = g_bytes_get_data (bytes, &len);

  if (len == 0)
    return;
  shown = sky_signs_printable (data, MIN (len, SKY_ASK_SHOWN));
  g_string_append_printf (text, ": %s%s", shown, len > SKY_ASK_SHOWN ? "…" : "");
}

/**
 * sky_ask_evidence:
 *
 * Reports are shown to others: the values of the query that are secret by their name are left out.
 *
 * Returns: (transfer full): what was asked, and on a second line what was answered
 */
char *
sky_ask_evidence (const SkyAsk *self)
{
  static const char *const shown[] = { "Location", "WWW-Authenticate", "Server", "Via" };
  gboolean upgrade = self->caller == NULL && *self->method != '\0';
  g_autofree char *target = sky_secret_blank_url (self->route.target);
  GString *text = g_string_new (NULL);

  if (*self->method != '\0')
    /* Translators: behind a request, such as GET /socket.io/ */
    g_string_append_printf (text, "%s %s%s\n", self->method, target, upgrade ? _(" (upgrade)") : "");
  if (self->status != 0)
    {
      g_string_append_printf (text, "%u", self->status);
      for (guint i = 0; i < G_N_ELEMENTS (shown); i++)
        append_header (text, self, shown[i]);
      if (!self->opened && self->body != NULL)
        append_bytes (text, self->body);
    }
  else if (self->error != NULL)
    g_string_append (text, self->error->message);
  if (self->raw->len > 0)
    {
      g_autofree char *shown_raw = sky_signs_printable (self->raw->data, MIN (self->raw->len, SKY_ASK_SHOWN));

      g_string_append (text, shown_raw);
    }
  for (guint i = 0; i < MIN (self->messages->len, 3); i++)
    append_bytes (text, ((SkyAskMessage *) self->messages->pdata[i])->data);
  if (self->closed)
    g_string_append (text, _("; then it closed the connection"));
  return g_string_free (text, FALSE);
}
