#include "addr.h"

#include <errno.h>
#include <string.h>

#include "../support/check_main.h"

static union gs_addr
parsed(const char *text)
{
	union gs_addr a;

	memset(&a, 0, sizeof(a));
	ck_assert_int_eq(gs_addr_parse(&a, text), 0);
	return a;
}

START_TEST(numeric_addresses_are_parsed_with_port_0)
{
	union gs_addr a = parsed("127.0.0.1");

	ck_assert_int_eq(a.sa.sa_family, AF_INET);
	ck_assert_uint_eq(gs_addr_port(&a), 0);
	a = parsed("::1");
	ck_assert_int_eq(a.sa.sa_family, AF_INET6);
	ck_assert_uint_eq(gs_addr_port(&a), 0);
}
END_TEST

START_TEST(what_is_no_numeric_address_is_refused_and_out_stays)
{
	static const char *const bad[] = { "", "localhost", "1.2.3",
		"1.2.3.4.5", "256.1.1.1", "127.0.0.1:80", "[::1]",
		":::", "fe80::1%", "fe80::1%nosuchif0",
		"fe80::1%99999999999999999999",
		"1111:2222:3333:4444:5555:6666:7777:8888:9999:aaaa:bbbb" };
	union gs_addr a = parsed("10.0.0.1");
	union gs_addr before = a;
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		ck_assert_msg(gs_addr_parse(&a, bad[i]) == -EINVAL, "%s",
		    bad[i]);
		ck_assert_mem_eq(&a, &before, sizeof(a));
	}
}
END_TEST

START_TEST(a_scope_is_kept_by_parse_and_format)
{
	char buf[GS_ADDR_STRLEN];
	union gs_addr a = parsed("fe80::1%7");

	ck_assert_uint_eq(a.v6.sin6_scope_id, 7);
	gs_addr_set_port(&a, 9899);
	ck_assert_str_eq(gs_addr_format(&a, buf), "[fe80::1%7]:9899");
}
END_TEST

START_TEST(format_shows_address_and_port)
{
	char buf[GS_ADDR_STRLEN];
	union gs_addr a = parsed("127.0.0.1");

	gs_addr_set_port(&a, 9899);
	ck_assert_str_eq(gs_addr_format(&a, buf), "127.0.0.1:9899");
	a = parsed("::1");
	gs_addr_set_port(&a, 65535);
	ck_assert_str_eq(gs_addr_format(&a, buf), "[::1]:65535");
	memset(&a, 0, sizeof(a));
	ck_assert_str_eq(gs_addr_format(&a, buf), "unspecified");
}
END_TEST

START_TEST(the_longest_address_fits_its_string)
{
	char buf[GS_ADDR_STRLEN];
	union gs_addr a =
	    parsed("ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255");

	a.v6.sin6_scope_id = UINT32_MAX;
	gs_addr_set_port(&a, 65535);
	ck_assert_uint_lt(strlen(gs_addr_format(&a, buf)), GS_ADDR_STRLEN - 1);
}
END_TEST

START_TEST(from_copies_ipv4_and_ipv6_and_nothing_else)
{
	union gs_addr v4 = parsed("10.1.2.3");
	union gs_addr v6 = parsed("2001:db8::1");
	struct sockaddr other;
	union gs_addr a;

	ck_assert_int_eq(gs_addr_from(&a, &v4.sa, sizeof(v4.v4)), 0);
	ck_assert(gs_addr_equal(&a, &v4));
	ck_assert_int_eq(gs_addr_from(&a, &v6.sa, sizeof(v6.v6)), 0);
	ck_assert(gs_addr_equal(&a, &v6));
	memset(&other, 0, sizeof(other));
	other.sa_family = AF_UNIX;
	ck_assert_int_eq(gs_addr_from(&a, &other, sizeof(other)),
	    -EAFNOSUPPORT);
	other.sa_family = AF_UNSPEC;
	ck_assert_int_eq(gs_addr_from(&a, &other, sizeof(other)),
	    -EAFNOSUPPORT);
}
END_TEST

START_TEST(from_refuses_every_length_that_is_too_short)
{
	union gs_addr v4 = parsed("10.1.2.3");
	union gs_addr v6 = parsed("2001:db8::1");
	union gs_addr a;
	socklen_t len;

	for (len = 0; len < sizeof(v4.v4); len++)
		ck_assert_int_eq(gs_addr_from(&a, &v4.sa, len), -EINVAL);
	for (len = 0; len < sizeof(v6.v6); len++)
		ck_assert_int_eq(gs_addr_from(&a, &v6.sa, len), -EINVAL);
	ck_assert_int_eq(gs_addr_from(&a, NULL, 0), -EINVAL);
}
END_TEST

START_TEST(same_ip_ignores_the_port_and_equal_does_not)
{
	union gs_addr a = parsed("10.0.0.1");
	union gs_addr b = a;

	gs_addr_set_port(&b, 1);
	ck_assert(gs_addr_same_ip(&a, &b));
	ck_assert(gs_addr_is_in(&a, &b, 1));
	ck_assert(!gs_addr_is_in(&a, &b, 0));
	ck_assert(!gs_addr_equal(&a, &b));
	b = parsed("10.0.0.2");
	ck_assert(!gs_addr_same_ip(&a, &b));
}
END_TEST

START_TEST(a_mapped_address_is_another_until_it_is_unmapped)
{
	union gs_addr v4 = parsed("10.0.0.1");
	union gs_addr mapped = parsed("::ffff:10.0.0.1");

	gs_addr_set_port(&v4, 5);
	gs_addr_set_port(&mapped, 5);
	ck_assert(gs_addr_is_mapped(&mapped));
	ck_assert(!gs_addr_is_mapped(&v4));
	ck_assert(!gs_addr_same_ip(&v4, &mapped));
	gs_addr_unmap(&mapped);
	ck_assert(gs_addr_equal(&v4, &mapped));
	gs_addr_unmap(&mapped);
	ck_assert(gs_addr_equal(&v4, &mapped));
}
END_TEST

START_TEST(scopes_differ_only_where_both_are_said)
{
	union gs_addr none = parsed("fe80::1");
	union gs_addr one = parsed("fe80::1%1");
	union gs_addr two = parsed("fe80::1%2");

	ck_assert(gs_addr_same_ip(&none, &one));
	ck_assert(gs_addr_same_ip(&two, &none));
	ck_assert(!gs_addr_same_ip(&one, &two));
}
END_TEST

START_TEST(wildcards_and_loopbacks_are_told_from_others)
{
	union gs_addr a = parsed("0.0.0.0");

	ck_assert(gs_addr_is_any(&a) && !gs_addr_is_loopback(&a));
	a = parsed("::");
	ck_assert(gs_addr_is_any(&a) && !gs_addr_is_loopback(&a));
	a = parsed("127.255.0.9");
	ck_assert(!gs_addr_is_any(&a) && gs_addr_is_loopback(&a));
	a = parsed("::1");
	ck_assert(!gs_addr_is_any(&a) && gs_addr_is_loopback(&a));
	a = parsed("128.0.0.1");
	ck_assert(!gs_addr_is_any(&a) && !gs_addr_is_loopback(&a));
	memset(&a, 0, sizeof(a));
	ck_assert(!gs_addr_is_any(&a) && !gs_addr_is_loopback(&a));
	ck_assert_uint_eq(gs_addr_len(&a), 0);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("addr");
	TCase *tc = tcase_create("addr");

	tcase_add_test(tc, numeric_addresses_are_parsed_with_port_0);
	tcase_add_test(tc, what_is_no_numeric_address_is_refused_and_out_stays);
	tcase_add_test(tc, a_scope_is_kept_by_parse_and_format);
	tcase_add_test(tc, format_shows_address_and_port);
	tcase_add_test(tc, the_longest_address_fits_its_string);
	tcase_add_test(tc, from_copies_ipv4_and_ipv6_and_nothing_else);
	tcase_add_test(tc, from_refuses_every_length_that_is_too_short);
	tcase_add_test(tc, same_ip_ignores_the_port_and_equal_does_not);
	tcase_add_test(tc, a_mapped_address_is_another_until_it_is_unmapped);
	tcase_add_test(tc, scopes_differ_only_where_both_are_said);
	tcase_add_test(tc, wildcards_and_loopbacks_are_told_from_others);
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	return gs_test_main(suite());
}
