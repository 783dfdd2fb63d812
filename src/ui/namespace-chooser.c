#include "ui/namespace-chooser.h"

#include "peer/route.h"
#include "ui/ui.h"

struct _SkyNamespaceChooser
{
  GtkWidget    parent_instance;
  GtkDropDown *names;
  SkyClient   *client;   /* nullable */
  char        *wanted;   /* the one that was chosen, there or not */
  char        *chosen;   /* the one that was last told of */
  gboolean     settling; /* our own doing, not a person's */
};

G_DEFINE_FINAL_TYPE (SkyNamespaceChooser, sky_namespace_chooser, GTK_TYPE_WIDGET)

static guint changed_signal;

/* Returns: (transfer full): the namespaces that are joined, else those that would be */
static GStrv
list_namespaces (SkyNamespaceChooser *self)
{
  static const char *const root_only[] = { "/", NULL };
  const char *const *joined = self->client != NULL ? sky_client_get_namespaces (self->client) : NULL;
  const SkyProfile *profile = self->client != NULL ? sky_client_get_profile (self->client) : NULL;
  g_auto(SkyRoute) route = { 0 };

  if (joined != NULL && joined[0] != NULL)
    return g_strdupv ((GStrv) joined);
  if (profile != NULL && profile->namespaces != NULL && profile->namespaces[0] != NULL)
    return g_strdupv (profile->namespaces);
  if (profile != NULL && sky_route_resolve (&route, profile, NULL) && route.nsp != NULL)
    return g_strdupv ((char *[]) { route.nsp, NULL });
  return g_strdupv ((GStrv) root_only);
}

static gboolean
lists (GListModel *model, const char *const *names)
{
  if (model == NULL || g_list_model_get_n_items (model) != g_strv_length ((GStrv) names))
    return FALSE;
  for (guint i = 0; names[i] != NULL; i++)
    if (!g_str_equal (gtk_string_list_get_string (GTK_STRING_LIST (model), i), names[i]))
      return FALSE;
  return TRUE;
}

static gboolean
select_name (SkyNamespaceChooser *self, const char *nsp)
{
  GListModel *model = gtk_drop_down_get_model (self->names);

  for (guint i = 0; model != NULL && i < g_list_model_get_n_items (model); i++)
    if (g_strcmp0 (gtk_string_list_get_string (GTK_STRING_LIST (model), i), nsp) == 0)
      {
        gtk_drop_down_set_selected (self->names, i);
        return TRUE;
      }
  return FALSE;
}

static void
tell (SkyNamespaceChooser *self)
{
  const char *chosen = sky_namespace_chooser_get_chosen (self);

  if (g_strcmp0 (chosen, self->chosen) == 0)
    return;
  g_free (self->chosen);
  self->chosen = g_strdup (chosen);
  g_signal_emit (self, changed_signal, 0);
}

static void
on_selected (SkyNamespaceChooser *self)
{
  if (self->settling)
    return;
  g_free (self->wanted);
  self->wanted = g_strdup (sky_namespace_chooser_get_chosen (self));
  tell (self);
}

/**
 * sky_namespace_chooser_refresh:
 *
 * The client may have joined or left a namespace, or is to dial another address.
 */
void
sky_namespace_chooser_refresh (SkyNamespaceChooser *self)
{
  g_autoptr(GtkStringList) list = NULL;
  g_auto(GStrv) names = NULL;

  g_return_if_fail (SKY_IS_NAMESPACE_CHOOSER (self));

  names = list_namespaces (self);
  if (lists (gtk_drop_down_get_model (self->names), (const char *const *) names))
    return;
  list = gtk_string_list_new ((const char *const *) names);
  self->settling = TRUE;
  gtk_drop_down_set_model (self->names, G_LIST_MODEL (list));
  select_name (self, self->wanted);
  self->settling = FALSE;
  tell (self);
}

/**
 * sky_namespace_chooser_choose:
 * @nsp: is remembered too if it is not there: it may be joined later, or again
 *
 * Returns: whether it is there
 */
gboolean
sky_namespace_chooser_choose (SkyNamespaceChooser *self, const char *nsp)
{
  g_return_val_if_fail (SKY_IS_NAMESPACE_CHOOSER (self), FALSE);

  g_free (self->wanted);
  self->wanted = g_strdup (nsp);
  return select_name (self, nsp);
}

/**
 * sky_namespace_chooser_get_chosen:
 *
 * Returns: (transfer none): the one to emit in now
 */
const char *
sky_namespace_chooser_get_chosen (SkyNamespaceChooser *self)
{
  GtkStringObject *chosen = gtk_drop_down_get_selected_item (self->names);

  return chosen != NULL ? gtk_string_object_get_string (chosen) : "/";
}

/**
 * sky_namespace_chooser_get_wanted:
 *
 * Returns: (transfer none): the one that was asked for, there or not; "" for any
 */
const char *
sky_namespace_chooser_get_wanted (SkyNamespaceChooser *self)
{
  return self->wanted != NULL ? self->wanted : "";
}

/**
 * sky_namespace_chooser_set_client:
 * @client: (nullable): whose namespaces to list
 * @wanted: as for sky_namespace_chooser_choose()
 */
void
sky_namespace_chooser_set_client (SkyNamespaceChooser *self, SkyClient *client, const char *wanted)
{
  g_return_if_fail (SKY_IS_NAMESPACE_CHOOSER (self));

  g_set_object (&self->client, client);
  sky_namespace_chooser_refresh (self);
  sky_namespace_chooser_choose (self, wanted);
}

static void
sky_namespace_chooser_dispose (GObject *object)
{
  SkyNamespaceChooser *self = SKY_NAMESPACE_CHOOSER (object);

  self->settling = TRUE;
  g_clear_object (&self->client);
  if (self->names != NULL)
    gtk_widget_unparent (GTK_WIDGET (g_steal_pointer (&self->names)));
  G_OBJECT_CLASS (sky_namespace_chooser_parent_class)->dispose (object);
}

static void
sky_namespace_chooser_finalize (GObject *object)
{
  SkyNamespaceChooser *self = SKY_NAMESPACE_CHOOSER (object);

  g_free (self->wanted);
  g_free (self->chosen);
  G_OBJECT_CLASS (sky_namespace_chooser_parent_class)->finalize (object);
}

static void
sky_namespace_chooser_class_init (SkyNamespaceChooserClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = sky_namespace_chooser_dispose;
  G_OBJECT_CLASS (klass)->finalize = sky_namespace_chooser_finalize;
  changed_signal = g_signal_new ("changed", SKY_TYPE_NAMESPACE_CHOOSER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                 G_TYPE_NONE, 0);
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BIN_LAYOUT);
}

static void
sky_namespace_chooser_init (SkyNamespaceChooser *self)
{
  self->names = GTK_DROP_DOWN (gtk_drop_down_new (NULL, NULL));
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->names), _("Namespace"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->names), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Namespace"), -1);
  gtk_widget_set_parent (GTK_WIDGET (self->names), GTK_WIDGET (self));
  g_signal_connect_swapped (self->names, "notify::selected", G_CALLBACK (on_selected), self);
}
