#pragma once

#include <glib/gi18n-lib.h>
#include <gtk/gtk.h>

/* Where templates lie among the resources: gtk_widget_class_set_template_from_resource (…, SKY_UI "page.ui"). */
#define SKY_UI_PREFIX "/io/github/sockeye/Sockeye/"
#define SKY_UI        SKY_UI_PREFIX "ui/"
