/* test_wire_ttl: the TTL, or hop limit, of packets in and out, in a network
 * namespace of its own. */

#include "wire.h"

#include <errno.h>
#include <poll.h>

#include "../support/check_main.h"
#include "../support/netns.h"
#include "wire_impl.h"

#define WAIT_MS 5000

enum kind { UDP, GIVEN, RAW };

static uint8_t bytes[20];

/* The system's default, which every socket begins with. */
static const char *const commands[] = {
	"echo 77 >/proc/sys/net/ipv4/ip_default_ttl",
	"echo 78 >/proc/sys/net/ipv6/conf/all/hop_limit",
	"echo 78 >/proc/sys/net/ipv6/conf/lo/hop_limit",
};

static union gs_addr
addr(const char *text)
{
	union gs_addr a;

	ck_assert_int_eq(gs_addr_parse(&a, text), 0);
	return a;
}

static struct gs_wire *
open_on(enum kind kind, const char *text)
{
	struct gs_wire_config cfg = { .is_raw = kind == RAW };
	union gs_addr a;
	struct gs_wire *w = NULL;

	if (text != NULL) {
		a = addr(text);
		cfg.addrs = &a;
		cfg.naddrs = 1;
	}
	ck_assert_int_eq(gs_wire_open(&cfg, &w), 0);
	return w;
}

/* One socket of IPv6 that has IPv4's packets as well. */
static struct gs_wire *
open_dual(void)
{
	struct sockaddr_in6 any = { .sin6_family = AF_INET6 };
	struct gs_wire_config cfg = { .nfds = 1 };
	struct gs_wire *w = NULL;
	int off = 0;
	int fd = socket(AF_INET6, SOCK_DGRAM, 0);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off,
			     sizeof(off)), 0);
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&any, sizeof(any)), 0);
	cfg.fds = &fd;
	ck_assert_int_eq(gs_wire_open(&cfg, &w), 0);
	ck_assert_int_eq(close(fd), 0);
	return w;
}

/* From w to itself at ip, with this TOS: the packet as it comes in. */
static struct gs_packet
echo(struct gs_wire *w, const char *ip, uint8_t tos)
{
	struct gs_packet pkt;
	struct pollfd p[2];
	int fds[2];
	nfds_t n, i;

	memset(&pkt, 0, sizeof(pkt));
	pkt.src = pkt.dst = addr(ip);
	gs_addr_set_port(&pkt.dst, gs_wire_port(w));
	pkt.tos = tos;
	pkt.data = bytes;
	pkt.len = sizeof(bytes);
	gs_wire_send(w, &pkt, 1);

	n = (nfds_t)gs_wire_fds(w, fds, 2);
	ck_assert_uint_le(n, 2);
	for (i = 0; i < n; i++)
		p[i] = (struct pollfd){ .fd = fds[i], .events = POLLIN };
	ck_assert_int_eq(poll(p, n, WAIT_MS), 1);
	for (i = 0; p[i].revents == 0; i++)
		continue;
	memset(&pkt, 0xff, sizeof(pkt));
	ck_assert_int_eq(gs_wire_recv(w, p[i].fd, &pkt, 1), 1);
	ck_assert_uint_eq(pkt.len, sizeof(bytes));
	ck_assert_uint_eq(pkt.tos, tos);
	return pkt;
}

static int
get(const struct gs_wire *w)
{
	int ttl = -1;

	ck_assert_int_eq(gs_wire_get_ttl(w, &ttl), 0);
	return ttl;
}

/* Every value from one end to the other, and those past them. */
static void
check_values(struct gs_wire *w, const char *ip)
{
	static const int good[] = { 1, 2, 64, 128, 254, 255 };
	size_t i;

	for (i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		ck_assert_int_eq(gs_wire_set_ttl(w, good[i]), 0);
		ck_assert_int_eq(get(w), good[i]);
		ck_assert_int_eq(echo(w, ip, 0).ttl, good[i]);
		ck_assert_int_eq(echo(w, ip, 0xb8).ttl, good[i]);
	}
	ck_assert_int_eq(gs_wire_set_ttl(w, 256), -EINVAL);
	ck_assert_int_eq(get(w), 255);
}

START_TEST(until_it_is_set_the_ttl_is_the_systems)
{
	struct gs_wire *w = open_on((enum kind)_i, "127.0.0.1");

	ck_assert_int_eq(get(w), 77);
	ck_assert_int_eq(echo(w, "127.0.0.1", 0).ttl, 77);
	gs_wire_close(w);
	w = open_on((enum kind)_i, "::1");
	ck_assert_int_eq(get(w), 78);
	ck_assert_int_eq(echo(w, "::1", 0).ttl, 78);
	gs_wire_close(w);
}
END_TEST

START_TEST(the_ttl_of_ipv4_is_set_and_seen)
{
	struct gs_wire *w = open_on((enum kind)_i, "127.0.0.1");

	check_values(w, "127.0.0.1");
	gs_wire_close(w);
}
END_TEST

START_TEST(the_hop_limit_of_ipv6_is_set_and_seen)
{
	struct gs_wire *w = open_on((enum kind)_i, "::1");

	check_values(w, "::1");
	gs_wire_close(w);
}
END_TEST

START_TEST(all_sockets_of_a_wire_are_set)
{
	struct gs_wire *w = _i == GIVEN ? open_dual() :
					  open_on((enum kind)_i, NULL);

	check_values(w, "127.0.0.1");
	check_values(w, "::1");
	ck_assert_int_eq(gs_wire_set_ttl(w, 9), 0);
	ck_assert_int_eq(echo(w, "127.0.0.1", 0x28).ttl, 9);
	ck_assert_int_eq(echo(w, "::1", 0x28).ttl, 9);
	gs_wire_close(w);
}
END_TEST

static Suite *
suite(bool has_raw)
{
	static const enum kind kinds[] = { UDP, RAW };
	Suite *s = suite_create("wire_ttl");
	TCase *tc = tcase_create("wire_ttl");
	int i, k;

	for (i = 0; i < 1 + has_raw; i++) {
		k = kinds[i];
		tcase_add_loop_test(tc,
		    until_it_is_set_the_ttl_is_the_systems, k, k + 1);
		tcase_add_loop_test(tc, the_ttl_of_ipv4_is_set_and_seen, k,
		    k + 1);
		tcase_add_loop_test(tc, the_hop_limit_of_ipv6_is_set_and_seen,
		    k, k + 1);
		tcase_add_loop_test(tc, all_sockets_of_a_wire_are_set, k,
		    k + 1);
	}
	tcase_add_loop_test(tc, all_sockets_of_a_wire_are_set, GIVEN,
	    GIVEN + 1);
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	struct gs_wire_config cfg = { .is_raw = true };
	int err = netns_enter("test_wire_ttl", commands,
	    sizeof(commands) / sizeof(commands[0]));
	struct gs_wire *w = NULL;
	bool has_raw;

	if (err != 0)
		return err;
	has_raw = gs_wire_open(&cfg, &w) == 0;
	gs_wire_close(w);
	if (!has_raw)
		printf("test_wire_ttl: no raw sockets here: UDP alone\n");
	return gs_test_main(suite(has_raw));
}
