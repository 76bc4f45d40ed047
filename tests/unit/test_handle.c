#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "check_main.h"
#include "handle.h"

static int objs[4096];
static uint64_t ids[4096];

/* A table keeps its generations: each test cleans up, and none counts on
 * which ids it gets. */
static struct gs_handles t = GS_HANDLES_INIT;

static void
del_all(size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		ck_assert_ptr_eq(gs_handle_del(&t, ids[i]), &objs[i]);
	ck_assert_uint_eq(gs_handle_count(&t), 0);
}

START_TEST(an_id_finds_its_object_until_it_is_deleted)
{
	ck_assert_int_eq(gs_handle_new(&t, &objs[0], &ids[0]), 0);
	ck_assert_uint_ne(ids[0], 0);
	ck_assert_ptr_eq(gs_handle_get(&t, ids[0]), &objs[0]);
	ck_assert_uint_eq(gs_handle_count(&t), 1);
	ck_assert_ptr_eq(gs_handle_del(&t, ids[0]), &objs[0]);
	ck_assert_ptr_null(gs_handle_get(&t, ids[0]));
	ck_assert_ptr_null(gs_handle_del(&t, ids[0]));
	ck_assert_uint_eq(gs_handle_count(&t), 0);
}
END_TEST

START_TEST(values_that_were_never_an_id_find_nothing)
{
	static const uint64_t values[] = {
		0,
		1,
		UINT32_MAX,
		(uint64_t)1 << 32,
		UINT64_MAX,
		(uint64_t)1 << 63,
		(uint64_t)UINT32_MAX << 32,
	};
	uint64_t id;
	size_t i;

	for (i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		ck_assert_ptr_null(gs_handle_get(&t, values[i]));
		ck_assert_ptr_null(gs_handle_del(&t, values[i]));
	}
	ck_assert_int_eq(gs_handle_new(&t, &objs[0], &id), 0);
	ck_assert_ptr_null(gs_handle_get(&t, id ^ 1));
	ck_assert_ptr_null(gs_handle_get(&t, id ^ (uint64_t)1 << 32));
	ck_assert_ptr_null(gs_handle_get(&t, id ^ (uint64_t)1 << 63));
	ck_assert_ptr_eq(gs_handle_del(&t, id), &objs[0]);
}
END_TEST

START_TEST(no_object_is_refused_and_leaves_the_id_alone)
{
	uint64_t id = 7;

	ck_assert_int_eq(gs_handle_new(&t, NULL, &id), -EINVAL);
	ck_assert_uint_eq(id, 7);
	ck_assert_uint_eq(gs_handle_count(&t), 0);
}
END_TEST

START_TEST(the_table_grows_and_every_id_still_finds_its_object)
{
	size_t i, n = sizeof(objs) / sizeof(objs[0]);

	for (i = 0; i < n; i++)
		ck_assert_int_eq(gs_handle_new(&t, &objs[i], &ids[i]), 0);
	ck_assert_uint_eq(gs_handle_count(&t), n);
	for (i = 0; i < n; i++)
		ck_assert_ptr_eq(gs_handle_get(&t, ids[i]), &objs[i]);
	del_all(n);
	for (i = 0; i < n; i++)
		ck_assert_ptr_null(gs_handle_get(&t, ids[i]));
}
END_TEST

START_TEST(an_id_is_not_given_twice_in_100000_uses)
{
	uint64_t last[256] = { 0 };
	uint64_t id;
	int i;

	for (i = 0; i < 100000; i++) {
		ck_assert_int_eq(gs_handle_new(&t, &objs[0], &id), 0);
		ck_assert_ptr_null(gs_handle_get(&t, last[i % 256]));
		ck_assert_uint_ne(last[i % 256], id);
		last[i % 256] = id;
		ck_assert_ptr_eq(gs_handle_del(&t, id), &objs[0]);
	}
}
END_TEST

START_TEST(the_slot_that_was_freed_last_is_used_again_last)
{
	uint64_t freed, id;
	size_t n = 0;

	ck_assert_int_eq(gs_handle_new(&t, &objs[0], &freed), 0);
	ck_assert_ptr_eq(gs_handle_del(&t, freed), &objs[0]);
	do {
		ck_assert_uint_lt(n, sizeof(objs) / sizeof(objs[0]));
		ck_assert_int_eq(gs_handle_new(&t, &objs[n], &ids[n]), 0);
		id = ids[n++];
	} while ((uint32_t)id != (uint32_t)freed);
	/* The table begins with 64 slots: 63 others were free. */
	ck_assert_uint_ge(n, 64);
	del_all(n);
}
END_TEST

START_TEST(generations_wrap_and_skip_0)
{
	ck_assert_uint_eq(gs_handle_gen_after(1), 2);
	ck_assert_uint_eq(gs_handle_gen_after(UINT32_MAX - 1), UINT32_MAX);
	ck_assert_uint_eq(gs_handle_gen_after(UINT32_MAX), 1);
}
END_TEST

/* Against a model: an array of what is live and what has gone. */
START_TEST(random_use_agrees_with_a_model)
{
	enum {
		N = 300
	};
	const char *text = getenv("GSCTP_TEST_SEED");
	unsigned int seed = text != NULL ? (unsigned int)atoi(text) : 4711;
	uint64_t live[N] = { 0 }, gone[N] = { 0 };
	size_t count = 0;
	int i, k;

	printf("handle: GSCTP_TEST_SEED=%u\n", seed);
	for (i = 0; i < 50000; i++) {
		k = rand_r(&seed) % N;
		if (live[k] == 0) {
			ck_assert_int_eq(gs_handle_new(&t, &objs[k], &live[k]), 0);
			count++;
		} else if (rand_r(&seed) % 2 == 0) {
			ck_assert_ptr_eq(gs_handle_del(&t, live[k]), &objs[k]);
			gone[k] = live[k];
			live[k] = 0;
			count--;
		}
		ck_assert_uint_eq(gs_handle_count(&t), count);
		k = rand_r(&seed) % N;
		ck_assert_ptr_null(gs_handle_get(&t, gone[k]));
		ck_assert_ptr_eq(gs_handle_get(&t, live[k]),
		    live[k] != 0 ? &objs[k] : NULL);
	}
	for (k = 0; k < N; k++) {
		if (live[k] != 0)
			ck_assert_ptr_eq(gs_handle_del(&t, live[k]), &objs[k]);
	}
	ck_assert_uint_eq(gs_handle_count(&t), 0);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("handle");
	TCase *tc = tcase_create("table");

	tcase_add_test(tc, an_id_finds_its_object_until_it_is_deleted);
	tcase_add_test(tc, values_that_were_never_an_id_find_nothing);
	tcase_add_test(tc, no_object_is_refused_and_leaves_the_id_alone);
	tcase_add_test(tc, the_slot_that_was_freed_last_is_used_again_last);
	tcase_add_test(tc, the_table_grows_and_every_id_still_finds_its_object);
	tcase_add_test(tc, an_id_is_not_given_twice_in_100000_uses);
	tcase_add_test(tc, generations_wrap_and_skip_0);
	tcase_add_test(tc, random_use_agrees_with_a_model);
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	return gs_test_main(suite());
}
