/*
 * endpoint_addr: the local addresses of an endpoint change.
 *
 * Guarantees
 *  - all of a change is done, or none of it;
 *  - the endpoint itself has changed when the call returns; an association
 *    that is up changes as its peer agrees (RFC 5061 5.3): an address is used
 *    when the peer has it, and one that goes is given up only where another
 *    one is in use, so that there always is one to send from;
 *  - packets that the peer still sends to an address that is given up arrive;
 *  - an association whose peer does not know RFC 5061 stays as it is.
 *
 * Locking: the stack's lock.  Layer 4.
 */

#ifndef GS_ENDPOINT_ADDR_H
#define GS_ENDPOINT_ADDR_H

#include <stdbool.h>
#include <stddef.h>

#include "addr.h"

struct gs_assoc;
struct gs_endpoint;

/*
 * addrs, of the families that the endpoint has and without ports, are added
 * or taken away.  What is there already is not added again.
 *   -EADDRNOTAVAIL  not one of the stack's; to remove: not the endpoint's
 *   -EADDRINUSE     another socket has the port with this address
 *   -EINVAL         a wildcard endpoint; or none would be left
 *   -ENOMEM
 */
int gs_endpoint_bindx(struct gs_endpoint *ep, const union gs_addr *addrs,
    size_t n, bool add);

/* Where the endpoint has changed: do what can be done by now. */
void gs_assoc_rebind(struct gs_assoc *a);

/* The engine socket goes, and with it what it was bound to. */
void gs_assoc_bound(struct gs_assoc *a);

#endif
