/* posix_send: messages out of a socket behind a descriptor; see posix.h. */

#include "posix.h"

#include <errno.h>

#include "endpoint.h"
#include "engine.h"
#include "opt_send.h"
#include "stack.h"
#include "waiter.h"

/* Whose association is it?  It may be that nobody's is: *out is NULL. */
static int
find(struct gs_endpoint *ep, gsctp_assoc_id id, const union gs_addr *to,
    struct gs_assoc **out)
{
	struct gs_assoc *a;

	if (to == NULL) {
		*out = gs_endpoint_assoc(ep, id);
		return 0;
	}
	a = gs_endpoint_peer(ep, to);
	*out = a;
	if (a != NULL)
		return 0;
	a = ep->stream.is_on ? TAILQ_FIRST(&ep->assocs) : NULL;
	return a != NULL && a->phase != GS_ENDED ? -EADDRNOTAVAIL : -ENOENT;
}

static int
address(union gs_addr *a, const struct sockaddr *to, socklen_t len)
{
	int err;

	err = gs_addr_from(a, to, len);
	if (err == 0)
		gs_addr_unmap(a);
	return err;
}

/* An error that waits comes first, as SO_ERROR does. */
static int
take_error(struct gs_endpoint *ep, int err)
{
	if (ep->error == 0)
		return err;
	err = ep->error;
	ep->error = 0;
	gs_endpoint_update(ep);
	return err;
}

static void
choose_info(const struct gs_posix_out *o, const struct gs_assoc *a,
    struct gsctp_sndrcvinfo *info)
{
	const struct gs_send_defaults *by_default = &a->default_send;

	*info = o->info;
	if (o->takes_defaults) {
		info->stream = by_default->stream;
		info->ppid = by_default->ppid;
		info->context = by_default->context;
		info->flags |= by_default->flags & ~GS_PR_FLAGS;
	}
	if (o->takes_policy) {
		info->flags |= by_default->flags & GS_PR_FLAGS;
		info->timetolive = by_default->timetolive;
	}
}

static int
send_locked(struct gs_endpoint *ep, const struct gs_posix_out *o,
    const union gs_addr *to, struct gs_waiter *w)
{
	struct gsctp_sndrcvinfo info;
	struct gs_assoc *a;
	int err;

	err = find(ep, o->info.assoc_id, to, &a);
	if (err != 0)
		return err;
	if (a == NULL || a->phase == GS_ENDED ||
	    (a->phase == GS_ENDING && !gs_assoc_is_alive(a)))
		return take_error(ep, -EPIPE);
	/* The kernel lets only who names the peer send before it is up. */
	if (to == NULL && ep->stream.is_on && (a->phase == GS_CONNECTING ||
	    a->phase == GS_YIELDED))
		return -EPIPE;
	if (a->phase == GS_ENDING || a->eof_wanted)
		return -ESHUTDOWN;
	choose_info(o, a, &info);
	if ((info.flags & GSCTP_ADDR_OVER) == 0 && !ep->stream.is_on)
		to = NULL;
	err = gs_check_send(info.flags, info.timetolive);
	if (err == 0)
		err = gs_assoc_send(a, &info, o->data, o->len, to);
	if (err == 0)
		gs_endpoint_count_sent(ep, o->len);
	else if (err == -EAGAIN && w != NULL)
		gs_waiter_put(&a->waiters, w);
	return err;
}

int
gs_posix_send(gsctp_sock s, const struct gs_posix_out *o, struct gs_waiter *w)
{
	struct gs_endpoint *ep;
	union gs_addr to;
	int err = 0;

	if (o->to != NULL)
		err = address(&to, o->to, o->tolen);
	if (err == 0)
		err = gs_api_endpoint(s, &ep);
	if (err != 0)
		return err;
	err = send_locked(ep, o, o->to != NULL ? &to : NULL, w);
	gs_leave();
	return err;
}

int
gs_posix_wait_up(gsctp_sock s, const struct sockaddr *to, socklen_t tolen,
    struct gs_waiter *w)
{
	struct gs_endpoint *ep;
	struct gs_assoc *a;
	union gs_addr addr;
	int err;

	err = address(&addr, to, tolen);
	if (err == 0)
		err = gs_api_endpoint(s, &ep);
	if (err != 0)
		return err;
	a = gs_endpoint_peer(ep, &addr);
	if (a != NULL && a->phase >= GS_UP)
		a = NULL;
	if (a != NULL)
		gs_waiter_put(&a->waiters, w);
	gs_leave();
	return a != NULL;
}

void
gs_posix_unwait(struct gs_waiter *w)
{
	/* One that was woken, or never put, is in no list; but who woke it
	 * may not have let go of it yet. */
	gs_enter();
	gs_waiter_drop(w);
	gs_leave();
}

int
gs_posix_peer(gsctp_sock s, const struct sockaddr *to, socklen_t tolen,
    gsctp_assoc_id *id)
{
	struct gs_endpoint *ep;
	struct gs_assoc *a;
	union gs_addr addr;
	int err;

	err = address(&addr, to, tolen);
	if (err == 0)
		err = gs_api_endpoint(s, &ep);
	if (err != 0)
		return err;
	a = gs_endpoint_peer(ep, &addr);
	if (a != NULL)
		*id = a->id;
	gs_leave();
	return a != NULL ? 0 : -ENOENT;
}
