/*
 * filter_owner: who stands behind a peer's address.
 *
 * The layer above names each association that is up by a number of its own,
 * and gets the numbers of those that have an address of the peer.
 *
 * Locking: the filter's.  Layer 2.
 */

#ifndef GS_FILTER_OWNER_H
#define GS_FILTER_OWNER_H

#include <stdint.h>

#include "filter.h"

/* Of an association that gs_filter_confirm() has named; not 0. */
void gs_filter_set_owner(struct gs_filter *f, uint16_t local_port,
    uint16_t peer_port, uint32_t local_tag, uint32_t owner);

/*
 * The owners of those with this local port whose peer has this address, which
 * has his SCTP port.  How many; -EAGAIN where that is not all that there may
 * be: more than max, or the filter has left some out.
 */
int gs_filter_owners(struct gs_filter *f, uint16_t local_port,
    const union gs_addr *peer, uint32_t *owners, int max);

#endif
