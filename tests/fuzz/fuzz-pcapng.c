#include "fuzz.h"

#include "trace/export.h"
#include "trace/pcapng.h"

/*
 * A capture of any bytes: it is read as far as it goes or refused with a sentence, every record's
 * bytes can be read back, and what it says is UTF-8.
 */
int
LLVMFuzzerTestOneInput (const guint8 *data, gsize len)
{
  g_autoptr(SkyStore) store = sky_store_new (NULL, NULL);
  g_autoptr(GInputStream) in = NULL;
  g_autoptr(GError) error = NULL;

  fuzz_check (store != NULL);
  in = g_memory_input_stream_new_from_data (fuzz_exact (data, len), (gssize) len, g_free);
  if (!sky_pcapng_load_stream (in, "fuzz", store, NULL, &error))
    {
      fuzz_check (error != NULL && error->message[0] != '\0');
      return 0;
    }
  fuzz_check (error == NULL);
  for (guint32 n = 0; n < sky_store_get_n_records (store); n++)
    {
      const SkyRecord *record = sky_store_get_record (store, n);
      g_autoptr(GBytes) wire = sky_store_get_wire (store, n, G_MAXSIZE);
      g_autofree char *json = sky_export_json_line (store, n);
      g_autofree char *human = sky_export_human_line (store, n, FALSE);

      fuzz_check (g_bytes_get_size (wire) == record->len);
      fuzz_check (g_utf8_validate (json, -1, NULL) && strchr (json, '\n') == NULL);
      fuzz_check (g_utf8_validate (human, -1, NULL) && strchr (human, '\n') == NULL);
    }
  return 0;
}
