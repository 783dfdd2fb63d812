#include "ui/link/namespace-form.h"

#include "ui/parts/json-args.h"
#include "ui/parts/left-to-right.h"
#include "ui/parts/marks.h"
#include "ui/ui.h"

struct _SkyNamespaceForm
{
  GtkWidget   parent_instance;
  GtkWidget  *box, *fields;
  GtkEntry   *nsp, *auth;
  GtkLabel   *problem;
  SkyClient  *client; /* nullable */
  GHashTable *auths;  /* namespace to the payload that was written for it */
};

G_DEFINE_FINAL_TYPE (SkyNamespaceForm, sky_namespace_form, GTK_TYPE_WIDGET)

static guint connected_signal;

static const char *
get_text (GtkEntry *entry)
{
  return gtk_editable_get_text (GTK_EDITABLE (entry));
}

static void
show_problem (SkyNamespaceForm *self, GtkEntry *at, const char *problem)
{
  GtkEntry *entries[] = { self->nsp, self->auth };

  gtk_label_set_text (self->problem, problem != NULL ? problem : "");
  gtk_widget_set_visible (GTK_WIDGET (self->problem), problem != NULL);
  for (guint i = 0; i < G_N_ELEMENTS (entries); i++)
    {
      gboolean wrong = problem != NULL && at == entries[i];

      sky_marks_set_wrong (GTK_WIDGET (entries[i]), wrong);
    }
  if (problem != NULL && at != NULL)
    gtk_widget_grab_focus (GTK_WIDGET (at));
}

static void
on_edited (SkyNamespaceForm *self)
{
  show_problem (self, NULL, NULL);
}

/* Which of the two fields the client complains about */
static GtkEntry *
find_wrong (SkyNamespaceForm *self)
{
  const char *auth = get_text (self->auth);
  g_auto(SkyJsonArgs) args = { 0 };

  if (*auth == '\0' || (sky_json_args_check (auth, &args) && args.n_args == 1 && *auth == '{'))
    return self->nsp;
  return self->auth;
}

static void
on_connect (SkyNamespaceForm *self)
{
  g_autofree char *typed = g_strstrip (g_strdup (get_text (self->nsp)));
  g_autofree char *auth = g_strstrip (g_strdup (get_text (self->auth)));
  g_autofree char *nsp = g_strconcat (*typed == '/' ? "" : "/", typed, NULL);
  g_autoptr(GError) error = NULL;

  if (self->client == NULL)
    return;
  if (*typed == '\0')
    {
      show_problem (self, self->nsp, _("A namespace has a name, for example /chat."));
      return;
    }
  if (!sky_client_connect_space (self->client, nsp, *auth != '\0' ? auth : NULL, &error))
    {
      show_problem (self, find_wrong (self), error->message);
      return;
    }
  g_hash_table_insert (self->auths, g_strdup (nsp), g_strdup (auth));
  gtk_editable_set_text (GTK_EDITABLE (self->nsp), "");
  gtk_editable_set_text (GTK_EDITABLE (self->auth), "");
  show_problem (self, NULL, NULL);
  g_signal_emit (self, connected_signal, 0, nsp);
}

/**
 * sky_namespace_form_edit:
 * @nsp: one that was refused: with another payload it may not be
 *
 * Puts it into the form, with what was written for it before.
 */
void
sky_namespace_form_edit (SkyNamespaceForm *self, const char *nsp)
{
  const char *auth;

  g_return_if_fail (SKY_IS_NAMESPACE_FORM (self));

  auth = g_hash_table_lookup (self->auths, nsp);
  gtk_editable_set_text (GTK_EDITABLE (self->nsp), nsp);
  gtk_editable_set_text (GTK_EDITABLE (self->auth), auth != NULL ? auth : "");
  gtk_widget_grab_focus (GTK_WIDGET (self->auth));
}

/**
 * sky_namespace_form_connect_again:
 * @nsp: one that was left
 */
void
sky_namespace_form_connect_again (SkyNamespaceForm *self, const char *nsp)
{
  g_autoptr(GError) error = NULL;
  const char *auth;

  g_return_if_fail (SKY_IS_NAMESPACE_FORM (self) && self->client != NULL);

  auth = g_hash_table_lookup (self->auths, nsp);
  if (sky_client_connect_space (self->client, nsp, auth != NULL && *auth != '\0' ? auth : NULL, &error))
    return;
  sky_namespace_form_edit (self, nsp);
  show_problem (self, self->nsp, error->message);
}

/**
 * sky_namespace_form_refresh:
 *
 * The client's state may have changed.
 */
void
sky_namespace_form_refresh (SkyNamespaceForm *self)
{
  gboolean open = self->client != NULL && sky_peer_get_state (SKY_PEER (self->client)) == SKY_PEER_OPEN;

  gtk_widget_set_sensitive (self->fields, open);
  gtk_widget_set_tooltip_text (self->box, open ? NULL : _("Once there is a connection"));
}

/**
 * sky_namespace_form_set_client:
 * @client: (nullable): who connects
 */
void
sky_namespace_form_set_client (SkyNamespaceForm *self, SkyClient *client)
{
  g_return_if_fail (SKY_IS_NAMESPACE_FORM (self));

  if (g_set_object (&self->client, client))
    g_hash_table_remove_all (self->auths);
  sky_namespace_form_refresh (self);
}

static void
sky_namespace_form_dispose (GObject *object)
{
  SkyNamespaceForm *self = SKY_NAMESPACE_FORM (object);

  g_clear_object (&self->client);
  g_clear_pointer (&self->box, gtk_widget_unparent);
  G_OBJECT_CLASS (sky_namespace_form_parent_class)->dispose (object);
}

static void
sky_namespace_form_finalize (GObject *object)
{
  g_hash_table_unref (SKY_NAMESPACE_FORM (object)->auths);
  G_OBJECT_CLASS (sky_namespace_form_parent_class)->finalize (object);
}

static void
sky_namespace_form_init (SkyNamespaceForm *self)
{
  self->auths = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  gtk_widget_init_template (GTK_WIDGET (self));
  sky_left_to_right_keep (GTK_WIDGET (self->nsp));
  sky_left_to_right_keep (GTK_WIDGET (self->auth));
}

static void
sky_namespace_form_class_init (SkyNamespaceFormClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sky_namespace_form_dispose;
  G_OBJECT_CLASS (klass)->finalize = sky_namespace_form_finalize;
  connected_signal = g_signal_new ("connected", SKY_TYPE_NAMESPACE_FORM, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                   G_TYPE_NONE, 1, G_TYPE_STRING);
  gtk_widget_class_set_template_from_resource (widget_class, SKY_UI "namespace-form.ui");
  gtk_widget_class_bind_template_child (widget_class, SkyNamespaceForm, box);
  gtk_widget_class_bind_template_child (widget_class, SkyNamespaceForm, fields);
  gtk_widget_class_bind_template_child (widget_class, SkyNamespaceForm, nsp);
  gtk_widget_class_bind_template_child (widget_class, SkyNamespaceForm, auth);
  gtk_widget_class_bind_template_child (widget_class, SkyNamespaceForm, problem);
  gtk_widget_class_bind_template_callback (widget_class, on_edited);
  gtk_widget_class_bind_template_callback (widget_class, on_connect);
}
