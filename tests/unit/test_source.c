#include "source.h"

#include <ifaddrs.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>

#include "../support/check_main.h"

static struct gs_source s;

/* The system's answer, which a test decides, and how often it was asked. */
static union gs_addr route;
static bool has_route;
static int asked;

static union gs_addr
addr(const char *text)
{
	union gs_addr a;

	ck_assert_int_eq(gs_addr_parse(&a, text), 0);
	return a;
}

static bool
ask(const union gs_addr *dst, union gs_addr *src)
{
	(void)dst;
	asked++;
	if (has_route)
		*src = route;
	return has_route;
}

static void
set_up(void)
{
	gs_source_init(&s);
	s.ask = ask;
	asked = 0;
	has_route = true;
	route = addr("10.0.0.1");
}

/* The source for dst at this time; NULL for none. */
static const char *
find(const char *dst, uint64_t now_ms)
{
	static char text[GS_ADDR_STRLEN];
	union gs_addr to = addr(dst), src;

	if (!gs_source_find(&s, &to, now_ms, &src))
		return NULL;
	return gs_addr_format(&src, text);
}

START_TEST(the_system_is_asked_once_in_a_while)
{
	ck_assert_str_eq(find("10.0.0.2", 1000), "10.0.0.1:0");
	route = addr("10.0.1.1");
	ck_assert_str_eq(find("10.0.0.2", 1000 + GS_SOURCE_MS - 1),
	    "10.0.0.1:0");
	ck_assert_int_eq(asked, 1);
	ck_assert_str_eq(find("10.0.0.2", 1000 + GS_SOURCE_MS), "10.0.1.1:0");
	ck_assert_int_eq(asked, 2);
}
END_TEST

START_TEST(each_destination_has_a_source_of_its_own)
{
	char dst[32];
	int i;

	/* More than are kept: some take others' places. */
	for (i = 0; i < 3 * GS_SOURCE_DSTS; i++) {
		snprintf(dst, sizeof(dst), "10.%d.0.2", i);
		route = addr(dst);
		route.v4.sin_addr.s_addr ^= htonl(3);
		ck_assert_ptr_nonnull(find(dst, 1000));
	}
	for (i = 0; i < 3 * GS_SOURCE_DSTS; i++) {
		char want[32];

		snprintf(dst, sizeof(dst), "10.%d.0.2", i);
		snprintf(want, sizeof(want), "10.%d.0.1:0", i);
		route = addr(dst);
		route.v4.sin_addr.s_addr ^= htonl(3);
		ck_assert_str_eq(find(dst, 1001), want);
	}
	route = addr("fd00::1");
	ck_assert_str_eq(find("fd00::2", 1001), "[fd00::1]:0");
}
END_TEST

START_TEST(where_the_route_is_gone_the_last_source_stays)
{
	has_route = false;
	ck_assert_ptr_null(find("10.0.0.2", 1000));
	has_route = true;
	ck_assert_ptr_null(find("10.0.0.2", 1001));
	ck_assert_str_eq(find("10.0.0.2", 2000), "10.0.0.1:0");
	has_route = false;
	ck_assert_str_eq(find("10.0.0.2", 3000), "10.0.0.1:0");
	ck_assert_int_eq(asked, 3);
}
END_TEST

START_TEST(loopback_is_never_asked_for)
{
	ck_assert_ptr_null(find("127.0.0.3", 1000));
	ck_assert_ptr_null(find("::1", 1000));
	ck_assert_int_eq(asked, 0);
}
END_TEST

/* What is one's own is reached from itself, without any other route. */
START_TEST(the_systems_answer_is_an_address_of_this_host)
{
	struct ifaddrs *list, *i;
	union gs_addr own, src;

	gs_source_init(&s);
	ck_assert_int_eq(getifaddrs(&list), 0);
	for (i = list; i != NULL; i = i->ifa_next) {
		if (i->ifa_addr == NULL || (i->ifa_flags & IFF_UP) == 0 ||
		    i->ifa_addr->sa_family != AF_INET)
			continue;
		ck_assert_int_eq(gs_addr_from(&own, i->ifa_addr,
		    sizeof(own)), 0);
		if (gs_addr_is_loopback(&own))
			continue;
		ck_assert(gs_source_find(&s, &own, 1000, &src));
		ck_assert(gs_addr_same_ip(&src, &own));
		ck_assert_uint_eq(gs_addr_port(&src), 0);
	}
	freeifaddrs(list);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("source");
	TCase *tc = tcase_create("source");

	tcase_add_checked_fixture(tc, set_up, NULL);
	tcase_add_test(tc, the_system_is_asked_once_in_a_while);
	tcase_add_test(tc, each_destination_has_a_source_of_its_own);
	tcase_add_test(tc, where_the_route_is_gone_the_last_source_stays);
	tcase_add_test(tc, loopback_is_never_asked_for);
	tcase_add_test(tc, the_systems_answer_is_an_address_of_this_host);
	suite_add_tcase(suite, tc);
	return gs_test_main(suite);
}
