/*
 * engine_opt_path: options of an association's paths.  Layer 3; see
 * engine_opt.h.
 *
 * An MTU is what an SCTP packet may have, common header and all.  The engine
 * counts without that header.
 */

#include "engine_impl.h"
#include "engine_opt_impl.h"

#include <errno.h>
#include <string.h>

#include "addr.h"
#include "engine_mtu.h"
#include "engine_sock.h"

#include <usrsctp.h>

#define COMMON_HEADER_LEN 12u

/* What the engine takes for a fixed MTU, and what UDP can carry. */
#define MTU_MIN (512u + COMMON_HEADER_LEN)
#define MTU_MAX 65504u

/* Four hours.  With much more the engine's timer overflows. */
#define HB_INTERVAL_MAX_MS 14400000u

/* The rows of gsctp.h's flags, and the engine's. */
#define SPP_KNOWN                                                           \
	(GSCTP_SPP_HB_ENABLE | GSCTP_SPP_HB_DISABLE | GSCTP_SPP_HB_DEMAND | \
	    GSCTP_SPP_PMTUD_ENABLE | GSCTP_SPP_PMTUD_DISABLE |              \
	    GSCTP_SPP_SACKDELAY_ENABLE | GSCTP_SPP_SACKDELAY_DISABLE)

static uint32_t
mtu_from_engine(uint32_t mtu)
{
	return mtu == 0 ? 0 : gs_mtu_unmarked(mtu) + COMMON_HEADER_LEN;
}

/* An address of a path; is_assoc without one is every path. */
static int
take_address(const struct sockaddr_storage *in, bool is_assoc,
    struct sockaddr_storage *out, bool *is_path)
{
	int err;

	err = gs_eopt_address(in, out, is_path);
	if (err != 0)
		return err;
	if (*is_path)
		return is_assoc ? 0 : -EINVAL;
	if (is_assoc)
		gs_eopt_any_address(out);
	return 0;
}

/*
 * PEER_ADDR_PARAMS
 */

/*
 * As the engine has them, but for the MTU: to the engine all are fixed, and
 * where they are searched for, only a path has one.
 */
static int
get_params(struct socket *so, bool is_path, struct sctp_paddrparams *p)
{
	union gs_addr peer;
	int err;

	err = gs_eopt_engine_get(so, SCTP_PEER_ADDR_PARAMS, p, sizeof(*p));
	if (err != 0)
		return err;
	memcpy(&peer, &p->spp_address, sizeof(peer));
	if (!gs_mtu_is_searched(so, is_path ? &peer : NULL, p->spp_pathmtu))
		return 0;
	p->spp_flags &= ~(uint32_t)SPP_PMTUD_DISABLE;
	p->spp_flags |= SPP_PMTUD_ENABLE;
	if (!is_path)
		p->spp_pathmtu = 0;
	return 0;
}

/* A change of paddrparams, step by step: nothing is set before all of it
 * has been found good. */
struct change {
	bool is_assoc;
	bool is_path;
	uint32_t asked;		     /* GSCTP_SPP_... */
	struct sctp_paddrparams now; /* as the engine has it */
	struct sctp_paddrparams set;
	bool must_disable_hb;	/* after set */
	bool must_start_hb;	/* the same */
	uint32_t sack_delay_ms; /* 0: as it is */
	uint32_t sack_freq;	/* 0: as it is */
};

static int
plan_flags(struct change *c, gsctp_field flags)
{
	static const uint32_t pairs[] = {
		GSCTP_SPP_HB_ENABLE | GSCTP_SPP_HB_DISABLE,
		GSCTP_SPP_PMTUD_ENABLE | GSCTP_SPP_PMTUD_DISABLE,
		GSCTP_SPP_SACKDELAY_ENABLE | GSCTP_SPP_SACKDELAY_DISABLE,
	};
	size_t i;
	int err;

	err = gs_field_take(flags, 0, SPP_KNOWN, &c->asked);
	if (err != 0)
		return err;
	for (i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		if ((c->asked & pairs[i]) == pairs[i])
			return -EINVAL;
	}
	if ((c->asked & GSCTP_SPP_HB_DEMAND) != 0 && !c->is_path)
		return -EINVAL;
	return 0;
}

/*
 * An interval of 0 sends a heartbeat every RTO (RFC 6458 8.1.12).  On an
 * association the engine takes an interval only from one who enables
 * heartbeats, so where they are to stay off they are turned off once more.
 */
static int
plan_heartbeat(struct change *c, gsctp_field interval)
{
	uint32_t ms = 0;
	int err;

	err = gs_field_take(interval, 0, HB_INTERVAL_MAX_MS, &ms);
	if (err != 0)
		return err;
	if ((c->asked & GSCTP_SPP_HB_ENABLE) != 0)
		c->set.spp_flags |= SPP_HB_ENABLE;
	/* The engine starts a path's timer before it lets it run. */
	c->must_start_hb = c->is_path &&
	    (c->asked & GSCTP_SPP_HB_ENABLE) != 0 &&
	    (c->now.spp_flags & SPP_HB_DISABLE) != 0;
	if ((c->asked & GSCTP_SPP_HB_DISABLE) != 0)
		c->set.spp_flags |= SPP_HB_DISABLE;
	if ((c->asked & GSCTP_SPP_HB_DEMAND) != 0)
		c->set.spp_flags |= SPP_HB_DEMAND;
	if (interval.defined == 0)
		return 0;

	c->set.spp_hbinterval = ms;
	if (ms == 0)
		c->set.spp_flags |= SPP_HB_TIME_IS_ZERO;
	if (!c->is_assoc || (c->asked & GSCTP_SPP_HB_ENABLE) != 0)
		return 0;
	c->must_disable_hb = (c->asked & GSCTP_SPP_HB_DISABLE) != 0 ||
	    (c->now.spp_flags & SPP_HB_DISABLE) != 0;
	c->set.spp_flags &= ~(uint32_t)SPP_HB_DISABLE;
	c->set.spp_flags |= SPP_HB_ENABLE;
	return 0;
}

/* The MTU that an association has now, for one who wants no other. */
static int
current_mtu(struct socket *so, const struct change *c, uint32_t *mtu)
{
	struct sctp_status st;
	int err;

	*mtu = mtu_from_engine(c->now.spp_pathmtu);
	if (*mtu != 0 || !c->is_assoc)
		return 0;
	memset(&st, 0, sizeof(st));
	err = gs_eopt_engine_get(so, SCTP_STATUS, &st, sizeof(st));
	if (err == 0)
		*mtu = mtu_from_engine(st.sstat_primary.spinfo_mtu);
	return err;
}

/*
 * An MTU is fixed by one who disables its discovery, or has disabled it
 * before; without one given it stays as it is, and an endpoint has none.
 * With discovery, an MTU that goes along with PMTUD_ENABLE is what a get
 * said, and ignored; alone it would have no effect, and is refused.
 */
static int
plan_pmtud(struct socket *so, struct change *c, gsctp_field pathmtu)
{
	bool enable = (c->asked & GSCTP_SPP_PMTUD_ENABLE) != 0;
	bool disable = (c->asked & GSCTP_SPP_PMTUD_DISABLE) != 0;
	uint32_t mtu = 0;
	int err;

	err = gs_field_take(pathmtu, 0, MTU_MAX, &mtu);
	if (err != 0)
		return err;
	if (enable) {
		c->set.spp_flags |= SPP_PMTUD_DISABLE;
		c->set.spp_pathmtu = gs_mtu_mark();
		return 0;
	}
	if (pathmtu.defined == 0) {
		if (!disable)
			return 0;
		err = current_mtu(so, c, &mtu);
		if (err != 0)
			return err;
	} else if (!disable && (c->now.spp_flags & SPP_PMTUD_DISABLE) == 0) {
		return -EINVAL;
	}
	if (mtu < MTU_MIN)
		return -EINVAL;
	c->set.spp_flags |= SPP_PMTUD_DISABLE;
	c->set.spp_pathmtu = gs_mtu_unmarked(mtu - COMMON_HEADER_LEN);
	return 0;
}

/*
 * The engine has one delay for an association, not for a path, and cannot
 * be told not to wait: it acknowledges every packet instead.  A delay of 0
 * asks for that.
 */
static int
plan_sack(struct socket *so, struct change *c, gsctp_field sackdelay)
{
	bool enable = (c->asked & GSCTP_SPP_SACKDELAY_ENABLE) != 0;
	bool disable = (c->asked & GSCTP_SPP_SACKDELAY_DISABLE) != 0;
	uint32_t delay_ms, freq;
	int err;

	err = gs_field_take(sackdelay, 0, GS_SACK_DELAY_MAX_MS,
	    &c->sack_delay_ms);
	if (err != 0)
		return err;
	if (sackdelay.defined != 0 && sackdelay.v == 0) {
		if (enable)
			return -EINVAL;
		disable = true;
	}
	if (disable)
		c->sack_freq = 1;
	if (!enable)
		return 0;
	err = gs_eopt_get_sack(so, &delay_ms, &freq);
	if (err == 0 && freq == 1)
		c->sack_freq = GS_SACK_FREQ;
	return err;
}

static int
plan_change(struct socket *so, struct change *c,
    const struct gsctp_paddrparams *in)
{
	uint32_t rxt = 0;
	int err;

	err = take_address(&in->address, c->is_assoc, &c->now.spp_address,
	    &c->is_path);
	if (err != 0)
		return err;
	c->set.spp_address = c->now.spp_address;
	/* Also tells whether there is such a path. */
	err = get_params(so, c->is_path, &c->now);
	if (err == 0)
		err = plan_flags(c, in->flags);
	if (err == 0)
		err = plan_heartbeat(c, in->hbinterval);
	if (err == 0)
		err = plan_pmtud(so, c, in->pathmtu);
	if (err == 0)
		err = plan_sack(so, c, in->sackdelay);
	if (err == 0)
		err = gs_field_take(in->pathmaxrxt, 1, UINT16_MAX, &rxt);
	c->set.spp_pathmaxrxt = (uint16_t)rxt;
	return err;
}

/* An endpoint's is seen in the engine. */
static void
tell_mtu(struct socket *so, const struct change *c)
{
	union gs_addr peer;

	if (!c->is_assoc)
		return;
	memcpy(&peer, &c->set.spp_address, sizeof(peer));
	gs_mtu_chosen(so, c->is_path ? &peer : NULL,
	    c->set.spp_pathmtu != gs_mtu_mark());
}

int
gs_eopt_set_paddrparams(struct socket *so, bool is_assoc,
    const struct gsctp_opt *opt)
{
	struct change c;
	int err;

	memset(&c, 0, sizeof(c));
	c.is_assoc = is_assoc;
	err = plan_change(so, &c, &opt->u.paddrparams);
	if (err != 0)
		return err;
	err = gs_eopt_engine_set(so, SCTP_PEER_ADDR_PARAMS, &c.set,
	    sizeof(c.set));
	if (err == 0 && (c.set.spp_flags & SPP_PMTUD_DISABLE) != 0)
		tell_mtu(so, &c);
	if (err == 0 && (c.must_disable_hb || c.must_start_hb)) {
		struct sctp_paddrparams again;

		memset(&again, 0, sizeof(again));
		again.spp_address = c.set.spp_address;
		again.spp_flags =
		    c.must_start_hb ? SPP_HB_ENABLE : SPP_HB_DISABLE;
		err = gs_eopt_engine_set(so, SCTP_PEER_ADDR_PARAMS, &again,
		    sizeof(again));
	}
	if (err == 0 && (c.sack_delay_ms != 0 || c.sack_freq != 0))
		err = gs_eopt_set_sack(so, c.sack_delay_ms, c.sack_freq);
	return err;
}

int
gs_eopt_get_paddrparams(struct socket *so, bool is_assoc, struct gsctp_opt *opt)
{
	struct gsctp_paddrparams *out = &opt->u.paddrparams;
	struct sctp_paddrparams p;
	uint32_t flags, delay_ms, freq;
	bool is_path;
	int err;

	memset(&p, 0, sizeof(p));
	err = take_address(&out->address, is_assoc, &p.spp_address, &is_path);
	if (err == 0)
		err = get_params(so, is_path, &p);
	if (err == 0)
		err = gs_eopt_get_sack(so, &delay_ms, &freq);
	if (err != 0)
		return err;

	flags = (p.spp_flags & SPP_HB_DISABLE) != 0 ? GSCTP_SPP_HB_DISABLE :
						      GSCTP_SPP_HB_ENABLE;
	flags |= (p.spp_flags & SPP_PMTUD_DISABLE) != 0 ?
	    GSCTP_SPP_PMTUD_DISABLE :
	    GSCTP_SPP_PMTUD_ENABLE;
	flags |= freq == 1 ? GSCTP_SPP_SACKDELAY_DISABLE :
			     GSCTP_SPP_SACKDELAY_ENABLE;
	out->flags = gs_field_of(flags);
	out->hbinterval = gs_field_of(p.spp_hbinterval);
	out->pathmaxrxt = gs_field_of(p.spp_pathmaxrxt);
	out->pathmtu = gs_field_of(mtu_from_engine(p.spp_pathmtu));
	out->sackdelay = gs_field_of(delay_ms);
	return 0;
}

/*
 * TOS: the DSCP of every path.
 */

int
gs_eopt_set_tos(struct socket *so, bool is_assoc, const struct gsctp_opt *opt)
{
	struct sctp_paddrparams p;

	/* The two low bits are ECN's (RFC 3168). */
	if (opt->u.value > UINT8_MAX || (opt->u.value & 3) != 0)
		return -EINVAL;
	memset(&p, 0, sizeof(p));
	if (is_assoc)
		gs_eopt_any_address(&p.spp_address);
	p.spp_flags = SPP_DSCP;
	p.spp_dscp = (uint8_t)opt->u.value;
	return gs_eopt_engine_set(so, SCTP_PEER_ADDR_PARAMS, &p, sizeof(p));
}

int
gs_eopt_get_tos(struct socket *so, bool is_assoc, struct gsctp_opt *opt)
{
	struct sctp_paddrparams p;
	int err;

	memset(&p, 0, sizeof(p));
	if (is_assoc)
		gs_eopt_any_address(&p.spp_address);
	err = gs_eopt_engine_get(so, SCTP_PEER_ADDR_PARAMS, &p, sizeof(p));
	if (err == 0)
		opt->u.value = (p.spp_flags & SPP_DSCP) != 0 ? p.spp_dscp : 0;
	return err;
}

/*
 * The primary path, and what is known of any
 */

int
gs_eopt_set_primary(struct socket *so, bool is_assoc,
    const struct gsctp_opt *opt)
{
	struct sctp_setprim p;
	bool is_set;
	int err;

	memset(&p, 0, sizeof(p));
	err = gs_eopt_address(&opt->u.prim.addr, &p.ssp_addr, &is_set);
	if (err != 0)
		return err;
	if (!is_assoc || !is_set)
		return -EINVAL;
	return gs_eopt_engine_set(so, SCTP_PRIMARY_ADDR, &p, sizeof(p));
}

int
gs_eopt_get_primary(struct socket *so, bool is_assoc, struct gsctp_opt *opt)
{
	struct sctp_setprim p;
	int err;

	if (!is_assoc)
		return -EINVAL;
	memset(&p, 0, sizeof(p));
	err = gs_eopt_engine_get(so, SCTP_PRIMARY_ADDR, &p, sizeof(p));
	if (err == 0)
		opt->u.prim.addr = p.ssp_addr;
	return err;
}

static bool
has_asconf(struct socket *so)
{
	struct sctp_assoc_value v;

	memset(&v, 0, sizeof(v));
	return gs_eopt_engine_get(so, SCTP_ASCONF_SUPPORTED, &v,
	    sizeof(v)) == 0 && v.assoc_value != 0;
}

/* May the association send from this address? */
static bool
is_local(struct socket *so, const struct sockaddr_storage *ss)
{
	union gs_addr addrs[64], a;
	int i, n;

	if (gs_addr_from(&a, (const struct sockaddr *)ss, sizeof(*ss)) != 0)
		return false;
	n = gs_esock_addrs(so, false, addrs, 64);
	for (i = 0; i < n && i < 64; i++)
		if (gs_addr_same_ip(&addrs[i], &a))
			return true;
	return false;
}

int
gs_eopt_set_peer_primary(struct socket *so, bool is_assoc,
    const struct gsctp_opt *opt)
{
	struct sctp_setpeerprim p;
	bool is_set;
	int err;

	memset(&p, 0, sizeof(p));
	err = gs_eopt_address(&opt->u.prim.addr, &p.sspp_addr, &is_set);
	if (err != 0)
		return err;
	if (!is_assoc || !is_set || !is_local(so, &p.sspp_addr))
		return -EINVAL;
	if (!has_asconf(so))
		return -EOPNOTSUPP;
	err = gs_eopt_engine_set(so, SCTP_SET_PEER_PRIMARY_ADDR, &p,
	    sizeof(p));
	/* What is left of that: the same wish waits to be sent. */
	return err == -EINVAL ? 0 : err;
}

static void
paddrinfo_from_engine(const struct sctp_paddrinfo *in,
    struct gsctp_paddrinfo *out)
{
	switch (in->spinfo_state) {
	case SCTP_ACTIVE:
		out->state = GSCTP_PATH_ACTIVE;
		break;
	case SCTP_UNCONFIRMED:
		out->state = GSCTP_PATH_UNCONFIRMED;
		break;
	default:
		out->state = GSCTP_PATH_INACTIVE;
		break;
	}
	out->cwnd = in->spinfo_cwnd;
	out->srtt = in->spinfo_srtt;
	out->rto = in->spinfo_rto;
	out->mtu = mtu_from_engine(in->spinfo_mtu);
}

int
gs_eopt_get_paddrinfo(struct socket *so, bool is_assoc, struct gsctp_opt *opt)
{
	struct sctp_paddrinfo p;
	bool is_set;
	int err;

	memset(&p, 0, sizeof(p));
	err = gs_eopt_address(&opt->u.paddrinfo.address, &p.spinfo_address,
	    &is_set);
	if (err != 0)
		return err;
	if (!is_assoc || !is_set)
		return -EINVAL;
	err = gs_eopt_engine_get(so, SCTP_GET_PEER_ADDR_INFO, &p, sizeof(p));
	if (err == 0)
		paddrinfo_from_engine(&p, &opt->u.paddrinfo);
	return err;
}

int
gs_eopt_get_status(struct socket *so, bool is_assoc, struct gsctp_opt *opt)
{
	struct gsctp_status *out = &opt->u.status;
	struct sctp_status st;
	int err;

	if (!is_assoc)
		return -EINVAL;
	memset(&st, 0, sizeof(st));
	err = gs_eopt_engine_get(so, SCTP_STATUS, &st, sizeof(st));
	if (err != 0)
		return err;
	out->state = gs_state_from_engine(st.sstat_state);
	out->rwnd = st.sstat_rwnd;
	out->unackdata = st.sstat_unackdata;
	out->penddata = st.sstat_penddata;
	out->instrms = st.sstat_instrms;
	out->outstrms = st.sstat_outstrms;
	out->fragmentation_point = st.sstat_fragmentation_point;
	out->primary.assoc_id = out->assoc_id;
	out->primary.address = st.sstat_primary.spinfo_address;
	paddrinfo_from_engine(&st.sstat_primary, &out->primary);
	return 0;
}

/*
 * REMOTE_UDP_ENCAPS_PORT
 */

static int
set_encaps_of(struct socket *so, const struct sockaddr_storage *address,
    uint16_t port)
{
	struct sctp_udpencaps e;

	memset(&e, 0, sizeof(e));
	e.sue_address = *address;
	e.sue_port = htons(port);
	return gs_eopt_engine_set(so, SCTP_REMOTE_UDP_ENCAPS_PORT, &e,
	    sizeof(e));
}

/* For the engine "every path" is those that are added from now on. */
static int
set_encaps_of_paths(struct socket *so, uint16_t port)
{
	struct sockaddr_storage address;
	struct sockaddr *list = NULL;
	const char *p;
	size_t len;
	int err, i, n;

	n = usrsctp_getpaddrs(so, 0, &list);
	if (n < 0)
		return -EINVAL;
	gs_eopt_any_address(&address);
	err = set_encaps_of(so, &address, port);
	p = (const char *)list;
	for (i = 0; i < n && err == 0; i++) {
		memset(&address, 0, sizeof(address));
		memcpy(&address, p, sizeof(struct sockaddr_in));
		len = address.ss_family == AF_INET6 ?
		    sizeof(struct sockaddr_in6) :
		    sizeof(struct sockaddr_in);
		memcpy(&address, p, len);
		err = set_encaps_of(so, &address, port);
		p += len;
	}
	if (list != NULL)
		usrsctp_freepaddrs(list);
	return err;
}

int
gs_eopt_set_encaps(struct socket *so, bool is_assoc,
    const struct gsctp_opt *opt)
{
	const struct gsctp_udp_encaps *in = &opt->u.udp_encaps;
	struct sockaddr_storage address;
	bool is_path;
	int err;

	/* To the engine 0 is SCTP over IP; the stack sends all in one way. */
	if (gs_engine_is_raw() && in->port != 0)
		return -EOPNOTSUPP;
	if (!gs_engine_is_raw() && in->port == 0)
		return -EINVAL;
	err = take_address(&in->address, is_assoc, &address, &is_path);
	if (err != 0)
		return err;
	if (is_assoc && !is_path)
		return set_encaps_of_paths(so, in->port);
	return set_encaps_of(so, &address, in->port);
}

/* Of an association without an address: the primary path's. */
int
gs_eopt_get_encaps(struct socket *so, bool is_assoc, struct gsctp_opt *opt)
{
	struct gsctp_udp_encaps *io = &opt->u.udp_encaps;
	struct sctp_udpencaps e;
	struct sctp_setprim prim;
	bool is_path;
	int err;

	memset(&e, 0, sizeof(e));
	err = take_address(&io->address, is_assoc, &e.sue_address, &is_path);
	if (err == 0 && is_assoc && !is_path) {
		memset(&prim, 0, sizeof(prim));
		err = gs_eopt_engine_get(so, SCTP_PRIMARY_ADDR, &prim,
		    sizeof(prim));
		e.sue_address = prim.ssp_addr;
	}
	if (err == 0)
		err = gs_eopt_engine_get(so, SCTP_REMOTE_UDP_ENCAPS_PORT, &e,
		    sizeof(e));
	if (err == 0)
		io->port = ntohs(e.sue_port);
	return err;
}
