/* Loaded before a GTK 4 program (LD_PRELOAD), this prints the time from the start of the process to the
 * end of the first painted frame, "FIRST_FRAME_MS 212.4", on standard error. The program is not changed:
 * gtk_window_present() is where the frame clock of its first window is taken hold of. With FRAMES_TICK=1 it goes
 * on to print the work of every frame that comes, "FRAME_MS 4.2": CPU time from before layout to after painting. */
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

static double began_ms = -1;

/* Of this thread alone: what else runs on the machine does not count. */
static double
cpu_ms (void)
{
  struct timespec now;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &now);
  return now.tv_sec * 1e3 + now.tv_nsec / 1e6;
}

static void
on_frame_begins (GdkFrameClock *clock, gpointer user_data)
{
  began_ms = cpu_ms ();
}

static void
on_frame_ends (GdkFrameClock *clock, gpointer user_data)
{
  if (began_ms >= 0)
    fprintf (stderr, "FRAME_MS %.1f\n", cpu_ms () - began_ms);
  began_ms = -1;
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
      if (getenv ("FRAMES_TICK") != NULL)
        {
          GdkFrameClock *clock = gdk_surface_get_frame_clock (surface);

          g_signal_connect (clock, "before-paint", G_CALLBACK (on_frame_begins), NULL);
          g_signal_connect_after (clock, "after-paint", G_CALLBACK (on_frame_ends), NULL);
        }
    }
  present (window);
}

void
gtk_window_present_with_time (GtkWindow *window, guint32 timestamp)
{
  gtk_window_present (window);
}
