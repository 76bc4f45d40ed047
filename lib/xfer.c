/* xfer: messages, sent and received.  Layer 5. */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <gsctp/gsctp.h>

#include "clock.h"
#include "endpoint.h"
#include "engine.h"
#include "opt_send.h"
#include "stack.h"

/* Flags that a send may have. */
#define SEND_FLAGS                                                           \
	(GS_DEFAULT_FLAGS | GSCTP_MORE | GSCTP_ADDR_OVER | GSCTP_ABORT |     \
	    GSCTP_EOF)

/* What is sent; gathered, checked, and the same on each try. */
struct outgoing {
	gsctp_assoc_id assoc;
	bool use_default;	/* info is the stream alone */
	struct gsctp_sndrcvinfo info;
	const void *data;
	size_t len;
	union gs_addr to;
	bool has_to;
};

/* The lock is held.  One try. */
static int
try_send(struct gs_endpoint *ep, const struct outgoing *o,
    struct gs_assoc **which)
{
	struct gsctp_sndrcvinfo info = o->info;
	const struct gs_send_defaults *d;
	struct gs_assoc *a;
	int err;

	a = gs_endpoint_assoc(ep, o->assoc);
	if (a == NULL && ep->stream.is_on)
		return -ENOTCONN;
	if (a == NULL)
		return o->assoc == 0 ? -EINVAL : -EPIPE;
	*which = a;
	if (o->use_default) {
		d = &a->default_send;
		info.flags = d->flags;
		info.ppid = d->ppid;
		info.context = d->context;
		info.timetolive = d->timetolive;
	}
	err = gs_assoc_send(a, &info, o->data, o->len,
	    o->has_to ? &o->to : NULL);
	if (err == 0)
		gs_endpoint_count_sent(ep, o->len);
	return err;
}

/* gen_tcp: send_timeout_close. */
static void
give_up(struct gs_endpoint *ep, const struct outgoing *o)
{
	struct gs_assoc *a = gs_endpoint_assoc(ep, o->assoc);

	if (ep->opts.send_timeout_close && a != NULL)
		(void)gs_assoc_abort(a, NULL, 0);	/* or it has ended */
}

/* Wait for room on the one association, and try again. */
static int
do_send(gsctp_sock s, const struct outgoing *o)
{
	uint64_t deadline = 0;
	struct gs_endpoint *ep;
	struct gs_assoc *a;
	int err, timeout_ms;
	bool has_ended;

	err = gs_api_endpoint(s, &ep);
	if (err != 0)
		return err;
	timeout_ms = ep->opts.send_timeout_ms;
	if (timeout_ms != 0)
		deadline = gs_deadline_ms(timeout_ms);
	for (;;) {
		err = try_send(ep, o, &a);
		if (err != -EAGAIN || timeout_ms == 0)
			break;
		gs_assoc_hold(a);
		err = gs_assoc_wait(a, deadline);
		has_ended = a->is_dead;
		gs_assoc_unhold(a);
		ep = gs_endpoint_find(s);
		if (ep == NULL)
			err = -EBADF;
		else if (has_ended && ep->stream.is_on)
			err = -ENOTCONN;	/* not the next one's */
		if (err != 0)
			break;
	}
	if (err == -ETIMEDOUT)
		give_up(ep, o);
	gs_leave();
	return err;
}

int
gsctp_send(gsctp_sock s, gsctp_assoc_id assoc, uint16_t stream,
    const void *data, size_t len)
{
	struct outgoing o;

	if (data == NULL || len == 0)
		return -EINVAL;
	memset(&o, 0, sizeof(o));
	o.assoc = assoc;
	o.use_default = true;
	o.info.stream = stream;
	o.data = data;
	o.len = len;
	return do_send(s, &o);
}

/* The parts of iov as one block; *copy is to be freed, or NULL. */
static int
gather(const struct iovec *iov, size_t n, struct outgoing *o, uint8_t **copy)
{
	size_t i, total = 0;
	uint8_t *p;

	*copy = NULL;
	if (iov == NULL && n > 0)
		return -EINVAL;
	for (i = 0; i < n; i++) {
		if (iov[i].iov_base == NULL && iov[i].iov_len > 0)
			return -EINVAL;
		if (iov[i].iov_len > SIZE_MAX - total)
			return -EMSGSIZE;
		total += iov[i].iov_len;
	}
	o->len = total;
	if (n == 1)
		o->data = iov[0].iov_base;
	if (n <= 1 || total == 0)
		return 0;
	if (total > UINT32_MAX)
		return -EMSGSIZE;
	p = malloc(total);
	if (p == NULL)
		return -ENOMEM;
	*copy = p;
	o->data = p;
	for (i = 0; i < n; i++) {
		if (iov[i].iov_len > 0)
			memcpy(p, iov[i].iov_base, iov[i].iov_len);
		p += iov[i].iov_len;
	}
	return 0;
}

static int
check_info(const struct gsctp_sndrcvinfo *info, const struct sockaddr *to)
{
	if (info == NULL || (info->flags & ~SEND_FLAGS) != 0)
		return -EINVAL;
	if (info->ssn != 0 || info->tsn != 0 || info->cumtsn != 0)
		return -EINVAL;
	if ((info->flags & GSCTP_EOF) && (info->flags & GSCTP_ABORT))
		return -EINVAL;
	if ((info->flags & GSCTP_MORE) &&
	    (info->flags & (GSCTP_EOF | GSCTP_ABORT)))
		return -EINVAL;
	if (((info->flags & GSCTP_ADDR_OVER) != 0) != (to != NULL))
		return -EINVAL;
	return gs_check_send(info->flags, info->timetolive);
}

int
gsctp_sendmsg(gsctp_sock s, const struct gsctp_sndrcvinfo *info,
    const struct iovec *iov, size_t n, const struct sockaddr *to,
    socklen_t tolen)
{
	struct outgoing o;
	uint8_t *copy;
	int err;

	err = check_info(info, to);
	if (err != 0)
		return err;
	memset(&o, 0, sizeof(o));
	o.assoc = info->assoc_id;
	o.info = *info;
	if (to != NULL) {
		err = gs_addr_from(&o.to, to, tolen);
		if (err != 0)
			return err;
		gs_addr_unmap(&o.to);
		o.has_to = true;
	}
	err = gather(iov, n, &o, &copy);
	if (err != 0)
		return err;
	if (info->flags & GSCTP_EOF)
		err = o.len == 0 ? gsctp_eof(s, o.assoc) : -EINVAL;
	else if (info->flags & GSCTP_ABORT)
		err = gsctp_abort(s, o.assoc, o.data, o.len);
	else
		err = o.len > 0 ? do_send(s, &o) : -EINVAL;
	free(copy);
	return err;
}

/* May a thread read from it, or wait to? */
static int
check_passive(const struct gs_endpoint *ep)
{
	if (gs_deliver_is_active(&ep->delivery.mode))
		return -EINVAL;
	if (ep->stream.is_on && ep->nassocs == 0 &&
	    ep->delivery.queue.count == 0)
		return -ENOTCONN;
	return 0;
}

/*
 * The next message of s; the lock is held.  A socket that is passive again,
 * having been active while this one waited, answers as one that is active.
 */
static int
next_message(gsctp_sock s, struct gs_endpoint *ep, uint64_t deadline,
    struct gs_msg **out)
{
	uint32_t activations = ep->delivery.activations;
	int err = 0, state;

	for (;;) {
		state = check_passive(ep);
		if (ep->delivery.activations != activations)
			state = -EINVAL;
		if (state != 0)
			return state;
		*out = gs_endpoint_take(ep);
		if (*out != NULL || err != 0)
			return *out != NULL ? 0 : err;
		gs_endpoint_hold(ep);
		err = gs_wait_locked(&ep->cond, deadline);
		gs_endpoint_unhold(ep);
		ep = gs_endpoint_find(s);
		if (ep == NULL)
			return -EBADF;
	}
}

int
gsctp_recv(gsctp_sock s, int timeout_ms, struct gsctp_msg **msg)
{
	uint64_t deadline;
	struct gs_endpoint *ep;
	struct gs_msg *m;
	int err;

	if (timeout_ms < -1 || msg == NULL)
		return -EINVAL;
	deadline = gs_deadline_ms(timeout_ms);
	err = gs_api_endpoint(s, &ep);
	if (err != 0)
		return err;
	err = next_message(s, ep, deadline, &m);
	gs_leave();
	if (err == 0)
		*msg = &m->pub;
	return err;
}
