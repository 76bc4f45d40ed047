/* test_recvttl: with which TOS and TTL a message came. */

#include "check_main.h"
#include "opts.h"
#include "rawpeer.h"
#include "stream.h"

/* As gsctp_recv(3) has it. */
#define KNOWN_MAX 1024

static struct raw_peer peer;

static const struct gsctp_opt both[] = {
	GSCTP_RECVTOS(true),
	GSCTP_RECVTTL(true),
};

/* What the raw peer sends from now on has these. */
static void
mark(int tos, int ttl)
{
	ck_assert_int_eq(setsockopt(peer.fds[0], IPPROTO_IP, IP_TOS, &tos,
			     sizeof(tos)), 0);
	ck_assert_int_eq(setsockopt(peer.fds[0], IPPROTO_IP, IP_TTL, &ttl,
			     sizeof(ttl)), 0);
}

static gsctp_assoc_id
connect_raw(gsctp_sock s)
{
	raw_open(&peer, "127.0.0.1");
	mark(0, 200);
	raw_connect(&peer, (uint16_t)gsctp_port(s));
	return loop_recv_state(s, GSCTP_COMM_UP);
}

static void
send_marked(int tos, int ttl, uint16_t ssn)
{
	mark(tos, ttl);
	raw_data(&peer, RAW_FIRST | RAW_LAST, 0, ssn, "x", 1);
}

/* -1: the message must not have it. */
static void
must_have(const struct gsctp_msg *m, int tos, int ttl)
{
	ck_assert_uint_eq(m->type, GSCTP_MSG_DATA);
	ck_assert_int_eq(m->u.data.has_tos, tos != -1);
	ck_assert_int_eq(m->u.data.tos, tos != -1 ? tos : 0);
	ck_assert_int_eq(m->u.data.has_ttl, ttl != -1);
	ck_assert_int_eq(m->u.data.ttl, ttl != -1 ? ttl : 0);
}

/* The next message of s, whose peer is the raw one. */
static void
must_get(gsctp_sock s, int tos, int ttl)
{
	struct gsctp_msg *m = raw_recv_type(&peer, s, GSCTP_MSG_DATA);

	must_have(m, tos, ttl);
	gsctp_msg_free(m);
}

/* The same of a socket of this stack. */
static void
must_come(gsctp_sock s, int tos, int ttl)
{
	struct gsctp_msg *m = loop_recv_type(s, GSCTP_MSG_DATA);

	must_have(m, tos, ttl);
	gsctp_msg_free(m);
}

/* All that the raw peer has sent is in the engine. */
static void
await_all(void)
{
	struct raw_chunk c;

	do
		c = raw_wait(&peer, RAW_SACK);
	while (raw_get32(c.value) != peer.tsn - 1);
}

/* ---- which option ---- */

START_TEST(each_is_there_where_it_was_asked_for)
{
	gsctp_sock s = opts_listener(NULL, 0);

	ck_assert(!opts_get_id(s, GSCTP_OPT_RECVTOS, 0).u.flag);
	ck_assert(!opts_get_id(s, GSCTP_OPT_RECVTTL, 0).u.flag);
	(void)connect_raw(s);
	send_marked(0xb8, 9, 0);
	must_get(s, -1, -1);

	traffic_set(s, both[0]);
	ck_assert(opts_get_id(s, GSCTP_OPT_RECVTOS, 0).u.flag);
	ck_assert(!opts_get_id(s, GSCTP_OPT_RECVTTL, 0).u.flag);
	send_marked(0xb8, 10, 1);
	must_get(s, 0xb8, -1);

	traffic_set(s, both[1]);
	ck_assert(opts_get_id(s, GSCTP_OPT_RECVTTL, 0).u.flag);
	send_marked(0x28, 11, 2);
	must_get(s, 0x28, 11);

	traffic_set(s, (struct gsctp_opt)GSCTP_RECVTOS(false));
	ck_assert(!opts_get_id(s, GSCTP_OPT_RECVTOS, 0).u.flag);
	send_marked(0x28, 12, 3);
	must_get(s, -1, 12);

	traffic_set(s, (struct gsctp_opt)GSCTP_RECVTTL(false));
	send_marked(0x28, 13, 4);
	must_get(s, -1, -1);
	raw_close(&peer);
}
END_TEST

START_TEST(what_came_before_it_was_asked_for_has_none)
{
	gsctp_sock s = opts_listener(NULL, 0);
	int i;

	(void)connect_raw(s);
	for (i = 0; i < 3; i++)
		send_marked(4, 44, (uint16_t)i);
	await_all();
	traffic_set(s, both[0]);
	traffic_set(s, both[1]);
	send_marked(8, 45, 3);
	for (i = 0; i < 3; i++)
		must_get(s, -1, -1);
	must_get(s, 8, 45);
	raw_close(&peer);
}
END_TEST

START_TEST(a_socket_that_has_it_on_changes_no_other)
{
	gsctp_sock s = opts_listener(both, 2), other = opts_listener(NULL, 0);

	(void)connect_raw(other);
	send_marked(4, 44, 0);
	must_get(other, -1, -1);
	ck_assert(!opts_get_id(other, GSCTP_OPT_RECVTTL, 0).u.flag);
	ck_assert(opts_get_id(s, GSCTP_OPT_RECVTTL, 0).u.flag);
	raw_close(&peer);
}
END_TEST

/* ---- which packet ---- */

/* They wait in the engine, and many come in one go. */
START_TEST(each_message_has_what_its_own_packet_had)
{
	gsctp_sock s = opts_listener(both, 2);
	int i;

	(void)connect_raw(s);
	for (i = 0; i < 255; i++)
		send_marked(i, 255 - i, (uint16_t)i);
	await_all();
	for (i = 0; i < 255; i++)
		must_get(s, i, 255 - i);
	raw_close(&peer);
}
END_TEST

START_TEST(a_message_of_fragments_has_what_its_first_one_had)
{
	gsctp_sock s = opts_listener(both, 2);
	uint32_t first;
	int i;

	(void)connect_raw(s);
	first = peer.tsn;
	/* In order, and the other way round. */
	for (i = 0; i < 3; i++) {
		mark(4 * i, 10 + i);
		raw_data(&peer, i == 0 ? RAW_FIRST : i == 2 ? RAW_LAST : 0, 0,
		    0, "x", 1);
	}
	for (i = 2; i >= 0; i--) {
		mark(4 * i, 20 + i);
		peer.tsn = first + 3 + (uint32_t)i;
		raw_data(&peer, i == 0 ? RAW_FIRST : i == 2 ? RAW_LAST : 0, 0,
		    1, "x", 1);
	}
	must_get(s, 0, 10);
	must_get(s, 0, 20);
	raw_close(&peer);
}
END_TEST

START_TEST(every_piece_of_a_message_has_the_same)
{
	const struct gsctp_opt opts[] = { both[0], both[1],
		GSCTP_BUFFER(1024) };
	gsctp_sock s = opts_listener(opts, 3);
	static const uint8_t bytes[1024];
	struct gsctp_msg *m;
	bool is_last = false;
	int i, pieces = 0;

	(void)connect_raw(s);
	for (i = 0; i < 4; i++) {
		mark(4 * i + 4, 10 + i);
		raw_data(&peer, i == 0 ? RAW_FIRST : i == 3 ? RAW_LAST : 0, 0,
		    0, bytes, sizeof(bytes));
	}
	for (; !is_last; pieces++) {
		m = raw_recv_type(&peer, s, GSCTP_MSG_DATA);
		must_have(m, 4, 10);
		is_last = m->u.data.complete;
		gsctp_msg_free(m);
	}
	ck_assert_int_gt(pieces, 1);
	send_marked(0x40, 99, 1);
	must_get(s, 0x40, 99);
	raw_close(&peer);
}
END_TEST

START_TEST(of_a_message_that_comes_again_the_first_one_counts)
{
	gsctp_sock s = opts_listener(both, 2);

	(void)connect_raw(s);
	send_marked(4, 10, 0);
	send_marked(4, 11, 1);
	peer.tsn--;
	send_marked(8, 12, 1);
	await_all();
	must_get(s, 4, 10);
	must_get(s, 4, 11);
	raw_close(&peer);
}
END_TEST

/* ---- data at the beginning ---- */

/* A packet of one chunk, and a message with it. */
static void
send_with_data(uint8_t type, const void *value, size_t len)
{
	uint8_t v[13] = { 0 };

	raw_put32(v, peer.tsn++);
	v[12] = 'x';
	raw_begin(&peer, peer.peer_tag);
	raw_add(&peer.out, type, 0, value, len);
	raw_add(&peer.out, RAW_DATA, RAW_FIRST | RAW_LAST, v, sizeof(v));
	raw_send(&peer);
}

/* And twice: the second time it begins anew, with another tag. */
START_TEST(data_with_the_cookie_has_it)
{
	gsctp_sock s = opts_listener(both, 2);
	const uint8_t *cookie = NULL;
	struct raw_chunk c;
	size_t len = 0;
	int i;

	raw_open(&peer, "127.0.0.1");
	peer.to_port = (uint16_t)gsctp_port(s);
	for (i = 0; i < 2; i++) {
		raw_new_tag(&peer);
		raw_send_init(&peer);
		do
			c = raw_wait(&peer, RAW_INIT_ACK);
		while (c.tag != peer.tag);
		raw_learn(&peer, &c);
		raw_find_cookie(&c, &cookie, &len);
		mark(0x2c, 77 + i);
		send_with_data(RAW_COOKIE_ECHO, cookie, len);
		must_get(s, 0x2c, 77 + i);
		send_marked(0x30, 88 + i, 1);
		must_get(s, 0x30, 88 + i);
	}
	raw_close(&peer);
}
END_TEST

/* In one packet, so that nothing comes between. */
START_TEST(data_right_behind_the_end_of_the_handshake_has_it)
{
	struct sockaddr_storage to;
	gsctp_assoc_id id;
	uint8_t v[64];
	size_t len;
	gsctp_sock s;

	raw_open(&peer, "127.0.0.1");
	s = raw_open_sock(&peer, both, 2);
	to = loop_addr("127.0.0.1", peer.port);
	ck_assert_int_eq(gsctp_connect_init(s, (struct sockaddr *)&to,
			     sizeof(to), NULL, 0, &id), 0);
	raw_wait_init(&peer);
	raw_new_tag(&peer);
	len = raw_init_value(&peer, v);
	memcpy(v + len, "\0\7\0\10raw!", 8);
	raw_send_chunk(&peer, peer.peer_tag, RAW_INIT_ACK, 0, v, len + 8);
	(void)raw_wait(&peer, RAW_COOKIE_ECHO);
	mark(0x2c, 77);
	send_with_data(RAW_COOKIE_ACK, NULL, 0);
	must_get(s, 0x2c, 77);
	raw_close(&peer);
}
END_TEST

/* ---- how much is known ---- */

/* n messages of a byte, many a packet. */
static void
send_many(uint32_t first_ssn, uint32_t n)
{
	uint8_t v[13] = { 0 };
	uint32_t i;

	raw_begin(&peer, peer.peer_tag);
	for (i = 0; i < n; i++) {
		raw_put32(v, peer.tsn++);
		raw_put16(v + 6, first_ssn + i);
		raw_add(&peer.out, RAW_DATA, RAW_FIRST | RAW_LAST, v,
		    sizeof(v));
		if (i % 50 != 49 && i + 1 < n)
			continue;
		raw_send(&peer);
		raw_begin(&peer, peer.peer_tag);
	}
}

/* The first one is out of the engine as soon as it comes. */
START_TEST(what_has_waited_behind_too_many_chunks_does_not_have_it)
{
	const struct gsctp_opt opts[] = { both[0], both[1],
		GSCTP_RECBUF(8 * 1024 * 1024) };
	gsctp_sock s = opts_listener(opts, 3);
	uint32_t i, n = KNOWN_MAX + 6;

	(void)connect_raw(s);
	send_marked(0, 99, 0);	/* behind the events of the beginning */
	must_get(s, 0, 99);
	send_marked(0x44, 55, 1);
	await_all();
	send_many(2, n - 1);
	await_all();
	must_get(s, 0x44, 55);
	for (i = 1; i < n - KNOWN_MAX; i++)
		must_get(s, -1, -1);
	for (; i < n; i++)
		must_get(s, 0x44, 55);
	raw_close(&peer);
}
END_TEST

/* ---- both ends ---- */

/* Two sockets of this stack, over ip. */
static void
check_both_ends(const char *ip)
{
	const bool is_v6 = strchr(ip, ':') != NULL;
	const struct gsctp_opt opts[] = {
		GSCTP_FAMILY(is_v6 ? GSCTP_INET6 : GSCTP_INET),
		GSCTP_IP(loop_addr(ip, 0)),
		GSCTP_TTL(31),
		GSCTP_TOS(0x88),
		both[0],
		both[1],
	};
	struct loop_pair p = loop_pair(opts, 6);

	traffic_send(p.client, p.at_client, 0, "x");
	must_come(p.server, 0x88, 31);
	traffic_set(p.client, (struct gsctp_opt)GSCTP_TTL(255));
	traffic_set(p.server, (struct gsctp_opt)GSCTP_TOS(0xfc));
	traffic_send(p.server, p.at_server, 0, "y");
	must_come(p.client, 0xfc, 255);
	traffic_set(p.client, (struct gsctp_opt)GSCTP_TTL(1));
	traffic_set(p.client, (struct gsctp_opt)GSCTP_TOS(0));
	traffic_send(p.client, p.at_client, 0, "z");
	must_come(p.server, 0, 1);
}

START_TEST(over_ipv4_they_are_what_the_other_end_has_set)
{
	check_both_ends("127.0.0.1");
}
END_TEST

START_TEST(over_ipv6_they_are_the_traffic_class_and_the_hop_limit)
{
	check_both_ends("::1");
}
END_TEST

START_TEST(messages_that_interleave_have_it_too)
{
	const struct gsctp_opt opts[] = {
		GSCTP_FRAGMENT_INTERLEAVE(2),
		GSCTP_INTERLEAVING_SUPPORTED(.assoc_value = 1),
		GSCTP_TTL(31),
		both[0],
		both[1],
	};
	struct loop_pair p = loop_pair(opts, 5);
	static const uint8_t bytes[5000];

	ck_assert_uint_eq(opts_value(p.client,
	    GSCTP_OPT_INTERLEAVING_SUPPORTED, p.at_client), 1);
	ck_assert_int_eq(gsctp_send(p.client, p.at_client, 0, bytes,
			     sizeof(bytes)), 0);
	traffic_send(p.client, p.at_client, 1, "x");
	must_come(p.server, 0, 31);
	must_come(p.server, 0, 31);
}
END_TEST

/* ---- sockets of one association ---- */

START_TEST(a_peeled_socket_has_it_as_the_old_one)
{
	struct loop_pair p = loop_pair(both, 2);
	gsctp_sock one;

	ck_assert_int_eq(gsctp_peeloff(p.server, p.at_server, &one), 0);
	ck_assert(opts_get_id(one, GSCTP_OPT_RECVTOS, 0).u.flag);
	ck_assert(opts_get_id(one, GSCTP_OPT_RECVTTL, 0).u.flag);
	traffic_set(p.client, (struct gsctp_opt)GSCTP_TTL(20));
	traffic_send(p.client, p.at_client, 0, "x");
	must_come(one, 0, 20);
	/* From here on each goes its own way. */
	traffic_set(p.server, (struct gsctp_opt)GSCTP_RECVTTL(false));
	traffic_set(one, (struct gsctp_opt)GSCTP_RECVTOS(false));
	traffic_send(p.client, p.at_client, 0, "y");
	must_come(one, -1, 20);
}
END_TEST

START_TEST(an_accepted_socket_has_it_as_the_listener)
{
	const struct gsctp_opt opts[] = { GSCTP_TYPE(GSCTP_STREAM), both[0],
		both[1] };
	gsctp_sock l = opts_listener(opts, 3), one;
	gsctp_sock c = loop_open(NULL, 0);
	gsctp_assoc_id id = loop_connect(c, l);

	/* Before it is accepted, too. */
	traffic_set(c, (struct gsctp_opt)GSCTP_TTL(20));
	traffic_send(c, id, 0, "x");
	ck_assert_int_eq(gsctp_accept(l, LOOP_MS, &one), 0);
	ck_assert(opts_get_id(one, GSCTP_OPT_RECVTTL, 0).u.flag);
	must_come(one, 0, 20);
	traffic_send(c, id, 0, "y");
	must_come(one, 0, 20);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("recvttl");
	TCase *t = tcase_create("recvttl");

	tcase_add_checked_fixture(t, loop_setup, loop_teardown);
	tcase_add_test(t, each_is_there_where_it_was_asked_for);
	tcase_add_test(t, what_came_before_it_was_asked_for_has_none);
	tcase_add_test(t, a_socket_that_has_it_on_changes_no_other);
	tcase_add_test(t, each_message_has_what_its_own_packet_had);
	tcase_add_test(t, a_message_of_fragments_has_what_its_first_one_had);
	tcase_add_test(t, every_piece_of_a_message_has_the_same);
	tcase_add_test(t, of_a_message_that_comes_again_the_first_one_counts);
	tcase_add_test(t, data_with_the_cookie_has_it);
	tcase_add_test(t, data_right_behind_the_end_of_the_handshake_has_it);
	tcase_add_test(t,
	    what_has_waited_behind_too_many_chunks_does_not_have_it);
	tcase_add_test(t, over_ipv4_they_are_what_the_other_end_has_set);
	if (loop_has_ipv6())
		tcase_add_test(t,
		    over_ipv6_they_are_the_traffic_class_and_the_hop_limit);
	tcase_add_test(t, messages_that_interleave_have_it_too);
	tcase_add_test(t, a_peeled_socket_has_it_as_the_old_one);
	tcase_add_test(t, an_accepted_socket_has_it_as_the_listener);
	suite_add_tcase(s, t);
	return s;
}

int
main(void)
{
	return gs_test_main(suite());
}
