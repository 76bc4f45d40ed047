/* endpoint: see endpoint.h. */

#include "endpoint.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "assoc_recv.h"
#include "clock.h"
#include "engine.h"
#include "engine_opt.h"
#include "handle.h"
#include "hub.h"
#include "hub_find.h"
#include "log.h"
#include "ready.h"

#define EV_ALL 0x0fffu

/* gen_sctp's: all that it knows but the adaptation layer. */
#define EV_DEFAULT                                                           \
	(GS_EV_ASSOC | GS_EV_PADDR | GS_EV_REMOTE_ERROR |                    \
	    GS_EV_SEND_FAILED | GS_EV_SHUTDOWN | GS_EV_PDAPI)

/* Memory that one peer's unread message may take. */
#define BUFFER_DEFAULT (16u * 1024 * 1024)

/* The engine refuses what comes past this between two settlings; a batch of
 * packets is far less. */
#define BACKLOG 1024

#define EPHEMERAL_FIRST 49152
#define EPHEMERAL_LAST 65535

static const struct gs_endpoint_opts default_opts = {
	.buffer = BUFFER_DEFAULT,
	.mapped_v4 = true,
	.send_timeout_ms = -1,
	.exit_on_close = true,
	.events = EV_DEFAULT,
	.data_io = true,
};

/* Open endpoints by their ids; guarded by the stack's lock. */
static struct gs_handles handles = GS_HANDLES_INIT;

static void
endpoint_free(struct gs_endpoint *ep)
{
	pthread_cond_destroy(&ep->cond);
	if (!ep->is_posix)
		gs_ready_free(ep->fd);
	gs_auth_fini(&ep->auth);
	gs_delivery_fini(&ep->delivery);
	gs_stream_fini(ep);
	free(ep->addrs);
	free(ep);
}

void
gs_endpoint_hold(struct gs_endpoint *ep)
{
	ep->nwaiting++;
}

void
gs_endpoint_unhold(struct gs_endpoint *ep)
{
	if (--ep->nwaiting == 0 && ep->is_closed)
		endpoint_free(ep);
}

/* Which addresses the engine's sockets are bound to. */
static int
choose_addrs(struct gs_endpoint *ep, const struct gs_endpoint_config *cfg)
{
	const union gs_addr *known;
	size_t i, n;

	n = gs_engine_addrs_locked(&known);
	ep->addrs = calloc(cfg->naddrs + n + 1, sizeof(*ep->addrs));
	if (ep->addrs == NULL)
		return -ENOMEM;
	if (cfg->naddrs > 0) {
		memcpy(ep->addrs, cfg->addrs,
		    cfg->naddrs * sizeof(*cfg->addrs));
		ep->naddrs = cfg->naddrs;
		return 0;
	}
	ep->is_wildcard = true;
	if (!cfg->v6 || !cfg->v6only) {
		ep->addrs[0].sa.sa_family = cfg->v6 ? AF_INET6 : AF_INET;
		ep->naddrs = 1;
		return 0;
	}
	/* The engine's IPv6 sockets take IPv4 too, unless each address is
	 * named. */
	for (i = 0; i < n; i++)
		if (known[i].sa.sa_family == AF_INET6)
			ep->addrs[ep->naddrs++] = known[i];
	return ep->naddrs > 0 ? 0 : -EADDRNOTAVAIL;
}

/* The same address twice would be refused half-way. */
static void
drop_doubles(struct gs_endpoint *ep)
{
	size_t i, j, n = 0;

	for (i = 0; i < ep->naddrs; i++) {
		for (j = 0; j < n; j++)
			if (gs_addr_same_ip(&ep->addrs[i], &ep->addrs[j]))
				break;
		if (j == n)
			ep->addrs[n++] = ep->addrs[i];
	}
	ep->naddrs = n;
}

static int
check_addrs(const struct gs_endpoint *ep)
{
	size_t i;

	for (i = 0; i < ep->naddrs; i++) {
		if (ep->addrs[i].sa.sa_family == AF_INET6 && !ep->v6)
			return -EAFNOSUPPORT;
		if (!gs_addr_is_any(&ep->addrs[i]) &&
		    !gs_engine_get_addr_locked(&ep->addrs[i]))
			return -EADDRNOTAVAIL;
	}
	return 0;
}

/* Any starting point will do; the port is no secret. */
static uint16_t
first_free(const struct gs_endpoint_config *cfg,
    const struct gs_port_set *taken)
{
	const unsigned int n = EPHEMERAL_LAST - EPHEMERAL_FIRST + 1;
	unsigned int start = (unsigned int)(gs_now_us() % n);
	unsigned int i;
	uint16_t port;

	for (i = 0; i < n; i++) {
		port = (uint16_t)(EPHEMERAL_FIRST + (start + i) % n);
		if (gs_hub_port_is_free(cfg, port) &&
		    (taken == NULL || !gs_port_set_has(taken, port)))
			return port;
	}
	return 0;
}

/* Rather one that other programs have than none. */
static uint16_t
ephemeral_port(const struct gs_endpoint_config *cfg)
{
	uint16_t port = first_free(cfg, cfg->taken);

	return port != 0 || cfg->taken == NULL ? port : first_free(cfg, NULL);
}

static void
set_port(struct gs_endpoint *ep, uint16_t port)
{
	size_t i;

	ep->port = port;
	for (i = 0; i < ep->naddrs; i++)
		gs_addr_set_port(&ep->addrs[i], port);
}

static int
bind_socket(struct gs_endpoint *ep)
{
	int err;

	set_port(ep, ep->port);
	err = gs_esock_new(ep->v6, &ep->so);
	if (err != 0)
		return err;
	/* Associations of a closed endpoint may still have them; the hub
	 * knows of the open ones. */
	err = gs_esock_bind(ep->so, ep->addrs, ep->naddrs, true);
	if (err == 0)
		err = gs_eopt_subscribe(ep->so,
		    ~gs_engine_events(ep) & EV_ALL, gs_engine_events(ep));
	if (err != 0) {
		gs_esock_close(ep->so);
		ep->so = NULL;
		return err;
	}
	gs_esock_set_owner(ep->so, ep);
	return 0;
}

/* An endpoint that has nothing yet. */
static int
endpoint_new(bool is_stream, struct gs_endpoint **out)
{
	struct gs_endpoint *ep;
	int err;

	ep = calloc(1, sizeof(*ep));
	if (ep == NULL)
		return -ENOMEM;
	err = gs_cond_init(&ep->cond);
	if (err != 0) {
		free(ep);
		return err;
	}
	ep->owner.kind = GS_OWNER_ENDPOINT;
	TAILQ_INIT(&ep->assocs);
	TAILQ_INIT(&ep->ready);
	if (is_stream)
		err = gs_stream_init(ep);
	if (err != 0) {
		endpoint_free(ep);
		return err;
	}
	*out = ep;
	return 0;
}

int
gs_endpoint_new_child(struct gs_endpoint *parent, struct gs_endpoint **out)
{
	struct gs_endpoint *ep;
	int err;

	err = endpoint_new(true, &ep);
	if (err != 0)
		return err;
	ep->is_child = true;
	ep->v6 = parent->v6;
	ep->port = parent->port;
	ep->opts = parent->opts;
	ep->opts.autoclose_s = 0;
	ep->is_wildcard = parent->is_wildcard;
	ep->addrs = calloc(parent->naddrs, sizeof(*ep->addrs));
	err = ep->addrs != NULL ? gs_handle_new(&handles, ep, &ep->id) :
				  -ENOMEM;
	if (err != 0) {
		endpoint_free(ep);
		return err;
	}
	memcpy(ep->addrs, parent->addrs, parent->naddrs * sizeof(*ep->addrs));
	ep->naddrs = parent->naddrs;
	gs_hub_add_endpoint(ep);
	*out = ep;
	return 0;
}

int
gs_endpoint_open(const struct gs_endpoint_config *cfg,
    struct gs_endpoint **out)
{
	struct gs_endpoint *ep;
	int err;

	if (cfg->port != 0 && !gs_hub_port_is_free(cfg, cfg->port))
		return -EADDRINUSE;
	err = endpoint_new(cfg->is_stream, &ep);
	if (err != 0)
		return err;
	ep->v6 = cfg->v6;
	ep->opts = default_opts;
	ep->opts.v6only = cfg->v6only;
	ep->opts.reuseaddr = cfg->reuseaddr;
	ep->delivery.mbox = cfg->mbox;

	ep->has_chosen_port = cfg->port != 0;
	ep->port = cfg->port != 0 ? cfg->port : ephemeral_port(cfg);
	err = ep->port != 0 ? choose_addrs(ep, cfg) : -EADDRINUSE;
	if (err != 0)
		goto free;
	drop_doubles(ep);
	err = check_addrs(ep);
	if (err == 0)
		err = bind_socket(ep);
	if (err != 0)
		goto free;
	err = gs_handle_new(&handles, ep, &ep->id);
	if (err != 0)
		goto close;
	gs_hub_add_endpoint(ep);
	*out = ep;
	return 0;

close:
	gs_esock_close(ep->so);
free:
	endpoint_free(ep);
	return err;
}

struct gs_endpoint *
gs_endpoint_find(gsctp_sock s)
{
	return gs_handle_get(&handles, s.id);
}

size_t
gs_endpoint_count(void)
{
	return gs_handle_count(&handles);
}

void
gs_endpoint_release_port(struct gs_endpoint *ep)
{
	if (ep->so == NULL)
		return;
	gs_hub_unmark(&ep->owner);
	gs_esock_close(ep->so);
	ep->so = NULL;
	gs_filter_forget_offers(gs_engine_filter_locked(), ep->port);
}

int
gs_endpoint_change_port(struct gs_endpoint *ep)
{
	const struct gs_endpoint_config cfg = {
		.v6 = ep->v6,
		.v6only = ep->opts.v6only,
		.addrs = ep->addrs,
		.naddrs = ep->is_wildcard ? 0 : ep->naddrs,
	};
	uint16_t old = ep->port;
	uint16_t port = ephemeral_port(&cfg);	/* it has the old one still */
	struct socket *so;
	int err;

	if (port == 0)
		return -EADDRINUSE;
	set_port(ep, port);
	err = gs_assoc_new_socket(ep, &so);
	if (err != 0) {
		set_port(ep, old);
		return err;
	}
	gs_hub_unmark(&ep->owner);
	gs_esock_close(ep->so);
	ep->so = so;
	gs_esock_set_owner(so, ep);
	gs_hub_port_changed(ep);
	return 0;
}

/* The associations whose data came back from a mailbox, and is not read. */
static void
abort_unread(struct gs_endpoint *ep)
{
	const struct gs_msg *m;
	struct gs_assoc *a;

	for (m = ep->delivery.queue.head; m != NULL; m = m->next) {
		if (m->pub.type != GSCTP_MSG_DATA)
			continue;
		a = gs_hub_find_assoc(m->pub.assoc_id);
		if (a != NULL && a->ep == ep)
			gs_assoc_orphan(a, true);
	}
}

void
gs_endpoint_close(struct gs_endpoint *ep, bool must_abort)
{
	struct gs_assoc *a;

	(void)gs_handle_del(&handles, ep->id);
	gs_hub_remove_endpoint(ep);
	/* New peers are refused from here on; those in the listener's queue
	 * are aborted. */
	if (ep->so != NULL)
		gs_endpoint_accept(ep);
	if (ep->stream.is_on)
		gs_stream_close(ep);
	gs_endpoint_release_port(ep);
	abort_unread(ep);
	while ((a = TAILQ_FIRST(&ep->assocs)) != NULL)
		gs_assoc_orphan(a, must_abort);
	ep->is_closed = true;
	if (ep->nwaiting > 0)
		gs_wake_locked(&ep->cond);
	else
		endpoint_free(ep);
}

int
gs_endpoint_listen(struct gs_endpoint *ep, unsigned int backlog)
{
	int err;

	if (ep->stream.is_on)
		return gs_stream_listen(ep, backlog);
	err = gs_esock_listen(ep->so, backlog > 0 ? BACKLOG : 0);
	if (err == 0)
		ep->is_listening = backlog > 0;
	return err;
}

/* All of them, and the first error.  The engine may have something to tell
 * at once: sender_dry. */
static int
subscribe_all(struct gs_endpoint *ep, uint32_t old, uint32_t mask)
{
	struct gs_assoc *a;
	int err = 0, one;

	if (ep->so != NULL)
		err = gs_eopt_subscribe(ep->so, old, mask);
	TAILQ_FOREACH(a, &ep->assocs, in_ep)
	{
		if (a->so == NULL || a->phase == GS_ENDED)
			continue;
		gs_hub_mark(&a->owner);
		one = gs_eopt_subscribe(a->so, old, mask);
		if (err == 0)
			err = one;
	}
	return err;
}

bool
gs_endpoint_watches(const struct gs_endpoint *ep)
{
	return ep->opts.recv_tos || ep->opts.recv_ttl;
}

int
gs_endpoint_set_events(struct gs_endpoint *ep, uint32_t events)
{
	uint32_t before = ep->opts.events, old = gs_engine_events(ep), mask;
	int err;

	ep->opts.events = events;
	mask = gs_engine_events(ep);
	err = subscribe_all(ep, old, mask);
	if (err == 0)
		return 0;
	/* As it was: what refuses this, too, tells more than anybody sees. */
	ep->opts.events = before;
	(void)subscribe_all(ep, mask, old);
	return err;
}

void
gs_endpoint_accept(struct gs_endpoint *ep)
{
	struct socket *so;
	struct gs_assoc *a;
	int err;

	while ((so = gs_esock_accept(ep->so)) != NULL) {
		err = ep->stream.is_on ? gs_stream_arrive(ep, so) :
					 gs_assoc_adopt(ep, so, &a);
		if (err != 0) {
			gs_logf(GSCTP_LOG_ERROR,
			    "port %u: an association is refused: %s",
			    ep->port, gsctp_strerror(err));
			gs_esock_close(so);
		}
	}
}

struct gs_assoc *
gs_endpoint_assoc(struct gs_endpoint *ep, gsctp_assoc_id id)
{
	struct gs_assoc *a;

	if (ep->stream.is_on)
		return TAILQ_FIRST(&ep->assocs);
	a = gs_hub_find_assoc(id);
	return a != NULL && a->ep == ep ? a : NULL;
}

struct gs_assoc *
gs_endpoint_peer(struct gs_endpoint *ep, const union gs_addr *peer)
{
	struct gs_peer_walk w;
	struct gs_assoc *a;

	gs_peer_walk(&w, ep->port, peer);
	while ((a = gs_peer_walk_next(&w)) != NULL)
		if (a->ep == ep && gs_assoc_is_alive(a) &&
		    gs_assoc_has_peer(a, peer))
			return a;
	return NULL;
}

bool
gs_endpoint_is_readable(const struct gs_endpoint *ep)
{
	return !TAILQ_EMPTY(&ep->ready) || ep->delivery.queue.count > 0 ||
	    ep->stream.npending > 0;
}

void
gs_endpoint_count_sent(struct gs_endpoint *ep, size_t len)
{
	ep->stat.send_cnt++;
	ep->stat.send_oct += len;
	if (len > ep->stat.send_max)
		ep->stat.send_max = len;
}

static void
count_received(struct gs_endpoint *ep, size_t len)
{
	uint64_t avg;

	ep->stat.recv_cnt++;
	ep->stat.recv_oct += len;
	if (len > ep->stat.recv_max)
		ep->stat.recv_max = len;
	avg = ep->stat.recv_oct / ep->stat.recv_cnt;
	ep->recv_deviation += len > avg ? len - avg : avg - len;
}

struct gs_msg *
gs_endpoint_take(struct gs_endpoint *ep)
{
	struct gs_assoc *a = TAILQ_FIRST(&ep->ready);
	struct gs_msg *m;
	size_t len;

	m = gs_msgq_get(&ep->delivery.queue);
	if (m != NULL) {
		gs_endpoint_update(ep);
		return m;
	}
	if (a == NULL)
		return NULL;
	/* The next one takes its place at once, or the descriptor would be
	 * shown as not readable, and readable again. */
	ep->is_taking = true;
	m = gs_assoc_take(a);
	gs_assoc_pump(a);
	ep->is_taking = false;
	len = m->pub.type == GSCTP_MSG_DATA ? m->pub.u.data.len :
					      m->payload_len;
	count_received(ep, len);
	gs_endpoint_update(ep);
	return m;
}

/* As poll() has it of a socket of the kernel: one-to-one, it is writable
 * where it has an association, or had one, or an error waits. */
static void
update_posix(struct gs_endpoint *ep)
{
	const struct gs_assoc *a = TAILQ_FIRST(&ep->assocs);
	bool readable, writable;

	readable = gs_endpoint_is_readable(ep) || ep->error != 0 ||
	    ep->is_read_shut;
	writable = ep->nfull == 0;
	if (ep->stream.is_on) {
		readable = readable || ep->stream.has_ended;
		if (a != NULL)
			writable = writable && a->was_up;
		else
			writable = ep->stream.has_ended;
		writable = writable || ep->error != 0;
	}
	gs_ready_set_readable(ep->fd, readable);
	gs_ready_set_writable(ep->fd, writable);
	if (ep->stream.has_closed)
		gs_ready_hang_up(ep->fd, false);
}

void
gs_endpoint_update(struct gs_endpoint *ep)
{
	if (ep->nwaiting > 0 && gs_endpoint_is_readable(ep))
		gs_wake_locked(&ep->cond);
	if (ep->fd == NULL)
		return;
	if (ep->is_posix) {
		update_posix(ep);
		return;
	}
	gs_ready_set_readable(ep->fd, gs_endpoint_is_readable(ep));
	gs_ready_set_writable(ep->fd, ep->nfull == 0);
}

void
gs_endpoint_arrived(struct gs_endpoint *ep)
{
	if (ep->is_taking)
		return;		/* whose caller tells */
	gs_endpoint_edge(ep);
	gs_endpoint_update(ep);
}

void
gs_endpoint_edge(struct gs_endpoint *ep)
{
	if (ep->is_posix && ep->fd != NULL)
		gs_ready_edge(ep->fd);
}

void
gs_endpoint_wake(struct gs_endpoint *ep)
{
	gs_endpoint_update(ep);
	if (ep->nwaiting > 0)
		gs_wake_locked(&ep->cond);
}

int
gs_endpoint_fd(struct gs_endpoint *ep)
{
	int err;

	if (ep->fd == NULL) {
		err = gs_ready_new(&ep->fd);
		if (err != 0)
			return err;
		gs_endpoint_update(ep);
	}
	return gs_ready_fd(ep->fd);
}

void
gs_endpoint_give_addr(const struct gs_endpoint *ep, const union gs_addr *a,
    struct sockaddr_storage *out)
{
	union gs_addr copy = *a;

	if (ep->v6 && ep->opts.mapped_v4)
		gs_addr_map(&copy);
	memset(out, 0, sizeof(*out));
	memcpy(out, &copy, gs_addr_len(&copy));
}

void
gs_endpoint_show_in(struct gs_endpoint *ep, struct gs_ready *r)
{
	struct gs_assoc *a = TAILQ_FIRST(&ep->assocs);

	if (!ep->is_posix)
		gs_ready_free(ep->fd);
	ep->fd = r;
	ep->is_posix = true;
	gs_endpoint_update(ep);
	/* Its peer may have shut down before it was accepted. */
	if (ep->stream.is_on && a != NULL)
		gs_assoc_check_end(a);
}

void
gs_endpoint_fail(struct gs_endpoint *ep, int err)
{
	if (!ep->stream.is_on || !ep->is_posix)
		return;
	ep->error = err;
	gs_endpoint_update(ep);
}
