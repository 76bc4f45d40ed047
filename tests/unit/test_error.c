/* error: names and texts. */

#include <check.h>
#include <errno.h>
#include <gsctp/gsctp.h>
#include <limits.h>
#include <stdint.h>
#include <string.h>

#include "check_main.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

struct expected {
	uint32_t n;
	const char *text;
};

/* gen_sctp: error_string/1 */
START_TEST(causes_are_worded_as_in_gen_sctp)
{
	static const struct expected causes[] = {
		{ 0, "ok" },
		{ 1, "Invalid Stream Identifier" },
		{ 2, "Missing Mandatory Parameter" },
		{ 3, "Stale Cookie Error" },
		{ 4, "Out of Resource" },
		{ 5, "Unresolvable Address" },
		{ 6, "Unrecognized Chunk Type" },
		{ 7, "Invalid Mandatory Parameter" },
		{ 8, "Unrecognized Parameters" },
		{ 9, "No User Data" },
		{ 10, "Cookie Received While Shutting Down" },
		{ 11, "Restart of an Association with New Addresses" },
		{ 12, "User Initiated Abort" },
		{ 13, "Protocol Violation" },
	};
	size_t i;

	for (i = 0; i < COUNT(causes); i++)
		ck_assert_str_eq(gsctp_error_string(causes[i].n),
		    causes[i].text);
}
END_TEST

/* RFC 5061 4.3 and RFC 4895 4; 14 is of a draft that kernels follow. */
START_TEST(the_causes_of_later_standards_are_known)
{
	static const struct expected causes[] = {
		{ 14, "Restart of an Association with New Encapsulation Port" },
		{ 0xA0, "Request to Delete Last Remaining IP Address" },
		{ 0xA1, "Operation Refused Due to Resource Shortage" },
		{ 0xA2, "Request to Delete Source IP Address" },
		{ 0xA3, "Association Aborted Due to Illegal ASCONF-ACK" },
		{ 0xA4, "Request Refused - No Authorization" },
		{ 0x105, "Unsupported HMAC Identifier" },
	};
	size_t i;

	for (i = 0; i < COUNT(causes); i++)
		ck_assert_str_eq(gsctp_error_string(causes[i].n),
		    causes[i].text);
}
END_TEST

START_TEST(other_causes_are_unknown_error)
{
	static const uint32_t causes[] = { 15, 0x9F, 0xA5, 0x104, 0x106, 0xC00,
		UINT16_MAX, INT_MAX, 0x80000000u, UINT32_MAX };
	size_t i;

	for (i = 0; i < COUNT(causes); i++)
		ck_assert_str_eq(gsctp_error_string(causes[i]),
		    "unknown_error");
}
END_TEST

START_TEST(every_error_the_header_names_has_a_text_of_its_own)
{
	static const int errors[] = { EADDRINUSE, EADDRNOTAVAIL, EAFNOSUPPORT,
		EAGAIN, EALREADY, EBADF, ECONNREFUSED, EHOSTUNREACH, EINVAL,
		EISCONN, EMFILE, EMSGSIZE, ENETUNREACH, ENOENT, ENOMEM, ENOPROTOOPT, ENOTCONN,
		EOPNOTSUPP, EPERM, EPIPE, ESTALE, ETIMEDOUT };
	size_t i, j;

	for (i = 0; i < COUNT(errors); i++) {
		ck_assert_str_ne(gsctp_strerror(-errors[i]), "unknown error");
		for (j = 0; j < i; j++)
			ck_assert_str_ne(gsctp_strerror(-errors[i]),
			    gsctp_strerror(-errors[j]));
	}
}
END_TEST

START_TEST(no_error_is_success)
{
	ck_assert_str_eq(gsctp_strerror(0), "success");
}
END_TEST

START_TEST(other_errors_of_the_system_have_its_text)
{
	ck_assert_str_eq(gsctp_strerror(-ENOSPC), strerror(ENOSPC));
}
END_TEST

START_TEST(what_is_no_error_is_unknown)
{
	static const int numbers[] = { 1, EINVAL, INT_MAX, -100000, -INT_MAX,
		INT_MIN };
	size_t i;

	for (i = 0; i < COUNT(numbers); i++)
		ck_assert_str_eq(gsctp_strerror(numbers[i]), "unknown error");
}
END_TEST

START_TEST(errno_is_not_touched)
{
	errno = 12345;
	(void)gsctp_strerror(-ENOSPC);
	(void)gsctp_strerror(-100000);
	(void)gsctp_error_string(99);
	ck_assert_int_eq(errno, 12345);
}
END_TEST

/* Numbers from first to last have names of their own, others none. */
static void
check_names(const char *(*name)(uint32_t), uint32_t first, uint32_t last)
{
	uint32_t i, j;

	for (i = 0; i < 100; i++) {
		ck_assert_ptr_nonnull(name(i));
		if (i < first || i > last) {
			ck_assert_str_eq(name(i), "unknown");
			continue;
		}
		ck_assert_str_ne(name(i), "unknown");
		for (j = first; j < i; j++)
			ck_assert_str_ne(name(i), name(j));
	}
	ck_assert_str_eq(name(UINT32_MAX), "unknown");
}

START_TEST(every_number_that_has_a_name_has_its_own)
{
	check_names(gsctp_msg_type_name, GSCTP_MSG_DATA,
	    GSCTP_MSG_CLOSED);
	check_names(gsctp_assoc_change_name, GSCTP_COMM_UP, GSCTP_CANT_ASSOC);
	check_names(gsctp_paddr_change_name, GSCTP_ADDR_AVAILABLE,
	    GSCTP_ADDR_CONFIRMED);
	check_names(gsctp_assoc_state_name, GSCTP_CLOSED,
	    GSCTP_SHUTDOWN_ACK_SENT);
}
END_TEST

/* Names of the numbers from first on, up to a NULL. */
static void
names_are(const char *(*name)(uint32_t), uint32_t first,
    const char *const *want)
{
	for (; *want != NULL; want++)
		ck_assert_str_eq(name(first++), *want);
}

START_TEST(names_are_those_of_gen_sctp)
{
	static const char *const types[] = { "assoc_change", "paddr_change",
		"send_failed", "remote_error", "shutdown_event", "pdapi_event",
		"adaptation_event", "authentication_event", "sender_dry",
		"stream_reset", "assoc_reset", "stream_change", NULL };
	static const char *const changes[] = { "comm_up", "comm_lost",
		"restart", "shutdown_comp", "cant_assoc", NULL };
	static const char *const paths[] = { "addr_available",
		"addr_unreachable", "addr_removed", "addr_added",
		"addr_made_prim", "addr_confirmed", NULL };
	static const char *const states[] = { "closed", "cookie_wait",
		"cookie_echoed", "established", "shutdown_pending",
		"shutdown_sent", "shutdown_received", "shutdown_ack_sent",
		NULL };

	names_are(gsctp_msg_type_name, GSCTP_MSG_ASSOC_CHANGE, types);
	names_are(gsctp_assoc_change_name, GSCTP_COMM_UP, changes);
	names_are(gsctp_paddr_change_name, GSCTP_ADDR_AVAILABLE, paths);
	names_are(gsctp_assoc_state_name, GSCTP_CLOSED, states);
	ck_assert_str_eq(gsctp_msg_type_name(GSCTP_MSG_PASSIVE), "passive");
}
END_TEST

START_TEST(the_library_has_the_version_of_its_header)
{
	ck_assert_str_eq(gsctp_version(), GSCTP_VERSION);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("error");
	TCase *tc = tcase_create("all");

	tcase_add_test(tc, causes_are_worded_as_in_gen_sctp);
	tcase_add_test(tc, the_causes_of_later_standards_are_known);
	tcase_add_test(tc, other_causes_are_unknown_error);
	tcase_add_test(tc, every_error_the_header_names_has_a_text_of_its_own);
	tcase_add_test(tc, no_error_is_success);
	tcase_add_test(tc, other_errors_of_the_system_have_its_text);
	tcase_add_test(tc, what_is_no_error_is_unknown);
	tcase_add_test(tc, errno_is_not_touched);
	tcase_add_test(tc, every_number_that_has_a_name_has_its_own);
	tcase_add_test(tc, names_are_those_of_gen_sctp);
	tcase_add_test(tc, the_library_has_the_version_of_its_header);
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	return gs_test_main(suite());
}
