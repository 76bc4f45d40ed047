#include "json.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../support/check_main.h"

static struct gs_json j;

/* What has been written is this. */
static void
ck_text(const char *expect)
{
	char *text = NULL;
	size_t len = 0;

	ck_assert_int_eq(gs_json_take(&j, &text, &len), 0);
	ck_assert_uint_eq(strlen(text), len);
	ck_assert_str_eq(text, expect);
	free(text);
}

START_TEST(values_objects_and_arrays_have_their_commas)
{
	gs_json_init(&j, 1000);
	gs_json_object(&j, NULL);
	gs_json_number(&j, "n", UINT64_MAX);
	gs_json_array(&j, "list");
	gs_json_number(&j, NULL, 0);
	gs_json_bool(&j, NULL, true);
	gs_json_object(&j, NULL);
	gs_json_end_object(&j);
	gs_json_object(&j, NULL);
	gs_json_null(&j, "none");
	gs_json_end_object(&j);
	gs_json_end_array(&j);
	gs_json_array(&j, "empty");
	gs_json_end_array(&j);
	gs_json_bool(&j, "no", false);
	gs_json_end_object(&j);
	ck_text("{\"n\":18446744073709551615,\"list\":[0,true,{},"
		"{\"none\":null}],\"empty\":[],\"no\":false}\n");
}
END_TEST

START_TEST(what_has_a_meaning_in_json_is_escaped)
{
	gs_json_init(&j, 1000);
	gs_json_string(&j, NULL, "a\"b\\c/\n\t\x01\x1f\x7f ");
	ck_text("\"a\\\"b\\\\c/\\u000a\\u0009\\u0001\\u001f\\u007f \"\n");
	gs_json_init(&j, 1000);
	gs_json_object(&j, NULL);
	gs_json_string(&j, "k\"", "");
	gs_json_end_object(&j);
	ck_text("{\"k\\\"\":\"\"}\n");
}
END_TEST

START_TEST(what_is_no_utf8_is_replaced_byte_by_byte)
{
	static const struct {
		const char *in, *out;
	} rows[] = {
		{ "\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80",
		    "\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80" },
		{ "\x80", "\xef\xbf\xbd" },
		{ "\xff", "\xef\xbf\xbd" },
		{ "\xc3", "\xef\xbf\xbd" },
		{ "\xc3x", "\xef\xbf\xbdx" },
		{ "\xe2\x82", "\xef\xbf\xbd\xef\xbf\xbd" },
		/* Longer than need be; half of a pair; past the last. */
		{ "\xc0\xaf", "\xef\xbf\xbd\xef\xbf\xbd" },
		{ "\xe0\x80\xaf", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd" },
		{ "\xed\xa0\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd" },
		{ "\xf4\x90\x80\x80",
		    "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd" },
		{ "\xf4\x8f\xbf\xbf", "\xf4\x8f\xbf\xbf" },
	};
	char expect[64];
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		(void)snprintf(expect, sizeof(expect), "\"%s\"\n", rows[i].out);
		gs_json_init(&j, 1000);
		gs_json_string(&j, NULL, rows[i].in);
		ck_text(expect);
	}
}
END_TEST

START_TEST(a_text_of_just_the_bound_fits_and_one_byte_more_does_not)
{
	char *text = NULL;
	size_t max;

	/* "1234", a newline, and the NUL. */
	for (max = 0; max < 8; max++) {
		gs_json_init(&j, max);
		gs_json_number(&j, NULL, 1234);
		ck_assert_int_eq(gs_json_take(&j, &text, NULL),
		    max >= 7 ? 0 : -E2BIG);
		if (max >= 7)
			free(text);
	}
}
END_TEST

START_TEST(what_is_not_ended_or_ended_twice_is_refused)
{
	char *text = NULL;
	int i;

	gs_json_init(&j, 1000);
	gs_json_object(&j, NULL);
	ck_assert_int_eq(gs_json_take(&j, &text, NULL), -EINVAL);
	gs_json_init(&j, 1000);
	gs_json_object(&j, NULL);
	gs_json_end_object(&j);
	gs_json_end_object(&j);
	ck_assert_int_eq(gs_json_take(&j, &text, NULL), -EINVAL);
	gs_json_init(&j, 1000);
	for (i = 0; i <= GS_JSON_DEPTH; i++)
		gs_json_array(&j, NULL);
	ck_assert_int_eq(gs_json_take(&j, &text, NULL), -EINVAL);
	ck_assert_ptr_null(text);
}
END_TEST

START_TEST(a_long_text_is_whole)
{
	char *text = NULL;
	size_t i, len, commas = 0;

	gs_json_init(&j, 1000000);
	gs_json_array(&j, NULL);
	for (i = 0; i < 10000; i++)
		gs_json_number(&j, NULL, 7);
	gs_json_end_array(&j);
	ck_assert_int_eq(gs_json_take(&j, &text, &len), 0);
	ck_assert_uint_eq(len, 2 * 10000 - 1 + 2 + 1);
	for (i = 0; i < len; i++)
		commas += text[i] == ',';
	ck_assert_uint_eq(commas, 9999);
	free(text);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("json");
	TCase *tc = tcase_create("json");

	tcase_add_test(tc, values_objects_and_arrays_have_their_commas);
	tcase_add_test(tc, what_has_a_meaning_in_json_is_escaped);
	tcase_add_test(tc, what_is_no_utf8_is_replaced_byte_by_byte);
	tcase_add_test(tc,
	    a_text_of_just_the_bound_fits_and_one_byte_more_does_not);
	tcase_add_test(tc, what_is_not_ended_or_ended_twice_is_refused);
	tcase_add_test(tc, a_long_text_is_whole);
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	return gs_test_main(suite());
}
