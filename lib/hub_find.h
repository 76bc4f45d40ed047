/*
 * hub_find: associations by id and by their peers, endpoints by port.
 *
 * Guarantees
 *  - the cost of a look-up does not depend on how many there are; but of an
 *    association it may where the filter has left out an address;
 *  - who is asked for by a peer's address is asked again whether it is his:
 *    the walk may name others, and the same one twice.
 *
 * Locking: the stack's lock guards everything here.  Layer 4.
 */

#ifndef GS_HUB_FIND_H
#define GS_HUB_FIND_H

#include <stdint.h>

#include "assoc.h"
#include "endpoint.h"
#include "htab.h"

/* Once.  0 or -ENOMEM. */
int gs_find_init(void);

void gs_find_add_id(struct gs_assoc *a);
void gs_find_remove_id(struct gs_assoc *a);
struct gs_assoc *gs_find_id(gsctp_assoc_id id);

/* All of a's targets, on its local port; after that has changed, once more. */
void gs_find_add_targets(struct gs_assoc *a);
void gs_find_remove_targets(struct gs_assoc *a);

/* Those of this local port whose attempt goes, or went, to this address with
 * its SCTP port. */
struct gs_assoc *gs_find_target(uint16_t local_port,
    const union gs_addr *target);
struct gs_assoc *gs_find_next_target(const struct gs_assoc *a,
    const union gs_addr *target);

/* Those of this local port that may have this peer. */
#define GS_PEERS_MAX 8

struct gs_peer_walk {
	uint16_t port;
	union gs_addr peer;
	struct gs_assoc *next;	/* by target; or of all */
	bool is_of_all;
	uint32_t ids[GS_PEERS_MAX];
	int nids;
};

void gs_peer_walk(struct gs_peer_walk *w, uint16_t local_port,
    const union gs_addr *peer);
struct gs_assoc *gs_peer_walk_next(struct gs_peer_walk *w);

/* Endpoints that have, or had, a listener: those that were accepted or peeled
 * off share its port, and are left out. */
void gs_find_add_port(struct gs_endpoint *ep);
void gs_find_remove_port(struct gs_endpoint *ep);
struct gs_endpoint *gs_find_port(uint16_t port);
struct gs_endpoint *gs_find_next_port(const struct gs_endpoint *ep);

#endif
