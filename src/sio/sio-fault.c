#include "config.h"

#include "sio/sio-packet.h"

#include <glib/gi18n-lib.h>

#define ENCODING   "Socket.IO protocol v5, Packet encoding"
#define EVENTS     "Socket.IO protocol v5, Sending and receiving data"
#define ACKS       "Socket.IO protocol v5, Acknowledgement"
#define MSGPACK    "Socket.IO documentation, Custom parser"
#define NAMESPACES "Socket.IO protocol v5, Connection to a namespace"

/**
 * sky_sio_faults:
 *
 * What each #SkySioFault means to a person; ended by flag 0.
 */
const SkyFaultInfo sky_sio_faults[] = {
  { SKY_SIO_FAULT_TYPE, "sio-type", N_("There is no packet type with this digit."), ENCODING },
  { SKY_SIO_FAULT_JSON, "sio-json", N_("The data are not valid JSON."), ENCODING },
  { SKY_SIO_FAULT_DATA, "sio-data",
    N_("The data are not of the kind that a packet of this type carries."), ENCODING },
  { SKY_SIO_FAULT_NAME, "sio-name",
    N_("The event has no name, or one that is neither string nor number."), EVENTS },
  { SKY_SIO_FAULT_RESERVED, "sio-reserved",
    N_("This event name is reserved and must not be sent."), EVENTS },
  { SKY_SIO_FAULT_ATTACHMENTS, "sio-attachments",
    N_("The number of attachments is missing, zero, or more than a receiver takes."), ENCODING },
  { SKY_SIO_FAULT_PLACEHOLDER, "sio-placeholder", N_("A placeholder points at no attachment."),
    ENCODING },
  { SKY_SIO_FAULT_INTERRUPTED, "sio-interrupted",
    N_("Something else came, or the end, while attachments were due."), ENCODING },
  { SKY_SIO_FAULT_STRAY_BINARY, "sio-stray-binary", N_("No packet announced this binary message."),
    ENCODING },
  { SKY_SIO_FAULT_NOT_CONNECTED, "sio-not-connected", N_("The namespace is not connected."),
    NAMESPACES },
  { SKY_SIO_FAULT_CONNECTED, "sio-connected", N_("The namespace was connected already."),
    NAMESPACES },
  { SKY_SIO_FAULT_ACK_ID, "sio-ack-id", N_("The ack has no usable id, or nobody asked for it."),
    ACKS },
  { SKY_SIO_FAULT_DIRECTION, "sio-direction", N_("Only a server may refuse a connection."),
    NAMESPACES },
  { SKY_SIO_FAULT_DEPTH, "sio-depth", N_("The JSON is nested deeper than Sockeye follows it."),
    ENCODING },
  { SKY_SIO_FAULT_MSGPACK, "sio-msgpack",
    N_("This is not one whole MessagePack packet, or a string in it is not UTF-8."), MSGPACK },
  { SKY_SIO_FAULT_NSP, "sio-nsp", N_("The namespace is missing, or it is no string."), MSGPACK },
  { SKY_SIO_FAULT_SIZE, "sio-size", N_("As JSON the data would be larger than Sockeye keeps."), MSGPACK },
  { 0 },
};
