/* Whose a packet is that is not found by its tag: somebody's, nobody's, or
 * for the engine to say. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check_main.h"
#include "chunk.h"
#include "filter_whose.h"
#include "tags.h"

#define LPORT 5000
#define PPORT 6000
#define UDP 9899
#define OUR_TAG 0x11111111u
#define THEIR_TAG 0x22222222u
#define NEW_TAG 0x33333333u
#define HALF_OPENS 4

#define PEER "10.0.0.2"
#define PEER2 "10.0.1.2"
#define OTHER "192.0.2.1"
#define OTHER6 "2001:db8::1"

static struct gs_filter *f;
static struct gs_tags *tags;

static struct gs_packet pkt;
static uint8_t bytes[512];

static union gs_addr
addr_of(const char *text)
{
	union gs_addr a;

	memset(&a, 0, sizeof(a));
	if (text != NULL && gs_addr_parse(&a, text) != 0)
		abort();
	if (text != NULL)
		gs_addr_set_port(&a, UDP);
	return a;
}

static void
put(unsigned int v, size_t len)
{
	while (len-- > 0)
		bytes[pkt.len++] = (uint8_t)(v >> 8 * len);
}

/* A packet with one chunk so far, of so many bytes that are zero. */
static void
begin(const char *src, uint32_t tag, uint8_t type, uint8_t flags, size_t len)
{
	memset(&pkt, 0, sizeof(pkt));
	memset(bytes, 0, sizeof(bytes));
	pkt.data = bytes;
	pkt.src = addr_of(src);
	pkt.dst = addr_of("10.0.0.1");
	put(PPORT, 2);
	put(LPORT, 2);
	put(tag, 4);
	put(0, 4);
	put(type, 1);
	put(flags, 1);
	put((unsigned int)len + 4, 2);
	pkt.len += len;
}

/* An INIT that names one more address. */
static void
init(const char *src, const char *more)
{
	union gs_addr a = addr_of(more);

	begin(src, 0, GS_CHUNK_INIT, 0, 16);
	if (a.sa.sa_family == AF_INET) {
		put(GS_PARAM_IPV4 << 16 | 8, 4);
		memcpy(bytes + pkt.len, &a.v4.sin_addr, 4);
		pkt.len += 4;
	} else if (a.sa.sa_family == AF_INET6) {
		put(GS_PARAM_IPV6 << 16 | 20, 4);
		memcpy(bytes + pkt.len, &a.v6.sin6_addr, 16);
		pkt.len += 16;
	}
	bytes[15] = (uint8_t)(pkt.len - 12);
}

static uint32_t tag;

static enum gs_whose
whose(void)
{
	tag = 0;
	return gs_filter_whose(f, &pkt, &tag);
}

static struct gs_tag_record *
add(enum gs_tag_state state, uint32_t our_tag, const char *first)
{
	union gs_addr a = addr_of(first);
	struct gs_tag_record *r;

	r = gs_tags_add(tags, state, LPORT, PPORT, our_tag, &a, 1000);
	ck_assert_ptr_nonnull(r);
	return r;
}

static void
setup(void)
{
	union gs_addr peer2 = addr_of(PEER2);
	struct gs_tag_record *r;

	ck_assert_int_eq(gs_filter_new(HALF_OPENS, &f), 0);
	tags = gs_filter_tags(f);
	r = add(GS_TAG_CONFIRMED, OUR_TAG, PEER);
	r->peer_tag = THEIR_TAG;
	gs_tags_add_addr(tags, r, &peer2);
}

static void
teardown(void)
{
	gs_filter_free(f);
}

START_TEST(the_init_of_somebody_new_is_nobodys)
{
	init(OTHER, OTHER6);
	ck_assert_int_eq(whose(), GS_WHOSE_NOBODYS);
	/* Other ports are another peer. */
	init(PEER, NULL);
	bytes[1]++;
	ck_assert_int_eq(whose(), GS_WHOSE_NOBODYS);
}
END_TEST

START_TEST(the_init_of_a_peer_is_his)
{
	init(PEER2, PEER);
	ck_assert_int_eq(whose(), GS_WHOSE_TAGS);
	ck_assert_uint_eq(tag, OUR_TAG);
}
END_TEST

START_TEST(an_init_that_names_a_peers_address_is_for_the_engine_to_say)
{
	init(OTHER, PEER2);
	ck_assert_int_eq(whose(), GS_WHOSE_UNSURE);
}
END_TEST

START_TEST(our_own_attempt_counts_as_an_association)
{
	add(GS_TAG_OURS, NEW_TAG, OTHER);
	init(OTHER, NULL);
	ck_assert_int_eq(whose(), GS_WHOSE_TAGS);
	ck_assert_uint_eq(tag, NEW_TAG);
}
END_TEST

START_TEST(an_attempt_of_theirs_that_is_not_proven_is_none)
{
	add(GS_TAG_ANSWERED, NEW_TAG, OTHER);
	init(OTHER, NULL);
	ck_assert_int_eq(whose(), GS_WHOSE_NOBODYS);
}
END_TEST

START_TEST(a_cookie_that_has_come_back_is_nobodys)
{
	add(GS_TAG_ECHOED, NEW_TAG, OTHER);
	begin(OTHER, NEW_TAG, GS_CHUNK_COOKIE_ECHO, 0, 40);
	ck_assert_int_eq(whose(), GS_WHOSE_NOBODYS);
}
END_TEST

START_TEST(the_cookie_of_a_restart_is_its_associations)
{
	add(GS_TAG_ECHOED, NEW_TAG, PEER);
	begin(PEER, NEW_TAG, GS_CHUNK_COOKIE_ECHO, 0, 40);
	ck_assert_int_eq(whose(), GS_WHOSE_TAGS);
	ck_assert_uint_eq(tag, OUR_TAG);
}
END_TEST

START_TEST(a_cookie_whose_init_named_a_peers_address_is_for_the_engine)
{
	union gs_addr peer = addr_of(PEER);
	struct gs_tag_record *r = add(GS_TAG_ECHOED, NEW_TAG, OTHER);

	gs_tags_add_addr(tags, r, &peer);
	begin(OTHER, NEW_TAG, GS_CHUNK_COOKIE_ECHO, 0, 40);
	ck_assert_int_eq(whose(), GS_WHOSE_UNSURE);
}
END_TEST

START_TEST(a_cookie_of_no_handshake_that_is_known_is_for_the_engine)
{
	begin(OTHER, NEW_TAG, GS_CHUNK_COOKIE_ECHO, 0, 40);
	ck_assert_int_eq(whose(), GS_WHOSE_UNSURE);
	begin(PEER, OUR_TAG, GS_CHUNK_COOKIE_ECHO, 0, 40);
	ck_assert_int_eq(whose(), GS_WHOSE_UNSURE);
}
END_TEST

START_TEST(an_abort_that_reflects_a_tag_is_its_associations)
{
	begin(PEER, THEIR_TAG, GS_CHUNK_ABORT, GS_CHUNK_FLAG_T, 0);
	ck_assert_int_eq(whose(), GS_WHOSE_TAGS);
	ck_assert_uint_eq(tag, OUR_TAG);
}
END_TEST

START_TEST(what_comes_out_of_the_blue_is_nobodys)
{
	begin(OTHER, NEW_TAG, GS_CHUNK_SACK, 0, 12);
	ck_assert_int_eq(whose(), GS_WHOSE_NOBODYS);
}
END_TEST

START_TEST(of_an_asconf_the_engine_says_whose_it_is)
{
	begin(OTHER, NEW_TAG, GS_CHUNK_ASCONF, 0, 12);
	ck_assert_int_eq(whose(), GS_WHOSE_UNSURE);
}
END_TEST

START_TEST(of_two_with_one_peer_the_engine_says_which)
{
	add(GS_TAG_CONFIRMED, NEW_TAG, PEER);
	init(PEER, NULL);
	ck_assert_int_eq(whose(), GS_WHOSE_UNSURE);
}
END_TEST

START_TEST(an_association_without_known_addresses_may_be_anybodys)
{
	add(GS_TAG_CONFIRMED, NEW_TAG, NULL);
	init(OTHER, NULL);
	ck_assert_int_eq(whose(), GS_WHOSE_UNSURE);
}
END_TEST

/* A peer has more addresses than are kept (0), or more are on their way than
 * are kept, of our side (1) or of theirs (2). */
START_TEST(once_one_was_left_out_nothing_is_sure)
{
	struct gs_tag_record *r;
	char text[16];
	union gs_addr a;
	uint32_t i;

	if (_i == 0) {
		r = gs_tags_find(tags, LPORT, PPORT, OUR_TAG);
		for (i = 0; i < GS_TAGS_ADDRS_MAX; i++) {
			(void)snprintf(text, sizeof(text), "10.1.0.%u", i);
			a = addr_of(text);
			gs_tags_add_addr(tags, r, &a);
		}
	}
	for (i = 0; _i > 0 && i <= HALF_OPENS; i++)
		add(_i == 1 ? GS_TAG_OURS : GS_TAG_ECHOED, NEW_TAG + i,
		    "10.2.0.1");
	init(OTHER, NULL);
	ck_assert_int_eq(whose(), GS_WHOSE_UNSURE);
}
END_TEST

START_TEST(handshakes_of_strangers_may_be_left_out)
{
	uint32_t i;

	for (i = 0; i <= HALF_OPENS; i++)
		add(GS_TAG_ANSWERED, NEW_TAG + i, "10.2.0.1");
	init(OTHER, NULL);
	ck_assert_int_eq(whose(), GS_WHOSE_NOBODYS);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("filter_whose");
	TCase *tc = tcase_create("whose");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, the_init_of_somebody_new_is_nobodys);
	tcase_add_test(tc, the_init_of_a_peer_is_his);
	tcase_add_test(tc,
	    an_init_that_names_a_peers_address_is_for_the_engine_to_say);
	tcase_add_test(tc, our_own_attempt_counts_as_an_association);
	tcase_add_test(tc, an_attempt_of_theirs_that_is_not_proven_is_none);
	tcase_add_test(tc, a_cookie_that_has_come_back_is_nobodys);
	tcase_add_test(tc, the_cookie_of_a_restart_is_its_associations);
	tcase_add_test(tc,
	    a_cookie_whose_init_named_a_peers_address_is_for_the_engine);
	tcase_add_test(tc,
	    a_cookie_of_no_handshake_that_is_known_is_for_the_engine);
	tcase_add_test(tc, an_abort_that_reflects_a_tag_is_its_associations);
	tcase_add_test(tc, what_comes_out_of_the_blue_is_nobodys);
	tcase_add_test(tc, of_an_asconf_the_engine_says_whose_it_is);
	tcase_add_test(tc, of_two_with_one_peer_the_engine_says_which);
	tcase_add_test(tc,
	    an_association_without_known_addresses_may_be_anybodys);
	tcase_add_loop_test(tc, once_one_was_left_out_nothing_is_sure, 0, 3);
	tcase_add_test(tc, handshakes_of_strangers_may_be_left_out);
	suite_add_tcase(s, tc);
	return gs_test_main(s);
}
