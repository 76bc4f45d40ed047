/*
 * engine_window: a peer that does not read keeps its association.
 *
 * While a peer's window is closed, the engine sends one chunk again and again
 * as a probe, and counts each as an error of the association; a SACK that
 * comes meanwhile is to clear that count (RFC 9260 6.1 A).  Its short way for
 * SACKs does not do so where nothing is newly acknowledged, and so the
 * association is aborted after asocmaxrxt probes, all of them answered.
 *
 * Its long way does, first of all, and then leaves alone a SACK that lies
 * behind what is acknowledged.  So after the short way has had a SACK with a
 * closed window, the long way gets one such, and does nothing else with it.
 * A peer that sends no SACK is lost as before.  Layer 3.
 */

#include <stddef.h>
#include <stdint.h>

#include "engine_abi.h"

/* The engine takes a window smaller than this for closed. */
#define WINDOW_MIN 1420

void
__wrap_sctp_express_handle_sack(void *stcb, uint32_t cum_ack, uint32_t window,
    int *aborted, int ecn_echo)
{
	__real_sctp_express_handle_sack(stcb, cum_ack, window, aborted,
	    ecn_echo);
	if (*aborted != 0 || window >= WINDOW_MIN)
		return;
	/* cum_ack is now the last one acknowledged; no blocks, no packet. */
	sctp_handle_sack(NULL, 0, 0, stcb, 0, 0, 0, aborted, 0, cum_ack - 1,
	    window, 0);
}
