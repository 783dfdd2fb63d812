#include "ui/roster/roster-empty.h"

#include "ui/roster/roster-words.h"
#include "ui/ui.h"

struct _SkyRosterEmpty
{
  GtkWidget  parent_instance;
  GtkWidget *scroller, *address_box, *copy;
  GtkLabel  *title, *text, *address;
};

G_DEFINE_FINAL_TYPE (SkyRosterEmpty, sky_roster_empty, GTK_TYPE_WIDGET)

static void
set_text (GtkLabel *label, const char *text)
{
  if (g_strcmp0 (gtk_label_get_text (label), text) != 0)
    gtk_label_set_text (label, text);
}

/**
 * sky_roster_empty_show:
 * @address: (nullable): where a client would connect to
 */
void
sky_roster_empty_show (SkyRosterEmpty *self, const char *title, const char *text, const char *address)
{
  g_return_if_fail (SKY_IS_ROSTER_EMPTY (self));

  set_text (self->title, title);
  set_text (self->text, text);
  set_text (self->address, address != NULL ? address : "");
  gtk_widget_set_visible (self->address_box, address != NULL);
  gtk_button_set_label (GTK_BUTTON (self->copy), _("Copy"));
}

static void
on_copy (SkyRosterEmpty *self)
{
  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)), gtk_label_get_text (self->address));
  gtk_button_set_label (GTK_BUTTON (self->copy), _("Copied"));
}

static void
sky_roster_empty_dispose (GObject *object)
{
  g_clear_pointer (&SKY_ROSTER_EMPTY (object)->scroller, gtk_widget_unparent);
  G_OBJECT_CLASS (sky_roster_empty_parent_class)->dispose (object);
}

static void
sky_roster_empty_init (SkyRosterEmpty *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

static void
sky_roster_empty_class_init (SkyRosterEmptyClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sky_roster_empty_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, SKY_UI "roster-empty.ui");
  gtk_widget_class_bind_template_child (widget_class, SkyRosterEmpty, scroller);
  gtk_widget_class_bind_template_child (widget_class, SkyRosterEmpty, title);
  gtk_widget_class_bind_template_child (widget_class, SkyRosterEmpty, text);
  gtk_widget_class_bind_template_child (widget_class, SkyRosterEmpty, address_box);
  gtk_widget_class_bind_template_child (widget_class, SkyRosterEmpty, address);
  gtk_widget_class_bind_template_child (widget_class, SkyRosterEmpty, copy);
  gtk_widget_class_bind_template_callback (widget_class, on_copy);
}
