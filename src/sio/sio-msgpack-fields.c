#include "config.h"

#include "sio/sio-msgpack-private.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>

#include "base/hex.h"
#include "base/msgpack.h"

#define PREVIEW_LEN 120  /* bytes of a value that a field shows */
#define MAX_FIELDS  1000 /* values within the data that get a field each */
#define MAX_DEPTH   8    /* brackets that are followed into */

/* An array or map that fields are being made of. */
typedef struct
{
  guint32  n, i; /* items or pairs, and which is next */
  gboolean map;
} Level;

typedef struct
{
  const guint8 *data;
  gsize         pos, end;
  Level         levels[MAX_DEPTH];
  guint         depth, n_fields;
  SkyFields    *fields;
} Tree;

static char *
show_octets (const guint8 *data, const SkyMsgpackToken *token, gboolean text)
{
  const guint8 *octets = data + token->start + token->head_len;

  if (text)
    return sky_hex_printable (octets, token->len, PREVIEW_LEN);
  return sky_hex_format (octets, MIN (token->len, PREVIEW_LEN / 4), " ");
}

static char *
show_ext (const guint8 *data, const SkyMsgpackToken *token)
{
  g_autofree char *hex = show_octets (data, token, FALSE);
  SkySioPacket value = { .data_start = token->start, .data_len = token->head_len + token->len };
  guint32 faults = 0;

  if (token->fixed && token->ext == 0 && token->len == 1)
    return g_strdup (_("undefined"));
  if (token->ext == -1 || (token->fixed && token->ext == 0))
    {
      g_autofree char *json = sky_sio_msgpack_json (data, &value, NULL, &faults);

      if (json != NULL && g_str_has_prefix (json, "{\"$date\":\""))
        return g_strdup_printf (_("%.*s (date)"), (int) strcspn (json + 10, "\""), json + 10);
    }
  return g_strdup_printf (_("%s (extension %d, %zu bytes)"), hex, token->ext, token->len);
}

/* One token in words. */
static char *
show (const guint8 *data, const SkyMsgpackToken *token)
{
  g_autofree char *octets = NULL;
  char digits[G_ASCII_DTOSTR_BUF_SIZE];

  switch (token->type)
    {
    case SKY_MSGPACK_NIL:
      return g_strdup ("nil");
    case SKY_MSGPACK_FALSE:
    case SKY_MSGPACK_TRUE:
      return g_strdup (token->type == SKY_MSGPACK_TRUE ? "true" : "false");
    case SKY_MSGPACK_UINT:
      return g_strdup_printf (_("%" PRIu64 " (integer)"), token->uint);
    case SKY_MSGPACK_INT:
      return g_strdup_printf (_("%" PRId64 " (integer)"), token->sint);
    case SKY_MSGPACK_FLOAT:
      return g_strdup_printf (_("%s (float)"), g_ascii_dtostr (digits, sizeof digits, token->real));
    case SKY_MSGPACK_STRING:
      octets = show_octets (data, token, TRUE);
      return g_strdup_printf (_("“%s” (string)"), octets);
    case SKY_MSGPACK_BINARY:
      octets = show_octets (data, token, FALSE);
      return g_strdup_printf (_("%s (binary, %zu bytes)"), octets, token->len);
    case SKY_MSGPACK_EXT:
      return show_ext (data, token);
    case SKY_MSGPACK_ARRAY:
      return g_strdup_printf (_("array of %u"), token->n_items);
    case SKY_MSGPACK_MAP:
      return g_strdup_printf (_("map of %u"), token->n_items);
    }
  return NULL;
}

/* Adds a field for the value at tree->pos, and goes into it if it is an array or map. */
static gboolean
add_value (Tree *tree, const char *name, gsize start, gboolean faulty)
{
  SkyMsgpackToken token;
  gsize at = tree->pos, end = tree->pos;
  g_autofree char *shown = NULL;
  SkyField *field;
  gboolean enter;

  if (!sky_msgpack_skip (tree->data, tree->end, &end) || !sky_msgpack_next (tree->data, tree->end, &at, &token))
    return FALSE;
  shown = show (tree->data, &token);
  enter = token.type >= SKY_MSGPACK_ARRAY && token.n_items > 0 && tree->depth < MAX_DEPTH;
  tree->n_fields++;
  if (enter)
    sky_fields_open (tree->fields, name, start, end - start, "%s", shown);
  else
    sky_fields_add (tree->fields, name, start, end - start, "%s", shown);
  field = g_ptr_array_index (tree->fields->list, tree->fields->list->len - 1);
  field->faulty = faulty;
  if (enter)
    tree->levels[tree->depth++] = (Level) { .n = token.n_items, .map = token.type == SKY_MSGPACK_MAP };
  tree->pos = enter ? at : end;
  return TRUE;
}

static const guint32 member_faults[] = {
  SKY_SIO_FAULT_TYPE,
  SKY_SIO_FAULT_NSP,
  SKY_SIO_FAULT_ACK_ID,
  SKY_SIO_FAULT_DATA | SKY_SIO_FAULT_NAME | SKY_SIO_FAULT_DEPTH | SKY_SIO_FAULT_SIZE,
};

/* Whether the packet's member @name is what one of its faults is about. */
static gboolean
is_faulty (const Tree *tree, const char *name, guint32 faults)
{
  static const char *const names[] = { "type", "nsp", "id", "data" };

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    if (tree->depth == 1 && g_str_equal (name, names[i]))
      return (faults & member_faults[i]) != 0;
  return FALSE;
}

/* A map's key as a name; of anything but a string and a number, its kind. */
static char *
take_key (Tree *tree)
{
  SkyMsgpackToken token;
  gsize at = tree->pos;

  if (!sky_msgpack_skip (tree->data, tree->end, &tree->pos) || !sky_msgpack_next (tree->data, tree->end, &at, &token))
    return NULL;
  return token.type == SKY_MSGPACK_STRING ? show_octets (tree->data, &token, TRUE) : show (tree->data, &token);
}

static gboolean
add_item (Tree *tree, guint32 faults)
{
  Level *level = &tree->levels[tree->depth - 1];
  gsize start = tree->pos;
  g_autofree char *name = level->map ? take_key (tree) : g_strdup_printf ("[%u]", level->i);

  level->i++;
  return name != NULL && add_value (tree, name, start, is_faulty (tree, name, faults));
}

/**
 * sky_sio_msgpack_fields:
 * @packet: as sky_sio_msgpack_find() set it
 * @data: (array length=len): the bytes that @packet was found in
 * @len: bytes
 * @fields: where the fields go
 *
 * Adds the layer's title and the map as it stands: each member from its key to its value's end,
 * and what is in it, to 8 levels and 1000 fields.
 */
void
sky_sio_msgpack_fields (const SkySioPacket *packet, const guint8 *data, gsize len, SkyFields *fields)
{
  Tree tree = { .data = data, .end = len, .fields = fields };
  guint32 faults = packet->faults;

  if (len > 0 && data[0] == '{')
    {
      sky_sio_msgpack_fields_text (packet, (const char *) data, len, fields);
      return;
    }
  sky_fields_open (fields, _("Socket.IO packet, MessagePack"), 0, len, "%s", sky_sio_type_name (packet->type));
  if (packet->type != SKY_SIO_UNKNOWN || (faults & SKY_SIO_FAULT_MSGPACK) == 0)
    add_value (&tree, _("Packet"), 0, FALSE);
  while (tree.depth > 0)
    {
      Level *level = &tree.levels[tree.depth - 1];

      if (level->i < level->n && tree.n_fields < MAX_FIELDS && add_item (&tree, faults))
        continue;
      if (level->i < level->n)
        sky_fields_add (fields, "…", tree.pos, 0, _("%u more"), level->n - level->i);
      sky_fields_close (fields);
      tree.depth--;
      if (level->i < level->n)
        tree.n_fields = MAX_FIELDS; /* where the next value begins is not known */
    }
  sky_fields_close (fields);
}
