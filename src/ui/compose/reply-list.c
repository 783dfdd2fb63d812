#include "ui/compose/reply-list.h"

#include <string.h>

#include "ui/parts/label.h"
#include "ui/ui.h"

#define EVENT "sky-event" /* kept on a button */

struct _SkyReplyList
{
  GtkWidget  parent_instance;
  GtkWidget *list;
};

G_DEFINE_FINAL_TYPE (SkyReplyList, sky_reply_list, GTK_TYPE_WIDGET)

static guint removed_signal;

static void
on_remove (GtkButton *button, SkyReplyList *self)
{
  g_signal_emit (self, removed_signal, 0, g_object_get_data (G_OBJECT (button), EVENT));
}

static GtkWidget *
make_label (const char *text, const char *css)
{
  GtkWidget *label = sky_label_new_cut (text, css);

  gtk_label_set_max_width_chars (GTK_LABEL (label), 40);
  gtk_widget_set_tooltip_text (label, text);
  return label;
}

static void
add_row (SkyReplyList *self, const char *event, const char *answer)
{
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget *words = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *remove = gtk_button_new_with_label (_("Ask me again"));
  g_autofree char *text = answer == NULL    ? g_strdup (_("is never answered"))
                          : *answer == '\0' ? g_strdup (_("is answered without a value"))
                                            : g_strdup_printf (_("is answered with %s"), answer);
  g_autofree char *name = g_strdup_printf (_("Ask me again about %s"), event);

  gtk_box_append (GTK_BOX (words), make_label (event, "heading"));
  gtk_box_append (GTK_BOX (words), make_label (text, "caption"));
  gtk_widget_set_hexpand (words, TRUE);
  g_object_set_data_full (G_OBJECT (remove), EVENT, g_strdup (event), g_free);
  gtk_accessible_update_property (GTK_ACCESSIBLE (remove), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  gtk_widget_set_valign (remove, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (remove, "small");
  g_signal_connect_object (remove, "clicked", G_CALLBACK (on_remove), self, 0);
  gtk_box_append (GTK_BOX (row), words);
  gtk_box_append (GTK_BOX (row), remove);
  gtk_box_append (GTK_BOX (self->list), row);
}

/**
 * sky_reply_list_fill:
 * @client: whose profile says what is answered how
 * @never: names of events that are not answered at all
 */
void
sky_reply_list_fill (SkyReplyList *self, SkyClient *client, GHashTable *never)
{
  const char *const *replies = (const char *const *) sky_client_get_profile (client)->replies;
  GtkWidget *child;
  GHashTableIter iter;
  gpointer event;

  g_return_if_fail (SKY_IS_REPLY_LIST (self));

  while ((child = gtk_widget_get_first_child (self->list)) != NULL)
    gtk_box_remove (GTK_BOX (self->list), child);
  for (guint i = 0; replies != NULL && replies[i] != NULL; i++)
    {
      const char *end = strchr (replies[i], '=');
      g_autofree char *name = end != NULL ? g_strndup (replies[i], (gsize) (end - replies[i])) : NULL;

      if (name != NULL)
        add_row (self, name, end + 1);
    }
  g_hash_table_iter_init (&iter, never);
  while (g_hash_table_iter_next (&iter, &event, NULL))
    add_row (self, event, NULL);
}

static void
sky_reply_list_dispose (GObject *object)
{
  g_clear_pointer (&SKY_REPLY_LIST (object)->list, gtk_widget_unparent);
  G_OBJECT_CLASS (sky_reply_list_parent_class)->dispose (object);
}

static void
sky_reply_list_init (SkyReplyList *self)
{
  self->list = gtk_box_new (GTK_ORIENTATION_VERTICAL, 8);
  gtk_widget_set_parent (self->list, GTK_WIDGET (self));
  gtk_widget_add_css_class (self->list, "namespace-box");
}

static void
sky_reply_list_class_init (SkyReplyListClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = sky_reply_list_dispose;
  removed_signal = g_signal_new ("removed", SKY_TYPE_REPLY_LIST, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
                                 1, G_TYPE_STRING);
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BIN_LAYOUT);
}
