/* posix: see posix.h. */

#include "posix.h"

#include "endpoint.h"
#include "engine.h"
#include "stack.h"

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
gs_posix_close(gsctp_sock s)
{
	struct gs_endpoint *ep;
	int err;

	err = gs_api_endpoint(s, &ep);
	if (err != 0)
		return err;
	gs_endpoint_show_in(ep, NULL);
	gs_leave();
	return gsctp_close(s);
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

size_t
gs_posix_pending(gsctp_sock s)
{
	const struct gs_msg *m = NULL;
	const struct gs_assoc *a;
	struct gs_endpoint *ep;
	size_t n = 0;

	if (gs_api_endpoint(s, &ep) != 0)
		return 0;
	a = TAILQ_FIRST(&ep->ready);
	m = ep->delivery.queue.head;
	if (m == NULL && a != NULL)
		m = a->head;
	if (m != NULL && m->pub.type == GSCTP_MSG_DATA)
		n = m->pub.u.data.len;
	gs_leave();
	return n;
}
