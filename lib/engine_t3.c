/*
 * engine_t3: when the timer of a path's data runs out, all of it is sent again.
 *
 * The engine leaves out what was sent so lately that no answer can be there
 * yet, where RFC 9260 6.3.3 has all that is on its way there.  It pays for
 * that twice.  What is left out has no timer any more, if nothing can be sent
 * at that moment: and where the peer's window is smaller than a packet,
 * nothing may be sent but the first that is missing, which may be just that.
 * And what it had marked before, and leaves out now, it does not count among
 * what is to be sent again: where it is the only one, nothing is sent.  Either
 * way the association stands still, for good, or until a path that works is
 * given up.
 *
 * How lately is the path's round trip.  So that is set to less than nothing
 * meanwhile, in the engine's own memory; where that is of another size than
 * we know, it is let alone.  Layer 3.
 */

#include <malloc.h>
#include <stdint.h>
#include <string.h>

#include "engine_abi.h"
#include "engine_mtu.h"

/* Of struct sctp_nets, with pointers of 64 bits: its size, and where it has
 * the round trip's mean, in eighths, and its deviation, in milliseconds. */
#define NET_SIZE 632
#define TRIP_AT 280

/* malloc() gives so much more at most. */
#define ROUNDED_MAX 24

struct trip {
	int mean, deviation;
};

/* NULL: it is not known where. */
static char *
find_trip(void *net)
{
	size_t size = malloc_usable_size(net);

	if (sizeof(void *) != 8 || size < NET_SIZE ||
	    size > NET_SIZE + ROUNDED_MAX)
		return NULL;
	return (char *)net + TRIP_AT;
}

int
__wrap_sctp_t3rxt_timer(void *inp, void *stcb, void *net)
{
	static const struct trip none = { 0, -1 };
	char *at = find_trip(net);
	struct trip trip;
	int has_ended;

	gs_mtu_timeout(stcb, net);
	if (at == NULL)
		return __real_sctp_t3rxt_timer(inp, stcb, net);
	memcpy(&trip, at, sizeof(trip));
	memcpy(at, &none, sizeof(none));
	has_ended = __real_sctp_t3rxt_timer(inp, stcb, net);
	/* Its timer has a reference to the path still. */
	memcpy(at, &trip, sizeof(trip));
	return has_ended;
}
