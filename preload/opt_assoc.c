/*
 * opt_assoc: how associations are set up and timed, and what they are.
 *
 * Locking: p->lock is held.
 */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "opt_impl.h"
#include "opt_path.h"
#include "posix.h"
#include "psock.h"

/* Of what the engine takes; Linux takes more. */
#define RTO_MIN_MS 10u
#define RTO_MAX_MS 86400000u
#define COOKIE_MIN_MS 1000u
#define COOKIE_MAX_MS 3600000u
#define ATTEMPTS_MIN 1u

/* What there is for who: 0 and the record with an id, for the association;
 * 1: what is kept. */
static int
get_one(struct ps_call *c, int32_t id, struct gsctp_opt *o, gsctp_assoc_id *at)
{
	struct ps_who who;
	int err;

	err = ps_who(c->p, id, false, &who);
	if (err != 0)
		return err;
	if (who.one == 0)
		return 1;
	*at = who.one;
	return ps_get(c->p, o);
}

/* -- RTOINFO -- */

static int
get_rto(struct ps_call *c)
{
	struct gsctp_opt o = { .id = GSCTP_OPT_RTOINFO };
	struct lx_rtoinfo *v = c->v;
	int32_t id = v->assoc_id;
	int r;

	r = get_one(c, id, &o, &o.u.rtoinfo.assoc_id);
	if (r < 0)
		return r;
	if (r > 0) {
		*v = ps_opts(c->p)->rto;
	} else {
		v->initial = o.u.rtoinfo.initial.v;
		v->max = o.u.rtoinfo.max.v;
		v->min = o.u.rtoinfo.min.v;
	}
	v->assoc_id = id;
	return 0;
}

/* The engine wants the first one between the two limits. */
static int
set_rto(struct ps_call *c)
{
	const struct lx_rtoinfo *in = c->v;
	struct lx_rtoinfo now = { .assoc_id = in->assoc_id };
	struct ps_call get = { .p = c->p, .v = &now, .len = sizeof(now) };
	struct gsctp_opt o = { .id = GSCTP_OPT_RTOINFO };
	struct ps_who who;
	uint32_t min, max;
	int err;

	err = get_rto(&get);
	if (err == 0)
		err = ps_who(c->p, in->assoc_id, false, &who);
	if (err != 0)
		return err;
	if (in->initial != 0)
		now.initial = in->initial;
	if (in->max != 0)
		now.max = in->max;
	if (in->min != 0)
		now.min = in->min;
	if (now.min > now.max)
		return -EINVAL;
	min = ps_clamp(now.min, RTO_MIN_MS, RTO_MAX_MS);
	max = ps_clamp(now.max, RTO_MIN_MS, RTO_MAX_MS);
	o.u.rtoinfo.min = ps_field(min);
	o.u.rtoinfo.max = ps_field(max);
	o.u.rtoinfo.initial = ps_field(ps_clamp(now.initial, min, max));
	err = ps_who_set(c->p, &who, &o, &o.u.rtoinfo.assoc_id);
	now.assoc_id = 0;
	if (err == 0 && who.future)
		ps_opts(c->p)->rto = now;
	return err;
}

/* -- ASSOCINFO -- */

static int
get_associnfo(struct ps_call *c)
{
	struct gsctp_opt o = { .id = GSCTP_OPT_ASSOCINFO };
	const struct gsctp_assocparams *a = &o.u.assocparams;
	struct lx_assocparams *v = c->v;
	int32_t id = v->assoc_id;
	int r;

	r = get_one(c, id, &o, &o.u.assocparams.assoc_id);
	if (r < 0)
		return r;
	if (r > 0) {
		*v = ps_opts(c->p)->assoc;
	} else {
		v->asocmaxrxt = (uint16_t)a->asocmaxrxt.v;
		v->number_peer_destinations =
		    (uint16_t)a->number_peer_destinations.v;
		v->peer_rwnd = a->peer_rwnd.v;
		v->local_rwnd = a->local_rwnd.v;
		v->cookie_life = a->cookie_life.v;
	}
	v->assoc_id = id;
	return 0;
}

static int
set_associnfo(struct ps_call *c)
{
	const struct lx_assocparams *in = c->v;
	struct lx_assocparams *kept = &ps_opts(c->p)->assoc;
	struct gsctp_opt o = { .id = GSCTP_OPT_ASSOCINFO };
	struct gsctp_assocparams *a = &o.u.assocparams;
	struct ps_who who;
	int err;

	err = ps_who(c->p, in->assoc_id, false, &who);
	if (err != 0)
		return err;
	if (in->asocmaxrxt != 0)
		a->asocmaxrxt = ps_field(in->asocmaxrxt);
	if (in->cookie_life != 0)
		a->cookie_life = ps_field(
		    ps_clamp(in->cookie_life, COOKIE_MIN_MS, COOKIE_MAX_MS));
	err = ps_who_set(c->p, &who, &o, &a->assoc_id);
	if (err != 0 || !who.future)
		return err;
	if (in->asocmaxrxt != 0)
		kept->asocmaxrxt = in->asocmaxrxt;
	if (in->cookie_life != 0)
		kept->cookie_life = in->cookie_life;
	return 0;
}

/* -- INITMSG -- */

static int
get_init(struct ps_call *c)
{
	memcpy(c->v, &ps_opts(c->p)->init, sizeof(struct lx_initmsg));
	return 0;
}

static int
set_init(struct ps_call *c)
{
	const struct lx_initmsg *in = c->v;
	struct lx_initmsg v = ps_opts(c->p)->init;
	struct gsctp_opt o = { .id = GSCTP_OPT_INITMSG };
	const struct ps_who who = { .future = true };
	int err;

	if (in->num_ostreams != 0)
		v.num_ostreams = in->num_ostreams;
	if (in->max_instreams != 0)
		v.max_instreams = in->max_instreams;
	if (in->max_attempts != 0)
		v.max_attempts = in->max_attempts;
	if (in->max_init_timeo != 0)
		v.max_init_timeo = in->max_init_timeo;
	o.u.initmsg.num_ostreams = ps_field(v.num_ostreams);
	o.u.initmsg.max_instreams = ps_field(v.max_instreams);
	o.u.initmsg.max_attempts = ps_field(v.max_attempts);
	o.u.initmsg.max_init_timeo =
	    ps_field(ps_clamp(v.max_init_timeo, RTO_MIN_MS, UINT16_MAX));
	err = ps_who_set(c->p, &who, &o, NULL);
	if (err == 0)
		ps_opts(c->p)->init = v;
	return err;
}

/* -- what there is -- */

/* The primary path's address is the first, and mapped as is wanted. */
static int
get_status(struct ps_call *c)
{
	struct lx_status *v = c->v;
	struct gsctp_opt o = { .id = GSCTP_OPT_STATUS };
	const struct gsctp_status *s = &o.u.status;
	struct sockaddr_storage primary;
	gsctp_assoc_id one;
	int err;

	err = ps_who_one(c->p, v->assoc_id, &one);
	if (err != 0)
		return err;
	o.u.status.assoc_id = one;
	err = ps_get(c->p, &o);
	if (err != 0)
		return -EINVAL;
	v->assoc_id = (int32_t)one;
	/* Linux has one more, of no association at all, before these. */
	v->state = (int32_t)s->state + LX_STATE_CLOSED;
	v->rwnd = s->rwnd;
	v->unackdata = s->unackdata;
	v->penddata = s->penddata;
	v->instrms = s->instrms;
	v->outstrms = s->outstrms;
	v->fragmentation_point = s->fragmentation_point;
	ps_path_info(&v->primary, &s->primary);
	if (gsctp_peernames(c->p->s, one, &primary, 1) > 0)
		v->primary.address = primary;
	v->primary.assoc_id = (int32_t)one;
	return 0;
}

static int
get_number(struct ps_call *c)
{
	int n = c->p->is_open ? gs_posix_assocs(c->p->s, NULL, 0) : 0;

	return n < 0 ? n : ps_give_int(c, n);
}

static int
get_ids(struct ps_call *c)
{
	struct lx_assoc_ids *v = c->v;
	size_t max =
	    c->len < sizeof(*v) ? 0 : (c->len - sizeof(*v)) / sizeof(v->ids[0]);
	gsctp_assoc_id *ids;
	int i, n = 0;

	if (c->len < sizeof(*v))
		return -EINVAL;
	ids = calloc(max + 1, sizeof(*ids));
	if (ids == NULL)
		return -ENOMEM;
	if (c->p->is_open)
		n = gs_posix_assocs(c->p->s, ids, max);
	if (n > (int)max)
		n = -EINVAL;
	for (i = 0; i < n; i++)
		v->ids[i] = (int32_t)ids[i];
	free(ids);
	if (n < 0)
		return n;
	v->number = (uint32_t)n;
	c->len = sizeof(*v) + (size_t)n * sizeof(v->ids[0]);
	return 0;
}

/*
 * What the engine counts: it does not tell ordered chunks from unordered
 * ones, nor what came out of order, nor the longest timeout there was.
 */
static int
get_stats(struct ps_call *c)
{
	struct lx_assoc_stats v;
	struct gsctp_opt o = { .id = GSCTP_OPT_GET_ASSOC_STATS };
	const struct gsctp_assoc_stats *s = &o.u.assoc_stats;
	int err;

	if (c->len < sizeof(v.assoc_id))
		return -EINVAL;
	if (c->len > sizeof(v))
		c->len = sizeof(v);
	memset(&v, 0, sizeof(v));
	memcpy(&v, c->v, c->len);
	err = ps_who_one(c->p, v.assoc_id, &o.u.assoc_stats.assoc_id);
	if (err == 0)
		err = ps_get(c->p, &o);
	if (err != 0)
		return -EINVAL;
	memset(&v, 0, sizeof(v));
	v.assoc_id = (int32_t)s->assoc_id;
	v.isacks = s->in_sacks;
	v.osacks = s->out_sacks;
	v.opackets = s->out_packets;
	v.ipackets = s->in_packets;
	v.rtxchunks = s->rtx_data_chunks;
	v.idupchunks = s->in_duplicates;
	v.oodchunks = s->out_data_chunks;
	v.iodchunks = s->in_data_chunks;
	v.octrlchunks = s->out_control_chunks + s->out_sacks;
	v.ictrlchunks = s->in_control_chunks + s->in_sacks;
	memcpy(c->v, &v, c->len);
	return 0;
}

static const struct ps_opt_row rows[] = {
	{ LX_SCTP_RTOINFO, PS_KEYED | PS_EXACT, sizeof(struct lx_rtoinfo),
	    sizeof(struct lx_rtoinfo), set_rto, get_rto },
	{ LX_SCTP_ASSOCINFO, PS_KEYED | PS_EXACT, sizeof(struct lx_assocparams),
	    sizeof(struct lx_assocparams), set_associnfo, get_associnfo },
	{ LX_SCTP_INITMSG, PS_EXACT, sizeof(struct lx_initmsg),
	    sizeof(struct lx_initmsg), set_init, get_init },
	{ LX_SCTP_STATUS, PS_KEYED, 0, sizeof(struct lx_status), NULL,
	    get_status },
	{ LX_SCTP_GET_ASSOC_NUMBER, PS_MANY, 0, sizeof(uint32_t), NULL,
	    get_number },
	{ LX_SCTP_GET_ASSOC_ID_LIST, PS_MANY, 0, 0, NULL, get_ids },
	{ LX_SCTP_GET_ASSOC_STATS, PS_KEYED, 0, 0, NULL, get_stats },
};

const struct ps_opt_table ps_opt_assoc = PS_TABLE(rows);
