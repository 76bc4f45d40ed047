#include "tags.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../support/check_main.h"

#define MAX 4 /* half-open records of each kind */
#define LOCAL 1000
#define PEER 2000

static struct gs_tags t;

static void
setup(void)
{
	ck_assert_int_eq(gs_tags_init(&t, MAX), 0);
}

/* The sanitizer says whether it freed all. */
static void
teardown(void)
{
	gs_tags_fini(&t);
}

static union gs_addr
ip(const char *text)
{
	union gs_addr a;

	ck_assert_int_eq(gs_addr_parse(&a, text), 0);
	return a;
}

static union gs_addr
unknown(void)
{
	union gs_addr a;

	memset(&a, 0, sizeof(a));
	return a;
}

/* 10.x.y.z */
static union gs_addr
numbered(unsigned int i)
{
	union gs_addr a = ip("10.0.0.0");

	a.v4.sin_addr.s_addr = htonl(0x0a000000u + i);
	return a;
}

static struct gs_tag_record *
add(enum gs_tag_state state, uint32_t tag, const char *from, uint64_t now_ms)
{
	union gs_addr a = ip(from);
	struct gs_tag_record *r;

	r = gs_tags_add(&t, state, LOCAL, PEER, tag, &a, now_ms);
	ck_assert_ptr_nonnull(r);
	return r;
}

static struct gs_tag_record *
find(uint32_t tag)
{
	return gs_tags_find(&t, LOCAL, PEER, tag);
}

static struct gs_tag_record *
find_offer(uint32_t tag, const char *from)
{
	union gs_addr a = ip(from);

	return gs_tags_find_offer(&t, LOCAL, PEER, tag, &a);
}

/* How many associations an address has, each of them once. */
static size_t
count_at(const union gs_addr *a)
{
	struct gs_tag_record *seen[64];
	struct gs_tag_addr *at;
	size_t n = 0, i;

	for (at = gs_tags_first_addr(&t, LOCAL, PEER, a); at != NULL;
	     at = gs_tags_next_addr(at)) {
		for (i = 0; i < n; i++)
			ck_assert_ptr_ne(seen[i], at->rec);
		ck_assert_uint_lt(n, 64);
		seen[n++] = at->rec;
	}
	return n;
}

static size_t
count_at_ip(const char *text)
{
	union gs_addr a = ip(text);

	return count_at(&a);
}

static void
add_addr(struct gs_tag_record *r, const char *text)
{
	union gs_addr a = ip(text);

	gs_tags_add_addr(&t, r, &a);
}

/* ---- tags ---- */

START_TEST(a_record_is_found_by_its_ports_and_its_own_tag)
{
	static const enum gs_tag_state states[] = { GS_TAG_ANSWERED,
		GS_TAG_OURS, GS_TAG_ECHOED, GS_TAG_CONFIRMED };
	struct gs_tag_record *r;
	uint32_t tag;

	for (tag = 0; tag < 4; tag++) {
		r = add(states[tag], tag, "192.0.2.1", 5);
		ck_assert_ptr_eq(find(tag), r);
		ck_assert_int_eq((int)r->state, (int)states[tag]);
		ck_assert_uint_eq(r->local_tag, tag);
		ck_assert_uint_eq(r->peer_tag, 0);
		ck_assert_uint_eq(r->local_port, LOCAL);
		ck_assert_uint_eq(r->peer_port, PEER);
		ck_assert_uint_eq(r->seen_ms, 5);
		ck_assert_uint_eq(r->naddrs, 1);
		ck_assert_ptr_null(gs_tags_find(&t, LOCAL + 1, PEER, tag));
		ck_assert_ptr_null(gs_tags_find(&t, LOCAL, PEER + 1, tag));
		ck_assert_ptr_null(gs_tags_find(&t, PEER, LOCAL, tag));
		ck_assert_ptr_null(find(tag + 1));
		ck_assert_ptr_null(find_offer(tag, "192.0.2.1"));
	}
}
END_TEST

START_TEST(an_offer_is_found_by_the_peers_tag_and_address_alone)
{
	struct gs_tag_record *r = add(GS_TAG_OFFERED, 7, "192.0.2.1", 0);
	union gs_addr a = ip("192.0.2.1");

	ck_assert_ptr_eq(find_offer(7, "192.0.2.1"), r);
	ck_assert_uint_eq(r->peer_tag, 7);
	gs_addr_set_port(&a, 5); /* its UDP port does not matter */
	ck_assert_ptr_eq(gs_tags_find_offer(&t, LOCAL, PEER, 7, &a), r);
	ck_assert_ptr_null(find_offer(8, "192.0.2.1"));
	ck_assert_ptr_null(find_offer(7, "192.0.2.2"));
	ck_assert_ptr_null(gs_tags_find_offer(&t, LOCAL + 1, PEER, 7, &a));
	ck_assert_ptr_null(gs_tags_find_offer(&t, LOCAL, PEER + 1, 7, &a));
	ck_assert_ptr_null(find(7));
	ck_assert_ptr_null(find(0));
}
END_TEST

START_TEST(two_offers_of_one_tag_from_two_addresses_are_two)
{
	struct gs_tag_record *a = add(GS_TAG_OFFERED, 7, "192.0.2.1", 0);
	struct gs_tag_record *b = add(GS_TAG_OFFERED, 7, "192.0.2.2", 0);

	ck_assert_ptr_eq(find_offer(7, "192.0.2.1"), a);
	ck_assert_ptr_eq(find_offer(7, "192.0.2.2"), b);
	gs_tags_remove(&t, a);
	ck_assert_ptr_null(find_offer(7, "192.0.2.1"));
	ck_assert_ptr_eq(find_offer(7, "192.0.2.2"), b);
}
END_TEST

START_TEST(an_offer_that_is_answered_is_found_by_our_tag_instead)
{
	struct gs_tag_record *r = add(GS_TAG_OFFERED, 7, "192.0.2.1", 0);

	gs_tags_answer(&t, r, 99);
	ck_assert_int_eq((int)r->state, GS_TAG_ANSWERED);
	ck_assert_ptr_null(find_offer(7, "192.0.2.1"));
	ck_assert_ptr_null(find(7));
	ck_assert_ptr_eq(find(99), r);
	ck_assert_uint_eq(r->peer_tag, 7);
	ck_assert_uint_eq(r->local_tag, 99);
	ck_assert_uint_eq(t.theirs.count, 1);
}
END_TEST

START_TEST(a_record_that_is_removed_is_found_by_nothing)
{
	struct gs_tag_record *r = add(GS_TAG_CONFIRMED, 7, "192.0.2.1", 0);

	add_addr(r, "2001:db8::1");
	gs_tags_remove(&t, r);
	ck_assert_ptr_null(find(7));
	ck_assert_uint_eq(count_at_ip("192.0.2.1"), 0);
	ck_assert_uint_eq(count_at_ip("2001:db8::1"), 0);
	ck_assert_uint_eq(t.by_tag.count, 0);
	ck_assert_uint_eq(t.by_addr.count, 0);
	ck_assert_uint_eq(t.confirmed.count, 0);
	ck_assert_ptr_null(t.confirmed.oldest);
	ck_assert_ptr_null(t.confirmed.newest);
}
END_TEST

/* ---- bounds ---- */

START_TEST(a_full_queue_gives_up_its_oldest)
{
	uint32_t tag;

	for (tag = 1; tag <= MAX; tag++)
		(void)add(GS_TAG_OURS, tag, "192.0.2.1", tag);
	ck_assert_uint_eq(t.ours.count, MAX);
	(void)add(GS_TAG_OURS, 100, "192.0.2.1", 100);
	ck_assert_uint_eq(t.ours.count, MAX);
	ck_assert_ptr_null(find(1));
	for (tag = 2; tag <= MAX; tag++)
		ck_assert_ptr_nonnull(find(tag));
	ck_assert_ptr_nonnull(find(100));
	ck_assert_uint_eq(count_at_ip("192.0.2.1"), MAX);
}
END_TEST

START_TEST(what_is_refreshed_is_not_the_oldest)
{
	struct gs_tag_record *first;
	uint32_t tag;

	first = add(GS_TAG_OURS, 1, "192.0.2.1", 1);
	for (tag = 2; tag <= MAX; tag++)
		(void)add(GS_TAG_OURS, tag, "192.0.2.1", tag);
	gs_tags_refresh(&t, first, 50);
	ck_assert_uint_eq(first->seen_ms, 50);
	ck_assert_ptr_eq(t.ours.newest, first);
	(void)add(GS_TAG_OURS, 100, "192.0.2.1", 100);
	ck_assert_ptr_eq(find(1), first);
	ck_assert_ptr_null(find(2));
	/* One in the middle, and the newest as it is. */
	gs_tags_refresh(&t, find(4), 101);
	gs_tags_refresh(&t, find(4), 102);
	(void)add(GS_TAG_OURS, 101, "192.0.2.1", 103);
	(void)add(GS_TAG_OURS, 102, "192.0.2.1", 104);
	ck_assert_ptr_null(find(3));
	ck_assert_ptr_null(find(1));
	ck_assert_ptr_nonnull(find(4));
}
END_TEST

START_TEST(a_flood_of_offers_leaves_our_attempts_and_what_is_confirmed)
{
	union gs_addr a;
	uint32_t i;

	for (i = 1; i <= MAX; i++)
		(void)add(GS_TAG_OURS, i, "192.0.2.1", 0);
	for (i = 11; i <= 10 + 3 * MAX; i++)
		(void)add(GS_TAG_CONFIRMED, i, "192.0.2.1", 0);
	for (i = 0; i < 1000; i++) {
		a = numbered(i);
		ck_assert_ptr_nonnull(
		    gs_tags_add(&t, GS_TAG_OFFERED, LOCAL, PEER, i, &a, i));
	}
	ck_assert_uint_eq(t.theirs.count, MAX);
	ck_assert_uint_eq(t.ours.count, MAX);
	ck_assert_uint_eq(t.confirmed.count, 3 * MAX);
	ck_assert_uint_eq(t.by_tag.count, 5 * MAX);
	for (i = 1; i <= MAX; i++)
		ck_assert_ptr_nonnull(find(i));
	for (i = 11; i <= 10 + 3 * MAX; i++)
		ck_assert_ptr_nonnull(find(i));
}
END_TEST

START_TEST(offers_answers_and_cookies_share_one_bound)
{
	struct gs_tag_record *r;

	gs_tags_answer(&t, add(GS_TAG_OFFERED, 1, "192.0.2.1", 1), 101);
	r = add(GS_TAG_ANSWERED, 102, "192.0.2.2", 2);
	gs_tags_promote(&t, r, GS_TAG_ECHOED);
	(void)add(GS_TAG_OFFERED, 3, "192.0.2.3", 3);
	(void)add(GS_TAG_ECHOED, 104, "192.0.2.4", 4);
	ck_assert_uint_eq(t.theirs.count, MAX);
	(void)add(GS_TAG_OFFERED, 5, "192.0.2.5", 5);
	ck_assert_uint_eq(t.theirs.count, MAX);
	ck_assert_ptr_null(find(101));
	ck_assert_ptr_eq(find(102), r);
}
END_TEST

START_TEST(a_bound_of_0_is_one_of_1)
{
	struct gs_tags one;
	union gs_addr a = ip("192.0.2.1");

	ck_assert_int_eq(gs_tags_init(&one, 0), 0);
	ck_assert_ptr_nonnull(gs_tags_add(&one, GS_TAG_OURS, 1, 2, 3, &a, 0));
	ck_assert_ptr_nonnull(gs_tags_find(&one, 1, 2, 3));
	ck_assert_ptr_nonnull(gs_tags_add(&one, GS_TAG_OURS, 1, 2, 4, &a, 0));
	ck_assert_ptr_null(gs_tags_find(&one, 1, 2, 3));
	ck_assert_ptr_nonnull(gs_tags_find(&one, 1, 2, 4));
	gs_tags_fini(&one);
}
END_TEST

START_TEST(what_was_seen_before_a_time_expires_unless_it_is_confirmed)
{
	struct gs_tag_record *r;

	(void)add(GS_TAG_OURS, 1, "192.0.2.1", 10);
	(void)add(GS_TAG_OURS, 2, "192.0.2.1", 20);
	(void)add(GS_TAG_OFFERED, 3, "192.0.2.1", 10);
	(void)add(GS_TAG_ANSWERED, 4, "192.0.2.1", 19);
	(void)add(GS_TAG_ECHOED, 5, "192.0.2.1", 20);
	(void)add(GS_TAG_CONFIRMED, 6, "192.0.2.1", 0);
	r = add(GS_TAG_OURS, 7, "192.0.2.1", 10);
	gs_tags_refresh(&t, r, 30);
	gs_tags_expire(&t, 10);
	ck_assert_uint_eq(t.by_tag.count, 7);
	gs_tags_expire(&t, 20);
	ck_assert_ptr_null(find(1));
	ck_assert_ptr_nonnull(find(2));
	ck_assert_ptr_null(find_offer(3, "192.0.2.1"));
	ck_assert_ptr_null(find(4));
	ck_assert_ptr_nonnull(find(5));
	ck_assert_ptr_nonnull(find(6));
	ck_assert_ptr_eq(find(7), r);
	gs_tags_expire(&t, UINT64_MAX);
	ck_assert_uint_eq(t.by_tag.count, 1);
	ck_assert_ptr_nonnull(find(6));
}
END_TEST

/* ---- promotion ---- */

START_TEST(a_handshake_of_others_binds_no_address_before_its_cookie)
{
	struct gs_tag_record *r = add(GS_TAG_OFFERED, 7, "192.0.2.1", 0);

	add_addr(r, "192.0.2.2");
	ck_assert_uint_eq(count_at_ip("192.0.2.1"), 0);
	gs_tags_answer(&t, r, 99);
	add_addr(r, "192.0.2.3");
	ck_assert_uint_eq(count_at_ip("192.0.2.1"), 0);
	ck_assert_uint_eq(count_at_ip("192.0.2.3"), 0);
	ck_assert_uint_eq(t.by_addr.count, 0);

	gs_tags_promote(&t, r, GS_TAG_ECHOED);
	ck_assert_uint_eq(count_at_ip("192.0.2.1"), 1);
	ck_assert_uint_eq(count_at_ip("192.0.2.2"), 1);
	ck_assert_uint_eq(count_at_ip("192.0.2.3"), 1);
	add_addr(r, "192.0.2.4");
	ck_assert_uint_eq(count_at_ip("192.0.2.4"), 1);

	gs_tags_promote(&t, r, GS_TAG_CONFIRMED);
	ck_assert_uint_eq(count_at_ip("192.0.2.1"), 1);
	ck_assert_uint_eq(t.by_addr.count, 4); /* each but once */
	ck_assert_ptr_eq(find(99), r);
}
END_TEST

START_TEST(an_attempt_of_ours_binds_its_address_at_once)
{
	(void)add(GS_TAG_OURS, 7, "192.0.2.1", 0);
	ck_assert_uint_eq(count_at_ip("192.0.2.1"), 1);
}
END_TEST

START_TEST(what_is_confirmed_leaves_its_queue_and_neither_expires_nor_goes)
{
	struct gs_tag_record *r = add(GS_TAG_OURS, 1, "192.0.2.1", 0);
	uint32_t tag;

	gs_tags_promote(&t, r, GS_TAG_CONFIRMED);
	ck_assert_uint_eq(t.ours.count, 0);
	ck_assert_uint_eq(t.confirmed.count, 1);
	for (tag = 2; tag < 100; tag++)
		(void)add(GS_TAG_OURS, tag, "192.0.2.1", tag);
	gs_tags_expire(&t, UINT64_MAX);
	ck_assert_ptr_eq(find(1), r);
	ck_assert_uint_eq(count_at_ip("192.0.2.1"), 1);
	/* Once more is no harm. */
	gs_tags_promote(&t, r, GS_TAG_CONFIRMED);
	ck_assert_uint_eq(t.confirmed.count, 1);
	ck_assert_uint_eq(t.by_addr.count, 1);
}
END_TEST

/* ---- addresses ---- */

START_TEST(an_address_finds_all_associations_of_its_ports)
{
	union gs_addr a = ip("192.0.2.1");
	struct gs_tag_record *r;

	r = add(GS_TAG_CONFIRMED, 1, "192.0.2.1", 0);
	(void)add(GS_TAG_CONFIRMED, 2, "192.0.2.1", 0);
	(void)add(GS_TAG_OURS, 3, "192.0.2.1", 0);
	(void)add(GS_TAG_CONFIRMED, 4, "192.0.2.2", 0);
	ck_assert_ptr_nonnull(
	    gs_tags_add(&t, GS_TAG_CONFIRMED, LOCAL, PEER + 1, 5, &a, 0));
	ck_assert_ptr_nonnull(
	    gs_tags_add(&t, GS_TAG_CONFIRMED, LOCAL + 1, PEER, 6, &a, 0));
	gs_addr_set_port(&a, 1234); /* whatever the UDP port */
	ck_assert_uint_eq(count_at(&a), 3);
	gs_tags_remove(&t, r);
	ck_assert_uint_eq(count_at(&a), 2);
	ck_assert_uint_eq(count_at_ip("192.0.2.2"), 1);
	ck_assert_uint_eq(count_at_ip("192.0.2.3"), 0);
}
END_TEST

START_TEST(an_address_is_kept_once_and_with_its_first_port)
{
	struct gs_tag_record *r = add(GS_TAG_CONFIRMED, 1, "192.0.2.1", 0);
	union gs_addr a = ip("192.0.2.1");
	struct gs_tag_addr *found;

	gs_addr_set_port(&a, 9);
	gs_tags_add_addr(&t, r, &a);
	add_addr(r, "192.0.2.2");
	add_addr(r, "192.0.2.2");
	ck_assert_uint_eq(r->naddrs, 2);
	ck_assert_uint_eq(t.by_addr.count, 2);
	found = gs_tag_addr_find(r, &a);
	ck_assert_ptr_nonnull(found);
	ck_assert_ptr_eq(found->rec, r);
	ck_assert_uint_eq(gs_addr_port(&found->addr), 0);
	a = ip("192.0.2.3");
	ck_assert_ptr_null(gs_tag_addr_find(r, &a));
}
END_TEST

START_TEST(an_ipv6_address_is_found_with_and_without_its_scope)
{
	union gs_addr a = ip("fe80::1%1"), bare = ip("fe80::1");
	union gs_addr other = ip("fe80::1%2");

	ck_assert_ptr_nonnull(
	    gs_tags_add(&t, GS_TAG_CONFIRMED, LOCAL, PEER, 1, &a, 0));
	ck_assert_uint_eq(count_at(&a), 1);
	ck_assert_uint_eq(count_at(&bare), 1);
	ck_assert_uint_eq(count_at(&other), 0);
}
END_TEST

START_TEST(an_ipv4_address_is_not_an_ipv6_address_of_its_bytes)
{
	(void)add(GS_TAG_CONFIRMED, 1, "192.0.2.1", 0);
	ck_assert_uint_eq(count_at_ip("c000:201::"), 0);
	ck_assert_uint_eq(count_at_ip("::ffff:192.0.2.1"), 0);
}
END_TEST

START_TEST(more_addresses_than_are_kept_are_told_of)
{
	union gs_addr a = numbered(0);
	struct gs_tag_record *r;
	unsigned int i;

	r = gs_tags_add(&t, GS_TAG_CONFIRMED, LOCAL, PEER, 1, &a, 0);
	ck_assert_ptr_nonnull(r);
	for (i = 1; i < GS_TAGS_ADDRS_MAX; i++) {
		a = numbered(i);
		gs_tags_add_addr(&t, r, &a);
	}
	ck_assert_uint_eq(r->naddrs, GS_TAGS_ADDRS_MAX);
	gs_tags_add_addr(&t, r, &a); /* it is there */
	ck_assert(!r->has_more_addrs);
	a = numbered(i);
	gs_tags_add_addr(&t, r, &a);
	ck_assert(r->has_more_addrs);
	ck_assert_uint_eq(r->naddrs, GS_TAGS_ADDRS_MAX);
	ck_assert_uint_eq(count_at(&a), 0);
	gs_tags_clear_addrs(&t, r);
	ck_assert(!r->has_more_addrs);
	ck_assert_uint_eq(r->naddrs, 0);
	ck_assert_uint_eq(t.by_addr.count, 0);
	gs_tags_add_addr(&t, r, &a);
	ck_assert_uint_eq(count_at(&a), 1); /* it is still indexed */
}
END_TEST

START_TEST(an_association_of_no_known_address_is_found_until_one_is_known)
{
	union gs_addr none = unknown();
	struct gs_tag_record *r;

	r = gs_tags_add(&t, GS_TAG_CONFIRMED, LOCAL, PEER, 1, &none, 0);
	ck_assert_ptr_nonnull(r);
	(void)add(GS_TAG_CONFIRMED, 2, "192.0.2.9", 0);
	ck_assert_uint_eq(count_at(&none), 1);
	ck_assert_ptr_eq(gs_tags_first_addr(&t, LOCAL, PEER, &none)->rec, r);
	ck_assert_uint_eq(count_at_ip("192.0.2.1"), 0);
	add_addr(r, "192.0.2.1");
	ck_assert_uint_eq(count_at(&none), 0);
	ck_assert_uint_eq(count_at_ip("192.0.2.1"), 1);
	ck_assert_uint_eq(r->naddrs, 1);
	add_addr(r, "192.0.2.2");
	ck_assert_uint_eq(r->naddrs, 2);
}
END_TEST

START_TEST(adding_what_evicts_its_own_neighbour_keeps_both_indexes_whole)
{
	uint32_t tag;

	/* The same ports, tag and address, again and again. */
	for (tag = 0; tag < 10 * MAX; tag++)
		(void)add(GS_TAG_OURS, 1, "192.0.2.1", tag);
	ck_assert_uint_eq(t.ours.count, MAX);
	ck_assert_uint_eq(t.by_tag.count, MAX);
	ck_assert_uint_eq(t.by_addr.count, MAX);
	ck_assert_uint_eq(count_at_ip("192.0.2.1"), MAX);
	for (tag = 0; tag < MAX; tag++)
		gs_tags_remove(&t, find(1));
	ck_assert_ptr_null(find(1));
}
END_TEST

/* ---- against a model ---- */

enum {
	TAGS = 200,
	IPS = 8,
	STEPS = 30000
};

static struct known {
	struct gs_tag_record *rec; /* NULL: there is none */
	enum gs_tag_state state;
	uint64_t used; /* its place among those of its queue */
	bool has[IPS];
} known[TAGS];

static uint64_t uses;

static int
queue_number(enum gs_tag_state state)
{
	return state == GS_TAG_CONFIRMED ? 2 : state == GS_TAG_OURS ? 1 : 0;
}

static int
oldest_of(int queue)
{
	int i, oldest = -1;

	for (i = 0; i < TAGS; i++)
		if (known[i].rec != NULL &&
		    queue_number(known[i].state) == queue &&
		    (oldest == -1 || known[i].used < known[oldest].used))
			oldest = i;
	return oldest;
}

static size_t
count_queue(int queue)
{
	size_t n = 0;
	int i;

	for (i = 0; i < TAGS; i++)
		n += known[i].rec != NULL &&
		    queue_number(known[i].state) == queue;
	return n;
}

static size_t
count_addrs(int queue)
{
	size_t n = 0;
	int i, j;

	for (i = 0; i < TAGS; i++)
		for (j = 0; j < IPS; j++)
			n += known[i].rec != NULL && known[i].has[j] &&
			    queue_number(known[i].state) == queue;
	return n;
}

static void
model_add(int i, enum gs_tag_state state, unsigned int addr)
{
	int queue = queue_number(state);
	union gs_addr a = numbered(addr);

	while (queue != 2 &&
	    (count_queue(queue) >= MAX || count_addrs(queue) >= MAX))
		known[oldest_of(queue)].rec = NULL;
	memset(&known[i], 0, sizeof(known[i]));
	known[i].rec =
	    gs_tags_add(&t, state, LOCAL, PEER, (uint32_t)i, &a, ++uses);
	ck_assert_ptr_nonnull(known[i].rec);
	known[i].state = state;
	known[i].used = uses;
	known[i].has[addr] = true;
}

static void
model_change(int i, unsigned int what, unsigned int addr)
{
	struct known *k = &known[i];
	union gs_addr a = numbered(addr);

	switch (what) {
	case 0:
		gs_tags_remove(&t, k->rec);
		k->rec = NULL;
		break;
	case 1:
		gs_tags_add_addr(&t, k->rec, &a);
		k->has[addr] = true;
		break;
	case 2:
		/* As the filter does: then its place and time agree. */
		k->state = k->state == GS_TAG_ANSWERED ? GS_TAG_ECHOED :
							 GS_TAG_CONFIRMED;
		gs_tags_promote(&t, k->rec, k->state);
		gs_tags_refresh(&t, k->rec, ++uses);
		k->used = uses;
		break;
	default:
		gs_tags_refresh(&t, k->rec, ++uses);
		k->used = uses;
		break;
	}
}

static void
ck_agrees(unsigned int addr)
{
	union gs_addr a = numbered(addr);
	size_t here = 0;
	int i;

	for (i = 0; i < TAGS; i++) {
		ck_assert_ptr_eq(find((uint32_t)i), known[i].rec);
		here += known[i].rec != NULL && known[i].has[addr] &&
		    known[i].state >= GS_TAG_OURS;
	}
	if (here < 64)
		ck_assert_uint_eq(count_at(&a), here);
	ck_assert_uint_eq(t.theirs.count, count_queue(0));
	ck_assert_uint_eq(t.ours.count, count_queue(1));
	ck_assert_uint_eq(t.confirmed.count, count_queue(2));
}

START_TEST(random_use_agrees_with_a_model)
{
	const char *text = getenv("GSCTP_TEST_SEED");
	unsigned int seed = text != NULL ? (unsigned int)atoi(text) : 4711;
	static const enum gs_tag_state states[] = { GS_TAG_ANSWERED,
		GS_TAG_OURS, GS_TAG_ECHOED, GS_TAG_CONFIRMED };
	unsigned int addr;
	int step, i;

	printf("tags: GSCTP_TEST_SEED=%u\n", seed);
	fflush(stdout); /* a failure in a fork would lose it */
	memset(known, 0, sizeof(known));
	uses = 0;
	for (step = 0; step < STEPS; step++) {
		i = rand_r(&seed) % TAGS;
		addr = (unsigned int)rand_r(&seed) % IPS;
		if (known[i].rec == NULL)
			model_add(i, states[rand_r(&seed) % 4], addr);
		else
			model_change(i, (unsigned int)rand_r(&seed) % 4, addr);
		if (rand_r(&seed) % 64 == 0 && uses > 10) {
			gs_tags_expire(&t, uses - 5);
			for (i = 0; i < TAGS; i++)
				if (known[i].rec != NULL &&
				    known[i].used < uses - 5 &&
				    queue_number(known[i].state) != 2)
					known[i].rec = NULL;
		}
		if (step % 40 == 0)
			ck_agrees(addr);
	}
}
END_TEST

static TCase *
new_case(Suite *s, const char *name)
{
	TCase *tc = tcase_create(name);

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 60);
	suite_add_tcase(s, tc);
	return tc;
}

static Suite *
suite(void)
{
	Suite *s = suite_create("tags");
	TCase *tc = new_case(s, "tag");

	tcase_add_test(tc, a_record_is_found_by_its_ports_and_its_own_tag);
	tcase_add_test(tc,
	    an_offer_is_found_by_the_peers_tag_and_address_alone);
	tcase_add_test(tc, two_offers_of_one_tag_from_two_addresses_are_two);
	tcase_add_test(tc,
	    an_offer_that_is_answered_is_found_by_our_tag_instead);
	tcase_add_test(tc, a_record_that_is_removed_is_found_by_nothing);

	tc = new_case(s, "bounds");
	tcase_add_test(tc, a_full_queue_gives_up_its_oldest);
	tcase_add_test(tc, what_is_refreshed_is_not_the_oldest);
	tcase_add_test(tc,
	    a_flood_of_offers_leaves_our_attempts_and_what_is_confirmed);
	tcase_add_test(tc, offers_answers_and_cookies_share_one_bound);
	tcase_add_test(tc, a_bound_of_0_is_one_of_1);
	tcase_add_test(tc,
	    what_was_seen_before_a_time_expires_unless_it_is_confirmed);

	tc = new_case(s, "promotion");
	tcase_add_test(tc,
	    a_handshake_of_others_binds_no_address_before_its_cookie);
	tcase_add_test(tc, an_attempt_of_ours_binds_its_address_at_once);
	tcase_add_test(tc,
	    what_is_confirmed_leaves_its_queue_and_neither_expires_nor_goes);

	tc = new_case(s, "addresses");
	tcase_add_test(tc, an_address_finds_all_associations_of_its_ports);
	tcase_add_test(tc, an_address_is_kept_once_and_with_its_first_port);
	tcase_add_test(tc, an_ipv6_address_is_found_with_and_without_its_scope);
	tcase_add_test(tc, an_ipv4_address_is_not_an_ipv6_address_of_its_bytes);
	tcase_add_test(tc, more_addresses_than_are_kept_are_told_of);
	tcase_add_test(tc,
	    an_association_of_no_known_address_is_found_until_one_is_known);
	tcase_add_test(tc,
	    adding_what_evicts_its_own_neighbour_keeps_both_indexes_whole);

	tc = new_case(s, "model");
	tcase_add_test(tc, random_use_agrees_with_a_model);
	return s;
}

int
main(void)
{
	return gs_test_main(suite());
}
