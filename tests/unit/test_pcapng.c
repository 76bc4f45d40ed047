/* test_pcapng: the blocks of a capture file, byte by byte. */

#include "pcapng.h"

#include <string.h>

#include "../support/check_main.h"

#define ROOM 70000

static uint8_t room[ROOM];

static uint16_t
u16(size_t at)
{
	uint16_t v;

	memcpy(&v, room + at, sizeof(v));
	return v;
}

static uint32_t
u32(size_t at)
{
	uint32_t v;

	memcpy(&v, room + at, sizeof(v));
	return v;
}

static uint64_t
u64(size_t at)
{
	uint64_t v;

	memcpy(&v, room + at, sizeof(v));
	return v;
}

/* The two words of a time. */
static uint64_t
time_at(size_t at)
{
	return (uint64_t)u32(at) << 32 | u32(at + 4);
}

/* What every block has: type, and its length before and behind. */
static void
is_block(size_t len, uint32_t type)
{
	ck_assert_uint_ge(len, 12);
	ck_assert_uint_eq(len % 4, 0);
	ck_assert_uint_eq(u32(0), type);
	ck_assert_uint_eq(u32(4), len);
	ck_assert_uint_eq(u32(len - 4), len);
}

/* An option at *at with this code and value, zeros after it up to 4 bytes;
 * *at is where the next one is. */
static void
is_option(size_t *at, uint16_t code, const void *value, size_t len)
{
	size_t i;

	ck_assert_uint_eq(u16(*at), code);
	ck_assert_uint_eq(u16(*at + 2), len);
	ck_assert_mem_eq(room + *at + 4, value, len);
	for (i = len; i % 4 != 0; i++)
		ck_assert_uint_eq(room[*at + 4 + i], 0);
	*at += 4 + i;
}

static void
is_count(size_t *at, uint16_t code, uint64_t n)
{
	is_option(at, code, &n, sizeof(n));
}

static void
is_time(size_t *at, uint16_t code, uint64_t ns)
{
	ck_assert_uint_eq(u16(*at), code);
	ck_assert_uint_eq(u16(*at + 2), 8);
	ck_assert_uint_eq(time_at(*at + 4), ns);
	*at += 12;
}

/* opt_endofopt, and then the block's length alone. */
static void
is_end(size_t at, size_t len)
{
	ck_assert_uint_eq(u32(at), 0);
	ck_assert_uint_eq(at + 8, len);
}

static void
dirty(void)
{
	memset(room, 0xa5, sizeof(room));
}

START_TEST(section_says_who_writes_it_and_how)
{
	size_t len, at = 24;

	dirty();
	len = gs_pcapng_section(room, ROOM, "gsctp 1.2.3", "a comment");
	is_block(len, 0x0a0d0d0a);
	ck_assert_uint_eq(u32(8), 0x1a2b3c4d);
	ck_assert_uint_eq(u16(12), 1);
	ck_assert_uint_eq(u16(14), 0);
	ck_assert_uint_eq(u64(16), UINT64_MAX);
	is_option(&at, 1, "a comment", 9);
	is_option(&at, 4, "gsctp 1.2.3", 11);
	is_end(at, len);
}
END_TEST

START_TEST(interface_is_raw_ip_in_nanoseconds)
{
	static const uint8_t nine = 9;
	size_t len, at = 16;

	dirty();
	len = gs_pcapng_interface(room, ROOM, "eth0", "whose");
	is_block(len, 1);
	ck_assert_uint_eq(u16(8), 101);
	ck_assert_uint_eq(u16(10), 0);
	ck_assert_uint_eq(u32(12), 0);
	is_option(&at, 2, "eth0", 4);
	is_option(&at, 3, "whose", 5);
	is_option(&at, 9, &nine, 1);
	is_end(at, len);

	dirty();
	len = gs_pcapng_interface(room, ROOM, NULL, NULL);
	at = 16;
	is_block(len, 1);
	is_option(&at, 9, &nine, 1);
	is_end(at, len);
}
END_TEST

/* Each length of the two halves, so each way of padding. */
START_TEST(packet_is_its_bytes_its_time_and_its_direction)
{
	static const uint8_t head[] = "0123456789", data[] = "abcdefghij";
	static const uint8_t none[4];
	struct gs_pcapng_packet pkt = {
		.interface = 7,
		.time_ns = 0x123456789abcdef0,
		.head = head,
		.data = data,
	};
	uint32_t flags;
	size_t len, n, at, padding;
	int i;

	for (i = 0; i < 200; i++) {
		pkt.head_len = (size_t)i % 10;
		pkt.data_len = (size_t)i / 10 % 10;
		pkt.is_out = i >= 100;
		flags = pkt.is_out ? 2 : 1;
		n = pkt.head_len + pkt.data_len;
		padding = (4 - n % 4) % 4;
		dirty();
		len = gs_pcapng_packet(room, ROOM, &pkt);
		is_block(len, 6);
		ck_assert_uint_eq(u32(8), 7);
		ck_assert_uint_eq(time_at(12), 0x123456789abcdef0);
		ck_assert_uint_eq(u32(20), n);
		ck_assert_uint_eq(u32(24), n);
		ck_assert_mem_eq(room + 28, head, pkt.head_len);
		ck_assert_mem_eq(room + 28 + pkt.head_len, data, pkt.data_len);
		ck_assert_mem_eq(room + 28 + n, none, padding);
		at = 28 + n + padding;
		is_option(&at, 2, &flags, 4);
		is_end(at, len);
	}
}
END_TEST

START_TEST(packet_tells_how_many_were_lost_before_it)
{
	struct gs_pcapng_packet pkt = { .lost = 0x100000001 };
	static const uint32_t inbound = 1;
	size_t len, at = 28;

	dirty();
	len = gs_pcapng_packet(room, ROOM, &pkt);
	is_block(len, 6);
	is_option(&at, 2, &inbound, 4);
	is_count(&at, 4, 0x100000001);
	is_end(at, len);
}
END_TEST

START_TEST(statistics_are_of_one_interface)
{
	const struct gs_pcapng_statistics st = {
		.interface = 3,
		.begin_ns = 0x1111111122222222,
		.end_ns = 0x3333333344444444,
		.packets = 1000,
		.lost = 25,
	};
	size_t len, at = 20;

	dirty();
	len = gs_pcapng_statistics(room, ROOM, &st);
	is_block(len, 5);
	ck_assert_uint_eq(u32(8), 3);
	ck_assert_uint_eq(time_at(12), st.end_ns);
	is_time(&at, 2, st.begin_ns);
	is_time(&at, 3, st.end_ns);
	is_count(&at, 4, 1000);
	is_count(&at, 5, 25);
	is_count(&at, 8, 975);
	is_end(at, len);
	ck_assert_uint_le(len, GS_PCAPNG_STATISTICS_MAX);
}
END_TEST

/* The block i of some, into max bytes. */
static size_t
print(int i, size_t max)
{
	static uint8_t bytes[65535];
	static char text[GS_PCAPNG_TEXT + 1];
	struct gs_pcapng_packet pkt = {
		.data = bytes,
		.data_len = i == 3 ? sizeof(bytes) : 1,
		.lost = 1,
	};
	static const struct gs_pcapng_statistics st;

	memset(text, 'x', GS_PCAPNG_TEXT);
	switch (i) {
	case 0:
		return gs_pcapng_section(room, max, "gsctp", "comment");
	case 1:
		return gs_pcapng_interface(room, max, text, text);
	case 2:
	case 3:
		return gs_pcapng_packet(room, max, &pkt);
	default:
		return gs_pcapng_statistics(room, max, &st);
	}
}

START_TEST(block_that_does_not_fit_is_none_and_writes_no_further)
{
	size_t len = print(_i, ROOM);
	size_t max;

	ck_assert_uint_gt(len, 0);
	ck_assert_uint_eq(print(_i, len), len);
	for (max = len - 1; max + 200 > len && max < len; max--) {
		dirty();
		ck_assert_uint_eq(print(_i, max), 0);
		ck_assert_uint_eq(room[max], 0xa5);
	}
}
END_TEST

START_TEST(bounds_of_the_header_hold)
{
	ck_assert_uint_le(print(1, ROOM), GS_PCAPNG_INTERFACE_MAX);
	ck_assert_uint_le(print(2, ROOM), 1 + GS_PCAPNG_PACKET_MORE);
	ck_assert_uint_le(print(3, ROOM), 65535 + GS_PCAPNG_PACKET_MORE);
}
END_TEST

START_TEST(whole_blocks_end_where_one_is_cut)
{
	static const struct gs_pcapng_statistics st;
	const struct gs_pcapng_packet pkt = { .interface = 0 };
	size_t ends[4], n, cut, i;

	ends[0] = gs_pcapng_section(room, ROOM, "gsctp", NULL);
	ends[1] = ends[0] +
	    gs_pcapng_interface(room + ends[0], ROOM - ends[0], "lo", NULL);
	ends[2] = ends[1] + gs_pcapng_packet(room + ends[1], 200, &pkt);
	ends[3] = ends[2] + gs_pcapng_statistics(room + ends[2], 200, &st);
	for (cut = 0; cut <= ends[3]; cut++) {
		n = 0;
		for (i = 0; i < 4; i++)
			if (ends[i] <= cut)
				n = ends[i];
		ck_assert_uint_eq(gs_pcapng_whole(room, cut), n);
	}
	/* A length that cannot be ends it, too. */
	memset(room + ends[1] + 4, 0, 4);
	ck_assert_uint_eq(gs_pcapng_whole(room, ends[3]), ends[1]);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("pcapng");
	TCase *tc = tcase_create("pcapng");

	tcase_add_test(tc, section_says_who_writes_it_and_how);
	tcase_add_test(tc, interface_is_raw_ip_in_nanoseconds);
	tcase_add_test(tc, packet_is_its_bytes_its_time_and_its_direction);
	tcase_add_test(tc, packet_tells_how_many_were_lost_before_it);
	tcase_add_test(tc, statistics_are_of_one_interface);
	tcase_add_loop_test(tc,
	    block_that_does_not_fit_is_none_and_writes_no_further, 0, 5);
	tcase_add_test(tc, bounds_of_the_header_hold);
	tcase_add_test(tc, whole_blocks_end_where_one_is_cut);
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	return gs_test_main(suite());
}
