#include "filter.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "chunk.h"
#include "crc32c.h"
#include "filter_restart.h"
#include "filter_view.h"
#include "tags.h"

/* A cookie lives for 60 s; a retransmission of an INIT comes sooner. */
#define HALF_OPEN_MS 65000

/* Local addresses that are remembered: a bit of a record's locals each. */
#define LOCALS_MAX 64

struct gs_filter {
	struct gs_tags tags;
	union gs_addr locals[LOCALS_MAX];
	size_t nlocals;
	uint64_t v4_locals; /* their bits */
	bool was_known;
	uint64_t counts[GS_VERDICTS];
};

int
gs_filter_new(size_t half_open_max, struct gs_filter **out)
{
	struct gs_filter *f = calloc(1, sizeof(*f));
	int err;

	if (f == NULL)
		return -ENOMEM;
	err = gs_tags_init(&f->tags, half_open_max);
	if (err != 0)
		goto free_f;
	*out = f;
	return 0;

free_f:
	free(f);
	return err;
}

void
gs_filter_free(struct gs_filter *f)
{
	if (f == NULL)
		return;
	gs_tags_fini(&f->tags);
	free(f);
}

struct gs_tags *
gs_filter_tags(struct gs_filter *f)
{
	return &f->tags;
}

static void
expire(struct gs_filter *f, uint64_t now_ms)
{
	if (now_ms > HALF_OPEN_MS)
		gs_tags_expire(&f->tags, now_ms - HALF_OPEN_MS);
}

/* ---- shape ---- */

static bool
is_checksum_right(const struct gs_packet *pkt)
{
	uint32_t crc = gs_crc32c_packet(pkt->data, pkt->len);

	return memcmp(pkt->data + 8, &crc, sizeof(crc)) == 0;
}

static enum gs_filter_verdict
check_shape(const struct gs_packet *pkt, struct gs_view *v)
{
	if (pkt->len < GS_COMMON_HEADER + 4)
		return GS_DROP_SHORT;
	if (!is_checksum_right(pkt))
		return GS_DROP_CHECKSUM;
	if (!gs_view_in(v, pkt) || v->local_port == 0 || v->peer_port == 0)
		return GS_DROP_CHUNK;
	if (v->first.type == GS_CHUNK_INIT ||
	    v->first.type == GS_CHUNK_INIT_ACK) {
		struct gs_init init = gs_init_read(&v->first);

		if (!gs_init_is_valid(&init))
			return GS_DROP_INIT;
	}
	return gs_chunks_are_valid(v->chunks) ? GS_PASS : GS_DROP_CHUNK;
}

/* ---- addresses of a handshake ---- */

static void
learn_addrs(struct gs_filter *f, struct gs_tag_record *r,
    const struct gs_view *v, const struct gs_init *init)
{
	struct gs_addr_walk w = gs_addr_walk(v, init);
	union gs_addr addr;

	while (gs_addr_walk_next(&w, &addr))
		gs_tags_add_addr(&f->tags, r, &addr);
}

/* ---- INIT ---- */

/* What an INIT may do to one association that has an address of its. */
static enum gs_filter_verdict
check_init_against(const struct gs_tag_record *r, const struct gs_view *v,
    const struct gs_init *init)
{
	/* The engine would abort r for it (doc/engine.md). */
	if (!gs_init_auth_is_valid(init))
		return GS_DROP_INIT;
	/* Both sides connect at once: RFC 9260 5.2.1. */
	if (r->state == GS_TAG_OURS)
		return GS_PASS;
	return gs_restart_judge(r, v, init);
}

static enum gs_filter_verdict
check_init_addr(struct gs_filter *f, const struct gs_view *v,
    const struct gs_init *init, const union gs_addr *addr)
{
	const struct gs_tag_addr *a =
	    gs_tags_first_addr(&f->tags, v->local_port, v->peer_port, addr);

	for (; a != NULL; a = gs_tags_next_addr(a)) {
		enum gs_filter_verdict verdict =
		    check_init_against(a->rec, v, init);

		if (verdict != GS_PASS)
			return verdict;
	}
	return GS_PASS;
}

/* The engine looks for an association by every address of an INIT. */
static enum gs_filter_verdict
check_init_addrs(struct gs_filter *f, const struct gs_view *v,
    const struct gs_init *init)
{
	struct gs_addr_walk w = gs_addr_walk(v, init);
	union gs_addr addr;

	while (gs_addr_walk_next(&w, &addr)) {
		enum gs_filter_verdict verdict =
		    check_init_addr(f, v, init, &addr);

		if (verdict != GS_PASS)
			return verdict;
	}
	memset(&addr, 0, sizeof(addr));
	return check_init_addr(f, v, init, &addr);
}

static void
learn_offer(struct gs_filter *f, const struct gs_view *v,
    const struct gs_init *init, uint64_t now_ms)
{
	const union gs_addr *src = &v->pkt->src;
	struct gs_tag_record *r;

	r = gs_tags_find_offer(&f->tags, v->local_port, v->peer_port,
	    init->initiate_tag, src);
	if (r != NULL) {
		gs_tags_refresh(&f->tags, r, now_ms);
		return;
	}
	r = gs_tags_add(&f->tags, GS_TAG_OFFERED, v->local_port, v->peer_port,
	    init->initiate_tag, src, now_ms);
	if (r != NULL)
		learn_addrs(f, r, v, init);
}

static enum gs_filter_verdict
check_init(struct gs_filter *f, const struct gs_view *v, uint64_t now_ms)
{
	struct gs_init init = gs_init_read(&v->first);
	enum gs_filter_verdict verdict;

	if (v->tag != 0)
		return GS_DROP_TAG; /* RFC 9260 8.5.1 A */
	verdict = check_init_addrs(f, v, &init);
	if (verdict == GS_PASS)
		learn_offer(f, v, &init, now_ms);
	return verdict;
}

/* ---- INIT ACK ---- */

static enum gs_filter_verdict check_tag(struct gs_filter *f,
    const struct gs_view *v, uint64_t now_ms);

static enum gs_filter_verdict
check_init_ack(struct gs_filter *f, const struct gs_view *v, uint64_t now_ms)
{
	struct gs_init init = gs_init_read(&v->first);
	enum gs_filter_verdict verdict;
	struct gs_tag_record *r;

	r = gs_tags_find(&f->tags, v->local_port, v->peer_port, v->tag);
	if (r == NULL || r->state < GS_TAG_OURS)
		return GS_DROP_TAG;
	verdict = check_tag(f, v, now_ms);
	if (verdict != GS_PASS)
		return verdict;
	if (!gs_init_has_cookie(&init))
		return GS_DROP_INIT;
	/* The first one counts, for the engine as well. */
	if (r->state == GS_TAG_OURS && r->peer_tag == 0) {
		r->peer_tag = init.initiate_tag;
		gs_tags_clear_addrs(&f->tags, r);
		learn_addrs(f, r, v, &init);
	}
	return GS_PASS;
}

/* ---- all other packets ---- */

/* ABORT and SHUTDOWN COMPLETE with the T bit carry the tag of the packets
 * that they answer: our peer's (RFC 9260 8.5.1 B, C). */
static bool
is_reflected(const struct gs_view *v)
{
	return (v->first.type == GS_CHUNK_ABORT ||
		   v->first.type == GS_CHUNK_SHUTDOWN_COMPLETE) &&
	    (v->first.flags & GS_CHUNK_FLAG_T) != 0;
}

/*
 * A peer that waits for our SHUTDOWN COMPLETE does not answer our new INIT;
 * the engine tells it that the old association is over (RFC 9260 8.5.1 E).
 */
static bool
is_late_shutdown_ack(const struct gs_tag_addr *a, const struct gs_view *v)
{
	return v->first.type == GS_CHUNK_SHUTDOWN_ACK &&
	    a->rec->state == GS_TAG_OURS &&
	    gs_addr_port(&a->addr) == gs_addr_port(&v->pkt->src);
}

static bool
has_right_tag(const struct gs_tag_record *r, const struct gs_view *v)
{
	if (is_reflected(v))
		return r->peer_tag != 0 && v->tag == r->peer_tag;
	return v->tag == r->local_tag;
}

enum standing {
	STRANGER, /* no association has these ports and addresses */
	FORGED,	  /* one has, with another tag */
	KNOWN,
};

/* Where a packet from this address stands; *out is its record if known. */
static enum standing
find_standing(struct gs_filter *f, const struct gs_view *v,
    const union gs_addr *addr, struct gs_tag_addr **out)
{
	enum standing standing = STRANGER;
	struct gs_tag_addr *a;

	a = gs_tags_first_addr(&f->tags, v->local_port, v->peer_port, addr);
	for (; a != NULL; a = gs_tags_next_addr(a)) {
		if (has_right_tag(a->rec, v) || is_late_shutdown_ack(a, v)) {
			*out = a;
			return KNOWN;
		}
		standing = FORGED;
	}
	return standing;
}

/* A packet with r's tag: it is alive, and its UDP port is the one to use. */
static void
learn_from_known(struct gs_filter *f, struct gs_tag_record *r,
    const struct gs_view *v, uint64_t now_ms)
{
	struct gs_tag_addr *a;

	if (r->naddrs == 0 || r->addrs->addr.sa.sa_family == AF_UNSPEC)
		gs_tags_add_addr(&f->tags, r, &v->pkt->src);
	a = gs_tag_addr_find(r, &v->pkt->src);
	if (a != NULL)
		gs_addr_set_port(&a->addr, gs_addr_port(&v->pkt->src));
	if (r->state == GS_TAG_ANSWERED)
		gs_tags_promote(&f->tags, r, GS_TAG_ECHOED);
	gs_tags_refresh(&f->tags, r, now_ms);
}

/*
 * A handshake that waits for its cookie is proven by that cookie alone: from
 * an address that the INIT named, as a tag learned elsewhere must not open
 * another peer's association.
 */
static bool
is_cookie_for(const struct gs_tag_record *r, const struct gs_view *v)
{
	return r != NULL && r->state == GS_TAG_ANSWERED &&
	    gs_view_has(v, GS_CHUNK_COOKIE_ECHO) &&
	    gs_tag_addr_find(r, &v->pkt->src) != NULL;
}

static enum gs_filter_verdict
check_tag(struct gs_filter *f, const struct gs_view *v, uint64_t now_ms)
{
	struct gs_tag_record *r = NULL;
	struct gs_tag_addr *a = NULL;
	enum standing standing;
	union gs_addr none;

	standing = find_standing(f, v, &v->pkt->src, &a);
	if (standing == KNOWN) {
		if (has_right_tag(a->rec, v)) {
			learn_from_known(f, a->rec, v, now_ms);
			f->was_known = !is_reflected(v);
		}
		return GS_PASS;
	}
	if (!is_reflected(v))
		r = gs_tags_find(&f->tags, v->local_port, v->peer_port, v->tag);
	if (is_cookie_for(r, v)) {
		if (gs_restart_is_late(&f->tags, r, v))
			return GS_REFUSE_RESTART;
		learn_from_known(f, r, v, now_ms);
		return GS_PASS;
	}
	if (standing == FORGED)
		return GS_DROP_TAG;
	/* Late, from one that its peer has given up: the engine would abort
	 * the association for it. */
	if (r != NULL && r->state == GS_TAG_CONFIRMED && r->has_lost &&
	    !gs_view_has(v, GS_CHUNK_ASCONF))
		return GS_DROP_TAG;
	/* From an address that is nobody's: the tag is proof enough. */
	if (r != NULL && r->state >= GS_TAG_OURS) {
		learn_from_known(f, r, v, now_ms);
		return GS_PASS;
	}
	/* The engine looks an association up by an address inside it. */
	if (gs_view_has(v, GS_CHUNK_ASCONF))
		return GS_DROP_TAG;
	memset(&none, 0, sizeof(none));
	standing = find_standing(f, v, &none, &a);
	return standing == FORGED ? GS_DROP_TAG : GS_PASS;
}

static enum gs_filter_verdict
judge(struct gs_filter *f, const struct gs_packet *pkt, uint64_t now_ms)
{
	enum gs_filter_verdict verdict;
	struct gs_view v;

	verdict = check_shape(pkt, &v);
	if (verdict != GS_PASS)
		return verdict;
	switch (v.first.type) {
	case GS_CHUNK_INIT:
		return check_init(f, &v, now_ms);
	case GS_CHUNK_INIT_ACK:
		return check_init_ack(f, &v, now_ms);
	default:
		return check_tag(f, &v, now_ms);
	}
}

enum gs_filter_verdict
gs_filter_in(struct gs_filter *f, const struct gs_packet *pkt, uint64_t now_ms)
{
	enum gs_filter_verdict verdict;

	expire(f, now_ms);
	f->was_known = false;
	verdict = judge(f, pkt, now_ms);
	f->counts[verdict]++;
	return verdict;
}

bool
gs_filter_was_known(const struct gs_filter *f)
{
	return f->was_known;
}

enum gs_filter_verdict
gs_filter_in_again(struct gs_filter *f, const struct gs_packet *pkt,
    uint64_t now_ms)
{
	f->counts[GS_REFUSE_RESTART]--;
	return gs_filter_in(f, pkt, now_ms);
}

/* ---- what leaves ---- */

/* The bit of a local address; 0 where it has none. */
static uint64_t
local_bit(const struct gs_filter *f, const union gs_addr *addr)
{
	size_t i;

	for (i = 0; i < f->nlocals; i++)
		if (gs_addr_same_ip(&f->locals[i], addr))
			return (uint64_t)1 << i;
	return 0;
}

/* The peer of r knows this one.  Past the limit it is as if it did not. */
static void
learn_local(struct gs_filter *f, struct gs_tag_record *r,
    const union gs_addr *addr)
{
	if (local_bit(f, addr) == 0 && f->nlocals < LOCALS_MAX) {
		f->locals[f->nlocals++] = *addr;
		if (addr->sa.sa_family == AF_INET)
			f->v4_locals |= local_bit(f, addr);
	}
	r->locals |= local_bit(f, addr);
}

void
gs_filter_learn_local(struct gs_filter *f, uint16_t local_port,
    uint16_t peer_port, uint32_t local_tag, const union gs_addr *addr)
{
	struct gs_tag_record *r;

	r = gs_tags_find(&f->tags, local_port, peer_port, local_tag);
	if (r != NULL)
		learn_local(f, r, addr);
}

/* An INIT or INIT ACK of ours tells our addresses. */
static void
learn_locals(struct gs_filter *f, struct gs_tag_record *r,
    const struct gs_view *v, const struct gs_init *init)
{
	struct gs_addr_walk w = gs_addr_walk(v, init);
	union gs_addr addr;

	if (r == NULL)
		return;
	while (gs_addr_walk_next(&w, &addr))
		learn_local(f, r, &addr);
}

static void
learn_own_init(struct gs_filter *f, const struct gs_view *v, uint64_t now_ms)
{
	struct gs_init init = gs_init_read(&v->first);
	const union gs_addr *dst = &v->pkt->dst;
	struct gs_tag_record *r;

	r = gs_tags_find(&f->tags, v->local_port, v->peer_port,
	    init.initiate_tag);
	if (r == NULL) {
		r = gs_tags_add(&f->tags, GS_TAG_OURS, v->local_port,
		    v->peer_port, init.initiate_tag, dst, now_ms);
		/* Without memory the INIT ACK is dropped: no more. */
		learn_locals(f, r, v, &init);
		return;
	}
	/* Retransmitted, to another address of the peer perhaps. */
	if (r->state == GS_TAG_OURS && r->peer_tag == 0)
		gs_tags_add_addr(&f->tags, r, dst);
	gs_tags_refresh(&f->tags, r, now_ms);
}

/*
 * The INIT that an INIT ACK to dst answers.  The engine may answer to
 * another address of an association that it already has with that peer.
 */
static struct gs_tag_record *
find_offer(struct gs_filter *f, const struct gs_view *v)
{
	const union gs_addr *dst = &v->pkt->dst;
	struct gs_tag_record *r;
	struct gs_tag_addr *a;

	r = gs_tags_find_offer(&f->tags, v->local_port, v->peer_port, v->tag,
	    dst);
	if (r != NULL)
		return r;
	a = gs_tags_first_addr(&f->tags, v->local_port, v->peer_port, dst);
	if (a == NULL)
		return NULL;
	for (a = a->rec->addrs; a != NULL && r == NULL; a = a->next)
		r = gs_tags_find_offer(&f->tags, v->local_port, v->peer_port,
		    v->tag, &a->addr);
	return r;
}

/* In a collision our INIT ACK carries the tag of our INIT (RFC 9260 5.2.1):
 * the peer's addresses are those of its INIT then. */
static void
merge_offer(struct gs_filter *f, struct gs_tag_record *r,
    struct gs_tag_record *offer, uint32_t peer_tag)
{
	struct gs_tag_addr *a;

	if (r->state == GS_TAG_OURS && offer != NULL) {
		for (a = offer->addrs; a != NULL; a = a->next)
			gs_tags_add_addr(&f->tags, r, &a->addr);
	}
	if (r->state == GS_TAG_OURS)
		r->peer_tag = peer_tag;
	if (offer != NULL)
		gs_tags_remove(&f->tags, offer);
}

static void
learn_own_init_ack(struct gs_filter *f, const struct gs_view *v,
    uint64_t now_ms)
{
	struct gs_init init = gs_init_read(&v->first);
	struct gs_tag_record *offer = find_offer(f, v);
	struct gs_tag_record *r;

	r = gs_tags_find(&f->tags, v->local_port, v->peer_port,
	    init.initiate_tag);
	if (r != NULL) {
		merge_offer(f, r, offer, v->tag);
		gs_tags_refresh(&f->tags, r, now_ms);
	} else if (offer != NULL) {
		gs_tags_answer(&f->tags, offer, init.initiate_tag);
		gs_tags_refresh(&f->tags, offer, now_ms);
		r = offer;
	} else {
		r = gs_tags_add(&f->tags, GS_TAG_ANSWERED, v->local_port,
		    v->peer_port, init.initiate_tag, &v->pkt->dst, now_ms);
		if (r != NULL)
			r->peer_tag = v->tag;
	}
	learn_locals(f, r, v, &init);
}

/* Its tag is the peer's that the engine goes on with, where several INIT
 * ACKs came. */
static void
learn_own_cookie(struct gs_filter *f, const struct gs_view *v, uint64_t now_ms)
{
	struct gs_tag_addr *a;

	a = gs_tags_first_addr(&f->tags, v->local_port, v->peer_port,
	    &v->pkt->dst);
	for (; a != NULL; a = gs_tags_next_addr(a)) {
		if (a->rec->state != GS_TAG_OURS)
			continue;
		a->rec->peer_tag = v->tag;
		gs_tags_refresh(&f->tags, a->rec, now_ms);
		return;
	}
}

/* Anything but responses. */
static bool
is_stream_request(struct gs_cursor params)
{
	struct gs_param p;

	while (gs_param_next(&params, &p))
		if (p.type != GS_PARAM_RECONFIG_RESPONSE)
			return true;
	return false;
}

/* The association of a packet that leaves. */
static struct gs_tag_record *
find_sender(const struct gs_filter *f, const struct gs_view *v)
{
	struct gs_tag_addr *a;

	a = gs_tags_first_addr(&f->tags, v->local_port, v->peer_port,
	    &v->pkt->dst);
	for (; a != NULL; a = gs_tags_next_addr(a))
		if (a->rec->peer_tag == v->tag)
			return a->rec;
	return NULL;
}

/* What we take away from a peer it knows no more (RFC 5061). */
static void
learn_own_asconf(struct gs_filter *f, struct gs_tag_record *r,
    struct gs_cursor params)
{
	struct gs_param p, inner;
	union gs_addr addr;

	gs_cursor_skip(&params, 4); /* the serial number */
	while (gs_param_next(&params, &p)) {
		if (p.type != GS_PARAM_DELETE_IP)
			continue;
		gs_cursor_skip(&p.value, 4); /* correlation id */
		if (gs_param_next(&p.value, &inner) &&
		    gs_param_addr(&inner, &addr))
			r->locals &= ~local_bit(f, &addr);
	}
}

static void
learn_own_request(struct gs_filter *f, const struct gs_view *v)
{
	struct gs_cursor c = v->chunks;
	struct gs_tag_record *r;
	struct gs_chunk chunk;

	while (gs_chunk_next(&c, &chunk)) {
		if (chunk.type != GS_CHUNK_RE_CONFIG &&
		    chunk.type != GS_CHUNK_ASCONF)
			continue;
		r = find_sender(f, v);
		if (r == NULL)
			return;
		if (chunk.type == GS_CHUNK_ASCONF)
			learn_own_asconf(f, r, chunk.value);
		else if (is_stream_request(chunk.value))
			r->has_asked = true;
	}
}

static bool
view_out(struct gs_view *v, const struct gs_packet *pkt)
{
	uint16_t port;

	if (pkt->len < GS_COMMON_HEADER + 4 || !gs_view_in(v, pkt))
		return false;
	port = v->local_port;
	v->local_port = v->peer_port;
	v->peer_port = port;
	return true;
}

/* The local addresses that the peer of a packet that leaves knows. */
static uint64_t
locals_of(const struct gs_filter *f, const struct gs_packet *pkt)
{
	const struct gs_tag_record *r;
	struct gs_init init;
	struct gs_view v;

	if (!view_out(&v, pkt))
		return 0;
	if (v.first.type == GS_CHUNK_INIT) {
		init = gs_init_read(&v.first);
		r = gs_tags_find(&f->tags, v.local_port, v.peer_port,
		    init.initiate_tag);
	} else {
		r = find_sender(f, &v);
	}
	return r != NULL ? r->locals : 0;
}

bool
gs_filter_knows_local(const struct gs_filter *f, const struct gs_packet *pkt,
    const union gs_addr *addr)
{
	return (locals_of(f, pkt) & local_bit(f, addr)) != 0;
}

bool
gs_filter_has_choice(const struct gs_filter *f, const struct gs_packet *pkt)
{
	uint64_t known = locals_of(f, pkt) &
	    (pkt->dst.sa.sa_family == AF_INET ? f->v4_locals : ~f->v4_locals);

	return (known & (known - 1)) != 0;	/* more than one bit */
}

void
gs_filter_out(struct gs_filter *f, const struct gs_packet *pkt, uint64_t now_ms)
{
	struct gs_view v;

	expire(f, now_ms);
	if (!view_out(&v, pkt))
		return;
	switch (v.first.type) {
	case GS_CHUNK_INIT:
		learn_own_init(f, &v, now_ms);
		break;
	case GS_CHUNK_INIT_ACK:
		learn_own_init_ack(f, &v, now_ms);
		break;
	case GS_CHUNK_COOKIE_ECHO:
		learn_own_cookie(f, &v, now_ms);
		break;
	default:
		learn_own_request(f, &v);
		break;
	}
}

/* ---- what the engine says ---- */

void
gs_filter_confirm(struct gs_filter *f, uint16_t local_port, uint16_t peer_port,
    uint32_t local_tag, uint32_t peer_tag)
{
	struct gs_tag_record *r;
	union gs_addr none;

	r = gs_tags_find(&f->tags, local_port, peer_port, local_tag);
	if (r == NULL) {
		memset(&none, 0, sizeof(none));
		r = gs_tags_add(&f->tags, GS_TAG_CONFIRMED, local_port,
		    peer_port, local_tag, &none, 0);
		if (r == NULL)
			return; /* unprotected, but not cut off */
	}
	r->peer_tag = peer_tag;
	gs_tags_promote(&f->tags, r, GS_TAG_CONFIRMED);
}

void
gs_filter_forget(struct gs_filter *f, uint16_t local_port, uint16_t peer_port,
    uint32_t local_tag)
{
	struct gs_tag_record *r;

	r = gs_tags_find(&f->tags, local_port, peer_port, local_tag);
	if (r != NULL)
		gs_tags_remove(&f->tags, r);
}

void
gs_filter_forget_offers(struct gs_filter *f, uint16_t local_port)
{
	struct gs_tag_record *r, *newer;

	for (r = f->tags.theirs.oldest; r != NULL; r = newer) {
		newer = r->newer;
		if (r->local_port == local_port)
			gs_tags_remove(&f->tags, r);
	}
}

uint64_t
gs_filter_count(const struct gs_filter *f, enum gs_filter_verdict v)
{
	return (unsigned int)v < GS_VERDICTS ? f->counts[v] : 0;
}
