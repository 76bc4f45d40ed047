#include "engine.h"
#include "engine_impl.h"

#include <errno.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>

#include "../support/check_main.h"
#include "clock.h"

#define MANY 1000

/* The libc calls of this file are wrapped, as the engine's are. */

static void
setup(void)
{
	gs_engine_in_init = false;
}

static void
teardown(void)
{
	gs_engine_in_init = false;
	gs_engine_addrs_fini();
}

static union gs_addr
ip(const char *text)
{
	union gs_addr a;

	ck_assert_int_eq(gs_addr_parse(&a, text), 0);
	return a;
}

static bool
is_in(const union gs_addr *a, const union gs_addr *list, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (gs_addr_same_ip(a, &list[i]))
			return true;
	return false;
}

/* The addresses of interfaces that are up, each once. */
static size_t
configured(union gs_addr *list)
{
	struct ifaddrs *all, *i;
	union gs_addr a;
	size_t n = 0;

	ck_assert_int_eq(getifaddrs(&all), 0);
	for (i = all; i != NULL; i = i->ifa_next) {
		if (i->ifa_addr == NULL || (i->ifa_flags & IFF_UP) == 0 ||
		    gs_addr_from(&a, i->ifa_addr, sizeof(a)) != 0 ||
		    is_in(&a, list, n))
			continue;
		ck_assert_uint_lt(n, MANY);
		list[n++] = a;
	}
	freeifaddrs(all);
	return n;
}

static bool
is_configured(const union gs_addr *a)
{
	static union gs_addr list[MANY];

	return is_in(a, list, configured(list));
}

/* What the engine is told, as it asks. */
static size_t
told(union gs_addr *list)
{
	struct ifaddrs *all, *i;
	size_t n = 0;

	gs_engine_in_init = true;
	ck_assert_int_eq(getifaddrs(&all), 0);
	for (i = all; i != NULL; i = i->ifa_next) {
		ck_assert_uint_lt(n, MANY);
		ck_assert_ptr_nonnull(i->ifa_name);
		ck_assert_str_ne(i->ifa_name, "");
		ck_assert(i->ifa_flags & IFF_UP);
		ck_assert_int_eq(gs_addr_from(&list[n], i->ifa_addr,
				     sizeof(list[n])),
		    0);
		n++;
	}
	freeifaddrs(all);
	gs_engine_in_init = false;
	return n;
}

/* The engine and the stack are told of these alone, without ports. */
static void
ck_told(const union gs_addr *expected, size_t n)
{
	static union gs_addr list[MANY];
	const union gs_addr *ours;
	size_t i;

	ck_assert_uint_eq(told(list), n);
	ck_assert_uint_eq(gs_engine_addrs_locked(&ours), n);
	for (i = 0; i < n; i++) {
		ck_assert(is_in(&expected[i], list, n));
		ck_assert(is_in(&expected[i], ours, n));
		ck_assert(gs_engine_has_addr_locked(&expected[i]));
		ck_assert_uint_eq(gs_addr_port(&list[i]), 0);
		ck_assert_uint_eq(gs_addr_port(&ours[i]), 0);
	}
}

static void
ck_nothing(void)
{
	union gs_addr a = ip("127.0.0.1");
	const union gs_addr *ours;

	ck_told(NULL, 0);
	ck_assert_uint_eq(gs_engine_addrs_locked(&ours), 0);
	ck_assert(!gs_engine_has_addr_locked(&a));
}

/* ---- addresses ---- */

START_TEST(without_a_list_it_is_every_address_that_is_up)
{
	static union gs_addr list[MANY];
	size_t n = configured(list);

	ck_assert_int_eq(gs_engine_addrs_init(NULL, 0), 0);
	ck_told(list, n);
}
END_TEST

START_TEST(with_a_list_it_is_those_alone)
{
	union gs_addr list[2] = { ip("127.0.0.1"), ip("127.0.0.2") };
	union gs_addr other = ip("127.0.0.3");

	ck_assert_int_eq(gs_engine_addrs_init(list, 1), 0);
	ck_told(list, 1);
	ck_assert(!gs_engine_has_addr_locked(&list[1]));
	/* The second list takes the place of the first. */
	ck_assert_int_eq(gs_engine_addrs_init(&list[1], 1), 0);
	ck_told(&list[1], 1);
	ck_assert(!gs_engine_has_addr_locked(&list[0]));
	ck_assert_int_eq(gs_engine_addrs_init(list, 2), 0);
	ck_told(list, 2);
	ck_assert(!gs_engine_has_addr_locked(&other));
}
END_TEST

START_TEST(each_address_of_an_interface_may_be_listed)
{
	static union gs_addr list[MANY];
	size_t n = configured(list);
	size_t i;

	for (i = 0; i < n; i++) {
		ck_assert_int_eq(gs_engine_addrs_init(&list[i], 1), 0);
		ck_told(&list[i], 1);
	}
}
END_TEST

START_TEST(any_of_127_may_be_listed_and_is_on_a_loopback_interface)
{
	static const char *const texts[] = { "127.0.0.2", "127.1.2.3",
		"127.255.255.254", "127.0.0.77" };
	union gs_addr list[4];
	struct ifaddrs *all, *i;
	size_t n;

	for (n = 0; n < 4; n++)
		list[n] = ip(texts[n]);
	ck_assert_int_eq(gs_engine_addrs_init(list, n), 0);
	ck_told(list, n);
	gs_engine_in_init = true;
	ck_assert_int_eq(getifaddrs(&all), 0);
	for (i = all; i != NULL; i = i->ifa_next)
		ck_assert(i->ifa_flags & IFF_LOOPBACK);
	freeifaddrs(all);
}
END_TEST

START_TEST(an_address_of_nobody_here_is_not_available_and_leaves_nothing)
{
	static const char *const texts[] = { "192.0.2.1", "203.0.113.255",
		"0.0.0.0", "255.255.255.255", "128.0.0.1", "2001:db8::1",
		"::", "::2", "::ffff:127.0.0.1", "::ffff:192.0.2.1" };
	union gs_addr list[3] = { ip("127.0.0.1") };
	size_t i;

	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		list[1] = ip(texts[i]);
		list[2] = ip("127.0.0.2");
		if (is_configured(&list[1]))
			continue; /* a strange host */
		ck_assert_int_eq(gs_engine_addrs_init(list, 3), -EADDRNOTAVAIL);
		ck_nothing();
		ck_assert_int_eq(gs_engine_addrs_init(&list[1], 1),
		    -EADDRNOTAVAIL);
		ck_nothing();
	}
	memset(&list[1], 0, sizeof(list[1])); /* AF_UNSPEC */
	ck_assert_int_eq(gs_engine_addrs_init(list, 3), -EADDRNOTAVAIL);
	ck_nothing();
}
END_TEST

START_TEST(the_ipv6_loopback_address_is_available_where_it_is_configured)
{
	union gs_addr a = ip("::1");
	int expected = is_configured(&a) ? 0 : -EADDRNOTAVAIL;

	ck_assert_int_eq(gs_engine_addrs_init(&a, 1), expected);
}
END_TEST

START_TEST(ports_do_not_count_and_an_address_listed_twice_is_one)
{
	union gs_addr list[3] = { ip("127.0.0.1"), ip("127.0.0.1"),
		ip("127.0.0.1") };

	gs_addr_set_port(&list[0], 7);
	gs_addr_set_port(&list[1], 8);
	ck_assert_int_eq(gs_engine_addrs_init(list, 3), 0);
	ck_told(list, 1);
	list[0] = list[1] = list[2] = ip("127.0.0.200");
	gs_addr_set_port(&list[0], 7);
	gs_addr_set_port(&list[2], 8);
	ck_assert_int_eq(gs_engine_addrs_init(list, 3), 0);
	ck_told(list, 1);
}
END_TEST

START_TEST(the_list_is_copied)
{
	union gs_addr list[2] = { ip("127.0.0.1"), ip("127.0.0.2") };
	union gs_addr saved[2];

	memcpy(saved, list, sizeof(saved));
	ck_assert_int_eq(gs_engine_addrs_init(list, 2), 0);
	memset(list, 0xff, sizeof(list));
	ck_told(saved, 2);
}
END_TEST

START_TEST(after_the_end_nothing_is_told_and_a_second_end_is_no_harm)
{
	union gs_addr a = ip("127.0.0.1");

	ck_nothing();
	ck_assert_int_eq(gs_engine_addrs_init(&a, 1), 0);
	gs_engine_addrs_fini();
	ck_nothing();
	gs_engine_addrs_fini();
	ck_nothing();
}
END_TEST

/* ---- libc, for others than the engine ---- */

START_TEST(outside_the_engine_getifaddrs_is_libcs)
{
	static union gs_addr before[MANY], after[MANY];
	union gs_addr a = ip("127.0.0.99");
	size_t n = configured(before);
	struct ifaddrs *all;

	ck_assert_int_eq(gs_engine_addrs_init(&a, 1), 0);
	ck_assert_uint_eq(configured(after), n);
	if (!is_in(&a, before, n))
		ck_assert(!is_in(&a, after, n));

	/* libc's list is freed by libc, whoever runs then. */
	ck_assert_int_eq(getifaddrs(&all), 0);
	gs_engine_in_init = true;
	freeifaddrs(all);
	/* Ours stays, whoever frees it. */
	ck_assert_int_eq(getifaddrs(&all), 0);
	gs_engine_in_init = false;
	freeifaddrs(all);
	ck_told(&a, 1);
}
END_TEST

static pthread_t ran_in;
static int ran;

static void *
thread(void *arg)
{
	ran_in = pthread_self();
	ran++;
	return arg;
}

START_TEST(outside_the_engine_a_thread_runs_and_is_joined)
{
	void *result = NULL;
	pthread_t id;

	ran = 0;
	ck_assert_int_eq(pthread_create(&id, NULL, thread, &ran), 0);
	ck_assert_int_eq(pthread_join(id, &result), 0);
	ck_assert_int_eq(ran, 1);
	ck_assert_ptr_eq(result, &ran);
	ck_assert(pthread_equal(ran_in, id));
	ck_assert(!pthread_equal(ran_in, pthread_self()));
}
END_TEST

START_TEST(the_engine_gets_no_thread_and_may_join_it)
{
	pthread_t id;

	ran = 0;
	gs_engine_in_init = true;
	ck_assert_int_eq(pthread_create(&id, NULL, thread, &ran), 0);
	ck_assert_int_eq(pthread_join(id, NULL), 0);
	gs_engine_in_init = false;
	ck_assert(pthread_equal(id, pthread_self()));
	ck_assert_int_eq(ran, 0);
}
END_TEST

static uint64_t
wall_us(void)
{
	struct timespec ts;

	ck_assert_int_eq(clock_gettime(CLOCK_REALTIME, &ts), 0);
	return (uint64_t)ts.tv_sec * 1000000 + (uint64_t)ts.tv_nsec / 1000;
}

static uint64_t
us_of(const struct timeval *tv)
{
	ck_assert_int_ge(tv->tv_usec, 0);
	ck_assert_int_lt(tv->tv_usec, 1000000);
	return (uint64_t)tv->tv_sec * 1000000 + (uint64_t)tv->tv_usec;
}

START_TEST(the_engines_time_of_day_is_the_clock_that_does_not_jump)
{
	struct timeval tv;
	uint64_t before;
	int i;

	for (i = 0; i < 1000; i++) {
		before = gs_now_us();
		ck_assert_int_eq(gettimeofday(&tv, NULL), 0);
		ck_assert_uint_ge(us_of(&tv), before);
		ck_assert_uint_le(us_of(&tv), gs_now_us());
	}
}
END_TEST

START_TEST(who_asks_for_a_time_zone_gets_the_wall_clock)
{
	struct timezone tz;
	struct timeval tv;
	uint64_t before = wall_us();

	memset(&tz, 0x55, sizeof(tz));
	ck_assert_int_eq(gettimeofday(&tv, &tz), 0);
	ck_assert_uint_ge(us_of(&tv), before);
	ck_assert_uint_le(us_of(&tv), wall_us());
	ck_assert_int_ne(tz.tz_dsttime, 0x55555555);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("engine_addr");
	TCase *tc = tcase_create("addresses");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, without_a_list_it_is_every_address_that_is_up);
	tcase_add_test(tc, with_a_list_it_is_those_alone);
	tcase_add_test(tc, each_address_of_an_interface_may_be_listed);
	tcase_add_test(tc,
	    any_of_127_may_be_listed_and_is_on_a_loopback_interface);
	tcase_add_test(tc,
	    an_address_of_nobody_here_is_not_available_and_leaves_nothing);
	tcase_add_test(tc,
	    the_ipv6_loopback_address_is_available_where_it_is_configured);
	tcase_add_test(tc,
	    ports_do_not_count_and_an_address_listed_twice_is_one);
	tcase_add_test(tc, the_list_is_copied);
	tcase_add_test(tc,
	    after_the_end_nothing_is_told_and_a_second_end_is_no_harm);
	suite_add_tcase(s, tc);

	tc = tcase_create("libc");
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, outside_the_engine_getifaddrs_is_libcs);
	tcase_add_test(tc, outside_the_engine_a_thread_runs_and_is_joined);
	tcase_add_test(tc, the_engine_gets_no_thread_and_may_join_it);
	tcase_add_test(tc,
	    the_engines_time_of_day_is_the_clock_that_does_not_jump);
	tcase_add_test(tc, who_asks_for_a_time_zone_gets_the_wall_clock);
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	return gs_test_main(suite());
}
