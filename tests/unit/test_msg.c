/* msg: one block each, and queues of them. */

#include <check.h>
#include <stdalign.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "check_main.h"
#include "msg.h"

START_TEST(a_new_message_is_zero_but_for_its_type_and_association)
{
	struct gs_msg *m = gs_msg_new(GSCTP_MSG_DATA, 7, 100);
	static const uint8_t zeros[100];
	struct gsctp_msg expected;

	ck_assert_ptr_nonnull(m);
	memset(&expected, 0, sizeof(expected));
	expected.type = GSCTP_MSG_DATA;
	expected.assoc_id = 7;
	ck_assert_mem_eq(&m->pub, &expected, sizeof(expected));
	ck_assert_mem_eq(gs_msg_payload(m), zeros, sizeof(zeros));
	ck_assert_uint_eq(m->payload_len, 100);
	ck_assert_ptr_null(m->next);
	gs_msg_free(m);
}
END_TEST

START_TEST(the_payload_is_aligned_for_anything)
{
	struct gs_msg *m = gs_msg_new(GSCTP_MSG_DATA, 1, 1);

	ck_assert_ptr_nonnull(m);
	ck_assert_uint_eq((uintptr_t)gs_msg_payload(m) % alignof(max_align_t),
	    0);
	gs_msg_free(m);
}
END_TEST

START_TEST(all_of_the_payload_can_be_written)
{
	static const size_t lens[] = { 0, 1, 2, 15, 16, 17, 65535, 1 << 20 };
	size_t i;

	for (i = 0; i < sizeof(lens) / sizeof(lens[0]); i++) {
		struct gs_msg *m = gs_msg_new(GSCTP_MSG_DATA, 1, lens[i]);

		ck_assert_ptr_nonnull(m);
		memset(gs_msg_payload(m), 0xa5, lens[i]);
		ck_assert_uint_eq(m->pub.type, GSCTP_MSG_DATA);
		gs_msg_free(m);
	}
}
END_TEST

START_TEST(a_data_message_is_zero_but_for_its_payload)
{
	struct gs_msg *m = gs_msg_new_data(7, 100);
	struct gsctp_msg expected;

	ck_assert_ptr_nonnull(m);
	memset(&expected, 0, sizeof(expected));
	expected.type = GSCTP_MSG_DATA;
	expected.assoc_id = 7;
	ck_assert_mem_eq(&m->pub, &expected, sizeof(expected));
	ck_assert_uint_eq(m->payload_len, 100);
	ck_assert_ptr_null(m->next);
	memset(gs_msg_payload(m), 0xa5, 100);
	gs_msg_free(m);
}
END_TEST

START_TEST(a_message_that_grows_or_shrinks_keeps_what_it_has)
{
	struct gs_msg *m = gs_msg_new_data(7, 3);
	struct gs_msg *other;

	memcpy(gs_msg_payload(m), "abc", 3);
	ck_assert_ptr_null(gs_msg_resize(m, SIZE_MAX));
	ck_assert_mem_eq(gs_msg_payload(m), "abc", 3);
	other = gs_msg_resize(m, 1 << 20);
	ck_assert_ptr_nonnull(other);
	ck_assert_mem_eq(gs_msg_payload(other), "abc", 3);
	ck_assert_uint_eq(other->payload_len, 1 << 20);
	memset(gs_msg_payload(other) + 3, 'x', (1 << 20) - 3);
	m = gs_msg_resize(other, 4);
	ck_assert_ptr_nonnull(m);
	ck_assert_mem_eq(gs_msg_payload(m), "abcx", 4);
	ck_assert_uint_eq(m->payload_len, 4);
	ck_assert_uint_eq(m->pub.assoc_id, 7);
	gs_msg_free(m);
}
END_TEST

START_TEST(a_length_that_no_block_can_have_is_refused)
{
	size_t len;

	for (len = SIZE_MAX; len > SIZE_MAX - sizeof(struct gs_msg); len--) {
		ck_assert_ptr_null(gs_msg_new(GSCTP_MSG_DATA, 1, len));
		ck_assert_ptr_null(gs_msg_new_data(1, len));
	}
}
END_TEST

START_TEST(the_block_is_found_from_what_the_application_has)
{
	struct gs_msg *m = gs_msg_new(GSCTP_MSG_DATA, 1, 3);

	ck_assert_ptr_nonnull(m);
	ck_assert_ptr_eq(gs_msg_of(&m->pub), m);
	gsctp_msg_free(&m->pub);
}
END_TEST

START_TEST(freeing_null_is_fine)
{
	gs_msg_free(NULL);
	gsctp_msg_free(NULL);
}
END_TEST

START_TEST(messages_leave_a_queue_in_the_order_they_came)
{
	struct gs_msgq q = { NULL, NULL, 0 };
	struct gs_msg *m;
	uint32_t i;

	for (i = 1; i <= 3; i++)
		gs_msgq_put(&q, gs_msg_new(i, 0, 0));
	ck_assert_uint_eq(q.count, 3);
	for (i = 1; i <= 3; i++) {
		m = gs_msgq_get(&q);
		ck_assert_uint_eq(m->pub.type, i);
		ck_assert_ptr_null(m->next);
		gs_msg_free(m);
	}
	ck_assert_uint_eq(q.count, 0);
	ck_assert_ptr_null(gs_msgq_get(&q));
}
END_TEST

START_TEST(a_queue_that_ran_empty_can_be_filled_again)
{
	struct gs_msgq q = { NULL, NULL, 0 };

	gs_msgq_put(&q, gs_msg_new(1, 0, 0));
	gs_msg_free(gs_msgq_get(&q));
	gs_msgq_put(&q, gs_msg_new(2, 0, 0));
	ck_assert_ptr_nonnull(q.head);
	ck_assert_ptr_eq(q.head, q.tail);
	ck_assert_uint_eq(q.head->pub.type, 2);
	gs_msgq_clear(&q);
}
END_TEST

START_TEST(a_cleared_queue_is_empty)
{
	struct gs_msgq q = { NULL, NULL, 0 };

	gs_msgq_clear(&q);
	gs_msgq_put(&q, gs_msg_new(1, 0, 10));
	gs_msgq_put(&q, gs_msg_new(2, 0, 10));
	gs_msgq_clear(&q);
	ck_assert_uint_eq(q.count, 0);
	ck_assert_ptr_null(q.head);
	ck_assert_ptr_null(q.tail);
}
END_TEST

/* A message that knows its place. */
static void
put(struct gs_msgq *q, uint64_t sock, uint32_t n)
{
	struct gs_msg *m = gs_msg_new(n, 0, 0);

	ck_assert_ptr_nonnull(m);
	m->pub.sock.id = sock;
	gs_msgq_put(q, m);
}

/* What is in q is these, in order, and its count and its ends are right. */
static void
check_queue(const struct gs_msgq *q, const char *types)
{
	const struct gs_msg *m, *last = NULL;
	size_t n = 0;

	for (m = q->head; m != NULL; m = m->next) {
		ck_assert_int_eq((int)m->pub.type, types[n]);
		last = m;
		n++;
	}
	ck_assert_uint_eq(n, strlen(types));
	ck_assert_uint_eq(q->count, n);
	ck_assert_ptr_eq(q->tail, last);
}

/* Each letter is a message: small ones of socket 1, capitals of socket 2. */
static struct gs_msgq
queue_of(const char *types)
{
	struct gs_msgq q = { NULL, NULL, 0 };

	for (; *types != '\0'; types++)
		put(&q, *types >= 'a' ? 1 : 2, (uint32_t)*types);
	return q;
}

START_TEST(a_prepended_queue_comes_before_what_was_there)
{
	static const struct {
		const char *q, *from, *result;
	} cases[] = {
		{ "", "", "" },
		{ "", "a", "a" },
		{ "a", "", "a" },
		{ "cd", "ab", "abcd" },
		{ "b", "a", "ab" },
	};
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct gs_msgq q = queue_of(cases[i].q);
		struct gs_msgq from = queue_of(cases[i].from);

		gs_msgq_prepend(&q, &from);
		check_queue(&q, cases[i].result);
		check_queue(&from, "");
		/* Both can still be used. */
		put(&q, 1, 'z');
		put(&from, 1, 'y');
		check_queue(&from, "y");
		ck_assert_int_eq((int)q.tail->pub.type, 'z');
		gs_msgq_clear(&q);
		gs_msgq_clear(&from);
	}
}
END_TEST

START_TEST(an_appended_queue_comes_behind_what_was_there)
{
	static const struct {
		const char *q, *from, *result;
	} cases[] = {
		{ "", "", "" },
		{ "", "a", "a" },
		{ "a", "", "a" },
		{ "ab", "cd", "abcd" },
		{ "a", "b", "ab" },
	};
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct gs_msgq q = queue_of(cases[i].q);
		struct gs_msgq from = queue_of(cases[i].from);

		gs_msgq_append(&q, &from);
		check_queue(&q, cases[i].result);
		check_queue(&from, "");
		/* Both can still be used. */
		put(&q, 1, 'z');
		put(&from, 1, 'y');
		check_queue(&from, "y");
		ck_assert_int_eq((int)q.tail->pub.type, 'z');
		gs_msgq_clear(&q);
		gs_msgq_clear(&from);
	}
}
END_TEST

START_TEST(a_split_takes_one_sockets_messages_and_keeps_both_orders)
{
	static const struct {
		const char *q, *out, *left, *result;
	} cases[] = {
		{ "", "", "", "" },
		{ "", "x", "", "x" },
		{ "abc", "", "", "abc" },
		{ "ABC", "", "ABC", "" },
		{ "aAbBc", "", "AB", "abc" },
		{ "AaBbC", "xX", "ABC", "xXab" },
		{ "aB", "", "B", "a" },
		{ "Ba", "", "B", "a" },
	};
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct gs_msgq q = queue_of(cases[i].q);
		struct gs_msgq out = queue_of(cases[i].out);

		gs_msgq_split(&q, 1, &out);
		check_queue(&q, cases[i].left);
		check_queue(&out, cases[i].result);
		gs_msgq_clear(&q);
		gs_msgq_clear(&out);
	}
}
END_TEST

/* gen_sctp: recv/1 */
START_TEST(three_types_are_errors_and_no_other)
{
	struct gsctp_msg m;
	uint32_t type;

	memset(&m, 0, sizeof(m));
	for (type = 0; type < 100; type++) {
		m.type = type;
		ck_assert_int_eq(gsctp_msg_is_error(&m),
		    type == GSCTP_MSG_SEND_FAILED ||
			type == GSCTP_MSG_REMOTE_ERROR ||
			type == GSCTP_MSG_PDAPI_EVENT);
	}
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("msg");
	TCase *tc = tcase_create("all");

	tcase_add_test(tc,
	    a_new_message_is_zero_but_for_its_type_and_association);
	tcase_add_test(tc, the_payload_is_aligned_for_anything);
	tcase_add_test(tc, all_of_the_payload_can_be_written);
	tcase_add_test(tc, a_data_message_is_zero_but_for_its_payload);
	tcase_add_test(tc, a_message_that_grows_or_shrinks_keeps_what_it_has);
	tcase_add_test(tc, a_length_that_no_block_can_have_is_refused);
	tcase_add_test(tc, the_block_is_found_from_what_the_application_has);
	tcase_add_test(tc, freeing_null_is_fine);
	tcase_add_test(tc, messages_leave_a_queue_in_the_order_they_came);
	tcase_add_test(tc, a_queue_that_ran_empty_can_be_filled_again);
	tcase_add_test(tc, a_cleared_queue_is_empty);
	tcase_add_test(tc, a_prepended_queue_comes_before_what_was_there);
	tcase_add_test(tc, an_appended_queue_comes_behind_what_was_there);
	tcase_add_test(tc,
	    a_split_takes_one_sockets_messages_and_keeps_both_orders);
	tcase_add_test(tc, three_types_are_errors_and_no_other);
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	return gs_test_main(suite());
}
