/* ppid: names of payload protocol identifiers.  What Wireshark has is in
 * tests/tool/ppid.sh. */

#include <check.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check_main.h"
#include "ppid.h"

/* Those that a person types. */
static const struct {
	const char *name;
	uint32_t ppid;
} known[] = {
	{ "m3ua", 3 },
	{ "s1ap", 18 },
	{ "x2ap", 27 },
	{ "diameter", 46 },
	{ "diameter-dtls", 47 },
	{ "webrtc-dcep", 50 },
	{ "webrtc-string", 51 },
	{ "webrtc-binary", 53 },
	{ "webrtc-string-empty", 56 },
	{ "webrtc-binary-empty", 57 },
	{ "ngap", 60 },
	{ "xnap", 61 },
	{ "f1ap", 62 },
	{ "e1ap", 64 },
};

START_TEST(names_and_numbers_are_those_of_iana)
{
	uint32_t v;
	size_t i;

	for (i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		ck_assert_int_eq(ppid_parse(known[i].name, &v), 0);
		ck_assert_uint_eq(v, known[i].ppid);
		ck_assert_str_eq(ppid_name(known[i].ppid), known[i].name);
	}
}
END_TEST

START_TEST(every_name_is_understood_in_any_case)
{
	const char *name;
	char upper[64];
	size_t i;
	uint32_t n, v, named = 0;

	for (n = 0; n < 10000; n++) {
		name = ppid_name(n);
		if (name == NULL)
			continue;
		named++;
		ck_assert_int_eq(ppid_parse(name, &v), 0);
		ck_assert_uint_eq(v, n);
		for (i = 0; name[i] != '\0'; i++) {
			ck_assert(
			    strchr("abcdefghijklmnopqrstuvwxyz0123456789-",
				name[i]) != NULL);
			upper[i] = name[i] >= 'a' && name[i] <= 'z' ?
			    (char)(name[i] - 32) :
			    name[i];
		}
		upper[i] = '\0';
		ck_assert_int_eq(ppid_parse(upper, &v), 0);
		ck_assert_uint_eq(v, n);
	}
	ck_assert_uint_ge(named, 70);
}
END_TEST

START_TEST(numbers_are_understood)
{
	static const struct {
		const char *text;
		uint32_t ppid;
	} rows[] = { { "0", 0 }, { "46", 46 }, { "0x2e", 46 }, { "010", 10 },
		{ "4294967295", UINT32_MAX }, { "0xFFFFFFFF", UINT32_MAX } };
	uint32_t v;
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		v = 12345;
		ck_assert_int_eq(ppid_parse(rows[i].text, &v), 0);
		ck_assert_uint_eq(v, rows[i].ppid);
	}
}
END_TEST

START_TEST(what_is_neither_changes_nothing)
{
	static const char *const texts[] = { "", " ", "-1", "+1", " 1", "1 ",
		"1x", "0x", "4294967296", "99999999999999999999999", "diamete",
		"diameters", "m3ua,", "0x1g" };
	uint32_t v = 12345;
	size_t i;

	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		ck_assert_msg(ppid_parse(texts[i], &v) == -1, "\"%s\"",
		    texts[i]);
		ck_assert_uint_eq(v, 12345);
	}
}
END_TEST

START_TEST(a_number_without_a_name_has_none)
{
	ck_assert_ptr_null(ppid_name(26)); /* unassigned */
	ck_assert_ptr_null(ppid_name(UINT32_MAX));
}
END_TEST

START_TEST(the_list_has_every_name_in_80_columns)
{
	char *text = NULL;
	size_t len = 0;
	FILE *f = open_memstream(&text, &len);
	char *line, *save = NULL;
	char number[16], name[64];
	uint32_t v;
	int lines = 0;

	ck_assert_ptr_nonnull(f);
	ppid_list(f);
	fclose(f);
	for (line = strtok_r(text, "\n", &save); line != NULL;
	     line = strtok_r(NULL, "\n", &save), lines++) {
		ck_assert_uint_lt(strlen(line), 80);
		ck_assert_int_eq(sscanf(line, "%15s %63s", number, name), 2);
		ck_assert_int_eq(ppid_parse(name, &v), 0);
		ck_assert_uint_eq(v, strtoul(number, NULL, 10));
	}
	free(text);
	ck_assert_int_ge(lines, 70);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("ppid");
	TCase *tc = tcase_create("all");

	tcase_add_test(tc, names_and_numbers_are_those_of_iana);
	tcase_add_test(tc, every_name_is_understood_in_any_case);
	tcase_add_test(tc, numbers_are_understood);
	tcase_add_test(tc, what_is_neither_changes_nothing);
	tcase_add_test(tc, a_number_without_a_name_has_none);
	tcase_add_test(tc, the_list_has_every_name_in_80_columns);
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	return gs_test_main(suite());
}
