/*
 * opt_stream: streams, and what is agreed on when an association is set up.
 *
 * Locking: p->lock is held.
 */

#include <errno.h>
#include <string.h>

#include "opt_impl.h"
#include "psock.h"

#define STREAMS_MAX 65535u
#define PF_EXPOSED_MAX 2u

#define RESET_BITS                                                   \
	((uint32_t)(LX_ENABLE_RESET_STREAM | LX_ENABLE_RESET_ASSOC | \
	    LX_ENABLE_CHANGE_ASSOC))

/* -- what is agreed on -- */

static bool *
agreed(struct psock *p, int name)
{
	struct ps_opts *o = ps_opts(p);

	switch (name) {
	case LX_SCTP_PR_SUPPORTED:
		return &o->pr;
	case LX_SCTP_RECONFIG_SUPPORTED:
		return &o->reconfig;
	case LX_SCTP_INTERLEAVING_SUPPORTED:
		return &o->interleaving;
	case LX_SCTP_ASCONF_SUPPORTED:
		return &o->asconf;
	case LX_SCTP_AUTH_SUPPORTED:
		return &o->auth;
	default:
		return &o->ecn;
	}
}

static uint32_t
agreed_id(int name)
{
	switch (name) {
	case LX_SCTP_PR_SUPPORTED:
		return GSCTP_OPT_PR_SUPPORTED;
	case LX_SCTP_RECONFIG_SUPPORTED:
		return GSCTP_OPT_RECONFIG_SUPPORTED;
	case LX_SCTP_INTERLEAVING_SUPPORTED:
		return GSCTP_OPT_INTERLEAVING_SUPPORTED;
	case LX_SCTP_ASCONF_SUPPORTED:
		return GSCTP_OPT_ASCONF_SUPPORTED;
	case LX_SCTP_AUTH_SUPPORTED:
		return GSCTP_OPT_AUTH_SUPPORTED;
	default:
		return GSCTP_OPT_ECN_SUPPORTED;
	}
}

/* Set one for associations to come.  One that there is has made up its
 * mind: on a one-to-one socket nothing is left to set. */
static int
put(struct psock *p, uint32_t id, uint32_t value)
{
	struct gsctp_opt o = { .id = id, .u = { .assoc_value = { 0, value } } };
	struct ps_who who;
	int err;

	err = ps_who(p, LX_FUTURE_ASSOC, false, &who);
	if (err != 0 || who.one != 0)
		return err;
	return ps_who_set(p, &who, &o, &o.u.assoc_value.assoc_id);
}

/* Pieces of several messages come mixed then. */
static int
put_interleaving(struct psock *p, bool on)
{
	struct gsctp_opt level = { .id = GSCTP_OPT_FRAGMENT_INTERLEAVE,
		.u = { .value = 2 } };
	const struct ps_who who = { .future = true };
	int err = 0;

	if (on)
		err = ps_who_set(p, &who, &level, NULL);
	if (err == 0)
		err = put(p, GSCTP_OPT_INTERLEAVING_SUPPORTED, on);
	return err;
}

/* The engine changes addresses only where it authenticates. */
static int
put_asconf(struct psock *p, bool asconf, bool auth)
{
	int err = 0;

	if (auth)
		err = put(p, GSCTP_OPT_AUTH_SUPPORTED, 1);
	if (err == 0)
		err = put(p, GSCTP_OPT_ASCONF_SUPPORTED, asconf && auth);
	if (err == 0 && !auth)
		err = put(p, GSCTP_OPT_AUTH_SUPPORTED, 0);
	return err;
}

static int
put_agreed(struct psock *p, int name, bool on)
{
	const struct ps_opts *o = ps_opts(p);

	switch (name) {
	case LX_SCTP_INTERLEAVING_SUPPORTED:
		return o->frag_interleave ? put_interleaving(p, on) : -EPERM;
	case LX_SCTP_ASCONF_SUPPORTED:
		return put_asconf(p, on, o->auth);
	case LX_SCTP_AUTH_SUPPORTED:
		return put_asconf(p, o->asconf, on);
	case LX_SCTP_ECN_SUPPORTED:
		return 0; /* the engine never does */
	default:
		return put(p, agreed_id(name), on);
	}
}

static int
set_agreed(struct ps_call *c)
{
	const struct lx_assoc_value *v = c->v;
	bool on = v->value != 0;
	struct ps_who who;
	int err;

	err = ps_who(c->p, v->assoc_id, false, &who);
	if (err == 0)
		err = put_agreed(c->p, c->name, on);
	if (err == 0)
		*agreed(c->p, c->name) = on;
	return err;
}

static int
get_agreed(struct ps_call *c)
{
	struct lx_assoc_value *v = c->v;
	struct gsctp_opt o = { .id = agreed_id(c->name) };
	struct ps_who who;
	int err;

	err = ps_who(c->p, v->assoc_id, false, &who);
	if (err != 0)
		return err;
	v->value = *agreed(c->p, c->name);
	if (who.one == 0)
		return 0;
	o.u.assoc_value.assoc_id = who.one;
	err = ps_get(c->p, &o);
	v->value = o.u.assoc_value.assoc_value;
	return err;
}

/* Whether a path that fails is told of: the library does not. */
static int
set_pf_exposed(struct ps_call *c)
{
	const struct lx_assoc_value *v = c->v;
	struct ps_who who;
	int err;

	err = ps_who(c->p, v->assoc_id, false, &who);
	if (err == 0 && v->value > PF_EXPOSED_MAX)
		err = -EINVAL;
	if (err == 0)
		ps_opts(c->p)->pf_exposed = v->value;
	return err;
}

static int
get_pf_exposed(struct ps_call *c)
{
	struct lx_assoc_value *v = c->v;
	struct ps_who who;
	int err;

	err = ps_who(c->p, v->assoc_id, false, &who);
	v->value = ps_opts(c->p)->pf_exposed;
	return err;
}

/* -- changes of streams (RFC 6525) -- */

/*
 * An association is never reset: the engine does that wrongly.  That it was
 * allowed is kept for all of a socket's.
 */
static int
set_enable(struct ps_call *c)
{
	const struct lx_assoc_value *v = c->v;
	struct gsctp_opt o = { .id = GSCTP_OPT_ENABLE_STREAM_RESET };
	struct ps_who who;
	int err;

	if (v->value & ~RESET_BITS)
		return -EINVAL;
	err = ps_who(c->p, v->assoc_id, true, &who);
	if (err != 0)
		return err;
	o.u.assoc_value.assoc_value =
	    v->value & ~(uint32_t)LX_ENABLE_RESET_ASSOC;
	err = ps_who_set(c->p, &who, &o, &o.u.assoc_value.assoc_id);
	if (err != 0)
		return err;
	if (who.future)
		ps_opts(c->p)->enable_reset = v->value;
	else
		ps_opts(c->p)->reset_allowed = v->value & LX_ENABLE_RESET_ASSOC;
	return 0;
}

static int
get_enable(struct ps_call *c)
{
	struct lx_assoc_value *v = c->v;
	struct gsctp_opt o = { .id = GSCTP_OPT_ENABLE_STREAM_RESET };
	struct ps_who who;
	int err;

	err = ps_who(c->p, v->assoc_id, false, &who);
	if (err != 0)
		return err;
	v->value = ps_opts(c->p)->enable_reset;
	if (who.one == 0)
		return 0;
	o.u.assoc_value.assoc_id = who.one;
	err = ps_get(c->p, &o);
	v->value = o.u.assoc_value.assoc_value | ps_opts(c->p)->reset_allowed;
	return err;
}

/* May this side ask for it, and does the peer know what it is? */
static int
may_ask(struct psock *p, gsctp_assoc_id id, uint32_t bit)
{
	struct gsctp_opt on = GSCTP_ENABLE_STREAM_RESET(.assoc_id = id);
	struct gsctp_opt has = GSCTP_RECONFIG_SUPPORTED(.assoc_id = id);
	int err;

	err = ps_get(p, &on);
	if (err == 0)
		err = ps_get(p, &has);
	if (err != 0)
		return err;
	return (on.u.assoc_value.assoc_value & bit) != 0 &&
		has.u.assoc_value.assoc_value != 0 ?
	    0 :
	    -ENOPROTOOPT;
}

/* The kernel's errors for what the library answers. */
static int
ask(struct psock *p, struct gsctp_opt *o)
{
	size_t bad;
	int err;

	err = gsctp_setopts(p->s, o, 1, &bad);
	switch (err) {
	case -EALREADY:
		return -EINPROGRESS;
	case -EBUSY:
		return -EAGAIN;
	case -EOPNOTSUPP:
		return -ENOPROTOOPT;
	default:
		return err;
	}
}

static int
get_streams(struct psock *p, gsctp_assoc_id id, uint32_t *in, uint32_t *out)
{
	struct gsctp_opt o = GSCTP_STATUS(id);
	int err;

	err = ps_get(p, &o);
	*in = o.u.status.instrms;
	*out = o.u.status.outstrms;
	return err;
}

static int
check_list(struct psock *p, gsctp_assoc_id id, const struct lx_reset_streams *v)
{
	uint32_t in, out;
	size_t i;
	int err;

	err = get_streams(p, id, &in, &out);
	for (i = 0; err == 0 && i < v->number_streams; i++)
		if (((v->flags & 1) && v->stream_list[i] >= in) ||
		    ((v->flags & 2) && v->stream_list[i] >= out))
			err = -EINVAL;
	return err;
}

static int
set_reset(struct ps_call *c)
{
	const struct lx_reset_streams *v = c->v;
	struct gsctp_opt o = { .id = GSCTP_OPT_RESET_STREAMS };
	struct gsctp_reset_streams *r = &o.u.reset_streams;
	int err;

	if (v->number_streams * sizeof(uint16_t) > c->len - sizeof(*v))
		return -EINVAL;
	err = ps_who_one(c->p, v->assoc_id, &r->assoc_id);
	if (err == 0)
		err = may_ask(c->p, r->assoc_id, LX_ENABLE_RESET_STREAM);
	if (err == 0 && (v->flags & 3) == 0)
		err = -EINVAL;
	if (err == 0)
		err = check_list(c->p, r->assoc_id, v);
	if (err != 0)
		return err;
	r->flags = v->flags & 3u;
	r->nstreams = v->number_streams;
	if (v->number_streams > 0)
		r->streams = v->stream_list;
	return ask(c->p, &o);
}

static int
set_add(struct ps_call *c)
{
	const struct lx_add_streams *v = c->v;
	struct gsctp_opt o = { .id = GSCTP_OPT_ADD_STREAMS };
	struct gsctp_add_streams *a = &o.u.add_streams;
	uint32_t in, out;
	int err;

	err = ps_who_one(c->p, v->assoc_id, &a->assoc_id);
	if (err == 0)
		err = may_ask(c->p, a->assoc_id, LX_ENABLE_CHANGE_ASSOC);
	if (err == 0)
		err = get_streams(c->p, a->assoc_id, &in, &out);
	if (err != 0)
		return err;
	if (in + v->instrms > STREAMS_MAX || out + v->outstrms > STREAMS_MAX)
		return -EINVAL;
	a->instrms = v->instrms;
	a->outstrms = v->outstrms;
	return ask(c->p, &o);
}

static int
set_reset_assoc(struct ps_call *c)
{
	gsctp_assoc_id one;
	int err;

	err = ps_who_one(c->p, ps_int(c), &one);
	return err != 0 ? err : -ENOPROTOOPT;
}

/* -- schedulers -- */

static const uint32_t schedulers[] = {
	[LX_SS_FCFS] = GSCTP_SS_DEFAULT,
	[LX_SS_PRIO] = GSCTP_SS_PRIO,
	[LX_SS_RR] = GSCTP_SS_RR,
};
#define NSCHEDULERS (sizeof(schedulers) / sizeof(schedulers[0]))

static int
set_scheduler(struct ps_call *c)
{
	const struct lx_assoc_value *v = c->v;
	struct gsctp_opt o = { .id = GSCTP_OPT_STREAM_SCHEDULER };
	struct ps_who who;
	int err;

	if (v->value >= NSCHEDULERS)
		return -EINVAL;
	err = ps_who(c->p, v->assoc_id, true, &who);
	if (err != 0)
		return err;
	o.u.assoc_value.assoc_value = schedulers[v->value];
	err = ps_who_set(c->p, &who, &o, &o.u.assoc_value.assoc_id);
	if (err == 0 && who.future)
		ps_opts(c->p)->scheduler = v->value;
	return err;
}

static int
get_scheduler(struct ps_call *c)
{
	struct lx_assoc_value *v = c->v;
	struct gsctp_opt o = { .id = GSCTP_OPT_STREAM_SCHEDULER };
	struct ps_who who;
	uint32_t i;
	int err;

	err = ps_who(c->p, v->assoc_id, false, &who);
	if (err != 0)
		return err;
	v->value = ps_opts(c->p)->scheduler;
	if (who.one == 0)
		return 0;
	o.u.assoc_value.assoc_id = who.one;
	err = ps_get(c->p, &o);
	for (i = 0; err == 0 && i < NSCHEDULERS; i++)
		if (schedulers[i] == o.u.assoc_value.assoc_value)
			v->value = i;
	return err;
}

/* A value is nothing to a scheduler that knows none: Linux takes it. */
static int
set_stream_value(struct ps_call *c)
{
	const struct lx_stream_value *v = c->v;
	struct gsctp_opt o = { .id = GSCTP_OPT_STREAM_SCHEDULER_VALUE };
	struct gsctp_opt now = { .id = GSCTP_OPT_STREAM_SCHEDULER };
	struct ps_who who;
	uint32_t in, out;
	int err;

	err = ps_who(c->p, v->assoc_id, true, &who);
	if (err != 0 || (who.future && !c->p->is_stream))
		return -EINVAL;
	o.u.stream_value.stream = v->stream;
	o.u.stream_value.value = v->value;
	if (who.one == 0)
		return c->p->is_stream ?
		    0 :
		    ps_who_set(c->p, &who, &o, &o.u.stream_value.assoc_id);
	now.u.assoc_value.assoc_id = who.one;
	err = get_streams(c->p, who.one, &in, &out);
	if (err == 0 && v->stream >= out)
		err = -EINVAL;
	if (err == 0)
		err = ps_get(c->p, &now);
	if (err != 0 || now.u.assoc_value.assoc_value != GSCTP_SS_PRIO)
		return err;
	return ps_who_set(c->p, &who, &o, &o.u.stream_value.assoc_id);
}

static int
get_stream_value(struct ps_call *c)
{
	struct lx_stream_value *v = c->v;
	struct gsctp_opt o = { .id = GSCTP_OPT_STREAM_SCHEDULER_VALUE };
	int err;

	err = ps_who_one(c->p, v->assoc_id, &o.u.stream_value.assoc_id);
	if (err != 0)
		return err;
	o.u.stream_value.stream = v->stream;
	err = ps_get(c->p, &o);
	v->value = o.u.stream_value.value;
	return err;
}

#define VALUE_LEN sizeof(struct lx_assoc_value)
#define STREAM_LEN sizeof(struct lx_stream_value)

static const struct ps_opt_row rows[] = {
	{ LX_SCTP_PR_SUPPORTED, PS_KEYED | PS_EXACT, VALUE_LEN, VALUE_LEN,
	    set_agreed, get_agreed },
	{ LX_SCTP_RECONFIG_SUPPORTED, PS_KEYED | PS_EXACT, VALUE_LEN, VALUE_LEN,
	    set_agreed, get_agreed },
	{ LX_SCTP_INTERLEAVING_SUPPORTED, PS_KEYED, VALUE_LEN, VALUE_LEN,
	    set_agreed, get_agreed },
	{ LX_SCTP_ASCONF_SUPPORTED, PS_KEYED | PS_EXACT, VALUE_LEN, VALUE_LEN,
	    set_agreed, get_agreed },
	{ LX_SCTP_AUTH_SUPPORTED, PS_KEYED | PS_EXACT, VALUE_LEN, VALUE_LEN,
	    set_agreed, get_agreed },
	{ LX_SCTP_ECN_SUPPORTED, PS_KEYED | PS_EXACT, VALUE_LEN, VALUE_LEN,
	    set_agreed, get_agreed },
	{ LX_SCTP_EXPOSE_PF_STATE, PS_KEYED | PS_EXACT, VALUE_LEN, VALUE_LEN,
	    set_pf_exposed, get_pf_exposed },
	{ LX_SCTP_ENABLE_STREAM_RESET, PS_KEYED | PS_EXACT, VALUE_LEN,
	    VALUE_LEN, set_enable, get_enable },
	{ LX_SCTP_RESET_STREAMS, 0, sizeof(struct lx_reset_streams), 0,
	    set_reset, NULL },
	{ LX_SCTP_RESET_ASSOC, PS_EXACT, sizeof(int32_t), 0, set_reset_assoc,
	    NULL },
	{ LX_SCTP_ADD_STREAMS, PS_EXACT, sizeof(struct lx_add_streams), 0,
	    set_add, NULL },
	{ LX_SCTP_STREAM_SCHEDULER, PS_KEYED, VALUE_LEN, VALUE_LEN,
	    set_scheduler, get_scheduler },
	{ LX_SCTP_STREAM_SCHEDULER_VALUE, PS_KEYED, STREAM_LEN, STREAM_LEN,
	    set_stream_value, get_stream_value },
};

const struct ps_opt_table ps_opt_stream = PS_TABLE(rows);
