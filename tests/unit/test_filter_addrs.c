/* Addresses of associations that change, as the filter knows them. */

#include <errno.h>
#include <string.h>

#include "check_main.h"
#include "chunk.h"
#include "filter_addrs.h"
#include "tags.h"

#define LPORT 1000
#define PPORT 2000
#define TAG 0x11223344u
#define PEER_TAG 0x55667788u

static struct gs_filter *f;
static struct gs_tag_record *rec;
static uint8_t bytes[16];

static union gs_addr
addr_of(const char *text)
{
	union gs_addr a;

	ck_assert_int_eq(gs_addr_parse(&a, text), 0);
	return a;
}

static void
setup(void)
{
	union gs_addr peer = addr_of("10.0.0.9");

	ck_assert_int_eq(gs_filter_new(16, &f), 0);
	gs_filter_confirm(f, LPORT, PPORT, TAG, PEER_TAG);
	rec = gs_tags_find(gs_filter_tags(f), LPORT, PPORT, TAG);
	ck_assert_ptr_nonnull(rec);
	gs_tags_add_addr(gs_filter_tags(f), rec, &peer);
}

static void
teardown(void)
{
	gs_filter_free(f);
}

/* From the peer to dst. */
static struct gs_packet
packet(const char *dst, uint32_t tag, uint8_t type, uint8_t flags)
{
	const uint8_t head[14] = { PPORT >> 8, PPORT & 0xff, LPORT >> 8,
		LPORT & 0xff, (uint8_t)(tag >> 24), (uint8_t)(tag >> 16),
		(uint8_t)(tag >> 8), (uint8_t)tag, 0, 0, 0, 0, type, flags };
	struct gs_packet p;

	memset(&p, 0, sizeof(p));
	memset(bytes, 0, sizeof(bytes));
	memcpy(bytes, head, sizeof(head));
	bytes[15] = 4;
	p.src = addr_of("10.0.0.9");
	p.dst = addr_of(dst);
	p.data = bytes;
	p.len = sizeof(bytes);
	return p;
}

static bool
goes_to(const char *dst, uint32_t tag, uint8_t type, const char *where)
{
	struct gs_packet p = packet(dst, tag, type, 0);
	union gs_addr want = addr_of(where);
	union gs_addr got = p.dst;

	return gs_filter_redirect(f, &p, &got) &&
	    gs_addr_same_ip(&got, &want);
}

static void
retire(const char *from, const char *to)
{
	union gs_addr a = addr_of(from), b = addr_of(to);

	ck_assert_int_eq(gs_filter_retire(f, LPORT, PPORT, TAG, &a, &b), 0);
}

START_TEST(an_address_that_is_given_up_stands_for_another)
{
	union gs_addr a = addr_of("10.0.0.1");

	ck_assert(goes_to("10.0.0.1", TAG, 0, "10.0.0.1"));
	retire("10.0.0.1", "10.0.0.2");
	ck_assert(goes_to("10.0.0.1", TAG, 0, "10.0.0.2"));
	ck_assert(goes_to("10.0.0.2", TAG, 0, "10.0.0.2"));
	/* The one that it stood for goes too. */
	retire("10.0.0.2", "10.0.0.3");
	ck_assert(goes_to("10.0.0.1", TAG, 0, "10.0.0.3"));
	ck_assert(goes_to("10.0.0.2", TAG, 0, "10.0.0.3"));
	gs_filter_unretire(f, LPORT, PPORT, TAG, &a);
	ck_assert(goes_to("10.0.0.1", TAG, 0, "10.0.0.1"));
	ck_assert(goes_to("10.0.0.2", TAG, 0, "10.0.0.3"));
}
END_TEST

START_TEST(what_is_of_no_association_goes_where_it_was_sent)
{
	union gs_addr a = addr_of("10.0.0.1"), b = addr_of("10.0.0.2");

	retire("10.0.0.1", "10.0.0.2");
	ck_assert(goes_to("10.0.0.1", 0, GS_CHUNK_INIT, "10.0.0.1"));
	ck_assert(goes_to("10.0.0.1", TAG + 1, 0, "10.0.0.1"));
	ck_assert_int_eq(gs_filter_retire(f, LPORT, PPORT, TAG + 1, &a, &b),
	    -ENOENT);
	gs_filter_forget(f, LPORT, PPORT, TAG);
	ck_assert(goes_to("10.0.0.1", TAG, 0, "10.0.0.1"));
}
END_TEST

START_TEST(an_abort_that_answers_what_came_from_there_is_dropped)
{
	struct gs_packet p = packet("10.0.0.1", PEER_TAG, GS_CHUNK_ABORT,
	    GS_CHUNK_FLAG_T);
	union gs_addr dst = p.dst;

	ck_assert(gs_filter_redirect(f, &p, &dst));
	retire("10.0.0.1", "10.0.0.2");
	ck_assert(!gs_filter_redirect(f, &p, &dst));
	/* Its own ABORT is one. */
	ck_assert(goes_to("10.0.0.1", TAG, GS_CHUNK_ABORT, "10.0.0.2"));
	p = packet("10.0.0.2", PEER_TAG, GS_CHUNK_ABORT, GS_CHUNK_FLAG_T);
	dst = p.dst;
	ck_assert(gs_filter_redirect(f, &p, &dst));
}
END_TEST

START_TEST(a_peers_address_that_is_lost_is_not_the_peers)
{
	struct gs_packet p = packet("10.0.0.1", TAG, 0, 0);
	union gs_addr one = addr_of("10.0.0.9"), two = addr_of("10.0.0.8");

	gs_tags_add_addr(gs_filter_tags(f), rec, &two);
	gs_filter_lose_addr(f, &p, &one);
	ck_assert_ptr_null(gs_tag_addr_find(rec, &one));
	ck_assert_ptr_nonnull(gs_tag_addr_find(rec, &two));
	ck_assert_ptr_null(gs_tags_first_addr(gs_filter_tags(f), LPORT, PPORT,
	    &one));
	ck_assert_uint_eq(rec->naddrs, 1);
	gs_filter_lose_addr(f, &p, &one);	/* again: nothing */
	ck_assert_uint_eq(rec->naddrs, 1);
}
END_TEST

START_TEST(there_is_room_for_as_many_addresses_as_can_be_known)
{
	struct gs_packet p = packet("10.0.0.1", TAG, 0, 0);
	union gs_addr a = addr_of("10.0.1.0");
	int i;

	for (i = 1; i < GS_TAGS_ADDRS_MAX; i++) {
		ck_assert(gs_filter_has_room(f, &p));
		a.v4.sin_addr.s_addr = htonl(0x0a000100u + (uint32_t)i);
		gs_filter_gain_addr(f, &p, &a);
	}
	ck_assert(!gs_filter_has_room(f, &p));
	gs_filter_lose_addr(f, &p, &a);
	ck_assert(gs_filter_has_room(f, &p));
	p = packet("10.0.0.1", TAG + 1, 0, 0);
	ck_assert(!gs_filter_has_room(f, &p));
}
END_TEST

START_TEST(an_address_that_is_gained_has_the_udp_port_of_its_packet)
{
	struct gs_packet p = packet("10.0.0.1", TAG, 0, 0);
	union gs_addr a = addr_of("10.0.0.8");
	struct gs_tag_addr *found;

	gs_addr_set_port(&p.src, 9899);
	gs_addr_set_port(&a, PPORT);
	gs_filter_gain_addr(f, &p, &a);
	found = gs_tags_first_addr(gs_filter_tags(f), LPORT, PPORT, &a);
	ck_assert_ptr_nonnull(found);
	ck_assert_ptr_eq(found->rec, rec);
	ck_assert_uint_eq(gs_addr_port(&found->addr), 9899);
	gs_filter_gain_addr(f, &p, &a);	/* again: nothing */
	ck_assert_uint_eq(rec->naddrs, 2);
	p = packet("10.0.0.1", TAG + 1, 0, 0);
	a = addr_of("10.0.0.7");
	gs_filter_gain_addr(f, &p, &a);	/* whose? nobody's */
	ck_assert_uint_eq(rec->naddrs, 2);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("filter_addrs");
	TCase *t = tcase_create("filter_addrs");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, an_address_that_is_given_up_stands_for_another);
	tcase_add_test(t, what_is_of_no_association_goes_where_it_was_sent);
	tcase_add_test(t,
	    an_abort_that_answers_what_came_from_there_is_dropped);
	tcase_add_test(t, a_peers_address_that_is_lost_is_not_the_peers);
	tcase_add_test(t,
	    there_is_room_for_as_many_addresses_as_can_be_known);
	tcase_add_test(t,
	    an_address_that_is_gained_has_the_udp_port_of_its_packet);
	suite_add_tcase(s, t);
	return gs_test_main(s);
}
