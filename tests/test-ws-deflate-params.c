#include <string.h>

#include "ws/ws-deflate.h"

/* What sky_ws_deflate_format() makes of what was read; NULL where nothing valid is to be found. */
typedef struct
{
  const char *header, *again;
} Vector;

#define PMD "permessage-deflate"

static const Vector vectors[] = { /* RFC 7692 §7.1; then quoting, lists, and what is not valid */
  { PMD, PMD },
  { "  " PMD "  ", PMD },
  { "PerMessage-Deflate", PMD },
  { PMD "; client_max_window_bits", PMD "; client_max_window_bits" },
  { PMD "; client_max_window_bits; server_max_window_bits=10",
    PMD "; server_max_window_bits=10; client_max_window_bits" },
  { PMD ";server_no_context_takeover;client_no_context_takeover",
    PMD "; server_no_context_takeover; client_no_context_takeover" },
  { PMD "; client_max_window_bits=8; server_max_window_bits=15", PMD "; client_max_window_bits=8" },
  { PMD "; client_max_window_bits=15", PMD "; client_max_window_bits=15" },
  { PMD "; server_max_window_bits=\"12\"", PMD "; server_max_window_bits=12" },
  { PMD "; server_max_window_bits=\"1\\2\"", PMD "; server_max_window_bits=12" },
  { PMD "; server_max_window_bits = 12", PMD "; server_max_window_bits=12" },
  { "x-webkit-deflate-frame, " PMD, PMD },
  { "foo; bar=\"," PMD "\"; baz, " PMD "; server_max_window_bits=9",
    PMD "; server_max_window_bits=9" },
  { "foo; bar=\"\\\"," PMD, NULL },
  { PMD "; server_max_window_bits=10, " PMD, PMD "; server_max_window_bits=10" },
  { PMD "; server_max_window_bits=7, " PMD "; client_max_window_bits",
    PMD "; client_max_window_bits" },
  { ",, " PMD ",", PMD },
  { "", NULL },
  { "permessage-deflates", NULL },
  { "foo", NULL },
  { PMD "; unknown", NULL },
  { PMD "; unknown=1", NULL },
  { PMD ";", NULL },
  { PMD "; ; server_no_context_takeover", NULL },
  { PMD " x", NULL },
  { PMD "; server_no_context_takeover=1", NULL },
  { PMD "; client_no_context_takeover=", NULL },
  { PMD "; server_max_window_bits", NULL },
  { PMD "; server_max_window_bits=", NULL },
  { PMD "; server_max_window_bits=7", NULL },
  { PMD "; server_max_window_bits=16", NULL },
  { PMD "; server_max_window_bits=08", NULL },
  { PMD "; server_max_window_bits=1e1", NULL },
  { PMD "; server_max_window_bits=\"10", NULL },
  { PMD "; server_max_window_bits=\"10\"0", NULL },
  { PMD "; server_max_window_bits=\"10\\", NULL },
  { PMD "; client_max_window_bits=0", NULL },
  { PMD "; client_max_window_bits=4294967304", NULL },
  { PMD "; server_no_context_takeover; server_no_context_takeover", NULL },
  { PMD "; client_no_context_takeover; client_no_context_takeover", NULL },
  { PMD "; server_max_window_bits=10; server_max_window_bits=10", NULL },
  { PMD "; client_max_window_bits; client_max_window_bits=10", NULL },
};

static void
test_parse (gconstpointer data)
{
  const Vector *v = data;
  SkyWsDeflateParams params = { .enabled = 99 };
  g_autofree char *again = NULL;

  g_assert_cmpint (sky_ws_deflate_parse (v->header, &params), ==, v->again != NULL);
  g_assert_cmpint (params.enabled, ==, v->again != NULL);
  if (v->again == NULL)
    return;
  again = sky_ws_deflate_format (&params);
  g_assert_cmpstr (again, ==, v->again);
}

/* Every beginning of a header: no over-read, no endless loop. */
static void
test_cuts (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (vectors); i++)
    for (gsize cut = 0; cut <= strlen (vectors[i].header); cut++)
      {
        g_autofree char *part = g_strndup (vectors[i].header, cut);
        SkyWsDeflateParams params;

        g_assert_cmpint (sky_ws_deflate_parse (part, &params), ==, params.enabled);
      }
}

typedef struct
{
  const char *offer, *answer;
  gboolean    legal;
} Pair;

static const Pair pairs[] = {
  { PMD, PMD, TRUE },
  { PMD, "", TRUE },
  { "", PMD, FALSE },
  { PMD "; server_no_context_takeover", PMD, FALSE },
  { PMD "; server_no_context_takeover", PMD "; server_no_context_takeover", TRUE },
  { PMD, PMD "; server_no_context_takeover; client_no_context_takeover", TRUE },
  { PMD "; client_no_context_takeover", PMD, TRUE },
  { PMD "; server_max_window_bits=10", PMD, FALSE },
  { PMD "; server_max_window_bits=10", PMD "; server_max_window_bits=11", FALSE },
  { PMD "; server_max_window_bits=10", PMD "; server_max_window_bits=10", TRUE },
  { PMD, PMD "; server_max_window_bits=8", TRUE },
  { PMD, PMD "; client_max_window_bits=10", FALSE },
  { PMD, PMD "; client_max_window_bits=15", FALSE },
  { PMD "; client_max_window_bits", PMD "; client_max_window_bits=10", TRUE },
  { PMD "; client_max_window_bits", PMD "; client_max_window_bits=15", TRUE },
  { PMD "; client_max_window_bits", PMD "; client_max_window_bits", FALSE },
  { PMD "; client_max_window_bits", PMD, TRUE },
  { PMD "; client_max_window_bits=10", PMD "; client_max_window_bits=9", TRUE },
  { PMD "; client_max_window_bits=10", PMD "; client_max_window_bits=11", FALSE },
  { PMD "; client_max_window_bits=10", PMD, TRUE },
};

static void
test_accepts (gconstpointer data)
{
  const Pair *pair = data;
  SkyWsDeflateParams offer, answer;

  sky_ws_deflate_parse (pair->offer, &offer);
  sky_ws_deflate_parse (pair->answer, &answer);
  g_assert_cmpint (sky_ws_deflate_accepts (&offer, &answer), ==, pair->legal);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autofree char *path = g_strdup_printf ("/ws-deflate-params/parse/%" G_GSIZE_FORMAT, i);

      g_test_add_data_func (path, &vectors[i], test_parse);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (pairs); i++)
    {
      g_autofree char *path = g_strdup_printf ("/ws-deflate-params/accepts/%" G_GSIZE_FORMAT, i);

      g_test_add_data_func (path, &pairs[i], test_accepts);
    }
  g_test_add_func ("/ws-deflate-params/cuts", test_cuts);
  return g_test_run ();
}
