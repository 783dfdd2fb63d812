#include "ui/rules/rules-guide.h"

#include "ui/parts/label.h"
#include "ui/rules/rules-words.h"
#include "ui/ui.h"

#define WORD "sky-rules-word" /* on a row */

struct _SkyRulesGuide
{
  GtkWidget   parent_instance;
  GtkWidget  *box;
  GtkWidget  *entry;
  GtkListBox *list;
};

G_DEFINE_FINAL_TYPE (SkyRulesGuide, sky_rules_guide, GTK_TYPE_WIDGET)

static guint chosen_signal;

static const SkyRulesWord *
word_of (GtkListBoxRow *row)
{
  return g_object_get_data (G_OBJECT (row), WORD);
}

static GtkWidget *
make_row (const SkyRulesWord *word)
{
  GtkWidget *row = gtk_list_box_row_new (), *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 1);
  g_autofree char *spoken = g_strdup_printf ("%s: %s", word->word, _(word->what));
  g_autofree char *tip = g_strdup_printf (_("Put into the text: %s"), word->example);

  gtk_box_append (GTK_BOX (box), sky_label_new_wrapped (word->word, "word"));
  gtk_box_append (GTK_BOX (box), sky_label_new_wrapped (_(word->what), "what"));
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), box);
  gtk_widget_set_tooltip_text (row, tip);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, spoken, -1);
  g_object_set_data (G_OBJECT (row), WORD, (gpointer) word);
  return row;
}

static void
update_header (GtkListBoxRow *row, GtkListBoxRow *before, gpointer user_data)
{
  SkyRulesPlaces place = word_of (row)->place;

  if (before != NULL && word_of (before)->place == place)
    gtk_list_box_row_set_header (row, NULL);
  else if (gtk_list_box_row_get_header (row) == NULL)
    gtk_list_box_row_set_header (row, sky_label_new_wrapped (sky_rules_words_get_title (place), "guide-title"));
}

static gboolean
contains (const char *text, const char *folded)
{
  g_autofree char *own = g_utf8_casefold (text, -1);

  return strstr (own, folded) != NULL;
}

static gboolean
is_wanted (GtkListBoxRow *row, gpointer user_data)
{
  SkyRulesGuide *self = user_data;
  g_autofree char *typed = g_utf8_casefold (gtk_editable_get_text (GTK_EDITABLE (self->entry)), -1);
  const SkyRulesWord *word = word_of (row);

  return *typed == '\0' || contains (word->word, typed) || contains (_(word->what), typed)
         || contains (sky_rules_words_get_title (word->place), typed);
}

static void
on_search (SkyRulesGuide *self)
{
  gtk_list_box_invalidate_filter (self->list);
}

static void
on_activated (SkyRulesGuide *self, GtkListBoxRow *row)
{
  g_signal_emit (self, chosen_signal, 0, word_of (row)->example);
}

static void
sky_rules_guide_dispose (GObject *object)
{
  g_clear_pointer (&SKY_RULES_GUIDE (object)->box, gtk_widget_unparent);
  G_OBJECT_CLASS (sky_rules_guide_parent_class)->dispose (object);
}

static GtkWidget *
make_search (SkyRulesGuide *self)
{
  GtkWidget *bar = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);

  self->entry = gtk_search_entry_new ();
  gtk_widget_set_hexpand (self->entry, TRUE);
  g_object_set (self->entry, "placeholder-text", _("Search the guide"), "search-delay", 100, NULL);
  gtk_editable_set_width_chars (GTK_EDITABLE (self->entry), 8);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->entry), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Search the guide"), -1);
  g_signal_connect_object (self->entry, "search-changed", G_CALLBACK (on_search), self, G_CONNECT_SWAPPED);
  gtk_widget_add_css_class (bar, "guide-bar");
  gtk_box_append (GTK_BOX (bar), self->entry);
  return bar;
}

static void
sky_rules_guide_init (SkyRulesGuide *self)
{
  GtkWidget *scroller = gtk_scrolled_window_new ();
  GtkWidget *nothing = sky_label_new_wrapped (_("The guide has no such word."), "dim-label");

  gtk_widget_set_layout_manager (GTK_WIDGET (self), gtk_bin_layout_new ());
  self->box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  self->list = GTK_LIST_BOX (gtk_list_box_new ());
  gtk_list_box_set_selection_mode (self->list, GTK_SELECTION_NONE);
  gtk_list_box_set_header_func (self->list, update_header, NULL, NULL);
  gtk_box_append (GTK_BOX (self->box), make_search (self));
  gtk_list_box_set_filter_func (self->list, is_wanted, self, NULL);
  gtk_widget_set_margin_top (nothing, 12);
  gtk_widget_set_halign (nothing, GTK_ALIGN_CENTER);
  gtk_list_box_set_placeholder (self->list, nothing);
  for (guint i = 0; i < sky_rules_words_get_n (); i++)
    gtk_list_box_append (self->list, make_row (sky_rules_words_get (i)));
  g_signal_connect_object (self->list, "row-activated", G_CALLBACK (on_activated), self, G_CONNECT_SWAPPED);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->list), GTK_ACCESSIBLE_PROPERTY_LABEL, _("What can be written in rules"), -1);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scroller), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), GTK_WIDGET (self->list));
  gtk_widget_set_vexpand (scroller, TRUE);
  gtk_box_append (GTK_BOX (self->box), scroller);
  gtk_widget_set_parent (self->box, GTK_WIDGET (self));
}

static void
sky_rules_guide_class_init (SkyRulesGuideClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = sky_rules_guide_dispose;
  chosen_signal = g_signal_new ("chosen", SKY_TYPE_RULES_GUIDE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                                G_TYPE_STRING);
  gtk_widget_class_set_css_name (GTK_WIDGET_CLASS (klass), "rulesguide");
}
