#include "ui/window/notice-bar.h"

#include "ui/ui.h"

#define SHOWN_SEC 10

struct _SkyNoticeBar
{
  GtkWidget      parent_instance;
  GtkWidget     *revealer;
  GtkLabel      *text;
  GtkButton     *button;
  SkyNoticeFunc  func;
  gpointer       user_data;
  GDestroyNotify destroy;
  guint          timeout;
};

G_DEFINE_FINAL_TYPE (SkyNoticeBar, sky_notice_bar, GTK_TYPE_WIDGET)

/* The offer is over: whoever made it learns that through its destroy function. */
static void
drop_offer (SkyNoticeBar *self)
{
  GDestroyNotify destroy = g_steal_pointer (&self->destroy);
  gpointer user_data = g_steal_pointer (&self->user_data);

  self->func = NULL;
  g_clear_handle_id (&self->timeout, g_source_remove);
  if (destroy != NULL)
    destroy (user_data);
}

/**
 * sky_notice_bar_hide:
 *
 * Takes the notice away and lets go of what it offered.
 */
void
sky_notice_bar_hide (SkyNoticeBar *self)
{
  g_return_if_fail (SKY_IS_NOTICE_BAR (self));

  gtk_revealer_set_reveal_child (GTK_REVEALER (self->revealer), FALSE);
  gtk_widget_set_can_target (GTK_WIDGET (self), FALSE);
  drop_offer (self);
}

static void
on_timeout (gpointer user_data)
{
  SkyNoticeBar *self = user_data;

  self->timeout = 0;
  sky_notice_bar_hide (self);
}

static void
on_button (SkyNoticeBar *self)
{
  if (self->func != NULL)
    self->func (self->user_data);
  sky_notice_bar_hide (self);
}

/**
 * sky_notice_bar_hold:
 *
 * As sky_notice_bar_offer(), but shows @text until something else takes its place: it is about what goes on.
 */
void
sky_notice_bar_hold (SkyNoticeBar  *self,
                     const char    *text,
                     const char    *button,
                     SkyNoticeFunc  func,
                     gpointer       user_data,
                     GDestroyNotify destroy)
{
  g_return_if_fail (SKY_IS_NOTICE_BAR (self));

  drop_offer (self);
  self->func = func;
  self->user_data = user_data;
  self->destroy = destroy;
  gtk_label_set_text (self->text, text);
  gtk_button_set_label (self->button, button != NULL ? button : "");
  gtk_widget_set_visible (GTK_WIDGET (self->button), button != NULL);
  gtk_widget_set_can_target (GTK_WIDGET (self), TRUE);
  gtk_revealer_set_reveal_child (GTK_REVEALER (self->revealer), TRUE);
}

/**
 * sky_notice_bar_offer:
 * @text: a sentence
 * @button: (nullable): what the button says
 * @func: (nullable): called once if the button is pressed
 * @destroy: (nullable): called on @user_data when the notice is gone, pressed or not
 *
 * Shows @text for ten seconds, in place of what was shown before.
 */
void
sky_notice_bar_offer (SkyNoticeBar  *self,
                      const char    *text,
                      const char    *button,
                      SkyNoticeFunc  func,
                      gpointer       user_data,
                      GDestroyNotify destroy)
{
  sky_notice_bar_hold (self, text, button, func, user_data, destroy);
  self->timeout = g_timeout_add_once (SHOWN_SEC * 1000, on_timeout, self);
}

/**
 * sky_notice_bar_show:
 * @text: a sentence
 *
 * Shows @text for ten seconds, with nothing to press.
 */
void
sky_notice_bar_show (SkyNoticeBar *self, const char *text)
{
  sky_notice_bar_offer (self, text, NULL, NULL, NULL, NULL);
}

static void
sky_notice_bar_dispose (GObject *object)
{
  SkyNoticeBar *self = SKY_NOTICE_BAR (object);

  drop_offer (self);
  g_clear_pointer (&self->revealer, gtk_widget_unparent);
  G_OBJECT_CLASS (sky_notice_bar_parent_class)->dispose (object);
}

static void
sky_notice_bar_init (SkyNoticeBar *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_widget_set_can_target (GTK_WIDGET (self), FALSE);
}

static void
sky_notice_bar_class_init (SkyNoticeBarClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sky_notice_bar_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, SKY_UI "notice-bar.ui");
  gtk_widget_class_bind_template_child (widget_class, SkyNoticeBar, revealer);
  gtk_widget_class_bind_template_child (widget_class, SkyNoticeBar, text);
  gtk_widget_class_bind_template_child (widget_class, SkyNoticeBar, button);
  gtk_widget_class_bind_template_callback (widget_class, on_button);
  gtk_widget_class_bind_template_callback (widget_class, sky_notice_bar_hide);
}
