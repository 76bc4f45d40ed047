/*
 * engine_failover: no data for a path that is known to have failed.
 *
 * Where the primary path fails while data is on its way, the engine turns to
 * another.  Where heartbeats find it out it does not: the next message goes
 * to the path that failed, and waits there for a timeout that these
 * heartbeats have backed off, up to RTO.max.  So who sends is told of a path
 * that works; and where there is none, it is asked whether it works again.
 * Layer 3.
 */

#include "engine_impl.h"

#include <string.h>

#include "engine_abi.h"
#include "engine_sock.h"

#include <usrsctp.h>

/* The engine's number of the notification that a path has failed. */
#define NOTIFY_INTERFACE_DOWN 3

/* Some path of some association has failed once: before that nobody need
 * look.  Guarded by the stack's lock. */
static bool has_failed;

void
__wrap_sctp_ulp_notify(uint32_t notification, void *stcb, uint32_t error,
    void *data, int so_locked)
{
	if (notification == NOTIFY_INTERFACE_DOWN)
		has_failed = true;
	__real_sctp_ulp_notify(notification, stcb, error, data, so_locked);
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

bool
gs_engine_other_path(struct socket *so, union gs_addr *out)
{
	union gs_addr addrs[GS_FAILOVER_ADDRS];
	struct sctp_status st;
	socklen_t len = sizeof(st);
	int i, n;

	if (!has_failed)
		return false;
	memset(&st, 0, sizeof(st));
	if (usrsctp_getsockopt(so, IPPROTO_SCTP, SCTP_STATUS, &st, &len) != 0 ||
	    st.sstat_primary.spinfo_state != SCTP_INACTIVE)
		return false;
	n = gs_esock_addrs(so, true, addrs, GS_FAILOVER_ADDRS);
	for (i = 0; i < n && i < GS_FAILOVER_ADDRS; i++) {
		if (is_active(so, &addrs[i])) {
			*out = addrs[i];
			return true;
		}
	}
	try_path(so, &st.sstat_primary.spinfo_address);
	return false;
}
