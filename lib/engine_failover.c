/*
 * engine_failover: no data for a path that is known to have failed.
 *
 * Where the primary path fails while data is on its way, the engine turns to
 * another.  Where heartbeats find it out it does not: the next message goes
 * to the path that failed, and waits there for a timeout that these
 * heartbeats have backed off, up to RTO.max.  So who sends is told of a path
 * that works; and where there is none, it is asked whether it works again.
 *
 * A path has failed when several packets in a row were sent again.  When the
 * last of these is acknowledged after all, the engine takes that for no sign
 * of life, as it cannot tell which of them arrived; and with nothing left to
 * be sent again, what is queued waits for the next heartbeat.  So who has
 * data there asks the path until it answers (RFC 9260 8.2, 8.3).  Layer 3.
 */

#include "engine_impl.h"

#include <string.h>

#include "engine.h"
#include "engine_abi.h"
#include "engine_sock.h"

#include <usrsctp.h>

/* The engine's number of the notification that a path has failed. */
#define NOTIFY_INTERFACE_DOWN 3

/* Paths of any association that have failed: before the first nobody need
 * look.  Guarded by the stack's lock. */
static unsigned int failures;

void
__wrap_sctp_ulp_notify(uint32_t notification, void *stcb, uint32_t error,
    void *data, int so_locked)
{
	/* Where it finds no source for a heartbeat it takes one flag for
	 * another, and says that an address has failed which was never seen
	 * to work. */
	if (notification == NOTIFY_INTERFACE_DOWN &&
	    !gs_engine_is_ticking_locked() && gs_verify_awaits(data))
		return;
	if (notification == NOTIFY_INTERFACE_DOWN)
		failures++;
	if (notification == NOTIFY_INTERFACE_DOWN ||
	    gs_engine_is_ticking_locked())
		gs_engine_has_news();
	__real_sctp_ulp_notify(notification, stcb, error, data, so_locked);
}

/* A timer has given up a message: there is room. */
int
__wrap_sctp_release_pr_sctp_chunk(void *stcb, void *chunk, uint8_t was_sent,
    int so_locked)
{
	if (gs_engine_is_ticking_locked())
		gs_engine_has_news();
	return __real_sctp_release_pr_sctp_chunk(stcb, chunk, was_sent,
	    so_locked);
}

static bool
is_active(struct socket *so, const union gs_addr *addr)
{
	struct sctp_paddrinfo info;
	socklen_t len = sizeof(info);

	memset(&info, 0, sizeof(info));
	memcpy(&info.spinfo_address, addr, sizeof(*addr));
	return usrsctp_getsockopt(so, IPPROTO_SCTP, SCTP_GET_PEER_ADDR_INFO,
		   &info, &len) == 0 &&
	    info.spinfo_state == SCTP_ACTIVE;
}

/*
 * No path works.  The engine keeps new data until a heartbeat is answered,
 * whose time may be half a minute away, where nothing is left that it would
 * send again: one leaves now.
 */
static void
try_path(struct socket *so, const struct sockaddr_storage *addr)
{
	struct sctp_paddrparams p;

	memset(&p, 0, sizeof(p));
	p.spp_address = *addr;
	p.spp_flags = SPP_HB_DEMAND;
	/* Where that fails the timer is left. */
	(void)usrsctp_setsockopt(so, IPPROTO_SCTP, SCTP_PEER_ADDR_PARAMS, &p,
	    sizeof(p));
}

/* Has the primary path failed? */
static bool
has_failed(struct socket *so, struct sctp_status *st)
{
	socklen_t len = sizeof(*st);

	memset(st, 0, sizeof(*st));
	return usrsctp_getsockopt(so, IPPROTO_SCTP, SCTP_STATUS, st, &len) ==
	    0 &&
	    st->sstat_primary.spinfo_state == SCTP_INACTIVE;
}

static bool
find_active(struct socket *so, union gs_addr *out)
{
	union gs_addr addrs[GS_FAILOVER_ADDRS];
	int i, n;

	n = gs_esock_addrs(so, true, addrs, GS_FAILOVER_ADDRS);
	for (i = 0; i < n && i < GS_FAILOVER_ADDRS; i++) {
		if (is_active(so, &addrs[i])) {
			*out = addrs[i];
			return true;
		}
	}
	return false;
}

bool
gs_engine_other_path(struct socket *so, union gs_addr *out)
{
	struct sctp_status st;

	if (failures == 0 || !has_failed(so, &st))
		return false;
	if (find_active(so, out))
		return true;
	try_path(so, &st.sstat_primary.spinfo_address);
	return false;
}

unsigned int
gs_path_failures(void)
{
	return failures;
}

uint32_t
gs_path_probe(struct socket *so, bool must_ask)
{
	struct sctp_status st;
	union gs_addr other;

	if (!has_failed(so, &st) || find_active(so, &other))
		return 0;
	if (must_ask)
		try_path(so, &st.sstat_primary.spinfo_address);
	return st.sstat_primary.spinfo_rto > 0 ? st.sstat_primary.spinfo_rto :
						 1;
}
