#include "trace/tcp-remark.h"

#include <string.h>

#include "base/json.h"

void
sky_tcp_remark_clear (SkyTcpRemark *self)
{
  char *strings[] = { self->what, self->text, self->name, self->role, self->layer, self->kind, self->from };

  for (guint i = 0; i < G_N_ELEMENTS (strings); i++)
    g_free (strings[i]);
}

/* Anybody may have written the file: what is no UTF-8 cannot be shown. */
static char *
take_member (const char *json, const SkyJsonValue *root, const char *name)
{
  g_autofree char *text = NULL;
  SkyJsonValue value;

  if (!sky_json_member (json, root, name, &value) || value.type != SKY_JSON_STRING)
    return NULL;
  text = sky_json_unquote (json, &value, NULL);
  return g_utf8_make_valid (text, -1);
}

/**
 * sky_tcp_remark_read:
 * @self: (out caller-allocates): all zero before; sky_tcp_remark_clear() it, whatever is returned
 *
 * Returns: whether the packet's comment is one of ours
 */
gboolean
sky_tcp_remark_read (SkyTcpRemark *self, const SkyCapturePacket *packet)
{
  const char *json = packet->comment;
  SkyJsonValue root, id, quiet;

  if (json == NULL || !sky_json_parse (json, packet->comment_len, &root, NULL, NULL) || root.type != SKY_JSON_OBJECT)
    return FALSE;
  self->what = take_member (json, &root, "sockeye");
  self->text = take_member (json, &root, "text");
  self->name = take_member (json, &root, "name");
  self->role = take_member (json, &root, "role");
  self->layer = take_member (json, &root, "layer");
  self->kind = take_member (json, &root, "kind");
  self->from = take_member (json, &root, "from");
  if (!sky_json_member (json, &root, "id", &id) || !sky_json_uint (json, &id, &self->id))
    self->id = G_MAXUINT64;
  self->quiet = sky_json_member (json, &root, "quiet", &quiet) && quiet.type == SKY_JSON_TRUE;
  return self->what != NULL;
}

/* Returns: whose link it introduces; a client's if it does not say */
SkyStoreRole
sky_tcp_remark_get_role (const SkyTcpRemark *self)
{
  if (g_strcmp0 (self->role, "server") == 0)
    return SKY_ROLE_SERVER;
  return g_strcmp0 (self->role, "relay") == 0 ? SKY_ROLE_RELAY : SKY_ROLE_CLIENT;
}

SkyFrom
sky_tcp_remark_get_from (const SkyTcpRemark *self)
{
  return g_strcmp0 (self->from, "server") == 0 ? SKY_FROM_SERVER : SKY_FROM_CLIENT;
}

/* Returns: %FALSE if it names no kind that there is */
gboolean
sky_tcp_remark_get_kind (const SkyTcpRemark *self, SkyKind *kind)
{
  for (guint i = 0; self->kind != NULL && i < SKY_N_KINDS; i++)
    if (strcmp (sky_kind_id (i), self->kind) == 0)
      {
        *kind = i;
        return TRUE;
      }
  return FALSE;
}
