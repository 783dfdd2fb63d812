#pragma once

#include "peer/roster/admin-watch.h"

typedef enum
{
  SKY_ADMIN_LOGIN_OUT,     /* the server is not watched: because nobody wants to, or for the "problem" there is */
  SKY_ADMIN_LOGIN_DIALING, /* there is no connection yet */
  SKY_ADMIN_LOGIN_ASKING,  /* the namespace has not answered yet */
  SKY_ADMIN_LOGIN_IN,      /* watched */
  SKY_ADMIN_LOGIN_WAITING, /* was watched, and will be: the connection broke, and is dialled again by itself */
} SkyAdminLoginState;

/**
 * SkyAdminLogin:
 *
 * How a client comes to watch its server: it connects if need be, logs in at the admin namespace, and does so again
 * when a connection is back. What was typed last is kept, and in the client's profile too.
 *
 * Signals: "changed" (state, problem, or what is watched).
 */
#define SKY_TYPE_ADMIN_LOGIN (sky_admin_login_get_type ())
G_DECLARE_FINAL_TYPE (SkyAdminLogin, sky_admin_login, SKY, ADMIN_LOGIN, GObject)

SkyAdminLogin     *sky_admin_login_new (SkyClient *client);
SkyClient         *sky_admin_login_get_client (SkyAdminLogin *self);
void               sky_admin_login_type (SkyAdminLogin *self, const char *nsp, const char *user, const char *password);
const char        *sky_admin_login_get_nsp (SkyAdminLogin *self);
const char        *sky_admin_login_get_user (SkyAdminLogin *self);
const char        *sky_admin_login_get_password (SkyAdminLogin *self);
void               sky_admin_login_begin (SkyAdminLogin *self);
void               sky_admin_login_end (SkyAdminLogin *self);
void               sky_admin_login_forget (SkyAdminLogin *self);
SkyAdminLoginState sky_admin_login_get_state (SkyAdminLogin *self);
const char        *sky_admin_login_get_problem (SkyAdminLogin *self);
SkyAdminWatch     *sky_admin_login_get_watch (SkyAdminLogin *self);
