#pragma once

#include <gtksourceview/gtksource.h>

/* What the editors have in common. */
char              *sky_source_text_get (GtkSourceBuffer *buffer);
GtkSourceLanguage *sky_source_text_get_language (const char *id);
