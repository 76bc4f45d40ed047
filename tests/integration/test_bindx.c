/* Local addresses that change while the socket is open: gsctp_bindx(), the
 * peer's primary address, and what the peer hears of both (RFC 5061). */

#include <errno.h>

#include "check_main.h"
#include "traffic.h"

#define SERVER "127.0.0.1"
#define FIRST "127.0.0.2"
#define SECOND "127.0.0.3"
#define THIRD "127.0.0.4"

static void
setup(void)
{
	static const char *const addrs[] = { SERVER, FIRST, SECOND, THIRD,
		"::1" };
	struct gsctp_stack_config cfg;

	loop_engine_left = 0;
	loop_config(&cfg);
	cfg.addrs = addrs;
	cfg.naddrs = loop_has_ipv6() ? 5 : 4;
	ck_assert_int_eq(gsctp_stack_start(&cfg), 0);
}

static gsctp_sock
open_on(const char *const *ips, size_t n, bool asconf)
{
	struct gsctp_opt opts[8] = {
		GSCTP_ASCONF_SUPPORTED(.assoc_value = asconf),
		/* One lost packet costs little. */
		GSCTP_RTOINFO(.initial = gsctp_def(100), .min = gsctp_def(100),
		    .max = gsctp_def(1000)),
	};
	size_t i;

	for (i = 0; i < n; i++)
		opts[2 + i] = (struct gsctp_opt)GSCTP_IP(loop_addr(ips[i], 0));
	return loop_open(opts, 2 + n);
}

/* The server has one address, the client those given. */
static struct loop_pair
pair_of(const char *const *ips, size_t n, bool asconf)
{
	static const char *const server[] = { SERVER };
	struct loop_pair p;

	p.server = open_on(server, 1, true);
	p.client = open_on(ips, n, asconf);
	ck_assert_int_eq(gsctp_listen(p.server, true), 0);
	p.at_client = loop_connect(p.client, p.server);
	p.at_server = loop_recv_state(p.server, GSCTP_COMM_UP);
	return p;
}

static struct loop_pair
pair_of_one(void)
{
	static const char *const ips[] = { FIRST };

	return pair_of(ips, 1, true);
}

static struct loop_pair
pair_of_two(void)
{
	static const char *const ips[] = { FIRST, SECOND };

	return pair_of(ips, 2, true);
}

static int
try_bindx(gsctp_sock s, const char *ip, int op)
{
	struct sockaddr_storage a = loop_addr(ip, 0);

	return gsctp_bindx(s, &a, 1, op);
}

static void
add(gsctp_sock s, const char *ip)
{
	ck_assert_int_eq(try_bindx(s, ip, GSCTP_BINDX_ADD), 0);
}

static void
rem(gsctp_sock s, const char *ip)
{
	ck_assert_int_eq(try_bindx(s, ip, GSCTP_BINDX_REM), 0);
}

static bool
is_named(const struct sockaddr_storage *ss, int n, const char *ip)
{
	struct sockaddr_storage want = loop_addr(ip, 0);
	int i;

	for (i = 0; i < n; i++) {
		const struct sockaddr_in *a = (const void *)&ss[i];
		const struct sockaddr_in *b = (const void *)&want;
		const struct sockaddr_in6 *a6 = (const void *)&ss[i];
		const struct sockaddr_in6 *b6 = (const void *)&want;

		if (ss[i].ss_family != want.ss_family)
			continue;
		if (want.ss_family == AF_INET ?
		    a->sin_addr.s_addr == b->sin_addr.s_addr :
		    memcmp(&a6->sin6_addr, &b6->sin6_addr, 16) == 0)
			return true;
	}
	return false;
}

static bool
has_sockname(gsctp_sock s, gsctp_assoc_id id, const char *ip)
{
	struct sockaddr_storage ss[16];
	int n = gsctp_socknames(s, id, ss, 16);

	ck_assert_int_ge(n, 0);
	return is_named(ss, n, ip);
}

static bool
has_peername(gsctp_sock s, gsctp_assoc_id id, const char *ip)
{
	struct sockaddr_storage ss[16];
	int n = gsctp_peernames(s, id, ss, 16);

	ck_assert_int_ge(n, 0);
	return is_named(ss, n, ip);
}

/* The server hears of a change of the client's, with its port. */
static void
expect_change(const struct loop_pair *p, uint32_t state, const char *ip)
{
	struct gsctp_msg *m;
	const struct gsctp_paddr_change *c;

	for (;;) {
		m = loop_recv_type(p->server, GSCTP_MSG_PADDR_CHANGE);
		c = &m->u.paddr_change;
		if (c->state != GSCTP_ADDR_CONFIRMED &&
		    c->state != GSCTP_ADDR_AVAILABLE)
			break;
		gsctp_msg_free(m);
	}
	ck_assert_str_eq(gsctp_paddr_change_name(c->state),
	    gsctp_paddr_change_name(state));
	ck_assert_uint_eq(c->assoc_id, p->at_server);
	ck_assert(is_named(&c->addr, 1, ip));
	ck_assert_int_eq(ntohs(((const struct sockaddr_in *)&c->addr)->
	    sin_port), gsctp_port(p->client));
	gsctp_msg_free(m);
}

/* Until the client's association may send from ip, or may not any more. */
static void
await_sockname(const struct loop_pair *p, const char *ip, bool there)
{
	uint64_t end = loop_now_ms() + LOOP_MS;

	while (has_sockname(p->client, p->at_client, ip) != there) {
		ck_assert_uint_lt(loop_now_ms(), end);
		traffic_both_ways(p->client, p->at_client, p->server,
		    p->at_server);
	}
}

/* The source of the next data that the server gets. */
static void
expect_from(const struct loop_pair *p, const char *ip)
{
	struct gsctp_msg *m;

	traffic_send(p->client, p->at_client, 0, "whence");
	m = loop_recv_type(p->server, GSCTP_MSG_DATA);
	ck_assert(is_named(&m->from, 1, ip));
	gsctp_msg_free(m);
}

START_TEST(an_added_address_is_told_to_the_peer)
{
	struct loop_pair p = pair_of_one();

	add(p.client, SECOND);
	ck_assert(has_sockname(p.client, 0, SECOND));
	expect_change(&p, GSCTP_ADDR_ADDED, SECOND);
	ck_assert(has_peername(p.server, p.at_server, SECOND));
	ck_assert(has_peername(p.server, p.at_server, FIRST));
	await_sockname(&p, SECOND, true);
	traffic_both_ways(p.client, p.at_client, p.server, p.at_server);
}
END_TEST

START_TEST(a_removed_address_is_told_to_the_peer)
{
	struct loop_pair p = pair_of_two();

	rem(p.client, FIRST);
	ck_assert(!has_sockname(p.client, 0, FIRST));
	ck_assert(!has_sockname(p.client, p.at_client, FIRST));
	expect_change(&p, GSCTP_ADDR_REMOVED, FIRST);
	ck_assert(!has_peername(p.server, p.at_server, FIRST));
	ck_assert(has_peername(p.server, p.at_server, SECOND));
	expect_from(&p, SECOND);
	traffic_both_ways(p.client, p.at_client, p.server, p.at_server);
}
END_TEST

/* Renumbering: the last address goes when the new one is there. */
START_TEST(an_address_takes_the_place_of_the_only_one)
{
	struct loop_pair p = pair_of_one();

	add(p.client, SECOND);
	rem(p.client, FIRST);
	ck_assert(!has_sockname(p.client, 0, FIRST));
	expect_change(&p, GSCTP_ADDR_ADDED, SECOND);
	expect_change(&p, GSCTP_ADDR_REMOVED, FIRST);
	ck_assert(!has_peername(p.server, p.at_server, FIRST));
	await_sockname(&p, SECOND, true);
	await_sockname(&p, FIRST, false);
	expect_from(&p, SECOND);
	traffic_both_ways(p.client, p.at_client, p.server, p.at_server);
}
END_TEST

/* The peer has sent to the address before it hears that it goes. */
START_TEST(what_comes_to_an_address_that_goes_arrives)
{
	struct loop_pair p = pair_of_two();
	struct sockaddr_storage a = loop_addr(FIRST, 0);
	int i;

	for (i = 0; i < 20; i++) {
		traffic_send(p.server, p.at_server, 0, "on its way");
		ck_assert_int_eq(gsctp_bindx(p.client, &a, 1,
		    i % 2 == 0 ? GSCTP_BINDX_REM : GSCTP_BINDX_ADD), 0);
		traffic_expect(p.client, p.at_client, "on its way");
	}
	traffic_both_ways(p.client, p.at_client, p.server, p.at_server);
}
END_TEST

START_TEST(a_change_during_the_handshake_is_told_when_it_is_up)
{
	static const char *const server[] = { SERVER };
	static const char *const ips[] = { FIRST };
	struct sockaddr_storage to;
	struct loop_pair p;

	p.server = open_on(server, 1, true);
	p.client = open_on(ips, 1, true);
	ck_assert_int_eq(gsctp_listen(p.server, true), 0);
	ck_assert_int_eq(gsctp_sockname(p.server, &to), 0);
	ck_assert_int_eq(gsctp_connect_init(p.client, traffic_sa(&to),
	    sizeof(to), NULL, 0, &p.at_client), 0);
	add(p.client, SECOND);
	rem(p.client, FIRST);
	p.at_server = loop_recv_state(p.server, GSCTP_COMM_UP);
	ck_assert_uint_eq(loop_recv_state(p.client, GSCTP_COMM_UP),
	    p.at_client);
	expect_change(&p, GSCTP_ADDR_ADDED, SECOND);
	expect_change(&p, GSCTP_ADDR_REMOVED, FIRST);
	await_sockname(&p, FIRST, false);
	expect_from(&p, SECOND);
}
END_TEST

START_TEST(the_listening_side_may_change_too)
{
	struct loop_pair p = pair_of_one();

	add(p.server, THIRD);
	traffic_both_ways(p.client, p.at_client, p.server, p.at_server);
	while (!has_peername(p.client, p.at_client, THIRD))
		traffic_both_ways(p.client, p.at_client, p.server,
		    p.at_server);
	rem(p.server, SERVER);
	while (has_peername(p.client, p.at_client, SERVER))
		traffic_both_ways(p.client, p.at_client, p.server,
		    p.at_server);
	traffic_both_ways(p.client, p.at_client, p.server, p.at_server);
}
END_TEST

START_TEST(ipv4_and_ipv6_take_turns)
{
	const struct gsctp_opt opts[] = {
		GSCTP_FAMILY(GSCTP_INET6),
		GSCTP_I_WANT_MAPPED_V4_ADDR(false),
		GSCTP_ASCONF_SUPPORTED(.assoc_value = true),
		GSCTP_IP(loop_addr(SERVER, 0)),
		GSCTP_IP(loop_addr("::1", 0)),
	};
	struct loop_pair p;

	if (!loop_has_ipv6())
		return;
	p.server = loop_open(opts, 5);
	ck_assert_int_eq(gsctp_listen(p.server, true), 0);
	p.client = loop_open((const struct gsctp_opt[]){ opts[0], opts[1],
	    opts[2], GSCTP_IP(loop_addr(FIRST, 0)) }, 4);
	p.at_client = loop_connect(p.client, p.server);
	p.at_server = loop_recv_state(p.server, GSCTP_COMM_UP);

	ck_assert_int_eq(try_bindx(p.client, "::1", GSCTP_BINDX_ADD), 0);
	expect_change(&p, GSCTP_ADDR_ADDED, "::1");
	await_sockname(&p, "::1", true);
	rem(p.client, FIRST);
	expect_change(&p, GSCTP_ADDR_REMOVED, FIRST);
	ck_assert(has_peername(p.server, p.at_server, "::1"));
	traffic_both_ways(p.client, p.at_client, p.server, p.at_server);
}
END_TEST

START_TEST(the_peers_primary_address_is_set)
{
	struct loop_pair p = pair_of_two();
	struct gsctp_opt o = GSCTP_SET_PEER_PRIMARY_ADDR(
	    .assoc_id = p.at_client, .addr = loop_addr(SECOND, 0));
	struct sockaddr_storage ss[4];

	ck_assert_int_eq(gsctp_setopts(p.client, &o, 1, NULL), 0);
	expect_change(&p, GSCTP_ADDR_MADE_PRIM, SECOND);
	while (gsctp_peernames(p.server, p.at_server, ss, 4) != 2 ||
	    !is_named(ss, 1, SECOND))
		traffic_both_ways(p.client, p.at_client, p.server,
		    p.at_server);
	o.u.prim.addr = loop_addr(THIRD, 0);
	ck_assert_int_eq(gsctp_setopts(p.client, &o, 1, NULL), -EINVAL);
}
END_TEST

START_TEST(without_asconf_an_association_stays_as_it_is)
{
	static const char *const ips[] = { FIRST, SECOND };
	struct loop_pair p = pair_of(ips, 2, false);
	struct gsctp_opt o = GSCTP_SET_PEER_PRIMARY_ADDR(
	    .assoc_id = p.at_client, .addr = loop_addr(SECOND, 0));
	struct gsctp_opt has = GSCTP_ASCONF_SUPPORTED(
	    .assoc_id = p.at_server);

	ck_assert_int_eq(gsctp_getopts(p.server, &has, 1, NULL), 0);
	ck_assert_uint_eq(has.u.assoc_value.assoc_value, 0);
	ck_assert_int_eq(gsctp_setopts(p.client, &o, 1, NULL), -EOPNOTSUPP);
	add(p.client, THIRD);
	rem(p.client, FIRST);
	ck_assert(!has_sockname(p.client, 0, FIRST));
	ck_assert(has_sockname(p.client, 0, THIRD));
	ck_assert(has_sockname(p.client, p.at_client, FIRST));
	ck_assert(!has_sockname(p.client, p.at_client, THIRD));
	traffic_both_ways(p.client, p.at_client, p.server, p.at_server);
	ck_assert(has_peername(p.server, p.at_server, FIRST));
}
END_TEST

START_TEST(later_associations_have_the_addresses_of_then)
{
	static const char *const one[] = { FIRST };
	gsctp_sock client = open_on(one, 1, true);
	gsctp_sock server = loop_open(NULL, 0);
	struct loop_pair p = { .server = server, .client = client };

	ck_assert_int_eq(gsctp_listen(server, true), 0);
	add(client, SECOND);
	rem(client, FIRST);
	p.at_client = loop_connect(client, server);
	p.at_server = loop_recv_state(server, GSCTP_COMM_UP);
	ck_assert(has_peername(server, p.at_server, SECOND));
	ck_assert(!has_peername(server, p.at_server, FIRST));
	traffic_both_ways(client, p.at_client, server, p.at_server);
}
END_TEST

START_TEST(an_address_that_is_given_up_is_free_for_others)
{
	static const char *const two[] = { FIRST, SECOND };
	gsctp_sock s = open_on(two, 2, true);
	uint16_t port = (uint16_t)gsctp_port(s);
	const struct gsctp_opt ip = GSCTP_IP(loop_addr(FIRST, 0));
	gsctp_sock other;

	ck_assert_int_eq(loop_try_open(port, &ip, 1, &other), -EADDRINUSE);
	rem(s, FIRST);
	ck_assert_int_eq(loop_try_open(port, &ip, 1, &other), 0);
	ck_assert_int_eq(try_bindx(s, FIRST, GSCTP_BINDX_ADD), -EADDRINUSE);
	ck_assert_int_eq(gsctp_close(other), 0);
	add(s, FIRST);
}
END_TEST

START_TEST(bindx_refuses_what_cannot_be)
{
	static const char *const one[] = { FIRST };
	gsctp_sock s = open_on(one, 1, true);
	struct sockaddr_storage a = loop_addr(FIRST, 0);
	const struct gsctp_opt inet[] = { GSCTP_FAMILY(GSCTP_INET) };
	gsctp_sock any;

	ck_assert_int_eq(gsctp_bindx(s, NULL, 1, GSCTP_BINDX_ADD), -EINVAL);
	ck_assert_int_eq(gsctp_bindx(s, &a, 0, GSCTP_BINDX_ADD), -EINVAL);
	ck_assert_int_eq(gsctp_bindx(s, &a, 1, 0), -EINVAL);
	ck_assert_int_eq(gsctp_bindx(s, &a, 1, 3), -EINVAL);
	ck_assert_int_eq(gsctp_bindx(s, &a, 1, GSCTP_BINDX_REM), -EINVAL);
	ck_assert_int_eq(try_bindx(s, SECOND, GSCTP_BINDX_REM),
	    -EADDRNOTAVAIL);
	ck_assert_int_eq(try_bindx(s, "127.0.0.99", GSCTP_BINDX_ADD),
	    -EADDRNOTAVAIL);
	ck_assert_int_eq(try_bindx(s, "::1", GSCTP_BINDX_ADD), -EAFNOSUPPORT);
	ck_assert_int_eq(try_bindx(s, "0.0.0.0", GSCTP_BINDX_ADD), -EINVAL);
	memset(&a, 0, sizeof(a));
	ck_assert_int_eq(gsctp_bindx(s, &a, 1, GSCTP_BINDX_ADD),
	    -EAFNOSUPPORT);
	a = loop_addr(SECOND, (uint16_t)(gsctp_port(s) ^ 1));
	ck_assert_int_eq(gsctp_bindx(s, &a, 1, GSCTP_BINDX_ADD), -EINVAL);
	a = loop_addr(SECOND, (uint16_t)gsctp_port(s));
	ck_assert_int_eq(gsctp_bindx(s, &a, 1, GSCTP_BINDX_ADD), 0);
	ck_assert_int_eq(gsctp_bindx(s, &a, 1, GSCTP_BINDX_ADD), 0);
	any = loop_open(inet, 1);
	ck_assert_int_eq(try_bindx(any, FIRST, GSCTP_BINDX_ADD), -EINVAL);
	ck_assert_int_eq(try_bindx(any, FIRST, GSCTP_BINDX_REM), -EINVAL);
}
END_TEST

START_TEST(bindx_does_all_or_nothing)
{
	static const char *const one[] = { FIRST };
	gsctp_sock s = open_on(one, 1, true);
	struct sockaddr_storage a[3] = {
		loop_addr(SECOND, 0),
		loop_addr(THIRD, 0),
		loop_addr("127.0.0.99", 0),
	};

	ck_assert_int_eq(gsctp_bindx(s, a, 3, GSCTP_BINDX_ADD),
	    -EADDRNOTAVAIL);
	ck_assert(!has_sockname(s, 0, SECOND));
	ck_assert_int_eq(gsctp_bindx(s, a, 2, GSCTP_BINDX_ADD), 0);
	ck_assert(has_sockname(s, 0, SECOND) && has_sockname(s, 0, THIRD));
	a[2] = loop_addr(FIRST, 0);
	ck_assert_int_eq(gsctp_bindx(s, a, 3, GSCTP_BINDX_REM), -EINVAL);
	ck_assert_int_eq(gsctp_socknames(s, 0, a, 0), 3);
	ck_assert_int_eq(gsctp_bindx(s, a, 2, GSCTP_BINDX_REM), 0);
	ck_assert_int_eq(gsctp_socknames(s, 0, a, 0), 1);
}
END_TEST

START_TEST(asconf_is_off_and_wants_authentication)
{
	static const char *const one[] = { FIRST };
	gsctp_sock s = loop_open(NULL, 0);
	struct gsctp_opt asconf = GSCTP_ASCONF_SUPPORTED(.assoc_value = 9);
	struct gsctp_opt auth = GSCTP_AUTH_SUPPORTED(.assoc_value = 0);

	ck_assert_int_eq(gsctp_getopts(s, &asconf, 1, NULL), 0);
	ck_assert_uint_eq(asconf.u.assoc_value.assoc_value, 0);
	ck_assert_int_eq(gsctp_setopts(s, &auth, 1, NULL), 0);
	asconf.u.assoc_value.assoc_value = 1;
	ck_assert_int_eq(gsctp_setopts(s, &asconf, 1, NULL), -EINVAL);
	s = open_on(one, 1, true);
	ck_assert_int_eq(gsctp_setopts(s, &auth, 1, NULL), -EINVAL);
}
END_TEST

static void
add_tests(TCase *t)
{
	tcase_add_test(t, an_added_address_is_told_to_the_peer);
	tcase_add_test(t, a_removed_address_is_told_to_the_peer);
	tcase_add_test(t, an_address_takes_the_place_of_the_only_one);
	tcase_add_test(t, what_comes_to_an_address_that_goes_arrives);
	tcase_add_test(t,
	    a_change_during_the_handshake_is_told_when_it_is_up);
	tcase_add_test(t, the_listening_side_may_change_too);
	tcase_add_test(t, ipv4_and_ipv6_take_turns);
	tcase_add_test(t, the_peers_primary_address_is_set);
	tcase_add_test(t, without_asconf_an_association_stays_as_it_is);
	tcase_add_test(t, later_associations_have_the_addresses_of_then);
	tcase_add_test(t, an_address_that_is_given_up_is_free_for_others);
	tcase_add_test(t, bindx_refuses_what_cannot_be);
	tcase_add_test(t, bindx_does_all_or_nothing);
	tcase_add_test(t, asconf_is_off_and_wants_authentication);
}

int
main(void)
{
	Suite *s = suite_create("bindx");
	TCase *t = tcase_create("loop");

	tcase_add_checked_fixture(t, setup, loop_teardown);
	tcase_set_timeout(t, TRAFFIC_TIMEOUT_S);
	add_tests(t);
	suite_add_tcase(s, t);
	return gs_test_main(s);
}
