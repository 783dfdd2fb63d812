#include "ui/rooms/rooms-target.h"

#include <string.h>

#include "ui/parts/label.h"
#include "ui/roster/roster-words.h"
#include "ui/ui.h"

#define MAX_SHOWN 2000 /* names in the list; more are found by typing */

/* What a line of the list is, as the first letter of its string. */
#define EVERYONE '*'
#define NOBODY   '-'
#define ROOM     '#'
#define NEW_ROOM '+'
#define SOCKET   '@'
#define SPACE    '/'

struct _SkyRoomsTarget
{
  GtkWidget          parent_instance;
  GtkMenuButton     *button;
  GtkLabel          *title;
  GtkWidget         *arrow;
  GtkPopover        *popover;
  GtkEditable       *entry;
  GtkLabel          *missing;
  GtkWidget         *scroller;
  GtkListView       *view;
  GtkStringList     *lines;
  SkyRoomsTargetKind kind;
  SkyRoster         *roster; /* nullable */
  char              *nsp;    /* the namespace whose rooms and sockets are listed */
  char              *without; /* nullable: the room, or the socket, that is left out */
  char              *chosen;  /* nullable: everyone, or nobody */
  char              *called;  /* nullable: what that is called, if it is a socket: it may go */
  char              *caption, *label; /* nullable */
};

G_DEFINE_FINAL_TYPE (SkyRoomsTarget, sky_rooms_target, GTK_TYPE_WIDGET)

typedef enum { PROP_KIND = 1, PROP_CAPTION, PROP_LABEL } SkyRoomsTargetProp;
static GParamSpec *props[PROP_LABEL + 1];
static guint changed_signal;

static gboolean
is_socket (SkyRoomsTarget *self, const char *name)
{
  SkyRosterSocket socket;

  return self->roster != NULL && sky_roster_find_socket (self->roster, self->nsp, name, &socket);
}

/* Returns: (transfer full): "everyone", "room room-42", "alice x7Qk…AAAB" */
static char *
describe (SkyRoomsTarget *self, const char *name)
{
  if (self->kind == SKY_ROOMS_TARGET_SPACES)
    return g_strdup (name != NULL ? name : "/");
  if (name == NULL)
    return g_strdup (self->kind == SKY_ROOMS_TARGET_EXCEPT ? _("nobody") : _("everyone"));
  if (is_socket (self, name))
    return sky_roster_name_socket (self->roster, self->nsp, name);
  if (self->called != NULL && g_strcmp0 (name, self->chosen) == 0)
    return g_strdup (self->called);
  return sky_roster_mark_room (name);
}

/**
 * sky_rooms_target_refresh:
 *
 * The name of what is chosen may be known better by now.
 */
void
sky_rooms_target_refresh (SkyRoomsTarget *self)
{
  g_autofree char *text = describe (self, self->chosen);
  g_autofree char *spoken = NULL;

  if (self->kind != SKY_ROOMS_TARGET_SPACES && self->chosen != NULL && is_socket (self, self->chosen))
    {
      g_free (self->called);
      self->called = g_strdup (text);
    }
  gtk_widget_set_visible (self->arrow, self->caption == NULL);
  gtk_label_set_ellipsize (self->title, self->caption == NULL ? PANGO_ELLIPSIZE_END : PANGO_ELLIPSIZE_NONE);
  if (self->caption != NULL)
    {
      if (g_strcmp0 (gtk_label_get_text (self->title), self->caption) == 0)
        return;
      gtk_label_set_text (self->title, self->caption);
      gtk_accessible_update_property (GTK_ACCESSIBLE (self->button), GTK_ACCESSIBLE_PROPERTY_LABEL, self->caption, -1);
      return;
    }
  if (g_strcmp0 (gtk_label_get_text (self->title), text) == 0)
    return;
  gtk_label_set_text (self->title, text);
  spoken = self->label != NULL ? g_strdup_printf ("%s: %s", self->label, text) : g_strdup (text);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->button), GTK_ACCESSIBLE_PROPERTY_LABEL, spoken, -1);
}

static gboolean
matches (const char *name, const char *folded)
{
  g_autofree char *lower = name != NULL ? g_utf8_casefold (name, -1) : NULL;

  return *folded == '\0' || (lower != NULL && strstr (lower, folded) != NULL);
}

/* @label: (nullable): what it is called besides. What is called just as the typed words is what they mean: it comes first. */
static void
add_line (SkyRoomsTarget *self, GPtrArray *lines, char what, const char *name, const char *label)
{
  const char *words = gtk_editable_get_text (self->entry);

  if (what != NEW_ROOM && (g_str_equal (name, words) || g_strcmp0 (label, words) == 0))
    g_ptr_array_insert (lines, 0, g_strdup_printf ("%c%s", what, name));
  else if (lines->len < MAX_SHOWN)
    g_ptr_array_add (lines, g_strdup_printf ("%c%s", what, name));
}

static void
add_rooms (SkyRoomsTarget *self, GPtrArray *lines, const char *folded, const char *socket)
{
  g_autoptr(GPtrArray) taken = socket != NULL ? sky_roster_get_rooms_of (self->roster, self->nsp, socket) : NULL;
  guint n_rooms = sky_roster_get_n_rooms (self->roster, self->nsp, FALSE);

  for (guint i = 0; i < n_rooms; i++)
    {
      const char *room = sky_roster_get_room (self->roster, self->nsp, i, FALSE);

      if (matches (room, folded) && g_strcmp0 (room, self->without) != 0
          && (taken == NULL || !g_ptr_array_find_with_equal_func (taken, room, g_str_equal, NULL)))
        add_line (self, lines, ROOM, room, NULL);
    }
}

static gboolean
is_in (SkyRoomsTarget *self, const char *id, const char *room)
{
  g_autoptr(GPtrArray) rooms = sky_roster_get_rooms_of (self->roster, self->nsp, id);

  return g_ptr_array_find_with_equal_func (rooms, room, g_str_equal, NULL);
}

static void
add_sockets (SkyRoomsTarget *self, GPtrArray *lines, const char *folded, const char *without)
{
  guint n_sockets = sky_roster_get_n_sockets (self->roster, self->nsp, NULL);
  SkyRosterSocket socket;

  for (guint i = 0; i < n_sockets; i++)
    if (sky_roster_get_socket (self->roster, self->nsp, NULL, i, &socket)
        && (matches (socket.id, folded) || matches (socket.label, folded))
        && (without == NULL || !is_in (self, socket.id, without)))
      add_line (self, lines, SOCKET, socket.id, socket.label);
}

static GPtrArray *
list_lines (SkyRoomsTarget *self)
{
  GPtrArray *lines = g_ptr_array_new_with_free_func (g_free);
  const char *words = gtk_editable_get_text (self->entry);
  g_autofree char *folded = g_utf8_casefold (words, -1);

  switch (self->kind)
    {
    case SKY_ROOMS_TARGET_SPACES:
      for (guint i = 0; i < sky_roster_get_n_namespaces (self->roster); i++)
        if (matches (sky_roster_get_namespace (self->roster, i), folded))
          add_line (self, lines, SPACE, sky_roster_get_namespace (self->roster, i), NULL);
      break;
    case SKY_ROOMS_TARGET_RECEIVERS:
    case SKY_ROOMS_TARGET_EXCEPT:
      if (*words == '\0')
        add_line (self, lines, self->kind == SKY_ROOMS_TARGET_EXCEPT ? NOBODY : EVERYONE, "", NULL);
      add_rooms (self, lines, folded, NULL);
      add_sockets (self, lines, folded, NULL);
      break;
    case SKY_ROOMS_TARGET_SOCKETS:
      add_sockets (self, lines, folded, self->without);
      break;
    case SKY_ROOMS_TARGET_ROOMS:
      add_rooms (self, lines, folded, self->without);
      if (*words != '\0' && sky_roster_get_n_sockets (self->roster, self->nsp, words) == 0)
        add_line (self, lines, NEW_ROOM, words, NULL);
      break;
    }
  g_ptr_array_add (lines, NULL);
  return lines;
}

static void
fill (SkyRoomsTarget *self)
{
  g_autoptr(GPtrArray) lines = NULL;
  guint n_lines = g_list_model_get_n_items (G_LIST_MODEL (self->lines));

  if (self->roster == NULL)
    return;
  lines = list_lines (self);
  gtk_string_list_splice (self->lines, 0, n_lines, (const char *const *) lines->pdata);
  gtk_label_set_text (self->missing, *gtk_editable_get_text (self->entry) != '\0'
                                         ? _("No namespace, room or socket has this in its name.")
                                     : self->kind == SKY_ROOMS_TARGET_ROOMS ? _("Write the name of a new room.")
                                                                            : _("Nobody else is here."));
  gtk_widget_set_visible (GTK_WIDGET (self->missing), lines->len == 1); /* the NULL at the end */
  gtk_widget_set_visible (self->scroller, lines->len > 1);
}

static void
on_popover_map (SkyRoomsTarget *self)
{
  gtk_editable_set_text (self->entry, "");
  fill (self);
  gtk_widget_grab_focus (GTK_WIDGET (self->entry));
}

static void
take (SkyRoomsTarget *self, guint position)
{
  const char *line = gtk_string_list_get_string (self->lines, position);
  g_autofree char *name = line != NULL && line[1] != '\0' ? g_strdup (line + 1) : NULL;

  if (line == NULL)
    return;
  gtk_widget_grab_focus (GTK_WIDGET (self->button)); /* an entry that vanishes with the focus complains */
  gtk_popover_popdown (self->popover);
  sky_rooms_target_choose (self, name);
  g_signal_emit (self, changed_signal, 0);
}

static void
on_activate (SkyRoomsTarget *self, guint position)
{
  take (self, position);
}

/* The entry would keep Escape to itself. */
static void
on_stop_search (SkyRoomsTarget *self)
{
  gtk_widget_grab_focus (GTK_WIDGET (self->button));
  gtk_popover_popdown (self->popover);
}

/* Return in the entry takes the first one. */
static void
on_entry_activate (SkyRoomsTarget *self)
{
  fill (self);
  take (self, 0);
}

static void
on_setup (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer user_data)
{
  gtk_list_item_set_child (item, sky_label_new_cut (NULL, NULL));
}

static void
on_bind (GtkSignalListItemFactory *factory, GtkListItem *item, SkyRoomsTarget *self)
{
  GtkWidget *label = gtk_list_item_get_child (item), *row = gtk_widget_get_parent (label);
  const char *line = gtk_string_object_get_string (gtk_list_item_get_item (item));
  g_autofree char *text = *line == NEW_ROOM ? g_strdup_printf (_("New room “%s”"), line + 1)
                                            : describe (self, line[1] != '\0' ? line + 1 : NULL);

  gtk_label_set_text (GTK_LABEL (label), text);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row != NULL ? row : label), GTK_ACCESSIBLE_PROPERTY_LABEL, text, -1);
}

/**
 * sky_rooms_target_choose:
 * @name: (nullable): a namespace, a room or a socket's id, there or not; %NULL for everyone, or nobody
 *
 * Emits nothing: only what a person does is told.
 */
void
sky_rooms_target_choose (SkyRoomsTarget *self, const char *name)
{
  char *copy = g_strdup (name);

  if (g_strcmp0 (self->chosen, copy) != 0)
    g_clear_pointer (&self->called, g_free);
  g_free (self->chosen);
  self->chosen = copy;
  sky_rooms_target_refresh (self);
}

const char *
sky_rooms_target_get_chosen (SkyRoomsTarget *self)
{
  return self->chosen;
}

/**
 * sky_rooms_target_set_place:
 * @nsp: the namespace whose rooms and sockets to list
 * @without: (nullable): for sockets, the room in which they are not; for rooms, the socket that is not in them
 */
void
sky_rooms_target_set_place (SkyRoomsTarget *self, const char *nsp, const char *without)
{
  char *space = g_strdup (nsp != NULL ? nsp : "/"), *left_out = g_strdup (without);

  g_free (self->nsp);
  g_free (self->without);
  self->nsp = space;
  self->without = left_out;
  sky_rooms_target_refresh (self);
}

/* @caption: (nullable): what the button always says */
void
sky_rooms_target_set_kind (SkyRoomsTarget *self, SkyRoomsTargetKind kind, const char *caption)
{
  char *copy = g_strdup (caption);

  self->kind = kind;
  g_free (self->caption);
  self->caption = copy;
  sky_rooms_target_refresh (self);
}

/* To be set once. */
void
sky_rooms_target_set_roster (SkyRoomsTarget *self, SkyRoster *roster)
{
  g_set_object (&self->roster, roster);
  sky_rooms_target_refresh (self);
}

/* GTK 4.8 tells the accessibility bus of what is greyed itself, not of what stands in it. */
static void
sky_rooms_target_state_flags_changed (GtkWidget *widget, GtkStateFlags before)
{
  SkyRoomsTarget *self = SKY_ROOMS_TARGET (widget);

  if (self->button != NULL)
    gtk_widget_set_sensitive (GTK_WIDGET (self->button), gtk_widget_is_sensitive (widget));
  GTK_WIDGET_CLASS (sky_rooms_target_parent_class)->state_flags_changed (widget, before);
}

static void
sky_rooms_target_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  SkyRoomsTarget *self = SKY_ROOMS_TARGET (object);

  switch ((SkyRoomsTargetProp) id)
    {
    case PROP_KIND:
      self->kind = g_value_get_uint (value);
      break;
    case PROP_CAPTION:
      self->caption = g_value_dup_string (value);
      break;
    case PROP_LABEL:
      self->label = g_value_dup_string (value);
      break;
    }
}

static void
sky_rooms_target_constructed (GObject *object)
{
  G_OBJECT_CLASS (sky_rooms_target_parent_class)->constructed (object);
  sky_rooms_target_refresh (SKY_ROOMS_TARGET (object));
}

static void
sky_rooms_target_dispose (GObject *object)
{
  SkyRoomsTarget *self = SKY_ROOMS_TARGET (object);

  if (self->view != NULL)
    gtk_list_view_set_model (self->view, NULL);
  if (self->button != NULL)
    gtk_widget_unparent (GTK_WIDGET (self->button));
  self->button = NULL;
  g_clear_object (&self->lines);
  g_clear_object (&self->roster);
  G_OBJECT_CLASS (sky_rooms_target_parent_class)->dispose (object);
}

static void
sky_rooms_target_finalize (GObject *object)
{
  SkyRoomsTarget *self = SKY_ROOMS_TARGET (object);

  g_free (self->nsp);
  g_free (self->without);
  g_free (self->chosen);
  g_free (self->called);
  g_free (self->caption);
  g_free (self->label);
  G_OBJECT_CLASS (sky_rooms_target_parent_class)->finalize (object);
}

static void
sky_rooms_target_init (SkyRoomsTarget *self)
{
  g_autoptr(GtkListItemFactory) factory = gtk_signal_list_item_factory_new ();
  GtkSelectionModel *selection;

  gtk_widget_init_template (GTK_WIDGET (self));
  self->nsp = g_strdup ("/");
  self->lines = gtk_string_list_new (NULL);
  g_signal_connect (factory, "setup", G_CALLBACK (on_setup), NULL);
  g_signal_connect_object (factory, "bind", G_CALLBACK (on_bind), self, 0);
  gtk_list_view_set_factory (self->view, factory);
  selection = GTK_SELECTION_MODEL (gtk_single_selection_new (G_LIST_MODEL (g_object_ref (self->lines))));
  gtk_list_view_set_model (self->view, selection);
  g_object_unref (selection);
}

static void
sky_rooms_target_class_init (SkyRoomsTargetClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->set_property = sky_rooms_target_set_property;
  object_class->constructed = sky_rooms_target_constructed;
  object_class->dispose = sky_rooms_target_dispose;
  object_class->finalize = sky_rooms_target_finalize;
  widget_class->state_flags_changed = sky_rooms_target_state_flags_changed;
  props[PROP_KIND] = g_param_spec_uint ("kind", NULL, NULL, 0, SKY_ROOMS_TARGET_ROOMS, 0,
                                        G_PARAM_WRITABLE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);
  props[PROP_CAPTION] = g_param_spec_string ("caption", NULL, NULL, NULL,
                                             G_PARAM_WRITABLE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);
  props[PROP_LABEL] = g_param_spec_string ("label", NULL, NULL, NULL,
                                           G_PARAM_WRITABLE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (props), props);
  changed_signal
      = g_signal_new ("changed", SKY_TYPE_ROOMS_TARGET, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  gtk_widget_class_set_template_from_resource (widget_class, SKY_UI "rooms-target.ui");
  gtk_widget_class_bind_template_child (widget_class, SkyRoomsTarget, button);
  gtk_widget_class_bind_template_child (widget_class, SkyRoomsTarget, title);
  gtk_widget_class_bind_template_child (widget_class, SkyRoomsTarget, arrow);
  gtk_widget_class_bind_template_child (widget_class, SkyRoomsTarget, popover);
  gtk_widget_class_bind_template_child (widget_class, SkyRoomsTarget, entry);
  gtk_widget_class_bind_template_child (widget_class, SkyRoomsTarget, missing);
  gtk_widget_class_bind_template_child (widget_class, SkyRoomsTarget, scroller);
  gtk_widget_class_bind_template_child (widget_class, SkyRoomsTarget, view);
  gtk_widget_class_bind_template_callback (widget_class, on_popover_map);
  gtk_widget_class_bind_template_callback (widget_class, on_activate);
  gtk_widget_class_bind_template_callback (widget_class, on_entry_activate);
  gtk_widget_class_bind_template_callback (widget_class, on_stop_search);
  gtk_widget_class_bind_template_callback (widget_class, fill);
}
