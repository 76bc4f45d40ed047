#include <errno.h>
#include <limits.h>
#include <pthread.h>

#include "check_main.h"
#include "clock.h"

START_TEST(time_does_not_go_backwards)
{
	uint64_t us = gs_now_us(), ms = gs_now_ms(), t;
	int i;

	for (i = 0; i < 10000; i++) {
		t = gs_now_us();
		ck_assert_uint_ge(t, us);
		us = t;
		t = gs_now_ms();
		ck_assert_uint_ge(t, ms);
		ms = t;
	}
}
END_TEST

START_TEST(both_units_tell_the_same_time)
{
	uint64_t before = gs_now_us(), ms = gs_now_ms(), after = gs_now_us();

	ck_assert_uint_ge(ms, before / 1000);
	ck_assert_uint_le(ms, after / 1000);
}
END_TEST

START_TEST(minus_one_is_a_deadline_that_never_comes)
{
	ck_assert(gs_deadline_ms(-1) == GS_NEVER);
	ck_assert_int_eq(gs_until_ms(GS_NEVER), -1);
}
END_TEST

START_TEST(a_deadline_is_its_timeout_away)
{
	uint64_t now = gs_now_ms(), d = gs_deadline_ms(INT_MAX);

	ck_assert_uint_ge(d, now + INT_MAX);
	ck_assert_uint_le(d, gs_now_ms() + INT_MAX);
	ck_assert_int_gt(gs_until_ms(d), INT_MAX - 60000);
}
END_TEST

START_TEST(what_has_passed_is_0_away_and_what_is_far_int_max)
{
	ck_assert_int_eq(gs_until_ms(0), 0);
	ck_assert_int_eq(gs_until_ms(gs_now_ms()), 0);
	ck_assert_int_eq(gs_until_ms(GS_NEVER - 1), INT_MAX);
}
END_TEST

static pthread_mutex_t mtx = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t cond;

static void
cond_up(void)
{
	ck_assert_int_eq(gs_cond_init(&cond), 0);
}

static void
cond_down(void)
{
	pthread_cond_destroy(&cond);
}

START_TEST(a_wait_ends_at_its_deadline_and_not_before)
{
	uint64_t deadline = gs_deadline_ms(20);
	int err = 0;

	pthread_mutex_lock(&mtx);
	while (err == 0)
		err = gs_cond_wait_until(&cond, &mtx, deadline);
	pthread_mutex_unlock(&mtx);
	ck_assert_int_eq(err, -ETIMEDOUT);
	ck_assert_uint_ge(gs_now_ms(), deadline);
}
END_TEST

START_TEST(a_deadline_that_has_passed_does_not_wait)
{
	int err;

	pthread_mutex_lock(&mtx);
	err = gs_cond_wait_until(&cond, &mtx, 0);
	pthread_mutex_unlock(&mtx);
	ck_assert_int_eq(err, -ETIMEDOUT);
}
END_TEST

static int is_set; /* guarded by mtx */

static void *
set_it(void *arg)
{
	(void)arg;
	pthread_mutex_lock(&mtx);
	is_set = 1;
	pthread_cond_signal(&cond);
	pthread_mutex_unlock(&mtx);
	return NULL;
}

/* The largest deadlines are those that could overflow on the way. */
START_TEST(a_signal_wakes_a_wait_however_far_its_deadline)
{
	static const uint64_t deadlines[] = {
		GS_NEVER,
		GS_NEVER - 1,
		GS_NEVER / 1000,
		(uint64_t)INT32_MAX * 1000 + 1,
		(uint64_t)INT32_MAX * 1000,
	};
	pthread_t thread;
	int err = 0;

	is_set = 0;
	pthread_mutex_lock(&mtx);
	ck_assert_int_eq(pthread_create(&thread, NULL, set_it, NULL), 0);
	while (!is_set && err == 0)
		err = gs_cond_wait_until(&cond, &mtx, deadlines[_i]);
	pthread_mutex_unlock(&mtx);
	pthread_join(thread, NULL);
	ck_assert_int_eq(err, 0);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("clock");
	TCase *tc = tcase_create("time");

	tcase_add_test(tc, time_does_not_go_backwards);
	tcase_add_test(tc, both_units_tell_the_same_time);
	tcase_add_test(tc, minus_one_is_a_deadline_that_never_comes);
	tcase_add_test(tc, a_deadline_is_its_timeout_away);
	tcase_add_test(tc, what_has_passed_is_0_away_and_what_is_far_int_max);
	suite_add_tcase(s, tc);

	tc = tcase_create("waits");
	tcase_add_checked_fixture(tc, cond_up, cond_down);
	tcase_add_test(tc, a_wait_ends_at_its_deadline_and_not_before);
	tcase_add_test(tc, a_deadline_that_has_passed_does_not_wait);
	tcase_add_loop_test(tc, a_signal_wakes_a_wait_however_far_its_deadline,
	    0, 5);
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	return gs_test_main(suite());
}
