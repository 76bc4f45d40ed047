/*
 * Packets that no decent peer sends: the association lives on, data still
 * flows, and the counters say what was refused.
 *
 * The random ones print their seed and take it from GSCTP_TEST_SEED.
 */

#include <errno.h>

#include "check_main.h"
#include "loop.h"
#include "rawpeer.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static struct raw_peer peer;	 /* the one that is connected */
static struct raw_peer attacker; /* the same address, another UDP port */
static gsctp_sock server;
static gsctp_assoc_id id;
static uint16_t next_ssn;

static struct gsctp_stack_info
stack_info(void)
{
	struct gsctp_stack_info info;

	ck_assert_int_eq(gsctp_stack_info(&info), 0);
	return info;
}

static void
setup(void)
{
	struct gsctp_msg *m;

	loop_setup();
	server = loop_open(NULL, 0);
	ck_assert_int_eq(gsctp_listen(server, GSCTP_BACKLOG), 0);
	raw_open(&peer, "127.0.0.1");
	raw_open(&attacker, "127.0.0.1");
	raw_connect(&peer, (uint16_t)gsctp_port(server));
	m = raw_recv_type(&peer, server, GSCTP_MSG_ASSOC_CHANGE);
	id = m->assoc_id;
	gsctp_msg_free(m);
	attacker.port = peer.port;
	attacker.to_port = peer.to_port;
	next_ssn = 0;
}

static void
teardown(void)
{
	raw_close(&attacker);
	raw_close(&peer);
	loop_teardown();
}

/* What came before has been dealt with by the time that this is through: the
 * stack reads one UDP socket here, in order. */
static void
check_alive(void)
{
	struct gsctp_msg *m;
	struct raw_chunk c;
	gsctp_assoc_id ids[2];

	raw_data(&peer, RAW_FIRST | RAW_LAST, 0, next_ssn++, "in", 2);
	for (;;) {
		m = raw_recv(&peer, server);
		if (m->type == GSCTP_MSG_DATA)
			break;
		ck_assert_uint_eq(m->type, GSCTP_MSG_PADDR_CHANGE);
		ck_assert_uint_eq(m->u.paddr_change.state,
		    GSCTP_ADDR_CONFIRMED);
		gsctp_msg_free(m);
	}
	ck_assert_uint_eq(m->assoc_id, id);
	ck_assert_uint_eq(m->u.data.len, 2);
	ck_assert_mem_eq(m->u.data.data, "in", 2);
	gsctp_msg_free(m);
	ck_assert_int_eq(gsctp_send(server, id, 0, "out", 3), 0);
	c = raw_wait(&peer, RAW_DATA);
	ck_assert_mem_eq(c.value + 12, "out", 3);
	raw_answer(&peer, &c);
	ck_assert_int_eq(gsctp_assocs(server, ids, 2), 1);
	ck_assert_uint_eq(ids[0], id);
}

/* A chunk of each type that could do something, well-formed. */
struct sample {
	uint8_t type, flags;
	uint8_t len;	/* of value */
	uint8_t value[40];
};

static const struct sample samples[] = {
	{ RAW_DATA, 3, 16, { 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 'e', 'v', 'i',
	    'l' } },
	{ RAW_SACK, 0, 12, { 0xff, 0xff, 0xff, 0xff, 0, 0, 0xff, 0xff } },
	{ RAW_HEARTBEAT, 0, 8, { 0, 1, 0, 8, 1, 2, 3, 4 } },
	{ RAW_HEARTBEAT_ACK, 0, 8, { 0, 1, 0, 8, 1, 2, 3, 4 } },
	{ RAW_ABORT, 0, 0, { 0 } },
	{ RAW_ABORT, 1, 0, { 0 } },	/* T: the tag is reflected */
	{ RAW_SHUTDOWN, 0, 4, { 0 } },
	{ RAW_SHUTDOWN_ACK, 0, 0, { 0 } },
	{ RAW_ERROR, 0, 8, { 0, 3, 0, 8, 0, 0, 0, 0 } },
	{ RAW_COOKIE_ECHO, 0, 8, { 1, 2, 3, 4, 5, 6, 7, 8 } },
	{ RAW_COOKIE_ACK, 0, 0, { 0 } },
	{ RAW_SHUTDOWN_COMPLETE, 0, 0, { 0 } },
	{ RAW_SHUTDOWN_COMPLETE, 1, 0, { 0 } },
	{ 12, 0, 4, { 0 } },		/* ECNE */
	{ 13, 0, 4, { 0 } },		/* CWR */
	{ 15, 0, 24, { 0, 0, 0, 1 } },	/* AUTH */
	{ 130, 0, 12, { 0, 13, 0, 16 } }, /* RE-CONFIG, cut short */
	{ 130, 0, 16, { 0, 13, 0, 16, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1 } },
	{ 192, 0, 4, { 0xff, 0xff, 0xff, 0xff } }, /* FORWARD TSN */
	{ 193, 0, 24, { 0, 0, 0, 1, 0, 5, 0, 8, 127, 0, 0, 1, 0xc0, 1, 0, 12,
	    0, 0, 0, 1 } },		/* ASCONF */
	{ 128, 0, 4, { 0, 0, 0, 1 } },	/* ASCONF ACK */
	{ 0x3f, 0, 4, { 0 } },		/* unknown: stop, say nothing */
	{ 0x7f, 0, 4, { 0 } },		/* unknown: stop, and report */
	{ 0xbf, 0, 4, { 0 } },		/* unknown: skip */
	{ 0xff, 0, 4, { 0 } },		/* unknown: skip, and report */
};

static void
send_sample(struct raw_peer *from, uint32_t tag, const struct sample *s)
{
	raw_send_chunk(from, tag, s->type, s->flags, s->value, s->len);
}

/* ---- checksums ---- */

START_TEST(a_wrong_checksum_is_dropped_and_counted)
{
	uint64_t before = stack_info().in_bad_checksum;
	uint8_t right[4];
	size_t i;

	for (i = 0; i < 34; i++) {
		raw_begin(&peer, peer.peer_tag);
		raw_add(&peer.out, RAW_ABORT, 0, NULL, 0);
		raw_checksum(&peer.out);
		memcpy(right, peer.out.b + 8, 4);
		if (i < 32)
			peer.out.b[8 + i / 8] ^= (uint8_t)(1 << i % 8);
		else if (i == 32)
			memset(peer.out.b + 8, 0, 4);
		else
			memset(peer.out.b + 8, 0xff, 4);
		ck_assert_mem_ne(peer.out.b + 8, right, 4);
		raw_send_as_is(&peer, 0);
	}
	/* Right, but over another length. */
	raw_begin(&peer, peer.peer_tag);
	raw_add(&peer.out, RAW_ABORT, 0, NULL, 0);
	raw_checksum(&peer.out);
	raw_add(&peer.out, RAW_ABORT, 0, NULL, 0);
	raw_send_as_is(&peer, 0);
	check_alive();
	ck_assert_uint_eq(stack_info().in_bad_checksum, before + 35);
}
END_TEST

/* ---- verification tags ---- */

START_TEST(a_wrong_tag_ends_no_association)
{
	const uint32_t tags[] = { 0, 1, peer.peer_tag ^ 1,
		peer.peer_tag + 1, ~peer.peer_tag, peer.tag ^ 1, 0xffffffff };
	struct raw_peer *from[] = { &peer, &attacker };
	uint64_t before = stack_info().in_bad_tag;
	size_t i, j, k;

	for (i = 0; i < COUNT(samples); i++) {
		for (j = 0; j < COUNT(tags); j++)
			for (k = 0; k < COUNT(from); k++)
				send_sample(from[k], tags[j], &samples[i]);
		check_alive();
	}
	/* All but the RE-CONFIG that is cut short, which is malformed. */
	ck_assert_uint_ge(stack_info().in_bad_tag, before +
	    (COUNT(samples) - 2) * COUNT(tags) * COUNT(from));
}
END_TEST

/* Without the T bit the peer's own tag is wrong, and with it ours. */
START_TEST(a_reflected_tag_is_right_with_the_t_bit_alone)
{
	size_t i;

	for (i = 0; i < COUNT(samples); i++) {
		bool can_reflect = samples[i].flags == 1 &&
		    (samples[i].type == RAW_ABORT ||
		    samples[i].type == RAW_SHUTDOWN_COMPLETE);

		send_sample(&peer, can_reflect ? peer.peer_tag : peer.tag,
		    &samples[i]);
		check_alive();
	}
	raw_send_chunk(&peer, peer.tag, RAW_ABORT, 1, NULL, 0);
	ck_assert_uint_eq(loop_recv_state(server, GSCTP_COMM_LOST), id);
}
END_TEST

/* Two of our own sockets; somebody else knows their ports. */
START_TEST(a_stranger_ends_no_association_of_ours)
{
	struct loop_pair p = loop_pair(NULL, 0);
	struct gsctp_msg *m;
	size_t i, j;

	for (j = 0; j < 2; j++) {
		attacker.port = (uint16_t)gsctp_port(j ? p.client : p.server);
		attacker.to_port =
		    (uint16_t)gsctp_port(j ? p.server : p.client);
		for (i = 0; i < COUNT(samples); i++) {
			send_sample(&attacker, 0x12345678, &samples[i]);
			send_sample(&attacker, 0, &samples[i]);
		}
		raw_new_tag(&attacker);
		raw_send_init(&attacker);
	}
	ck_assert_int_eq(gsctp_send(p.client, p.at_client, 0, "x", 1), 0);
	m = loop_recv_type(p.server, GSCTP_MSG_DATA);
	ck_assert_uint_eq(m->assoc_id, p.at_server);
	gsctp_msg_free(m);
	ck_assert_int_eq(gsctp_send(p.server, p.at_server, 0, "y", 1), 0);
	gsctp_msg_free(loop_recv_type(p.client, GSCTP_MSG_DATA));
	check_alive();
}
END_TEST

/* Without the filter any packet moved the association. */
START_TEST(a_wrong_tag_does_not_move_the_udp_port)
{
	struct gsctp_opt o = GSCTP_REMOTE_UDP_ENCAPS_PORT(.assoc_id = id);
	struct raw_chunk c;
	size_t i;

	for (i = 0; i < COUNT(samples); i++) {
		send_sample(&attacker, peer.peer_tag ^ 0x100, &samples[i]);
		/* The same with a bad checksum. */
		attacker.out.b[8] ^= 1;
		raw_send_as_is(&attacker, 0);
	}
	raw_new_tag(&attacker);
	raw_send_init(&attacker);
	check_alive();
	ck_assert_int_eq(gsctp_getopts(server, &o, 1, NULL), 0);
	ck_assert_uint_eq(o.u.udp_encaps.port, peer.udp_port);
	while (raw_next(&attacker, 0, &c))
		ck_assert_uint_ne(c.type, RAW_DATA);
}
END_TEST

/* Behind a NAT that has forgotten: RFC 6951 5.4. */
START_TEST(the_right_tag_moves_the_udp_port)
{
	struct gsctp_opt o = GSCTP_REMOTE_UDP_ENCAPS_PORT(.assoc_id = id);
	struct raw_chunk c;

	attacker.peer_tag = peer.peer_tag;
	attacker.tsn = peer.tsn;
	attacker.cum = peer.cum;
	raw_data(&attacker, RAW_FIRST | RAW_LAST, 0, next_ssn++, "moved", 5);
	gsctp_msg_free(raw_recv_type(&attacker, server, GSCTP_MSG_DATA));
	ck_assert_int_eq(gsctp_getopts(server, &o, 1, NULL), 0);
	ck_assert_uint_eq(o.u.udp_encaps.port, attacker.udp_port);
	ck_assert_int_eq(gsctp_send(server, id, 0, "here", 4), 0);
	c = raw_wait(&attacker, RAW_DATA);
	ck_assert_mem_eq(c.value + 12, "here", 4);
}
END_TEST

/* ---- INIT ---- */

/* INIT as the peer's own, but for 32 bits at an offset in its value. */
static void
send_odd_init(size_t at, uint32_t mask, uint32_t bits)
{
	uint8_t v[2048];
	size_t len = raw_init_value(&peer, v);

	raw_put32(v + at, (raw_get32(v + at) & ~mask) | bits);
	raw_send_chunk(&peer, 0, RAW_INIT, 0, v, len);
}

/* Without the filter each of these aborted the association. */
START_TEST(a_malformed_init_ends_no_association)
{
	uint64_t before = stack_info().in_bad_init;

	send_odd_init(0, 0xffffffff, 0);	/* initiate tag */
	send_odd_init(4, 0xffffffff, 0);	/* a_rwnd */
	send_odd_init(4, 0xffffffff, 1499);
	send_odd_init(8, 0xffff0000, 0);	/* outbound streams */
	send_odd_init(8, 0x0000ffff, 0);	/* inbound streams */
	send_odd_init(8, 0xffffffff, 0);
	check_alive();
	ck_assert_uint_eq(stack_info().in_bad_init, before + 6);
}
END_TEST

/* RFC 4895: a list of chunks without AUTH, and the like. */
START_TEST(an_init_with_half_of_auth_ends_no_association)
{
	static const uint8_t list[] = { 0x80, 3, 0, 5, 0, 0, 0, 0 };
	static const uint8_t no_ext[52] = { 0x80, 2, 0, 36, [36] = 0x80, 3, 0,
		5, 0, 0, 0, 0, 0x80, 4, 0, 6, 0, 1 };
	static const uint8_t asconf[] = { 0x80, 8, 0, 6, 0xc1, 0x80, 0, 0 };
	static const uint8_t short_random[] = { 0x80, 2, 0, 8, 1, 2, 3, 4 };
	static const uint8_t odd_hmac[] = { 0x80, 4, 0, 6, 0, 9, 0, 0 };
	static const struct {
		const uint8_t *params;
		size_t len;
	} inits[] = {
		{ list, sizeof(list) },
		{ no_ext, sizeof(no_ext) },
		{ asconf, sizeof(asconf) },
		{ short_random, sizeof(short_random) },
		{ odd_hmac, sizeof(odd_hmac) },
	};
	uint64_t before = stack_info().in_bad_init;
	size_t i;

	for (i = 0; i < COUNT(inits); i++) {
		peer.params = inits[i].params;
		peer.params_len = inits[i].len;
		raw_send_init(&peer);
		check_alive();
	}
	ck_assert_uint_eq(stack_info().in_bad_init, before + COUNT(inits));
}
END_TEST

/* An ABORT that answers the INIT of r, with cause 11 and one new address. */
static void
check_refused(struct raw_peer *r, const char *ip)
{
	struct raw_chunk c = raw_wait(r, RAW_ABORT);
	struct in_addr a;

	ck_assert_uint_eq(c.tag, r->tag);
	ck_assert_uint_eq(c.flags, 0);
	ck_assert_uint_eq(c.len, 12);
	ck_assert_uint_eq(raw_get32(c.value), 11u << 16 | 12);
	ck_assert_uint_eq(raw_get32(c.value + 4), 5u << 16 | 8);
	ck_assert_int_eq(inet_pton(AF_INET, ip, &a), 1);
	ck_assert_mem_eq(c.value + 8, &a, 4);
}

START_TEST(an_init_with_other_addresses_or_udp_port_restarts_nothing)
{
	static const uint8_t other[] = { 0, 5, 0, 8, 127, 0, 0, 7 };
	static const uint8_t victim[] = { 0, 5, 0, 8, 127, 0, 0, 1 };
	uint64_t before = stack_info().in_bad_restart;

	peer.params = other;		/* one more */
	peer.params_len = sizeof(other);
	raw_send_init(&peer);
	check_refused(&peer, "127.0.0.7");
	raw_new_tag(&attacker);		/* from another UDP port */
	raw_send_init(&attacker);
	check_refused(&attacker, "127.0.0.1");
	raw_close(&attacker);
	raw_open(&attacker, "127.0.0.4");
	attacker.port = peer.port;
	attacker.to_port = peer.to_port;
	raw_new_tag(&attacker);
	attacker.params = victim;	/* "I am also the peer" */
	attacker.params_len = sizeof(victim);
	raw_send_init(&attacker);
	check_refused(&attacker, "127.0.0.4");
	check_alive();
	ck_assert_uint_eq(stack_info().in_bad_restart, before + 3);
}
END_TEST

/* Two programs with one port, whose handshakes run at the same moment. */
START_TEST(of_two_cookies_from_one_address_the_second_is_refused)
{
	const uint8_t *cookie = NULL;
	struct raw_peer second;
	struct raw_chunk c;
	size_t len = 0;

	raw_open(&second, "127.0.0.1");
	second.port = attacker.port = 5002;
	second.to_port = peer.to_port;
	raw_new_tag(&second);
	raw_send_init(&second);
	c = raw_wait(&second, RAW_INIT_ACK);
	raw_learn(&second, &c);
	raw_find_cookie(&c, &cookie, &len);
	raw_connect(&attacker, peer.to_port);
	(void)loop_recv_state(server, GSCTP_COMM_UP);
	raw_send_chunk(&second, second.peer_tag, RAW_COOKIE_ECHO, 0, cookie,
	    len);
	check_refused(&second, "127.0.0.1");
	/* The first one's is as it was. */
	raw_shutdown(&attacker);
	(void)loop_recv_state(server, GSCTP_SHUTDOWN_COMP);
	raw_close(&second);
	check_alive();
}
END_TEST

/* A parameter that straddles the chunk's end, or has length 0 to 3. */
START_TEST(a_parameter_that_does_not_fit_is_dropped)
{
	uint8_t param[16] = { 0xc0, 0x00 };
	uint64_t before = stack_info().in_bad_init + stack_info().in_bad_chunk;
	uint64_t n = 0;
	uint32_t len;

	peer.params = param;
	peer.params_len = 8;
	for (len = 0; len < 70000; len = len < 20 ? len + 1 : len * 4) {
		if (len >= 4 && len <= 8)
			continue;
		raw_put16(param + 2, len > 65535 ? 65535 : len);
		raw_send_init(&peer);
		n++;
	}
	check_alive();
	ck_assert_uint_eq(stack_info().in_bad_init +
	    stack_info().in_bad_chunk, before + n);
}
END_TEST

/* ---- shapes ---- */

/* With the right tag: each chunk, cut at every length, says one length and
 * has another. */
START_TEST(a_chunk_that_is_cut_short_is_dropped_and_counted)
{
	uint64_t before = stack_info().in_bad_chunk;
	uint64_t n = 0;
	size_t i, len;

	for (i = 0; i < COUNT(samples); i++) {
		const struct sample *s = &samples[i];

		for (len = 0; len < s->len; len++) {
			raw_begin(&peer, peer.peer_tag);
			raw_add(&peer.out, s->type, s->flags, s->value,
			    s->len);
			peer.out.len = 16 + len;	/* not whole */
			raw_send(&peer);
			n++;
		}
		for (len = 0; len < 4; len++) {
			raw_begin(&peer, peer.peer_tag);
			raw_add(&peer.out, s->type, s->flags, s->value,
			    s->len);
			raw_put16(peer.out.b + 14, (uint32_t)len);
			raw_send(&peer);
			n++;
		}
		check_alive();
	}
	ck_assert_uint_eq(stack_info().in_bad_chunk, before + n);
}
END_TEST

/* Shorter than its type needs, and whole. */
START_TEST(a_chunk_that_is_too_short_for_its_type_is_dropped)
{
	static const struct {
		uint8_t type, min;	/* of the value */
	} shapes[] = {
		{ RAW_DATA, 13 }, { RAW_SACK, 12 }, { RAW_HEARTBEAT, 4 },
		{ RAW_HEARTBEAT_ACK, 4 }, { RAW_SHUTDOWN, 4 },
		{ RAW_COOKIE_ECHO, 1 }, { 12, 4 }, { 13, 4 }, { 15, 4 },
		{ 130, 8 }, { 192, 4 }, { 193, 12 }, { 128, 4 },
		{ RAW_INIT, 16 }, { RAW_INIT_ACK, 16 },
	};
	static const uint8_t zeroes[20];
	uint64_t before = stack_info().in_bad_chunk + stack_info().in_bad_init;
	uint64_t n = 0;
	size_t i, len;

	for (i = 0; i < COUNT(shapes); i++) {
		for (len = 0; len < shapes[i].min; len++) {
			raw_send_chunk(&peer, shapes[i].type == RAW_INIT ? 0 :
			    peer.peer_tag, shapes[i].type, 0, zeroes, len);
			n++;
		}
		check_alive();
	}
	ck_assert_uint_eq(stack_info().in_bad_chunk +
	    stack_info().in_bad_init, before + n);
}
END_TEST

START_TEST(a_datagram_of_no_packet_is_dropped_and_counted)
{
	static const size_t lens[] = { 0, 1, 2, 3, 4, 7, 8, 11, 12, 13, 15 };
	uint64_t before = stack_info().in_bad_chunk;
	size_t i, j;

	for (i = 0; i < COUNT(lens); i++) {
		for (j = 0; j < sizeof(attacker.out.b); j++)
			attacker.out.b[j] = (uint8_t)j;
		attacker.out.len = lens[i];
		raw_send_as_is(&attacker, 0);
		raw_begin(&peer, peer.peer_tag);
		raw_add(&peer.out, RAW_ABORT, 0, NULL, 0);
		raw_checksum(&peer.out);
		peer.out.len = lens[i];
		raw_send_as_is(&peer, 0);
	}
	check_alive();
	ck_assert_uint_eq(stack_info().in_bad_chunk, before + 2 * COUNT(lens));
}
END_TEST

static unsigned int
seed(void)
{
	const char *s = getenv("GSCTP_TEST_SEED");
	unsigned int v = s != NULL ? (unsigned int)strtoul(s, NULL, 0) :
				     (unsigned int)time(NULL);

	printf("GSCTP_TEST_SEED=%u\n", v);
	fflush(stdout);
	return v;
}

static uint8_t
any_byte(unsigned int *state)
{
	*state = *state * 1103515245u + 12345u;
	return (uint8_t)(*state >> 16);
}

/* With a right checksum or not; to known ports or not. */
START_TEST(garbage_does_no_harm)
{
	unsigned int state = seed();
	struct raw_chunk c;
	int i;
	size_t j;

	for (i = 0; i < 3000; i++) {
		attacker.out.len = 12 + any_byte(&state);
		for (j = 0; j < attacker.out.len; j++)
			attacker.out.b[j] = any_byte(&state);
		if (any_byte(&state) & 1) {
			raw_put16(attacker.out.b, peer.port);
			raw_put16(attacker.out.b + 2, peer.to_port);
		}
		if ((any_byte(&state) & 1) && attacker.out.len > 16) {
			attacker.out.b[12] &= 0x0f;
			raw_put16(attacker.out.b + 14,
			    (uint32_t)attacker.out.len - 12);
		}
		if (any_byte(&state) & 3)
			raw_checksum(&attacker.out);
		raw_send_as_is(&attacker, 0);
		if (i % 100 == 0)
			check_alive();
	}
	check_alive();
	while (raw_next(&attacker, 0, &c))
		ck_assert_uint_ne(c.type, RAW_DATA);
}
END_TEST

/* ---- out of the blue: RFC 9260 8.4 ---- */

START_TEST(a_packet_out_of_the_blue_is_answered_with_abort)
{
	const uint16_t ports[] = { peer.to_port, 1, 65535 };
	struct raw_chunk c;
	size_t i;

	for (i = 0; i < COUNT(ports); i++) {
		attacker.port = 7777;
		attacker.to_port = ports[i];
		send_sample(&attacker, 0xdeadbeef, &samples[0]);
		c = raw_wait(&attacker, RAW_ABORT);
		ck_assert_uint_eq(c.tag, 0xdeadbeef);
		ck_assert_uint_eq(c.flags & 1, 1);
		ck_assert_uint_eq(raw_get16(attacker.in.b), ports[i]);
		ck_assert_uint_eq(raw_get16(attacker.in.b + 2), 7777);
	}
	/* (5): a SHUTDOWN ACK gets a SHUTDOWN COMPLETE. */
	raw_send_chunk(&attacker, 0xdeadbeef, RAW_SHUTDOWN_ACK, 0, NULL, 0);
	c = raw_wait(&attacker, RAW_SHUTDOWN_COMPLETE);
	ck_assert_uint_eq(c.tag, 0xdeadbeef);
	ck_assert_uint_eq(c.flags & 1, 1);
	check_alive();
}
END_TEST

START_TEST(an_abort_out_of_the_blue_is_not_answered)
{
	struct raw_chunk c;

	attacker.port = 7777;
	raw_send_chunk(&attacker, 0xdeadbeef, RAW_ABORT, 0, NULL, 0);
	raw_send_chunk(&attacker, 0xdeadbeef, RAW_ABORT, 1, NULL, 0);
	raw_send_chunk(&attacker, 0xdeadbeef, RAW_SHUTDOWN_COMPLETE, 0, NULL,
	    0);
	raw_send_chunk(&attacker, 0xdeadbeef, RAW_SHUTDOWN_COMPLETE, 1, NULL,
	    0);
	check_alive();
	ck_assert(!raw_next(&attacker, 0, &c));
}
END_TEST

START_TEST(an_init_for_nobody_is_answered_with_abort)
{
	struct raw_chunk c;

	attacker.port = 7777;
	attacker.to_port = 1;
	raw_new_tag(&attacker);
	raw_send_init(&attacker);
	c = raw_wait(&attacker, RAW_ABORT);
	ck_assert_uint_eq(c.tag, attacker.tag);
	ck_assert_uint_eq(c.flags & 1, 0);
	check_alive();
}
END_TEST

/* ---- handshakes ---- */

START_TEST(a_flood_of_inits_keeps_no_client_out)
{
	gsctp_sock client;
	gsctp_assoc_id at_client;
	struct gsctp_msg *m;
	int i;

	for (i = 0; i < 2000; i++) {
		attacker.port = (uint16_t)(10000 + i);
		raw_new_tag(&attacker);
		raw_send_init(&attacker);
		if (i % 50 == 0)
			check_alive();
	}
	check_alive();
	ck_assert_uint_eq(stack_info().associations, 1);
	client = loop_open(NULL, 0);
	at_client = loop_connect(client, server);
	ck_assert_int_eq(gsctp_send(client, at_client, 0, "real", 4), 0);
	m = loop_recv_type(server, GSCTP_MSG_DATA);
	ck_assert_uint_ne(m->assoc_id, id);
	ck_assert_mem_eq(m->u.data.data, "real", 4);
	gsctp_msg_free(m);
}
END_TEST

START_TEST(a_cookie_that_was_changed_sets_nothing_up)
{
	const uint8_t *found = NULL;
	uint8_t cookie[2048];
	struct raw_chunk c;
	struct gsctp_msg *m;
	size_t i, len = 0;

	attacker.port = 7777;
	raw_new_tag(&attacker);
	raw_send_init(&attacker);
	c = raw_wait(&attacker, RAW_INIT_ACK);
	raw_learn(&attacker, &c);
	raw_find_cookie(&c, &found, &len);
	ck_assert_uint_le(len, sizeof(cookie));
	memcpy(cookie, found, len);
	for (i = 0; i < len; i++) {
		cookie[i] ^= 0x40;
		raw_send_chunk(&attacker, attacker.peer_tag, RAW_COOKIE_ECHO,
		    0, cookie, len);
		cookie[i] ^= 0x40;
	}
	for (i = 1; i < len; i += 7)
		raw_send_chunk(&attacker, attacker.peer_tag, RAW_COOKIE_ECHO,
		    0, cookie, i);
	check_alive();
	ck_assert(!raw_next(&attacker, 0, &c) || c.type != RAW_COOKIE_ACK);

	raw_send_chunk(&attacker, attacker.peer_tag, RAW_COOKIE_ECHO, 0,
	    cookie, len);
	(void)raw_wait(&attacker, RAW_COOKIE_ACK);
	m = raw_recv_type(&attacker, server, GSCTP_MSG_ASSOC_CHANGE);
	ck_assert_uint_eq(m->u.assoc_change.state, GSCTP_COMM_UP);
	gsctp_msg_free(m);
}
END_TEST

START_TEST(a_cookie_that_comes_again_changes_nothing)
{
	const uint8_t *found = NULL;
	uint8_t cookie[2048];
	struct raw_chunk c;
	gsctp_assoc_id ids[4];
	size_t len = 0;
	int i;

	attacker.port = 7777;
	raw_new_tag(&attacker);
	raw_send_init(&attacker);
	c = raw_wait(&attacker, RAW_INIT_ACK);
	raw_learn(&attacker, &c);
	raw_find_cookie(&c, &found, &len);
	memcpy(cookie, found, len);
	for (i = 0; i < 20; i++) {
		raw_send_chunk(&attacker, attacker.peer_tag, RAW_COOKIE_ECHO,
		    0, cookie, len);
		(void)raw_wait(&attacker, RAW_COOKIE_ACK);
	}
	gsctp_msg_free(raw_recv_type(&attacker, server,
	    GSCTP_MSG_ASSOC_CHANGE));
	ck_assert_int_eq(gsctp_assocs(server, ids, 4), 2);
	raw_data(&attacker, RAW_FIRST | RAW_LAST, 0, 0, "one", 3);
	gsctp_msg_free(raw_recv_type(&attacker, server, GSCTP_MSG_DATA));
}
END_TEST

START_TEST(a_fragment_that_is_never_completed_holds_up_no_one_else)
{
	static const uint8_t zeroes[1];
	struct loop_pair p = loop_pair(NULL, 0);
	struct gsctp_msg *m;
	int i;

	raw_data(&peer, RAW_FIRST, 0, 0, zeroes, 1);
	for (i = 0; i < 3000; i++) {
		raw_data(&peer, 0, 0, 0, zeroes, 1);
		if (i % 100 == 0)
			raw_pump(&peer);
	}
	ck_assert_int_eq(gsctp_send(p.client, p.at_client, 0, "x", 1), 0);
	m = loop_recv_type(p.server, GSCTP_MSG_DATA);
	ck_assert_mem_eq(m->u.data.data, "x", 1);
	gsctp_msg_free(m);
}
END_TEST

/* Its association here is over, though nobody has read that far. */
START_TEST(a_peer_begins_anew_while_its_end_is_not_read)
{
	struct raw_chunk c;

	raw_data(&peer, RAW_FIRST | RAW_LAST, 0, 0, "one", 3);
	raw_data(&peer, RAW_FIRST | RAW_LAST, 0, 1, "two", 3);
	raw_wait(&peer, RAW_SACK);
	raw_abort(&peer, NULL, 0);
	raw_new_tag(&attacker);		/* from another UDP port */
	do {
		raw_send_init(&attacker);
	} while (!raw_next(&attacker, 100, &c));
	ck_assert_uint_eq(c.type, RAW_INIT_ACK);
}
END_TEST

/* DATA of any length and TSN. */
static void
send_data(struct raw_peer *r, uint32_t tsn, uint8_t flags, uint16_t stream,
    uint16_t ssn, size_t len)
{
	static uint8_t v[20012];

	raw_put32(v, tsn);
	raw_put16(v + 4, stream);
	raw_put16(v + 6, ssn);
	raw_send_chunk(r, r->peer_tag, RAW_DATA, flags, v, len + 12);
}

/* The engine would wait for the rest of the message for ever. */
START_TEST(a_restart_amid_a_message_ends_the_association)
{
	uint16_t port = peer.to_port;
	struct gsctp_msg *m;
	int i;

	for (i = 0; i < 4; i++)
		send_data(&peer, peer.tsn++, i == 0 ? RAW_FIRST : 0, 0, 0,
		    20000);
	raw_wait(&peer, RAW_SACK);
	raw_pump(&peer);
	raw_connect(&peer, port);
	m = raw_recv_type(&peer, server, GSCTP_MSG_ASSOC_CHANGE);
	ck_assert_uint_eq(m->u.assoc_change.state, GSCTP_COMM_LOST);
	gsctp_msg_free(m);
	raw_connect(&peer, port);
	m = raw_recv_type(&peer, server, GSCTP_MSG_ASSOC_CHANGE);
	ck_assert_uint_eq(m->u.assoc_change.state, GSCTP_COMM_UP);
	id = m->assoc_id;
	gsctp_msg_free(m);
	check_alive();
}
END_TEST

/* The engine frees the request, and uses it when an answer comes. */
START_TEST(a_peer_that_is_asked_for_streams_does_not_restart)
{
	static const uint8_t reconfig[] = { 0x80, 8, 0, 5, 0x82, 0, 0, 0 };
	uint16_t port = peer.to_port;
	struct gsctp_opt add;
	struct raw_peer old;
	struct gsctp_msg *m;

	raw_abort(&peer, NULL, 0);
	gsctp_msg_free(raw_recv_type(&peer, server, GSCTP_MSG_ASSOC_CHANGE));
	peer.params = reconfig;
	peer.params_len = sizeof(reconfig);
	raw_connect(&peer, port);
	m = raw_recv_type(&peer, server, GSCTP_MSG_ASSOC_CHANGE);
	id = m->assoc_id;
	gsctp_msg_free(m);
	add = (struct gsctp_opt)GSCTP_ADD_STREAMS(.assoc_id = id,
	    .outstrms = 5);
	ck_assert_int_eq(gsctp_setopts(server, &add, 1, NULL), 0);
	raw_wait(&peer, 0x82);
	old = peer;
	raw_new_tag(&peer);
	raw_send_init(&peer);
	while (stack_info().in_bad_restart == 0)
		raw_pump(&old);
	peer = old;
	check_alive();
}
END_TEST

/* Fragments that overlap, of messages that are given up meanwhile. */
START_TEST(fragments_in_any_order_and_forward_tsns_do_no_harm)
{
	static const uint8_t forward[] = { 0x80, 8, 0, 5, 0xc0, 0, 0, 0, 0xc0,
		0, 0, 4 };
	unsigned int state = seed();
	struct raw_peer wild;
	struct gsctp_msg *m;
	uint32_t base;
	uint8_t v[8];
	int i, j;

	for (i = 0; i < 40; i++) {
		raw_open(&wild, "127.0.0.1");
		wild.port = (uint16_t)(5100 + i);
		wild.params = forward;
		wild.params_len = sizeof(forward);
		raw_connect(&wild, peer.to_port);
		base = wild.tsn;
		for (j = 0; j < 100; j++) {
			if (any_byte(&state) % 5 != 0) {
				send_data(&wild, base + any_byte(&state) % 12,
				    any_byte(&state) & 7,
				    any_byte(&state) & 1,
				    any_byte(&state) % 3,
				    any_byte(&state) & 1 ? 18000 : 100);
			} else {
				raw_put32(v, base + any_byte(&state) % 8);
				raw_put16(v + 4, any_byte(&state) & 1);
				raw_put16(v + 6, any_byte(&state) % 3);
				raw_send_chunk(&wild, wild.peer_tag, 0xc0, 0,
				    v, any_byte(&state) & 1 ? 8 : 4);
				base += any_byte(&state) % 4;
			}
			while (raw_read_packet(&wild, 0))
				continue;
			while (gsctp_recv(server, 0, &m) == 0)
				gsctp_msg_free(m);
		}
		raw_close(&wild);
	}
	ck_assert_int_eq(gsctp_send(server, id, 0, "out", 3), 0);
	raw_wait(&peer, RAW_DATA);
}
END_TEST

/* The stack has every address that it can have, so all of 127.0.0.0/8 too. */
static void
setup_everywhere(void)
{
	struct gsctp_stack_config cfg;

	loop_config(&cfg);
	cfg.addrs = NULL;
	cfg.naddrs = 0;
	ck_assert_int_eq(gsctp_stack_start(&cfg), 0);
	ck_assert_int_eq(loop_try_open(0, NULL, 0, &server), 0);
	ck_assert_int_eq(gsctp_listen(server, GSCTP_BACKLOG), 0);
	raw_open(&attacker, "127.0.0.1");
	attacker.to_port = (uint16_t)gsctp_port(server);
}

static void
teardown_everywhere(void)
{
	raw_close(&attacker);
	loop_teardown();
}

/* Until there is an answer, the stack has dealt with it. */
static void
ask_at(uint32_t ip)
{
	static const uint8_t init[] = { 1, 2, 3, 4, 0, 1, 0, 0, 0, 1, 0, 1, 0,
		0, 0, 1 };
	char answer[1500];

	attacker.to.sin_addr.s_addr = htonl(ip);
	raw_send_chunk(&attacker, 0, RAW_INIT, 0, init, sizeof(init));
	ck_assert_int_ne(loop_poll(attacker.fds[0], POLLIN, LOOP_MS), 0);
	ck_assert_int_gt(recv(attacker.fds[0], answer, sizeof(answer), 0), 0);
}

START_TEST(inits_to_all_of_127_take_no_address_from_the_program)
{
	const struct gsctp_opt ip = GSCTP_IP(loop_addr("127.99.0.1", 0));
	struct sockaddr_storage addrs[1];
	int before = gsctp_socknames(server, 0, addrs, 1);
	gsctp_sock s;
	uint32_t i;

	for (i = 0; i < 300; i++)
		ask_at(INADDR_LOOPBACK + 0x10000 + i);
	ck_assert_int_le(gsctp_socknames(server, 0, addrs, 1), before + 16);
	ck_assert_int_eq(loop_try_open(0, &ip, 1, &s), 0);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("hostile");
	TCase *t;

	t = tcase_create("forged");
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_set_timeout(t, 60);
	tcase_add_test(t, a_wrong_checksum_is_dropped_and_counted);
	tcase_add_test(t, a_wrong_tag_ends_no_association);
	tcase_add_test(t, a_reflected_tag_is_right_with_the_t_bit_alone);
	tcase_add_test(t, a_stranger_ends_no_association_of_ours);
	tcase_add_test(t, a_wrong_tag_does_not_move_the_udp_port);
	tcase_add_test(t, the_right_tag_moves_the_udp_port);
	tcase_add_test(t, a_malformed_init_ends_no_association);
	tcase_add_test(t, an_init_with_half_of_auth_ends_no_association);
	tcase_add_test(t,
	    an_init_with_other_addresses_or_udp_port_restarts_nothing);
	tcase_add_test(t,
	    of_two_cookies_from_one_address_the_second_is_refused);
	suite_add_tcase(s, t);

	t = tcase_create("malformed");
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_set_timeout(t, 60);
	tcase_add_test(t, a_parameter_that_does_not_fit_is_dropped);
	tcase_add_test(t, a_chunk_that_is_cut_short_is_dropped_and_counted);
	tcase_add_test(t, a_chunk_that_is_too_short_for_its_type_is_dropped);
	tcase_add_test(t, a_datagram_of_no_packet_is_dropped_and_counted);
	tcase_add_test(t, garbage_does_no_harm);
	suite_add_tcase(s, t);

	t = tcase_create("strangers");
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_set_timeout(t, 60);
	tcase_add_test(t, a_packet_out_of_the_blue_is_answered_with_abort);
	tcase_add_test(t, an_abort_out_of_the_blue_is_not_answered);
	tcase_add_test(t, an_init_for_nobody_is_answered_with_abort);
	tcase_add_test(t, a_flood_of_inits_keeps_no_client_out);
	tcase_add_test(t, a_cookie_that_was_changed_sets_nothing_up);
	tcase_add_test(t, a_cookie_that_comes_again_changes_nothing);
	tcase_add_test(t,
	    a_fragment_that_is_never_completed_holds_up_no_one_else);
	tcase_add_test(t,
	    fragments_in_any_order_and_forward_tsns_do_no_harm);
	suite_add_tcase(s, t);

	t = tcase_create("everywhere");
	tcase_add_checked_fixture(t, setup_everywhere, teardown_everywhere);
	tcase_set_timeout(t, 60);
	tcase_add_test(t,
	    inits_to_all_of_127_take_no_address_from_the_program);
	suite_add_tcase(s, t);

	t = tcase_create("restarts");
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_set_timeout(t, 60);
	tcase_add_test(t, a_peer_begins_anew_while_its_end_is_not_read);
	tcase_add_test(t, a_restart_amid_a_message_ends_the_association);
	tcase_add_test(t, a_peer_that_is_asked_for_streams_does_not_restart);
	suite_add_tcase(s, t);
	return s;
}

int
main(void)
{
	return gs_test_main(suite());
}
