/*
 * counter: what an association's packets are, counted where they pass.
 *
 * Guarantees
 *  - every packet that passes between start and stop is counted once, by its
 *    ports and verification tag, at the same cost however many there are;
 *  - a restart, with new tags, goes on counting;
 *  - while an association is watched, it is known of its data how each chunk
 *    came, and of what came right before it was started too.
 *
 * Locking: the stack's lock guards all of it.  Layer 2.
 */

#ifndef GS_COUNTER_H
#define GS_COUNTER_H

#include <stdbool.h>
#include <stdint.h>

#include "arrival.h"
#include "htab.h"
#include "wire.h"

struct gs_counts {
	uint64_t packets;
	uint64_t bytes;		/* SCTP's, header and all */
	uint64_t data;		/* DATA and I-DATA chunks */
	uint64_t sacks;		/* NR-SACK too */
	uint64_t control;	/* all other chunks */
};

struct gs_counter {
	struct gs_htab_node by_local;	/* tag */
	struct gs_htab_node by_peer;	/* tag */
	bool is_started;
	bool has_tsn;
	uint32_t tsn;			/* the last one sent first */
	uint16_t local_port, peer_port;
	uint32_t local_tag, peer_tag;
	struct gs_counts in, out;
	uint64_t again;			/* DATA chunks sent another time */
	uint64_t duplicates;		/* received, as our SACKs say */
	struct gs_arrivals *arrivals;	/* NULL: it is not watched */
};

/* Ports in host order.  Without memory nothing is counted. */
void gs_counter_start(struct gs_counter *c, uint16_t local_port,
    uint16_t peer_port, uint32_t local_tag, uint32_t peer_tag);
void gs_counter_stop(struct gs_counter *c);

/* Whether it is started or not.  0 or -ENOMEM. */
int gs_counter_watch(struct gs_counter *c, bool on);

/* How the chunk with this TSN came; is_known is false where it is not. */
struct gs_arrival gs_counter_arrival(const struct gs_counter *c, uint32_t tsn);

/* A packet that has passed the filter. */
void gs_counter_in(const struct gs_packet *pkt);
void gs_counter_out(const struct gs_packet *pkt);

#endif
