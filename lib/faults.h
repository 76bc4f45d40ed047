/*
 * faults: what goes wrong on the wire, on purpose.
 *
 * Guarantees
 *  - packets in, packets out: nothing here does I/O or reads a clock;
 *  - the same seed and the same packets, in the same order, have the same
 *    fate, whatever the machine: each direction draws numbers of its own,
 *    as many for every packet, so that one fault does not shift another;
 *  - packets of a direction leave in the order in which they came, but for
 *    those that are to be overtaken;
 *  - what is held back is bounded; what is more is dropped, and counted.
 *
 * Locking: none; one thread at a time, which the stack's lock sees to.
 * Layer 2.
 */

#ifndef GS_FAULTS_H
#define GS_FAULTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "wire.h"

enum gs_faults_direction {
	GS_FAULTS_OUT,
	GS_FAULTS_IN,
	GS_FAULTS_DIRECTIONS,
};

/* What was done to the packets of a direction. */
struct gs_faults_count {
	uint64_t packets; /* that came */
	uint64_t lost;	  /* by chance, alone or in a burst */
	uint64_t blackholed;
	uint64_t too_long; /* for mtu */
	uint64_t duplicated;
	uint64_t corrupted;
	uint64_t reordered;
	uint64_t delayed;      /* were due later than they came */
	uint64_t rate_dropped; /* would have waited too long for their turn */
	uint64_t no_room;      /* too many were held back */
};

struct gs_faults_stats {
	uint64_t seed;
	struct gs_faults_count count[GS_FAULTS_DIRECTIONS];
	uint64_t held; /* packets that wait now, both directions */
};

struct gs_faults;

/*
 * From a specification, which man/gsctp_stack_set_faults.3 describes.  0,
 * -EINVAL and a line in the log that names the word, or -ENOMEM.  The seed,
 * the caller's or a new one, is logged too.
 */
int gs_faults_new(const char *spec, struct gs_faults **out);

/* With all that is held back.  NULL is none. */
void gs_faults_free(struct gs_faults *f);

/*
 * A packet has come.  What becomes of it, gs_faults_take() tells; data,
 * which is malloc'd, is taken.  now_us is of gs_now_us(), here and below.
 */
void gs_faults_put(struct gs_faults *f, enum gs_faults_direction d,
    const struct gs_packet *pkt, uint64_t now_us);

/* The next packet that is due, whose data the caller frees; false: none.
 * With a now_us of UINT64_MAX all are. */
bool gs_faults_take(struct gs_faults *f, enum gs_faults_direction d,
    uint64_t now_us, struct gs_packet *out);

/* When the next one is due, of either direction; UINT64_MAX: none is held. */
uint64_t gs_faults_due_us(const struct gs_faults *f);

void gs_faults_get_stats(const struct gs_faults *f,
    struct gs_faults_stats *out);

#endif
