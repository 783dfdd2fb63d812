#pragma once

#include <gtk/gtk.h>

#include "ui/compose/sender.h"
#include "ui/link/namespace-chooser.h"
#include "ui/parts/json-editor.h"

/**
 * SkyCompleteEvent:
 *
 * Completes the name of an event from those that the trace has, and those sent to the same address before; then
 * offers to fill the arguments in. It changes nothing that was not chosen.
 */
#define SKY_TYPE_COMPLETE_EVENT (sky_complete_event_get_type ())
G_DECLARE_FINAL_TYPE (SkyCompleteEvent, sky_complete_event, SKY, COMPLETE_EVENT, GObject)

SkyCompleteEvent *sky_complete_event_new (GtkEntry *entry, SkyJsonEditor *editor, SkyNamespaceChooser *namespaces);
void              sky_complete_event_set_sender (SkyCompleteEvent *self, SkySender *sender);
void              sky_complete_event_set_client (SkyCompleteEvent *self, SkyClient *client);
char             *sky_complete_event_get_shape (SkyCompleteEvent *self);
void              sky_complete_event_detach (SkyCompleteEvent *self);
