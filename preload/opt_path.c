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

/* What Linux takes. */
#define PROBE_MIN_MS 5000u

uint32_t
ps_path_ip_header(const struct sockaddr_storage *a)
{
	union gs_addr u;

	if (gs_addr_from(&u, (const struct sockaddr *)a, sizeof(*a)) != 0)
		return 20;
	return u.sa.sa_family == AF_INET6 && !gs_addr_is_mapped(&u) ? 40 : 20;
}

int
ps_path_whose(struct psock *p, int32_t id, const struct sockaddr_storage *a,
    struct ps_who *who, bool *is_path)
{
	*is_path = !ps_opt_is_any(a);
	if (!*is_path)
		return ps_who(p, id, false, who);
	memset(who, 0, sizeof(*who));
	return ps_who_path(p, id, a, &who->one);
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
	err =
	    ps_who_path(c->p, v->assoc_id, &o.u.prim.addr, &o.u.prim.assoc_id);
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
	out->mtu = in->mtu + ps_path_ip_header(&in->address);
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
	err = ps_path_whose(c->p, v->assoc_id, &v->address, &who, &is_path);
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

	err = ps_path_whose(c->p, v->assoc_id, &v->address, &who, &is_path);
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

	err = ps_path_whose(c->p, v->assoc_id, &v->address, &who, &is_path);
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

	err = ps_path_whose(c->p, v->assoc_id, &v->address, &who, &is_path);
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
	err = ps_path_whose(c->p, v->assoc_id, &v->address, &who, &is_path);
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

	err = ps_path_whose(c->p, v->assoc_id, &v->address, &who, &is_path);
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
	{ LX_SCTP_PRIMARY_ADDR, PS_KEYED | PS_EXACT, PRIM_LEN, PRIM_LEN,
	    set_primary, get_primary },
	{ LX_SCTP_SET_PEER_PRIMARY_ADDR, 0, 0, 0, set_peer_primary, NULL },
	{ LX_SCTP_GET_PEER_ADDR_INFO, PS_KEYED, 0, sizeof(struct lx_paddrinfo),
	    NULL, get_path_info },
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
