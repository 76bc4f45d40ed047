/*
 * assoc_burst: sends in a row, whose packets may leave together.
 *
 * Guarantees
 *  - the first ones of a burst leave at once, and so does a send by itself;
 *  - an association that hears data or that has nodelay is in no burst: who
 *    awaits an answer does not wait for more to send.
 *
 * The stack's lock is held.  Layer 4.
 */

#ifndef GS_ASSOC_BURST_H
#define GS_ASSOC_BURST_H

#include <stdint.h>

struct gs_assoc;

/* All zero is none. */
struct gs_burst {
	uint64_t last_us;	/* of the last send */
	unsigned int sends;	/* so far */
};

/* A message was sent. */
void gs_burst_send(struct gs_assoc *a);

/* Data has come. */
void gs_burst_end(struct gs_assoc *a);

#endif
