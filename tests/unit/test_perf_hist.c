/* The histogram of `gsctp perf'. */

#include <stdlib.h>

#include "check_main.h"
#include "perf_hist.h"
#include "rng.h"

static struct perf_hist h;

static void
empty(void)
{
	perf_hist_clear(&h);
}

START_TEST(buckets_have_no_gap_and_no_overlap)
{
	size_t i;

	ck_assert_uint_eq(perf_hist_first(0), 0);
	for (i = 0; i + 1 < PERF_HIST_BUCKETS; i++) {
		ck_assert_uint_le(perf_hist_first(i), perf_hist_last(i));
		ck_assert_uint_eq(perf_hist_last(i) + 1,
		    perf_hist_first(i + 1));
	}
	ck_assert(perf_hist_last(PERF_HIST_BUCKETS - 1) == UINT64_MAX);
}
END_TEST

START_TEST(a_value_lies_within_its_bucket)
{
	unsigned int shift;
	uint64_t v;
	size_t b;
	int d;

	for (shift = 0; shift < 64; shift++) {
		for (d = -1; d <= 1; d++) {
			v = (UINT64_C(1) << shift) + (uint64_t)(int64_t)d;
			b = perf_hist_bucket(v);
			ck_assert_uint_lt(b, PERF_HIST_BUCKETS);
			ck_assert(perf_hist_first(b) <= v);
			ck_assert(perf_hist_last(b) >= v);
		}
	}
}
END_TEST

START_TEST(a_bucket_is_at_most_a_32nd_of_its_values_wide)
{
	uint64_t width;
	size_t i;

	for (i = 0; i < PERF_HIST_BUCKETS; i++) {
		width = perf_hist_last(i) - perf_hist_first(i);
		if (perf_hist_first(i) < 64)
			ck_assert_uint_eq(width, 0);
		else
			ck_assert(width < perf_hist_first(i) / 32);
	}
}
END_TEST

START_TEST(nothing_has_no_percentile)
{
	ck_assert_uint_eq(perf_hist_percentile(&h, 50), 0);
	ck_assert_uint_eq(h.total, 0);
	ck_assert(perf_hist_mean(&h) >= 0 && perf_hist_mean(&h) <= 0);
}
END_TEST

START_TEST(one_value_is_every_percentile)
{
	perf_hist_add(&h, 123456789);
	ck_assert_uint_eq(perf_hist_percentile(&h, 0), 123456789);
	ck_assert_uint_eq(perf_hist_percentile(&h, 50), 123456789);
	ck_assert_uint_eq(perf_hist_percentile(&h, 100), 123456789);
	ck_assert_uint_eq(h.min, 123456789);
	ck_assert_uint_eq(h.max, 123456789);
}
END_TEST

START_TEST(small_values_are_counted_exactly)
{
	uint64_t i;

	for (i = 1; i <= 50; i++)
		perf_hist_add(&h, i);
	ck_assert_uint_eq(perf_hist_percentile(&h, 2), 1);
	ck_assert_uint_eq(perf_hist_percentile(&h, 50), 25);
	ck_assert_uint_eq(perf_hist_percentile(&h, 90), 45);
	ck_assert_uint_eq(perf_hist_percentile(&h, 100), 50);
	ck_assert(perf_hist_mean(&h) > 25.49 && perf_hist_mean(&h) < 25.51);
}
END_TEST

static int
compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

START_TEST(percentiles_are_those_of_the_sorted_values_and_3_percent)
{
	static const double points[] = { 0.1, 1, 50, 90, 99, 99.9, 100 };
	static uint64_t values[5000];
	uint64_t rng = rng_seed();
	uint64_t exact, got, last = 0;
	size_t i, n = sizeof(values) / sizeof(values[0]), rank;

	for (i = 0; i < n; i++) {
		values[i] = rng_next(&rng) >> (rng_next(&rng) % 60);
		perf_hist_add(&h, values[i]);
	}
	qsort(values, n, sizeof(values[0]), compare);
	for (i = 0; i < sizeof(points) / sizeof(points[0]); i++) {
		rank = (size_t)(points[i] * (double)n / 100.0);
		exact = values[rank == 0 ? 0 : rank - 1];
		got = perf_hist_percentile(&h, points[i]);
		ck_assert(got >= exact);
		ck_assert(got - exact <= exact / 32);
		ck_assert(got >= last);
		last = got;
	}
	ck_assert(last == values[n - 1]);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("perf_hist");
	TCase *tc = tcase_create("histogram");

	tcase_add_checked_fixture(tc, empty, NULL);
	tcase_add_test(tc, buckets_have_no_gap_and_no_overlap);
	tcase_add_test(tc, a_value_lies_within_its_bucket);
	tcase_add_test(tc, a_bucket_is_at_most_a_32nd_of_its_values_wide);
	tcase_add_test(tc, nothing_has_no_percentile);
	tcase_add_test(tc, one_value_is_every_percentile);
	tcase_add_test(tc, small_values_are_counted_exactly);
	tcase_add_test(tc,
	    percentiles_are_those_of_the_sorted_values_and_3_percent);
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	return gs_test_main(suite());
}
