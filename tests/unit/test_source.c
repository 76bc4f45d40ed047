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
static uint32_t route_mtu;
static int asked;

static union gs_addr
addr(const char *text)
{
	union gs_addr a;

	ck_assert_int_eq(gs_addr_parse(&a, text), 0);
	return a;
}

static bool
ask(const union gs_addr *dst, union gs_addr *src, uint32_t *mtu)
{
	(void)dst;
	asked++;
	if (has_route) {
		*src = route;
		*mtu = route_mtu;
	}
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
	route_mtu = 1500;
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

static void
nth_dst(int i, char *dst, size_t size, const char *host)
{
	snprintf(dst, size, "10.%d.%d.%s", i / 256, i % 256, host);
}

START_TEST(each_destination_has_a_source_of_its_own)
{
	uint64_t now = 1000;
	char dst[32], want[32];
	int i, round;

	/* More than are kept: some take others' places. */
	for (round = 0; round < 2; round++) {
		for (i = 0; i < 3 * GS_SOURCE_DSTS; i++) {
			nth_dst(i, dst, sizeof(dst), "2");
			nth_dst(i, want, sizeof(want), "1:0");
			route = addr(dst);
			route.v4.sin_addr.s_addr ^= htonl(3);
			ck_assert_str_eq(find(dst, now++), want);
		}
	}
	route = addr("fd00::1");
	ck_assert_str_eq(find("fd00::2", now), "[fd00::1]:0");
}
END_TEST

START_TEST(the_system_is_not_asked_for_every_packet_to_many)
{
	union gs_addr to = addr("10.0.0.2"), src;
	uint64_t now;
	uint32_t i;

	for (now = 1000; now < 1050; now++) {
		for (i = 0; i < 4 * GS_SOURCE_DSTS; i++) {
			to.v4.sin_addr.s_addr = htonl(0x0a000002u + i * 4);
			(void)gs_source_find(&s, &to, now, &src);
		}
	}
	ck_assert_int_le(asked, GS_SOURCE_BURST + 50 * GS_SOURCE_PER_MS);
	ck_assert_int_ge(asked, 50 * GS_SOURCE_PER_MS);
	/* What has been told goes on to be told, though it is old. */
	ck_assert_str_eq(find("10.99.0.2", 9000), "10.0.0.1:0");
	s.left = 0;
	asked = 0;
	route = addr("10.0.0.9");
	s.counted_ms = 9000 + GS_SOURCE_MS;
	ck_assert_str_eq(find("10.99.0.2", 9000 + GS_SOURCE_MS),
	    "10.0.0.1:0");
	ck_assert_int_eq(asked, 0);
	ck_assert_str_eq(find("10.99.0.2", 9001 + GS_SOURCE_MS),
	    "10.0.0.9:0");
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

/* The MTU to dst; -1 where it is not known. */
static int
mtu(const char *dst, uint64_t now_ms, bool *is_local)
{
	union gs_addr to = addr(dst);
	uint32_t n;

	*is_local = false;
	n = gs_source_mtu(&s, &to, now_ms, is_local);
	return n == 0 ? -1 : (int)n;
}

START_TEST(an_mtu_is_the_routes_and_asked_for_with_the_source)
{
	bool is_local;

	ck_assert_int_eq(mtu("10.0.0.2", 1000, &is_local), 1500);
	ck_assert(!is_local);
	ck_assert_str_eq(find("10.0.0.2", 1001), "10.0.0.1:0");
	route_mtu = 1400;
	ck_assert_int_eq(mtu("10.0.0.2", 1002, &is_local), 1500);
	ck_assert_int_eq(asked, 1);
	ck_assert_int_eq(mtu("10.0.0.2", 1000 + GS_SOURCE_MS, &is_local),
	    1400);
	/* Where there is no route any more, it is the last one's. */
	has_route = false;
	ck_assert_int_eq(mtu("10.0.0.2", 9000, &is_local), 1400);
	ck_assert_int_eq(mtu("10.0.0.6", 9000, &is_local), -1);
}
END_TEST

START_TEST(what_is_its_own_source_is_local)
{
	bool is_local;

	route_mtu = 65536;
	ck_assert_int_eq(mtu("10.0.0.1", 1000, &is_local), 65536);
	ck_assert(is_local);
	route = addr("127.0.0.1");
	ck_assert_int_eq(mtu("127.0.0.9", 1000, &is_local), 65536);
	ck_assert(is_local);
	ck_assert_int_eq(mtu("10.0.0.2", 1000, &is_local), 65536);
	ck_assert(!is_local);
}
END_TEST

START_TEST(the_system_knows_an_mtu_of_loopback)
{
	bool is_local;

	gs_source_init(&s);
	ck_assert_int_ge(mtu("127.0.0.1", 1000, &is_local), 576);
	ck_assert(is_local);
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
	tcase_add_test(tc,
	    the_system_is_not_asked_for_every_packet_to_many);
	tcase_add_test(tc, where_the_route_is_gone_the_last_source_stays);
	tcase_add_test(tc, loopback_is_never_asked_for);
	tcase_add_test(tc, the_systems_answer_is_an_address_of_this_host);
	tcase_add_test(tc, an_mtu_is_the_routes_and_asked_for_with_the_source);
	tcase_add_test(tc, what_is_its_own_source_is_local);
	tcase_add_test(tc, the_system_knows_an_mtu_of_loopback);
	suite_add_tcase(suite, tc);
	return gs_test_main(suite);
}
