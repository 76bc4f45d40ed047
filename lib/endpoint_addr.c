/* endpoint_addr: see endpoint_addr.h. */

#include "endpoint_addr.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "assoc.h"
#include "endpoint.h"
#include "engine.h"
#include "engine_opt.h"
#include "filter_addrs.h"
#include "hub.h"
#include "log.h"

static void
take_out(union gs_addr *list, size_t *n, const union gs_addr *a)
{
	size_t i, left = 0;

	for (i = 0; i < *n; i++)
		if (!gs_addr_same_ip(&list[i], a))
			list[left++] = list[i];
	*n = left;
}

/*
 * An association
 */

/* What its engine socket is bound to, where that may differ from the
 * endpoint's. */
struct gs_locals {
	bool must_rebind;		/* to what the endpoint has */
	bool has_probed;		/* a path, for that */
	size_t n;
	union gs_addr addrs[];
};

void
gs_assoc_bound(struct gs_assoc *a)
{
	free(a->locals);
	a->locals = NULL;
}

/* Before the endpoint changes: what the association is bound to. */
static int
remember_bound(struct gs_assoc *a, size_t room)
{
	const struct gs_endpoint *ep = a->ep;
	size_t n = a->locals != NULL ? a->locals->n : ep->naddrs;
	struct gs_locals *b;

	b = realloc(a->locals,
	    sizeof(*b) + (n + ep->naddrs + room) * sizeof(b->addrs[0]));
	if (b == NULL)
		return -ENOMEM;
	if (a->locals == NULL) {
		memset(b, 0, sizeof(*b));
		memcpy(b->addrs, ep->addrs, n * sizeof(b->addrs[0]));
		b->n = n;
	}
	a->locals = b;
	return 0;
}

static bool
knows_asconf(const struct gs_assoc *a)
{
	struct gsctp_opt o = GSCTP_ASCONF_SUPPORTED(.assoc_value = 0);

	return gs_eopt_get(a->so, true, &o) == 0 &&
	    o.u.assoc_value.assoc_value != 0;
}

static void
add_missing(struct gs_assoc *a)
{
	const struct gs_endpoint *ep = a->ep;
	struct gs_locals *b = a->locals;
	size_t i;

	for (i = 0; i < ep->naddrs; i++) {
		if (gs_addr_is_in(&ep->addrs[i], b->addrs, b->n) ||
		    gs_esock_bindx(a->so, &ep->addrs[i], true) != 0)
			continue;
		b->addrs[b->n++] = ep->addrs[i];
	}
}

/* A path that has never been used is not known to work: ask. */
static void
probe(struct gs_assoc *a, const struct sockaddr_storage *peer)
{
	struct gsctp_opt hb = GSCTP_PEER_ADDR_PARAMS(
	    .address = *peer, .flags = gsctp_def(GSCTP_SPP_HB_DEMAND));

	if (!a->locals->has_probed)
		(void)gs_eopt_set(a->so, true, &hb);
}

/* Does a path to one of the peer's addresses of this family work? */
static bool
can_reach(struct gs_assoc *a, sa_family_t family)
{
	union gs_addr peers[GS_PEER_ADDRS_MAX];
	bool found = false;
	int i, n;

	n = gs_esock_addrs(a->so, true, peers, GS_PEER_ADDRS_MAX);
	for (i = 0; i < n && i < GS_PEER_ADDRS_MAX && !found; i++) {
		struct gsctp_opt o = GSCTP_GET_PEER_ADDR_INFO(
		    .assoc_id = a->id);

		if (peers[i].sa.sa_family != family)
			continue;
		memcpy(&o.u.paddrinfo.address, &peers[i],
		    gs_addr_len(&peers[i]));
		if (gs_eopt_get(a->so, true, &o) != 0)
			continue;
		found = o.u.paddrinfo.state == GSCTP_PATH_ACTIVE;
		if (!found)
			probe(a, &o.u.paddrinfo.address);
	}
	return found;
}

/*
 * An address that stays and that the peer has; of the same family, if there
 * is one.  And the peer has the one that goes: while it is still being added,
 * the engine would take the other for the last one, put the removal off, and
 * send it together with the next change.
 */
static bool
find_stay(struct gs_assoc *a, const union gs_addr *gone, union gs_addr *stay)
{
	union gs_addr used[GS_PEER_ADDRS_MAX];
	bool found = false;
	int i, n;

	n = gs_esock_addrs(a->so, false, used, GS_PEER_ADDRS_MAX);
	if (n > GS_PEER_ADDRS_MAX)
		n = GS_PEER_ADDRS_MAX;
	if (n < 0 || !gs_addr_is_in(gone, used, (size_t)n))
		return false;
	for (i = 0; i < n; i++) {
		if (!gs_addr_is_in(&used[i], a->ep->addrs, a->ep->naddrs))
			continue;
		if (!found || used[i].sa.sa_family == gone->sa.sa_family)
			*stay = used[i];
		found = true;
	}
	if (!found || stay->sa.sa_family == gone->sa.sa_family)
		return found;
	found = can_reach(a, stay->sa.sa_family);
	a->locals->has_probed = true;
	return found;
}

static void
remove_surplus(struct gs_assoc *a)
{
	const struct gs_endpoint *ep = a->ep;
	struct gs_locals *b = a->locals;
	union gs_addr gone, stay;
	size_t i = 0;

	while (i < b->n) {
		gone = b->addrs[i];
		if (gs_addr_is_in(&gone, ep->addrs, ep->naddrs) ||
		    !find_stay(a, &gone, &stay)) {
			i++;
			continue;
		}
		/* First: the engine sends what tells the peer. */
		(void)gs_filter_retire(gs_engine_filter_locked(),
		    a->local_port, gs_addr_port(&a->primary), a->local_tag,
		    &gone, &stay);
		if (gs_esock_bindx(a->so, &gone, false) != 0)
			return;
		take_out(b->addrs, &b->n, &gone);
	}
}

/* What the peer has agreed to: packets may leave from all of it. */
static size_t
take_agreed(const struct gs_assoc *a, union gs_addr *used)
{
	size_t i, n;
	int found;

	found = gs_esock_addrs(a->so, false, used, GS_PEER_ADDRS_MAX);
	if (found < 0)
		return 0;
	n = found < GS_PEER_ADDRS_MAX ? (size_t)found : GS_PEER_ADDRS_MAX;
	for (i = 0; i < n; i++)
		gs_filter_learn_local(gs_engine_filter_locked(),
		    a->local_port, gs_addr_port(&a->primary), a->local_tag,
		    &used[i]);
	return n;
}

/* Has it what the endpoint has, and has the peer agreed to all of it? */
static bool
is_as_endpoint(const struct gs_assoc *a, const union gs_addr *used, size_t n)
{
	const struct gs_endpoint *ep = a->ep;
	const struct gs_locals *b = a->locals;
	size_t i;

	if (b->n != ep->naddrs)
		return false;
	for (i = 0; i < ep->naddrs; i++)
		if (!gs_addr_is_in(&ep->addrs[i], b->addrs, b->n) ||
		    !gs_addr_is_in(&ep->addrs[i], used, n))
			return false;
	return true;
}

/* Until then packets to one that came back go to its stand-in. */
static void
unretire_all(const struct gs_assoc *a)
{
	size_t i;

	for (i = 0; i < a->locals->n; i++)
		gs_filter_unretire(gs_engine_filter_locked(), a->local_port,
		    gs_addr_port(&a->primary), a->local_tag,
		    &a->locals->addrs[i]);
}

void
gs_assoc_rebind(struct gs_assoc *a)
{
	union gs_addr used[GS_PEER_ADDRS_MAX];
	size_t n;

	if (a->locals == NULL || !a->locals->must_rebind)
		return;
	/* In the handshake it waits for the outcome. */
	if (a->phase != GS_UP || a->so == NULL || a->local_tag == 0)
		return;
	if (!knows_asconf(a)) {
		a->locals->must_rebind = false;
		return;
	}
	add_missing(a);
	remove_surplus(a);
	n = take_agreed(a, used);
	if (!is_as_endpoint(a, used, n))
		return;
	unretire_all(a);
	gs_assoc_bound(a);
}

/*
 * The endpoint
 */

static int
check_change(const struct gs_endpoint *ep, const union gs_addr *addrs,
    size_t n, bool add)
{
	size_t i, left = 0;

	if (ep->is_wildcard || n == 0)
		return -EINVAL;
	if (ep->so == NULL && TAILQ_EMPTY(&ep->assocs))
		return -ENOTCONN;
	for (i = 0; i < n; i++) {
		if (!add && !gs_addr_is_in(&addrs[i], ep->addrs, ep->naddrs))
			return -EADDRNOTAVAIL;
		if (add && !gs_engine_get_addr_locked(&addrs[i]))
			return -EADDRNOTAVAIL;
		if (add && gs_hub_has_other(ep, &addrs[i]))
			return -EADDRINUSE;
	}
	for (i = 0; i < ep->naddrs; i++)
		left += !gs_addr_is_in(&ep->addrs[i], addrs, n);
	return !add && left == 0 ? -EINVAL : 0;
}

/* The listener, and the list that later associations are bound to. */
static int
change_one(struct gs_endpoint *ep, const union gs_addr *addr, bool add)
{
	union gs_addr a = *addr;
	int err;

	gs_addr_set_port(&a, ep->port);
	if (gs_addr_is_in(&a, ep->addrs, ep->naddrs) == add)
		return 0;
	/* What was accepted or peeled off has no listener. */
	err = ep->so != NULL ? gs_esock_bindx(ep->so, &a, add) : 0;
	if (err != 0)
		return err;
	if (add)
		ep->addrs[ep->naddrs++] = a;
	else
		take_out(ep->addrs, &ep->naddrs, &a);
	return 0;
}

static int
change_all(struct gs_endpoint *ep, const union gs_addr *addrs, size_t n,
    bool add)
{
	union gs_addr *old;
	size_t i, nold = ep->naddrs;
	int err = 0;

	old = malloc(nold * sizeof(*old));
	if (old == NULL)
		return -ENOMEM;
	memcpy(old, ep->addrs, nold * sizeof(*old));
	for (i = 0; err == 0 && i < n; i++)
		err = change_one(ep, &addrs[i], add);
	/* Undo: no more than was there, so it cannot fail. */
	for (i = 0; err != 0 && i < n; i++)
		if (gs_addr_is_in(&addrs[i], old, nold) != add)
			(void)change_one(ep, &addrs[i], !add);
	free(old);
	return err;
}

int
gs_endpoint_bindx(struct gs_endpoint *ep, const union gs_addr *addrs,
    size_t n, bool add)
{
	union gs_addr *grown;
	struct gs_assoc *a;
	int err;

	err = check_change(ep, addrs, n, add);
	if (err != 0)
		return err;
	grown = realloc(ep->addrs, (ep->naddrs + n) * sizeof(*grown));
	if (grown == NULL)
		return -ENOMEM;
	ep->addrs = grown;
	TAILQ_FOREACH(a, &ep->assocs, in_ep)
		if (a->so != NULL && remember_bound(a, n) != 0)
			return -ENOMEM;	/* as the endpoint has it, still */
	err = change_all(ep, addrs, n, add);
	if (err != 0)
		return err;
	TAILQ_FOREACH(a, &ep->assocs, in_ep) {
		if (a->so == NULL)
			continue;
		a->locals->must_rebind = true;
		gs_assoc_rebind(a);
	}
	return 0;
}
