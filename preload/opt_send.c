/*
 * opt_send: what messages are sent with, and when they are acknowledged.
 *
 * Locking: p->lock is held.
 */

#include <arpa/inet.h>
#include <errno.h>
#include <string.h>

#include "opt_impl.h"
#include "psock.h"

/* What Linux takes for defaults: unordered, another address, abort, end. */
#define DEFAULT_FLAGS 0x0207u
#define LX_UNORDERED 0x0001u

/* Of fragments: Linux's limits, without IP's header, and the engine's. */
#define MINSEGMENT 512u
#define CHUNK_MAX 65532u
#define COMMON_HEADER 12u
#define DATA_HEADER 16u
#define MAXSEG_MAX 65464u

#define SACKDELAY_MAX_MS 500u

/* -- values of each association -- */

struct value {
	int name;
	uint32_t id;	 /* GSCTP_OPT_... */
	size_t at;	 /* in struct ps_opts */
	bool may_be_int; /* as it was first: of the endpoint */
	bool may_be_all;
};

static const struct value values[] = {
	{ LX_SCTP_MAXSEG, GSCTP_OPT_MAXSEG, offsetof(struct ps_opts, maxseg),
	    true, false },
	{ LX_SCTP_CONTEXT, GSCTP_OPT_CONTEXT, offsetof(struct ps_opts, context),
	    false, true },
	{ LX_SCTP_MAX_BURST, GSCTP_OPT_MAX_BURST,
	    offsetof(struct ps_opts, max_burst), true, true },
};

static const struct value *
value_of(int name)
{
	const struct value *v = values;

	while (v->name != name)
		v++;
	return v;
}

static int
check_maxseg(const struct psock *p, uint32_t v)
{
	uint32_t min = MINSEGMENT - (p->family == AF_INET6 ? 40 : 20) -
	    COMMON_HEADER - DATA_HEADER;

	if (v != 0 && (v < min || v > CHUNK_MAX - DATA_HEADER))
		return -EINVAL;
	return 0;
}

static int
set_value(struct ps_call *c)
{
	const struct value *row = value_of(c->name);
	struct gsctp_opt o = { .id = row->id };
	struct lx_assoc_value v = { 0, 0 };
	struct ps_who who;
	int err = 0;

	if (row->may_be_int && c->len == sizeof(v.value))
		v.value = (uint32_t)ps_int(c);
	else if (c->len == sizeof(v))
		memcpy(&v, c->v, sizeof(v));
	else
		return -EINVAL;
	if (c->name == LX_SCTP_MAXSEG)
		err = check_maxseg(c->p, v.value);
	if (err == 0)
		err = ps_who(c->p, v.assoc_id, row->may_be_all, &who);
	if (err != 0)
		return err;
	o.u.assoc_value.assoc_value = v.value;
	if (c->name == LX_SCTP_MAXSEG)
		o.u.assoc_value.assoc_value = ps_clamp(v.value, 0, MAXSEG_MAX);
	err = ps_who_set(c->p, &who, &o, &o.u.assoc_value.assoc_id);
	if (err == 0 && who.future)
		memcpy((char *)ps_opts(c->p) + row->at, &v.value,
		    sizeof(v.value));
	return err;
}

static int
get_value(struct ps_call *c)
{
	const struct value *row = value_of(c->name);
	struct gsctp_opt o = { .id = row->id };
	bool is_int = row->may_be_int && c->len == sizeof(uint32_t);
	struct lx_assoc_value v = { 0, 0 };
	struct ps_who who;
	int err;

	if (!is_int && c->len < sizeof(v))
		return -EINVAL;
	if (!is_int)
		memcpy(&v, c->v, sizeof(v));
	err = ps_who(c->p, v.assoc_id, false, &who);
	if (err != 0)
		return err;
	memcpy(&v.value, (char *)ps_opts(c->p) + row->at, sizeof(v.value));
	if (who.one != 0) {
		o.u.assoc_value.assoc_id = who.one;
		err = ps_get(c->p, &o);
		v.value = o.u.assoc_value.assoc_value;
	}
	if (err != 0)
		return err;
	if (is_int)
		return ps_give_int(c, (int32_t)v.value);
	/* Linux forgets to say it of this one. */
	if (c->name == LX_SCTP_MAX_BURST)
		c->told = c->len;
	memcpy(c->v, &v, sizeof(v));
	c->len = sizeof(v);
	return 0;
}

/* -- DELAYED_SACK -- */

/* A delay alone, as it was first: 0 is none. */
static int
read_sack(struct ps_call *c, struct lx_sack_info *v)
{
	struct lx_assoc_value old;

	memset(v, 0, sizeof(*v));
	if (c->len == sizeof(*v)) {
		memcpy(v, c->v, sizeof(*v));
	} else if (c->len == sizeof(old)) {
		memcpy(&old, c->v, sizeof(old));
		v->assoc_id = old.assoc_id;
		v->delay = old.value;
		v->freq = old.value == 0 ? 1 : 0;
	} else {
		return -EINVAL;
	}
	return v->delay > SACKDELAY_MAX_MS ? -EINVAL : 0;
}

static void
keep_sack(struct ps_opts *kept, const struct lx_sack_info *v)
{
	uint32_t on = LX_SPP_SACKDELAY_ENABLE, off = LX_SPP_SACKDELAY_DISABLE;

	if (v->delay != 0)
		kept->sack.delay = kept->path.sackdelay = v->delay;
	if (v->freq > 1)
		kept->sack.freq = v->freq;
	kept->path.flags &= ~(on | off);
	kept->path.flags |= v->freq == 1 ? off : on;
}

static int
set_sack(struct ps_call *c)
{
	struct gsctp_opt o = { .id = GSCTP_OPT_DELAYED_SACK };
	struct lx_sack_info v;
	struct ps_who who;
	int err;

	err = read_sack(c, &v);
	if (err != 0 || (v.delay == 0 && v.freq == 0))
		return err;
	err = ps_who(c->p, v.assoc_id, true, &who);
	if (err != 0)
		return err;
	if (v.delay != 0)
		o.u.sack_info.delay = ps_field(v.delay);
	if (v.freq != 0)
		o.u.sack_info.freq = ps_field(ps_clamp(v.freq, 1, UINT16_MAX));
	else if (ps_opts(c->p)->path.flags & LX_SPP_SACKDELAY_DISABLE)
		o.u.sack_info.freq = ps_field(ps_opts(c->p)->sack.freq);
	err = ps_who_set(c->p, &who, &o, &o.u.sack_info.assoc_id);
	if (err == 0 && who.future)
		keep_sack(ps_opts(c->p), &v);
	return err;
}

static int
get_sack(struct ps_call *c)
{
	struct gsctp_opt o = { .id = GSCTP_OPT_DELAYED_SACK };
	const struct ps_opts *kept = ps_opts(c->p);
	struct lx_sack_info v;
	struct ps_who who;
	int32_t id;
	int err;

	if (c->len >= sizeof(v))
		c->len = sizeof(v);
	else if (c->len != sizeof(struct lx_assoc_value))
		return -EINVAL;
	memcpy(&id, c->v, sizeof(id));
	err = ps_who(c->p, id, false, &who);
	if (err != 0)
		return err;
	v = kept->sack;
	if (kept->path.flags & LX_SPP_SACKDELAY_DISABLE)
		v.freq = 1;
	if (who.one != 0) {
		o.u.sack_info.assoc_id = who.one;
		err = ps_get(c->p, &o);
		v.delay = o.u.sack_info.delay.v;
		v.freq = o.u.sack_info.freq.v;
	}
	v.assoc_id = id;
	if (v.freq == 1)
		v.delay = 0;
	memcpy(c->v, &v, c->len);
	return err;
}

/* -- the defaults of messages -- */

/* Flags and lifetime, from and to the library's. */
static void
life_from(struct lx_sndrcvinfo *v, const struct gsctp_send_param *o)
{
	v->flags = o->flags.v & GSCTP_UNORDERED ? LX_UNORDERED : 0;
	v->timetolive = o->timetolive.v;
	if (o->flags.v & GSCTP_PR_TTL)
		v->flags |= LX_PR_TTL;
	if (o->flags.v & GSCTP_PR_RTX)
		v->flags |= LX_PR_RTX;
}

/* A lifetime of 0 is none. */
static int
life_to(struct gsctp_send_param *o, uint16_t flags, uint32_t timetolive)
{
	uint32_t to = flags & LX_UNORDERED ? GSCTP_UNORDERED : 0;

	switch (flags & LX_PR_MASK) {
	case LX_PR_TTL:
		to |= timetolive != 0 ? GSCTP_PR_TTL : 0;
		break;
	case LX_PR_RTX:
		to |= GSCTP_PR_RTX;
		break;
	case LX_PR_PRIO:
		return -EOPNOTSUPP;
	default:
		break;
	}
	o->flags = ps_field(to);
	o->timetolive = ps_field(timetolive);
	return 0;
}

/* What messages are sent with that say nothing themselves: those of an
 * association, or of those to come (0). */
static int
default_send(struct psock *p, gsctp_assoc_id assoc, struct lx_sndrcvinfo *out)
{
	struct gsctp_opt o = GSCTP_DEFAULT_SEND_PARAM(.assoc_id = assoc);
	const struct gsctp_send_param *s = &o.u.send_param;
	int err;

	*out = ps_opts(p)->send;
	if (assoc == 0)
		return 0;
	err = ps_get(p, &o);
	if (err != 0)
		return err;
	memset(out, 0, sizeof(*out));
	out->stream = (uint16_t)s->stream.v;
	out->ppid = htonl(s->ppid.v);
	out->context = s->context.v;
	life_from(out, s);
	out->assoc_id = (int32_t)assoc;
	return 0;
}

/* Those that the one is about, for get and set alike. */
static int
read_default(struct ps_call *c, int32_t id, bool may_be_all, struct ps_who *who,
    struct lx_sndrcvinfo *now)
{
	int err;

	err = ps_who(c->p, id, may_be_all, who);
	if (err == 0)
		err = default_send(c->p, who->one, now);
	return err;
}

static int
write_default(struct ps_call *c, const struct ps_who *who,
    const struct lx_sndrcvinfo *v)
{
	struct gsctp_opt o = { .id = GSCTP_OPT_DEFAULT_SEND_PARAM };
	struct gsctp_send_param *s = &o.u.send_param;
	int err;

	err = life_to(s, v->flags, v->timetolive);
	if (err != 0)
		return err;
	s->stream = ps_field(v->stream);
	s->ppid = ps_field(ntohl(v->ppid));
	s->context = ps_field(v->context);
	err = ps_who_set(c->p, who, &o, &s->assoc_id);
	if (err == 0 && who->future)
		ps_opts(c->p)->send = *v;
	return err;
}

static int
set_send_param(struct ps_call *c)
{
	const struct lx_sndrcvinfo *in = c->v;
	struct lx_sndrcvinfo v;
	struct ps_who who;
	int err;

	if (in->flags & ~DEFAULT_FLAGS)
		return -EINVAL;
	err = read_default(c, in->assoc_id, true, &who, &v);
	if (err != 0)
		return err;
	v.stream = in->stream;
	v.flags = in->flags;
	v.ppid = in->ppid;
	v.context = in->context;
	v.timetolive = in->timetolive;
	v.assoc_id = 0;
	return write_default(c, &who, &v);
}

static int
get_send_param(struct ps_call *c)
{
	struct lx_sndrcvinfo *v = c->v;
	int32_t id = v->assoc_id;
	struct ps_who who;
	int err;

	err = read_default(c, id, false, &who, v);
	v->assoc_id = id;
	return err;
}

static int
set_sndinfo(struct ps_call *c)
{
	const struct lx_sndinfo *in = c->v;
	struct lx_sndrcvinfo v;
	struct ps_who who;
	int err;

	if (in->flags & ~DEFAULT_FLAGS)
		return -EINVAL;
	err = read_default(c, in->assoc_id, true, &who, &v);
	if (err != 0)
		return err;
	v.stream = in->sid;
	v.flags = in->flags;
	v.ppid = in->ppid;
	v.context = in->context;
	v.assoc_id = 0;
	return write_default(c, &who, &v);
}

static int
get_sndinfo(struct ps_call *c)
{
	struct lx_sndinfo *v = c->v;
	struct lx_sndrcvinfo now;
	struct ps_who who;
	int err;

	err = read_default(c, v->assoc_id, false, &who, &now);
	if (err != 0)
		return err;
	v->sid = now.stream;
	v->flags = now.flags;
	v->ppid = now.ppid;
	v->context = now.context;
	return 0;
}

static int
set_prinfo(struct ps_call *c)
{
	const struct lx_default_prinfo *in = c->v;
	struct lx_sndrcvinfo v;
	struct ps_who who;
	int err;

	if (in->policy & ~LX_PR_MASK)
		return -EINVAL;
	err = read_default(c, in->assoc_id, true, &who, &v);
	if (err != 0)
		return err;
	v.flags = (uint16_t)((v.flags & ~LX_PR_MASK) | in->policy);
	v.timetolive = in->policy == LX_PR_NONE ? 0 : in->value;
	v.assoc_id = 0;
	return write_default(c, &who, &v);
}

static int
get_prinfo(struct ps_call *c)
{
	struct lx_default_prinfo *v = c->v;
	struct lx_sndrcvinfo now;
	struct ps_who who;
	int err;

	err = read_default(c, v->assoc_id, false, &who, &now);
	if (err != 0)
		return err;
	v->policy = now.flags & LX_PR_MASK;
	v->value = now.timetolive;
	return 0;
}

/* -- messages given up -- */

static int
get_prstatus(struct ps_call *c)
{
	struct lx_prstatus *v = c->v;
	bool of_stream = c->name == LX_SCTP_PR_STREAM_STATUS;
	struct gsctp_opt o = { .id = of_stream ? GSCTP_OPT_PR_STREAM_STATUS :
						 GSCTP_OPT_PR_ASSOC_STATUS };
	uint16_t policy = v->policy;
	int err;

	if (policy == 0 || (policy & ~(LX_PR_MASK | LX_PR_ALL)) ||
	    ((policy & LX_PR_ALL) && (policy & LX_PR_MASK)))
		return -EINVAL;
	err = ps_who_one(c->p, v->assoc_id, &o.u.prstatus.assoc_id);
	if (err != 0)
		return err;
	o.u.prstatus.stream = v->sid;
	/* Of a stream there is one count, of all that was given up. */
	if (of_stream)
		o.u.prstatus.policy = 0;
	else if (policy == LX_PR_TTL)
		o.u.prstatus.policy = GSCTP_PR_TTL;
	else if (policy == LX_PR_RTX)
		o.u.prstatus.policy = GSCTP_PR_RTX;
	/* None is ever given up for another's sake. */
	if (policy != LX_PR_PRIO || of_stream)
		err = ps_get(c->p, &o);
	if (err != 0)
		return err;
	v->abandoned_unsent = o.u.prstatus.abandoned_unsent;
	v->abandoned_sent = o.u.prstatus.abandoned_sent;
	return 0;
}

#define SEND_LEN sizeof(struct lx_sndrcvinfo)
#define SND_LEN sizeof(struct lx_sndinfo)
#define PRINFO_LEN sizeof(struct lx_default_prinfo)
#define STATUS_LEN sizeof(struct lx_prstatus)

static const struct ps_opt_row rows[] = {
	{ LX_SCTP_MAXSEG, PS_KEYED, 0, 0, set_value, get_value },
	{ LX_SCTP_CONTEXT, PS_KEYED, 0, 0, set_value, get_value },
	{ LX_SCTP_MAX_BURST, PS_KEYED, 0, 0, set_value, get_value },
	{ LX_SCTP_DELAYED_SACK, PS_KEYED, 0, 0, set_sack, get_sack },
	{ LX_SCTP_DEFAULT_SEND_PARAM, PS_KEYED | PS_EXACT, SEND_LEN, SEND_LEN,
	    set_send_param, get_send_param },
	{ LX_SCTP_DEFAULT_SNDINFO, PS_KEYED | PS_EXACT, SND_LEN, SND_LEN,
	    set_sndinfo, get_sndinfo },
	{ LX_SCTP_DEFAULT_PRINFO, PS_KEYED | PS_EXACT, PRINFO_LEN, PRINFO_LEN,
	    set_prinfo, get_prinfo },
	{ LX_SCTP_PR_ASSOC_STATUS, PS_KEYED, 0, STATUS_LEN, NULL,
	    get_prstatus },
	{ LX_SCTP_PR_STREAM_STATUS, PS_KEYED, 0, STATUS_LEN, NULL,
	    get_prstatus },
};

const struct ps_opt_table ps_opt_send = PS_TABLE(rows);
