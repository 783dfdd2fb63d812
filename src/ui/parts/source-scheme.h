#pragma once

#include <gtksourceview/gtksource.h>

void sky_source_scheme_apply (GtkWidget *widget, GtkSourceBuffer *buffer);
