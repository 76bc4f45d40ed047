/* Addresses that change, from within: from which may a packet leave, and to
 * which may one come? */

#include <errno.h>

#include "check_main.h"
#include "engine.h"
#include "filter.h"
#include "raw_ports.h"
#include "rawpeer.h"
#include "tags.h"
#include "traffic.h"

#define SERVER "127.0.0.1"
#define FIRST "127.0.0.2"
#define SECOND "127.0.0.3"

static struct loop_pair pair;
static uint16_t client_port;

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
	client_port = (uint16_t)gsctp_port(pair.client);
	ck_assert_int_eq(gsctp_listen(pair.server, true), 0);
	pair.at_client = loop_connect(pair.client, pair.server);
	pair.at_server = loop_recv_state(pair.server, GSCTP_COMM_UP);
}

/* The client's association, while the lock is held. */
static const struct gs_tag_record *
record(void)
{
	struct gs_tags *t = gs_filter_tags(gs_engine_filter_locked());
	const struct gs_tag_record *r;

	for (r = t->confirmed.oldest; r != NULL; r = r->newer)
		if (r->local_port == client_port)
			break;
	ck_assert_ptr_nonnull(r);
	return r;
}

/* A DATA chunk, without its data. */
static struct gs_packet
packet(const char *src, const char *dst, uint16_t from, uint16_t to,
    uint32_t tag)
{
	static uint8_t bytes[28];
	struct gs_packet pkt;

	memset(&pkt, 0, sizeof(pkt));
	pkt.data = bytes;
	pkt.len = sizeof(bytes);
	ck_assert_int_eq(gs_addr_parse(&pkt.src, src), 0);
	ck_assert_int_eq(gs_addr_parse(&pkt.dst, dst), 0);
	raw_put16(bytes, from);
	raw_put16(bytes + 2, to);
	raw_put32(bytes + 4, tag);
	raw_put32(bytes + 12, 0x00030010);
	return pkt;
}

static bool
may_leave_from(const char *ip)
{
	const struct gs_tag_record *r;
	struct gs_packet pkt;
	union gs_addr a;
	bool knows;

	ck_assert_int_eq(gs_addr_parse(&a, ip), 0);
	gs_enter();
	r = record();
	pkt = packet(ip, SERVER, r->local_port, r->peer_port, r->peer_tag);
	knows = gs_filter_knows_local(gs_engine_filter_locked(), &pkt, &a);
	gs_leave();
	return knows;
}

/* Over raw IP: is what comes there the client's? */
static bool
is_ours_at(const char *ip, uint32_t tag_off_by)
{
	const struct gs_tag_record *r;
	struct gs_packet pkt;
	bool is_ours;

	gs_enter();
	r = record();
	pkt = packet(SERVER, ip, r->peer_port, r->local_port,
	    r->local_tag + tag_off_by);
	is_ours = gs_raw_is_ours(&pkt);
	gs_leave();
	return is_ours;
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

/* The peer sends there until it has heard; nobody else's packets count. */
START_TEST(an_address_that_goes_gets_packets_over_raw_ip_too)
{
	ck_assert(is_ours_at(FIRST, 1));
	change(SECOND, GSCTP_BINDX_ADD);
	change(FIRST, GSCTP_BINDX_REM);
	ck_assert(is_ours_at(FIRST, 0));
	ck_assert(!is_ours_at(FIRST, 1));
	await(FIRST, false);
	ck_assert(is_ours_at(FIRST, 0));
	ck_assert(is_ours_at(SECOND, 1));
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
	tcase_add_test(t,
	    an_address_that_goes_gets_packets_over_raw_ip_too);
	suite_add_tcase(s, t);
	return gs_test_main(s);
}
