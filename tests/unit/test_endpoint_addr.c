/* What the filter knows of addresses that change: from which of ours may a
 * packet leave? */

#include <errno.h>

#include "check_main.h"
#include "engine.h"
#include "filter.h"
#include "rawpeer.h"
#include "tags.h"
#include "traffic.h"

#define SERVER "127.0.0.1"
#define FIRST "127.0.0.2"
#define SECOND "127.0.0.3"

static struct loop_pair pair;

static gsctp_sock
open_on(const char *ip)
{
	const struct gsctp_opt opts[] = {
		GSCTP_ASCONF_SUPPORTED(.assoc_value = true),
		GSCTP_IP(loop_addr(ip, 0)),
	};

	return loop_open(opts, 2);
}

static void
setup(void)
{
	static const char *const addrs[] = { SERVER, FIRST, SECOND };
	struct gsctp_stack_config cfg;

	loop_engine_left = 0;
	loop_config(&cfg);
	cfg.addrs = addrs;
	cfg.naddrs = 3;
	ck_assert_int_eq(gsctp_stack_start(&cfg), 0);
	pair.server = open_on(SERVER);
	pair.client = open_on(FIRST);
	ck_assert_int_eq(gsctp_listen(pair.server, true), 0);
	pair.at_client = loop_connect(pair.client, pair.server);
	pair.at_server = loop_recv_state(pair.server, GSCTP_COMM_UP);
}

/* A DATA chunk of the client's association, without its data. */
static bool
may_leave_from(const char *ip)
{
	struct gs_filter *f = gs_engine_filter_locked();
	uint16_t port = (uint16_t)gsctp_port(pair.client);
	uint8_t bytes[28] = { [13] = 3, [15] = 16 };
	struct gs_tag_record *r;
	struct gs_packet pkt;
	union gs_addr a;
	bool knows;

	memset(&pkt, 0, sizeof(pkt));
	pkt.data = bytes;
	pkt.len = sizeof(bytes);
	ck_assert_int_eq(gs_addr_parse(&pkt.dst, SERVER), 0);
	ck_assert_int_eq(gs_addr_parse(&a, ip), 0);
	gs_enter();
	for (r = gs_filter_tags(f)->confirmed.oldest; r != NULL; r = r->newer)
		if (r->local_port == port)
			break;
	ck_assert_ptr_nonnull(r);
	raw_put16(bytes, r->local_port);
	raw_put16(bytes + 2, r->peer_port);
	raw_put32(bytes + 4, r->peer_tag);
	knows = gs_filter_knows_local(f, &pkt, &a);
	gs_leave();
	return knows;
}

static void
change(const char *ip, int op)
{
	struct sockaddr_storage a = loop_addr(ip, 0);

	ck_assert_int_eq(gsctp_bindx(pair.client, &a, 1, op), 0);
}

static void
await(const char *ip, bool may)
{
	uint64_t end = loop_now_ms() + LOOP_MS;

	while (may_leave_from(ip) != may) {
		ck_assert_uint_lt(loop_now_ms(), end);
		traffic_both_ways(pair.client, pair.at_client, pair.server,
		    pair.at_server);
	}
}

START_TEST(a_packet_may_leave_from_an_address_that_the_peer_agreed_to)
{
	ck_assert(may_leave_from(FIRST));
	ck_assert(!may_leave_from(SECOND));
	change(SECOND, GSCTP_BINDX_ADD);
	await(SECOND, true);
	ck_assert(may_leave_from(FIRST));
	change(FIRST, GSCTP_BINDX_REM);
	await(FIRST, false);
	ck_assert(may_leave_from(SECOND));
	change(FIRST, GSCTP_BINDX_ADD);
	await(FIRST, true);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("endpoint_addr");
	TCase *t = tcase_create("endpoint_addr");

	tcase_add_checked_fixture(t, setup, loop_teardown);
	tcase_add_test(t,
	    a_packet_may_leave_from_an_address_that_the_peer_agreed_to);
	suite_add_tcase(s, t);
	return gs_test_main(s);
}
