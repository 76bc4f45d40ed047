/* opt: see opt.h. */

#include "opt.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "assoc_recv.h"
#include "engine.h"
#include "engine_opt.h"
#include "hub.h"
#include "mbox.h"
#include "opt_own.h"
#include "opt_send.h"
#include "stack.h"

/* What a row allows. */
#define S 0x01u		/* set */
#define G 0x02u		/* get */
#define O 0x04u		/* gsctp_open() alone, by gs_opt_open_config() */
#define ALL 0x08u	/* set: also on the associations that are up */
#define ID 0x10u	/* has an assoc_id; 0 is the endpoint */
#define NEED 0x20u	/* and it must not be 0 */

struct row {
	uint32_t id;
	unsigned int allows;
	gs_opt_set_fn *set;	/* NULL: the engine keeps it */
	gs_opt_get_fn *get;
	size_t assoc_at;	/* where in the option its assoc_id is */
};

#define AT(member) offsetof(struct gsctp_opt, u.member.assoc_id)
#define ROW(name, allows, set, get, at)                                      \
	{                                                                    \
		GSCTP_OPT_##name, allows, set, get, at                       \
	}
#define ENGINE(name, allows, at) ROW(name, allows, NULL, NULL, at)
#define OWN(name, allows, fn) ROW(name, allows, gs_set_##fn, gs_get_##fn, 0)

static const struct row rows[] = {
	ENGINE(RTOINFO, S | G | ID, AT(rtoinfo)),
	ENGINE(ASSOCINFO, S | G | ID, AT(assocparams)),
	ENGINE(INITMSG, S | G, 0),
	OWN(AUTOCLOSE, S | G, autoclose),
	ENGINE(NODELAY, S | G | ALL, 0),
	ENGINE(DISABLE_FRAGMENTS, S | G | ALL, 0),
	OWN(I_WANT_MAPPED_V4_ADDR, S | G, mapped_v4),
	ENGINE(MAXSEG, S | G | ID, AT(assoc_value)),
	ENGINE(PRIMARY_ADDR, S | G | ID | NEED, AT(prim)),
	ENGINE(SET_PEER_PRIMARY_ADDR, S | ID | NEED, AT(prim)),
	ENGINE(ADAPTATION_LAYER, S | G, 0),
	ENGINE(PEER_ADDR_PARAMS, S | G | ID, AT(paddrparams)),
	ROW(DEFAULT_SEND_PARAM, S | G | ID, gs_set_send_param,
	    gs_get_send_param, AT(send_param)),
	OWN(EVENTS, S | G, events),
	ENGINE(DELAYED_ACK_TIME, S | G | ID, AT(assoc_value)),
	ENGINE(STATUS, G | ID | NEED, AT(status)),
	ENGINE(GET_PEER_ADDR_INFO, G | ID | NEED, AT(paddrinfo)),

	ENGINE(RECBUF, S | G | ALL, 0),
	ENGINE(SNDBUF, S | G | ALL, 0),
	OWN(BUFFER, S | G, buffer),
	OWN(LINGER, S | G, linger),
	OWN(REUSEADDR, S | G, reuseaddr),
	ENGINE(TOS, S | G | ALL, 0),
	OWN(PRIORITY, S | G, priority),
	OWN(DONTROUTE, S | G, dontroute),
	ROW(IPV6_V6ONLY, G | O, NULL, gs_get_v6only, 0),
	OWN(SEND_TIMEOUT_MS, S | G, send_timeout),
	OWN(ACTIVE, S | G, active),
	OWN(EXIT_ON_CLOSE, S | G, exit_on_close),
	OWN(SEND_TIMEOUT_CLOSE, S | G, send_timeout_close),
	OWN(TTL, S | G, ttl),
	OWN(RECVTOS, S | G, recvtos),
	OWN(RECVTTL, S | G, recvttl),

	ROW(TYPE, G | O, NULL, gs_get_type, 0),
	ROW(FAMILY, G | O, NULL, gs_get_family, 0),
	ROW(IP, G | O, NULL, gs_get_ip, 0),
	ROW(MBOX, G | O, NULL, gs_get_mbox, 0),

	ENGINE(REMOTE_UDP_ENCAPS_PORT, S | G | ID, AT(udp_encaps)),
	ENGINE(ENABLE_STREAM_RESET, S | G | ID, AT(assoc_value)),
	ROW(RESET_STREAMS, S | ID | NEED, gs_set_streams, NULL,
	    AT(reset_streams)),
	ROW(ADD_STREAMS, S | ID | NEED, gs_set_streams, NULL, AT(add_streams)),
	ENGINE(AUTH_CHUNK, S, 0),
	ROW(AUTH_KEY, S | ID, gs_set_auth, NULL, AT(authkey)),
	ROW(AUTH_ACTIVE_KEY, S | G | ID, gs_set_auth, NULL, AT(assoc_value)),
	ENGINE(MAX_BURST, S | G | ID, AT(assoc_value)),
	ENGINE(CONTEXT, S | G | ID, AT(assoc_value)),
	ROW(DEFAULT_PRINFO, S | G | ID, gs_set_prinfo, gs_get_prinfo,
	    AT(prinfo)),
	ROW(PR_STREAM_STATUS, G | ID | NEED, NULL, gs_get_pr_stream,
	    AT(prstatus)),
	ENGINE(PR_ASSOC_STATUS, G | ID | NEED, AT(prstatus)),
	ENGINE(HMAC_IDENT, S | G, 0),
	ROW(AUTH_DEACTIVATE_KEY, S | ID, gs_set_auth, NULL, AT(assoc_value)),
	ROW(AUTH_DELETE_KEY, S | ID, gs_set_auth, NULL, AT(assoc_value)),
	ENGINE(LOCAL_AUTH_CHUNKS, G | ID, AT(auth_chunks)),
	ENGINE(PEER_AUTH_CHUNKS, G | ID | NEED, AT(auth_chunks)),
	ENGINE(FRAGMENT_INTERLEAVE, S | G, 0),
	ENGINE(INTERLEAVING_SUPPORTED, S | G | ID, AT(assoc_value)),
	ROW(STREAM_SCHEDULER, S | G | ID, gs_set_streams, NULL,
	    AT(assoc_value)),
	ENGINE(STREAM_SCHEDULER_VALUE, S | G | ID | NEED, AT(stream_value)),
	ROW(EXPLICIT_EOR, S | G, gs_set_explicit_eor, NULL, 0),
	ENGINE(ECN_SUPPORTED, S | G | ID, AT(assoc_value)),
	ENGINE(PR_SUPPORTED, S | G | ID, AT(assoc_value)),
	ENGINE(RECONFIG_SUPPORTED, S | G | ID, AT(assoc_value)),
	ENGINE(NRSACK_SUPPORTED, S | G | ID, AT(assoc_value)),
	ENGINE(PKTDROP_SUPPORTED, S | G | ID, AT(assoc_value)),
	ENGINE(PLUGGABLE_CC, S | G | ID, AT(assoc_value)),
	ENGINE(DELAYED_SACK, S | G | ID, AT(sack_info)),
	ENGINE(PEER_ADDR_THLDS, S | G | ID, AT(paddrthlds)),
	ENGINE(TIMEOUTS, G | ID | NEED, AT(timeouts)),
	ENGINE(RESET_ASSOC, S | ID | NEED, AT(assoc_value)),
	ROW(GET_ASSOC_STATS, G | ID | NEED, NULL, gs_get_assoc_stats,
	    AT(assoc_stats)),
	ENGINE(ASCONF_SUPPORTED, S | G | ID, AT(assoc_value)),
	ENGINE(AUTH_SUPPORTED, S | G | ID, AT(assoc_value)),
};

static const struct row *
find_row(const struct gsctp_opt *o)
{
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (rows[i].id == o->id)
			return &rows[i];
	return NULL;
}

/* That of a one-to-one endpoint, for what one has; NULL for the endpoint. */
static int
find_only(struct gs_endpoint *ep, const struct row *r, struct gs_assoc **out)
{
	struct gs_assoc *a = gs_endpoint_assoc(ep, 0);

	if ((r->allows & ID) && a != NULL && a->so != NULL)
		*out = a;
	else if (r->allows & NEED)
		return -ENOTCONN;
	return 0;
}

/* The association that the option names; NULL for the endpoint. */
static int
find_assoc(struct gs_endpoint *ep, const struct row *r,
    const struct gsctp_opt *o, struct gs_assoc **out)
{
	gsctp_assoc_id id = 0;

	*out = NULL;
	if (ep->stream.is_on)
		return find_only(ep, r, out);
	if (r->allows & ID)
		memcpy(&id, (const char *)o + r->assoc_at, sizeof(id));
	if (id == 0)
		return (r->allows & NEED) ? -EINVAL : 0;
	*out = gs_endpoint_assoc(ep, id);
	return *out != NULL && (*out)->so != NULL ? 0 : -EINVAL;
}

static int
set_assoc(struct gs_assoc *a, const struct gsctp_opt *o)
{
	int err = gs_eopt_set(a->so, true, o);

	if (err == 0 && o->id == GSCTP_OPT_SNDBUF)
		gs_assoc_more_room(a);
	return err;
}

/* What has no listener has its association alone. */
static int
set_child(struct gs_endpoint *ep, const struct gsctp_opt *o)
{
	struct gs_assoc *a = gs_endpoint_assoc(ep, 0);

	return a != NULL && a->so != NULL ? set_assoc(a, o) : -ENOTCONN;
}

static int
set_engine(struct gs_endpoint *ep, const struct row *r, struct gs_assoc *a,
    const struct gsctp_opt *o)
{
	int err;

	if (a != NULL) {
		gs_hub_mark(&a->owner);
		err = gs_eopt_set(a->so, true, o);
		if (err == 0 && o->id == GSCTP_OPT_PRIMARY_ADDR)
			gs_assoc_check_primary(a);
		return err;
	}
	if (ep->so == NULL)
		return set_child(ep, o);
	err = gs_eopt_set(ep->so, false, o);
	if (err == 0 && o->id == GSCTP_OPT_REMOTE_UDP_ENCAPS_PORT)
		ep->opts.has_encaps = true;
	if (err != 0 || (r->allows & ALL) == 0)
		return err;
	/* One that has just ended does not matter. */
	TAILQ_FOREACH(a, &ep->assocs, in_ep)
		if (a->so != NULL)
			(void)set_assoc(a, o);
	return 0;
}

static int
set_one(struct gs_endpoint *ep, const struct gsctp_opt *o, bool is_open)
{
	const struct row *r = find_row(o);
	struct gs_assoc *a;
	int err;

	if (r == NULL)
		return -ENOPROTOOPT;
	if (o->reserved != 0)
		return -EINVAL;
	if (r->allows & O)
		return is_open ? 0 : -ENOPROTOOPT;
	if ((r->allows & S) == 0)
		return -ENOPROTOOPT;
	err = find_assoc(ep, r, o, &a);
	if (err != 0)
		return err;
	if (r->set != NULL)
		return r->set(ep, a, o);
	return set_engine(ep, r, a, o);
}

int
gs_opt_set_all(struct gs_endpoint *ep, const struct gsctp_opt *opts, size_t n,
    bool is_open, size_t *bad)
{
	size_t i;
	int err;

	for (i = 0; i < n; i++) {
		err = set_one(ep, &opts[i], is_open);
		if (err != 0) {
			if (bad != NULL)
				*bad = i;
			return err;
		}
	}
	return 0;
}

static int
get_one(struct gs_endpoint *ep, struct gsctp_opt *o)
{
	const struct row *r = find_row(o);
	struct gs_assoc *a;
	int err;

	if (r == NULL || (r->allows & G) == 0)
		return -ENOPROTOOPT;
	if (o->reserved != 0)
		return -EINVAL;
	err = find_assoc(ep, r, o, &a);
	if (err != 0)
		return err;
	if (r->get != NULL)
		return r->get(ep, a, o);
	if (a == NULL && ep->so == NULL)
		a = gs_endpoint_assoc(ep, 0);
	if (a == NULL)
		return ep->so != NULL ? gs_eopt_get(ep->so, false, o) :
					-ENOTCONN;
	return a->so != NULL ? gs_eopt_get(a->so, true, o) : -ENOTCONN;
}

int
gsctp_setopts(gsctp_sock s, const struct gsctp_opt *opts, size_t n,
    size_t *bad)
{
	struct gs_endpoint *ep;
	int err;

	if (opts == NULL && n > 0)
		return -EINVAL;
	err = gs_api_endpoint(s, &ep);
	if (err != 0)
		return err;
	err = gs_opt_set_all(ep, opts, n, false, bad);
	gs_leave();
	return err;
}

int
gsctp_getopts(gsctp_sock s, struct gsctp_opt *opts, size_t n, size_t *bad)
{
	struct gs_endpoint *ep;
	size_t i;
	int err;

	if (opts == NULL && n > 0)
		return -EINVAL;
	err = gs_api_endpoint(s, &ep);
	if (err != 0)
		return err;
	for (i = 0; i < n && err == 0; i++) {
		err = get_one(ep, &opts[i]);
		if (err != 0 && bad != NULL)
			*bad = i;
	}
	gs_leave();
	return err;
}

/* One GSCTP_IP into the list; the wildcard adds nothing. */
static int
add_addr(const struct gsctp_opt *o, union gs_addr *addrs, size_t *n,
    bool *any, bool *v6)
{
	union gs_addr a;
	int err;

	err = gs_addr_from(&a, (const struct sockaddr *)&o->u.addr,
	    sizeof(o->u.addr));
	if (err != 0)
		return err;
	gs_addr_unmap(&a);
	if (a.sa.sa_family == AF_INET6)
		*v6 = true;
	if (gs_addr_is_any(&a))
		*any = true;
	else
		addrs[(*n)++] = a;
	return 0;
}

static int
read_one(const struct gsctp_opt *o, struct gs_endpoint_config *cfg)
{
	switch (o->id) {
	case GSCTP_OPT_TYPE:
		if (o->u.value > GSCTP_STREAM)
			return -EINVAL;
		cfg->is_stream = o->u.value == GSCTP_STREAM;
		return 0;
	case GSCTP_OPT_MBOX:
		cfg->mbox = o->u.mbox.id;
		return cfg->mbox == 0 || gs_mbox_exists(cfg->mbox) ? 0 :
								     -EINVAL;
	case GSCTP_OPT_FAMILY:
		if (o->u.value > GSCTP_INET6)
			return -EINVAL;
		cfg->v6 = o->u.value == GSCTP_INET6;
		return 0;
	case GSCTP_OPT_IPV6_V6ONLY:
		cfg->v6only = o->u.flag;
		return 0;
	default:
		return 0;
	}
}

int
gs_opt_open_config(const struct gsctp_opt *opts, size_t n,
    struct gs_endpoint_config *cfg)
{
	union gs_addr *addrs;
	bool any = false, v6 = false, has_family = false;
	size_t i, naddrs = 0;
	int err = 0;

	addrs = calloc(n + 1, sizeof(*addrs));
	if (addrs == NULL)
		return -ENOMEM;
	for (i = 0; err == 0 && i < n; i++) {
		if (opts[i].id == GSCTP_OPT_FAMILY)
			has_family = true;
		if (opts[i].id == GSCTP_OPT_IP)
			err = add_addr(&opts[i], addrs, &naddrs, &any, &v6);
		else
			err = read_one(&opts[i], cfg);
	}
	if (err == 0 && any && naddrs > 0)
		err = -EINVAL;
	/* An IPv6 address implies inet6, unless inet was asked for. */
	if (err == 0 && v6 && !cfg->v6) {
		if (has_family)
			err = -EAFNOSUPPORT;
		cfg->v6 = true;
	}
	for (i = 0; err == 0 && cfg->v6 && cfg->v6only && i < naddrs; i++)
		if (addrs[i].sa.sa_family == AF_INET)
			err = -EINVAL;
	cfg->addrs = addrs;
	cfg->naddrs = naddrs;
	if (err != 0)
		gs_opt_free_config(cfg);
	return err;
}

void
gs_opt_free_config(struct gs_endpoint_config *cfg)
{
	free(cfg->addrs);
	cfg->addrs = NULL;
	cfg->naddrs = 0;
}
