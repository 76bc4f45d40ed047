/* What the benchmark's receivers notice: see tests/bench/check.h. */

#include <stdlib.h>

#include "check.h"
#include "check_main.h"

static const size_t lens[] = { 16, 64, 100, 512, 1024, 16384, 65536 };
#define LENS ((int)(sizeof(lens) / sizeof(lens[0])))

static uint8_t *data;
static size_t len;
static struct check c;

static void
begin(int i)
{
	len = lens[i];
	data = malloc(len);
	ck_assert_ptr_nonnull(data);
	check_fill(data, len);
	memset(&c, 0, sizeof(c));
	c.len = len;
}

static void
end(void)
{
	free(data);
}

static bool
take(uint64_t number, bool is_last)
{
	check_stamp(data, len, number, is_last);
	return check_take(&c, data, len);
}

START_TEST(numbers_in_a_row_are_taken_up_to_the_last)
{
	uint64_t i;

	begin(_i);
	for (i = 0; i < 200; i++) {
		ck_assert(take(i, false));
		ck_assert(!c.is_last);
	}
	ck_assert(take(i, true));
	ck_assert(c.is_last);
	ck_assert(!take(i + 1, false));
	end();
}
END_TEST

START_TEST(one_that_is_lost_is_noticed)
{
	begin(_i);
	ck_assert(take(0, false));
	ck_assert(!take(2, false));
	ck_assert_str_eq(c.why, "message 2 came, not 1");
	end();
}
END_TEST

START_TEST(one_that_comes_twice_is_noticed)
{
	begin(_i);
	ck_assert(take(0, false));
	ck_assert(take(1, false));
	ck_assert(!take(1, false));
	end();
}
END_TEST

START_TEST(two_that_change_places_are_noticed)
{
	begin(_i);
	ck_assert(take(0, false));
	ck_assert(!take(2, false));
	ck_assert(!take(0, false));
	end();
}
END_TEST

START_TEST(another_length_is_noticed)
{
	begin(_i);
	check_stamp(data, len, 0, false);
	ck_assert(!check_take(&c, data, len - 1));
	end();
}
END_TEST

/* Each packet of a message has a word: one from another message shows. */
START_TEST(a_part_of_another_message_is_noticed)
{
	uint8_t *other;
	size_t at;

	begin(_i);
	other = malloc(len);
	ck_assert_ptr_nonnull(other);
	check_fill(other, len);
	check_stamp(other, len, 7, false);
	for (at = 0; at < len; at += CHECK_STEP) {
		size_t n = len - at < CHECK_STEP ? len - at : CHECK_STEP;

		memset(&c, 0, sizeof(c));
		c.len = len;
		/* Not one of those that are compared as a whole. */
		c.next = 6;
		check_stamp(data, len, 6, false);
		memcpy(data + at, other + at, n);
		ck_assert_msg(!check_take(&c, data, len), "at %zu", at);
		check_fill(data, len);
	}
	free(other);
	end();
}
END_TEST

START_TEST(one_in_check_every_is_compared_byte_by_byte)
{
	size_t at;

	begin(_i);
	for (at = 0; at<len; at += len> 1024 ? 97 : 1) {
		memset(&c, 0, sizeof(c));
		c.len = len;
		check_stamp(data, len, 0, false);
		data[at] ^= 0x40;
		ck_assert_msg(!check_take(&c, data, len), "at %zu", at);
		data[at] ^= 0x40;
	}
	end();
}
END_TEST

START_TEST(where_some_may_be_lost_they_are_counted)
{
	begin(_i);
	c.may_lose = true;
	ck_assert(take(0, false));
	ck_assert(take(3, false));
	ck_assert_uint_eq(c.lost, 2);
	ck_assert(!take(2, false));
	ck_assert(take(9, true));
	ck_assert_uint_eq(c.lost, 7);
	ck_assert_uint_eq(c.next, 10);
	end();
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("bench_check");
	TCase *t = tcase_create("check");

	tcase_add_loop_test(t, numbers_in_a_row_are_taken_up_to_the_last, 0,
	    LENS);
	tcase_add_loop_test(t, one_that_is_lost_is_noticed, 0, LENS);
	tcase_add_loop_test(t, one_that_comes_twice_is_noticed, 0, LENS);
	tcase_add_loop_test(t, two_that_change_places_are_noticed, 0, LENS);
	tcase_add_loop_test(t, another_length_is_noticed, 0, LENS);
	tcase_add_loop_test(t, a_part_of_another_message_is_noticed, 0, LENS);
	tcase_add_loop_test(t, one_in_check_every_is_compared_byte_by_byte, 0,
	    LENS);
	tcase_add_loop_test(t, where_some_may_be_lost_they_are_counted, 0,
	    LENS);
	suite_add_tcase(s, t);
	return s;
}

int
main(void)
{
	return gs_test_main(suite());
}
