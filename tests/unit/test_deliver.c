/*
 * deliver: the active modes as a state machine, by tables, and against a
 * model that does the sums in wide numbers.
 *
 * The random one prints its seed and takes it from GSCTP_TEST_SEED.
 */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "check_main.h"
#include "deliver.h"

#define F GSCTP_ACTIVE_FALSE
#define T GSCTP_ACTIVE_TRUE
#define ONCE GSCTP_ACTIVE_ONCE

/* A machine that reads back as state. */
static struct gs_deliver
in_state(int32_t state)
{
	struct gs_deliver d = { 0 };
	bool says;

	if (state != F)
		ck_assert_int_eq(gs_deliver_set(&d, state, &says), 0);
	ck_assert_int_eq(gs_deliver_get(&d), state);
	return d;
}

START_TEST(all_zero_is_passive)
{
	struct gs_deliver d = { 0 };

	ck_assert(!gs_deliver_is_active(&d));
	ck_assert_int_eq(gs_deliver_get(&d), F);
}
END_TEST

static const struct {
	int32_t from, mode;
	int err;
	int32_t to;
	bool says_passive;
} sets[] = {
	/* A mode is the mode, wherever it comes from, and says nothing. */
	{ F, F, 0, F, false },
	{ F, T, 0, T, false },
	{ F, ONCE, 0, ONCE, false },
	{ T, F, 0, F, false },
	{ T, T, 0, T, false },
	{ T, ONCE, 0, ONCE, false },
	{ ONCE, F, 0, F, false },
	{ ONCE, T, 0, T, false },
	{ ONCE, ONCE, 0, ONCE, false },
	{ 7, F, 0, F, false },
	{ 7, T, 0, T, false },
	{ 7, ONCE, 0, ONCE, false },

	/* A number counts from 0, unless it counts already. */
	{ F, 1, 0, 1, false },
	{ F, 7, 0, 7, false },
	{ T, 7, 0, 7, false },
	{ ONCE, 7, 0, 7, false },
	{ 7, 7, 0, 14, false },
	{ 7, -6, 0, 1, false },
	{ 7, 0, 0, 7, false },

	/* At 0 or below it is passive, and says so. */
	{ F, 0, 0, F, true },
	{ F, -1, 0, F, true },
	{ T, 0, 0, F, true },
	{ T, -1, 0, F, true },
	{ ONCE, 0, 0, F, true },
	{ ONCE, -1, 0, F, true },
	{ 7, -7, 0, F, true },
	{ 7, -8, 0, F, true },

	/* The limits of 16 bits, of the number and of the sum. */
	{ F, INT16_MAX, 0, INT16_MAX, false },
	{ F, INT16_MIN, 0, F, true },
	{ F, INT16_MAX + 1, -EINVAL, F, false },
	{ F, INT16_MIN - 1, -EINVAL, F, false },
	{ T, INT16_MAX, 0, INT16_MAX, false },
	{ T, INT16_MIN, 0, F, true },
	{ T, INT16_MAX + 1, -EINVAL, T, false },
	{ T, INT16_MIN - 1, -EINVAL, T, false },
	{ ONCE, INT16_MAX, 0, INT16_MAX, false },
	{ ONCE, INT16_MAX + 1, -EINVAL, ONCE, false },
	{ ONCE, INT16_MIN - 1, -EINVAL, ONCE, false },
	{ 1, INT16_MAX - 1, 0, INT16_MAX, false },
	{ 1, INT16_MAX, -EINVAL, 1, false },
	{ 1, INT16_MIN, 0, F, true },
	{ 1, INT16_MIN - 1, -EINVAL, 1, false },
	{ INT16_MAX, 1, -EINVAL, INT16_MAX, false },
	{ INT16_MAX, INT16_MAX, -EINVAL, INT16_MAX, false },
	{ INT16_MAX, 0, 0, INT16_MAX, false },
	{ INT16_MAX, -INT16_MAX, 0, F, true },
	{ INT16_MAX, INT16_MIN, 0, F, true },

	/* What is neither a number of 16 bits nor a mode. */
	{ F, F - 1, -EINVAL, F, false },
	{ 7, ONCE + 1, -EINVAL, 7, false },
	{ 7, INT32_MAX, -EINVAL, 7, false },
	{ 7, INT32_MIN, -EINVAL, 7, false },
	{ T, INT32_MAX, -EINVAL, T, false },
	{ ONCE, INT32_MIN, -EINVAL, ONCE, false },
};

START_TEST(a_set_does_what_the_table_says)
{
	struct gs_deliver d = in_state(sets[_i].from);
	bool says = !sets[_i].says_passive;

	ck_assert_int_eq(gs_deliver_set(&d, sets[_i].mode, &says),
	    sets[_i].err);
	ck_assert_int_eq(gs_deliver_get(&d), sets[_i].to);
	ck_assert_int_eq(gs_deliver_is_active(&d), sets[_i].to != F);
	ck_assert_int_eq(says, sets[_i].says_passive);
}
END_TEST

static const struct {
	int32_t from, to;
	bool says_passive;
} items[] = {
	{ T, T, false },
	{ ONCE, F, false },
	{ 1, F, true },
	{ 2, 1, false },
	{ INT16_MAX, INT16_MAX - 1, false },
};

START_TEST(an_item_does_what_the_table_says)
{
	struct gs_deliver d = in_state(items[_i].from);

	ck_assert_int_eq(gs_deliver_item(&d), items[_i].says_passive);
	ck_assert_int_eq(gs_deliver_get(&d), items[_i].to);
	ck_assert_int_eq(gs_deliver_is_active(&d), items[_i].to != F);
}
END_TEST

START_TEST(a_count_says_passive_after_its_last_item_alone)
{
	struct gs_deliver d = in_state(INT16_MAX);
	int i, early = 0;

	for (i = 1; i < INT16_MAX; i++)
		early += gs_deliver_item(&d);
	ck_assert_int_eq(early, 0);
	ck_assert_int_eq(gs_deliver_get(&d), 1);
	ck_assert(gs_deliver_item(&d));
	ck_assert(!gs_deliver_is_active(&d));
}
END_TEST

/* What was left is not there any more when it counts again. */
START_TEST(a_mode_clears_the_count)
{
	static const int32_t modes[] = { F, T, ONCE };
	struct gs_deliver d;
	bool says;
	size_t i;

	for (i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
		d = in_state(30000);
		ck_assert_int_eq(gs_deliver_set(&d, modes[i], &says), 0);
		ck_assert_int_eq(gs_deliver_set(&d, 30000, &says), 0);
		ck_assert_int_eq(gs_deliver_get(&d), 30000);
	}
}
END_TEST

/*
 * The model: gen_sctp's words, a mode and a count apart.
 */

struct model {
	int32_t mode; /* F, T, ONCE, or 0: it counts */
	int64_t count;
};

static int
model_set(struct model *m, int32_t mode, bool *says)
{
	int64_t before = m->mode == 0 ? m->count : 0;

	*says = false;
	if (mode == F || mode == T || mode == ONCE) {
		m->mode = mode;
		m->count = 0;
		return 0;
	}
	if (mode < -32768 || mode > 32767 || before + mode < -32768 ||
	    before + mode > 32767)
		return -EINVAL;
	m->mode = 0;
	m->count = before + mode;
	*says = m->count <= 0;
	if (*says) {
		m->mode = F;
		m->count = 0;
	}
	return 0;
}

static bool
model_item(struct model *m)
{
	if (m->mode == ONCE)
		m->mode = F;
	if (m->mode != 0)
		return false;
	m->count--;
	if (m->count == 0)
		m->mode = F;
	return m->count == 0;
}

/* From the environment, or new; printed, to run the same again. */
static uint64_t
seed(void)
{
	const char *text = getenv("GSCTP_TEST_SEED");
	uint64_t v;

	v = text != NULL ? strtoull(text, NULL, 10) :
			   (uint64_t)getpid() * 1000003 + (uint64_t)time(NULL);
	printf("GSCTP_TEST_SEED=%llu\n", (unsigned long long)v);
	return v | 1;
}

/* xorshift64* */
static uint64_t
next(uint64_t *state)
{
	*state ^= *state >> 12;
	*state ^= *state << 25;
	*state ^= *state >> 27;
	return (*state * UINT64_C(2685821657736338717)) >> 32;
}

static int32_t
random_mode(uint64_t *state)
{
	switch (next(state) % 8) {
	case 0:
		return F - 2 + (int32_t)(next(state) % 6);
	case 1:
		return (int32_t)next(state);
	case 2:
		return INT16_MAX - 3 + (int32_t)(next(state) % 6);
	case 3:
		return INT16_MIN - 3 + (int32_t)(next(state) % 6);
	case 4:
		return (int32_t)(next(state) % 70000) - 35000;
	default:
		return (int32_t)(next(state) % 16) - 4;
	}
}

START_TEST(any_run_of_sets_and_items_goes_as_the_model_does)
{
	struct gs_deliver d = { 0 };
	struct model m = { F, 0 };
	uint64_t state = seed();
	bool says, model_says;
	int32_t mode;
	int i;

	for (i = 0; i < 50000; i++) {
		if (gs_deliver_is_active(&d) && next(&state) % 2 == 0) {
			ck_assert_int_eq(gs_deliver_item(&d), model_item(&m));
		} else {
			mode = random_mode(&state);
			ck_assert_int_eq(gs_deliver_set(&d, mode, &says),
			    model_set(&m, mode, &model_says));
			ck_assert_int_eq(says, model_says);
		}
		ck_assert_int_eq(gs_deliver_get(&d),
		    m.mode == 0 ? m.count : m.mode);
		ck_assert_int_eq(gs_deliver_is_active(&d), m.mode != F);
	}
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("deliver");
	TCase *tc = tcase_create("machine");

	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, all_zero_is_passive);
	tcase_add_loop_test(tc, a_set_does_what_the_table_says, 0,
	    sizeof(sets) / sizeof(sets[0]));
	tcase_add_loop_test(tc, an_item_does_what_the_table_says, 0,
	    sizeof(items) / sizeof(items[0]));
	tcase_add_test(tc, a_count_says_passive_after_its_last_item_alone);
	tcase_add_test(tc, a_mode_clears_the_count);
	tcase_add_test(tc, any_run_of_sets_and_items_goes_as_the_model_does);
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	return gs_test_main(suite());
}
