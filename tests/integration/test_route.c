/* test_route: peers that the system has no way to, in a network namespace of
 * the test's own that has but lo. */

#include <errno.h>
#include <net/if.h>

#include "check_main.h"
#include "loop.h"
#include "netns.h"

/* Far less than any timeout of SCTP. */
#define AT_ONCE_MS 1000

/* RFC 5737: for documentation, so never a way that somebody has made. */
#define NOWHERE "192.0.2.1"
#define UNREACHABLE "198.51.100.1"
#define PROHIBITED "198.51.100.2"
#define BY_SOURCE "203.0.113.1"
#define NOWHERE_6 "2001:db8::1"
#define LINK_LOCAL "fe80::2"

static const char *const commands[] = {
	"ip route add unreachable " UNREACHABLE "/32",
	"ip route add prohibit " PROHIBITED "/32",
	"ip rule add from 127.0.0.2 lookup 100",
	"ip route add " BY_SOURCE "/32 dev lo table 100",
	"ip link add here type veth peer name there",
	"ip link set here up",
	"ip link set there up",
};

static int
try_connect(gsctp_sock s, const char *ip)
{
	struct sockaddr_storage to = loop_addr(ip, 5000);

	return gsctp_connect(s, (struct sockaddr *)&to, sizeof(to), NULL, 0,
	    LOOP_MS, NULL);
}

static gsctp_assoc_id
try_begin(gsctp_sock s, const char *ip, const char *other, int want)
{
	struct sockaddr_storage to[2] = { loop_addr(ip, 5000),
		loop_addr(other, 5000) };
	gsctp_assoc_id id = 0;

	ck_assert_int_eq(gsctp_connectx_init(s, to, 2, NULL, 0, &id), want);
	return id;
}

static gsctp_sock
open_wildcard(void)
{
	gsctp_sock s;

	ck_assert_int_eq(loop_try_open(0, NULL, 0, &s), 0);
	return s;
}

START_TEST(a_peer_without_a_route_is_refused_at_once)
{
	gsctp_sock s = open_wildcard();
	uint64_t from = loop_now_ms();
	struct gsctp_stack_info info;
	struct gsctp_msg *m;

	ck_assert_int_eq(try_connect(s, NOWHERE), -ENETUNREACH);
	ck_assert_int_eq(try_connect(s, UNREACHABLE), -EHOSTUNREACH);
	ck_assert_int_eq(try_connect(s, PROHIBITED), -EHOSTUNREACH);
	ck_assert_uint_lt(loop_now_ms() - from, AT_ONCE_MS);
	ck_assert_int_eq(gsctp_recv(s, 0, &m), -ETIMEDOUT);
	ck_assert_int_eq(gsctp_stack_info(&info), 0);
	ck_assert_uint_eq(info.associations, 0);
	ck_assert_uint_eq(info.out_packets, 0);
}
END_TEST

START_TEST(an_ipv6_peer_without_a_route_is_refused_at_once)
{
	const struct gsctp_opt v6[] = { GSCTP_FAMILY(GSCTP_INET6) };
	gsctp_sock s;

	ck_assert_int_eq(loop_try_open(0, v6, 1, &s), 0);
	ck_assert_int_eq(try_connect(s, NOWHERE_6), -ENETUNREACH);
}
END_TEST

/* The system may have a way: the engine has no source for it. */
START_TEST(a_link_local_peer_is_refused_at_once)
{
	const struct gsctp_opt v6[] = { GSCTP_FAMILY(GSCTP_INET6) };
	struct sockaddr_storage to = loop_addr(LINK_LOCAL, 5000);
	struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)&to;
	struct gsctp_stack_info info;
	gsctp_sock s;

	in6->sin6_scope_id = if_nametoindex("here");
	ck_assert_uint_ne(in6->sin6_scope_id, 0);
	ck_assert_int_eq(loop_try_open(0, v6, 1, &s), 0);
	ck_assert_int_eq(gsctp_connect(s, (struct sockaddr *)&to, sizeof(to),
	    NULL, 0, AT_ONCE_MS, NULL), -ENETUNREACH);
	ck_assert_int_eq(gsctp_stack_info(&info), 0);
	ck_assert_uint_eq(info.associations, 0);
}
END_TEST

START_TEST(connect_init_says_it_too)
{
	struct sockaddr_storage to = loop_addr(NOWHERE, 5000);
	gsctp_sock s = open_wildcard();
	gsctp_assoc_id id = 4711;

	ck_assert_int_eq(gsctp_connect_init(s, (struct sockaddr *)&to,
			     sizeof(to), NULL, 0, &id), -ENETUNREACH);
	ck_assert_uint_eq(id, 4711);
}
END_TEST

START_TEST(one_address_with_a_route_is_enough)
{
	gsctp_sock s = open_wildcard();

	ck_assert_uint_ne(try_begin(s, NOWHERE, "127.0.0.1", 0), 0);
}
END_TEST

START_TEST(of_several_addresses_without_a_route_the_first_ones_error_counts)
{
	gsctp_sock s = open_wildcard();

	(void)try_begin(s, UNREACHABLE, NOWHERE, -EHOSTUNREACH);
	(void)try_begin(s, NOWHERE, UNREACHABLE, -ENETUNREACH);
}
END_TEST

START_TEST(a_route_for_one_source_alone_is_a_route)
{
	struct sockaddr_storage to = loop_addr(BY_SOURCE, 5000);
	gsctp_sock s = open_wildcard();
	gsctp_assoc_id id;

	ck_assert_int_eq(gsctp_connect_init(s, (struct sockaddr *)&to,
			     sizeof(to), NULL, 0, &id), 0);
}
END_TEST

START_TEST(a_peer_that_is_no_host_is_refused_at_once)
{
	gsctp_sock s = open_wildcard();

	ck_assert_int_eq(try_connect(s, "255.255.255.255"), -ENETUNREACH);
	ck_assert_int_eq(try_connect(s, "127.255.255.255"), -EHOSTUNREACH);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("route");
	TCase *t = tcase_create("route");

	tcase_add_checked_fixture(t, loop_setup, loop_teardown);
	tcase_add_test(t, a_peer_without_a_route_is_refused_at_once);
	if (loop_has_ipv6()) {
		tcase_add_test(t,
		    an_ipv6_peer_without_a_route_is_refused_at_once);
		tcase_add_test(t, a_link_local_peer_is_refused_at_once);
	}
	tcase_add_test(t, connect_init_says_it_too);
	tcase_add_test(t, one_address_with_a_route_is_enough);
	tcase_add_test(t,
	    of_several_addresses_without_a_route_the_first_ones_error_counts);
	tcase_add_test(t, a_route_for_one_source_alone_is_a_route);
	tcase_add_test(t, a_peer_that_is_no_host_is_refused_at_once);
	suite_add_tcase(s, t);
	return s;
}

int
main(void)
{
	int err = netns_enter("test_route", commands,
	    sizeof(commands) / sizeof(commands[0]));

	return err != 0 ? err : gs_test_main(suite());
}
