/* sock: sockets, opened, asked and closed.  Layer 5. */

#include "sock.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <gsctp/gsctp.h>

#include "assoc_attempt.h"
#include "clock.h"
#include "endpoint.h"
#include "engine.h"
#include "hub.h"
#include "opt.h"
#include "stack.h"
#include "stack_ports.h"

static int
open_at(uint16_t port, const struct gs_port_set *taken,
    const struct gsctp_opt *opts, size_t nopts, gsctp_sock *s)
{
	struct gs_endpoint_config cfg;
	struct gs_ports *ports = NULL;
	struct gs_endpoint *ep;
	int err;

	err = gs_stack_enter();
	if (err != 0)
		return err;
	memset(&cfg, 0, sizeof(cfg));
	cfg.port = port;
	cfg.taken = taken;
	err = gs_opt_open_config(opts, nopts, &cfg);
	if (err != 0)
		goto leave;
	err = gs_endpoint_open(&cfg, &ep);
	if (err == 0) {
		err = gs_opt_set_all(ep, opts, nopts, true, NULL);
		if (err == 0) {
			s->id = ep->id;
			if (gs_ports_lists(ep))
				ports = gs_ports_look_locked();
		} else {
			/* Nobody knows whose the messages there are. */
			(void)gs_delivery_give(ep, ep->delivery.mbox, 0);
			gs_endpoint_close(ep, true);
		}
	}
	gs_opt_free_config(&cfg);
leave:
	gs_leave();
	gs_ports_tell(ports);
	return err;
}

int
gsctp_open(uint16_t port, const struct gsctp_opt *opts, size_t nopts,
    gsctp_sock *s)
{
	struct gs_port_set taken;
	bool is_any;
	int err;

	if (s == NULL || (opts == NULL && nopts > 0))
		return -EINVAL;
	if (port != 0)
		return open_at(port, NULL, opts, nopts, s);
	/* Others are known once the stack runs. */
	err = gs_stack_enter();
	if (err != 0)
		return err;
	gs_leave();
	is_any = gs_ports_taken(&taken);
	return open_at(0, is_any ? &taken : NULL, opts, nopts, s);
}

/* Until its associations have ended, or the time is over. */
static void
linger(const gsctp_assoc_id *ids, size_t n, uint64_t deadline)
{
	size_t i;

	for (i = 0; i < n; i++)
		while (gs_hub_find_assoc(ids[i]) != NULL)
			if (gs_wait_locked(gs_hub_orphan_cond(),
			    deadline) != 0)
				return;
}

int
gsctp_close(gsctp_sock s)
{
	struct gs_endpoint *ep;
	struct gs_assoc *a;
	struct gsctp_linger l;
	struct gs_ports *ports;
	gsctp_assoc_id *ids = NULL;
	size_t n = 0;
	bool was_listed;
	int err;

	err = gs_api_endpoint(s, &ep);
	if (err != 0)
		return err;
	l = ep->opts.linger;
	if (l.on && l.seconds > 0)
		ids = calloc(ep->nassocs + 1, sizeof(*ids));
	if (ids != NULL)
		TAILQ_FOREACH(a, &ep->assocs, in_ep)
			ids[n++] = a->id;
	was_listed = gs_ports_lists(ep);
	gs_endpoint_close(ep, l.on && l.seconds == 0);
	ports = was_listed ? gs_ports_look_locked() : NULL;
	gs_leave();
	gs_ports_tell(ports);
	if (ids != NULL && gs_api_enter() == 0) {
		linger(ids, n, gs_now_ms() + (uint64_t)l.seconds * 1000);
		gs_leave();
	}
	free(ids);
	return 0;
}

int
gsctp_listen(gsctp_sock s, int backlog)
{
	struct gs_ports *ports = NULL;
	struct gs_endpoint *ep;
	int err;

	if (backlog < 0)
		return -EINVAL;
	err = gs_api_endpoint(s, &ep);
	if (err != 0)
		return err;
	err = gs_endpoint_listen(ep, (unsigned int)backlog);
	if (err == 0)
		ports = gs_ports_look_locked();
	gs_leave();
	gs_ports_tell(ports);
	return err;
}

int
gsctp_fd(gsctp_sock s)
{
	struct gs_endpoint *ep;
	int fd;

	fd = gs_api_endpoint(s, &ep);
	if (fd != 0)
		return fd;
	fd = gs_endpoint_fd(ep);
	gs_leave();
	return fd;
}

int
gsctp_port(gsctp_sock s)
{
	struct gs_endpoint *ep;
	int port;

	port = gs_api_endpoint(s, &ep);
	if (port != 0)
		return port;
	port = ep->port;
	gs_leave();
	return port;
}

/* Up to max of n addresses, as the application wants them. */
static int
give_addrs(const struct gs_endpoint *ep, const union gs_addr *from, size_t n,
    uint16_t port, struct sockaddr_storage *to, size_t max)
{
	union gs_addr a;
	size_t i;

	for (i = 0; i < n && i < max; i++) {
		a = from[i];
		gs_addr_set_port(&a, port);
		if (ep->v6 && ep->opts.mapped_v4)
			gs_addr_map(&a);
		memset(&to[i], 0, sizeof(to[i]));
		memcpy(&to[i], &a, gs_addr_len(&a));
	}
	return (int)n;
}

/* A wildcard socket has every address of its family. */
static int
wildcard_addrs(const struct gs_endpoint *ep, struct sockaddr_storage *to,
    size_t max)
{
	const union gs_addr *known;
	size_t i, n = 0, total;

	total = gs_engine_addrs_locked(&known);
	for (i = 0; i < total; i++) {
		if (known[i].sa.sa_family == AF_INET6 && !ep->v6)
			continue;
		if (known[i].sa.sa_family == AF_INET && ep->v6 &&
		    ep->opts.v6only)
			continue;
		if (n < max)
			(void)give_addrs(ep, &known[i], 1, ep->port, &to[n],
			    1);
		n++;
	}
	return (int)n;
}

int
gs_sock_addrs(const struct gs_endpoint *ep, struct sockaddr_storage *to,
    size_t max)
{
	if (ep->is_wildcard)
		return wildcard_addrs(ep, to, max);
	return give_addrs(ep, ep->addrs, ep->naddrs, ep->port, to, max);
}

static int
assoc_addrs(struct gs_endpoint *ep, gsctp_assoc_id id, bool peer,
    struct sockaddr_storage *to, size_t max)
{
	union gs_addr addrs[GS_PEER_ADDRS_MAX];
	struct gs_assoc *a;
	uint16_t port;
	int n;

	a = gs_endpoint_assoc(ep, id);
	if (a == NULL)
		return ep->stream.is_on ? -ENOTCONN : -EINVAL;
	if (a->so == NULL && !peer)
		return 0;
	n = a->so != NULL ?
	    gs_esock_addrs(a->so, peer, addrs, GS_PEER_ADDRS_MAX) :
	    (int)gs_attempt_addrs(a, addrs);
	if (n < 0)
		return -EINVAL;
	if (n > GS_PEER_ADDRS_MAX)
		n = GS_PEER_ADDRS_MAX;
	port = peer ? gs_addr_port(&a->primary) : ep->port;
	return give_addrs(ep, addrs, (size_t)n, port, to, max);
}

int
gsctp_socknames(gsctp_sock s, gsctp_assoc_id assoc,
    struct sockaddr_storage *addrs, size_t max)
{
	struct gs_endpoint *ep;
	int n;

	n = gs_api_endpoint(s, &ep);
	if (n != 0)
		return n;
	if (ep->stream.is_on ? gs_endpoint_assoc(ep, 0) != NULL : assoc != 0)
		n = assoc_addrs(ep, assoc, false, addrs, max);
	else
		n = gs_sock_addrs(ep, addrs, max);
	gs_leave();
	return n;
}

int
gsctp_sockname(gsctp_sock s, struct sockaddr_storage *addr)
{
	struct gs_endpoint *ep;
	union gs_addr any;
	int err;

	if (addr == NULL)
		return -EINVAL;
	err = gs_api_endpoint(s, &ep);
	if (err != 0)
		return err;
	memset(&any, 0, sizeof(any));
	any.sa.sa_family = ep->v6 ? AF_INET6 : AF_INET;
	(void)give_addrs(ep, ep->is_wildcard ? &any : &ep->addrs[0], 1,
	    ep->port, addr, 1);
	gs_leave();
	return 0;
}

int
gsctp_peernames(gsctp_sock s, gsctp_assoc_id assoc,
    struct sockaddr_storage *addrs, size_t max)
{
	struct gs_endpoint *ep;
	int n;

	n = gs_api_endpoint(s, &ep);
	if (n != 0)
		return n;
	n = assoc_addrs(ep, assoc, true, addrs, max);
	gs_leave();
	return n;
}

int
gsctp_assocs(gsctp_sock s, gsctp_assoc_id *ids, size_t max)
{
	struct gs_endpoint *ep;
	struct gs_assoc *a;
	int n;

	n = gs_api_endpoint(s, &ep);
	if (n != 0)
		return n;
	TAILQ_FOREACH(a, &ep->assocs, in_ep) {
		if ((size_t)n < max)
			ids[n] = a->id;
		n++;
	}
	gs_leave();
	return n;
}

int
gsctp_getstat(gsctp_sock s, struct gsctp_stat *stat)
{
	struct gs_endpoint *ep;
	struct gs_assoc *a;
	int err;

	if (stat == NULL)
		return -EINVAL;
	err = gs_api_endpoint(s, &ep);
	if (err != 0)
		return err;
	*stat = ep->stat;
	if (stat->recv_cnt > 0) {
		stat->recv_avg = stat->recv_oct / stat->recv_cnt;
		stat->recv_dvi = ep->recv_deviation / stat->recv_cnt;
	}
	TAILQ_FOREACH(a, &ep->assocs, in_ep)
		if (a->so != NULL)
			stat->send_pend += gs_esock_queued(a->so);
	gs_leave();
	if (stat->send_cnt > 0)
		stat->send_avg = stat->send_oct / stat->send_cnt;
	return 0;
}
