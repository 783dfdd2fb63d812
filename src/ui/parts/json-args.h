#pragma once

#include <glib.h>

/* The arguments of an event as a person writes them: JSON values, commas between, or nothing. */
typedef struct
{
  guint n_args;
  guint n_files;   /* {"$file":"…"} among them, at any depth */
  guint n_binary;  /* {"$bin":"…"} among them, at any depth */
  gsize error_pos; /* bytes from the beginning */
  char *problem;   /* owned; NULL if all is right */
} SkyJsonArgs;

/* A {"$file":"/path"} where it lies. */
typedef struct
{
  gsize start, len; /* bytes, braces included */
  char *path;       /* owned */
} SkyJsonFile;

gboolean sky_json_args_check (const char *text, SkyJsonArgs *args);
void     sky_json_args_clear (SkyJsonArgs *args);
char    *sky_json_args_count (const SkyJsonArgs *args);
GArray  *sky_json_args_files (const char *text);
char    *sky_json_args_put_files (const char *text, const GArray *files, const GPtrArray *contents);
char    *sky_json_args_preview (const char *nsp, const char *event, const char *text, gboolean ask);
char    *sky_json_args_file_token (const char *path);
void     sky_text_place (const char *text, gsize pos, guint *line, guint *column);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SkyJsonArgs, sky_json_args_clear)
