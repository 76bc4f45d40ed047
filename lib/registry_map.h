/*
 * registry_map: what a stack's file in the run directory says, as text.
 *
 *	gsctp 1
 *	net 4026531840		its network namespace
 *	pidns 4026531836	its process ids' namespace
 *	pid 1234
 *	udp 9899		without it: raw IP
 *	bound 127.0.0.1 5001 listens
 *	bound any 5002 open	every address; any4, any6: of one family
 *	end
 *
 * Guarantees
 *  - what gs_map_print() writes gs_map_parse() reads;
 *  - a text that is cut short, has a number out of its range, or is longer
 *    than the bounds below is refused as a whole; lines that begin with
 *    other words are skipped, so that there is room for more.
 *
 * Layer 2.
 */

#ifndef GS_REGISTRY_MAP_H
#define GS_REGISTRY_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "addr.h"

/* More sockets than these are not listed, and no longer file is read. */
#define GS_MAP_BOUNDS 4096
#define GS_MAP_BYTES (GS_MAP_BOUNDS * 80 + 256)

/* An SCTP port of a stack, at one address or at every one. */
struct gs_bound {
	union gs_addr addr; /* without port; AF_UNSPEC: the wildcard */
	bool any4, any6;    /* of which then */
	bool is_listening;
	uint16_t port; /* host order */
};

struct gs_map {
	uint64_t net, pidns;
	pid_t pid;
	uint16_t udp_port;
	struct gs_bound *bounds; /* malloc'd */
	size_t nbounds;
};

/*
 * How well does it answer a peer that asks for this address and port?  0 not
 * at all; who listens better than who does not; the address better than the
 * wildcard.
 */
unsigned int gs_bound_rank(const struct gs_bound *b,
    const union gs_addr *target);

/* A malloc'd text of *len bytes, with a NUL behind them; NULL without
 * memory. */
char *gs_map_print(const struct gs_map *m, size_t *len);

/* text, which is NUL-terminated, is taken to pieces.  0, -EINVAL, or
 * -ENOMEM; gs_map_fini() after 0. */
int gs_map_parse(char *text, struct gs_map *out);
void gs_map_fini(struct gs_map *m);

#endif
