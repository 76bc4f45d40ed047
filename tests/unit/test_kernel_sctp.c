/* test_kernel_sctp: whether the kernel has SCTP, from /proc/net/protocols. */

#include "kernel_sctp.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../support/check_main.h"
#include "../support/tmp.h"

#define HEAD                                                           \
	"protocol  size sockets  memory press maxhdr  slab module     " \
	"cl co di ac io in de sh ss gs se re bi br ha uh gp em\n"
#define ROW(name) name " 1464      0       0   no       0   yes  kernel\n"

static int
has_in(const char *text)
{
	char name[TMP_PATH];
	int fd, has;

	fd = tmp_file(name, "test_kernel_sctp");
	ck_assert_int_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	close(fd);
	has = gs_kernel_has_sctp(name);
	unlink(name);
	return has;
}

START_TEST(a_kernel_that_lists_sctp_has_it)
{
	ck_assert_int_eq(has_in(HEAD ROW("UDP  ") ROW("SCTP ")), 1);
	ck_assert_int_eq(has_in(HEAD ROW("SCTPv6") ROW("TCP  ")), 1);
	ck_assert_int_eq(has_in("SCTP"), 1);
}
END_TEST

START_TEST(a_kernel_that_does_not_list_it_has_not)
{
	ck_assert_int_eq(has_in(HEAD ROW("UDP  ") ROW("RAW  ")), 0);
	ck_assert_int_eq(has_in(""), 0);
}
END_TEST

START_TEST(other_names_and_other_columns_are_not_sctp)
{
	ck_assert_int_eq(has_in(ROW("SCTPLUS") ROW("XSCTP") ROW("SCT")), 0);
	ck_assert_int_eq(has_in("UDP SCTP 0\n"), 0);
}
END_TEST

START_TEST(a_line_that_is_too_long_for_the_reader_is_one_line)
{
	char text[600];

	/* Whatever the size of its pieces, one begins with "SCTP ". */
	memset(text, 0, sizeof(text));
	while (strlen(text) + 5 < sizeof(text))
		strcat(text, "SCTP ");
	text[0] = 'X';
	ck_assert_int_eq(has_in(text), 0);
}
END_TEST

START_TEST(a_file_that_is_not_there_is_an_error)
{
	ck_assert_int_eq(gs_kernel_has_sctp("/nonexistent/protocols"), -ENOENT);
	ck_assert_int_eq(gs_kernel_has_sctp("/"), -EIO);
}
END_TEST

START_TEST(this_kernel_answers)
{
	if (access(GS_PROTOCOLS, R_OK) == 0)
		ck_assert_int_ge(gs_kernel_has_sctp(GS_PROTOCOLS), 0);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("kernel_sctp");
	TCase *tc = tcase_create("kernel_sctp");

	tcase_add_test(tc, a_kernel_that_lists_sctp_has_it);
	tcase_add_test(tc, a_kernel_that_does_not_list_it_has_not);
	tcase_add_test(tc, other_names_and_other_columns_are_not_sctp);
	tcase_add_test(tc,
	    a_line_that_is_too_long_for_the_reader_is_one_line);
	tcase_add_test(tc, a_file_that_is_not_there_is_an_error);
	tcase_add_test(tc, this_kernel_answers);
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	return gs_test_main(suite());
}
