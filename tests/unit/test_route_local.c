#include "route.h"

#include <ifaddrs.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../support/check_main.h"

static bool
is_local(const char *ip)
{
	union gs_addr a;

	memset(&a, 0, sizeof(a));
	ck_assert_int_eq(gs_addr_parse(&a, ip), 0);
	return gs_route_is_local(&a);
}

START_TEST(every_address_of_an_interface_is_local)
{
	struct ifaddrs *list, *i;
	union gs_addr a;
	int n = 0;

	ck_assert_int_eq(getifaddrs(&list), 0);
	for (i = list; i != NULL; i = i->ifa_next) {
		if (i->ifa_addr == NULL || (i->ifa_flags & IFF_UP) == 0 ||
		    gs_addr_from(&a, i->ifa_addr, sizeof(a)) != 0)
			continue;
		ck_assert(gs_route_is_local(&a));
		n++;
	}
	freeifaddrs(list);
	ck_assert_int_gt(n, 0);
	ck_assert(is_local("127.1.2.3"));
}
END_TEST

/* Whether there is a way to them or not. */
START_TEST(addresses_of_others_are_not)
{
	ck_assert(!is_local("198.51.100.77"));
	ck_assert(!is_local("2001:db8::77"));
}
END_TEST

/* A UDP socket of this address, and the port it got. */
static int
udp_socket(const char *ip, uint16_t *port)
{
	union gs_addr a;
	socklen_t len = sizeof(a);
	int fd;

	memset(&a, 0, sizeof(a));
	ck_assert_int_eq(gs_addr_parse(&a, ip), 0);
	fd = socket(a.sa.sa_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd == -1 || bind(fd, &a.sa, gs_addr_len(&a)) != 0) {
		ck_assert_int_eq(a.sa.sa_family, AF_INET6);
		return -1;	/* there is none */
	}
	ck_assert_int_eq(getsockname(fd, &a.sa, &len), 0);
	*port = gs_addr_port(&a);
	return fd;
}

static bool
has_udp(const char *ip, uint16_t port)
{
	union gs_addr a;

	memset(&a, 0, sizeof(a));
	ck_assert_int_eq(gs_addr_parse(&a, ip), 0);
	gs_addr_set_port(&a, port);
	return gs_route_has_udp(&a);
}

static const struct {
	const char *bound, *asked;
	bool is_had;
} udp_rows[] = {
	{ "127.0.0.1", "127.0.0.1", true },
	{ "127.0.0.1", "127.0.0.2", false },
	{ "0.0.0.0", "127.0.0.2", true },
	{ "0.0.0.0", "::1", false },
	{ "::1", "::1", true },
	{ "::1", "127.0.0.1", false },
	{ "::", "::1", true },
	{ "::", "127.0.0.1", true },
	{ "::ffff:127.0.0.1", "127.0.0.1", true },
};

START_TEST(a_udp_port_is_had_while_a_socket_has_it)
{
	uint16_t port = 0;
	int fd = udp_socket(udp_rows[_i].bound, &port);

	if (fd == -1)
		return;
	ck_assert_int_eq(has_udp(udp_rows[_i].asked, port),
	    udp_rows[_i].is_had);
	close(fd);
	ck_assert(!has_udp(udp_rows[_i].asked, port));
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("route_local");
	TCase *tc = tcase_create("route_local");

	tcase_add_test(tc, every_address_of_an_interface_is_local);
	tcase_add_test(tc, addresses_of_others_are_not);
	tcase_add_loop_test(tc, a_udp_port_is_had_while_a_socket_has_it, 0,
	    (int)(sizeof(udp_rows) / sizeof(udp_rows[0])));
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	return gs_test_main(suite());
}
