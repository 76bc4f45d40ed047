#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* getrandom() */
#endif

#include "tags.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

/* ---- hashes ---- */

/* What is hashed, without holes.  An IPv6 scope is left out, as a scope of
 * 0 equals all. */
struct hash_input {
	uint8_t ip[16];
	uint32_t tag;
	uint16_t local_port, peer_port;
	uint32_t family;
	uint32_t kind;
};

enum hash_kind {
	HASH_TAG,
	HASH_OFFER,
	HASH_ADDR,
};

static uint64_t
hash(const struct gs_tags *t, enum hash_kind kind, uint16_t local_port,
    uint16_t peer_port, uint32_t tag, const union gs_addr *addr)
{
	struct hash_input in;

	memset(&in, 0, sizeof(in));
	in.kind = kind;
	in.local_port = local_port;
	in.peer_port = peer_port;
	in.tag = tag;
	if (addr != NULL) {
		in.family = addr->sa.sa_family;
		if (addr->sa.sa_family == AF_INET)
			memcpy(in.ip, &addr->v4.sin_addr, 4);
		else if (addr->sa.sa_family == AF_INET6)
			memcpy(in.ip, &addr->v6.sin6_addr, 16);
	}
	return gs_htab_hash(t->key, &in, sizeof(in));
}

static struct gs_tag_record *
record_of(struct gs_htab_node *by_tag)
{
	/* The node is the record's first member. */
	_Static_assert(offsetof(struct gs_tag_record, by_tag) == 0, "first");
	return (struct gs_tag_record *)(void *)by_tag;
}

static struct gs_tag_addr *
addr_of(struct gs_htab_node *by_addr)
{
	_Static_assert(offsetof(struct gs_tag_addr, by_addr) == 0, "first");
	return (struct gs_tag_addr *)(void *)by_addr;
}

static bool
has_ports(const struct gs_tag_record *r, uint16_t local_port,
    uint16_t peer_port)
{
	return r->local_port == local_port && r->peer_port == peer_port;
}

/* ---- queues ---- */

static struct gs_tag_queue *
queue_of(struct gs_tags *t, const struct gs_tag_record *r)
{
	switch (r->state) {
	case GS_TAG_OURS:
		return &t->ours;
	case GS_TAG_OFFERED:
	case GS_TAG_ANSWERED:
	case GS_TAG_ECHOED:
		return &t->theirs;
	case GS_TAG_CONFIRMED:
	default:
		return &t->confirmed;
	}
}

static void
queue_push(struct gs_tag_queue *q, struct gs_tag_record *r)
{
	r->newer = NULL;
	r->older = q->newest;
	if (q->newest != NULL)
		q->newest->newer = r;
	else
		q->oldest = r;
	q->newest = r;
	q->count++;
}

static void
queue_remove(struct gs_tag_queue *q, struct gs_tag_record *r)
{
	if (r->older != NULL)
		r->older->newer = r->newer;
	else
		q->oldest = r->newer;
	if (r->newer != NULL)
		r->newer->older = r->older;
	else
		q->newest = r->older;
	r->older = NULL;
	r->newer = NULL;
	q->count--;
}

/* ---- addresses ---- */

static void
index_addr(struct gs_tags *t, struct gs_tag_addr *a)
{
	const struct gs_tag_record *r = a->rec;

	gs_htab_add(&t->by_addr, &a->by_addr,
	    hash(t, HASH_ADDR, r->local_port, r->peer_port, 0, &a->addr));
}

static void
index_all(struct gs_tags *t, struct gs_tag_record *r)
{
	struct gs_tag_addr *a;

	if (r->is_indexed || r->state < GS_TAG_OURS)
		return;
	for (a = r->addrs; a != NULL; a = a->next)
		index_addr(t, a);
	r->is_indexed = true;
}

/* The first one needs no memory of its own. */
static struct gs_tag_addr *
addr_new(struct gs_tag_record *r)
{
	if (r->has_first)
		return calloc(1, sizeof(struct gs_tag_addr));
	r->has_first = true;
	memset(&r->first, 0, sizeof(r->first));
	return &r->first;
}

static void
addr_free(struct gs_tag_addr *a)
{
	if (a == &a->rec->first)
		a->rec->has_first = false;
	else
		free(a);
}

static void
put_addr(struct gs_tags *t, struct gs_tag_record *r, const union gs_addr *addr)
{
	struct gs_tag_addr *a;

	a = r->naddrs < GS_TAGS_ADDRS_MAX ? addr_new(r) : NULL;
	if (a == NULL) {
		r->has_more_addrs = true;
		t->is_partial = true;
		return;
	}
	a->rec = r;
	a->addr = *addr;
	a->next = r->addrs;
	r->addrs = a;
	r->naddrs++;
	queue_of(t, r)->naddrs++;
	if (r->is_indexed)
		index_addr(t, a);
}

void
gs_tags_remove_addr(struct gs_tags *t, struct gs_tag_record *r,
    const union gs_addr *addr)
{
	struct gs_tag_addr **at, *a;

	for (at = &r->addrs; (a = *at) != NULL; at = &a->next)
		if (gs_addr_same_ip(&a->addr, addr))
			break;
	if (a == NULL)
		return;
	*at = a->next;
	if (r->is_indexed)
		gs_htab_remove(&t->by_addr, &a->by_addr);
	addr_free(a);
	r->naddrs--;
	queue_of(t, r)->naddrs--;
}

void
gs_tags_clear_addrs(struct gs_tags *t, struct gs_tag_record *r)
{
	while (r->addrs != NULL) {
		struct gs_tag_addr *a = r->addrs;

		r->addrs = a->next;
		if (r->is_indexed)
			gs_htab_remove(&t->by_addr, &a->by_addr);
		addr_free(a);
	}
	queue_of(t, r)->naddrs -= r->naddrs;
	r->naddrs = 0;
	r->has_more_addrs = false;
}

void
gs_tags_add_addr(struct gs_tags *t, struct gs_tag_record *r,
    const union gs_addr *addr)
{
	/* The first one known ends the time in which none is. */
	if (r->naddrs == 1 && r->addrs->addr.sa.sa_family == AF_UNSPEC)
		gs_tags_clear_addrs(t, r);
	if (gs_tag_addr_find(r, addr) == NULL)
		put_addr(t, r, addr);
}

struct gs_tag_addr *
gs_tag_addr_find(const struct gs_tag_record *r, const union gs_addr *addr)
{
	struct gs_tag_addr *a;

	for (a = r->addrs; a != NULL; a = a->next)
		if (gs_addr_same_ip(&a->addr, addr))
			return a;
	return NULL;
}

static struct gs_tag_addr *
skip_other_addrs(struct gs_htab_node *n, uint16_t local_port,
    uint16_t peer_port, const union gs_addr *addr)
{
	for (; n != NULL; n = gs_htab_next(n)) {
		struct gs_tag_addr *a = addr_of(n);

		if (has_ports(a->rec, local_port, peer_port) &&
		    gs_addr_same_ip(&a->addr, addr))
			return a;
	}
	return NULL;
}

struct gs_tag_addr *
gs_tags_first_addr(const struct gs_tags *t, uint16_t local_port,
    uint16_t peer_port, const union gs_addr *addr)
{
	uint64_t h = hash(t, HASH_ADDR, local_port, peer_port, 0, addr);

	return skip_other_addrs(gs_htab_first(&t->by_addr, h), local_port,
	    peer_port, addr);
}

struct gs_tag_addr *
gs_tags_next_addr(const struct gs_tag_addr *a)
{
	return skip_other_addrs(gs_htab_next(&a->by_addr), a->rec->local_port,
	    a->rec->peer_port, &a->addr);
}

/* ---- records ---- */

static void
index_tag(struct gs_tags *t, struct gs_tag_record *r,
    const union gs_addr *offered_by)
{
	bool is_offer = r->state == GS_TAG_OFFERED;

	gs_htab_add(&t->by_tag, &r->by_tag,
	    hash(t, is_offer ? HASH_OFFER : HASH_TAG, r->local_port,
		r->peer_port, is_offer ? r->peer_tag : r->local_tag,
		offered_by));
}

struct gs_tag_record *
gs_tags_find(const struct gs_tags *t, uint16_t local_port, uint16_t peer_port,
    uint32_t local_tag)
{
	uint64_t h = hash(t, HASH_TAG, local_port, peer_port, local_tag, NULL);
	struct gs_htab_node *n;

	for (n = gs_htab_first(&t->by_tag, h); n != NULL; n = gs_htab_next(n)) {
		struct gs_tag_record *r = record_of(n);

		if (r->state != GS_TAG_OFFERED && r->local_tag == local_tag &&
		    has_ports(r, local_port, peer_port))
			return r;
	}
	return NULL;
}

struct gs_tag_record *
gs_tags_find_offer(const struct gs_tags *t, uint16_t local_port,
    uint16_t peer_port, uint32_t peer_tag, const union gs_addr *src)
{
	uint64_t h = hash(t, HASH_OFFER, local_port, peer_port, peer_tag, src);
	struct gs_htab_node *n;

	for (n = gs_htab_first(&t->by_tag, h); n != NULL; n = gs_htab_next(n)) {
		struct gs_tag_record *r = record_of(n);

		if (r->state == GS_TAG_OFFERED && r->peer_tag == peer_tag &&
		    has_ports(r, local_port, peer_port) &&
		    gs_tag_addr_find(r, src) != NULL)
			return r;
	}
	return NULL;
}

static void
make_room(struct gs_tags *t, struct gs_tag_queue *q)
{
	while ((q->count >= t->half_open_max ||
	    q->naddrs > t->half_open_max) && q->oldest != NULL) {
		if (q->oldest->state >= GS_TAG_OURS)
			t->is_partial = true;
		gs_tags_remove(t, q->oldest);
	}
}

struct gs_tag_record *
gs_tags_add(struct gs_tags *t, enum gs_tag_state state, uint16_t local_port,
    uint16_t peer_port, uint32_t tag, const union gs_addr *first,
    uint64_t now_ms)
{
	struct gs_tag_record *r = calloc(1, sizeof(*r));

	if (r == NULL) {
		t->is_partial = true;
		return NULL;
	}
	r->state = state;
	r->local_port = local_port;
	r->peer_port = peer_port;
	r->seen_ms = now_ms;
	if (state == GS_TAG_OFFERED)
		r->peer_tag = tag;
	else
		r->local_tag = tag;
	put_addr(t, r, first);
	if (state != GS_TAG_CONFIRMED)
		make_room(t, queue_of(t, r));
	queue_push(queue_of(t, r), r);
	index_tag(t, r, state == GS_TAG_OFFERED ? first : NULL);
	index_all(t, r);
	return r;
}

void
gs_tags_remove(struct gs_tags *t, struct gs_tag_record *r)
{
	struct gs_tag_retired *x;

	while ((x = r->retired) != NULL) {
		r->retired = x->next;
		free(x);
		t->nretired--;
	}
	gs_tags_clear_addrs(t, r);
	gs_htab_remove(&t->by_tag, &r->by_tag);
	queue_remove(queue_of(t, r), r);
	free(r);
}

void
gs_tags_answer(struct gs_tags *t, struct gs_tag_record *r, uint32_t local_tag)
{
	gs_htab_remove(&t->by_tag, &r->by_tag);
	r->state = GS_TAG_ANSWERED; /* the same queue as OFFERED */
	r->local_tag = local_tag;
	index_tag(t, r, NULL);
}

void
gs_tags_promote(struct gs_tags *t, struct gs_tag_record *r,
    enum gs_tag_state state)
{
	queue_remove(queue_of(t, r), r);
	queue_of(t, r)->naddrs -= r->naddrs;
	r->state = state;
	queue_push(queue_of(t, r), r);
	queue_of(t, r)->naddrs += r->naddrs;
	index_all(t, r);
}

void
gs_tags_refresh(struct gs_tags *t, struct gs_tag_record *r, uint64_t now_ms)
{
	struct gs_tag_queue *q = queue_of(t, r);

	r->seen_ms = now_ms;
	queue_remove(q, r);
	queue_push(q, r);
}

static void
expire_queue(struct gs_tags *t, struct gs_tag_queue *q, uint64_t before_ms)
{
	while (q->oldest != NULL && q->oldest->seen_ms < before_ms)
		gs_tags_remove(t, q->oldest);
}

void
gs_tags_expire(struct gs_tags *t, uint64_t before_ms)
{
	expire_queue(t, &t->ours, before_ms);
	expire_queue(t, &t->theirs, before_ms);
}

int
gs_tags_init(struct gs_tags *t, size_t half_open_max)
{
	int err;

	memset(t, 0, sizeof(*t));
	t->half_open_max = half_open_max > 0 ? half_open_max : 1;
	/* A weak key only lets an attacker make us slower: no error. */
	if (getrandom(t->key, sizeof(t->key), GRND_NONBLOCK) == -1)
		t->key[0] = (uint64_t)(uintptr_t)t;
	err = gs_htab_init(&t->by_tag);
	if (err != 0)
		return err;
	err = gs_htab_init(&t->by_addr);
	if (err != 0)
		gs_htab_fini(&t->by_tag);
	return err;
}

static void
drain(struct gs_tags *t, struct gs_tag_queue *q)
{
	while (q->oldest != NULL)
		gs_tags_remove(t, q->oldest);
}

void
gs_tags_fini(struct gs_tags *t)
{
	drain(t, &t->ours);
	drain(t, &t->theirs);
	drain(t, &t->confirmed);
	gs_htab_fini(&t->by_tag);
	gs_htab_fini(&t->by_addr);
}
