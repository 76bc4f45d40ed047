/*
 * route: is there a way to a peer?
 *
 * Guarantees
 *  - an error means that the system refuses to send there, whichever of the
 *    given addresses it is sent from; where that cannot be found out the
 *    answer is 0;
 *  - nothing is sent, and no descriptor is left open.
 *
 * It asks in the network namespace of the calling thread.  Layer 0.
 */

#ifndef GS_ROUTE_H
#define GS_ROUTE_H

#include <stdbool.h>
#include <stddef.h>

#include "addr.h"

/*
 * 0, or -ENETUNREACH or -EHOSTUNREACH.  The n addresses of from are those
 * that packets may leave from: they are looked at only where there is no way
 * without one, as rules for a source (ip-rule(8)) may still know one.
 */
int gs_route_check(const union gs_addr *to, const union gs_addr *from,
    size_t n);

/* Has some program of this host the UDP port of a, at that address or at all
 * of them?  Nothing is bound to find out.  True where that cannot be told. */
bool gs_route_has_udp(const union gs_addr *a);

/* Is it an address of this host?  False where that cannot be found out. */
bool gs_route_is_local(const union gs_addr *a);

#endif
