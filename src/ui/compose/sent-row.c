#include "ui/compose/sent-row.h"

#include "base/hex.h"
#include "ui/ui.h"

#define SHOWN_LEN 300 /* bytes of a text that a row can show */

struct _SkySentRow
{
  GtkWidget  parent_instance;
  GtkWidget *box;
  GtkLabel  *time, *what, *nsp, *text;
  GtkWidget *again;
  SkySent   *sent; /* nullable */
};

G_DEFINE_FINAL_TYPE (SkySentRow, sky_sent_row, GTK_TYPE_WIDGET)

static guint again_signal;

static void
on_again (SkySentRow *self)
{
  g_signal_emit (self, again_signal, 0);
}

/* Today a time will do; before that the day comes first. */
static char *
format_when (gint64 time_usec)
{
  g_autoptr(GDateTime) now = g_date_time_new_now_local ();
  g_autoptr(GDateTime) when = g_date_time_new_from_unix_local (time_usec / G_USEC_PER_SEC);
  gboolean today;

  if (when == NULL)
    return g_strdup ("");
  today = g_date_time_get_year (now) == g_date_time_get_year (when)
          && g_date_time_get_day_of_year (now) == g_date_time_get_day_of_year (when);
  return g_date_time_format (when, today ? "%H:%M:%S" : "%e %b %H:%M");
}

static char *
describe_binary (const SkySent *sent)
{
  g_autofree guchar *octets = NULL;
  g_autofree char *hex = NULL;
  gsize len = 0;

  if (*sent->text != '\0')
    octets = g_base64_decode (sent->text, &len);
  hex = sky_hex_format (octets, MIN (len, 32), " ");
  return g_strdup_printf ("%s%s", hex, len > 32 ? " …" : "");
}

/* On one line; Pango ellipsizes, but is spared the length. */
static char *
describe_text (const SkySent *sent)
{
  if (sent->kind == SKY_SENT_BINARY)
    return describe_binary (sent);
  return sky_hex_printable ((const guint8 *) sent->text, strlen (sent->text), SHOWN_LEN);
}

/**
 * sky_sent_row_set_sent:
 * @sent: (nullable): what to show from now on
 */
void
sky_sent_row_set_sent (SkySentRow *self, SkySent *sent)
{
  g_autofree char *when = NULL;
  g_autofree char *text = NULL;

  g_return_if_fail (SKY_IS_SENT_ROW (self));

  g_set_object (&self->sent, sent);
  if (sent == NULL)
    return;
  when = format_when (sent->time_usec);
  text = describe_text (sent);
  gtk_label_set_text (self->time, when);
  gtk_label_set_text (self->what, sent->kind == SKY_SENT_EVENT  ? sent->event
                                  : sent->kind == SKY_SENT_TEXT ? _("text message")
                                                                : _("binary message"));
  gtk_label_set_text (self->nsp,
                      sent->nsp != NULL && !g_str_equal (sent->nsp, "/") ? sent->nsp : "");
  gtk_label_set_text (self->text, text);
}

/**
 * sky_sent_row_set_ready:
 * @obstacle: (nullable): why nothing can be sent now
 */
void
sky_sent_row_set_ready (SkySentRow *self, const char *obstacle)
{
  g_return_if_fail (SKY_IS_SENT_ROW (self));

  gtk_widget_set_sensitive (self->again, obstacle == NULL);
  gtk_widget_set_tooltip_text (self->again, obstacle);
}

/* Returns: (nullable) (transfer none) */
SkySent *
sky_sent_row_get_sent (SkySentRow *self)
{
  return self->sent;
}

GtkWidget *
sky_sent_row_new (void)
{
  return g_object_new (SKY_TYPE_SENT_ROW, NULL);
}

static void
sky_sent_row_dispose (GObject *object)
{
  SkySentRow *self = SKY_SENT_ROW (object);

  g_clear_pointer (&self->box, gtk_widget_unparent);
  g_clear_object (&self->sent);
  G_OBJECT_CLASS (sky_sent_row_parent_class)->dispose (object);
}

static void
sky_sent_row_init (SkySentRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

static void
sky_sent_row_class_init (SkySentRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sky_sent_row_dispose;
  again_signal = g_signal_new ("again", SKY_TYPE_SENT_ROW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                               G_TYPE_NONE, 0);
  gtk_widget_class_set_template_from_resource (widget_class, SKY_UI "sent-row.ui");
  gtk_widget_class_bind_template_child (widget_class, SkySentRow, box);
  gtk_widget_class_bind_template_child (widget_class, SkySentRow, time);
  gtk_widget_class_bind_template_child (widget_class, SkySentRow, what);
  gtk_widget_class_bind_template_child (widget_class, SkySentRow, nsp);
  gtk_widget_class_bind_template_child (widget_class, SkySentRow, text);
  gtk_widget_class_bind_template_child (widget_class, SkySentRow, again);
  gtk_widget_class_bind_template_callback (widget_class, on_again);
}
