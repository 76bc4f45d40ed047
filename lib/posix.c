/* posix: see posix.h. */

#include "posix.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "assoc_recv.h"
#include "assoc_watch.h"
#include "connect.h"
#include "endpoint.h"
#include "engine.h"
#include "ready.h"
#include "sock.h"
#include "stack.h"
#include "stack_ports.h"

/* Addresses that are looked for at others. */
#define PORT_ADDRS_MAX 64

struct gs_posix_attempt {
	struct gs_watch watch;
	struct gs_ready *r;
};

int
gs_posix_attach(gsctp_sock s, struct gs_ready *r)
{
	struct gs_endpoint *ep;
	int err;

	err = gs_api_endpoint(s, &ep);
	if (err != 0)
		return err;
	gs_endpoint_show_in(ep, r);
	gs_leave();
	return 0;
}

int
gs_posix_detach(gsctp_sock s)
{
	return gs_posix_attach(s, NULL);
}

int
gs_posix_close(gsctp_sock s)
{
	int err = gs_posix_detach(s);

	return err != 0 ? err : gsctp_close(s);
}

void
gs_posix_before_exit(void (*fn)(void))
{
	gs_stack_before_exit(fn);
}

int
gs_posix_unaccept(gsctp_sock listener, gsctp_sock s)
{
	struct gs_endpoint *ep, *child;
	int err;

	err = gs_api_endpoint(listener, &ep);
	if (err != 0)
		return err;
	child = gs_endpoint_find(s);
	if (child != NULL)
		gs_stream_put_back(ep, child);
	gs_leave();
	return child != NULL ? 0 : -EBADF;
}

static enum gs_posix_phase
phase_of(const struct gs_endpoint *ep, const struct gs_assoc *a)
{
	if (a == NULL)
		return ep->stream.has_ended ? GS_POSIX_ENDED : GS_POSIX_NONE;
	if (a->phase < GS_UP)
		return GS_POSIX_CONNECTING;
	return a->was_up ? GS_POSIX_UP : GS_POSIX_NONE;
}

int
gs_posix_state(gsctp_sock s, struct gs_posix_state *out)
{
	const struct gs_assoc *a = NULL;
	struct gs_endpoint *ep;
	int err;

	err = gs_api_endpoint(s, &ep);
	if (err != 0)
		return err;
	if (ep->stream.is_on)
		a = TAILQ_FIRST(&ep->assocs);
	out->phase = phase_of(ep, a);
	out->assoc = a != NULL ? a->id : 0;
	out->is_listening = ep->is_listening;
	out->has_closed = ep->stream.has_closed;
	gs_endpoint_give_addr(ep, &ep->stream.peer, &out->peer);
	gs_leave();
	return 0;
}

int
gs_posix_connect(gsctp_sock s, const struct sockaddr_storage *addrs, size_t n,
    gsctp_assoc_id *assoc, struct gs_posix_attempt **out)
{
	struct gs_posix_attempt *t;
	int err;

	t = calloc(1, sizeof(*t));
	if (t == NULL)
		return -ENOMEM;
	err = gs_ready_new(&t->r);
	if (err != 0)
		goto free_t;
	t->watch.r = t->r;
	/* It can be waited for in recv(), too. */
	if (fcntl(gs_ready_fd(t->r), F_SETFL, O_RDWR) == -1) {
		err = -errno;
		goto free_r;
	}
	err = gs_connect_begin(s, addrs, n, assoc, &t->watch);
	if (err != 0)
		goto free_r;
	*out = t;
	return 0;

free_r:
	gs_ready_free(t->r);
free_t:
	free(t);
	return err;
}

int
gs_posix_outcome_fd(const struct gs_posix_attempt *t)
{
	return gs_ready_fd(t->r);
}

void
gs_posix_outcome_move(struct gs_posix_attempt *t, int (*move)(int fd))
{
	if (gs_api_enter() != 0)
		return;
	gs_ready_move(t->r, move);
	gs_leave();
}

int
gs_posix_outcome(struct gs_posix_attempt *t)
{
	int err = gs_api_enter();

	if (err == 0) {
		gs_watch_end(&t->watch);
		err = t->watch.outcome;
		gs_leave();
	}
	gs_ready_free(t->r);
	free(t);
	return err;
}

/* Of a wildcard, every address that it stands for.  How many. */
static size_t
expand(const union gs_addr *a, bool v6only, union gs_addr *out, size_t max)
{
	const union gs_addr *known;
	size_t i, total, n = 0;

	if (!gs_addr_is_any(a)) {
		out[0] = *a;
		return 1;
	}
	total = gs_engine_addrs_locked(&known);
	for (i = 0; i < total && n < max; i++) {
		if (known[i].sa.sa_family == AF_INET ?
			a->sa.sa_family == AF_INET6 && v6only :
			a->sa.sa_family == AF_INET)
			continue;
		out[n] = known[i];
		gs_addr_set_port(&out[n++], gs_addr_port(a));
	}
	return n;
}

int
gs_posix_check_port(const struct sockaddr_storage *addrs, size_t n,
    bool v6only)
{
	union gs_addr all[PORT_ADDRS_MAX], a;
	size_t i, nall = 0;
	int err;

	err = gs_stack_enter();
	if (err != 0)
		return err;
	for (i = 0; i < n && nall < PORT_ADDRS_MAX; i++) {
		if (gs_addr_from(&a, (const struct sockaddr *)&addrs[i],
			sizeof(addrs[i])) != 0 || gs_addr_port(&a) == 0)
			continue;
		gs_addr_unmap(&a);
		nall += expand(&a, v6only, &all[nall], PORT_ADDRS_MAX - nall);
	}
	gs_leave();
	return gs_ports_others_have(all, nall) ? -EADDRINUSE : 0;
}

int
gs_posix_keep_port(gsctp_sock s)
{
	struct gs_ports *ports = NULL;
	struct gs_endpoint *ep;
	int err;

	err = gs_api_endpoint(s, &ep);
	if (err != 0)
		return err;
	if (!ep->has_chosen_port) {
		ep->has_chosen_port = true;
		ports = gs_ports_look_locked();
	}
	gs_leave();
	gs_ports_tell(ports);
	return 0;
}

int
gs_posix_assocs(gsctp_sock s, gsctp_assoc_id *ids, size_t max)
{
	struct gs_endpoint *ep;
	struct gs_assoc *a;
	int n;

	n = gs_api_endpoint(s, &ep);
	if (n != 0)
		return n;
	TAILQ_FOREACH(a, &ep->assocs, in_ep) {
		if (!gs_assoc_is_alive(a))
			continue;
		if ((size_t)n < max)
			ids[n] = a->id;
		n++;
	}
	gs_leave();
	return n;
}

int
gs_posix_bound(gsctp_sock s, struct sockaddr_storage *addrs, size_t max)
{
	struct gs_endpoint *ep;
	int n;

	n = gs_api_endpoint(s, &ep);
	if (n != 0)
		return n;
	for (n = 0; (size_t)n < ep->naddrs; n++) {
		if ((size_t)n < max)
			gs_endpoint_give_addr(ep, &ep->addrs[n], &addrs[n]);
		if (ep->is_wildcard) {
			n++;
			break;
		}
	}
	gs_leave();
	return n;
}

int
gs_posix_addrs(gsctp_sock s, struct sockaddr_storage *addrs, size_t max)
{
	struct gs_endpoint *ep;
	int n;

	n = gs_api_endpoint(s, &ep);
	if (n != 0)
		return n;
	n = gs_sock_addrs(ep, addrs, max);
	gs_leave();
	return n;
}

/* What has come before reading was shut is still to be had. */
static void
keep_unread(struct gs_endpoint *ep, struct gs_assoc *a)
{
	while (a->head != NULL) {
		gs_msgq_put(&ep->delivery.queue, gs_assoc_take(a));
		gs_assoc_pump(a);
	}
}

int
gs_posix_shut_read(gsctp_sock s)
{
	struct gs_endpoint *ep;
	struct gs_assoc *a;
	int err;

	err = gs_api_endpoint(s, &ep);
	if (err != 0)
		return err;
	TAILQ_FOREACH(a, &ep->assocs, in_ep)
		keep_unread(ep, a);
	ep->is_read_shut = true;
	gs_endpoint_update(ep);
	gs_leave();
	return 0;
}

int
gs_posix_take_error(gsctp_sock s)
{
	struct gs_endpoint *ep;
	int err;

	err = gs_api_endpoint(s, &ep);
	if (err != 0)
		return err;
	err = ep->error;
	ep->error = 0;
	gs_endpoint_update(ep);
	gs_leave();
	return err;
}

int
gs_posix_recv(gsctp_sock s, struct gsctp_msg **msg)
{
	struct gs_endpoint *ep;
	struct gs_msg *m;
	int err;

	err = gs_api_endpoint(s, &ep);
	if (err != 0)
		return err;
	m = gs_endpoint_take(ep);
	if (m != NULL) {
		*msg = &m->pub;
		err = 1;
	} else if (ep->stream.is_on && ep->is_listening) {
		err = -ENOTCONN;
	} else if (ep->error != 0) {
		err = ep->error;
		ep->error = 0;
		gs_endpoint_update(ep);
	} else if (!ep->is_read_shut && !ep->stream.has_ended) {
		err = -EAGAIN;
	}
	gs_leave();
	return err;
}

void
gs_posix_unread(gsctp_sock s, struct gsctp_msg *msg)
{
	struct gs_msg *m = gs_msg_of(msg);
	struct gs_endpoint *ep;

	if (gs_api_endpoint(s, &ep) != 0) {
		gs_msg_free(m);
		return;
	}
	gs_msgq_unget(&ep->delivery.queue, m);
	gs_endpoint_update(ep);
	gs_leave();
}
