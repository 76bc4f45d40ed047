/* assoc_burst: see assoc_burst.h. */

#include "assoc_burst.h"

#include "assoc.h"
#include "clock.h"
#include "engine.h"

/* Sends that are further apart are not of one burst. */
#define APART_US 100

/* So many leave at once. */
#define FIRST_ONES 4

void
gs_burst_end(struct gs_assoc *a)
{
	a->burst.sends = 0;
}

void
gs_burst_send(struct gs_assoc *a)
{
	struct gs_burst *b = &a->burst;
	uint64_t now_us = gs_now_us();

	if (now_us - b->last_us > APART_US)
		b->sends = 0;
	b->last_us = now_us;
	if (b->sends <= FIRST_ONES)
		b->sends++;
	if (b->sends > FIRST_ONES && !a->traits.has_nodelay)
		gs_engine_cork_locked();
	else if (b->sends == 1)
		gs_engine_asked_locked();
}
