/* The target rate of `gsctp perf', on a clock of the test's own. */

#include "check_main.h"
#include "perf_rate.h"

#define NS UINT64_C(1000000000)
#define START (5 * NS)

static struct perf_rate r;

/* Send messages as they may leave, until the time is over; their bytes. */
static uint64_t
send_until(uint64_t now, uint64_t end, uint64_t len)
{
	uint64_t bytes = 0, wait;

	for (;;) {
		wait = perf_rate_wait(&r, now);
		if (now + wait >= end)
			return bytes;
		now += wait;
		perf_rate_sent(&r, len, now);
		bytes += len;
	}
}

START_TEST(no_rate_never_waits)
{
	perf_rate_init(&r, 0, START);
	perf_rate_sent(&r, 1 << 20, START);
	ck_assert_uint_eq(perf_rate_wait(&r, START), 0);
}
END_TEST

START_TEST(the_first_message_leaves_at_once_and_the_next_when_it_may)
{
	perf_rate_init(&r, 8000, START); /* 1000 bytes a second */
	ck_assert_uint_eq(perf_rate_wait(&r, START), 0);
	perf_rate_sent(&r, 500, START);
	ck_assert_uint_eq(perf_rate_wait(&r, START), NS / 2);
	ck_assert_uint_eq(perf_rate_wait(&r, START + NS / 4), NS / 4);
	ck_assert_uint_eq(perf_rate_wait(&r, START + NS / 2), 0);
}
END_TEST

START_TEST(the_rate_is_kept_for_every_size_of_message)
{
	static const uint64_t rates[] = { 7, 9600, 10000000, 40000000000 };
	static const uint64_t sizes[] = { 1, 64, 1000, 16384, 1 << 20 };
	uint64_t bytes, want;
	size_t i, j;

	for (i = 0; i < sizeof(rates) / sizeof(rates[0]); i++) {
		for (j = 0; j < sizeof(sizes) / sizeof(sizes[0]); j++) {
			/* Enough time for some 1000 messages. */
			uint64_t ns =
			    1000 * sizes[j] * 8 * (NS / 100) / rates[i] * 100;

			perf_rate_init(&r, rates[i], START);
			bytes = send_until(START, START + ns, sizes[j]);
			want =
			    (uint64_t)((double)rates[i] / 8 * (double)ns / 1e9);
			ck_assert_uint_ge(bytes + 2 * sizes[j], want);
			ck_assert_uint_le(bytes, want + 2 * sizes[j]);
		}
	}
}
END_TEST

START_TEST(what_a_division_leaves_is_not_lost)
{
	uint64_t i;

	perf_rate_init(&r, 3, START);
	for (i = 0; i < 3000; i++)
		perf_rate_sent(&r, 1, START);
	/* 24000 bits at 3 a second. */
	ck_assert_uint_eq(perf_rate_wait(&r, START), 8000 * NS);
}
END_TEST

START_TEST(who_was_held_up_catches_up_on_a_second_alone)
{
	uint64_t late = START + 10 * NS, bytes = 0;

	perf_rate_init(&r, 8000000, START); /* a byte a microsecond */
	while (perf_rate_wait(&r, late) == 0) {
		perf_rate_sent(&r, 1000, late);
		bytes += 1000;
	}
	ck_assert_uint_ge(bytes, 1000000);
	ck_assert_uint_le(bytes, 1002000);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("perf_rate");
	TCase *tc = tcase_create("rate");

	tcase_add_test(tc, no_rate_never_waits);
	tcase_add_test(tc,
	    the_first_message_leaves_at_once_and_the_next_when_it_may);
	tcase_add_test(tc, the_rate_is_kept_for_every_size_of_message);
	tcase_add_test(tc, what_a_division_leaves_is_not_lost);
	tcase_add_test(tc,
	    who_was_held_up_catches_up_on_a_second_alone);
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	return gs_test_main(suite());
}
