/*
 * filter_view: a packet taken apart, as the filter looks at it.
 *
 * Guarantees
 *  - nothing is read past the packet;
 *  - no state is kept: a view points into the packet that it is of.
 *
 * Layer 2.
 */

#ifndef GS_FILTER_VIEW_H
#define GS_FILTER_VIEW_H

#include <stdbool.h>
#include <stdint.h>

#include "chunk.h"
#include "filter.h"

/* A packet whose shape is good, taken apart; local is our side. */
struct gs_view {
	const struct gs_packet *pkt;
	uint16_t local_port, peer_port;
	uint32_t tag;
	struct gs_cursor chunks; /* all */
	struct gs_chunk first;
};

/* Of a packet that comes in and has room for a chunk; is there a whole one? */
bool gs_view_in(struct gs_view *v, const struct gs_packet *pkt);

/* Is one of its chunks of this type? */
bool gs_view_has(const struct gs_view *v, uint8_t type);

/* Goes through the source and then the address parameters of an INIT or INIT
 * ACK, all with the source's UDP port, as the engine takes them. */
struct gs_addr_walk {
	struct gs_cursor params;
	union gs_addr src;
	bool is_begun;
};

struct gs_addr_walk gs_addr_walk(const struct gs_view *v,
    const struct gs_init *init);
bool gs_addr_walk_next(struct gs_addr_walk *w, union gs_addr *out);

#endif
