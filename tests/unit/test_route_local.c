#include "route.h"

#include <ifaddrs.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>

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

static Suite *
suite(void)
{
	Suite *s = suite_create("route_local");
	TCase *tc = tcase_create("route_local");

	tcase_add_test(tc, every_address_of_an_interface_is_local);
	tcase_add_test(tc, addresses_of_others_are_not);
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	return gs_test_main(suite());
}
