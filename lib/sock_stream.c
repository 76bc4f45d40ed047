/* sock_stream: accept, peeloff, shutdown.  Layer 5. */

#include <errno.h>
#include <string.h>

#include <gsctp/gsctp.h>

#include "clock.h"
#include "endpoint.h"
#include "engine.h"
#include "hub.h"
#include "stack.h"

/* The lock is held.  The id of what has arrived, by the deadline. */
static int
wait_arrival(struct gs_endpoint *ep, uint64_t deadline, uint64_t *id)
{
	struct gs_acceptor w;
	int err;

	memset(&w, 0, sizeof(w));
	err = gs_cond_init(&w.cond);
	if (err != 0)
		return err;
	gs_stream_queue(ep, &w);
	while (w.got == 0 && !w.is_refused && err == 0)
		err = gs_wait_locked(&w.cond, deadline);
	/* Only then is ep sure to be there, and this in its queue. */
	if (w.got == 0 && !w.is_refused)
		gs_stream_unqueue(ep, &w);
	pthread_cond_destroy(&w.cond);
	*id = w.got;
	if (w.got != 0)
		return 0;
	return w.is_refused ? -EINVAL : err;
}

static int
do_accept(gsctp_sock s, struct gs_endpoint *ep, int timeout_ms,
    struct gs_endpoint **out)
{
	uint64_t deadline = gs_deadline_ms(timeout_ms);
	gsctp_sock child;
	int err;

	*out = gs_stream_take(ep);
	if (*out != NULL)
		return 0;
	if (ep->stream.backlog == 0)
		return -EINVAL;
	if (timeout_ms == 0)
		return -ETIMEDOUT;
	err = wait_arrival(ep, deadline, &child.id);
	if (err == -EINVAL && gs_endpoint_find(s) == NULL)
		return -EBADF;
	if (err != 0)
		return err;
	*out = gs_endpoint_find(child);
	return *out != NULL ? 0 : -EBADF;
}

int
gsctp_accept(gsctp_sock s, int timeout_ms, gsctp_sock *accepted)
{
	struct gs_endpoint *ep, *child;
	int err;

	if (timeout_ms < -1 || accepted == NULL)
		return -EINVAL;
	err = gs_api_endpoint(s, &ep);
	if (err != 0)
		return err;
	err = ep->stream.is_on ? do_accept(s, ep, timeout_ms, &child) :
				 -EINVAL;
	if (err != 0)
		goto leave;
	ep = gs_endpoint_find(s);
	if (ep == NULL) {
		/* Closed since: so is what waited to be accepted. */
		gs_endpoint_close(child, true);
		err = -EBADF;
		goto leave;
	}
	err = gs_stream_inherit(child, ep);
	if (err != 0)
		gs_stream_put_back(ep, child);
	else
		accepted->id = child->id;
leave:
	gs_leave();
	return err;
}

int
gsctp_peeloff(gsctp_sock s, gsctp_assoc_id assoc, gsctp_sock *peeled)
{
	struct gs_endpoint *ep, *child;
	struct gs_assoc *a;
	int err;

	if (peeled == NULL)
		return -EINVAL;
	err = gs_api_endpoint(s, &ep);
	if (err != 0)
		return err;
	a = ep->stream.is_on ? NULL : gs_endpoint_assoc(ep, assoc);
	err = a != NULL && a->was_up ? gs_stream_peel(ep, a, &child) : -EINVAL;
	if (err == 0)
		peeled->id = child->id;
	gs_leave();
	return err;
}

int
gsctp_shutdown(gsctp_sock s, enum gsctp_shutdown_how how)
{
	struct gs_endpoint *ep;
	struct gs_assoc *a;
	int err;

	if (how < GSCTP_SHUT_READ || how > GSCTP_SHUT_BOTH)
		return -EINVAL;
	err = gs_api_endpoint(s, &ep);
	if (err != 0)
		return err;
	a = ep->stream.is_on ? gs_endpoint_assoc(ep, 0) : NULL;
	if (!ep->stream.is_on)
		err = -EOPNOTSUPP;
	else if (a == NULL || !a->was_up)
		err = -ENOTCONN;
	if (err == 0 && (how & GSCTP_SHUT_WRITE))
		err = gs_assoc_eof(a);
	if (err == -EPIPE)
		err = -ENOTCONN;
	if (err == 0 && (how & GSCTP_SHUT_READ))
		gs_stream_shut_read(ep);
	gs_leave();
	return err;
}
