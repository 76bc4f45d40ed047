/* counter: packets of an association, counted by what is in them. */

#include <string.h>

#include "check_main.h"
#include "counter.h"

static uint8_t bytes[512];
static size_t len;
static struct gs_counter c, other;

static void
put16(uint32_t v)
{
	bytes[len++] = (uint8_t)(v >> 8);
	bytes[len++] = (uint8_t)v;
}

static void
put32(uint32_t v)
{
	put16(v >> 16);
	put16(v & 0xffff);
}

/* A packet begins; chunks come with put_chunk(). */
static void
begin(uint16_t from, uint16_t to, uint32_t tag)
{
	memset(bytes, 0, sizeof(bytes));
	len = 0;
	put16(from);
	put16(to);
	put32(tag);
	put32(0);
}

/* Its first word is v; n bytes of value in all, a multiple of 4. */
static void
put_chunk(uint8_t type, uint32_t v, size_t n)
{
	put16((uint32_t)type << 8);
	put16((uint32_t)n + 4);
	put32(v);
	len += n - 4;
}

static void
in(void)
{
	struct gs_packet pkt = { .data = bytes, .len = len };

	gs_counter_in(&pkt);
}

static void
out(void)
{
	struct gs_packet pkt = { .data = bytes, .len = len };

	gs_counter_out(&pkt);
}

static void
setup(void)
{
	memset(&c, 0, sizeof(c));
	memset(&other, 0, sizeof(other));
	gs_counter_start(&c, 10, 20, 0xaaaa, 0xbbbb);
}

static void
teardown(void)
{
	gs_counter_stop(&c);
	gs_counter_stop(&other);
	(void)gs_counter_watch(&c, false);
}

START_TEST(chunks_are_counted_by_their_kind)
{
	begin(20, 10, 0xaaaa);
	put_chunk(0, 1, 16);		/* DATA */
	put_chunk(64, 2, 20);		/* I-DATA */
	put_chunk(3, 3, 12);		/* SACK */
	put_chunk(16, 3, 16);		/* NR-SACK */
	put_chunk(4, 3, 8);		/* HEARTBEAT */
	in();
	ck_assert_uint_eq(c.in.packets, 1);
	ck_assert_uint_eq(c.in.bytes, len);
	ck_assert_uint_eq(c.in.data, 2);
	ck_assert_uint_eq(c.in.sacks, 2);
	ck_assert_uint_eq(c.in.control, 1);
	ck_assert_uint_eq(c.out.packets, 0);
	ck_assert_uint_eq(c.again, 0);
}
END_TEST

START_TEST(a_packet_is_counted_by_its_ports_and_tag)
{
	gs_counter_start(&other, 20, 10, 0xbbbb, 0xaaaa);
	begin(10, 20, 0xbbbb);
	put_chunk(0, 1, 16);
	out();
	ck_assert_uint_eq(c.out.packets, 1);
	ck_assert_uint_eq(other.out.packets, 0);
	in();
	ck_assert_uint_eq(c.in.packets, 0);
	ck_assert_uint_eq(other.in.packets, 1);
	begin(10, 20, 0xbbbc);
	out();
	in();
	begin(11, 20, 0xbbbb);
	out();
	in();
	ck_assert_uint_eq(c.out.packets, 1);
	ck_assert_uint_eq(other.in.packets, 1);
}
END_TEST

static void
out_data(uint32_t tsn)
{
	begin(10, 20, 0xbbbb);
	put_chunk(0, tsn, 16);
	out();
}

START_TEST(what_is_sent_another_time_is_told_by_its_tsn)
{
	out_data(0xfffffffe);
	out_data(0xffffffff);
	out_data(0);
	ck_assert_uint_eq(c.again, 0);
	out_data(0xfffffffe);
	out_data(0);
	ck_assert_uint_eq(c.again, 2);
	out_data(1);
	ck_assert_uint_eq(c.again, 2);
	ck_assert_uint_eq(c.out.data, 6);
}
END_TEST

START_TEST(duplicates_are_those_that_a_sack_lists)
{
	begin(10, 20, 0xbbbb);
	put_chunk(3, 7, 12);
	bytes[12 + 4 + 11] = 3;
	out();
	ck_assert_uint_eq(c.duplicates, 3);
	begin(10, 20, 0xbbbb);
	put_chunk(16, 7, 16);
	bytes[12 + 4 + 13] = 2;
	out();
	ck_assert_uint_eq(c.duplicates, 5);
	/* The peer's are the peer's. */
	begin(20, 10, 0xaaaa);
	put_chunk(3, 7, 12);
	bytes[12 + 4 + 11] = 3;
	in();
	ck_assert_uint_eq(c.duplicates, 5);
}
END_TEST

START_TEST(a_packet_that_is_cut_short_is_counted_as_far_as_it_goes)
{
	size_t whole, n;

	begin(10, 20, 0xbbbb);
	put_chunk(0, 1, 16);
	put_chunk(3, 1, 12);
	whole = len;
	for (n = 0; n < whole; n++) {
		len = n;
		out();
		in();
	}
	ck_assert_uint_le(c.out.packets, whole);
	ck_assert_uint_eq(c.out.sacks, 0);
	ck_assert_uint_eq(c.duplicates, 0);
}
END_TEST

START_TEST(a_restart_goes_on_counting_by_new_tags)
{
	out_data(1000);
	gs_counter_start(&c, 10, 20, 0xaaaa, 0xcccc);
	out_data(1001);
	ck_assert_uint_eq(c.out.packets, 1);
	begin(10, 20, 0xcccc);
	put_chunk(0, 5, 16);
	out();
	ck_assert_uint_eq(c.out.packets, 2);
	ck_assert_uint_eq(c.again, 0);
}
END_TEST

START_TEST(what_has_stopped_counts_nothing)
{
	gs_counter_stop(&c);
	gs_counter_stop(&c);
	out_data(1);
	ck_assert_uint_eq(c.out.packets, 0);
	gs_counter_start(&c, 10, 20, 0xaaaa, 0xbbbb);
	out_data(1);
	ck_assert_uint_eq(c.out.packets, 1);
}
END_TEST

/* Data for c's local end, with this local tag. */
static void
in_data(uint32_t tag, uint32_t tsn, uint8_t tos, uint8_t ttl)
{
	struct gs_packet pkt = { .data = bytes, .tos = tos, .ttl = ttl };

	begin(20, 10, tag);
	put_chunk(0, tsn, 16);
	put_chunk(64, tsn + 1, 20);
	put_chunk(3, tsn + 2, 12);
	pkt.len = len;
	gs_counter_in(&pkt);
}

static void
must_have_come(uint32_t tsn, uint8_t tos, uint8_t ttl)
{
	struct gs_arrival a = gs_counter_arrival(&c, tsn);

	ck_assert(a.is_known);
	ck_assert_uint_eq(a.tos, tos);
	ck_assert_uint_eq(a.ttl, ttl);
}

START_TEST(how_data_came_is_known_while_it_is_watched)
{
	in_data(0xaaaa, 50, 1, 2);
	ck_assert(!gs_counter_arrival(&c, 50).is_known);
	ck_assert_int_eq(gs_counter_watch(&c, true), 0);
	ck_assert_int_eq(gs_counter_watch(&c, true), 0);
	ck_assert(!gs_counter_arrival(&c, 50).is_known);
	in_data(0xaaaa, 60, 3, 4);
	in_data(0xaaaa, 70, 5, 6);
	must_have_come(60, 3, 4);
	must_have_come(61, 3, 4);
	must_have_come(70, 5, 6);
	/* A SACK is no data. */
	ck_assert(!gs_counter_arrival(&c, 62).is_known);
	ck_assert_uint_eq(c.in.packets, 3);
	ck_assert_int_eq(gs_counter_watch(&c, false), 0);
	ck_assert(!gs_counter_arrival(&c, 60).is_known);
}
END_TEST

/* Another's tag, and one that nobody has yet. */
START_TEST(data_that_came_before_the_start_is_known_too)
{
	gs_counter_stop(&c);
	ck_assert_int_eq(gs_counter_watch(&c, true), 0);
	in_data(0xaaac, 80, 7, 8);
	in_data(0xaaad, 90, 9, 10);
	ck_assert(!gs_counter_arrival(&c, 80).is_known);
	gs_counter_start(&c, 10, 20, 0xaaac, 0xbbbb);
	must_have_come(80, 7, 8);
	must_have_come(81, 7, 8);
	ck_assert(!gs_counter_arrival(&c, 90).is_known);
	ck_assert_uint_eq(c.in.packets, 0);
	/* It begins anew. */
	in_data(0xaaac, 100, 11, 12);
	gs_counter_start(&c, 10, 20, 0xaaad, 0xbbbb);
	must_have_come(90, 9, 10);
	ck_assert(!gs_counter_arrival(&c, 100).is_known);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("counter");
	TCase *tc = tcase_create("counter");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, chunks_are_counted_by_their_kind);
	tcase_add_test(tc, a_packet_is_counted_by_its_ports_and_tag);
	tcase_add_test(tc, what_is_sent_another_time_is_told_by_its_tsn);
	tcase_add_test(tc, duplicates_are_those_that_a_sack_lists);
	tcase_add_test(tc,
	    a_packet_that_is_cut_short_is_counted_as_far_as_it_goes);
	tcase_add_test(tc, a_restart_goes_on_counting_by_new_tags);
	tcase_add_test(tc, what_has_stopped_counts_nothing);
	tcase_add_test(tc, how_data_came_is_known_while_it_is_watched);
	tcase_add_test(tc, data_that_came_before_the_start_is_known_too);
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	return gs_test_main(suite());
}
