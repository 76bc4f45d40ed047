/* endpoint_stream: see endpoint_stream.h. */

#include "endpoint_stream.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "assoc_recv.h"
#include "endpoint.h"
#include "engine.h"
#include "engine_opt.h"
#include "hub.h"

int
gs_stream_init(struct gs_endpoint *ep)
{
	struct gs_stream *st = &ep->stream;

	st->closed = gs_msg_new(GSCTP_MSG_CLOSED, 0, 0);
	if (st->closed == NULL)
		return -ENOMEM;
	st->is_on = true;
	TAILQ_INIT(&st->pending);
	TAILQ_INIT(&st->acceptors);
	return 0;
}

void
gs_stream_fini(struct gs_endpoint *ep)
{
	gs_msg_free(ep->stream.closed);
}

/* Of an attempt that has failed: what is not read yet is the endpoint's. */
static void
leave_events(struct gs_endpoint *ep, struct gs_assoc *a)
{
	while (a->head != NULL)
		gs_msgq_put(&ep->delivery.queue, gs_assoc_take(a));
	gs_assoc_destroy(a);
}

int
gs_stream_check_connect(struct gs_endpoint *ep)
{
	struct gs_stream *st = &ep->stream;
	struct gs_assoc *a = TAILQ_FIRST(&ep->assocs);

	if (st->backlog > 0)
		return -EINVAL;
	if (ep->is_posix && a != NULL && a->phase == GS_ENDED &&
	    !a->was_up) {
		leave_events(ep, a);
		a = NULL;
	}
	if (a != NULL)
		return a->was_up || a->phase == GS_ARRIVING ? -EISCONN :
							      -EALREADY;
	if (ep->so == NULL)
		return -ENOTCONN;
	if (st->closed == NULL)
		st->closed = gs_msg_new(GSCTP_MSG_CLOSED, 0, 0);
	if (st->closed == NULL)
		return -ENOMEM;
	st->has_ended = false;
	st->has_closed = false;
	st->is_read_shut = false;
	ep->is_read_shut = false;
	return 0;
}

/* The engine takes as many as there is room for, and refuses the others. */
static int
set_room(struct gs_endpoint *ep)
{
	const struct gs_stream *st = &ep->stream;

	return gs_esock_listen(ep->so, st->npending < st->backlog ?
	    (int)(st->backlog - st->npending) : 0);
}

static void
refuse_acceptors(struct gs_endpoint *ep)
{
	struct gs_acceptor *w;

	while ((w = TAILQ_FIRST(&ep->stream.acceptors)) != NULL) {
		TAILQ_REMOVE(&ep->stream.acceptors, w, link);
		w->is_refused = true;
		gs_wake_locked(&w->cond);
	}
}

int
gs_stream_listen(struct gs_endpoint *ep, unsigned int backlog)
{
	struct gs_stream *st = &ep->stream;
	int err;

	if (ep->so == NULL || st->has_ended || !TAILQ_EMPTY(&ep->assocs))
		return -EINVAL;
	st->backlog = backlog;
	err = set_room(ep);
	if (err == 0)
		ep->is_listening = backlog > 0;
	if (backlog == 0)
		refuse_acceptors(ep);
	return err;
}

void
gs_stream_close(struct gs_endpoint *ep)
{
	struct gs_stream *st = &ep->stream;
	struct gs_endpoint *child;

	if (st->listener != NULL) {
		TAILQ_REMOVE(&st->listener->stream.pending, ep, stream.link);
		st->listener->stream.npending--;
		(void)set_room(st->listener);
		st->listener = NULL;
	}
	refuse_acceptors(ep);
	st->backlog = 0;
	while ((child = TAILQ_FIRST(&st->pending)) != NULL)
		gs_endpoint_close(child, true);
}

static void
set_pending(struct gs_endpoint *ep, struct gs_endpoint *child, bool is_first)
{
	struct gs_stream *st = &ep->stream;

	if (is_first)
		TAILQ_INSERT_HEAD(&st->pending, child, stream.link);
	else
		TAILQ_INSERT_TAIL(&st->pending, child, stream.link);
	child->stream.listener = ep;
	st->npending++;
}

struct gs_endpoint *
gs_stream_take(struct gs_endpoint *ep)
{
	struct gs_stream *st = &ep->stream;
	struct gs_endpoint *child = TAILQ_FIRST(&st->pending);

	if (child == NULL)
		return NULL;
	TAILQ_REMOVE(&st->pending, child, stream.link);
	st->npending--;
	child->stream.listener = NULL;
	/* It cannot fail on a socket that listens, or did. */
	(void)set_room(ep);
	gs_endpoint_update(ep);
	return child;
}

/* Those that wait first get what has come first. */
static void
serve(struct gs_endpoint *ep)
{
	struct gs_endpoint *child;
	struct gs_acceptor *w;

	while ((w = TAILQ_FIRST(&ep->stream.acceptors)) != NULL &&
	    (child = gs_stream_take(ep)) != NULL) {
		w->got = child->id;
		TAILQ_REMOVE(&ep->stream.acceptors, w, link);
		gs_wake_locked(&w->cond);
	}
}

void
gs_stream_put_back(struct gs_endpoint *ep, struct gs_endpoint *child)
{
	set_pending(ep, child, true);
	serve(ep);
	(void)set_room(ep);
	gs_endpoint_update(ep);
}

int
gs_stream_arrive(struct gs_endpoint *ep, struct socket *so)
{
	struct gs_endpoint *child;
	struct gs_assoc *a;
	int err;

	err = gs_endpoint_new_child(ep, &child);
	if (err != 0)
		return err;
	err = gs_assoc_adopt(child, so, &a);
	if (err != 0) {
		gs_endpoint_close(child, true);
		return err;
	}
	child->stream.peer = a->primary;
	set_pending(ep, child, false);
	serve(ep);
	(void)set_room(ep);
	gs_endpoint_arrived(ep);
	return 0;
}

void
gs_stream_queue(struct gs_endpoint *ep, struct gs_acceptor *w)
{
	TAILQ_INSERT_TAIL(&ep->stream.acceptors, w, link);
}

void
gs_stream_unqueue(struct gs_endpoint *ep, struct gs_acceptor *w)
{
	TAILQ_REMOVE(&ep->stream.acceptors, w, link);
}

/* gen_tcp: accept/1.  What the listener was set to while it waited: those
 * that reach the associations of a one-to-many socket as well. */
static void
copy_opts(struct gs_endpoint *child, struct gs_endpoint *ep)
{
	static const uint32_t ids[] = {
		GSCTP_OPT_NODELAY,
		GSCTP_OPT_DISABLE_FRAGMENTS,
		GSCTP_OPT_RECBUF,
		GSCTP_OPT_SNDBUF,
		GSCTP_OPT_TOS,
		GSCTP_OPT_EXPLICIT_EOR,
	};
	struct gs_assoc *a = TAILQ_FIRST(&child->assocs);
	struct gsctp_opt o;
	size_t i;

	if (a != NULL)
		a->default_send = ep->opts.default_send;
	if (a == NULL || a->so == NULL || ep->so == NULL)
		return;
	for (i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
		memset(&o, 0, sizeof(o));
		o.id = ids[i];
		if (gs_eopt_get(ep->so, false, &o) == 0)
			(void)gs_eopt_set(a->so, true, &o);
	}
}

int
gs_stream_inherit(struct gs_endpoint *child, struct gs_endpoint *ep)
{
	uint32_t events = ep->opts.events;
	int err = 0;

	if (child->opts.events != events)
		err = gs_endpoint_set_events(child, events);
	if (err == 0)
		err = gs_delivery_inherit(child, ep);
	if (err != 0)
		return err;
	child->opts = ep->opts;
	child->opts.autoclose_s = 0;
	copy_opts(child, ep);
	gs_delivery_run(child);
	return 0;
}

int
gs_stream_peel(struct gs_endpoint *ep, struct gs_assoc *a,
    struct gs_endpoint **out)
{
	struct gs_endpoint *child;
	int err;

	err = gs_endpoint_new_child(ep, &child);
	if (err != 0)
		return err;
	err = gs_delivery_inherit(child, ep);
	if (err != 0) {
		gs_endpoint_close(child, true);
		return err;
	}
	child->stream.peer = a->primary;
	gs_assoc_move(a, child);
	gs_delivery_follow(ep, child, a->id);
	gs_delivery_run(child);
	gs_endpoint_update(ep);
	*out = child;
	return 0;
}

void
gs_stream_ended(struct gs_endpoint *ep, gsctp_assoc_id id, int error)
{
	struct gs_stream *st = &ep->stream;
	struct gs_msg *m = st->closed;

	st->closed = NULL;
	st->has_ended = true;
	st->has_closed = error == 0;
	if (error != 0 && error != -ECONNABORTED)
		gs_endpoint_fail(ep, error);
	m->pub.sock.id = ep->id;
	m->pub.assoc_id = id;
	m->pub.u.closed.error = error;
	gs_msgq_put(&ep->delivery.queue, m);
	if (ep->opts.exit_on_close)
		gs_endpoint_release_port(ep);
	gs_delivery_run(ep);
	gs_endpoint_wake(ep);
}

void
gs_stream_shut_read(struct gs_endpoint *ep)
{
	struct gs_msgq all = ep->delivery.queue;
	struct gs_assoc *a = TAILQ_FIRST(&ep->assocs);
	struct gs_msg *m;

	ep->stream.is_read_shut = true;
	ep->delivery.queue = (struct gs_msgq){ NULL, NULL, 0 };
	while ((m = gs_msgq_get(&all)) != NULL) {
		if (m->pub.type == GSCTP_MSG_DATA)
			gs_msg_free(m);
		else
			gs_msgq_put(&ep->delivery.queue, m);
	}
	if (a != NULL)
		gs_assoc_drop_data(a);
	gs_endpoint_update(ep);
}
