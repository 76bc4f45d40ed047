#include "htab.h"

#include <stdlib.h>
#include <string.h>

#include "../support/check_main.h"

#define MANY 10000

START_TEST(every_node_is_found_by_its_hash_until_it_is_removed)
{
	struct gs_htab_node *nodes = calloc(MANY, sizeof(*nodes));
	struct gs_htab t;
	size_t i, bad = 0;

	ck_assert_ptr_nonnull(nodes);
	ck_assert_int_eq(gs_htab_init(&t), 0);
	for (i = 0; i < MANY; i++)
		gs_htab_add(&t, &nodes[i], i * 0x9e3779b97f4a7c15u);
	ck_assert_uint_eq(t.count, MANY);
	for (i = 0; i < MANY; i++)
		bad += gs_htab_first(&t, nodes[i].hash) != &nodes[i];
	for (i = 0; i < MANY; i += 2)
		gs_htab_remove(&t, &nodes[i]);
	for (i = 0; i < MANY; i++)
		bad += gs_htab_first(&t, i * 0x9e3779b97f4a7c15u) !=
		    (i % 2 == 0 ? NULL : &nodes[i]);
	ck_assert_uint_eq(bad, 0);
	ck_assert_uint_eq(t.count, MANY / 2);
	gs_htab_fini(&t);
	free(nodes);
}
END_TEST

START_TEST(nodes_of_one_hash_are_all_found_the_newest_first)
{
	struct gs_htab_node a, b, c, other;
	struct gs_htab t;

	ck_assert_int_eq(gs_htab_init(&t), 0);
	gs_htab_add(&t, &a, 7);
	gs_htab_add(&t, &other, 7 + 64); /* the same chain */
	gs_htab_add(&t, &b, 7);
	gs_htab_add(&t, &c, 7);
	ck_assert_ptr_eq(gs_htab_first(&t, 7), &c);
	ck_assert_ptr_eq(gs_htab_next(&c), &b);
	gs_htab_remove(&t, &b);
	ck_assert_ptr_eq(gs_htab_next(&c), &a);
	ck_assert_ptr_null(gs_htab_next(&a));
	gs_htab_fini(&t);
}
END_TEST

START_TEST(removing_a_node_that_is_not_there_changes_nothing)
{
	struct gs_htab_node a, b;
	struct gs_htab t;

	memset(&b, 0, sizeof(b));
	ck_assert_int_eq(gs_htab_init(&t), 0);
	gs_htab_add(&t, &a, 1);
	gs_htab_remove(&t, &b);
	ck_assert_uint_eq(t.count, 1);
	ck_assert_ptr_eq(gs_htab_first(&t, 1), &a);
	gs_htab_fini(&t);
}
END_TEST

/* The vectors of SipHash's paper and reference: key and input 00 01 02 .. */
START_TEST(the_hash_is_siphash_2_4)
{
	static const uint64_t key[2] = { 0x0706050403020100u,
		0x0f0e0d0c0b0a0908u };
	uint8_t in[15];
	uint8_t i;

	for (i = 0; i < sizeof(in); i++)
		in[i] = i;
	ck_assert_uint_eq(gs_htab_hash(key, in, 0), 0x726fdb47dd0e0e31u);
	ck_assert_uint_eq(gs_htab_hash(key, in, 15), 0xa129ca6149be45e5u);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("htab");
	TCase *tc = tcase_create("htab");

	tcase_add_test(tc, every_node_is_found_by_its_hash_until_it_is_removed);
	tcase_add_test(tc, nodes_of_one_hash_are_all_found_the_newest_first);
	tcase_add_test(tc, removing_a_node_that_is_not_there_changes_nothing);
	tcase_add_test(tc, the_hash_is_siphash_2_4);
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	return gs_test_main(suite());
}
