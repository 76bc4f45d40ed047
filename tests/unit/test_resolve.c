#include <arpa/inet.h>
#include <errno.h>
#include <gsctp/gsctp.h>
#include <netinet/in.h>
#include <string.h>

#include "check_main.h"

enum {
	MAX = 16
};

static struct sockaddr_storage addrs[MAX];

static void
up(void)
{
	memset(addrs, 0x5a, sizeof(addrs));
}

static int
is_loopback(const struct sockaddr_storage *ss)
{
	union {
		struct sockaddr_storage ss;
		struct sockaddr_in v4;
		struct sockaddr_in6 v6;
	} u = { .ss = *ss };

	if (ss->ss_family == AF_INET6)
		return IN6_IS_ADDR_LOOPBACK(&u.v6.sin6_addr);
	return ss->ss_family == AF_INET &&
	    ntohl(u.v4.sin_addr.s_addr) >> 24 == 127;
}

static uint16_t
port_of(const struct sockaddr_storage *ss)
{
	union {
		struct sockaddr_storage ss;
		struct sockaddr_in v4;
		struct sockaddr_in6 v6;
	} u = { .ss = *ss };

	return ntohs(
	    ss->ss_family == AF_INET6 ? u.v6.sin6_port : u.v4.sin_port);
}

START_TEST(a_numeric_ipv4_address_is_one_address_with_the_port)
{
	ck_assert_int_eq(gsctp_resolve("127.0.0.9", 2006, AF_UNSPEC, addrs,
			     MAX),
	    1);
	ck_assert_int_eq(addrs[0].ss_family, AF_INET);
	ck_assert(is_loopback(&addrs[0]));
	ck_assert_uint_eq(port_of(&addrs[0]), 2006);
}
END_TEST

START_TEST(a_numeric_ipv6_address_is_one_address_with_the_port)
{
	ck_assert_int_eq(gsctp_resolve("::1", 65535, AF_UNSPEC, addrs, MAX), 1);
	ck_assert_int_eq(addrs[0].ss_family, AF_INET6);
	ck_assert(is_loopback(&addrs[0]));
	ck_assert_uint_eq(port_of(&addrs[0]), 65535);
}
END_TEST

START_TEST(what_lies_behind_the_address_is_zero)
{
	static const char zeros[sizeof(addrs[0])];
	size_t used = sizeof(struct sockaddr_in);

	ck_assert_int_eq(gsctp_resolve("127.0.0.1", 1, AF_INET, addrs, MAX), 1);
	ck_assert_mem_eq((const char *)&addrs[0] + used, zeros,
	    sizeof(addrs[0]) - used);
}
END_TEST

START_TEST(localhost_is_loopback_and_no_address_comes_twice)
{
	int i, k, n;

	n = gsctp_resolve("localhost", 7, AF_UNSPEC, addrs, MAX);
	ck_assert_int_ge(n, 1);
	ck_assert_int_le(n, MAX);
	for (i = 0; i < n; i++) {
		ck_assert(is_loopback(&addrs[i]));
		ck_assert_uint_eq(port_of(&addrs[i]), 7);
		for (k = 0; k < i; k++) {
			ck_assert(memcmp(&addrs[i], &addrs[k],
				      sizeof(addrs[i])) != 0);
		}
	}
}
END_TEST

START_TEST(a_family_that_was_asked_for_is_all_that_comes)
{
	int i, n;

	n = gsctp_resolve("localhost", 7, AF_INET, addrs, MAX);
	ck_assert_int_ge(n, 1);
	for (i = 0; i < n; i++)
		ck_assert_int_eq(addrs[i].ss_family, AF_INET);
}
END_TEST

START_TEST(the_count_tells_of_addresses_there_was_no_room_for)
{
	char before[sizeof(addrs)];
	int n;

	memcpy(before, addrs, sizeof(before));
	n = gsctp_resolve("localhost", 7, AF_UNSPEC, NULL, 0);
	ck_assert_int_ge(n, 1);
	ck_assert_int_eq(gsctp_resolve("localhost", 7, AF_UNSPEC, addrs, 1), n);
	ck_assert_mem_eq((const char *)&addrs[1], before + sizeof(addrs[0]),
	    sizeof(addrs) - sizeof(addrs[0]));
}
END_TEST

START_TEST(each_error_has_its_code_and_writes_nothing)
{
	static const char *const long_label =
	    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
	char before[sizeof(addrs)];

	memcpy(before, addrs, sizeof(before));
	ck_assert_int_eq(gsctp_resolve(NULL, 1, AF_UNSPEC, addrs, MAX),
	    -EINVAL);
	ck_assert_int_eq(gsctp_resolve("127.0.0.1", 1, AF_UNSPEC, NULL, 1),
	    -EINVAL);
	ck_assert_int_eq(gsctp_resolve("127.0.0.1", 1, AF_UNIX, addrs, MAX),
	    -EAFNOSUPPORT);
	ck_assert_int_eq(gsctp_resolve("127.0.0.1", 1, AF_INET6, addrs, MAX),
	    -EAFNOSUPPORT);
	ck_assert_int_eq(gsctp_resolve("::1", 1, AF_INET, addrs, MAX),
	    -EAFNOSUPPORT);
	/* Names that no resolver asks a server about. */
	ck_assert_int_eq(gsctp_resolve("", 1, AF_UNSPEC, addrs, MAX), -ENOENT);
	ck_assert_int_eq(gsctp_resolve(long_label, 1, AF_UNSPEC, addrs, MAX),
	    -ENOENT);
	ck_assert_mem_eq((const char *)addrs, before, sizeof(before));
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("resolve");
	TCase *tc = tcase_create("without a name server");

	tcase_add_checked_fixture(tc, up, NULL);
	tcase_add_test(tc, a_numeric_ipv4_address_is_one_address_with_the_port);
	tcase_add_test(tc, a_numeric_ipv6_address_is_one_address_with_the_port);
	tcase_add_test(tc, what_lies_behind_the_address_is_zero);
	tcase_add_test(tc, localhost_is_loopback_and_no_address_comes_twice);
	tcase_add_test(tc, a_family_that_was_asked_for_is_all_that_comes);
	tcase_add_test(tc, the_count_tells_of_addresses_there_was_no_room_for);
	tcase_add_test(tc, each_error_has_its_code_and_writes_nothing);
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	return gs_test_main(suite());
}
