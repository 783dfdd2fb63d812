#include "ui/detail/payload-parts.h"

#include <string.h>

#include "base/json.h"
#include "ui/ui.h"

#define MAX_IMAGE  (16 * 1024 * 1024) /* bytes of a file that is decoded */
#define MAX_PIXELS (32 * 1000 * 1000) /* of a picture that is decoded */

static void
part_free (gpointer data)
{
  SkyPayloadPart *part = data;

  g_free (part->title);
  g_free (part->text);
  g_bytes_unref (part->raw);
  g_free (part);
}

static void
add_part (GPtrArray *parts, const char *title, char *text, GBytes *raw)
{
  SkyPayloadPart *part = g_new0 (SkyPayloadPart, 1);
  g_autofree char *size = g_format_size (g_bytes_get_size (raw));

  part->title = g_strdup_printf ("%s · %s", title, size);
  part->text = text;
  part->raw = raw;
  g_ptr_array_add (parts, part);
}

/**
 * sky_payload_parts_new:
 *
 * Returns: (transfer full) (element-type SkyPayloadPart): the payload first, then the attachments
 */
GPtrArray *
sky_payload_parts_new (SkyStore *store, guint32 number)
{
  GPtrArray *parts = g_ptr_array_new_with_free_func (part_free);
  SkyBytesSource source = sky_store_get_source (store);
  g_autoptr(GPtrArray) attachments = sky_describe_attachments (number, &source);
  GBytes *raw = NULL;
  char *text = sky_describe_payload (number, &source, &raw);

  if (attachments->len > 0 && g_bytes_get_size (raw) > 0)
    {
      /* With its placeholders, as it was sent: the attachments are to be seen by themselves. */
      g_free (text);
      text = sky_json_pretty (g_bytes_get_data (raw, NULL), g_bytes_get_size (raw), 2);
    }
  add_part (parts, _("Payload"), text, raw);
  for (guint i = 0; i < attachments->len; i++)
    {
      g_autofree char *title = g_strdup_printf (_("Attachment %u"), i);

      add_part (parts, title, NULL, g_bytes_ref (g_ptr_array_index (attachments, i)));
    }
  return parts;
}

/**
 * sky_payload_fit:
 * @text: UTF-8
 * @max_len: bytes to take
 * @max_line: bytes after which a line is broken, for a text view chokes on longer ones
 * @cut: (out): whether something was left out
 *
 * Returns: (transfer full): the beginning of @text
 */
char *
sky_payload_fit (const char *text, gsize max_len, gsize max_line, gboolean *cut)
{
  gsize len = strlen (text), in_line = 0;
  GString *out;

  *cut = len > max_len;
  len = MIN (len, max_len);
  while (*cut && len > 0 && ((guint8) text[len] & 0xc0) == 0x80)
    len--;
  out = g_string_sized_new (len + len / max_line + 1);
  for (gsize i = 0; i < len; i++)
    {
      if (in_line >= max_line && ((guint8) text[i] & 0xc0) != 0x80)
        {
          g_string_append_c (out, '\n');
          in_line = 0;
        }
      in_line = text[i] == '\n' ? 0 : in_line + 1;
      g_string_append_c (out, text[i] != '\0' ? text[i] : ' ');
    }
  return g_string_free (out, FALSE);
}

/**
 * sky_payload_is_image:
 * @suffix: (out): of a file name
 *
 * Returns: whether the bytes begin like a PNG, JPEG, GIF or WebP file
 */
gboolean
sky_payload_is_image (GBytes *bytes, const char **suffix)
{
  static const struct
  {
    const char *magic, *suffix;
    gsize       len, offset;
  } kinds[] = {
    { "\x89PNG\r\n\x1a\n", "png", 8, 0 },
    { "\xff\xd8\xff", "jpg", 3, 0 },
    { "GIF8", "gif", 4, 0 },
    { "WEBP", "webp", 4, 8 },
  };
  gsize len;
  const char *data = g_bytes_get_data (bytes, &len);

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (len >= kinds[i].offset + kinds[i].len
        && memcmp (data + kinds[i].offset, kinds[i].magic, kinds[i].len) == 0)
      {
        *suffix = kinds[i].suffix;
        return TRUE;
      }
  return FALSE;
}

/* A small file may unfold to a huge picture: that one is not decoded. */
static void
on_size (GdkPixbufLoader *loader, int width, int height, gboolean *refused)
{
  if ((gint64) width * height <= MAX_PIXELS)
    return;
  *refused = TRUE;
  gdk_pixbuf_loader_set_size (loader, 0, 0);
}

/**
 * sky_payload_load_image:
 *
 * Returns: (nullable) (transfer full): the picture, or %NULL if it is broken or too large
 */
GdkTexture *
sky_payload_load_image (GBytes *bytes)
{
  g_autoptr(GdkPixbufLoader) loader = NULL;
  gboolean refused = FALSE, whole;
  GdkPixbuf *pixbuf;

  if (g_bytes_get_size (bytes) > MAX_IMAGE)
    return NULL;
  loader = gdk_pixbuf_loader_new ();
  g_signal_connect (loader, "size-prepared", G_CALLBACK (on_size), &refused);
  whole = gdk_pixbuf_loader_write_bytes (loader, bytes, NULL);
  whole = gdk_pixbuf_loader_close (loader, NULL) && whole;
  pixbuf = gdk_pixbuf_loader_get_pixbuf (loader);
  return whole && !refused && pixbuf != NULL ? gdk_texture_new_for_pixbuf (pixbuf) : NULL;
}
