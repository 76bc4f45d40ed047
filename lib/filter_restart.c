/* filter_restart: see filter_restart.h. */

#include "filter_restart.h"

#include <string.h>

#include "crc32c.h"

#define CHUNK_HEADER 4
#define CAUSE_HEADER 4
#define ANSWER_MIN (GS_COMMON_HEADER + CHUNK_HEADER + CAUSE_HEADER)

/* RFC 9260 3.3.10.11 */
#define CAUSE_NEW_ADDRESSES 11

/* Does the peer have this address, with this UDP port? */
static bool
has_transport(const struct gs_tag_record *r, const union gs_addr *addr)
{
	const struct gs_tag_addr *a = gs_tag_addr_find(r, addr);

	return a != NULL && gs_addr_port(&a->addr) == gs_addr_port(addr);
}

static bool
is_known(const struct gs_tag_record *r)
{
	return !r->has_more_addrs && r->naddrs > 0 &&
	    r->addrs->addr.sa.sa_family != AF_UNSPEC;
}

/*
 * Fewer addresses would make the engine remove paths that it still points to;
 * more are a take-over (RFC 9260 5.2.2); another UDP port may be another
 * process of that host.  Where our side has asked for streams (RFC 6525) the
 * engine would free the request, and point to it.  Who has begun anew with
 * fewer addresses, or was asked, gets no ABORT: it ends the old association
 * itself when it hears of it, and gets in with its next INIT.
 */
enum gs_filter_verdict
gs_restart_judge(const struct gs_tag_record *r, const struct gs_view *v,
    const struct gs_init *init)
{
	struct gs_addr_walk w = gs_addr_walk(v, init);
	const struct gs_tag_addr *seen[GS_TAGS_ADDRS_MAX];
	union gs_addr addr;
	size_t nseen = 0;

	if (!is_known(r))
		return GS_DROP_RESTART;
	if (!has_transport(r, &v->pkt->src))
		return GS_REFUSE_RESTART;
	while (gs_addr_walk_next(&w, &addr)) {
		const struct gs_tag_addr *a = gs_tag_addr_find(r, &addr);
		size_t i;

		if (a == NULL)
			return GS_REFUSE_RESTART;
		for (i = 0; i < nseen && seen[i] != a; i++)
			continue;
		if (i == nseen)
			seen[nseen++] = a;
	}
	return nseen == r->naddrs && !r->has_asked ? GS_PASS : GS_DROP_RESTART;
}

bool
gs_restart_is_late(const struct gs_tags *t, const struct gs_tag_record *r,
    const struct gs_view *v)
{
	const union gs_addr *src = &v->pkt->src;
	const struct gs_tag_addr *a;

	if (v->pkt->len < ANSWER_MIN)
		return false; /* no cookie of ours */
	a = gs_tags_first_addr(t, v->local_port, v->peer_port, src);
	for (; a != NULL; a = gs_tags_next_addr(a))
		if (a->rec != r && a->rec->state >= GS_TAG_ECHOED &&
		    gs_addr_port(&a->addr) != gs_addr_port(src))
			return true;
	return false;
}

/* ---- the answer ---- */

static size_t
put16(uint8_t *buf, size_t at, size_t v)
{
	buf[at] = (uint8_t)(v >> 8);
	buf[at + 1] = (uint8_t)v;
	return at + 2;
}

static size_t
put32(uint8_t *buf, size_t at, uint32_t v)
{
	at = put16(buf, at, v >> 16);
	return put16(buf, at, v & 0xffff);
}

/* An address parameter, if there is room for it before end. */
static size_t
put_addr(uint8_t *buf, size_t at, size_t end, const union gs_addr *a)
{
	bool is_v6 = a->sa.sa_family == AF_INET6;
	size_t len = is_v6 ? sizeof(a->v6.sin6_addr) : sizeof(a->v4.sin_addr);

	if (end - at < 4 + len)
		return at;
	at = put16(buf, at, is_v6 ? GS_PARAM_IPV6 : GS_PARAM_IPV4);
	at = put16(buf, at, 4 + len);
	memcpy(buf + at,
	    is_v6 ? (const void *)&a->v6.sin6_addr :
		    (const void *)&a->v4.sin_addr,
	    len);
	return at + len;
}

/* No association with these ports has it; of the source, with its UDP port. */
static bool
is_new(const struct gs_tags *t, const struct gs_view *v,
    const union gs_addr *addr, bool is_source)
{
	const struct gs_tag_addr *a;

	a = gs_tags_first_addr(t, v->local_port, v->peer_port, addr);
	for (; a != NULL; a = gs_tags_next_addr(a))
		if (!is_source || gs_addr_port(&a->addr) == gs_addr_port(addr))
			return false;
	return is_source || !gs_addr_same_ip(addr, &v->pkt->src);
}

/* The addresses of an INIT that are new; buf is full at end. */
static size_t
put_new(const struct gs_tags *t, const struct gs_view *v, uint8_t *buf,
    size_t at, size_t end)
{
	struct gs_init init = gs_init_read(&v->first);
	struct gs_addr_walk w = gs_addr_walk(v, &init);
	union gs_addr addr;
	bool is_first = true;

	for (; gs_addr_walk_next(&w, &addr); is_first = false)
		if (is_new(t, v, &addr, is_first))
			at = put_addr(buf, at, end, &addr);
	return at;
}

/* The tag that the sender wants to see. */
static uint32_t
tag_of(const struct gs_tags *t, const struct gs_view *v)
{
	const struct gs_tag_record *r;

	if (v->first.type == GS_CHUNK_INIT)
		return gs_init_read(&v->first).initiate_tag;
	r = gs_tags_find(t, v->local_port, v->peer_port, v->tag);
	return r != NULL ? r->peer_tag : 0;
}

size_t
gs_restart_answer(struct gs_filter *f, const struct gs_packet *pkt,
    uint8_t *buf)
{
	const size_t cause = GS_COMMON_HEADER + CHUNK_HEADER;
	const struct gs_tags *t = gs_filter_tags(f);
	struct gs_view v;
	uint32_t crc;
	size_t len;

	(void)gs_view_in(&v, pkt); /* whole, as it was refused */
	len = put16(buf, 0, v.local_port);
	len = put16(buf, len, v.peer_port);
	len = put32(buf, len, tag_of(t, &v));
	len = put32(buf, len, 0); /* the checksum, later */
	buf[len++] = GS_CHUNK_ABORT;
	buf[len++] = 0;
	len = ANSWER_MIN;
	if (v.first.type == GS_CHUNK_INIT)
		len = put_new(t, &v, buf, len, pkt->len);
	else
		len = put_addr(buf, len, pkt->len, &pkt->src);
	put16(buf, GS_COMMON_HEADER + 2, len - GS_COMMON_HEADER);
	put16(buf, cause, CAUSE_NEW_ADDRESSES);
	put16(buf, cause + 2, len - cause);
	crc = gs_crc32c_packet(buf, len);
	memcpy(buf + 8, &crc, sizeof(crc));
	return len;
}
