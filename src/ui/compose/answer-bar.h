#pragma once

#include <gtk/gtk.h>

#include "ui/compose/sender.h"

/**
 * SkyAnswerBar:
 *
 * Shows the oldest event whose sender waits for an ack, and answers it; nothing if there is none.
 * Signal "joined": among what was heard just now, a namespace was joined or left.
 */
#define SKY_TYPE_ANSWER_BAR (sky_answer_bar_get_type ())
G_DECLARE_FINAL_TYPE (SkyAnswerBar, sky_answer_bar, SKY, ANSWER_BAR, GtkWidget)

void sky_answer_bar_set_sender (SkyAnswerBar *self, SkySender *sender);
void sky_answer_bar_set_client (SkyAnswerBar *self, SkyClient *client);
void sky_answer_bar_refresh (SkyAnswerBar *self);
void sky_answer_bar_send (SkyAnswerBar *self);
