#include "cursor.h"

#include <stdlib.h>
#include <string.h>

#include "../support/check_main.h"

static const uint8_t bytes[] = { 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0xff };

START_TEST(numbers_are_read_in_network_byte_order)
{
	struct gs_cursor c;

	gs_cursor_init(&c, bytes, sizeof(bytes));
	ck_assert_uint_eq(gs_cursor_be16(&c), 0x0102);
	ck_assert_uint_eq(gs_cursor_be32(&c), 0x03040506);
	ck_assert_uint_eq(gs_cursor_u8(&c), 0xff);
	ck_assert_uint_eq(gs_cursor_left(&c), 0);
	ck_assert(!gs_cursor_is_bad(&c));
}
END_TEST

START_TEST(a_number_with_its_top_bit_set_stays_positive)
{
	static const uint8_t ones[] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff };
	struct gs_cursor c;

	gs_cursor_init(&c, ones, sizeof(ones));
	ck_assert_uint_eq(gs_cursor_be32(&c), UINT32_MAX);
	ck_assert_uint_eq(gs_cursor_be16(&c), UINT16_MAX);
}
END_TEST

START_TEST(a_read_past_the_end_yields_0_and_is_bad_for_good)
{
	struct gs_cursor c;

	gs_cursor_init(&c, bytes, 3);
	ck_assert_uint_eq(gs_cursor_be32(&c), 0);
	ck_assert(gs_cursor_is_bad(&c));
	ck_assert_uint_eq(gs_cursor_left(&c), 0);
	/* Even what would have fitted. */
	ck_assert_uint_eq(gs_cursor_u8(&c), 0);
	ck_assert_ptr_null(gs_cursor_bytes(&c, 0));
	ck_assert(gs_cursor_is_bad(&c));
}
END_TEST

START_TEST(every_read_stops_at_every_end)
{
	size_t len;

	for (len = 0; len < 8; len++) {
		/* On the heap, so that a sanitizer sees one byte too many. */
		uint8_t *exact = malloc(len > 0 ? len : 1);
		struct gs_cursor c;
		uint8_t copy[8];

		ck_assert_ptr_nonnull(exact);
		memset(exact, 0xaa, len);
		gs_cursor_init(&c, exact, len);
		(void)gs_cursor_u8(&c);
		ck_assert_int_eq(gs_cursor_is_bad(&c), len < 1);
		gs_cursor_init(&c, exact, len);
		(void)gs_cursor_be16(&c);
		ck_assert_int_eq(gs_cursor_is_bad(&c), len < 2);
		gs_cursor_init(&c, exact, len);
		(void)gs_cursor_be32(&c);
		ck_assert_int_eq(gs_cursor_is_bad(&c), len < 4);
		gs_cursor_init(&c, exact, len);
		gs_cursor_copy(&c, copy, 7);
		ck_assert_int_eq(gs_cursor_is_bad(&c), len < 7);
		gs_cursor_init(&c, exact, len);
		gs_cursor_skip(&c, 5);
		ck_assert_int_eq(gs_cursor_is_bad(&c), len < 5);
		free(exact);
	}
}
END_TEST

START_TEST(a_length_near_the_largest_does_not_wrap)
{
	struct gs_cursor c;

	gs_cursor_init(&c, bytes, sizeof(bytes));
	gs_cursor_skip(&c, 2);
	ck_assert_ptr_null(gs_cursor_bytes(&c, SIZE_MAX));
	ck_assert(gs_cursor_is_bad(&c));
	gs_cursor_init(&c, bytes, sizeof(bytes));
	gs_cursor_skip(&c, SIZE_MAX - 1);
	ck_assert(gs_cursor_is_bad(&c));
}
END_TEST

START_TEST(a_copy_that_is_not_there_is_all_zeros)
{
	struct gs_cursor c;
	uint8_t out[4] = { 9, 9, 9, 9 };
	static const uint8_t zeros[4];

	gs_cursor_init(&c, bytes, 3);
	gs_cursor_copy(&c, out, sizeof(out));
	ck_assert_mem_eq(out, zeros, sizeof(out));
}
END_TEST

START_TEST(bytes_are_borrowed_where_they_lie)
{
	struct gs_cursor c;

	gs_cursor_init(&c, bytes, sizeof(bytes));
	gs_cursor_skip(&c, 2);
	ck_assert_ptr_eq(gs_cursor_bytes(&c, 3), bytes + 2);
	ck_assert_uint_eq(gs_cursor_left(&c), 2);
}
END_TEST

START_TEST(a_sub_cursor_ends_at_its_own_end)
{
	struct gs_cursor c, sub;

	gs_cursor_init(&c, bytes, sizeof(bytes));
	sub = gs_cursor_sub(&c, 3);
	ck_assert_uint_eq(gs_cursor_be32(&sub), 0);
	ck_assert(gs_cursor_is_bad(&sub));
	ck_assert(!gs_cursor_is_bad(&c));
	ck_assert_uint_eq(gs_cursor_u8(&c), 0x04);
}
END_TEST

START_TEST(a_sub_cursor_that_does_not_fit_makes_both_bad)
{
	struct gs_cursor c, sub;

	gs_cursor_init(&c, bytes, sizeof(bytes));
	sub = gs_cursor_sub(&c, sizeof(bytes) + 1);
	ck_assert(gs_cursor_is_bad(&c));
	ck_assert(gs_cursor_is_bad(&sub));
	ck_assert_uint_eq(gs_cursor_left(&sub), 0);
}
END_TEST

START_TEST(no_bytes_at_all_are_no_trouble)
{
	struct gs_cursor c, sub;

	gs_cursor_init(&c, NULL, 0);
	sub = gs_cursor_sub(&c, 0);
	gs_cursor_skip(&c, 0);
	gs_cursor_copy(&c, NULL, 0);
	ck_assert(!gs_cursor_is_bad(&c));
	ck_assert(!gs_cursor_is_bad(&sub));
	ck_assert_uint_eq(gs_cursor_u8(&c), 0);
	ck_assert(gs_cursor_is_bad(&c));
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("cursor");
	TCase *tc = tcase_create("cursor");

	tcase_add_test(tc, numbers_are_read_in_network_byte_order);
	tcase_add_test(tc, a_number_with_its_top_bit_set_stays_positive);
	tcase_add_test(tc, a_read_past_the_end_yields_0_and_is_bad_for_good);
	tcase_add_test(tc, every_read_stops_at_every_end);
	tcase_add_test(tc, a_length_near_the_largest_does_not_wrap);
	tcase_add_test(tc, a_copy_that_is_not_there_is_all_zeros);
	tcase_add_test(tc, bytes_are_borrowed_where_they_lie);
	tcase_add_test(tc, a_sub_cursor_ends_at_its_own_end);
	tcase_add_test(tc, a_sub_cursor_that_does_not_fit_makes_both_bad);
	tcase_add_test(tc, no_bytes_at_all_are_no_trouble);
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	return gs_test_main(suite());
}
