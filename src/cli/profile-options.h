#pragma once

#include "peer/profile/profile.h"

/**
 * ProfileOptions:
 *
 * The options that say which connection is meant, and how it is dialled. Every command that dials
 * has them: add them before the command line is parsed, make the profile after that.
 *
 *   options = profile_options_new ();
 *   context = session_options (&session, _("URL"), summary, entries, NULL);
 *   profile_options_add (options, context);
 *   if (session_parse (&session, context, argc, argv, &words))
 *     profile = profile_options_make (options, words[0], &error);
 */
typedef struct _ProfileOptions ProfileOptions;

ProfileOptions *profile_options_new (void);
void            profile_options_free (ProfileOptions *self);
void            profile_options_add (ProfileOptions *self, GOptionContext *context);
void            profile_options_add_reconnection (ProfileOptions *self, GOptionContext *context);
SkyProfile     *profile_options_make (ProfileOptions *self, const char *url, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ProfileOptions, profile_options_free)
