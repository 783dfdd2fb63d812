/* Loaded before a GTK 4 program (LD_PRELOAD), this prints the time from the start of the process to the
 * end of the first painted frame, "FIRST_FRAME_MS 212.4", on standard error. The program is not changed:
 * gtk_window_present() is where the frame clock of its first window is taken hold of. */
#define _GNU_SOURCE
#include <gtk/gtk.h>
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

void gtk_window_present_with_time (GtkWindow *window, guint32 timestamp);

/* Since boot, as field 22 of /proc/self/stat has it: it counts in ticks of 10 ms, and so is the error. */
static double
started_ms (void)
{
  g_autofree char *stat = NULL;
  g_auto(GStrv) fields = NULL;

  g_file_get_contents ("/proc/self/stat", &stat, NULL, NULL);
  fields = g_strsplit (strrchr (stat, ')') + 2, " ", -1);    /* the name before may hold spaces */
  return g_ascii_strtoull (fields[22 - 3], NULL, 10) * 1000.0 / sysconf (_SC_CLK_TCK);
}

static void
on_after_paint (GdkFrameClock *clock, gpointer user_data)
{
  struct timespec now;

  clock_gettime (CLOCK_BOOTTIME, &now);
  fprintf (stderr, "FIRST_FRAME_MS %.1f\n", now.tv_sec * 1e3 + now.tv_nsec / 1e6 - started_ms ());
  g_signal_handlers_disconnect_by_func (clock, on_after_paint, user_data);
}

void
gtk_window_present (GtkWindow *window)
{
  static void (*present) (GtkWindow *);

  if (present == NULL)
    {
      GdkSurface *surface;

      present = dlsym (RTLD_NEXT, "gtk_window_present");
      gtk_widget_realize (GTK_WIDGET (window));
      surface = gtk_native_get_surface (GTK_NATIVE (window));
      g_signal_connect_after (gdk_surface_get_frame_clock (surface), "after-paint",
                              G_CALLBACK (on_after_paint), NULL);
    }
  present (window);
}

void
gtk_window_present_with_time (GtkWindow *window, guint32 timestamp)
{
  gtk_window_present (window);
}
