/*
 * collision: both sides of an association connect at once.
 *
 * Guarantees: whatever the order of their packets, both sides end with one
 * association, and each side's attempt is answered by it.
 *
 * The engine's one-to-one sockets would make two: one accepted, one
 * connected.  So the boundary decides on each INIT and COOKIE ECHO from a
 * peer that an endpoint which listens is connecting to:
 *
 *  - INIT, our attempt has sent no COOKIE ECHO yet: the INIT with the larger
 *    initiate tag wins.  Both sides see both tags, so both decide alike,
 *    without comparing addresses, of which either may have several.  The
 *    winner drops the loser's INIT; the loser gives up its attempt and lets
 *    the listener take the winner's.
 *  - INIT, our attempt has sent its COOKIE ECHO: the engine's, which answers
 *    as RFC 9260 5.2.1 says.  Where the peer's listener takes the cookie the
 *    answer comes too late; where it does not, having been opened anew, the
 *    answer helps the peer's attempt on.
 *  - COOKIE ECHO for a cookie that our listener gave before the attempt
 *    began: the attempt is given up, the accepted association answers it;
 *    but where the attempt has sent its own COOKIE ECHO, it is dropped.
 *
 * A peer that follows RFC 9260 5.2.1 alone (a kernel) gets through: it
 * answers our INIT with one INIT ACK more than we wait for.
 *
 * An INIT from a peer that an association of a closed endpoint is still ending
 * with: the peer has begun anew, so that end will never come.  Where somebody
 * listens on the port the old association is given up; else the INIT is
 * dropped, and the flush goes on.
 *
 * An endpoint that does not listen has no listener to confuse: the engine
 * does RFC 9260 5.2.1 by itself.
 *
 * Locking: the stack's lock is held.  Layer 4.
 */

#ifndef GS_COLLISION_H
#define GS_COLLISION_H

#include <stdbool.h>

#include "filter.h"

/* May the packet reach the engine? */
bool gs_collision_admit(const struct gs_packet *pkt);

#endif
