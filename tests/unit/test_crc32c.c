#include "crc32c.h"

#include <pthread.h>
#include <string.h>

#include "../support/check_main.h"

/* A bit at a time, from the definition: what the others must equal. */
static uint32_t
by_definition(const uint8_t *p, size_t len)
{
	uint32_t crc = ~0u;
	int bit;

	for (; len > 0; p++, len--) {
		crc ^= *p;
		for (bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ ((crc & 1) != 0 ? 0x82f63b78u : 0);
	}
	return ~crc;
}

static void
fill(uint8_t *p, size_t len)
{
	uint32_t x = 2463534242u;

	for (; len > 0; p++, len--) {
		x ^= x << 13;
		x ^= x >> 17;
		x ^= x << 5;
		*p = (uint8_t)x;
	}
}

START_TEST(the_check_value_is_that_of_the_definition)
{
	static const uint8_t zeros[32];
	uint8_t ones[32];

	memset(ones, 0xff, sizeof(ones));
	ck_assert_uint_eq(gs_crc32c("123456789", 9), 0xe3069283);
	ck_assert_uint_eq(gs_crc32c("", 0), 0);
	/* RFC 3720 B.4 */
	ck_assert_uint_eq(gs_crc32c(zeros, 32), 0x8a9136aa);
	ck_assert_uint_eq(gs_crc32c(ones, 32), 0x62a8ab43);
}
END_TEST

START_TEST(all_ways_agree_at_every_length_and_alignment)
{
	uint8_t bytes[300];
	size_t off, len;

	fill(bytes, sizeof(bytes));
	for (off = 0; off < 9; off++) {
		for (len = 0; off + len < sizeof(bytes); len++) {
			uint32_t want = by_definition(bytes + off, len);

			ck_assert_uint_eq(gs_crc32c(bytes + off, len), want);
			ck_assert_uint_eq(gs_crc32c_portable(bytes + off, len),
			    want);
		}
	}
}
END_TEST

/* Long ones are worked on in blocks: about their ends, and many of them. */
START_TEST(all_ways_agree_on_long_ones)
{
	static const size_t around[] = { 1440, 2880, 4320, 9000, 65535 };
	static uint8_t bytes[65535 + 32];
	size_t i, off, len;

	fill(bytes, sizeof(bytes));
	for (i = 0; i < sizeof(around) / sizeof(around[0]); i++)
		for (off = 0; off < 9; off += 4)
			for (len = around[i] - 20; len < around[i] + 20; len++) {
				uint32_t want;

				if (off + len > sizeof(bytes))
					continue;
				want = by_definition(bytes + off, len);
				ck_assert_uint_eq(gs_crc32c(bytes + off, len),
				    want);
				ck_assert_uint_eq(gs_crc32c_portable(
				    bytes + off, len), want);
			}
}
END_TEST

START_TEST(a_packets_field_is_taken_as_zero)
{
	uint8_t a[64], b[64];

	fill(a, sizeof(a));
	memcpy(b, a, sizeof(a));
	memset(b + 8, 0, 4);
	memset(a + 8, 0xee, 4);
	ck_assert_uint_eq(gs_crc32c_packet(a, sizeof(a)),
	    gs_crc32c_packet(b, sizeof(b)));
	/* And nothing else is. */
	b[12] ^= 1;
	ck_assert_uint_ne(gs_crc32c_packet(a, sizeof(a)),
	    gs_crc32c_packet(b, sizeof(b)));
}
END_TEST

/* The field holds the low byte first (RFC 9260 appendix A). */
START_TEST(a_packets_checksum_lies_in_the_field_low_byte_first)
{
	uint8_t packet[17];
	uint8_t field[4];
	uint32_t crc;
	uint32_t sum;

	fill(packet, sizeof(packet));
	memset(packet + 8, 0, 4);
	crc = by_definition(packet, sizeof(packet));
	sum = gs_crc32c_packet(packet, sizeof(packet));
	memcpy(field, &sum, 4);
	ck_assert_uint_eq(field[0], crc & 0xff);
	ck_assert_uint_eq(field[1], crc >> 8 & 0xff);
	ck_assert_uint_eq(field[2], crc >> 16 & 0xff);
	ck_assert_uint_eq(field[3], crc >> 24);
}
END_TEST

START_TEST(a_bare_common_header_has_a_checksum)
{
	uint8_t packet[12];

	memset(packet, 0, sizeof(packet));
	ck_assert_uint_ne(gs_crc32c_packet(packet, sizeof(packet)), 0);
}
END_TEST

static void *
sum_once(void *out)
{
	*(uint32_t *)out = gs_crc32c("123456789", 9);
	return NULL;
}

START_TEST(threads_that_begin_at_once_get_the_same)
{
	pthread_t threads[8];
	uint32_t sums[8];
	size_t i;

	for (i = 0; i < 8; i++)
		ck_assert_int_eq(pthread_create(&threads[i], NULL, sum_once,
				     &sums[i]),
		    0);
	for (i = 0; i < 8; i++) {
		ck_assert_int_eq(pthread_join(threads[i], NULL), 0);
		ck_assert_uint_eq(sums[i], 0xe3069283);
	}
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("crc32c");
	TCase *tc = tcase_create("crc32c");

	tcase_add_test(tc, threads_that_begin_at_once_get_the_same);
	tcase_add_test(tc, the_check_value_is_that_of_the_definition);
	tcase_add_test(tc, all_ways_agree_at_every_length_and_alignment);
	tcase_add_test(tc, all_ways_agree_on_long_ones);
	tcase_add_test(tc, a_packets_field_is_taken_as_zero);
	tcase_add_test(tc, a_packets_checksum_lies_in_the_field_low_byte_first);
	tcase_add_test(tc, a_bare_common_header_has_a_checksum);
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	return gs_test_main(suite());
}
