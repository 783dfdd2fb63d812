#include "ui/handshake/handshake-pane.h"

#include "trace/handshake.h"
#include "ui/handshake/header-list.h"
#include "ui/handshake/waterfall.h"
#include "ui/parts/wrap-bar.h"
#include "ui/ui.h"

#define N_YOUNG 8u /* connections whose titles may change */

struct _SkyHandshakePane
{
  GtkWidget      parent_instance;
  GtkStack      *stack;
  GtkDropDown   *chooser;
  GtkLabel      *problems, *line_title, *line_text;
  GtkWidget     *heads;
  SkyWaterfall  *waterfall;
  SkyHeaderList *request, *response;
  SkyStore      *store;      /* nullable */
  SkyHandshakes *handshakes; /* nullable */
  SkyHandshake  *shown;      /* nullable */
  guint          n_listed;   /* connections in the chooser */
  guint          tick;       /* 0 while nothing is to be done in the next frame */
  gboolean       pinned;     /* a person chose the connection */
  gboolean       settling;   /* our own doing, not a person's */
};

G_DEFINE_FINAL_TYPE (SkyHandshakePane, sky_handshake_pane, GTK_TYPE_WIDGET)

static void
on_line (SkyHandshakePane *self, SkyHandshakeLine *line)
{
  sky_header_list_light (self->request, line);
  sky_header_list_light (self->response, line);
  gtk_label_set_text (self->line_title,
                      line != NULL ? line->title : _("Select a line to see what it means"));
  gtk_label_set_text (self->line_text, line != NULL && line->explain != NULL ? line->explain : "");
  gtk_widget_set_visible (GTK_WIDGET (self->line_text), line != NULL);
  if (line != NULL)
    gtk_widget_remove_css_class (GTK_WIDGET (self->line_title), "dim-label");
  else
    gtk_widget_add_css_class (GTK_WIDGET (self->line_title), "dim-label");
}

static void
show_problems (SkyHandshakePane *self)
{
  g_autoptr(GString) text = g_string_new (NULL);

  for (guint i = 0; self->shown != NULL && i < self->shown->problems->len; i++)
    g_string_append_printf (text, "%s⚠ %s", i > 0 ? "\n" : "",
                            (const char *) g_ptr_array_index (self->shown->problems, i));
  gtk_label_set_text (self->problems, text->str);
  gtk_widget_set_visible (GTK_WIDGET (self->problems), text->len > 0);
}

/* Returns: (nullable): the line worth a first look: one that is wrong, else the server's proof */
static SkyHandshakeLine *
find_telling (GPtrArray *lines, SkyVerdict verdict, SkyPair pair)
{
  for (guint i = 0; i < lines->len; i++)
    {
      SkyHandshakeLine *line = g_ptr_array_index (lines, i);

      if (line->verdict == verdict && (pair == SKY_PAIR_NONE || line->pair == pair))
        return line;
    }
  return NULL;
}

static void
select_telling (SkyHandshakePane *self)
{
  SkyHandshakeLine *request = find_telling (self->shown->request, SKY_VERDICT_WRONG, SKY_PAIR_NONE);
  SkyHandshakeLine *response
      = find_telling (self->shown->response, SKY_VERDICT_WRONG, SKY_PAIR_NONE);

  if (request == NULL && response == NULL)
    response = find_telling (self->shown->response, SKY_VERDICT_RIGHT, SKY_PAIR_KEY);
  if (response != NULL)
    sky_header_list_select (self->response, response);
  else if (request != NULL)
    sky_header_list_select (self->request, request);
}

static void
show (SkyHandshakePane *self, guint index)
{
  SkyHandshake *old = self->shown;

  self->shown = sky_handshakes_make (self->handshakes, index);
  sky_waterfall_set_handshake (self->waterfall, self->shown);
  sky_header_list_set_lines (self->request, self->shown->request, self->shown->request_raw);
  sky_header_list_set_lines (self->response, self->shown->response, self->shown->response_raw);
  gtk_widget_set_visible (self->heads,
                          self->shown->request->len > 0 || self->shown->response->len > 0);
  show_problems (self);
  on_line (self, NULL);
  select_telling (self);
  gtk_stack_set_visible_child_name (self->stack, "handshake");
  g_clear_pointer (&old, sky_handshake_free);
}

/* One session has several: "… polling" and "… posts" are their names already. Others are told apart by who calls. */
static char *
title_of (SkyHandshakePane *self, guint index)
{
  guint16 link = sky_handshakes_get_link (self->handshakes, index);
  const SkyStoreLink *about = sky_store_get_link (self->store, link);
  gboolean ours = about != NULL && about->role == SKY_ROLE_CLIENT;
  const char *name = about == NULL ? "" : ours || about->remote == NULL ? about->name : about->remote;

  return ours && sky_handshakes_is_upgrade (self->handshakes, index)
             ? g_strdup_printf (_("Connection %u · %s WebSocket"), link + 1u, name)
             : g_strdup_printf (_("Connection %u · %s"), link + 1u, name);
}

static void
list_links (SkyHandshakePane *self)
{
  guint n_links = sky_handshakes_get_n (self->handshakes);
  GtkStringList *titles = GTK_STRING_LIST (gtk_drop_down_get_model (self->chooser));

  /* Those that were the last ones may have asked for an upgrade since. */
  for (guint i = MAX (self->n_listed, N_YOUNG) - N_YOUNG; i < n_links; i++)
    {
      g_autofree char *title = title_of (self, i);

      if (i >= self->n_listed)
        gtk_string_list_append (titles, title);
      else if (!g_str_equal (gtk_string_list_get_string (titles, i), title))
        gtk_string_list_splice (titles, i, 1, (const char *const[]){ title, NULL });
    }
  self->n_listed = n_links;
  gtk_widget_set_visible (GTK_WIDGET (self->chooser), n_links > 1);
}

static void
catch_up (SkyHandshakePane *self)
{
  guint index, chosen;

  if (self->handshakes == NULL)
    return;
  sky_store_catch_up (self->store);
  if (!sky_handshakes_catch_up (self->handshakes))
    return;
  self->settling = TRUE;
  chosen = gtk_drop_down_get_selected (self->chooser); /* a new title may move it */
  list_links (self);
  index = self->pinned ? chosen : sky_handshakes_get_newest (self->handshakes);
  gtk_drop_down_set_selected (self->chooser, index);
  self->settling = FALSE;
  show (self, index);
}

static gboolean
on_tick (GtkWidget *widget, GdkFrameClock *clock, gpointer user_data)
{
  SkyHandshakePane *self = SKY_HANDSHAKE_PANE (widget);

  self->tick = 0;
  catch_up (self);
  return G_SOURCE_REMOVE;
}

static void
want_tick (SkyHandshakePane *self)
{
  if (self->tick == 0 && gtk_widget_get_mapped (GTK_WIDGET (self)))
    self->tick = gtk_widget_add_tick_callback (GTK_WIDGET (self), on_tick, NULL, NULL);
}

static void
on_chosen (SkyHandshakePane *self)
{
  guint index = gtk_drop_down_get_selected (self->chooser);

  if (self->settling || self->handshakes == NULL
      || index >= sky_handshakes_get_n (self->handshakes))
    return;
  self->pinned = index + 1 < sky_handshakes_get_n (self->handshakes);
  show (self, index);
}

static void
drop_store (SkyHandshakePane *self)
{
  if (self->store != NULL)
    g_signal_handlers_disconnect_by_data (self->store, self);
  sky_header_list_set_lines (self->request, NULL, NULL);
  sky_header_list_set_lines (self->response, NULL, NULL);
  g_clear_pointer (&self->shown, sky_handshake_free);
  g_clear_pointer (&self->handshakes, sky_handshakes_free);
  g_clear_object (&self->store);
  self->n_listed = 0;
  self->pinned = FALSE;
}

/**
 * sky_handshake_pane_set_store:
 * @store: (nullable): the trace whose connections are shown from now on
 */
void
sky_handshake_pane_set_store (SkyHandshakePane *self, SkyStore *store)
{
  g_autoptr(GtkStringList) titles = gtk_string_list_new (NULL);

  g_return_if_fail (SKY_IS_HANDSHAKE_PANE (self));

  if (self->store == store)
    return;
  drop_store (self);
  gtk_stack_set_visible_child_name (self->stack, "empty");
  self->settling = TRUE;
  gtk_drop_down_set_model (self->chooser, G_LIST_MODEL (titles));
  self->settling = FALSE;
  if (store == NULL)
    return;
  self->store = g_object_ref (store);
  self->handshakes = sky_handshakes_new (store);
  g_signal_connect_object (store, "grew", G_CALLBACK (want_tick), self, G_CONNECT_SWAPPED);
  if (gtk_widget_get_mapped (GTK_WIDGET (self)))
    catch_up (self);
}

static void
sky_handshake_pane_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (sky_handshake_pane_parent_class)->map (widget);
  catch_up (SKY_HANDSHAKE_PANE (widget));
}

static void
sky_handshake_pane_unmap (GtkWidget *widget)
{
  SkyHandshakePane *self = SKY_HANDSHAKE_PANE (widget);

  if (self->tick != 0)
    gtk_widget_remove_tick_callback (widget, self->tick);
  self->tick = 0;
  GTK_WIDGET_CLASS (sky_handshake_pane_parent_class)->unmap (widget);
}

static void
sky_handshake_pane_dispose (GObject *object)
{
  SkyHandshakePane *self = SKY_HANDSHAKE_PANE (object);

  if (self->stack != NULL)
    drop_store (self);
  gtk_widget_dispose_template (GTK_WIDGET (self), SKY_TYPE_HANDSHAKE_PANE);
  G_OBJECT_CLASS (sky_handshake_pane_parent_class)->dispose (object);
}

static void
sky_handshake_pane_class_init (SkyHandshakePaneClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sky_handshake_pane_dispose;
  widget_class->map = sky_handshake_pane_map;
  widget_class->unmap = sky_handshake_pane_unmap;
  g_type_ensure (SKY_TYPE_WRAP_BAR);
  g_type_ensure (SKY_TYPE_WATERFALL);
  g_type_ensure (SKY_TYPE_HEADER_LIST);
  gtk_widget_class_set_template_from_resource (widget_class, SKY_UI "handshake-pane.ui");
  gtk_widget_class_bind_template_child (widget_class, SkyHandshakePane, stack);
  gtk_widget_class_bind_template_child (widget_class, SkyHandshakePane, chooser);
  gtk_widget_class_bind_template_child (widget_class, SkyHandshakePane, problems);
  gtk_widget_class_bind_template_child (widget_class, SkyHandshakePane, waterfall);
  gtk_widget_class_bind_template_child (widget_class, SkyHandshakePane, heads);
  gtk_widget_class_bind_template_child (widget_class, SkyHandshakePane, request);
  gtk_widget_class_bind_template_child (widget_class, SkyHandshakePane, response);
  gtk_widget_class_bind_template_child (widget_class, SkyHandshakePane, line_title);
  gtk_widget_class_bind_template_child (widget_class, SkyHandshakePane, line_text);
  gtk_widget_class_bind_template_callback (widget_class, on_chosen);
  gtk_widget_class_bind_template_callback (widget_class, on_line);
}

static void
sky_handshake_pane_init (SkyHandshakePane *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  sky_header_list_set_title (self->request, _("Request"));
  sky_header_list_set_title (self->response, _("Response"));
  on_line (self, NULL);
}

/**
 * sky_handshake_pane_new:
 *
 * Returns: a pane without a trace
 */
GtkWidget *
sky_handshake_pane_new (void)
{
  return g_object_new (SKY_TYPE_HANDSHAKE_PANE, NULL);
}
