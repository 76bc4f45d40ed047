/* connect: associations, begun and ended by the application.  Layer 5. */

#include "connect.h"

#include <errno.h>
#include <string.h>

#include <gsctp/gsctp.h>

#include "assoc_attempt.h"
#include "assoc_watch.h"
#include "clock.h"
#include "endpoint.h"
#include "engine.h"
#include "hub.h"
#include "opt.h"
#include "route.h"
#include "stack.h"
#include "stack_ports.h"

/* Peer addresses of one attempt. */
#define ADDRS_MAX 64

/* A reason's text in an ABORT. */
#define REASON_MAX 1024

/* Can a socket of this family have such a peer? */
static int
check_target(const struct gs_endpoint *ep, const union gs_addr *a)
{
	if (a->sa.sa_family == AF_INET6 && !ep->v6)
		return -EAFNOSUPPORT;
	if (a->sa.sa_family == AF_INET && ep->v6 && ep->opts.v6only)
		return -ENETUNREACH;
	if (gs_addr_is_any(a) || gs_addr_port(a) == 0)
		return -EINVAL;
	return 0;
}

/* An association, or an attempt, with one of these addresses. */
static int
check_free(struct gs_endpoint *ep, const union gs_addr *addrs, size_t n)
{
	struct gs_assoc *a;
	size_t i;

	for (i = 0; i < n; i++) {
		a = gs_endpoint_peer(ep, &addrs[i]);
		if (a != NULL)
			return a->phase == GS_CONNECTING ||
			    a->phase == GS_YIELDED ? -EALREADY : -EISCONN;
		if (gs_hub_child_has_peer(ep, &addrs[i]))
			return ep->is_posix ? -EADDRNOTAVAIL : -EISCONN;
	}
	return 0;
}

/* The engine has no source for what is on a link, nor names the link. */
static int
check_route(const union gs_addr *to, const union gs_addr *own, size_t nown)
{
	if (to->sa.sa_family == AF_INET6 &&
	    IN6_IS_ADDR_LINKLOCAL(&to->v6.sin6_addr))
		return -ENETUNREACH;
	return gs_route_check(to, own, nown);
}

/* One way to one of them is enough; else what is wrong with the first. */
static int
check_routes(const union gs_addr *addrs, size_t n)
{
	const union gs_addr *own;
	size_t nown = gs_engine_addrs_locked(&own);
	int first = 0;
	size_t i;
	int err;

	for (i = 0; i < n; i++) {
		err = check_route(&addrs[i], own, nown);
		if (err == 0)
			return 0;
		if (i == 0)
			first = err;
	}
	return first;
}

/* The lock is held; the options are set, and stay.  udp_port is where the
 * peer was found, or 0. */
static int
begin(struct gs_endpoint *ep, const union gs_addr *addrs, size_t n,
    uint16_t udp_port, const struct gsctp_opt *opts, size_t nopts,
    struct gs_assoc **out)
{
	size_t i;
	int err = 0;

	if (ep->stream.is_on)
		err = gs_stream_check_connect(ep);
	for (i = 0; err == 0 && i < n; i++)
		err = check_target(ep, &addrs[i]);
	if (err == 0)
		err = gs_opt_set_all(ep, opts, nopts, false, NULL);
	if (err == 0)
		err = check_free(ep, addrs, n);
	if (err == 0)
		err = check_routes(addrs, n);
	/* Known to be this host's, it is not asked from an address that is
	 * good for others. */
	for (i = 0; err == 0 && i < n; i++)
		(void)gs_engine_get_addr_locked(&addrs[i]);
	if (err == 0)
		err = gs_attempt_begin(ep, addrs, n,
		    ep->opts.has_encaps ? 0 : udp_port, out);
	return err;
}

/* With a's outcome known, ep closed, or the time over. */
static int
wait_outcome(gsctp_sock s, struct gs_assoc *a, uint64_t deadline)
{
	const struct gs_attempt *t = a->attempt;
	int err = 0;

	while (err == 0 && !t->outcome_known) {
		if (a->is_dead || gs_endpoint_find(s) == NULL || a->ep == NULL)
			return -EBADF;
		gs_engine_asked_locked();
		err = gs_assoc_wait(a, deadline);
	}
	return t->outcome_known ? t->outcome : err;
}

int
gsctp_connect(gsctp_sock s, const struct sockaddr *addr, socklen_t addrlen,
    const struct gsctp_opt *opts, size_t nopts, int timeout_ms,
    struct gsctp_assoc_change *out)
{
	uint64_t deadline;
	union gs_addr target;
	struct gs_attempt *t;
	struct gs_endpoint *ep;
	struct gs_assoc *a;
	uint16_t udp_port;
	int err;

	if (timeout_ms < -1 || addr == NULL || (opts == NULL && nopts > 0))
		return -EINVAL;
	deadline = gs_deadline_ms(timeout_ms);
	err = gs_addr_from(&target, addr, addrlen);
	if (err != 0)
		return err;
	gs_addr_unmap(&target);
	udp_port = gs_ports_find(s, &target, 1);
	err = gs_api_endpoint(s, &ep);
	if (err != 0)
		return err;
	err = begin(ep, &target, 1, udp_port, opts, nopts, &a);
	if (err != 0)
		goto leave;
	t = a->attempt;
	t->has_waiter = true;
	gs_assoc_hold(a);
	err = wait_outcome(s, a, deadline);
	t->has_waiter = false;
	if (err == 0 && out != NULL)
		*out = t->change;
	if (err == -ETIMEDOUT && !a->is_dead && !t->outcome_known)
		gs_assoc_destroy(a);
	gs_assoc_unhold(a);
leave:
	gs_leave();
	return err;
}

/* All with the one port that is not 0. */
static int
read_targets(const struct sockaddr_storage *addrs, size_t n,
    union gs_addr *out)
{
	uint16_t port = 0, p;
	size_t i;
	int err;

	for (i = 0; i < n; i++) {
		err = gs_addr_from(&out[i], (const struct sockaddr *)&addrs[i],
		    sizeof(addrs[i]));
		if (err != 0)
			return err;
		gs_addr_unmap(&out[i]);
		p = gs_addr_port(&out[i]);
		if (p != 0 && port != 0 && p != port)
			return -EINVAL;
		if (p != 0)
			port = p;
	}
	for (i = 0; i < n; i++)
		gs_addr_set_port(&out[i], port);
	return 0;
}

static int
connectx(gsctp_sock s, const struct sockaddr_storage *addrs, size_t naddrs,
    const struct gsctp_opt *opts, size_t nopts, gsctp_assoc_id *assoc,
    struct gs_watch *w)
{
	union gs_addr targets[ADDRS_MAX];
	struct gs_endpoint *ep;
	struct gs_assoc *a;
	uint16_t udp_port;
	int err;

	if (addrs == NULL || naddrs == 0 || naddrs > ADDRS_MAX ||
	    assoc == NULL || (opts == NULL && nopts > 0))
		return -EINVAL;
	err = read_targets(addrs, naddrs, targets);
	if (err != 0)
		return err;
	udp_port = gs_ports_find(s, targets, naddrs);
	err = gs_api_endpoint(s, &ep);
	if (err != 0)
		return err;
	err = begin(ep, targets, naddrs, udp_port, opts, nopts, &a);
	if (err == 0) {
		*assoc = a->id;
		if (w != NULL)
			gs_watch_begin(w, a);
	}
	gs_leave();
	return err;
}

int
gsctp_connectx_init(gsctp_sock s, const struct sockaddr_storage *addrs,
    size_t naddrs, const struct gsctp_opt *opts, size_t nopts,
    gsctp_assoc_id *assoc)
{
	return connectx(s, addrs, naddrs, opts, nopts, assoc, NULL);
}

int
gs_connect_begin(gsctp_sock s, const struct sockaddr_storage *addrs,
    size_t naddrs, gsctp_assoc_id *assoc, struct gs_watch *w)
{
	return connectx(s, addrs, naddrs, NULL, 0, assoc, w);
}

int
gsctp_connect_init(gsctp_sock s, const struct sockaddr *addr,
    socklen_t addrlen, const struct gsctp_opt *opts, size_t nopts,
    gsctp_assoc_id *assoc)
{
	struct sockaddr_storage one;
	union gs_addr a;
	int err;

	if (addr == NULL)
		return -EINVAL;
	err = gs_addr_from(&a, addr, addrlen);
	if (err != 0)
		return err;
	memset(&one, 0, sizeof(one));
	memcpy(&one, &a, gs_addr_len(&a));
	return gsctp_connectx_init(s, &one, 1, opts, nopts, assoc);
}

static int
no_assoc(const struct gs_endpoint *ep)
{
	return ep->stream.is_on ? -ENOTCONN : -EPIPE;
}

int
gsctp_eof(gsctp_sock s, gsctp_assoc_id assoc)
{
	struct gs_endpoint *ep;
	struct gs_assoc *a;
	int err;

	err = gs_api_endpoint(s, &ep);
	if (err != 0)
		return err;
	a = gs_endpoint_assoc(ep, assoc);
	err = a != NULL ? gs_assoc_eof(a) : no_assoc(ep);
	gs_leave();
	return err;
}

int
gsctp_abort(gsctp_sock s, gsctp_assoc_id assoc, const void *reason,
    size_t len)
{
	struct gs_endpoint *ep;
	struct gs_assoc *a;
	int err;

	if (reason == NULL && len > 0)
		return -EINVAL;
	if (len > REASON_MAX)
		return -EMSGSIZE;
	err = gs_api_endpoint(s, &ep);
	if (err != 0)
		return err;
	a = gs_endpoint_assoc(ep, assoc);
	err = a != NULL ? gs_assoc_abort(a, reason, len) : no_assoc(ep);
	gs_leave();
	return err;
}
