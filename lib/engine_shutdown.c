/*
 * engine_shutdown: a SHUTDOWN that is lost is sent again.
 *
 * A path has one timer for its data, its SHUTDOWN and its SHUTDOWN ACK, and
 * where it runs for one of these the engine does not start it for another.
 * After a probe of a closed window it runs on, although the probe has been
 * acknowledged (the engine's next SACK stops it): where the SHUTDOWN follows
 * at once, nobody would send that again, and an association whose SHUTDOWN is
 * lost would stay until the guard, five minutes later.
 *
 * A SHUTDOWN or its ACK is sent where all data is acknowledged, so the timer
 * is stopped for data before it is started for these.  Layer 3.
 */

#include "engine_abi.h"

void
__wrap_sctp_timer_start(int type, void *inp, void *stcb, void *net)
{
	if (type == GS_TIMER_SHUTDOWN || type == GS_TIMER_SHUTDOWN_ACK)
		__real_sctp_timer_stop(GS_TIMER_SEND, inp, stcb, net, 0);
	__real_sctp_timer_start(type, inp, stcb, net);
}
