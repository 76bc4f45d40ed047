/*
 * opt_params: PEER_ADDR_PARAMS: heartbeats, MTU and limits of paths.
 *
 * An MTU is of IP packets on Linux, and of what is in them in the library.
 *
 * Locking: p->lock is held.
 */

#include <errno.h>
#include <string.h>

#include "opt_impl.h"
#include "opt_path.h"
#include "psock.h"

/* Of what the engine takes; Linux takes more. */
#define HB_MAX_MS 14400000u
#define MTU_MIN 524u
#define MTU_MAX 65504u

/* What Linux takes. */
#define SACKDELAY_MAX_MS 500u
#define PATHMTU_MIN 512u

#define PAIR_HB (LX_SPP_HB_ENABLE | LX_SPP_HB_DISABLE)
#define PAIR_PMTUD (LX_SPP_PMTUD_ENABLE | LX_SPP_PMTUD_DISABLE)
#define PAIR_SACK (LX_SPP_SACKDELAY_ENABLE | LX_SPP_SACKDELAY_DISABLE)

/* The flags that are the same in the library. */
#define SAME_FLAGS (PAIR_HB | LX_SPP_HB_DEMAND | PAIR_PMTUD | PAIR_SACK)

static bool
is_both(uint32_t flags, uint32_t pair)
{
	return (flags & pair) == pair;
}

static int
check_params(const struct lx_paddrparams *v, size_t len)
{
	if (len == LX_PADDRPARAMS_OLD) {
		if (v->flags & (LX_SPP_DSCP | LX_SPP_IPV6_FLOWLABEL))
			return -EINVAL;
	} else if (len != sizeof(*v)) {
		return -EINVAL;
	}
	if (is_both(v->flags, PAIR_HB) || is_both(v->flags, PAIR_PMTUD) ||
	    is_both(v->flags, PAIR_SACK) || v->sackdelay > SACKDELAY_MAX_MS ||
	    (v->pathmtu != 0 && v->pathmtu < PATHMTU_MIN))
		return -EINVAL;
	return 0;
}

/* An endpoint has no packets to know an MTU from: it stays for those to
 * come as it is, unless it is fixed and named. */
static void
fill_mtu(struct gsctp_paddrparams *o, const struct lx_paddrparams *v,
    const struct ps_who *who, const struct sockaddr_storage *a)
{
	bool fix = (v->flags & LX_SPP_PMTUD_DISABLE) != 0;

	if (fix && v->pathmtu != 0)
		o->pathmtu =
		    ps_field(ps_clamp(v->pathmtu - ps_path_ip_header(a),
			MTU_MIN, MTU_MAX));
	else if (fix && who->future)
		o->flags.v &= ~(uint32_t)PAIR_PMTUD;
}

static void
fill_params(struct gsctp_paddrparams *o, const struct lx_paddrparams *v,
    const struct ps_who *who, const struct sockaddr_storage *a)
{
	o->flags = ps_field(v->flags & SAME_FLAGS);
	if ((v->flags & LX_SPP_HB_ENABLE) &&
	    (v->hbinterval != 0 || (v->flags & LX_SPP_HB_TIME_IS_ZERO)))
		o->hbinterval = ps_field(v->flags & LX_SPP_HB_TIME_IS_ZERO ?
			0 :
			ps_clamp(v->hbinterval, 0, HB_MAX_MS));
	if (v->pathmaxrxt != 0)
		o->pathmaxrxt = ps_field(v->pathmaxrxt);
	if ((v->flags & LX_SPP_SACKDELAY_ENABLE) && v->sackdelay != 0)
		o->sackdelay = ps_field(v->sackdelay);
	fill_mtu(o, v, who, a);
}

/* Take the new one of a pair of flags. */
static uint32_t
pair_of(uint32_t flags, uint32_t asked, uint32_t pair)
{
	return asked & pair ? (flags & ~pair) | (asked & pair) : flags;
}

static void
keep_params(struct ps_opts *o, const struct lx_paddrparams *v)
{
	struct lx_paddrparams *kept = &o->path;

	kept->flags = pair_of(kept->flags, v->flags, PAIR_HB);
	kept->flags = pair_of(kept->flags, v->flags, PAIR_PMTUD);
	kept->flags = pair_of(kept->flags, v->flags, PAIR_SACK);
	if ((v->flags & LX_SPP_HB_ENABLE) && v->hbinterval != 0)
		kept->hbinterval = v->hbinterval;
	if ((v->flags & LX_SPP_HB_ENABLE) &&
	    (v->flags & LX_SPP_HB_TIME_IS_ZERO))
		kept->hbinterval = 0;
	if (v->pathmaxrxt != 0)
		kept->pathmaxrxt = v->pathmaxrxt;
	if ((v->flags & LX_SPP_PMTUD_DISABLE) && v->pathmtu != 0)
		kept->pathmtu = v->pathmtu;
	/* It is that of DELAYED_SACK. */
	if ((v->flags & LX_SPP_SACKDELAY_ENABLE) && v->sackdelay != 0)
		kept->sackdelay = o->sack.delay = v->sackdelay;
	if (v->flags & LX_SPP_DSCP) {
		kept->dscp = v->dscp & 0xfc;
		kept->flags |= LX_SPP_DSCP;
	}
	if (v->flags & LX_SPP_IPV6_FLOWLABEL) {
		kept->ipv6_flowlabel = v->ipv6_flowlabel;
		kept->flags |= LX_SPP_IPV6_FLOWLABEL;
	}
}

/* One class for all of a socket's associations. */
static int
set_dscp(struct psock *p, uint8_t dscp)
{
	struct gsctp_opt o = GSCTP_TOS(dscp & 0xfcu);
	const struct ps_who who = { .future = true };

	return ps_who_set(p, &who, &o, NULL);
}

static int
set_params(struct ps_call *c)
{
	struct gsctp_opt o = { .id = GSCTP_OPT_PEER_ADDR_PARAMS };
	struct sockaddr_storage a;
	struct lx_paddrparams v;
	struct ps_who who;
	bool is_path;
	int err;

	memset(&v, 0, sizeof(v));
	memcpy(&v, c->v, c->len < sizeof(v) ? c->len : sizeof(v));
	err = check_params(&v, c->len);
	if (err != 0)
		return err;
	a = v.address;
	err = ps_path_whose(c->p, v.assoc_id, &a, &who, &is_path);
	if (err != 0)
		return err;
	if (!is_path && (v.flags & LX_SPP_HB_DEMAND))
		return -EINVAL;
	if (is_path)
		o.u.paddrparams.address = a;
	fill_params(&o.u.paddrparams, &v, &who, &a);
	err = ps_who_set(c->p, &who, &o, &o.u.paddrparams.assoc_id);
	if (err == 0 && (v.flags & LX_SPP_DSCP))
		err = set_dscp(c->p, v.dscp);
	if (err == 0 && who.future)
		keep_params(ps_opts(c->p), &v);
	return err;
}

static void
params_from(struct lx_paddrparams *v, const struct gsctp_paddrparams *o,
    const struct lx_paddrparams *kept)
{
	const struct sockaddr_storage a = v->address;

	v->hbinterval = o->hbinterval.v;
	v->pathmaxrxt = (uint16_t)o->pathmaxrxt.v;
	v->pathmtu =
	    o->pathmtu.v != 0 ? o->pathmtu.v + ps_path_ip_header(&a) : 0;
	v->sackdelay = o->sackdelay.v;
	v->flags = (o->flags.v & SAME_FLAGS) |
	    (kept->flags & (LX_SPP_DSCP | LX_SPP_IPV6_FLOWLABEL));
	v->ipv6_flowlabel = kept->ipv6_flowlabel;
	v->dscp = kept->dscp;
}

static int
get_params(struct ps_call *c)
{
	struct gsctp_opt o = { .id = GSCTP_OPT_PEER_ADDR_PARAMS };
	const struct lx_paddrparams *kept = &ps_opts(c->p)->path;
	struct lx_paddrparams v;
	struct sockaddr_storage a;
	struct ps_who who;
	bool is_path;
	int err;

	if (c->len >= sizeof(v))
		c->len = sizeof(v);
	else if (c->len >= LX_PADDRPARAMS_OLD)
		c->len = LX_PADDRPARAMS_OLD;
	else
		return -EINVAL;
	memset(&v, 0, sizeof(v));
	memcpy(&v, c->v, c->len);
	a = v.address;
	err = ps_path_whose(c->p, v.assoc_id, &a, &who, &is_path);
	if (err != 0)
		return err;
	if (who.one == 0) {
		int32_t id = v.assoc_id;

		v = *kept;
		v.assoc_id = id;
		v.address = a;
	} else {
		o.u.paddrparams.assoc_id = who.one;
		if (is_path)
			o.u.paddrparams.address = a;
		err = ps_get(c->p, &o);
		if (err != 0)
			return err;
		params_from(&v, &o.u.paddrparams, kept);
	}
	memcpy(c->v, &v, c->len);
	return 0;
}

static const struct ps_opt_row rows[] = {
	{ LX_SCTP_PEER_ADDR_PARAMS, PS_KEYED, 0, 0, set_params, get_params },
};

const struct ps_opt_table ps_opt_params = PS_TABLE(rows);
