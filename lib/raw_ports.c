/* raw_ports: see raw_ports.h. */

#include "raw_ports.h"

#include "chunk.h"
#include "cursor.h"
#include "hub.h"

static bool
is_bound_to(const struct gs_endpoint *ep, const union gs_addr *addr)
{
	size_t i;

	/* One that has had its association has let go of its port. */
	if (ep->so == NULL && TAILQ_EMPTY(&ep->assocs))
		return false;
	if (addr->sa.sa_family == AF_INET6 && !ep->v6)
		return false;
	if (addr->sa.sa_family == AF_INET && ep->v6 && ep->opts.v6only)
		return false;
	for (i = 0; i < ep->naddrs; i++)
		if (gs_addr_same_ip(&ep->addrs[i], addr))
			return true;
	return ep->is_wildcard;
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
	TAILQ_FOREACH(ep, gs_hub_endpoints(), in_hub)
		if (ep->port == h.dst_port && is_bound_to(ep, &pkt->dst))
			return true;
	gs_addr_set_port(&peer, h.src_port);
	return gs_hub_find_orphan(h.dst_port, &peer, 1) != NULL ||
	    first.type == GS_CHUNK_SHUTDOWN_ACK;
}
