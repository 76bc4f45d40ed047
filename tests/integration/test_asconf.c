/* What a peer that knows RFC 5061 may not do with it. */

#include <errno.h>
#include <string.h>

#include "check_main.h"
#include "rawpeer.h"
#include "traffic.h"

#define RAW_AUTH 15
#define RAW_ASCONF 0xc1
#define STORM 20000

static gsctp_sock server;
static gsctp_assoc_id id;
static struct raw_peer peer;

/* It offers all that it takes: random bytes, AUTH of ASCONF and ASCONF ACK by
 * SHA-1, and both of them. */
static const uint8_t offer[] = {
	0x80, 0x02, 0, 36, [36] =
	0x80, 0x08, 0, 7, RAW_AUTH, RAW_ASCONF, 0x80, 0,
	0x80, 0x03, 0, 6, RAW_ASCONF, 0x80, 0, 0,
	0x80, 0x04, 0, 6, 0, 1, 0, 0,
};

static void
setup(void)
{
	const struct gsctp_opt opts[] = {
		GSCTP_ASCONF_SUPPORTED(.assoc_value = true),
	};
	struct gsctp_opt has;

	loop_setup();
	server = loop_open(opts, 1);
	ck_assert_int_eq(gsctp_listen(server, true), 0);
	raw_open(&peer, "127.0.0.3");
	peer.params = offer;
	peer.params_len = sizeof(offer);
	raw_connect(&peer, (uint16_t)gsctp_port(server));
	id = loop_recv_state(server, GSCTP_COMM_UP);
	has = (struct gsctp_opt)GSCTP_ASCONF_SUPPORTED(.assoc_id = id);
	ck_assert_int_eq(gsctp_getopts(server, &has, 1, NULL), 0);
	ck_assert_uint_eq(has.u.assoc_value.assoc_value, 1);
}

static void
teardown(void)
{
	raw_close(&peer);
	loop_teardown();
}

/* It has one address, and nothing was told of another. */
static void
check_unchanged(void)
{
	struct sockaddr_storage ss[64];
	struct gsctp_msg *m;

	raw_send_chunk(&peer, peer.peer_tag, RAW_HEARTBEAT, 0,
	    "\0\1\0\4", 4);
	(void)raw_wait(&peer, RAW_HEARTBEAT_ACK);
	ck_assert_int_eq(gsctp_peernames(server, id, ss, 64), 1);
	while (gsctp_recv(server, 0, &m) == 0) {
		ck_assert_int_eq(m->type, GSCTP_MSG_PADDR_CHANGE);
		ck_assert_uint_ne(m->u.paddr_change.state, GSCTP_ADDR_ADDED);
		ck_assert_uint_ne(m->u.paddr_change.state,
		    GSCTP_ADDR_REMOVED);
		gsctp_msg_free(m);
	}
}

/* ADD, DELETE or SET PRIMARY of an address, with the next serial number. */
static size_t
asconf(uint8_t *v, uint32_t serial, unsigned int type, uint32_t ip)
{
	static const uint8_t lookup[] = { 0, 5, 0, 8, 127, 0, 0, 3 };

	raw_put32(v, serial);
	memcpy(v + 4, lookup, sizeof(lookup));
	raw_put16(v + 12, type);
	raw_put16(v + 14, 16);
	raw_put32(v + 16, 1);
	raw_put16(v + 20, 5);
	raw_put16(v + 22, 8);
	raw_put32(v + 24, ip);
	return 28;
}

START_TEST(a_change_that_is_not_authenticated_is_none)
{
	static const unsigned int types[] = { 0xc001, 0xc002, 0xc004 };
	uint8_t v[64];
	size_t i, len;

	for (i = 0; i < 3; i++) {
		len = asconf(v, peer.tsn, types[i], 0x7f000005);
		raw_send_chunk(&peer, peer.peer_tag, RAW_ASCONF, 0, v, len);
		check_unchanged();
	}
}
END_TEST

START_TEST(a_change_with_a_wrong_hmac_is_none)
{
	static const uint8_t auth[24] = { 0, 0, 0, 1, 1, 2, 3 };
	uint8_t v[64];
	size_t len = asconf(v, peer.tsn, 0xc001, 0x7f000005);

	raw_begin(&peer, peer.peer_tag);
	raw_add(&peer.out, RAW_AUTH, 0, auth, sizeof(auth));
	raw_add(&peer.out, RAW_ASCONF, 0, v, len);
	raw_send(&peer);
	check_unchanged();
}
END_TEST

/* Who claims another's address does not keep it out. */
START_TEST(an_address_that_is_only_claimed_stays_its_owners)
{
	struct raw_peer owner;
	uint8_t v[64];
	size_t len = asconf(v, peer.tsn, 0xc001, 0x7f000005);

	raw_send_chunk(&peer, peer.peer_tag, RAW_ASCONF, 0, v, len);
	check_unchanged();
	raw_open(&owner, "127.0.0.5");
	owner.port = peer.port;
	raw_connect(&owner, (uint16_t)gsctp_port(server));
	ck_assert_uint_ne(loop_recv_state(server, GSCTP_COMM_UP), id);
	raw_close(&owner);
}
END_TEST

START_TEST(a_storm_of_changes_does_no_harm)
{
	uint8_t v[64];
	uint32_t i;
	size_t len;

	for (i = 0; i < STORM; i++) {
		len = asconf(v, peer.tsn + i % 7, 0xc001 + i % 2,
		    0x0a000000 + i);
		raw_send_chunk(&peer, peer.peer_tag, RAW_ASCONF, 0, v, len);
		if (i % 1000 == 0)
			check_unchanged();
	}
	check_unchanged();
	ck_assert_int_eq(gsctp_send(server, id, 0, "still here", 10), 0);
	(void)raw_wait(&peer, RAW_DATA);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("asconf");
	TCase *t = tcase_create("asconf");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_set_timeout(t, TRAFFIC_TIMEOUT_S);
	tcase_add_test(t, a_change_that_is_not_authenticated_is_none);
	tcase_add_test(t, a_change_with_a_wrong_hmac_is_none);
	tcase_add_test(t, an_address_that_is_only_claimed_stays_its_owners);
	tcase_add_test(t, a_storm_of_changes_does_no_harm);
	suite_add_tcase(s, t);
	return gs_test_main(s);
}
