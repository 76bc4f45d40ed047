/*
 * engine_verify: an address that is to be confirmed is asked again.
 *
 * An address that a peer lists is sent a heartbeat, and nothing else until
 * that is answered.  Where the heartbeat or its answer is lost, the engine's
 * timer counts an error after an RTO, as it should, but asks again after the
 * heartbeat interval only: by then it may have counted the path as failed.
 * So each time that timer runs for such an address and nothing was sent, a
 * heartbeat is (RFC 9260 5.4: one an RTO).
 *
 * Which addresses those are is seen as heartbeats are made: the engine draws
 * random numbers for those that confirm an address.  They are remembered by
 * their place in memory, which is not looked into; where two want the same
 * slot, the earlier one is asked as rarely as the engine does it.  One that
 * was confirmed meanwhile gets one heartbeat too many, and is forgotten.
 *
 * Guarded by the stack's lock.  Layer 3.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engine_abi.h"
#include "engine_impl.h"

#define PATHS 4096

static const void *unconfirmed[PATHS];

/* Since the last look. */
static bool has_sent, has_drawn;

static const void **
place_of(const void *net)
{
	uint64_t h = (uint64_t)(uintptr_t)net >> 4;

	return &unconfirmed[h * 0x9e3779b97f4a7c15u >> 52];
}

uint32_t
__wrap_sctp_select_initial_TSN(void *pcb)
{
	has_drawn = true;
	return __real_sctp_select_initial_TSN(pcb);
}

void
__wrap_sctp_send_hb(void *stcb, void *net, int so_locked)
{
	const void **place = place_of(net);

	has_drawn = false;
	__real_sctp_send_hb(stcb, net, so_locked);
	has_sent = true;
	if (has_drawn)
		*place = net;
	else if (*place == net)
		*place = NULL;
}

bool
gs_verify_awaits(const void *net)
{
	return *place_of(net) == net;
}

int
__wrap_sctp_heartbeat_timer(void *inp, void *stcb, void *net)
{
	int ended;

	has_sent = false;
	ended = __real_sctp_heartbeat_timer(inp, stcb, net);
	if (ended == 0 && !has_sent && *place_of(net) == net)
		__wrap_sctp_send_hb(stcb, net, 0);
	return ended;
}
