/*
 * raw_ports: whose packet is it, where processes share an address?
 *
 * Over raw IP every process of the host gets every SCTP packet.  What is for
 * another one's port must not be answered: an ABORT would end an association
 * of that process (RFC 9260 8.4).
 *
 * Guarantees
 *  - what a socket of this stack, or an association of a closed one, can want
 *    is its own, and what has an association's own tag, wherever it comes;
 *  - of the rest a SHUTDOWN ACK alone is taken, as its answer ends what has
 *    ended on our side already, and harms nobody else.
 *
 * Locking: the stack's lock.  Layer 4.
 */

#ifndef GS_RAW_PORTS_H
#define GS_RAW_PORTS_H

#include <stdbool.h>

#include "wire.h"

/* Of a packet just read: nothing of it is checked. */
bool gs_raw_is_ours(const struct gs_packet *pkt);

#endif
