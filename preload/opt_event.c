/*
 * opt_event: which notifications and ancillary data come with what is read.
 *
 * The library is told of exactly the events that are subscribed to, so that
 * no other makes the socket readable.
 *
 * Locking: p->lock is held.
 */

#include <errno.h>
#include <string.h>

#include "opt_impl.h"
#include "psock.h"

#define TYPE_FIRST 0x8000u
#define DATA_IO 0
#define NTYPES LX_EVENTS_MAX

/* Types from data_io on, in the order of Linux. */
enum {
	ASSOC_CHANGE = 1,
	PEER_ADDR_CHANGE,
	SEND_FAILED,
	REMOTE_ERROR,
	SHUTDOWN_EVENT,
	PARTIAL_DELIVERY,
	ADAPTATION,
	AUTHENTICATION,
	SENDER_DRY,
	STREAM_RESET,
	ASSOC_RESET,
	STREAM_CHANGE,
	SEND_FAILED_EVENT,
};

static gsctp_field
is_on(uint32_t mask, unsigned int type)
{
	return ps_field(mask >> type & 1);
}

/* Data is always given with what there is to say of it. */
static int
put(struct psock *p, uint32_t mask)
{
	struct gsctp_opt o = { .id = GSCTP_OPT_EVENTS };
	struct gsctp_event_subscribe *e = &o.u.events;
	const struct ps_who who = { .future = true };
	int err;

	e->data_io = ps_field(1);
	e->association = is_on(mask, ASSOC_CHANGE);
	e->address = is_on(mask, PEER_ADDR_CHANGE);
	e->send_failure =
	    is_on(mask | mask >> (SEND_FAILED_EVENT - SEND_FAILED),
		SEND_FAILED);
	e->peer_error = is_on(mask, REMOTE_ERROR);
	e->shutdown = is_on(mask, SHUTDOWN_EVENT);
	e->partial_delivery = is_on(mask, PARTIAL_DELIVERY);
	e->adaptation_layer = is_on(mask, ADAPTATION);
	e->authentication = is_on(mask, AUTHENTICATION);
	e->sender_dry = is_on(mask, SENDER_DRY);
	e->stream_reset = is_on(mask, STREAM_RESET);
	e->assoc_reset = is_on(mask, ASSOC_RESET);
	e->stream_change = is_on(mask, STREAM_CHANGE);
	err = ps_who_set(p, &who, &o, NULL);
	if (err != 0)
		return err;
	p->wants.events = mask;
	p->wants.sndrcv = (mask >> DATA_IO & 1) != 0;
	return 0;
}

/* A shorter record leaves the rest as it is. */
static int
set_events(struct ps_call *c)
{
	const uint8_t *on = c->v;
	uint32_t mask = c->p->wants.events;
	size_t i;

	if (c->len > NTYPES)
		return -EINVAL;
	for (i = 0; i < c->len; i++) {
		mask &= ~(1u << i);
		if (on[i] != 0)
			mask |= 1u << i;
	}
	return put(c->p, mask);
}

static int
get_events(struct ps_call *c)
{
	uint8_t *on = c->v;
	size_t i;

	if (c->len == 0)
		return -EINVAL;
	if (c->len > NTYPES)
		c->len = NTYPES;
	for (i = 0; i < c->len; i++)
		on[i] = c->p->wants.events >> i & 1;
	return 0;
}

/* One of them.  A socket has them for all its associations. */
static int
set_event(struct ps_call *c)
{
	const struct lx_event *v = c->v;
	uint32_t mask = c->p->wants.events;
	struct ps_who who;
	int err;

	if (v->type < TYPE_FIRST || v->type >= TYPE_FIRST + NTYPES)
		return -EINVAL;
	err = ps_who(c->p, v->assoc_id, true, &who);
	if (err != 0)
		return err;
	mask &= ~(1u << (v->type - TYPE_FIRST));
	if (v->on != 0)
		mask |= 1u << (v->type - TYPE_FIRST);
	return put(c->p, mask);
}

static int
get_event(struct ps_call *c)
{
	struct lx_event *v = c->v;
	struct ps_who who;
	int err;

	if (v->type < TYPE_FIRST || v->type >= TYPE_FIRST + NTYPES)
		return -EINVAL;
	err = ps_who(c->p, v->assoc_id, false, &who);
	v->on = c->p->wants.events >> (v->type - TYPE_FIRST) & 1;
	return err;
}

static bool *
info(struct psock *p, int name)
{
	return name == LX_SCTP_RECVRCVINFO ? &p->wants.rcvinfo :
					     &p->wants.nxtinfo;
}

static int
set_info(struct ps_call *c)
{
	*info(c->p, c->name) = ps_int(c) != 0;
	return 0;
}

static int
get_info(struct ps_call *c)
{
	return ps_give_int(c, *info(c->p, c->name));
}

#define EVENT_LEN sizeof(struct lx_event)
#define INT sizeof(int32_t)

static const struct ps_opt_row rows[] = {
	{ LX_SCTP_EVENTS, 0, 0, 0, set_events, get_events },
	{ LX_SCTP_EVENT, PS_KEYED, EVENT_LEN, EVENT_LEN, set_event, get_event },
	{ LX_SCTP_RECVRCVINFO, 0, INT, INT, set_info, get_info },
	{ LX_SCTP_RECVNXTINFO, 0, INT, INT, set_info, get_info },
};

const struct ps_opt_table ps_opt_event = PS_TABLE(rows);
