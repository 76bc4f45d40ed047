/* raw_ports: see raw_ports.h. */

#include "raw_ports.h"

#include "chunk.h"
#include "cursor.h"
#include "engine.h"
#include "hub.h"
#include "tags.h"

static bool
is_bound_to(const struct gs_endpoint *ep, const union gs_addr *addr)
{
	/* One that has had its association has let go of its port. */
	if (ep->so == NULL && TAILQ_EMPTY(&ep->assocs))
		return false;
	if (addr->sa.sa_family == AF_INET6 && !ep->v6)
		return false;
	if (addr->sa.sa_family == AF_INET && ep->v6 && ep->opts.v6only)
		return false;
	return ep->is_wildcard ||
	    gs_addr_is_in(addr, ep->addrs, ep->naddrs);
}

/* By its tag: an association gets packets on an address that its socket has
 * given up, until the peer has heard so (RFC 5061). */
static bool
is_of_assoc(const struct gs_common_header *h)
{
	const struct gs_tag_record *r;

	r = gs_tags_find(gs_filter_tags(gs_engine_filter_locked()),
	    h->dst_port, h->src_port, h->tag);
	return r != NULL && r->state >= GS_TAG_OURS;
}

bool
gs_raw_is_ours(const struct gs_packet *pkt)
{
	struct gs_endpoint *ep;
	struct gs_common_header h;
	union gs_addr peer = pkt->src;
	struct gs_cursor c;
	struct gs_chunk first;

	gs_cursor_init(&c, pkt->data, pkt->len);
	h = gs_common_header_read(&c);
	if (!gs_chunk_next(&c, &first))
		return false;
	if (is_of_assoc(&h))
		return true;
	TAILQ_FOREACH(ep, gs_hub_endpoints(), in_hub)
		if (ep->port == h.dst_port && is_bound_to(ep, &pkt->dst))
			return true;
	gs_addr_set_port(&peer, h.src_port);
	return gs_hub_find_orphan(h.dst_port, &peer, 1) != NULL ||
	    first.type == GS_CHUNK_SHUTDOWN_ACK;
}
