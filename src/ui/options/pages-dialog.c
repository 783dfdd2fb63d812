#include "ui/options/pages-dialog.h"

#include "ui/ui.h"

struct _SkyPagesDialog
{
  GtkWindow  parent_instance;
  GtkWidget *box, *apply, *sidebar, *foot, *now;
  GtkStack  *stack;
  GtkLabel  *status;
  GPtrArray *forms; /* of SkyOptionsForm, owned */

  const SkyPagesDialogKind *kind;
  gpointer                  data;
  GDestroyNotify            free_data;
  gboolean                  begun;
};

G_DEFINE_FINAL_TYPE (SkyPagesDialog, sky_pages_dialog, GTK_TYPE_WINDOW)

static guint apply_signal;

/* Kind → id of the page that was shown last, for as long as the program runs. */
static GHashTable *last_pages;

static void
check (SkyPagesDialog *self)
{
  gboolean all_right = TRUE;

  if (!self->begun)
    return;
  for (guint i = 0; i < self->forms->len; i++)
    {
      GtkWidget *form = self->forms->pdata[i];
      gboolean right = self->kind->check (SKY_OPTIONS_FORM (form), i, self->data);

      gtk_stack_page_set_needs_attention (gtk_stack_get_page (self->stack, form), !right);
      all_right &= right;
    }
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "pages.apply", all_right);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "pages.apply-now", all_right);
}

static void
apply (GtkWidget *widget, const char *action, GVariant *parameter)
{
  SkyPagesDialog *self = SKY_PAGES_DIALOG (widget);
  g_autoptr(GError) error = NULL;

  if (self->kind->store != NULL && !self->kind->store (self, self->data, &error))
    {
      sky_pages_dialog_set_foot (self, error->message, gtk_widget_get_visible (self->now));
      return;
    }
  g_signal_emit (self, apply_signal, 0, g_str_equal (action, "pages.apply-now"));
  gtk_window_close (GTK_WINDOW (self));
}

static void
on_page (SkyPagesDialog *self)
{
  const char *name = gtk_stack_get_visible_child_name (self->stack);

  if (self->begun && name != NULL)
    g_hash_table_replace (last_pages, (gpointer) self->kind, g_strdup (name));
}

/* Not before: a window that has a focus as it is shown would not be called a dialog on the accessibility bus (GTK 4.8). */
static void
sky_pages_dialog_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (sky_pages_dialog_parent_class)->map (widget);
  sky_options_form_begin (SKY_OPTIONS_FORM (gtk_stack_get_visible_child (SKY_PAGES_DIALOG (widget)->stack)));
}

static void
sky_pages_dialog_dispose (GObject *object)
{
  SkyPagesDialog *self = SKY_PAGES_DIALOG (object);

  self->begun = FALSE;
  for (guint i = 0; i < self->forms->len; i++)
    g_signal_handlers_disconnect_by_data (self->forms->pdata[i], self);
  if (self->stack != NULL)
    g_signal_handlers_disconnect_by_data (self->stack, self);
  gtk_window_set_child (GTK_WINDOW (self), NULL);
  g_ptr_array_set_size (self->forms, 0);
  if (self->free_data != NULL)
    g_clear_pointer (&self->data, self->free_data);
  G_OBJECT_CLASS (sky_pages_dialog_parent_class)->dispose (object);
}

static void
sky_pages_dialog_finalize (GObject *object)
{
  g_ptr_array_unref (SKY_PAGES_DIALOG (object)->forms);
  G_OBJECT_CLASS (sky_pages_dialog_parent_class)->finalize (object);
}

static void
sky_pages_dialog_init (SkyPagesDialog *self)
{
  self->forms = g_ptr_array_new_with_free_func (g_object_unref);
  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect_swapped (self->stack, "notify::visible-child", G_CALLBACK (on_page), self);
}

static void
sky_pages_dialog_class_init (SkyPagesDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  last_pages = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  widget_class->map = sky_pages_dialog_map;
  G_OBJECT_CLASS (klass)->dispose = sky_pages_dialog_dispose;
  G_OBJECT_CLASS (klass)->finalize = sky_pages_dialog_finalize;
  apply_signal = g_signal_new ("apply", SKY_TYPE_PAGES_DIALOG, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                               G_TYPE_BOOLEAN);
  gtk_widget_class_install_action (widget_class, "pages.apply", NULL, apply);
  gtk_widget_class_install_action (widget_class, "pages.apply-now", NULL, apply);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Return, GDK_CONTROL_MASK, "pages.apply", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_KP_Enter, GDK_CONTROL_MASK, "pages.apply", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
  gtk_widget_class_set_template_from_resource (widget_class, SKY_UI "pages-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, SkyPagesDialog, box);
  gtk_widget_class_bind_template_child (widget_class, SkyPagesDialog, apply);
  gtk_widget_class_bind_template_child (widget_class, SkyPagesDialog, stack);
  gtk_widget_class_bind_template_child (widget_class, SkyPagesDialog, sidebar);
  gtk_widget_class_bind_template_child (widget_class, SkyPagesDialog, foot);
  gtk_widget_class_bind_template_child (widget_class, SkyPagesDialog, status);
  gtk_widget_class_bind_template_child (widget_class, SkyPagesDialog, now);
}

/**
 * sky_pages_dialog_new:
 * @kind: static
 * @data: (transfer full): what its functions get
 * @free_data: (nullable): frees @data with the window
 *
 * Returns: (transfer none): a window without pages: add them, fill them, and sky_pages_dialog_begin()
 */
GtkWidget *
sky_pages_dialog_new (GtkWindow *parent, const SkyPagesDialogKind *kind, gpointer data, GDestroyNotify free_data)
{
  SkyPagesDialog *self = g_object_new (SKY_TYPE_PAGES_DIALOG, "transient-for", parent, "title", _(kind->title), NULL);

  self->kind = kind;
  self->data = data;
  self->free_data = free_data;
  gtk_widget_set_tooltip_text (self->apply, _(kind->apply_tip));
  gtk_button_set_label (GTK_BUTTON (self->now), _(kind->now));
  gtk_widget_set_tooltip_text (self->now, _(kind->now_tip));
  return GTK_WIDGET (self);
}

/**
 * sky_pages_dialog_add_page:
 * @title: in the person's language
 *
 * Returns: (transfer none): a form without fields
 */
SkyOptionsForm *
sky_pages_dialog_add_page (SkyPagesDialog *self, const char *id, const char *title)
{
  GtkWidget *form = g_object_ref_sink (sky_options_form_new ());

  g_ptr_array_add (self->forms, form);
  gtk_stack_add_titled (self->stack, form, id, title);
  g_signal_connect_swapped (form, "changed", G_CALLBACK (check), self);
  return SKY_OPTIONS_FORM (form);
}

/* Returns: (transfer none): in the order in which they were added */
SkyOptionsForm *
sky_pages_dialog_get_page (SkyPagesDialog *self, guint page)
{
  return self->forms->pdata[page];
}

gpointer
sky_pages_dialog_get_data (SkyPagesDialog *self)
{
  return self->data;
}

/**
 * sky_pages_dialog_set_foot:
 * @text: (nullable): what to know of applying; %NULL if there is nothing, and no foot
 * @offers_now: whether there is a button to apply it at once
 */
void
sky_pages_dialog_set_foot (SkyPagesDialog *self, const char *text, gboolean offers_now)
{
  gtk_label_set_text (self->status, text != NULL ? text : "");
  gtk_widget_set_visible (self->now, offers_now);
  gtk_widget_set_visible (self->foot, text != NULL);
}

/**
 * sky_pages_dialog_begin:
 * @page: (nullable): its id; %NULL for the one that was shown last
 *
 * All pages are filled: what changes from now on is the person's doing.
 */
void
sky_pages_dialog_begin (SkyPagesDialog *self, const char *page)
{
  const char *last = g_hash_table_lookup (last_pages, self->kind);

  self->begun = TRUE;
  if (page == NULL)
    page = last;
  if (page != NULL)
    gtk_stack_set_visible_child_name (self->stack, page);
  sky_options_form_name_pages (self->sidebar);
  check (self);
}
