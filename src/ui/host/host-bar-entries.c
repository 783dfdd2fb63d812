#include "ui/host/host-bar-private.h"

#include <string.h>

#include "ui/host/host-setup.h"
#include "ui/parts/marks.h"
#include "ui/ui.h"

/* Where a server listens: what is typed in the bar, read, refused, and written into the rules. */

/* Returns: whether it does not run, and is not about to */
gboolean
sky_host_bar_is_at_rest (SkyHostBar *self)
{
  SkyPeerState state = sky_peer_get_state (SKY_PEER (self->host));

  return state == SKY_PEER_IDLE || state == SKY_PEER_CLOSED || state == SKY_PEER_FAILED;
}

/* @entry: (nullable): which field is wrong; @message: (nullable): how, a sentence */
void
sky_host_bar_show_wrong (SkyHostBar *self, GtkWidget *entry, const char *message)
{
  GtkWidget *entries[] = { self->bind, self->port, self->path };

  gtk_label_set_text (self->wrong, message != NULL ? message : "");
  gtk_widget_set_visible (self->wrong_box, message != NULL);
  gtk_widget_set_visible (self->instead, FALSE);
  for (guint i = 0; i < G_N_ELEMENTS (entries); i++)
    sky_marks_set_wrong (entries[i], message != NULL && entries[i] == entry);
  if (message != NULL && entry != NULL)
    gtk_widget_grab_focus (entry);
}

/* @json: (nullable): as in sky_rules_draft_set_server(). Returns: whether the rules say it now, and hold */
gboolean
sky_host_bar_set_server (SkyHostBar *self, GtkWidget *entry, const char *member, const char *json)
{
  g_autoptr(GError) error = NULL;
  SkyRulesProblem problem;
  g_autofree char *sentence = NULL;

  sky_host_setup_begin (self->draft);
  if (!sky_rules_draft_set_server (self->draft, member, json, &error))
    {
      sky_host_bar_show_wrong (self, entry, error->message);
      return FALSE;
    }
  if (entry == NULL || !sky_rules_draft_get_problem (self->draft, &problem))
    return TRUE;
  sentence = g_strdup_printf (_("The rules have a mistake, which has to be mended first: %s"), problem.message);
  sky_host_bar_show_wrong (self, entry, sentence);
  return FALSE;
}

static GtkWidget *
get_entry (SkyHostBar *self, SkyHostPlace place)
{
  return place == SKY_HOST_PLACE_BIND ? self->bind : place == SKY_HOST_PLACE_PORT ? self->port : self->path;
}

/* What is in @entry is a person's, until it is taken. */
void
sky_host_bar_mark_typed (SkyHostBar *self, GtkWidget *entry)
{
  if (self->loading)
    return;
  for (guint i = 0; i < SKY_N_HOST_PLACES; i++)
    self->typed[i] = self->typed[i] || get_entry (self, i) == entry;
  sky_host_bar_show_wrong (self, NULL, NULL);
}

/* Returns: where it listens, or will */
static char *
get_port (SkyHostBar *self)
{
  return g_strdup_printf ("%u", sky_host_bar_is_at_rest (self) ? sky_host_get_options (self->host)->port
                                                               : sky_host_get_port (self->host));
}

/* What stands in an entry as long as nobody types */
static char *
get_shown (SkyHostBar *self, SkyHostPlace place)
{
  const SkyHostOptions *options = sky_host_get_options (self->host);

  if (place == SKY_HOST_PLACE_PORT)
    return get_port (self);
  return g_strdup (place == SKY_HOST_PLACE_BIND ? options->bind : options->path != NULL ? options->path : "");
}

/* @force: what somebody has typed does not stay, either */
void
sky_host_bar_show_entries (SkyHostBar *self, gboolean force)
{
  for (guint i = 0; i < SKY_N_HOST_PLACES; i++)
    if (force || !self->typed[i])
      {
        g_autofree char *text = get_shown (self, i);
        GtkEditable *entry = GTK_EDITABLE (get_entry (self, i));

        if (!g_str_equal (gtk_editable_get_text (entry), text))
          gtk_editable_set_text (entry, text);
        self->typed[i] = FALSE;
      }
}

static char *
get_typed (GtkWidget *entry)
{
  return g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (entry))));
}

/* @jsons: (out): of each place what is typed there; @changed: (out): and whether it is something new.
 * Returns: %FALSE if it is wrong, which is told */
static gboolean
read_entries (SkyHostBar *self, GPtrArray *jsons, gboolean *changed)
{
  for (guint i = 0; i < SKY_N_HOST_PLACES; i++)
    {
      g_autofree char *typed = get_typed (get_entry (self, i)), *shown = get_shown (self, i);
      g_autofree char *before = NULL, *wrong = NULL, *was_wrong = NULL;
      char *json = NULL;

      changed[i] = self->typed[i] && !g_str_equal (typed, shown);
      wrong = changed[i] ? sky_host_place_check (i, typed, &json) : NULL;
      g_ptr_array_add (jsons, json);
      if (wrong != NULL)
        {
          sky_host_bar_show_wrong (self, get_entry (self, i), wrong);
          return FALSE;
        }
      was_wrong = sky_host_place_check (i, shown, &before);
      changed[i] = changed[i] && (was_wrong != NULL || g_strcmp0 (json, before) != 0);
    }
  return TRUE;
}

/* What is typed holds from now on, for which a server that runs has to begin anew; one that does not begins. */
void
sky_host_bar_take_entries (SkyHostBar *self)
{
  g_autoptr(GPtrArray) jsons = g_ptr_array_new_with_free_func (g_free);
  gboolean changed[SKY_N_HOST_PLACES] = { FALSE }, any = FALSE;

  sky_host_bar_show_wrong (self, NULL, NULL);
  if (!read_entries (self, jsons, changed))
    return;
  for (guint i = 0; i < SKY_N_HOST_PLACES; i++)
    {
      if (changed[i] && !sky_host_bar_set_server (self, get_entry (self, i), sky_host_place_get_member (i), jsons->pdata[i]))
        return;
      any = any || changed[i];
    }
  memset (self->typed, 0, sizeof self->typed);
  if (any || sky_host_bar_is_at_rest (self))
    sky_host_bar_restart (self);
  else
    sky_host_bar_refresh (self, TRUE);
}
