/* arrival: how a chunk came, by its tag and TSN. */

#include <string.h>

#include "arrival.h"
#include "check_main.h"

static struct gs_arrivals table;

static void
setup(void)
{
	memset(&table, 0, sizeof(table));
}

static void
must_be(uint32_t tag, uint32_t tsn, uint8_t tos, uint8_t ttl)
{
	struct gs_arrival a = gs_arrivals_find(&table, tag, tsn);

	ck_assert(a.is_known);
	ck_assert_uint_eq(a.tos, tos);
	ck_assert_uint_eq(a.ttl, ttl);
}

static void
must_not_be(uint32_t tag, uint32_t tsn)
{
	ck_assert(!gs_arrivals_find(&table, tag, tsn).is_known);
}

START_TEST(an_empty_table_knows_nothing)
{
	must_not_be(0, 0);
	must_not_be(1, 0);
	must_not_be(UINT32_MAX, UINT32_MAX);
}
END_TEST

START_TEST(what_was_put_is_found_by_its_tag_and_tsn_alone)
{
	gs_arrivals_put(&table, 7, 100, 0xb8, 64);
	gs_arrivals_put(&table, 7, 101, 0, 0);
	must_be(7, 100, 0xb8, 64);
	must_be(7, 101, 0, 0);
	must_not_be(7, 102);
	must_not_be(8, 100);
	must_not_be(7, 100 + GS_ARRIVALS);
	/* The same slot. */
	must_not_be(8, 99);
	must_not_be(6, 101);
}
END_TEST

START_TEST(of_a_chunk_that_comes_again_the_first_one_counts)
{
	gs_arrivals_put(&table, 7, 100, 1, 2);
	gs_arrivals_put(&table, 7, 100, 3, 4);
	must_be(7, 100, 1, 2);
}
END_TEST

/* TSNs pass from the largest number to 0 on their way. */
START_TEST(as_many_in_a_row_as_there_is_room_for_are_there)
{
	uint32_t first = UINT32_MAX - 100, i;

	for (i = 0; i < GS_ARRIVALS; i++)
		gs_arrivals_put(&table, 0xdeadbeef, first + i, (uint8_t)i,
		    (uint8_t)(i >> 2));
	for (i = 0; i < GS_ARRIVALS; i++)
		must_be(0xdeadbeef, first + i, (uint8_t)i, (uint8_t)(i >> 2));
	gs_arrivals_put(&table, 0xdeadbeef, first + i, 9, 9);
	must_be(0xdeadbeef, first + i, 9, 9);
	must_not_be(0xdeadbeef, first);
	must_be(0xdeadbeef, first + 1, 1, 0);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("arrival");
	TCase *tc = tcase_create("arrival");

	tcase_add_checked_fixture(tc, setup, NULL);
	tcase_add_test(tc, an_empty_table_knows_nothing);
	tcase_add_test(tc, what_was_put_is_found_by_its_tag_and_tsn_alone);
	tcase_add_test(tc, of_a_chunk_that_comes_again_the_first_one_counts);
	tcase_add_test(tc, as_many_in_a_row_as_there_is_room_for_are_there);
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	return gs_test_main(suite());
}
