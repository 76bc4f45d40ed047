/* opt_own: see opt_own.h. */

#include "opt_own.h"

#include <errno.h>
#include <string.h>

#include "engine_opt.h"
#include "hub.h"
#include "opt_send.h"
#include "stack.h"

/* A limit under which no message of the handshake's size fits. */
#define BUFFER_MIN 1024u
#define BUFFER_MAX (1u << 31)

/* Those of SO_PRIORITY that ask for no privilege. */
#define PRIORITY_MAX 6

int
gs_set_autoclose(struct gs_endpoint *ep, struct gs_assoc *a,
    const struct gsctp_opt *o)
{
	(void)a;
	if (o->u.value > INT32_MAX / 1000)
		return -EINVAL;
	ep->opts.autoclose_s = o->u.value;
	if (o->u.value > 0)
		TAILQ_FOREACH(a, &ep->assocs, in_ep)
			gs_hub_mark(&a->owner);
	return 0;
}

int
gs_get_autoclose(struct gs_endpoint *ep, struct gs_assoc *a,
    struct gsctp_opt *o)
{
	(void)a;
	o->u.value = ep->opts.autoclose_s;
	return 0;
}

int
gs_set_mapped_v4(struct gs_endpoint *ep, struct gs_assoc *a,
    const struct gsctp_opt *o)
{
	(void)a;
	ep->opts.mapped_v4 = o->u.flag;
	return 0;
}

int
gs_get_mapped_v4(struct gs_endpoint *ep, struct gs_assoc *a,
    struct gsctp_opt *o)
{
	(void)a;
	o->u.flag = ep->opts.mapped_v4;
	return 0;
}

/* Into *v, where it is defined and not past max. */
static int
merge(gsctp_field f, uint32_t max, uint32_t *v)
{
	if (f.defined > 1 || (f.defined == 0 && f.v != 0))
		return -EINVAL;
	if (f.defined == 0)
		return 0;
	if (f.v > max)
		return -EINVAL;
	*v = f.v;
	return 0;
}

int
gs_set_send_param(struct gs_endpoint *ep, struct gs_assoc *a,
    const struct gsctp_opt *o)
{
	const struct gsctp_send_param *p = &o->u.send_param;
	struct gs_send_defaults *to;
	struct gs_send_defaults v;
	uint32_t stream;
	int err;

	to = a != NULL ? &a->default_send : &ep->opts.default_send;
	v = *to;
	stream = v.stream;
	if (merge(p->stream, UINT16_MAX, &stream) != 0 ||
	    merge(p->flags, UINT32_MAX, &v.flags) != 0 ||
	    merge(p->ppid, UINT32_MAX, &v.ppid) != 0 ||
	    merge(p->context, UINT32_MAX, &v.context) != 0 ||
	    merge(p->timetolive, UINT32_MAX, &v.timetolive) != 0 ||
	    (v.flags & ~GS_DEFAULT_FLAGS) != 0)
		return -EINVAL;
	err = gs_check_send(v.flags, v.timetolive);
	if (err != 0)
		return err;
	v.stream = (uint16_t)stream;
	*to = v;
	return 0;
}

static gsctp_field
defined(uint32_t v)
{
	gsctp_field f = { v, 1 };

	return f;
}

int
gs_get_send_param(struct gs_endpoint *ep, struct gs_assoc *a,
    struct gsctp_opt *o)
{
	const struct gs_send_defaults *v;
	struct gsctp_send_param *p = &o->u.send_param;

	v = a != NULL ? &a->default_send : &ep->opts.default_send;
	p->stream = defined(v->stream);
	p->flags = defined(v->flags);
	p->ppid = defined(v->ppid);
	p->context = defined(v->context);
	p->timetolive = defined(v->timetolive);
	return 0;
}

/* The fields of the record but data_io, and the engine's bit for each. */
struct event_bit {
	size_t offset;
	uint32_t bit;
};

#define EVENT(field, bit)                                                    \
	{                                                                    \
		offsetof(struct gsctp_event_subscribe, field), bit           \
	}

static const struct event_bit event_bits[] = {
	EVENT(association, GS_EV_ASSOC),
	EVENT(address, GS_EV_PADDR),
	EVENT(send_failure, GS_EV_SEND_FAILED),
	EVENT(peer_error, GS_EV_REMOTE_ERROR),
	EVENT(shutdown, GS_EV_SHUTDOWN),
	EVENT(partial_delivery, GS_EV_PDAPI),
	EVENT(adaptation_layer, GS_EV_ADAPTATION),
	EVENT(authentication, GS_EV_AUTH),
	EVENT(sender_dry, GS_EV_SENDER_DRY),
	EVENT(stream_reset, GS_EV_STREAM_RESET),
	EVENT(assoc_reset, GS_EV_ASSOC_RESET),
	EVENT(stream_change, GS_EV_STREAM_CHANGE),
};
#define NEVENTS (sizeof(event_bits) / sizeof(event_bits[0]))

static gsctp_field
field_at(const struct gsctp_event_subscribe *e, size_t offset)
{
	gsctp_field f;

	memcpy(&f, (const char *)e + offset, sizeof(f));
	return f;
}

int
gs_set_events(struct gs_endpoint *ep, struct gs_assoc *a,
    const struct gsctp_opt *o)
{
	const struct gsctp_event_subscribe *e = &o->u.events;
	uint32_t data_io = ep->opts.data_io;
	uint32_t mask = ep->opts.events;
	uint32_t on;
	size_t i;
	int err;

	(void)a;
	if (merge(e->data_io, 1, &data_io) != 0)
		return -EINVAL;
	for (i = 0; i < NEVENTS; i++) {
		on = (mask & event_bits[i].bit) != 0;
		if (merge(field_at(e, event_bits[i].offset), 1, &on) != 0)
			return -EINVAL;
		mask &= ~event_bits[i].bit;
		if (on != 0)
			mask |= event_bits[i].bit;
	}
	err = gs_endpoint_set_events(ep, mask);
	if (err == 0)
		ep->opts.data_io = data_io != 0;
	return err;
}

int
gs_get_events(struct gs_endpoint *ep, struct gs_assoc *a, struct gsctp_opt *o)
{
	gsctp_field f;
	size_t i;

	(void)a;
	o->u.events.data_io = defined(ep->opts.data_io);
	for (i = 0; i < NEVENTS; i++) {
		f = defined((ep->opts.events & event_bits[i].bit) != 0);
		memcpy((char *)&o->u.events + event_bits[i].offset, &f,
		    sizeof(f));
	}
	return 0;
}

int
gs_set_buffer(struct gs_endpoint *ep, struct gs_assoc *a,
    const struct gsctp_opt *o)
{
	(void)a;
	if (o->u.value < BUFFER_MIN || o->u.value > BUFFER_MAX)
		return -EINVAL;
	ep->opts.buffer = o->u.value;
	return 0;
}

int
gs_get_buffer(struct gs_endpoint *ep, struct gs_assoc *a, struct gsctp_opt *o)
{
	(void)a;
	o->u.value = ep->opts.buffer;
	return 0;
}

int
gs_set_linger(struct gs_endpoint *ep, struct gs_assoc *a,
    const struct gsctp_opt *o)
{
	(void)a;
	if (o->u.linger.seconds > INT32_MAX / 1000)
		return -EINVAL;
	ep->opts.linger = o->u.linger;
	return 0;
}

int
gs_get_linger(struct gs_endpoint *ep, struct gs_assoc *a, struct gsctp_opt *o)
{
	(void)a;
	o->u.linger = ep->opts.linger;
	return 0;
}

/* A closed socket's port is free at once, and an open one's never is: it
 * changes nothing, and reads back. */
int
gs_set_reuseaddr(struct gs_endpoint *ep, struct gs_assoc *a,
    const struct gsctp_opt *o)
{
	(void)a;
	ep->opts.reuseaddr = o->u.flag;
	return 0;
}

int
gs_get_reuseaddr(struct gs_endpoint *ep, struct gs_assoc *a,
    struct gsctp_opt *o)
{
	(void)a;
	o->u.flag = ep->opts.reuseaddr;
	return 0;
}

int
gs_set_priority(struct gs_endpoint *ep, struct gs_assoc *a,
    const struct gsctp_opt *o)
{
	(void)ep;
	(void)a;
	if (o->u.value > PRIORITY_MAX)
		return -EINVAL;
	return gs_stack_set_sockopt(SO_PRIORITY, (int)o->u.value);
}

int
gs_get_priority(struct gs_endpoint *ep, struct gs_assoc *a,
    struct gsctp_opt *o)
{
	int v, err;

	(void)ep;
	(void)a;
	err = gs_stack_get_sockopt(SO_PRIORITY, &v);
	if (err == 0)
		o->u.value = (uint32_t)v;
	return err;
}

int
gs_set_dontroute(struct gs_endpoint *ep, struct gs_assoc *a,
    const struct gsctp_opt *o)
{
	(void)ep;
	(void)a;
	return gs_stack_set_sockopt(SO_DONTROUTE, o->u.flag);
}

int
gs_get_dontroute(struct gs_endpoint *ep, struct gs_assoc *a,
    struct gsctp_opt *o)
{
	int v, err;

	(void)ep;
	(void)a;
	err = gs_stack_get_sockopt(SO_DONTROUTE, &v);
	if (err == 0)
		o->u.flag = v != 0;
	return err;
}

int
gs_set_ttl(struct gs_endpoint *ep, struct gs_assoc *a,
    const struct gsctp_opt *o)
{
	(void)ep;
	(void)a;
	if (o->u.value < 1 || o->u.value > UINT8_MAX)
		return -EINVAL;
	return gs_stack_set_ttl((int)o->u.value);
}

int
gs_get_ttl(struct gs_endpoint *ep, struct gs_assoc *a, struct gsctp_opt *o)
{
	int v, err;

	(void)ep;
	(void)a;
	err = gs_stack_get_ttl(&v);
	if (err == 0)
		o->u.value = (uint32_t)v;
	return err;
}

/* What comes from now on is looked at, or not any more. */
static int
watch_all(struct gs_endpoint *ep)
{
	struct gs_assoc *a;
	int err;

	TAILQ_FOREACH(a, &ep->assocs, in_ep) {
		err = gs_counter_watch(&a->counter, gs_endpoint_watches(ep));
		if (err != 0)
			return err;
	}
	return 0;
}

static int
set_watch(struct gs_endpoint *ep, bool *opt, bool on)
{
	bool was = *opt;
	int err;

	*opt = on;
	err = watch_all(ep);
	if (err != 0)
		*opt = was;
	return err;
}

int
gs_set_recvtos(struct gs_endpoint *ep, struct gs_assoc *a,
    const struct gsctp_opt *o)
{
	(void)a;
	return set_watch(ep, &ep->opts.recv_tos, o->u.flag);
}

int
gs_get_recvtos(struct gs_endpoint *ep, struct gs_assoc *a,
    struct gsctp_opt *o)
{
	(void)a;
	o->u.flag = ep->opts.recv_tos;
	return 0;
}

int
gs_set_recvttl(struct gs_endpoint *ep, struct gs_assoc *a,
    const struct gsctp_opt *o)
{
	(void)a;
	return set_watch(ep, &ep->opts.recv_ttl, o->u.flag);
}

int
gs_get_recvttl(struct gs_endpoint *ep, struct gs_assoc *a,
    struct gsctp_opt *o)
{
	(void)a;
	o->u.flag = ep->opts.recv_ttl;
	return 0;
}

/* The engine's, and kept for the associations to come. */
int
gs_set_auth(struct gs_endpoint *ep, struct gs_assoc *a,
    const struct gsctp_opt *o)
{
	int err;

	if (a != NULL)
		return gs_eopt_set(a->so, true, o);
	if (ep->so == NULL)
		return -ENOTCONN;
	err = gs_eopt_set(ep->so, false, o);
	return err == 0 ? gs_auth_remember(&ep->auth, o) : err;
}

int
gs_set_send_timeout(struct gs_endpoint *ep, struct gs_assoc *a,
    const struct gsctp_opt *o)
{
	(void)a;
	if (o->u.timeout_ms < -1)
		return -EINVAL;
	ep->opts.send_timeout_ms = o->u.timeout_ms;
	return 0;
}

int
gs_get_send_timeout(struct gs_endpoint *ep, struct gs_assoc *a,
    struct gsctp_opt *o)
{
	(void)a;
	o->u.timeout_ms = ep->opts.send_timeout_ms;
	return 0;
}

int
gs_set_active(struct gs_endpoint *ep, struct gs_assoc *a,
    const struct gsctp_opt *o)
{
	(void)a;
	return gs_delivery_set(ep, o->u.active);
}

int
gs_get_active(struct gs_endpoint *ep, struct gs_assoc *a, struct gsctp_opt *o)
{
	(void)a;
	o->u.active = gs_deliver_get(&ep->delivery.mode);
	return 0;
}

int
gs_get_mbox(struct gs_endpoint *ep, struct gs_assoc *a, struct gsctp_opt *o)
{
	(void)a;
	o->u.mbox.id = ep->delivery.mbox;
	return 0;
}

int
gs_set_exit_on_close(struct gs_endpoint *ep, struct gs_assoc *a,
    const struct gsctp_opt *o)
{
	(void)a;
	ep->opts.exit_on_close = o->u.flag;
	return 0;
}

int
gs_get_exit_on_close(struct gs_endpoint *ep, struct gs_assoc *a,
    struct gsctp_opt *o)
{
	(void)a;
	o->u.flag = ep->opts.exit_on_close;
	return 0;
}

int
gs_set_send_timeout_close(struct gs_endpoint *ep, struct gs_assoc *a,
    const struct gsctp_opt *o)
{
	(void)a;
	ep->opts.send_timeout_close = o->u.flag;
	return 0;
}

int
gs_get_send_timeout_close(struct gs_endpoint *ep, struct gs_assoc *a,
    struct gsctp_opt *o)
{
	(void)a;
	o->u.flag = ep->opts.send_timeout_close;
	return 0;
}

int
gs_get_v6only(struct gs_endpoint *ep, struct gs_assoc *a, struct gsctp_opt *o)
{
	(void)a;
	o->u.flag = ep->opts.v6only;
	return 0;
}

int
gs_get_type(struct gs_endpoint *ep, struct gs_assoc *a, struct gsctp_opt *o)
{
	(void)a;
	o->u.value = ep->stream.is_on ? GSCTP_STREAM : GSCTP_SEQPACKET;
	return 0;
}

int
gs_get_family(struct gs_endpoint *ep, struct gs_assoc *a, struct gsctp_opt *o)
{
	(void)a;
	o->u.value = ep->v6 ? GSCTP_INET6 : GSCTP_INET;
	return 0;
}

/* The first one; gsctp_socknames() has all. */
int
gs_get_ip(struct gs_endpoint *ep, struct gs_assoc *a, struct gsctp_opt *o)
{
	(void)a;
	memset(&o->u.addr, 0, sizeof(o->u.addr));
	memcpy(&o->u.addr, &ep->addrs[0], gs_addr_len(&ep->addrs[0]));
	return 0;
}
