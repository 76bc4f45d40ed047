/* filter_addrs: see filter_addrs.h. */

#include "filter_addrs.h"

#include <errno.h>
#include <stdlib.h>

#include "chunk.h"
#include "tags.h"

/* The record of the association that a packet's ports and tag name. */
static struct gs_tag_record *
record_of(struct gs_filter *f, const struct gs_packet *pkt)
{
	struct gs_common_header h;
	struct gs_cursor c;

	gs_cursor_init(&c, pkt->data, pkt->len);
	h = gs_common_header_read(&c);
	return gs_tags_find(gs_filter_tags(f), h.dst_port, h.src_port, h.tag);
}

bool
gs_filter_has_room(struct gs_filter *f, const struct gs_packet *pkt)
{
	const struct gs_tag_record *r = record_of(f, pkt);

	return r != NULL && r->naddrs < GS_TAGS_ADDRS_MAX &&
	    !r->has_more_addrs;
}

void
gs_filter_gain_addr(struct gs_filter *f, const struct gs_packet *pkt,
    const union gs_addr *addr)
{
	struct gs_tag_record *r = record_of(f, pkt);
	union gs_addr a = *addr;

	if (r == NULL)
		return;
	gs_addr_set_port(&a, gs_addr_port(&pkt->src));
	gs_tags_add_addr(gs_filter_tags(f), r, &a);
}

void
gs_filter_lose_addr(struct gs_filter *f, const struct gs_packet *pkt,
    const union gs_addr *addr)
{
	struct gs_tag_record *r = record_of(f, pkt);

	if (r == NULL)
		return;
	gs_tags_remove_addr(gs_filter_tags(f), r, addr);
	r->has_lost = true;
}

static struct gs_tag_retired **
find_retired(struct gs_tag_record *r, const union gs_addr *addr)
{
	struct gs_tag_retired **at = &r->retired;

	while (*at != NULL && !gs_addr_same_ip(&(*at)->from, addr))
		at = &(*at)->next;
	return at;
}

int
gs_filter_retire(struct gs_filter *f, uint16_t local_port, uint16_t peer_port,
    uint32_t local_tag, const union gs_addr *from, const union gs_addr *to)
{
	struct gs_tags *t = gs_filter_tags(f);
	struct gs_tag_retired **at, *x;
	struct gs_tag_record *r;

	r = gs_tags_find(t, local_port, peer_port, local_tag);
	if (r == NULL)
		return -ENOENT;
	at = find_retired(r, from);
	if (*at == NULL) {
		*at = calloc(1, sizeof(**at));
		if (*at == NULL)
			return -ENOMEM;
		(*at)->from = *from;
		t->nretired++;
	}
	(*at)->to = *to;
	for (x = r->retired; x != NULL; x = x->next)
		if (gs_addr_same_ip(&x->to, from))
			x->to = *to;
	return 0;
}

void
gs_filter_unretire(struct gs_filter *f, uint16_t local_port,
    uint16_t peer_port, uint32_t local_tag, const union gs_addr *addr)
{
	struct gs_tags *t = gs_filter_tags(f);
	struct gs_tag_retired **at, *x;
	struct gs_tag_record *r;

	r = gs_tags_find(t, local_port, peer_port, local_tag);
	if (r == NULL)
		return;
	at = find_retired(r, addr);
	x = *at;
	if (x == NULL)
		return;
	*at = x->next;
	free(x);
	t->nretired--;
}

/* An ABORT with our peer's own tag: it does not know whom it answers. */
static bool
is_reflected(const struct gs_packet *pkt)
{
	return pkt->data[GS_COMMON_HEADER] == GS_CHUNK_ABORT &&
	    (pkt->data[GS_COMMON_HEADER + 1] & GS_CHUNK_FLAG_T) != 0;
}

/* By an association with the packet's sender. */
static bool
is_retired(struct gs_filter *f, const struct gs_packet *pkt,
    const union gs_addr *dst)
{
	struct gs_common_header h;
	struct gs_tag_addr *a;
	struct gs_cursor c;

	gs_cursor_init(&c, pkt->data, pkt->len);
	h = gs_common_header_read(&c);
	a = gs_tags_first_addr(gs_filter_tags(f), h.dst_port, h.src_port,
	    &pkt->src);
	for (; a != NULL; a = gs_tags_next_addr(a))
		if (*find_retired(a->rec, dst) != NULL)
			return true;
	return false;
}

bool
gs_filter_redirect(struct gs_filter *f, const struct gs_packet *pkt,
    union gs_addr *dst)
{
	struct gs_tag_retired *x;
	struct gs_tag_record *r;

	if (gs_filter_tags(f)->nretired == 0)
		return true;
	if (is_reflected(pkt))
		return !is_retired(f, pkt, dst);
	r = record_of(f, pkt);	/* the tag of an INIT is nobody's */
	x = r != NULL ? *find_retired(r, dst) : NULL;
	if (x != NULL)
		*dst = x->to;
	return true;
}
