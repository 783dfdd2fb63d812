#include <glib/gi18n-lib.h>

#include "ws/ws-frame.h"

/**
 * sky_ws_faults:
 *
 * What each #SkyWsFault means to a person; ended by flag 0.
 */
const SkyFaultInfo sky_ws_faults[] = {
  { SKY_WS_FAULT_RESERVED, "ws-reserved",
    N_("A reserved bit is set that no agreed extension gives a meaning here."), "RFC 6455 §5.2" },
  { SKY_WS_FAULT_OPCODE, "ws-opcode",
    N_("The opcode is one of those that are reserved for the future."), "RFC 6455 §5.2" },
  { SKY_WS_FAULT_CONTROL, "ws-control",
    N_("A control frame must be whole and carry at most 125 bytes."), "RFC 6455 §5.5" },
  { SKY_WS_FAULT_UNMASKED, "ws-unmasked",
    N_("A client must mask every frame, and this one is not masked."), "RFC 6455 §5.1" },
  { SKY_WS_FAULT_MASKED, "ws-masked",
    N_("A server must not mask its frames, and this one is masked."), "RFC 6455 §5.1" },
  { SKY_WS_FAULT_LENGTH, "ws-length",
    N_("The payload length is not written in its shortest form."), "RFC 6455 §5.2" },
  { SKY_WS_FAULT_ORPHAN, "ws-orphan",
    N_("A continuation frame came, but no message is under way."), "RFC 6455 §5.4" },
  { SKY_WS_FAULT_INTERRUPTED, "ws-interrupted",
    N_("A new message began before the last frame of the one under way."), "RFC 6455 §5.4" },
  { SKY_WS_FAULT_UTF8, "ws-utf8",
    N_("The text, or the reason for closing, is not valid UTF-8."), "RFC 6455 §8.1" },
  { SKY_WS_FAULT_CLOSE_CODE, "ws-close-code",
    N_("This close code must not be sent in a frame."), "RFC 6455 §7.4" },
  { SKY_WS_FAULT_CLOSE_LENGTH, "ws-close-length",
    N_("A close frame with one byte has no room for its two-byte code."), "RFC 6455 §5.5.1" },
  { SKY_WS_FAULT_INFLATE, "ws-inflate",
    N_("The compressed message does not inflate."), "RFC 7692 §7.2.2" },
  { SKY_WS_FAULT_AFTER_CLOSE, "ws-after-close",
    N_("Nothing may follow a close frame in the same direction."), "RFC 6455 §5.5.1" },
  { SKY_WS_FAULT_TRUNCATED, "ws-truncated",
    N_("The connection ended before all of this had arrived."), "RFC 6455 §7.1.5" },
  { SKY_WS_FAULT_TOO_LONG, "ws-too-long",
    N_("The message is longer than Sockeye keeps."), "RFC 6455 §10.4" },
  { SKY_WS_FAULT_FRAMING, "ws-framing",
    N_("The payload length has its top bit set, so that what follows cannot be told apart."),
    "RFC 6455 §5.2" },
  { 0 },
};
