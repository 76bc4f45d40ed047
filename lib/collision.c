/* collision: see collision.h. */

#include "collision.h"

#include "assoc_attempt.h"
#include "engine.h"
#include "engine_sock.h"
#include "hub.h"
#include "hub_find.h"

#define CHUNK_INIT 1
#define CHUNK_COOKIE_ECHO 10

/* Our attempt with the sender of the packet, on an endpoint that listens. */
static struct gs_assoc *
find_attempt(const struct gs_handshake *h)
{
	struct gs_assoc *a;
	union gs_addr addr;
	size_t i;

	for (i = 0; i < h->naddrs; i++) {
		addr = h->addrs[i];
		gs_addr_set_port(&addr, h->src_port);
		a = gs_find_target(h->dst_port, &addr);
		for (; a != NULL; a = gs_find_next_target(a, &addr))
			if (a->phase == GS_CONNECTING && a->ep != NULL &&
			    a->ep->is_listening)
				return a;
	}
	return NULL;
}

static bool
admit_init(struct gs_assoc *a, const struct gs_handshake *h)
{
	uint32_t ours, theirs;

	if (gs_esock_state(a->so) != GSCTP_COOKIE_WAIT)
		return true;
	if (gs_esock_tags(a->so, &ours, &theirs) != 0 ||
	    ours > h->initiate_tag)
		return false;
	gs_attempt_yield(a);
	return true;
}

static bool
admit_cookie(struct gs_assoc *a, const struct gs_handshake *h)
{
	uint32_t ours, theirs;

	/* An answer to our own attempt is not for the listener. */
	if (gs_esock_tags(a->so, &ours, &theirs) == 0 && ours == h->tag)
		return true;
	if (gs_esock_state(a->so) != GSCTP_COOKIE_WAIT)
		return false;
	gs_attempt_yield(a);
	return true;
}

static bool
is_listened_on(uint16_t port)
{
	struct gs_endpoint *ep;

	for (ep = gs_find_port(port); ep != NULL; ep = gs_find_next_port(ep))
		if (ep->is_listening)
			return true;
	return false;
}

static bool
has_local_addr(const struct gs_assoc *a, const union gs_addr *addr)
{
	union gs_addr addrs[GS_PEER_ADDRS_MAX];
	int i, n;

	n = gs_esock_addrs(a->so, false, addrs, GS_PEER_ADDRS_MAX);
	for (i = 0; i < n && i < GS_PEER_ADDRS_MAX; i++)
		if (gs_addr_same_ip(&addrs[i], addr))
			return true;
	return false;
}

/* Something of a closed endpoint is in the way of this INIT. */
static bool
admit_over_orphan(const struct gs_packet *pkt, struct gs_handshake *h)
{
	struct gs_assoc *a;

	gs_addr_set_port(&h->addrs[0], h->src_port);
	a = gs_hub_find_orphan(h->dst_port, h->addrs, 1);
	if (a == NULL || !has_local_addr(a, &pkt->dst))
		return true;
	if (!is_listened_on(h->dst_port))
		return false;
	gs_assoc_destroy(a);
	return true;
}

bool
gs_collision_admit(const struct gs_packet *pkt)
{
	struct gs_handshake h;
	struct gs_assoc *a;

	gs_handshake_read(pkt, &h);
	if (h.chunk != CHUNK_INIT && h.chunk != CHUNK_COOKIE_ECHO)
		return true;
	if (h.chunk == CHUNK_INIT && !admit_over_orphan(pkt, &h))
		return false;
	a = find_attempt(&h);
	if (a == NULL)
		return true;
	return h.chunk == CHUNK_INIT ? admit_init(a, &h) :
				       admit_cookie(a, &h);
}
