/*
 * filter_whose: which association of the engine a packet is for, where its
 * tag does not say it.
 *
 * Guarantees
 *  - GS_WHOSE_NOBODYS: no association has these ports and any address that
 *    the engine would look for; so it need not look;
 *  - where the filter is not sure, the engine is to look;
 *  - the cost does not depend on how many associations there are.
 *
 * Locking: the filter's.  Layer 2.
 */

#ifndef GS_FILTER_WHOSE_H
#define GS_FILTER_WHOSE_H

#include <stdint.h>

#include "filter.h"

enum gs_whose {
	GS_WHOSE_UNSURE,
	GS_WHOSE_NOBODYS,
	GS_WHOSE_TAGS,	/* the association with *tag of our own, perhaps */
};

/* Of a packet that gs_filter_in() has passed. */
enum gs_whose gs_filter_whose(struct gs_filter *f,
    const struct gs_packet *pkt, uint32_t *tag);

#endif
