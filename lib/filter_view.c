/* filter_view: see filter_view.h. */

#include "filter_view.h"

#include <string.h>

bool
gs_view_in(struct gs_view *v, const struct gs_packet *pkt)
{
	struct gs_common_header h;
	struct gs_cursor c;

	gs_cursor_init(&c, pkt->data, pkt->len);
	h = gs_common_header_read(&c);
	v->pkt = pkt;
	v->local_port = h.dst_port;
	v->peer_port = h.src_port;
	v->tag = h.tag;
	v->chunks = c;
	return gs_chunk_next(&c, &v->first);
}

bool
gs_view_has(const struct gs_view *v, uint8_t type)
{
	struct gs_cursor c = v->chunks;
	struct gs_chunk chunk;

	while (gs_chunk_next(&c, &chunk))
		if (chunk.type == type)
			return true;
	return false;
}

struct gs_addr_walk
gs_addr_walk(const struct gs_view *v, const struct gs_init *init)
{
	struct gs_addr_walk w;

	w.params = init->params;
	w.src = v->pkt->src;
	w.is_begun = false;
	return w;
}

bool
gs_addr_walk_next(struct gs_addr_walk *w, union gs_addr *out)
{
	struct gs_param p;

	if (!w->is_begun) {
		w->is_begun = true;
		*out = w->src;
		return true;
	}
	while (gs_param_next(&w->params, &p)) {
		if (!gs_param_addr(&p, out))
			continue;
		gs_addr_set_port(out, gs_addr_port(&w->src));
		return true;
	}
	return false;
}

/* ---- for the decision of a collision ---- */

static void
handshake_addrs(const struct gs_view *v, const struct gs_init *init,
    struct gs_handshake *out)
{
	const size_t max = sizeof(out->addrs) / sizeof(out->addrs[0]);
	struct gs_addr_walk w = gs_addr_walk(v, init);
	union gs_addr addr;

	while (out->naddrs < max && gs_addr_walk_next(&w, &addr)) {
		size_t i;

		for (i = 0; i < out->naddrs; i++)
			if (gs_addr_same_ip(&out->addrs[i], &addr))
				break;
		if (i == out->naddrs)
			out->addrs[out->naddrs++] = addr;
	}
}

void
gs_handshake_read(const struct gs_packet *pkt, struct gs_handshake *out)
{
	struct gs_init init;
	struct gs_view v;

	memset(out, 0, sizeof(*out));
	if (!gs_view_in(&v, pkt))
		return;
	out->src_port = v.peer_port;
	out->dst_port = v.local_port;
	out->tag = v.tag;
	if (v.first.type == GS_CHUNK_INIT) {
		out->chunk = GS_CHUNK_INIT;
		init = gs_init_read(&v.first);
		out->initiate_tag = init.initiate_tag;
		handshake_addrs(&v, &init, out);
	} else if (gs_view_has(&v, GS_CHUNK_COOKIE_ECHO)) {
		out->chunk = GS_CHUNK_COOKIE_ECHO;
		out->addrs[out->naddrs++] = pkt->src;
	}
}
