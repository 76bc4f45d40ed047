/* Who begins anew, who is somebody else, and what he is told. */

#include <stdlib.h>
#include <string.h>

#include "check_main.h"
#include "crc32c.h"
#include "filter_restart.h"

#define LPORT 5000
#define PPORT 6000
#define UDP 9899
#define OUR_TAG 0x11111111u
#define THEIR_TAG 0x22222222u
#define NEW_TAG 0x33333333u

#define PEER "10.0.0.2"
#define PEER2 "10.0.1.2"
#define OTHER "192.0.2.1"
#define OTHER6 "2001:db8::1"

static struct gs_filter *f;
static struct gs_tag_record *rec;

/* An INIT that is being written. */
static struct gs_packet pkt;
static uint8_t bytes[512];

static union gs_addr
addr_of(const char *text, uint16_t port)
{
	union gs_addr a;

	if (gs_addr_parse(&a, text) != 0)
		abort();
	gs_addr_set_port(&a, port);
	return a;
}

static void
put(unsigned int v, size_t len)
{
	while (len-- > 0)
		bytes[pkt.len++] = (uint8_t)(v >> 8 * len);
}

static unsigned int
get(const uint8_t *p, size_t len)
{
	unsigned int v = 0;

	while (len-- > 0)
		v = v << 8 | *p++;
	return v;
}

static void
begin(const char *src, uint16_t udp)
{
	memset(&pkt, 0, sizeof(pkt));
	pkt.data = bytes;
	pkt.src = addr_of(src, udp);
	pkt.dst = addr_of("10.0.0.1", UDP);
	put(PPORT, 2);
	put(LPORT, 2);
	put(0, 4); /* tag */
	put(0, 4);
	put(GS_CHUNK_INIT, 1);
	put(0, 3); /* flags, length */
	put(NEW_TAG, 4);
	put(65536, 4);
	put(10, 2);
	put(10, 2);
	put(1, 4);
}

static void
param(const char *text)
{
	union gs_addr a = addr_of(text, 0);

	if (a.sa.sa_family == AF_INET) {
		put(GS_PARAM_IPV4 << 16 | 8, 4);
		memcpy(bytes + pkt.len, &a.v4.sin_addr, 4);
		pkt.len += 4;
	} else {
		put(GS_PARAM_IPV6 << 16 | 20, 4);
		memcpy(bytes + pkt.len, &a.v6.sin6_addr, 16);
		pkt.len += 16;
	}
}

static enum gs_filter_verdict
judge(void)
{
	uint32_t crc;

	bytes[14] = (uint8_t)((pkt.len - 12) >> 8);
	bytes[15] = (uint8_t)(pkt.len - 12);
	crc = gs_crc32c_packet(bytes, pkt.len);
	memcpy(bytes + 8, &crc, 4);
	return gs_filter_in(f, &pkt, 1000);
}

/*
 * The answer, in a block of exactly the size that is promised to do; check
 * its frame, and return the length of its cause, which begins at answer + 16.
 */
static uint8_t *answer;

static size_t
refuse(void)
{
	size_t len;
	uint32_t crc;

	ck_assert_int_eq(judge(), GS_REFUSE_RESTART);
	free(answer);
	answer = malloc(pkt.len);
	ck_assert_ptr_nonnull(answer);
	len = gs_restart_answer(f, &pkt, answer);
	ck_assert_uint_ge(len, 20);
	ck_assert_uint_le(len, pkt.len);
	ck_assert_uint_eq(get(answer, 2), LPORT);
	ck_assert_uint_eq(get(answer + 2, 2), PPORT);
	crc = gs_crc32c_packet(answer, len);
	ck_assert_mem_eq(answer + 8, &crc, 4);
	ck_assert_uint_eq(get(answer + 14, 2), len - 12);
	ck_assert_uint_eq(get(answer + 18, 2), len - 16);
	return len - 16;
}

static void
setup(void)
{
	union gs_addr peer = addr_of(PEER, UDP), peer2 = addr_of(PEER2, UDP);

	answer = NULL;
	ck_assert_int_eq(gs_filter_new(16, &f), 0);
	gs_filter_confirm(f, LPORT, PPORT, OUR_TAG, THEIR_TAG);
	rec = gs_tags_find(gs_filter_tags(f), LPORT, PPORT, OUR_TAG);
	ck_assert_ptr_nonnull(rec);
	gs_tags_add_addr(gs_filter_tags(f), rec, &peer);
	gs_tags_add_addr(gs_filter_tags(f), rec, &peer2);
}

static void
teardown(void)
{
	free(answer);
	gs_filter_free(f);
}

START_TEST(the_abort_has_the_inits_tag_and_cause_11)
{
	begin(PEER, UDP + 1);
	ck_assert_uint_eq(refuse(), 12);
	ck_assert_uint_eq(get(answer + 4, 4), NEW_TAG);
	ck_assert_uint_eq(answer[12], GS_CHUNK_ABORT);
	ck_assert_uint_eq(answer[13], 0);
	ck_assert_uint_eq(get(answer + 16, 2), 11);
	/* The transport address that is new. */
	ck_assert_uint_eq(get(answer + 20, 4), GS_PARAM_IPV4 << 16 | 8);
	ck_assert_mem_eq(answer + 24, "\x0a\0\0\x02", 4);
}
END_TEST

START_TEST(the_abort_lists_the_addresses_that_are_new)
{
	begin(PEER, UDP);
	param(PEER);
	param(OTHER6);
	param(PEER2);
	param(OTHER);
	ck_assert_uint_eq(refuse(), 4 + 20 + 8);
	ck_assert_uint_eq(get(answer + 20, 4), GS_PARAM_IPV6 << 16 | 20);
	ck_assert_mem_eq(answer + 24, "\x20\x01\x0d\xb8", 4);
	ck_assert_uint_eq(get(answer + 40, 4), GS_PARAM_IPV4 << 16 | 8);
	ck_assert_mem_eq(answer + 44, "\xc0\0\x02\x01", 4);

	/* The source once, although it is named. */
	begin(OTHER, UDP);
	param(OTHER);
	param(PEER);
	ck_assert_uint_eq(refuse(), 4 + 8);
	ck_assert_mem_eq(answer + 24, "\xc0\0\x02\x01", 4);
}
END_TEST

START_TEST(the_abort_is_not_longer_than_the_init)
{
	union gs_addr peer6 = addr_of(OTHER6, UDP);

	gs_tags_add_addr(gs_filter_tags(f), rec, &peer6);
	begin(OTHER6, UDP + 1); /* no room for 16 bytes */
	ck_assert_uint_eq(refuse(), 4);
}
END_TEST

START_TEST(who_may_have_begun_anew_is_not_refused)
{
	begin(PEER, UDP);
	param(PEER2);
	ck_assert_int_eq(judge(), GS_PASS);
	begin(PEER, UDP); /* fewer */
	ck_assert_int_eq(judge(), GS_DROP_RESTART);
	rec->has_asked = true;
	begin(PEER, UDP);
	param(PEER2);
	ck_assert_int_eq(judge(), GS_DROP_RESTART);
	rec->has_asked = false;
	rec->has_more_addrs = true;
	begin(PEER, UDP);
	param(OTHER);
	ck_assert_int_eq(judge(), GS_DROP_RESTART);
}
END_TEST

/* Its INIT came first, its cookie second; there is nothing past the packet. */
START_TEST(a_late_cookie_is_refused_if_there_is_room_for_the_answer)
{
	const union gs_addr late = addr_of(PEER, UDP + 1);
	struct gs_tags *t = gs_filter_tags(f);
	struct gs_tag_record *r;
	uint8_t *cookie;
	uint32_t crc;
	size_t len;

	r = gs_tags_add(t, GS_TAG_ANSWERED, LPORT, PPORT, NEW_TAG, &late, 1000);
	ck_assert_ptr_nonnull(r);
	r->peer_tag = 0x44444444;
	for (len = 40; len >= 17; len--) {
		begin(PEER, UDP + 1);
		memcpy(bytes + 4, "\x33\x33\x33\x33", 4);
		bytes[12] = GS_CHUNK_COOKIE_ECHO;
		bytes[14] = 0;
		bytes[15] = (uint8_t)(len - 12);
		memset(bytes + 8, 0, 4);
		pkt.len = len;
		crc = gs_crc32c_packet(bytes, len);
		memcpy(bytes + 8, &crc, 4);
		cookie = malloc(len);
		ck_assert_ptr_nonnull(cookie);
		memcpy(cookie, bytes, len);
		pkt.data = cookie;
		if (len < 20) {
			ck_assert_int_eq(gs_filter_in(f, &pkt, 1000), GS_PASS);
			free(cookie);
			return;
		}
		ck_assert_int_eq(gs_filter_in(f, &pkt, 1000),
		    GS_REFUSE_RESTART);
		free(answer);
		answer = malloc(len);
		ck_assert_ptr_nonnull(answer);
		ck_assert_uint_eq(gs_restart_answer(f, &pkt, answer),
		    len < 28 ? 20 : 28);
		ck_assert_uint_eq(get(answer + 4, 4), 0x44444444);
		ck_assert_uint_eq(answer[12], GS_CHUNK_ABORT);
		ck_assert_uint_eq(get(answer + 16, 2), 11);
		free(cookie);
	}
}
END_TEST

/* Not even its UDP port moves. */
START_TEST(the_association_stays_as_it_was)
{
	const union gs_addr peer = addr_of(PEER, UDP);
	const struct gs_tag_addr *a;

	begin(PEER, UDP + 1);
	(void)refuse();
	begin(OTHER, UDP);
	param(PEER);
	(void)refuse();
	ck_assert_ptr_eq(gs_tags_find(gs_filter_tags(f), LPORT, PPORT, OUR_TAG),
	    rec);
	ck_assert_uint_eq(rec->naddrs, 2);
	ck_assert_uint_eq(rec->peer_tag, THEIR_TAG);
	a = gs_tag_addr_find(rec, &peer);
	ck_assert_ptr_nonnull(a);
	ck_assert_uint_eq(gs_addr_port(&a->addr), UDP);
	ck_assert_ptr_null(gs_tags_find_offer(gs_filter_tags(f), LPORT, PPORT,
	    NEW_TAG, &peer));
	ck_assert_uint_eq(gs_filter_count(f, GS_REFUSE_RESTART), 2);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("filter_restart");
	TCase *tc = tcase_create("filter_restart");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, the_abort_has_the_inits_tag_and_cause_11);
	tcase_add_test(tc, the_abort_lists_the_addresses_that_are_new);
	tcase_add_test(tc, the_abort_is_not_longer_than_the_init);
	tcase_add_test(tc, who_may_have_begun_anew_is_not_refused);
	tcase_add_test(tc,
	    a_late_cookie_is_refused_if_there_is_room_for_the_answer);
	tcase_add_test(tc, the_association_stays_as_it_was);
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	return gs_test_main(suite());
}
