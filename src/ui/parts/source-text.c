#include "ui/parts/source-text.h"

#include "ui/ui.h"

/* Returns: (transfer full): all of it */
char *
sky_source_text_get (GtkSourceBuffer *buffer)
{
  GtkTextIter start, end;

  gtk_text_buffer_get_bounds (GTK_TEXT_BUFFER (buffer), &start, &end);
  return gtk_text_buffer_get_text (GTK_TEXT_BUFFER (buffer), &start, &end, TRUE);
}

/**
 * sky_source_text_get_language:
 * @id: of a language of ours, or of GtkSourceView's
 *
 * Returns: (nullable) (transfer none): how to colour it
 */
GtkSourceLanguage *
sky_source_text_get_language (const char *id)
{
  static GtkSourceLanguageManager *languages;

  if (languages == NULL)
    {
      GtkSourceLanguageManager *theirs = gtk_source_language_manager_get_default ();

      languages = gtk_source_language_manager_new ();
      gtk_source_language_manager_set_search_path (languages, gtk_source_language_manager_get_search_path (theirs));
      gtk_source_language_manager_append_search_path (languages, "resource://" SKY_UI);
    }
  return gtk_source_language_manager_get_language (languages, id);
}
