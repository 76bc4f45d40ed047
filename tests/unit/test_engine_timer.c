/*
 * The engine's timers, which we run, or the engine where memory is short: each
 * is of the size that the engine has, and the engine's clock is ours.
 */

#include "../support/engine_fixture.h"

#include <stddef.h>
#include <stdio.h>

/*
 * The heap itself, compiled in here and not taken from the library's
 * objects, as its memory is to run short.
 */
static bool memory_is_short;

static void *
scarce_realloc(void *old, size_t size)
{
	return memory_is_short ? NULL : realloc(old, size);
}

#define realloc scarce_realloc
#include "engine_timer.c"
#undef realloc

enum {
	N = 600, /* it grows at 256 and 512 */
	STEPS = 30000
};

/* Room for the engine's own struct, all zero before its first start. */
static union {
	uint8_t bytes[256];
	max_align_t align;
} timers[N];

static struct model {
	bool is_pending;
	uint64_t due;
	unsigned int ran;
	uint32_t again; /* what its function starts it with; 0: nothing */
	int stops;	/* and which other it stops; -1: none */
} model[N];

static uint64_t clock_now; /* of the model: it does not wrap */
static unsigned int bad;   /* what callbacks saw that was wrong */

static void start_timer(int i, uint32_t ticks);

static void
stop_timer(int i)
{
	int was = __wrap_sctp_os_timer_stop(&timers[i]);

	bad += was != (int)model[i].is_pending;
	model[i].is_pending = false;
}

/* What the engine calls when a timer is due. */
static void
run(void *arg)
{
	int i = (int)((struct model *)arg - model);

	bad += !model[i].is_pending || model[i].due > clock_now;
	model[i].is_pending = false;
	model[i].ran++;
	if (model[i].stops >= 0)
		stop_timer(model[i].stops);
	if (model[i].again != 0)
		start_timer(i, model[i].again);
}

static void
start_timer(int i, uint32_t ticks)
{
	int was = __wrap_sctp_os_timer_start(&timers[i], ticks, run, &model[i]);

	bad += was != (int)model[i].is_pending;
	model[i].is_pending = true;
	model[i].due = clock_now + (ticks == 0 ? 1 : ticks);
}

/* As gs_engine_tick_locked() does it. */
static void
advance(uint32_t ticks)
{
	clock_now += ticks;
	gs_timers_set_now((uint32_t)clock_now);
	usrsctp_handle_timers(ticks);
	gs_timers_run((uint32_t)clock_now);
}

/* It says what the model says. */
static bool
agrees(void)
{
	uint64_t first = UINT64_MAX;
	uint32_t next;
	bool any;
	int i;

	for (i = 0; i < N; i++)
		if (model[i].is_pending && model[i].due < first)
			first = model[i].due;
	any = gs_timers_next(&next);
	if (!any || first == UINT64_MAX)
		return !any && first == UINT64_MAX;
	return next == (uint32_t)first;
}

#define ck_next(ticks)                                       \
	do {                                                 \
		uint32_t next_;                              \
		ck_assert(gs_timers_next(&next_));           \
		ck_assert_uint_eq(next_, (uint32_t)(ticks)); \
	} while (0)

#define ck_none()                                   \
	do {                                        \
		uint32_t next_ = 77;                \
		ck_assert(!gs_timers_next(&next_)); \
		ck_assert_uint_eq(next_, 77);       \
	} while (0)

static void
setup(void)
{
	int i;

	start_engine();
	gs_enter();
	gs_timers_reset();
	gs_timers_look();
	memset(timers, 0, sizeof(timers));
	memset(model, 0, sizeof(model));
	for (i = 0; i < N; i++)
		model[i].stops = -1;
	clock_now = 0;
	bad = 0;
	memory_is_short = false;
}

static void
teardown(void)
{
	int i;

	memory_is_short = false;
	for (i = 0; i < N; i++)
		(void)__wrap_sctp_os_timer_stop(&timers[i]);
	gs_timers_reset();
	gs_leave();
	stop_engine();
	gs_timers_reset();
}

START_TEST(without_timers_there_is_no_next)
{
	ck_none();
	advance(1000);
	ck_none();
}
END_TEST

START_TEST(the_next_is_the_earliest_of_those_that_run)
{
	start_timer(0, 300);
	ck_next(300);
	start_timer(1, 100);
	ck_next(100);
	start_timer(2, 200);
	ck_next(100);
	stop_timer(1);
	ck_next(200);
	advance(199);
	ck_assert_uint_eq(model[2].ran, 0);
	ck_next(200);
	advance(1);
	ck_assert_uint_eq(model[2].ran, 1);
	ck_next(300);
	advance(100);
	ck_assert_uint_eq(model[0].ran, 1);
	ck_none();
	ck_assert_uint_eq(bad, 0);
}
END_TEST

START_TEST(no_ticks_at_all_are_one)
{
	start_timer(0, 0);
	ck_next(1);
	advance(1);
	ck_assert_uint_eq(model[0].ran, 1);
	ck_none();
}
END_TEST

START_TEST(a_running_timer_that_is_started_again_has_its_new_time_alone)
{
	start_timer(0, 100);
	start_timer(0, 500);
	ck_next(500);
	start_timer(0, 50);
	ck_next(50);
	advance(50);
	ck_assert_uint_eq(model[0].ran, 1);
	ck_none();
	advance(1000);
	ck_assert_uint_eq(model[0].ran, 1);
	ck_assert_uint_eq(bad, 0);
}
END_TEST

START_TEST(stopping_a_timer_that_does_not_run_changes_nothing)
{
	stop_timer(0); /* there is no heap yet */
	ck_none();
	start_timer(1, 100);
	stop_timer(0);
	ck_next(100);
	stop_timer(1);
	stop_timer(1);
	ck_none();
	ck_assert_uint_eq(bad, 0);
}
END_TEST

START_TEST(what_the_engine_refuses_to_start_is_not_noted)
{
	ck_assert_int_eq(__wrap_sctp_os_timer_start(NULL, 5, run, model), 0);
	ck_assert_int_eq(__wrap_sctp_os_timer_start(&timers[0], 5, NULL, NULL),
	    0);
	ck_none();
}
END_TEST

START_TEST(a_timer_that_starts_itself_again_lies_ahead)
{
	model[0].again = 10;
	start_timer(0, 10);
	advance(10);
	ck_assert_uint_eq(model[0].ran, 1);
	ck_next(20);
	advance(35); /* late: it is not made up for */
	ck_assert_uint_eq(model[0].ran, 2);
	ck_next(55);
	ck_assert_uint_eq(bad, 0);
}
END_TEST

START_TEST(a_timer_that_another_one_stops_as_both_are_due_is_gone)
{
	model[0].stops = 1;
	start_timer(0, 10);
	start_timer(1, 10);
	start_timer(2, 20);
	advance(15);
	ck_assert_uint_eq(model[0].ran, 1);
	ck_assert_uint_eq(model[1].ran, 0);
	ck_next(20);
	ck_assert_uint_eq(bad, 0);
}
END_TEST

START_TEST(a_clock_that_wraps_keeps_the_order)
{
	advance(UINT32_MAX - 100);
	start_timer(0, 300); /* 199 */
	start_timer(1, 50);
	start_timer(2, 101); /* 0 */
	start_timer(3, 100); /* UINT32_MAX */
	start_timer(4, 102); /* 1 */
	ck_next(UINT32_MAX - 50);
	advance(50);
	ck_next(UINT32_MAX);
	advance(49);
	ck_assert_uint_eq(model[3].ran, 0);
	advance(1);
	ck_assert_uint_eq(model[3].ran, 1);
	ck_assert_uint_eq(model[2].ran, 0);
	ck_next(0);
	advance(1);
	ck_assert_uint_eq(model[2].ran, 1);
	ck_assert_uint_eq(model[4].ran, 0);
	ck_next(1);
	advance(1);
	ck_assert_uint_eq(model[4].ran, 1);
	ck_assert_uint_eq(model[0].ran, 0);
	ck_next(199);
	advance(198);
	ck_assert_uint_eq(model[0].ran, 1);
	ck_none();
	ck_assert_uint_eq(bad, 0);
}
END_TEST

START_TEST(more_timers_than_there_was_room_for_are_all_kept)
{
	int i;

	for (i = 0; i < N; i++)
		start_timer(i, (uint32_t)(2 * N - i));
	for (i = N - 1; i >= 0; i--) {
		ck_next(2 * N - i);
		stop_timer(i);
	}
	ck_none();
	ck_assert_uint_eq(bad, 0);
}
END_TEST

START_TEST(a_timer_that_there_was_no_memory_for_is_still_waited_for)
{
	uint32_t next;
	int i;

	for (i = 0; i < 256; i++)
		start_timer(i, 20);
	memory_is_short = true;
	start_timer(256, 1000);
	memory_is_short = false;
	advance(20); /* those that it knows have run */
	while (clock_now < 1000) {
		ck_assert(gs_timers_next(&next));
		ck_assert_int_gt((int32_t)(next - (uint32_t)clock_now), 0);
		ck_assert_int_le((int32_t)(next - (uint32_t)clock_now), 10);
		advance(next - (uint32_t)clock_now);
	}
	ck_assert_uint_eq(model[256].ran, 1);
	ck_none();
	ck_assert_uint_eq(bad, 0);
}
END_TEST

START_TEST(a_timer_without_memory_hides_no_earlier_one)
{
	int i;

	for (i = 0; i < 256; i++)
		start_timer(i, 3);
	memory_is_short = true;
	start_timer(256, 1000);
	ck_next(3);
	advance(2);
	ck_next(3);
}
END_TEST

START_TEST(the_first_timer_may_find_no_memory)
{
	uint32_t next;

	memory_is_short = true;
	start_timer(0, 15);
	stop_timer(1);
	ck_assert(gs_timers_next(&next));
	ck_assert_uint_le(next, 10);
	memory_is_short = false;
	start_timer(1, 4);
	ck_next(4);
	advance(10);
	ck_assert(gs_timers_next(&next)); /* the first is still to come */
	ck_assert_uint_le(next, 20);
	advance(10);
	ck_assert_uint_eq(model[0].ran, 1);
	ck_assert_uint_eq(model[1].ran, 1);
	ck_none();
	ck_assert_uint_eq(bad, 0);
}
END_TEST

START_TEST(after_a_reset_nothing_is_known)
{
	start_timer(0, 100);
	gs_timers_reset();
	gs_timers_look();
	ck_none();
	start_timer(0, 100);
	ck_next(100);
	ck_assert_uint_eq(bad, 0);
}
END_TEST

/* The last of them that was started, by its place in the array. */
static int last_run;

static void
run_in_order(void *arg)
{
	int i = (int)((struct model *)arg - model);

	bad += i != last_run + 1;
	last_run = i;
}

START_TEST(timers_of_one_time_run_in_the_order_of_their_starts)
{
	int i;

	last_run = -1;
	for (i = 0; i < N; i++)
		(void)__wrap_sctp_os_timer_start(&timers[i], 100, run_in_order,
		    &model[i]);
	advance(100);
	ck_assert_int_eq(last_run, N - 1);
	ck_assert_uint_eq(bad, 0);
}
END_TEST

START_TEST(what_the_engine_keeps_itself_runs_too)
{
	gs_timers_reset(); /* what a timer looks like is not known */
	start_timer(0, 40);
	stop_timer(0);
	start_timer(0, 30);
	start_timer(0, 20);
	ck_next(10);
	advance(10);
	ck_next(20);
	advance(10);
	ck_assert_uint_eq(model[0].ran, 1);
	advance(10); /* until the last is over */
	ck_next(40);
	advance(10);
	ck_none();
	ck_assert_uint_eq(bad, 0);
}
END_TEST

static uint32_t
random_ticks(unsigned int *seed)
{
	uint32_t r = (uint32_t)rand_r(seed);

	switch (rand_r(seed) % 8) {
	case 0:
		return r % 3;
	case 1:
		return r % (UINT32_C(1) << 30);
	case 2:
		return r % 100000;
	default:
		return r % 3000;
	}
}

/* Up to the next timer or a little past it; now and then a leap of days. */
static void
random_advance(unsigned int *seed, bool may_leap)
{
	uint32_t next, left;

	switch (rand_r(seed) % 16) {
	case 0:
		if (may_leap)
			advance((uint32_t)rand_r(seed) % (UINT32_C(1) << 28));
		break;
	case 1:
	case 2:
	case 3:
		if (gs_timers_next(&next)) {
			left = next - (uint32_t)clock_now;
			advance(left + (uint32_t)(rand_r(seed) % 2));
		}
		break;
	default:
		advance((uint32_t)(rand_r(seed) % 30));
	}
}

START_TEST(random_use_agrees_with_a_model_and_with_the_engine)
{
	const char *text = getenv("GSCTP_TEST_SEED");
	unsigned int seed = text != NULL ? (unsigned int)atoi(text) : 4711;
	unsigned int ran = 0, most = 0, pending;
	int step, i, n;

	printf("engine_timer: GSCTP_TEST_SEED=%u\n", seed);
	fflush(stdout); /* a failure in a fork would lose it */
	advance(UINT32_MAX - 20000);
	for (i = 0; i < N; i++) {
		if (i % 7 == 0)
			model[i].again = 1 + (uint32_t)(i % 200);
		if (i % 11 == 0)
			model[i].stops = (i * 31 + 1) % N;
	}
	for (step = 0; step < STEPS; step++) {
		/* Few of them, then many, then few. */
		n = step / 3000 % 2 == 0 ? 20 : N;
		i = rand_r(&seed) % n;
		switch (rand_r(&seed) % 8) {
		case 0:
			random_advance(&seed, n < N);
			break;
		case 1:
		case 2:
			stop_timer(i);
			break;
		default:
			start_timer(i, random_ticks(&seed));
		}
		ck_assert_msg(agrees(), "step %d", step);
		ck_assert_msg(bad == 0, "step %d: the engine", step);
		if (step % 500 == 499) {
			for (i = 0, pending = 0; i < N; i++)
				pending += model[i].is_pending;
			most = pending > most ? pending : most;
		}
	}
	for (i = 0; i < N; i++)
		ran += model[i].ran;
	printf("engine_timer: %u ran, %u pending at most\n", ran, most);
	ck_assert_uint_gt(ran, 1000);
	ck_assert_uint_gt(most, 256);
	ck_assert_uint_gt(clock_now, UINT32_MAX);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("engine_timer");
	TCase *tc = new_case(s, "heap", setup, teardown);

	tcase_add_test(tc, without_timers_there_is_no_next);
	tcase_add_test(tc, the_next_is_the_earliest_of_those_that_run);
	tcase_add_test(tc, no_ticks_at_all_are_one);
	tcase_add_test(tc,
	    a_running_timer_that_is_started_again_has_its_new_time_alone);
	tcase_add_test(tc, stopping_a_timer_that_does_not_run_changes_nothing);
	tcase_add_test(tc, what_the_engine_refuses_to_start_is_not_noted);
	tcase_add_test(tc, a_timer_that_starts_itself_again_lies_ahead);
	tcase_add_test(tc,
	    a_timer_that_another_one_stops_as_both_are_due_is_gone);
	tcase_add_test(tc, a_clock_that_wraps_keeps_the_order);
	tcase_add_test(tc, more_timers_than_there_was_room_for_are_all_kept);
	tcase_add_test(tc,
	    a_timer_that_there_was_no_memory_for_is_still_waited_for);
	tcase_add_test(tc, a_timer_without_memory_hides_no_earlier_one);
	tcase_add_test(tc, the_first_timer_may_find_no_memory);
	tcase_add_test(tc, after_a_reset_nothing_is_known);
	tcase_add_test(tc,
	    timers_of_one_time_run_in_the_order_of_their_starts);
	tcase_add_test(tc, what_the_engine_keeps_itself_runs_too);
	tcase_add_test(tc, random_use_agrees_with_a_model_and_with_the_engine);
	return s;
}

int
main(void)
{
	return gs_test_main(suite());
}
