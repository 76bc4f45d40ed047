/* opt_send: see opt_send.h. */

#include "opt_send.h"

#include <errno.h>

#include "engine_opt.h"
#include "hub.h"

/* RFC 6525 6.3.1, in ENABLE_STREAM_RESET: the peer may ask for streams. */
#define PEER_MAY_ADD 4u

int
gs_check_send(uint32_t flags, uint32_t timetolive)
{
	switch (flags & GS_PR_FLAGS) {
	case 0:
	case GSCTP_PR_RTX:
		return 0;
	case GSCTP_PR_TTL:
		return timetolive != 0 ? 0 : -EINVAL;
	case GSCTP_PR_PRIO:
		/* The engine makes room only in a send that blocks. */
		return -EOPNOTSUPP;
	default:
		return -EINVAL;
	}
}

static struct gs_send_defaults *
default_send(struct gs_endpoint *ep, struct gs_assoc *a)
{
	return a != NULL ? &a->default_send : &ep->opts.default_send;
}

int
gs_set_prinfo(struct gs_endpoint *ep, struct gs_assoc *a,
    const struct gsctp_opt *o)
{
	const struct gsctp_default_prinfo *p = &o->u.prinfo;
	struct gs_send_defaults *to = default_send(ep, a);
	struct gs_send_defaults v = *to;
	int err;

	if ((p->policy & ~GS_PR_FLAGS) != 0 ||
	    (p->policy == 0 && p->value != 0))
		return -EINVAL;
	v.flags = (v.flags & ~GS_PR_FLAGS) | p->policy;
	v.timetolive = p->value;
	err = gs_check_send(v.flags, v.timetolive);
	if (err == 0)
		*to = v;
	return err;
}

int
gs_get_prinfo(struct gs_endpoint *ep, struct gs_assoc *a, struct gsctp_opt *o)
{
	const struct gs_send_defaults *v = default_send(ep, a);
	struct gsctp_default_prinfo *p = &o->u.prinfo;

	p->policy = v->flags & GS_PR_FLAGS;
	p->value = v->timetolive;
	if (p->policy == 0 && p->value != 0)
		p->policy = GSCTP_PR_TTL;
	return 0;
}

/*
 * What changes how an association's streams are: not amid a message of which
 * more is to come.  Where streams to send on are added the engine forgets
 * which message it has begun, so nothing may wait.
 */
int
gs_set_streams(struct gs_endpoint *ep, struct gs_assoc *a,
    const struct gsctp_opt *o)
{
	if (a == NULL)
		return ep->so != NULL ? gs_eopt_set(ep->so, false, o) :
					-ENOTCONN;
	if (a->more_comes)
		return -EBUSY;
	if (o->id == GSCTP_OPT_ADD_STREAMS && o->u.add_streams.outstrms > 0) {
		if (gs_esock_queued(a->so) > 0)
			return -EBUSY;
		a->asked_for_streams = true;
	}
	gs_hub_mark(&a->owner);
	return gs_eopt_set(a->so, true, o);
}

int
gs_set_explicit_eor(struct gs_endpoint *ep, struct gs_assoc *a,
    const struct gsctp_opt *o)
{
	int err = 0;

	TAILQ_FOREACH(a, &ep->assocs, in_ep)
		if (a->more_comes)
			return -EBUSY;
	if (ep->so != NULL)
		err = gs_eopt_set(ep->so, false, o);
	if (err != 0)
		return err;
	ep->opts.explicit_eor = o->u.flag;
	/* One that has just ended does not matter. */
	TAILQ_FOREACH(a, &ep->assocs, in_ep)
		if (a->so != NULL)
			(void)gs_eopt_set(a->so, true, o);
	return 0;
}

/*
 * Where streams are added the engine leaves the counts of those that there
 * were to chance (dc1aa09c), from the request on: rather none than those.
 */
int
gs_get_pr_stream(struct gs_endpoint *ep, struct gs_assoc *a,
    struct gsctp_opt *o)
{
	struct gsctp_opt reset = GSCTP_ENABLE_STREAM_RESET(.assoc_value = 0);
	uint16_t in, out;
	int err;

	(void)ep;
	err = gs_eopt_get(a->so, true, &reset);
	if (err != 0)
		return err;
	gs_esock_streams(a->so, &in, &out);
	if (a->asked_for_streams || out != a->first_out_streams ||
	    (reset.u.assoc_value.assoc_value & PEER_MAY_ADD) != 0)
		return -EOPNOTSUPP;
	return gs_eopt_get(a->so, true, o);
}
