/* gsctp cat: bytes become messages, wherever they are cut. */

#include "cat_frame.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../support/check_main.h"

#define MESSAGES 16
#define BYTES 256

/* A literal and its length: there may be zeros in it. */
#define TEXT(literal) literal, sizeof(literal) - 1

/* What came of an input. */
struct result {
	enum cat_frame_state state; /* the last one */
	size_t n;
	struct {
		uint8_t bytes[BYTES];
		size_t len;
	} messages[MESSAGES];
	bool is_mid;
	size_t longest; /* part */
	char problem[128];
};

static void
take_part(struct result *r, const struct cat_part *p)
{
	ck_assert_uint_gt(p->len, 0);
	ck_assert_int_eq(p->is_first, !r->is_mid);
	ck_assert_uint_lt(r->n, MESSAGES);
	ck_assert_uint_le(r->messages[r->n].len + p->len, BYTES);
	memcpy(r->messages[r->n].bytes + r->messages[r->n].len, p->data,
	    p->len);
	r->messages[r->n].len += p->len;
	r->is_mid = !p->is_last;
	r->n += p->is_last;
	if (p->len > r->longest)
		r->longest = p->len;
}

/* The input through a pipe, step bytes at a time. */
static void
frame(const struct cat_framing *how, const void *input, size_t len, size_t step,
    struct result *r)
{
	struct cat_frame *f = cat_frame_new(how);
	const uint8_t *at = input;
	struct cat_part part;
	size_t some;
	int fds[2];

	ck_assert_ptr_nonnull(f);
	ck_assert_int_eq(pipe2(fds, O_NONBLOCK), 0);
	memset(r, 0, sizeof(*r));
	while ((r->state = cat_frame_part(f, &part)) <= CAT_FRAME_READ) {
		if (r->state == CAT_FRAME_PART) {
			take_part(r, &part);
			cat_frame_done(f);
			continue;
		}
		if (cat_frame_read(f, fds[0]) != -EAGAIN)
			continue;
		some = len < step ? len : step;
		if (some > 0)
			ck_assert_int_eq(write(fds[1], at, some), (int)some);
		else
			close(fds[1]);
		at += some;
		len -= some;
	}
	(void)strcpy(r->problem, cat_frame_problem(f));
	close(fds[0]);
	if (len > 0)
		close(fds[1]);
	cat_frame_free(f);
}

/* The same messages, however the input is cut and whatever is kept of it;
 * with '|' between them in `expected'. */
static void
becomes(struct cat_framing how, const char *input, size_t len,
    const char *expected)
{
	static const size_t steps[] = { 1, 2, 3, 7, 100 };
	static const size_t parts[] = { 4, 5, 8, 1000 };
	char got[1024];
	struct result r;
	size_t i, j, k, n;

	for (i = 0; i < 5; i++) {
		for (j = 0; j < 4; j++) {
			how.part_max = parts[j];
			frame(&how, input, len, steps[i], &r);
			ck_assert_int_eq(r.state, CAT_FRAME_END);
			ck_assert(!r.is_mid);
			ck_assert_uint_le(r.longest, parts[j] + 1);
			for (k = 0, n = 0; k < r.n; k++) {
				memcpy(got + n, r.messages[k].bytes,
				    r.messages[k].len);
				n += r.messages[k].len;
				got[n++] = '|';
			}
			got[n] = '\0';
			ck_assert_str_eq(got, expected);
		}
	}
}

static void
is_refused(struct cat_framing how, const char *input, size_t len,
    const char *problem)
{
	struct result r;
	size_t step;

	how.part_max = 8;
	for (step = 1; step < 20; step += 6) {
		frame(&how, input, len, step, &r);
		ck_assert_int_eq(r.state, CAT_FRAME_BAD);
		ck_assert_msg(strstr(r.problem, problem) != NULL, "\"%s\"",
		    r.problem);
	}
}

START_TEST(a_line_keeps_its_newline_and_the_last_one_what_it_has)
{
	const struct cat_framing how = { .mode = CAT_LINE };

	becomes(how, TEXT("one\n\ntwo, and longer\nlast"),
	    "one\n|\n|two, and longer\n|last|");
	becomes(how, TEXT("x\n"), "x\n|");
	becomes(how, TEXT(""), "");
}
END_TEST

START_TEST(chomped_lines_have_none_and_empty_ones_are_no_message)
{
	const struct cat_framing how = { .mode = CAT_LINE, .chomps = true };

	becomes(how, TEXT("\none\n\n\ntwo, and longer\nlast"),
	    "one|two, and longer|last|");
	becomes(how, TEXT("\n\n"), "");
}
END_TEST

START_TEST(messages_of_a_size_fill_up_but_for_the_last)
{
	const struct cat_framing how = { .mode = CAT_SIZE, .size = 5 };

	becomes(how, TEXT("0123456789ab"), "01234|56789|ab|");
	becomes(how, TEXT("0123456789"), "01234|56789|");
}
END_TEST

START_TEST(a_length_in_front_tells_where_a_message_ends)
{
	const struct cat_framing how = { .mode = CAT_PREFIX };

	becomes(how, TEXT("\0\0\0\001a\0\0\0\012bcdefghijk"), "a|bcdefghijk|");
	is_refused(how, TEXT("\0\0\0\001a\0\0"), "within a length");
	is_refused(how, TEXT("\0\0\0\001a\0\0\0\004bcd"), "within a message");
	is_refused(how, TEXT("\0\0\0\0a"), "length of 0");
	/* And a length of 4 GB takes no memory. */
	is_refused(how, TEXT("\377\377\377\377abcdefghijklmnop"),
	    "within a message");
}
END_TEST

START_TEST(digits_become_bytes_a_message_a_line)
{
	const struct cat_framing how = { .mode = CAT_HEX };

	becomes(how, TEXT("61 62\t63\n\n# nothing\n6A:6b # jk\r\n  \n6c"),
	    "abc|jk|l|");
	becomes(how, TEXT("6162636465666768696a6b6c6d6e6f70\n"),
	    "abcdefghijklmnop|");
	becomes(how, TEXT("61 \n# end"), "a|");
	is_refused(how, TEXT("61\n6\n61\n"), "line 2: an odd number");
	is_refused(how, TEXT("61\n616"), "line 2: an odd number");
	is_refused(how, TEXT("61\n\n6g\n"), "line 3: not hexadecimal: 'g'");
}
END_TEST

START_TEST(raw_messages_are_what_was_read)
{
	const struct cat_framing how = { .mode = CAT_RAW, .part_max = 4 };
	struct result r;

	frame(&how, TEXT("abcdefghij"), 3, &r);
	ck_assert_uint_eq(r.n, 4);
	ck_assert_uint_eq(r.messages[0].len, 3);
	ck_assert_uint_eq(r.messages[3].len, 1);
	frame(&how, TEXT("abcdefghij"), 100, &r);
	ck_assert_uint_eq(r.n, 3);
	ck_assert_uint_eq(r.messages[0].len, 4);
	ck_assert_uint_eq(r.messages[2].len, 2);
}
END_TEST

START_TEST(what_has_to_be_whole_is_or_is_refused)
{
	struct cat_framing how = { .mode = CAT_LINE,
		.part_max = 4,
		.whole_max = 16 };
	struct result r;

	frame(&how, TEXT("0123456789abcde\nx\n"), 5, &r);
	ck_assert_int_eq(r.state, CAT_FRAME_END);
	ck_assert_uint_eq(r.n, 2);
	ck_assert_uint_eq(r.longest, 16);
	is_refused(how, TEXT("0123456789abcdefg\nx\n"), "send buffer");
	how.mode = CAT_HEX;
	frame(&how, TEXT("61626364656667686970\n"), 5, &r);
	ck_assert_uint_eq(r.n, 1);
	ck_assert_uint_eq(r.longest, 10);
}
END_TEST

START_TEST(the_part_that_is_given_stays_until_it_is_done_with)
{
	const struct cat_framing how = { .mode = CAT_LINE, .part_max = 64 };
	struct cat_frame *f = cat_frame_new(&how);
	struct cat_part a, b;
	int fds[2];

	ck_assert_int_eq(pipe(fds), 0);
	ck_assert_int_eq(write(fds[1], "one\ntwo\n", 8), 8);
	ck_assert_int_eq(cat_frame_part(f, &a), CAT_FRAME_READ);
	ck_assert_int_eq(cat_frame_read(f, fds[0]), 8);
	ck_assert_int_eq(cat_frame_part(f, &a), CAT_FRAME_PART);
	ck_assert_int_eq(cat_frame_part(f, &b), CAT_FRAME_PART);
	ck_assert_ptr_eq(a.data, b.data);
	ck_assert_uint_eq(b.len, 4);
	ck_assert(!b.is_all);
	cat_frame_done(f);
	ck_assert_int_eq(cat_frame_part(f, &b), CAT_FRAME_PART);
	ck_assert_mem_eq(b.data, "two\n", 4);
	ck_assert(b.is_all);
	close(fds[0]);
	close(fds[1]);
	cat_frame_free(f);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("cat_frame");
	TCase *tc = tcase_create("cat_frame");

	tcase_add_test(tc,
	    a_line_keeps_its_newline_and_the_last_one_what_it_has);
	tcase_add_test(tc,
	    chomped_lines_have_none_and_empty_ones_are_no_message);
	tcase_add_test(tc, messages_of_a_size_fill_up_but_for_the_last);
	tcase_add_test(tc, a_length_in_front_tells_where_a_message_ends);
	tcase_add_test(tc, digits_become_bytes_a_message_a_line);
	tcase_add_test(tc, raw_messages_are_what_was_read);
	tcase_add_test(tc, what_has_to_be_whole_is_or_is_refused);
	tcase_add_test(tc, the_part_that_is_given_stays_until_it_is_done_with);
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	return gs_test_main(suite());
}
