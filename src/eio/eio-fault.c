#include "config.h"

#include "eio/eio-packet.h"

#include <glib/gi18n-lib.h>

#define TYPES     "Engine.IO protocol v4, Packet types"
#define HANDSHAKE "Engine.IO protocol v4, Handshake"
#define HEARTBEAT "Engine.IO protocol v4, Heartbeat"
#define UPGRADE   "Engine.IO protocol v4, Upgrade"
#define ENCODING  "Engine.IO protocol v4, Packet encoding"

/**
 * sky_eio_faults:
 *
 * What each #SkyEioFault means to a person; ended by flag 0.
 */
const SkyFaultInfo sky_eio_faults[] = {
  { SKY_EIO_FAULT_TYPE, "eio-type", N_("There is no packet type with this digit."), TYPES },
  { SKY_EIO_FAULT_EMPTY, "eio-empty", N_("The packet is empty: not even its type is there."),
    ENCODING },
  { SKY_EIO_FAULT_BASE64, "eio-base64", N_("The binary data are not in padded base64."),
    ENCODING },
  { SKY_EIO_FAULT_OPEN, "eio-open",
    N_("The open packet is not a JSON object with a session id and sound settings."), HANDSHAKE },
  { SKY_EIO_FAULT_DIRECTION, "eio-direction",
    N_("Only the other side may send a packet of this type."), HEARTBEAT },
  { SKY_EIO_FAULT_NOT_OPEN, "eio-not-open", N_("The packet comes before the open packet."),
    HANDSHAKE },
  { SKY_EIO_FAULT_OPEN_AGAIN, "eio-open-again", N_("The session was open already."), HANDSHAKE },
  { SKY_EIO_FAULT_PROBE, "eio-probe",
    N_("An upgrade goes “2probe”, “3probe”, “5”, and nothing else comes between."), UPGRADE },
  { SKY_EIO_FAULT_AFTER_CLOSE, "eio-after-close", N_("The sender had closed the session already."),
    TYPES },
  { SKY_EIO_FAULT_DATA, "eio-data", N_("A packet of this type carries no such data."), TYPES },
  { SKY_EIO_FAULT_LENGTH, "eio-length",
    N_("In revision 3 each packet of a payload has its length in front; this is none, or not the packet's length."),
    "Engine.IO protocol v3, Payload" },
  { 0 },
};
