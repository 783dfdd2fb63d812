#include "ui/watch/watch-pane.h"

#include "ui/ui.h"
#include "ui/watch/watch-login.h"
#include "ui/watch/watch-numbers.h"
#include "ui/watch/watch-strip.h"

struct _SkyWatchPane
{
  GtkWidget        parent_instance;
  GtkStack        *stack, *content;
  SkyWatchLogin   *form;
  SkyWatchStrip   *strip;
  SkyWatchNumbers *numbers;
  GtkWidget       *box;
  SkyAdminLogin   *login;
  SkyWatchPaneMake make;
  SkyAdminWatch   *shown; /* nullable: whose roster is in @box */
};

G_DEFINE_FINAL_TYPE (SkyWatchPane, sky_watch_pane, GTK_TYPE_WIDGET)

static void
drop_content (SkyWatchPane *self)
{
  GtkWidget *pane = gtk_widget_get_first_child (self->box);

  if (pane != NULL)
    gtk_box_remove (GTK_BOX (self->box), pane);
  sky_watch_numbers_set_watch (self->numbers, NULL);
  g_clear_object (&self->shown);
}

/* A pane is made for what is told: a server may come back in another mode. */
static void
show_content (SkyWatchPane *self, SkyAdminWatch *watch)
{
  gboolean numbers = !sky_admin_watch_is_development (watch);

  if (self->shown != watch)
    drop_content (self);
  g_set_object (&self->shown, watch);
  if (numbers)
    sky_watch_numbers_set_watch (self->numbers, watch);
  else if (gtk_widget_get_first_child (self->box) == NULL)
    {
      GtkWidget *pane = self->make (sky_admin_watch_get_roster (watch));

      gtk_widget_set_hexpand (pane, TRUE);
      gtk_box_append (GTK_BOX (self->box), pane);
    }
  gtk_stack_set_visible_child_name (self->content, numbers ? "numbers" : "roster");
}

static gboolean
has_focus (GtkWidget *widget)
{
  GtkRoot *root = gtk_widget_get_root (widget);
  GtkWidget *focus = root != NULL ? gtk_root_get_focus (root) : NULL;

  return focus != NULL && (focus == widget || gtk_widget_is_ancestor (focus, widget));
}

/* The keyboard goes on where the eyes do. */
static void
show_page (SkyWatchPane *self, const char *name)
{
  gboolean focused = has_focus (GTK_WIDGET (self));

  if (g_strcmp0 (gtk_stack_get_visible_child_name (self->stack), name) == 0)
    return;
  gtk_stack_set_visible_child_name (self->stack, name);
  if (focused)
    gtk_widget_child_focus (gtk_stack_get_visible_child (self->stack), GTK_DIR_TAB_FORWARD);
}

static void
on_changed (SkyWatchPane *self)
{
  SkyAdminWatch *watch = sky_admin_login_get_watch (self->login);
  SkyAdminLoginState state = sky_admin_login_get_state (self->login);

  if (state == SKY_ADMIN_LOGIN_IN)
    show_content (self, watch);
  else if (self->shown != watch)
    drop_content (self);
  show_page (self, state == SKY_ADMIN_LOGIN_IN || (state == SKY_ADMIN_LOGIN_WAITING && self->shown != NULL) ? "watched"
                                                                                                       : "login");
}

static void
sky_watch_pane_dispose (GObject *object)
{
  SkyWatchPane *self = SKY_WATCH_PANE (object);

  if (self->stack != NULL)
    gtk_widget_unparent (GTK_WIDGET (self->stack));
  self->stack = NULL;
  g_clear_object (&self->shown);
  g_clear_object (&self->login);
  G_OBJECT_CLASS (sky_watch_pane_parent_class)->dispose (object);
}

static void
sky_watch_pane_init (SkyWatchPane *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

static void
sky_watch_pane_class_init (SkyWatchPaneClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sky_watch_pane_dispose;
  g_type_ensure (SKY_TYPE_WATCH_LOGIN);
  g_type_ensure (SKY_TYPE_WATCH_NUMBERS);
  g_type_ensure (SKY_TYPE_WATCH_STRIP);
  gtk_widget_class_set_template_from_resource (widget_class, SKY_UI "watch-pane.ui");
  gtk_widget_class_bind_template_child (widget_class, SkyWatchPane, stack);
  gtk_widget_class_bind_template_child (widget_class, SkyWatchPane, content);
  gtk_widget_class_bind_template_child (widget_class, SkyWatchPane, form);
  gtk_widget_class_bind_template_child (widget_class, SkyWatchPane, strip);
  gtk_widget_class_bind_template_child (widget_class, SkyWatchPane, numbers);
  gtk_widget_class_bind_template_child (widget_class, SkyWatchPane, box);
}

/**
 * sky_watch_pane_new:
 * @login: of the client whose server may be watched; panes may share it
 * @title: of the login: what one comes to see
 * @make: makes what shows a roster
 *
 * Returns: (transfer floating): the pane
 */
GtkWidget *
sky_watch_pane_new (SkyAdminLogin *login, const char *title, SkyWatchPaneMake make)
{
  SkyWatchPane *self = g_object_new (SKY_TYPE_WATCH_PANE, NULL);

  self->login = g_object_ref (login);
  self->make = make;
  sky_watch_login_set (self->form, login, title);
  sky_watch_strip_set_login (self->strip, login);
  g_signal_connect_object (login, "changed", G_CALLBACK (on_changed), self, G_CONNECT_SWAPPED);
  on_changed (self);
  return GTK_WIDGET (self);
}
