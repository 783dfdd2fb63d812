#include <glib/gi18n-lib.h>

#include "base/cursor.h"
#include "base/utf8.h"
#include "ws/ws-close.h"

typedef struct
{
  guint       first, last; /* the range of codes */
  gboolean    valid;       /* whether a close frame may carry it */
  const char *name, *meaning;
} CloseCode;

/* RFC 6455 §7.4 and IANA's registry of close codes; a code is in the first row that holds it. */
static const CloseCode codes[] = {
  { 0, 999, FALSE, "Not Used", N_("Codes below 1000 are not used.") },
  { 1000, 1000, TRUE, "Normal Closure",
    N_("The connection did what it was opened for, and is done.") },
  { 1001, 1001, TRUE, "Going Away",
    N_("The server shuts down, or the browser has left the page.") },
  { 1002, 1002, TRUE, "Protocol Error",
    N_("The other side broke a rule of the WebSocket protocol.") },
  { 1003, 1003, TRUE, "Unsupported Data",
    N_("The other side sent a kind of data, text or binary, that cannot be used here.") },
  { 1004, 1004, FALSE, "Reserved", N_("Reserved: its meaning has not been defined.") },
  { 1005, 1005, FALSE, "No Status Received",
    N_("The close frame named no code. This code stands for that and is never sent itself.") },
  { 1006, 1006, FALSE, "Abnormal Closure",
    N_("The connection ended without a close frame: it was cut, or a side crashed. Never sent.") },
  { 1007, 1007, TRUE, "Invalid Payload Data",
    N_("A message does not fit its type, as a text that is not valid UTF-8.") },
  { 1008, 1008, TRUE, "Policy Violation",
    N_("A message was against the receiver's rules, and no other code says it better.") },
  { 1009, 1009, TRUE, "Message Too Big", N_("A message was longer than the receiver takes.") },
  { 1010, 1010, TRUE, "Mandatory Extension",
    N_("The client needs an extension that the server did not agree to.") },
  { 1011, 1011, TRUE, "Internal Error",
    N_("The server met something unexpected and cannot go on.") },
  { 1012, 1012, TRUE, "Service Restart",
    N_("The server restarts; connect again after a short while.") },
  { 1013, 1013, TRUE, "Try Again Later", N_("The server is overloaded; connect again later.") },
  { 1014, 1014, TRUE, "Bad Gateway",
    N_("A gateway between the two got no valid answer from the server behind it.") },
  { 1015, 1015, FALSE, "TLS Handshake Failed",
    N_("TLS could not be set up, for instance for a bad certificate. Never sent.") },
  { 1016, 2999, FALSE, "Unassigned",
    N_("Kept for later versions of the protocol; nobody may use it yet.") },
  { 3000, 3000, TRUE, "Unauthorized", N_("The client has not shown who it is.") },
  { 3003, 3003, TRUE, "Forbidden", N_("The client is known, but may not do this.") },
  { 3008, 3008, TRUE, "Timeout", N_("The client took too long.") },
  { 3000, 3999, TRUE, "Library or Framework",
    N_("For libraries and frameworks, which may register their codes: see the one in use here.") },
  { 4000, 4999, TRUE, "Private Use",
    N_("The application's own: only its authors know what it means.") },
  { 5000, G_MAXUINT, FALSE, "Out of Range", N_("Codes end at 4999.") },
};

static const CloseCode *
find_code (guint code)
{
  const CloseCode *row = codes;

  while (code < row->first || code > row->last)
    row++;
  return row;
}

/**
 * sky_ws_close_decode:
 * @payload: (array length=len): a close frame's, unmasked
 * @close: (out caller-allocates): its parts and faults; under two bytes, no code and no reason
 *
 * Reads a close frame's body. RFC 6455 §5.5.1, §7.1.5, §7.1.6.
 */
void
sky_ws_close_decode (const guint8 *payload, gsize len, SkyWsClose *close)
{
  SkyCursor at = { .data = payload, .len = len };

  *close = (SkyWsClose) { .code = SKY_WS_CLOSE_NO_STATUS, .reason_start = len };
  if (len == 1)
    close->faults = SKY_WS_FAULT_CLOSE_LENGTH;
  if (len < 2)
    return;
  close->code = sky_cursor_u16 (&at);
  close->reason_start = at.pos;
  close->reason_len = len - at.pos;
  if (!sky_ws_close_code_valid (close->code))
    close->faults |= SKY_WS_FAULT_CLOSE_CODE;
  if (!sky_utf8_valid (payload + at.pos, close->reason_len))
    close->faults |= SKY_WS_FAULT_UTF8;
}

/**
 * sky_ws_close_code_valid:
 *
 * Returns: whether a close frame may carry @code: RFC 6455 §7.4, and 1012–1014 as registered since
 */
gboolean
sky_ws_close_code_valid (guint code)
{
  return find_code (code)->valid;
}

/**
 * sky_ws_close_code_name:
 * @code: any number
 *
 * Returns: (transfer none): a few words, in English as they are registered, or of the code's range
 */
const char *
sky_ws_close_code_name (guint code)
{
  return find_code (code)->name;
}

/**
 * sky_ws_close_code_meaning:
 * @code: any number
 *
 * Returns: (transfer none): translated: what a peer says with it. RFC 6455 §7.4
 */
const char *
sky_ws_close_code_meaning (guint code)
{
  return _(find_code (code)->meaning);
}
