/*
 * assoc_attempt: an association that was asked for here, until it is up.
 *
 * Guarantees
 *  - one that the peer began has none of this, nor memory for it;
 *  - it waits for an old association that is in its way, and gives way to the
 *    peer's own attempt, to begin anew where nothing comes of that;
 *  - its outcome is told to whoever waits for it, once.
 *
 * Locking: the stack's lock guards every field.  Layer 4.
 */

#ifndef GS_ASSOC_ATTEMPT_H
#define GS_ASSOC_ATTEMPT_H

#include <gsctp/gsctp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "addr.h"
#include "htab.h"

struct gs_assoc;
struct gs_endpoint;
struct gs_watch;

/* One of the peer's addresses that it goes, or went, to. */
struct gs_target {
	struct gs_htab_node by_addr;	/* first; hub_find.h */
	struct gs_assoc *assoc;
	union gs_addr addr;
};

struct gs_attempt {
	uint64_t yield_until_ms;
	uint8_t yields;
	uint8_t port_changes;
	bool waits_for_orphan;
	bool is_found;			/* its targets are: hub_find.h */
	uint16_t peer_udp_port;		/* 0: as the endpoint has it */

	struct gs_watch *watch;		/* or NULL: assoc_watch.h */

	/* A blocking connect waits for the outcome. */
	bool has_waiter;
	bool outcome_known;
	int outcome;			/* 0 or -errno */
	struct gsctp_assoc_change change;

	size_t ntargets;
	struct gs_target targets[];
};

/* An attempt with these addresses of one peer; the endpoint's options and
 * local addresses, and its UDP port for the peer where udp_port is 0.  The
 * engine's INIT leaves when the lock does. */
int gs_attempt_begin(struct gs_endpoint *ep, const union gs_addr *addrs,
    size_t n, uint16_t udp_port, struct gs_assoc **out);

/* The same for one that has its targets: the first time, or once more. */
int gs_attempt_start(struct gs_assoc *a);

/* Our attempt gives way to the peer's; it starts anew where that fails. */
void gs_attempt_yield(struct gs_assoc *a);

/* It has yielded: perhaps for long enough. */
void gs_attempt_check(struct gs_assoc *a, uint64_t now);

/* A blocking connect gets the outcome instead of the queue: true. */
bool gs_attempt_tell(struct gs_assoc *a, const struct gsctp_assoc_change *c,
    int outcome);

/* Its target of this address and port, or NULL. */
struct gs_target *gs_attempt_target(const struct gs_assoc *a,
    const union gs_addr *addr);

/* All of them, GS_PEER_ADDRS_MAX at most; their number, 0 where the peer began
 * it. */
size_t gs_attempt_addrs(const struct gs_assoc *a, union gs_addr *addrs);

#endif
