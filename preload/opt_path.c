/*
 * opt_path: options of an association's paths.
 *
 * An MTU is of IP packets on Linux, and of what is in them in the library.
 *
 * Locking: p->lock is held.
 */

#include "opt_path.h"

#include <errno.h>
#include <netinet/in.h>
#include <string.h>

#include "addr.h"
#include "opt_impl.h"
#include "psock.h"

/* Of what the engine takes; Linux takes more. */
#define HB_MAX_MS 14400000u
#define MTU_MIN 524u
#define MTU_MAX 65504u

/* What Linux takes. */
#define SACKDELAY_MAX_MS 500u
#define PATHMTU_MIN 512u
#define PROBE_MIN_MS 5000u

#define PAIR_HB (LX_SPP_HB_ENABLE | LX_SPP_HB_DISABLE)
#define PAIR_PMTUD (LX_SPP_PMTUD_ENABLE | LX_SPP_PMTUD_DISABLE)
#define PAIR_SACK (LX_SPP_SACKDELAY_ENABLE | LX_SPP_SACKDELAY_DISABLE)

/* The flags that are the same in the library. */
#define SAME_FLAGS (PAIR_HB | LX_SPP_HB_DEMAND | PAIR_PMTUD | PAIR_SACK)

static uint32_t
ip_header(const struct sockaddr_storage *a)
{
	union gs_addr u;

	if (gs_addr_from(&u, (const struct sockaddr *)a, sizeof(*a)) != 0)
		return 20;
	return u.sa.sa_family == AF_INET6 && !gs_addr_is_mapped(&u) ? 40 : 20;
}

/*
 * Whose path a record is of: an address that is none is every path of who.
 * 0 or -EINVAL.
 */
static int
whose(struct psock *p, int32_t id, const struct sockaddr_storage *a,
    struct ps_who *who, bool *is_path)
{
	*is_path = !ps_opt_is_any(a);
	if (!*is_path)
		return ps_who(p, id, false, who);
	memset(who, 0, sizeof(*who));
	return ps_who_path(p, id, a, &who->one);
}

/* -- PEER_ADDR_PARAMS -- */

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
		o->pathmtu = ps_field(ps_clamp(v->pathmtu - ip_header(a),
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
			0 : ps_clamp(v->hbinterval, 0, HB_MAX_MS));
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
	err = whose(c->p, v.assoc_id, &a, &who, &is_path);
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
	v->pathmtu = o->pathmtu.v != 0 ? o->pathmtu.v + ip_header(&a) : 0;
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
	err = whose(c->p, v.assoc_id, &a, &who, &is_path);
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

/* -- the primary path -- */

static int
set_primary(struct ps_call *c)
{
	const struct lx_prim *v = c->v;
	struct gsctp_opt o = { .id = GSCTP_OPT_PRIMARY_ADDR };
	size_t bad;
	int err;

	o.u.prim.addr = v->addr;
	err = ps_who_path(c->p, v->assoc_id, &o.u.prim.addr,
	    &o.u.prim.assoc_id);
	return err != 0 ? err : gsctp_setopts(c->p->s, &o, 1, &bad);
}

static int
get_primary(struct ps_call *c)
{
	struct lx_prim *v = c->v;
	struct gsctp_opt o = { .id = GSCTP_OPT_PRIMARY_ADDR };
	struct sockaddr_storage peer;
	int err;

	err = ps_who_one(c->p, v->assoc_id, &o.u.prim.assoc_id);
	if (err != 0)
		return err;
	/* The primary one is the first, and mapped as the program wants. */
	err = gsctp_peernames(c->p->s, o.u.prim.assoc_id, &peer, 1);
	if (err < 1)
		return -ENOTCONN;
	v->addr = peer;
	return 0;
}

/* -EPERM: changes of addresses are not agreed on, as they are by default. */
static int
set_peer_primary(struct ps_call *c)
{
	const struct lx_prim *v = c->v;
	struct gsctp_opt o = { .id = GSCTP_OPT_SET_PEER_PRIMARY_ADDR };
	size_t bad;
	int err;

	if (!ps_opts(c->p)->asconf)
		return -EPERM;
	if (c->len != sizeof(*v))
		return -EINVAL;
	err = ps_who_one(c->p, v->assoc_id, &o.u.prim.assoc_id);
	if (err != 0)
		return err;
	o.u.prim.addr = v->addr;
	err = ps_opt_address(c->p, &o.u.prim.addr);
	if (err != 0)
		return err;
	err = gsctp_setopts(c->p->s, &o, 1, &bad);
	switch (err) {
	case -EOPNOTSUPP:
		return -EPERM;
	case -EINVAL:
		return -EADDRNOTAVAIL;
	default:
		return err;
	}
}

/* -- what is known of one -- */

void
ps_path_info(struct lx_paddrinfo *out, const struct gsctp_paddrinfo *in)
{
	static const int32_t states[] = {
		[GSCTP_PATH_INACTIVE] = LX_PATH_INACTIVE,
		[GSCTP_PATH_ACTIVE] = LX_PATH_ACTIVE,
		[GSCTP_PATH_UNCONFIRMED] = LX_PATH_UNCONFIRMED,
	};

	out->address = in->address;
	out->state = states[in->state];
	out->cwnd = in->cwnd;
	out->srtt = in->srtt;
	out->rto = in->rto;
	out->mtu = in->mtu + ip_header(&in->address);
}

static int
get_path_info(struct ps_call *c)
{
	struct lx_paddrinfo *v = c->v;
	struct gsctp_opt o = { .id = GSCTP_OPT_GET_PEER_ADDR_INFO };
	int err;

	o.u.paddrinfo.address = v->address;
	err = ps_who_path(c->p, v->assoc_id, &o.u.paddrinfo.address,
	    &o.u.paddrinfo.assoc_id);
	if (err == 0)
		err = ps_get(c->p, &o);
	if (err != 0)
		return -EINVAL;
	ps_path_info(v, &o.u.paddrinfo);
	v->assoc_id = (int32_t)o.u.paddrinfo.assoc_id;
	return 0;
}

/* -- thresholds (RFC 7829) -- */

/* Linux's 0 for "as soon as one is lost" is the engine's too. */
static int
set_thlds(struct ps_call *c)
{
	const struct lx_paddrthlds_v2 *v = c->v;
	struct lx_paddrthlds_v2 *kept = &ps_opts(c->p)->thlds;
	struct gsctp_opt o = { .id = GSCTP_OPT_PEER_ADDR_THLDS };
	struct ps_who who;
	bool is_path;
	int err;

	if (c->name == LX_SCTP_PEER_ADDR_THLDS_V2 &&
	    v->pathpfthld > v->pathcpthld)
		return -EINVAL;
	err = whose(c->p, v->assoc_id, &v->address, &who, &is_path);
	if (err != 0)
		return err;
	if (is_path)
		o.u.paddrthlds.address = v->address;
	if (v->pathmaxrxt != 0)
		o.u.paddrthlds.pathmaxrxt = ps_field(v->pathmaxrxt);
	o.u.paddrthlds.pathpfthld = ps_field(v->pathpfthld);
	err = ps_who_set(c->p, &who, &o, &o.u.paddrthlds.assoc_id);
	if (err != 0 || !who.future)
		return err;
	if (v->pathmaxrxt != 0) {
		kept->pathmaxrxt = v->pathmaxrxt;
		ps_opts(c->p)->path.pathmaxrxt = v->pathmaxrxt;
	}
	kept->pathpfthld = v->pathpfthld;
	if (c->name == LX_SCTP_PEER_ADDR_THLDS_V2)
		kept->pathcpthld = v->pathcpthld;
	return 0;
}

static int
get_thlds(struct ps_call *c)
{
	struct lx_paddrthlds_v2 *v = c->v;
	const struct lx_paddrthlds_v2 *kept = &ps_opts(c->p)->thlds;
	struct gsctp_opt o = { .id = GSCTP_OPT_PEER_ADDR_THLDS };
	struct ps_who who;
	bool is_path;
	int err;

	err = whose(c->p, v->assoc_id, &v->address, &who, &is_path);
	if (err != 0)
		return err;
	v->pathmaxrxt = ps_opts(c->p)->path.pathmaxrxt;
	v->pathpfthld = kept->pathpfthld;
	v->pathcpthld = kept->pathcpthld;
	if (who.one == 0)
		return 0;
	o.u.paddrthlds.assoc_id = who.one;
	if (is_path)
		o.u.paddrthlds.address = v->address;
	err = ps_get(c->p, &o);
	if (err != 0)
		return err;
	v->pathmaxrxt = (uint16_t)o.u.paddrthlds.pathmaxrxt.v;
	v->pathpfthld = (uint16_t)o.u.paddrthlds.pathpfthld.v;
	return 0;
}

/* -- the UDP port of a peer (RFC 6951) -- */

/* 0 is no UDP on Linux; the stack sends all in one way, which it stays. */
static int
set_encaps(struct ps_call *c)
{
	const struct lx_udpencaps *v = c->v;
	struct gsctp_opt o = { .id = GSCTP_OPT_REMOTE_UDP_ENCAPS_PORT };
	struct ps_who who;
	bool is_path;
	int err;

	err = whose(c->p, v->assoc_id, &v->address, &who, &is_path);
	if (err != 0)
		return err;
	if (is_path)
		o.u.udp_encaps.address = v->address;
	o.u.udp_encaps.port = ntohs(v->port);
	if (v->port != 0)
		err = ps_who_set(c->p, &who, &o, &o.u.udp_encaps.assoc_id);
	if (err == 0 && who.future)
		ps_opts(c->p)->encaps_port = v->port;
	return err;
}

static int
get_encaps(struct ps_call *c)
{
	struct lx_udpencaps *v = c->v;
	struct gsctp_opt o = { .id = GSCTP_OPT_REMOTE_UDP_ENCAPS_PORT };
	struct ps_who who;
	bool is_path;
	int err;

	err = whose(c->p, v->assoc_id, &v->address, &who, &is_path);
	if (err != 0)
		return err;
	v->port = ps_opts(c->p)->encaps_port;
	if (who.one == 0)
		return 0;
	o.u.udp_encaps.assoc_id = who.one;
	if (is_path)
		o.u.udp_encaps.address = v->address;
	err = ps_get(c->p, &o);
	if (err == 0)
		v->port = htons(o.u.udp_encaps.port);
	return err;
}

/* -- probes of the MTU (RFC 8899): the engine has its own way -- */

static int
set_probe(struct ps_call *c)
{
	const struct lx_probeinterval *v = c->v;
	struct ps_who who;
	bool is_path;
	int err;

	if (v->interval != 0 && v->interval < PROBE_MIN_MS)
		return -EINVAL;
	err = whose(c->p, v->assoc_id, &v->address, &who, &is_path);
	if (err == 0)
		ps_opts(c->p)->probe_interval = v->interval;
	return err;
}

static int
get_probe(struct ps_call *c)
{
	struct lx_probeinterval *v = c->v;
	struct ps_who who;
	bool is_path;
	int err;

	err = whose(c->p, v->assoc_id, &v->address, &who, &is_path);
	if (err == 0)
		v->interval = ps_opts(c->p)->probe_interval;
	return err;
}

#define THLDS_LEN sizeof(struct lx_paddrthlds)
#define THLDS2_LEN sizeof(struct lx_paddrthlds_v2)
#define PRIM_LEN sizeof(struct lx_prim)
#define ENCAPS_LEN sizeof(struct lx_udpencaps)
#define PROBE_LEN sizeof(struct lx_probeinterval)

static const struct ps_opt_row rows[] = {
	{ LX_SCTP_PEER_ADDR_PARAMS, PS_KEYED, 0, 0, set_params, get_params },
	{ LX_SCTP_PRIMARY_ADDR, PS_KEYED | PS_EXACT, PRIM_LEN, PRIM_LEN,
	    set_primary, get_primary },
	{ LX_SCTP_SET_PEER_PRIMARY_ADDR, 0, 0, 0, set_peer_primary, NULL },
	{ LX_SCTP_GET_PEER_ADDR_INFO, PS_KEYED, 0,
	    sizeof(struct lx_paddrinfo), NULL, get_path_info },
	{ LX_SCTP_PEER_ADDR_THLDS, PS_KEYED, THLDS_LEN, THLDS_LEN, set_thlds,
	    get_thlds },
	{ LX_SCTP_PEER_ADDR_THLDS_V2, PS_KEYED, THLDS2_LEN, THLDS2_LEN,
	    set_thlds, get_thlds },
	{ LX_SCTP_REMOTE_UDP_ENCAPS_PORT, PS_KEYED | PS_EXACT, ENCAPS_LEN,
	    ENCAPS_LEN, set_encaps, get_encaps },
	{ LX_SCTP_PLPMTUD_PROBE_INTERVAL, PS_KEYED | PS_EXACT, PROBE_LEN,
	    PROBE_LEN, set_probe, get_probe },
};

const struct ps_opt_table ps_opt_path = PS_TABLE(rows);
